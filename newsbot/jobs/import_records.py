"""The job `import`: stores articles that another program has extracted, as lines of JSON.

They pass the same stages as the pages of a crawl.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import BinaryIO, NamedTuple

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


class Line(NamedTuple):
    """One object of a file, and where it is."""

    place: str
    """For people: "line 7", or "object 3" of an array."""
    capture: Capture


Tell = Callable[[str, str], object]
"""Is called with the place of what cannot be read, and why."""


def read_lines(file: BinaryIO) -> Iterator[Line]:
    """Yield every JSON object of a file. The file holds one object a line, or one array of objects."""
    for number, line in enumerate(file, start=1):
        text = line.strip()
        if text.startswith(b"["):
            yield from _members(text + file.read(MAX_ARRAY_BYTES), number)
        elif text:
            yield Line(f"line {number}", Capture(body=text, media="record"))


def _members(text: bytes, first_line: int) -> Iterator[Line]:
    try:
        members = json.loads(text)
    except (ValueError, RecursionError):
        members = None
    if not isinstance(members, list):
        yield Line(f"array in line {first_line}", Capture(body=text, media="record"))
        return
    for number, member in enumerate(members, start=1):
        yield Line(f"object {number}", Capture(body=json.dumps(member).encode(), media="record"))


def why_unreadable(text: bytes) -> str:
    """Return why no article can be read from a text, for people."""
    try:
        found = json.loads(text.decode(json.detect_encoding(text), "replace"))
    except json.JSONDecodeError as error:
        return f"no JSON: {error.msg}, at character {error.pos + 1}"
    except (ValueError, RecursionError):
        return "no JSON that can be read: nested too deeply, or a number that is too long"
    if not isinstance(found, dict):
        return "no JSON object"
    return "no article of newsbot, news-please or Fundus with a web address"


def import_lines(
    processor: Processor, lines: Iterable[Line], on_unreadable: Tell = lambda _place, _why: None
) -> Counter[str]:
    """Store the articles of lines in one run; return the numbers of lines by outcome (`OUTCOMES`)."""
    assert processor.database
    counts: Counter[str] = Counter(dict.fromkeys(OUTCOMES, 0))
    sources = processor.catalog.sources.values()
    with recorded_run(processor.database, "import", {}, counts, sources) as run_id:
        importer = Importer(processor, run_id)
        for batch in _batches(lines):
            items = processor.prepare_together([processor.read(line.capture) for line in batch])
            for line, item in zip(batch, items, strict=True):
                if isinstance(item, Reject) and item.reason == "unreadable":
                    on_unreadable(line.place, why_unreadable(line.capture.body))
            counts.update(importer.store(items))
    return counts


def _batches(lines: Iterable[Line]) -> Iterator[list[Line]]:
    batch: list[Line] = []
    for line in lines:
        batch.append(line)
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
