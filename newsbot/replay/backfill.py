"""Takes archives in: their pages become articles, part by part, in as many processes as wanted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from newsbot.archive.folders import SavedPage, find_pages, is_warc
from newsbot.archive.pages import Span, read_pages, warc_spans
from newsbot.archive.selection import Selection
from newsbot.errors import InputError
from newsbot.items import Article, Reject
from newsbot.replay.processes import in_processes
from newsbot.replay.stages import Stages
from newsbot.settings import Configuration
from newsbot.store.backfills import Part, Progress, advance, finish_part, load_part
from newsbot.store.outcomes import record_article, record_reject
from newsbot.text import one_line

PART_BYTES = 16 * 1024 * 1024
"""Large enough that finding its first record costs nothing, small enough that the last part keeps nobody waiting."""


def find_archives(patterns: Iterable[str]) -> list[Path]:
    """Return the archives that paths name, each once. Raises InputError for a path without any."""
    archives: dict[Path, None] = {}
    for pattern in patterns:
        found = [path.absolute() for path in find_pages(pattern) if is_warc(path.name)]
        if not found:
            raise InputError(f"{pattern}: no archive in it (.warc .warc.gz .wacz)", path=pattern)
        archives |= dict.fromkeys(found)
    return list(archives)


def split(path: Path, selection: Selection) -> list[Part]:
    """Return the parts of an archive. Raises InputError if it cannot be read."""
    spans = [
        Span(start, min(start + PART_BYTES, whole.end))
        for whole in warc_spans(path)
        for start in range(whole.start, whole.end, PART_BYTES)
    ]
    size = path.stat().st_size
    return [Part(path=str(path), file_bytes=size, span=span, selection=str(selection)) for span in spans]


def take_in(
    parts: Iterable[Part], *, settings: Configuration, selection: Selection, run_id: int, workers: int
) -> Iterator[list[Progress]]:
    """Take parts in; yield those that are done as they come, and an empty list now and then while none is."""
    arguments = (settings, selection, run_id)
    return in_processes(_take_in, parts, workers=workers, begin=_begin, arguments=arguments)


def _begin(settings: Configuration, selection: Selection, run_id: int) -> None:
    global _worker  # noqa: PLW0603 - what each process has one of
    _worker = Worker(settings, selection, run_id)


def _take_in(part: Part) -> Progress:
    assert _worker
    return _worker.take_in(part)


class Worker:
    """What one process takes parts in with."""

    def __init__(self, settings: Configuration, selection: Selection, run_id: int) -> None:
        self.stages = Stages(settings)
        self.database = self.stages.database
        self.selection = selection
        self.run_id = run_id

    def take_in(self, part: Part) -> Progress:
        """Store what a part holds, from where it was left; return how far it has come."""
        try:
            progress = replace(self._store_pages(part, self._load(part)), state="done", error=None)
        except (InputError, OSError) as error:
            progress = replace(self._load(part), state="failed", error=one_line(str(error)))
        with self.database.write() as session:
            finish_part(session, progress, now=datetime.now(UTC))
        return progress

    def _load(self, part: Part) -> Progress:
        with self.database.read() as session:
            return load_part(session, part)

    def _store_pages(self, part: Part, progress: Progress) -> Progress:
        """Store the pages of a part that are not done yet, each in a transaction that notes that it is."""
        skipped: Counter[str] = Counter()
        stored = progress.counts
        pages = read_pages(
            Path(part.path),
            part.span,
            max_bytes=self.stages.settings.max_page_bytes,
            skipped=skipped,
            wanted=lambda url, at: self.selection.wants_page(url, at, self.stages.catalog),
            after=progress.done,
        )
        for page in pages:
            item = self._read(page)
            step = replace(progress, done=page.place, counts=stored + _named(skipped))
            outcome = self._store(item, before=progress, after=step)
            stored[outcome] += 1
            progress = step
        return replace(progress, counts=stored + _named(skipped))

    def _read(self, page: SavedPage) -> Article | Reject | None:
        """Return what a page is; None for an article in a language that is not wanted."""
        item = self.stages.read(page)
        if isinstance(item, Article):
            if not self.selection.wants_article(item):
                return None
            self.stages.find_entities(item)
        return item

    def _store(self, item: Article | Reject | None, *, before: Progress, after: Progress) -> str:
        """Store an item and note that its record is done; return what came of it.

        An item that the database does not take is stored as a reject."""

        def work(session: Session, item: Article | Reject | None = item) -> str:
            outcome = self._record(session, item)
            counts = after.counts + Counter({outcome: 1})
            advance(session, before, replace(after, counts=counts), now=datetime.now(UTC))
            return outcome

        try:
            return self.database.transact(work)
        except SQLAlchemyError as error:
            if not isinstance(item, Article):
                raise
            detail = one_line(f"{type(error).__name__}: {error}")
            reject = Reject(url=item.url, source=item.source, reason="stage-failed", detail=detail, stage="store",
                            fetched=item.fetched)  # fmt: skip
            return self.database.transact(lambda session: work(session, reject))

    def _record(self, session: Session, item: Article | Reject | None) -> str:
        now = datetime.now(UTC)
        if item is None:
            return "skipped/language"
        if isinstance(item, Article):
            return record_article(session, item, run_id=self.run_id, now=item.retrieved_at or now).outcome
        record_reject(session, item, run_id=self.run_id, now=now)
        return f"rejected/{item.reason}"


_worker: Worker | None = None


def _named(skipped: Counter[str]) -> Counter[str]:
    return Counter({f"skipped/{kind}": count for kind, count in skipped.items()})
