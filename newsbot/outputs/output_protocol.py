"""`Output`, the protocol of everything that changes are delivered to, and the two ways in which a delivery fails."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Protocol

from newsbot.errors import NewsbotError
from newsbot.store.queries import LoggedChange, change_json


class Output(Protocol):
    """Somewhere that changes are delivered to.

    Batches come in the order of the log, one at a time. A batch comes again, perhaps with further changes at its end, if
    it is not certain that the last delivery succeeded: the process was killed, the connection was lost."""

    def deliver(self, batch: Sequence[LoggedChange]) -> None:
        """Deliver changes, each with its whole article as it is now; None as its article: it was deleted.

        Return once the receiver has them for good. Raises UndeliveredError if they are to be delivered again later,
        RefusedError if the receiver will never take some of them."""

    def close(self) -> None:
        """Close connections. The next delivery opens them again."""


class UndeliveredError(NewsbotError):
    """The receiver cannot be reached or cannot take anything now: the same is delivered again later."""


class RefusedError(NewsbotError):
    """The receiver refuses changes for good: trying again would not help.

    `reasons` names those that are refused, by number; all others have arrived. Without it, the whole batch is refused,
    and is delivered again in halves, until the changes are found that the receiver refuses."""

    def __init__(self, message: str, reasons: Mapping[int, str] | None = None) -> None:
        super().__init__(message)
        self.reasons = reasons


def change_line(change: LoggedChange) -> bytes:
    """Return a change as one line of JSON in UTF-8, without a line end: the form of `newsbot changes --full`."""
    return json.dumps(change_json(change), ensure_ascii=False, default=str).encode(errors="replace")
