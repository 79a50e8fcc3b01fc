"""Exceptions of newsbot. Their messages are one line, meant to be shown to a user."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from difflib import get_close_matches


class NewsbotError(Exception):
    """Base class of all errors that newsbot reports.

    The message says what was wrong and what is accepted. `url`, `source` (a key) and `path` name what the error is
    about, if known.
    """

    def __init__(
        self, message: str, *, url: str | None = None, source: str | None = None, path: str | None = None
    ) -> None:
        super().__init__(message)
        self.url = url
        self.source = source
        self.path = path


class UsageError(NewsbotError):
    """A wrong argument, setting or source description, which the user has to correct. Exit status 2."""


class DatabaseError(NewsbotError):
    """The database cannot be opened, is not newsbot's, was made by a newer version, or fails in use. Exit status 1."""


class ConnectionLostError(DatabaseError):
    """The server of the database does not answer any more."""


class ConflictError(DatabaseError):
    """A transaction failed because of a concurrent one. It may be repeated."""


class InputError(NewsbotError):
    """Input that is missing or cannot be read. Exit status 1."""

    reason = "unreadable"
    """Reason of the reject that is stored for the input."""


class TooLargeError(InputError):
    """A page that is larger than the limit."""

    reason = "too-large"


def did_you_mean(name: str, accepted: Iterable[str], shown: Callable[[str], str] = str) -> str:
    """Return the end of a message about an unknown name: the accepted ones that are like it; nothing if none is.

    `shown` gives an accepted name as the message writes it."""
    found = get_close_matches(name, list(accepted), n=2, cutoff=0.7)
    return f"; did you mean {' or '.join(shown(name) for name in found)}?" if found else ""
