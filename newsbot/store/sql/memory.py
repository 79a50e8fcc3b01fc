"""What a transaction has looked up for several articles at once, so that it need not ask for each of them.

A memory sees every statement of its transaction before it is executed, and forgets what the statement may change. What other
transactions change is kept out by the locks under which it was looked up.
"""

from __future__ import annotations

from typing import Protocol, TypeVar

from sqlalchemy import Connection

_MEMORIES = "newsbot_memories"
"""Key in the `info` of a connection: the memories of its transaction by their class."""


class Memory(Protocol):
    """Values that are known in one transaction."""

    def see(self, statement: str) -> None:
        """Forget what a statement may change."""


M = TypeVar("M", bound=Memory)


def of(connection: Connection, kind: type[M]) -> M:
    """Return the memory of a kind of the transaction; the first time it is empty."""
    memories: dict[type[Memory], Memory] = connection.info.setdefault(_MEMORIES, {})
    memory = memories.get(kind)
    if memory is None:
        memory = memories[kind] = kind()
    return memory  # type: ignore[return-value] # by its class


def see(connection: Connection, statement: str) -> None:
    """Show a statement to all memories; to be called before it is executed."""
    if memories := connection.info.get(_MEMORIES):
        for memory in memories.values():
            memory.see(statement)


def forget(connection: Connection) -> None:
    """Forget everything; to be called when a transaction begins."""
    connection.info.pop(_MEMORIES, None)
