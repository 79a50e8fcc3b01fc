"""The job `import`: stores articles that another program has extracted, as lines of JSON.

They pass the same stages as the pages of a crawl.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import BinaryIO

from sqlalchemy.orm import Session

from newsbot.capture import Capture
from newsbot.ingest.batches import MAX_BATCH, Failure, write_together
from newsbot.ingest.envelope import Envelope, stage_failed
from newsbot.ingest.process import Processor
from newsbot.ingest.record import record_article, record_reject
from newsbot.ingest.runs import recorded_run
from newsbot.items import Reject

OUTCOMES = ("new", "changed", "unchanged", "duplicate", "conflict", "rejected", "unreadable")
"""What an import counts, in the order of its report."""
MAX_ARRAY_BYTES = 256 * 1024 * 1024
"""Maximum size of a file that is one JSON array: it must be in memory as a whole."""


def read_lines(file: BinaryIO) -> Iterator[Capture]:
    """Yield a capture for every JSON object of a file. The file holds one object a line, or one array of objects."""
    for line in file:
        text = line.strip()
        if text.startswith(b"["):
            yield from _members(text + file.read(MAX_ARRAY_BYTES))
        elif text:
            yield Capture(body=text, media="record")


def _members(text: bytes) -> Iterator[Capture]:
    try:
        members = json.loads(text)
    except (ValueError, RecursionError):
        members = [None]
    for member in members if isinstance(members, list) else [None]:
        yield Capture(body=json.dumps(member).encode(), media="record")


def import_captures(processor: Processor, captures: Iterable[Capture]) -> Counter[str]:
    """Store the articles of captures in one run; return the numbers of captures by outcome (`OUTCOMES`)."""
    assert processor.database
    counts: Counter[str] = Counter(dict.fromkeys(OUTCOMES, 0))
    sources = processor.catalog.sources.values()
    with recorded_run(processor.database, "import", {}, counts, sources) as run_id:
        importer = Importer(processor, run_id)
        for batch in _batches(captures):
            counts.update(
                importer.store([processor.with_stub(processor.process(capture)) for capture in batch])
            )
    return counts


def _batches(captures: Iterable[Capture]) -> Iterator[list[Capture]]:
    batch: list[Capture] = []
    for capture in captures:
        batch.append(capture)
        if len(batch) == MAX_BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


class Importer:
    """Stores imported articles and rejects in one run."""

    def __init__(self, processor: Processor, run_id: int) -> None:
        assert processor.database
        self.database = processor.database
        self.run_id = run_id

    def store(self, items: Sequence[Envelope | Reject]) -> list[str]:
        """Store items in one transaction, or one by one if it fails; return their outcomes in the same order."""
        results = write_together(self.database, [partial(self._record, item=item) for item in items], items)
        return [
            self._refused(item, result.error) if isinstance(result, Failure) else result
            for item, result in zip(items, results, strict=True)
        ]

    def _record(self, session: Session, item: Envelope | Reject) -> str:
        now = datetime.now(UTC)
        if isinstance(item, Envelope):
            return record_article(session, item, run_id=self.run_id, now=now).outcome
        if item.reason == "unreadable":  # a reject without a URL could not be found again
            return item.reason
        return record_reject(session, item, run_id=self.run_id, now=now)

    def _refused(self, item: Envelope | Reject, error: Exception) -> str:
        """Store a reject for an article that could not be stored; return its outcome."""
        if isinstance(item, Reject):
            raise error
        reject = stage_failed(item, "store", error)
        return self.database.transact(partial(self._record, item=reject))
