"""Changes as JSON lines on the standard output of `newsbot outputs run`."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from newsbot.outputs.output_protocol import change_line
from newsbot.outputs.output_table import OutputTable
from newsbot.settings import Configuration
from newsbot.store.queries import LoggedChange


class StandardOutput:
    """Writes one JSON object a line. A pipe that is closed is an error of the command (BrokenPipeError)."""

    Table = OutputTable

    def __init__(self, table: OutputTable, settings: Configuration) -> None:
        del table, settings

    def deliver(self, batch: Sequence[LoggedChange]) -> None:
        """Write changes."""
        for change in batch:
            sys.stdout.write(change_line(change).decode() + "\n")
        sys.stdout.flush()

    def close(self) -> None:
        """Do nothing: there is no connection."""
