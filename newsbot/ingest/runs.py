"""`recorded_run`, which stores a job as a row of `runs`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from newsbot import __version__
from newsbot.sources.catalog import catalog_of
from newsbot.sources.model import Source
from newsbot.store.crawl.feed_rows import describe_sources
from newsbot.store.crawl.run_rows import finish_run, start_run
from newsbot.store.crawl.sharing.dead_runs import run_process
from newsbot.store.database import Database


@contextmanager
def recorded_run(
    database: Database,
    name: str,
    arguments: Mapping[str, Any],
    counts: Mapping[str, int],
    sources: Iterable[Source] = (),
) -> Iterator[int]:
    """Store that a run has started, and give its id; at the end of the block store its end and `counts`.

    What `sources` say of themselves is stored with the rows that they have at the end. The finish reason is `finished`, or `stopped` if the block raises an exception."""
    with database.write() as session:
        run_id = start_run(
            session,
            spider=name,
            arguments=arguments,
            version=__version__,
            process=run_process(),
            now=datetime.now(UTC),
        )
    reason = "stopped"
    try:
        yield run_id
        reason = "finished"
    except BaseException:
        database.patience.end()  # it may have been waited for in vain, or somebody wants the job to end
        raise
    finally:
        with database.write() as session:
            describe_sources(session, catalog_of({source.key: source for source in sources}))
            finish_run(session, run_id, finish_reason=reason, counts=counts, now=datetime.now(UTC))
