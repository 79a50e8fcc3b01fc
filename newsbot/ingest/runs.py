"""Work on the archive, noted as a run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from newsbot import __version__
from newsbot.store.crawl.frontier import this_process
from newsbot.store.crawl.run_rows import finish_run, start_run
from newsbot.store.database import Database


@contextmanager
def noted_run(
    database: Database, name: str, arguments: Mapping[str, Any], counts: Mapping[str, int]
) -> Iterator[int]:
    """Give the id of a run, and note how it ends, with what `counts` are then."""
    with database.write() as session:
        run_id = start_run(session, spider=name, arguments=arguments, version=__version__, process=this_process(),
                           now=datetime.now(UTC))  # fmt: skip
    reason = "stopped"
    try:
        yield run_id
        reason = "finished"
    finally:
        with database.write() as session:
            finish_run(session, run_id, finish_reason=reason, counts=counts, now=datetime.now(UTC))
