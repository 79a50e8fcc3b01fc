"""Work that a transaction puts off until just before its commit.

Rows that many transactions change, such as the totals of common entities, are changed last, so that others wait as briefly
as possible, and in one order, so that two transactions never wait for each other (see `locks`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from sqlalchemy import Connection

from newsbot.store.sql.locks import Rank

PENDING = "newsbot_deferred"
"""Key in the `info` of a connection: the work of its transaction by rank."""


class Work(Protocol):
    """Changes of the rows of one rank, collected during a transaction."""

    def write(self, connection: Connection) -> None:
        """Change the rows in the order of their keys."""


W = TypeVar("W", bound=Work)


def collect(connection: Connection, rank: Rank, make: Callable[[], W]) -> W:
    """Return the work of a rank that the transaction has put off; the first time it is created by `make`."""
    pending = connection.info.setdefault(PENDING, {})
    work: W = pending.setdefault(rank, None) or make()
    pending[rank] = work
    return work


def write(connection: Connection) -> None:
    """Do the work that was put off, in the order of the ranks."""
    pending: dict[Rank, Work] = connection.info.pop(PENDING, {})
    for rank in sorted(pending):
        pending[rank].write(connection)


def forget(connection: Connection) -> None:
    """Forget the work of a transaction that was rolled back."""
    connection.info.pop(PENDING, None)
