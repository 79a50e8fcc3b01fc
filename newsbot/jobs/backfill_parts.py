"""Takes archives in: their pages become articles, part by part, in as many processes as wanted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from newsbot.archive.files import SavedPage, find_pages, is_warc
from newsbot.archive.selection import Selection
from newsbot.archive.warc import RecordPosition
from newsbot.archive.warc_pages import ByteRange, read_pages, warc_spans
from newsbot.errors import InputError
from newsbot.ingest.processes import Turns, in_processes, make_turns
from newsbot.ingest.record import record_article, record_reject
from newsbot.ingest.stages import Stages
from newsbot.items import Article, Reject
from newsbot.settings import Configuration
from newsbot.store.crawl.backfill_progress import Part, Progress, advance, finish_part, load_part
from newsbot.text import one_line

PART_BYTES = 4 * 1024 * 1024
"""Large enough that finding its first record costs nothing, small enough that the last part keeps nobody waiting."""


BATCH = 16
"""Pages that are stored in one transaction where there is one writer at a time: it is asked for less often. Elsewhere
writers that store several would wait for each other's sources."""


@dataclass(frozen=True, slots=True)
class Step:
    """A record that is read."""

    place: RecordPosition
    item: Article | Reject | None
    """What it holds; None: an article in a language that is not wanted."""
    skipped: Counter[str]
    """Records that were passed over on the way to it."""


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
        ByteRange(start, min(start + PART_BYTES, whole.end))
        for whole in warc_spans(path)
        for start in range(whole.start, whole.end, PART_BYTES)
    ]
    size = path.stat().st_size
    return [Part(path=str(path), file_bytes=size, span=span, selection=str(selection)) for span in spans]


def take_in(
    parts: Iterable[Part], *, settings: Configuration, selection: Selection, run_id: int, workers: int
) -> Iterator[list[Progress]]:
    """Take parts in; yield those that are done as they come, and an empty list now and then while none is."""
    arguments = (settings, make_turns(), selection, run_id)
    return in_processes(_take_in, parts, workers=workers, begin=_begin, arguments=arguments)


def _begin(settings: Configuration, turns: Turns, selection: Selection, run_id: int) -> None:
    global _worker  # noqa: PLW0603 - what each process has one of
    _worker = Worker(Stages(settings, turns), selection, run_id)


def _take_in(part: Part) -> Progress:
    assert _worker
    return _worker.take_in(part)


class Worker:
    """What one process takes parts in with."""

    def __init__(self, stages: Stages, selection: Selection, run_id: int) -> None:
        self.stages = stages
        self.database = self.stages.database
        self.selection = selection
        self.run_id = run_id
        self.batch = BATCH if self.database.has_one_writer else 1

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
        """Store the pages of a part that are not done yet, some in a transaction that notes that they are."""
        skipped: Counter[str] = Counter()
        pages = read_pages(
            Path(part.path),
            part.span,
            max_bytes=self.stages.settings.max_page_bytes,
            skipped=skipped,
            wanted=lambda url, at: self.selection.wants_page(url, at, self.stages.catalog),
            after=progress.done,
        )
        steps: list[Step] = []
        for page in pages:
            assert page.place
            steps.append(Step(page.place, self._read(page), _named(skipped)))
            skipped.clear()
            if len(steps) == self.batch:
                progress = self._finish(progress, steps)
                steps = []
        if steps:
            progress = self._finish(progress, steps)
        return replace(progress, counts=progress.counts + _named(skipped))

    def _read(self, page: SavedPage) -> Article | Reject | None:
        """Return what a page is; None for an article in a language that is not wanted."""
        item = self.stages.read(page)
        return None if isinstance(item, Article) and not self.selection.wants_article(item) else item

    def _finish(self, before: Progress, steps: Sequence[Step]) -> Progress:
        """Store what some records hold, all that takes time done before."""
        self.stages.prepare([step.item for step in steps if isinstance(step.item, Article)])
        return self._store(before, steps)

    def _store(self, before: Progress, steps: Sequence[Step]) -> Progress:
        """Store what some records hold and note that they are done; return how far the part has come.

        If the database does not take them, each is stored on its own; an article that it does not take, as a reject."""
        try:
            return self.database.transact(lambda session: self._take(session, before, steps))
        except SQLAlchemyError as error:
            if len(steps) == 1:
                return self._store(before, [_refused(steps[0], error)])
        for step in steps:
            before = self._store(before, [step])
        return before

    def _take(self, session: Session, before: Progress, steps: Sequence[Step]) -> Progress:
        outcomes = Counter(self._record(session, step.item) for step in steps)
        counts = sum((step.skipped for step in steps), before.counts + outcomes)
        after = replace(before, done=steps[-1].place, counts=counts)
        advance(session, before, after, now=datetime.now(UTC))
        return after

    def _record(self, session: Session, item: Article | Reject | None) -> str:
        now = datetime.now(UTC)
        if item is None:
            return "skipped/language"
        if isinstance(item, Article):
            return record_article(session, item, run_id=self.run_id, now=item.retrieved_at or now).outcome
        outcome = record_reject(session, item, run_id=self.run_id, now=now)
        return f"rejected/{item.reason}" if outcome == "rejected" else outcome


_worker: Worker | None = None


def _refused(step: Step, error: SQLAlchemyError) -> Step:
    article = step.item
    if not isinstance(article, Article):
        raise error
    detail = one_line(f"{type(error).__name__}: {error}")
    reject = Reject(url=article.url, source=article.source, reason="stage-failed", detail=detail, stage="store",
                    fetched=article.fetched)  # fmt: skip
    return replace(step, item=reject)


def _named(skipped: Counter[str]) -> Counter[str]:
    return Counter({f"skipped/{kind}": count for kind, count in skipped.items()})
