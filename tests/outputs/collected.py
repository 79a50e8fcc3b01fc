"""An output that collects what it gets, and fails as a test asks for. It is no fake of a server: it is an `Output`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from newsbot.outputs.delivery import Delivery
from newsbot.outputs.output_table import OutputTable
from newsbot.store.database import Database
from newsbot.store.queries import LoggedChange
from tests.store.samples import NOW


class Collected:
    """Collects changes. `failing` is called with every batch before it is taken."""

    def __init__(self, failing: Callable[[Sequence[LoggedChange]], None] = lambda _: None) -> None:
        self.failing = failing
        self.changes: list[LoggedChange] = []
        self.batches: list[list[int]] = []

    @property
    def numbers(self) -> list[int]:
        return [change.number for change in self.changes]

    def deliver(self, batch: Sequence[LoggedChange]) -> None:
        self.batches.append([change.number for change in batch])
        self.failing(batch)
        self.changes += batch

    def close(self) -> None:
        pass


def delivery(database: Database, output: Collected, **table: Any) -> Delivery:
    """Return a delivery that does not sleep."""
    given = OutputTable.model_validate({"name": "copy", "kind": "collected", "batch": 3} | table)
    return Delivery(database=database, table=given, output=output, now=lambda: NOW, sleep=lambda _: None)
