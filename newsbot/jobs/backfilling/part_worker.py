"""Stores the pages of parts of archives as articles, in one process."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from newsbot.archive.selection import Selection
from newsbot.archive.warc import RecordPosition
from newsbot.archive.warc_pages import read_pages
from newsbot.capture import Capture
from newsbot.errors import InputError, NewsbotError
from newsbot.ingest.batches import MAX_BATCH, Failure, write_together
from newsbot.ingest.envelope import Envelope, stage_failed
from newsbot.ingest.process import Processor
from newsbot.ingest.record import record_article, record_reject
from newsbot.items import Reject
from newsbot.jobs.remote.archive_places import opener_of
from newsbot.settings import Configuration
from newsbot.store.crawl.backfill_progress import Part, Progress, advance, finish_part, load_part
from newsbot.text import one_line


@dataclass(frozen=True, slots=True)
class ReadRecord:
    """A record of an archive that has been read and is to be stored."""

    place: RecordPosition
    item: Envelope | Reject | None
    """The article or reject of the record; None if its article is in a language that is not selected."""
    skipped: Counter[str]
    """Numbers of the records that were skipped between the last record and this one, by kind."""


def make_worker(settings: Configuration, selection: Selection, run_id: int) -> BackfillWorker:
    """Return the worker of a process."""
    return BackfillWorker(Processor.with_database(settings), selection, run_id)


class BackfillWorker:
    """Stores parts of archives, in one process and with one connection to the database."""

    def __init__(self, processor: Processor, selection: Selection, run_id: int) -> None:
        assert processor.database
        self.processor = processor
        self.database = processor.database
        self.opener = opener_of(processor.settings)
        self.selection = selection
        self.run_id = run_id

    def ingest_part(self, part: Part) -> Progress:
        """Store the pages of a part that are not stored yet; return its progress at the end."""
        try:
            progress = replace(self._store_pages(part, self._load(part)), state="done", error=None)
        except (InputError, OSError) as error:
            progress = replace(self._load(part), state="failed", error=one_line(str(error)))
        self.database.transact(lambda session: finish_part(session, progress, now=datetime.now(UTC)))
        return progress

    def _load(self, part: Part) -> Progress:
        return self.database.ask(lambda session: load_part(session, part))

    def _store_pages(self, part: Part, progress: Progress) -> Progress:
        """Store the pages of a part after its last stored one, and the progress in the same transactions."""
        skipped: Counter[str] = Counter()
        captures = read_pages(
            part.path,
            part.span,
            opener=self.opener,
            max_bytes=self.processor.settings.max_page_bytes,
            skipped=skipped,
            wanted=lambda url, at: self.selection.wants_page(url, at, self.processor.catalog),
            after=progress.done,
        )
        records: list[ReadRecord] = []
        for place, capture in captures:
            records.append(ReadRecord(place, self._item(capture), _skipped_counts(skipped)))
            skipped.clear()
            if len(records) == MAX_BATCH:
                progress = self._store(progress, self._prepared(records))
                records = []
        if records:
            progress = self._store(progress, self._prepared(records))
        return replace(progress, counts=progress.counts + _skipped_counts(skipped))

    def _item(self, capture: Capture) -> Envelope | Reject | None:
        """Return the article or reject of a page; None for an article in a language that is not selected."""
        item = self.processor.read(capture)
        if isinstance(item, Envelope) and not self.selection.wants_article(item.article):
            return None
        return item

    def _prepared(self, records: Sequence[ReadRecord]) -> list[ReadRecord]:
        """Return records whose articles have passed the stages, so that they are ready to be stored."""
        ready = iter(self.processor.prepare_together([record.item for record in records if record.item]))
        return [replace(record, item=next(ready)) if record.item else record for record in records]

    def _store(self, before: Progress, records: Sequence[ReadRecord]) -> Progress:
        """Store records together with the progress they make; return the progress.

        If their transaction fails, they are stored one by one, and an article that fails alone becomes a reject."""
        [result] = write_together(
            self.database,
            [lambda session: self._record_all(session, before, records)],
            [record.item for record in records if record.item],
        )
        if not isinstance(result, Failure):
            after: Progress = result
            return after
        if isinstance(result.error, NewsbotError):  # another process works on the same part
            raise result.error
        if len(records) == 1:
            return self._store(before, [_refused(records[0], result.error)])
        for record in records:
            before = self._store(before, [record])
        return before

    def _record_all(self, session: Session, before: Progress, records: Sequence[ReadRecord]) -> Progress:
        outcomes = Counter(self._record(session, record.item) for record in records)
        counts = sum((record.skipped for record in records), before.counts + outcomes)
        after = replace(before, done=records[-1].place, counts=counts)
        advance(session, before, after, now=datetime.now(UTC))
        return after

    def _record(self, session: Session, item: Envelope | Reject | None) -> str:
        now = datetime.now(UTC)
        if item is None:
            return "skipped/language"
        if isinstance(item, Envelope):
            return record_article(session, item, run_id=self.run_id, now=now).outcome
        outcome = record_reject(session, item, run_id=self.run_id, now=now)
        return f"rejected/{item.reason}" if outcome == "rejected" else outcome


def _refused(record: ReadRecord, error: Exception) -> ReadRecord:
    if not isinstance(record.item, Envelope):
        raise error
    return replace(record, item=stage_failed(record.item, "store", error))


def _skipped_counts(skipped: Counter[str]) -> Counter[str]:
    return Counter({f"skipped/{kind}": count for kind, count in skipped.items()})
