"""Newsbot's own exceptions. The text of each is one line, ready to be shown to a person."""

from __future__ import annotations


class NewsbotError(Exception):
    """Something newsbot cannot do, and what it concerns, where that is known.

    `url`, `source` (its key) and `path` say where; the message says what was wrong and what is accepted.
    """

    def __init__(
        self, message: str, *, url: str | None = None, source: str | None = None, path: str | None = None
    ) -> None:
        super().__init__(message)
        self.url = url
        self.source = source
        self.path = path


class UsageError(NewsbotError):
    """A wrong argument, setting or source description: the user's to mend. Exit status 2."""


class DatabaseError(NewsbotError):
    """The database cannot be opened, is not ours, or was made by a newer version. Exit status 1."""


class InputError(NewsbotError):
    """Input that is missing or cannot be read. Exit status 1."""

    reason = "unreadable"


class TooLargeError(InputError):
    """A page above the size that is accepted."""

    reason = "too-large"
