"""Jobs that are given back: they are not finished, and another worker goes on with them."""

from __future__ import annotations

from newsbot.errors import NewsbotError


class GivenBackError(NewsbotError):
    """A job is not finished, and is to be done by another worker."""
