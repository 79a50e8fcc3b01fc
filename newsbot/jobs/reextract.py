"""The job `reextract`: applies today's rules to the archived pages of stored articles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from newsbot.archive.warc_pages import Place, read_page_at
from newsbot.capture import Capture
from newsbot.errors import InputError
from newsbot.ingest.envelope import Envelope
from newsbot.ingest.process import CONTENT_STAGES, STAGES, Processor
from newsbot.ingest.processes import in_processes
from newsbot.items import Article, Reject
from newsbot.jobs.remote.archive_places import opener_of
from newsbot.jobs.remote.objects import RECORD_BYTES, is_url, size_of
from newsbot.settings import Configuration
from newsbot.store.articles.reextraction import Extracted, apply_rules, changes_by_rules, mark_extracted
from newsbot.store.crawl.rejects import save_reject

BATCH = 50
"""Number of articles in a task of a process."""
SAMPLES = 3
"""Maximum number of changes per field that are shown."""


@dataclass(slots=True)
class Findings:
    """Results of today's rules for some articles."""

    outcomes: Counter[str] = field(default_factory=Counter)
    """Numbers of articles by outcome: `changed`, `unchanged`, `missing` (the page cannot be read), `rejected` (the page is
    no article by today's rules), `failed` (a stage failed) and `overtaken` (the article was fetched again
    meanwhile). Only `changed` articles are changed in the database."""
    fields: Counter[str] = field(default_factory=Counter)
    """Numbers of articles by changed field."""
    samples: dict[str, list[tuple[str, Any, Any]]] = field(default_factory=dict)
    """Field name -> some of its changes: URL of the article, value before, value after."""

    def add(self, other: Findings) -> None:
        """Add the results for other articles."""
        self.outcomes += other.outcomes
        self.fields += other.fields
        for name, samples in other.samples.items():
            self.samples[name] = [*self.samples.get(name, []), *samples][:SAMPLES]

    def add_changes(self, url: str, changes: Mapping[str, tuple[Any, Any]]) -> None:
        """Add the changes of one article."""
        self.fields.update(changes.keys())
        for name, (old, new) in changes.items():
            self.samples.setdefault(name, []).append((url, old, new))


def reextract(
    articles: Sequence[Extracted], *, settings: Configuration, run_id: int | None, workers: int
) -> Iterator[Findings]:
    """Yield the results of today's rules for articles, one for every task. Without a run, nothing is stored."""
    tasks = [articles[i : i + BATCH] for i in range(0, len(articles), BATCH)]
    arguments = (settings, run_id)
    for finished in in_processes(
        "reextract", tasks, workers=workers, make_worker=make_worker, arguments=arguments
    ):
        yield from finished


def make_worker(settings: Configuration, run_id: int | None) -> ReextractWorker:
    """Return the worker of a process."""
    return ReextractWorker(Processor.with_database(settings), Path(settings.archive_dir), run_id)


class ReextractWorker:
    """Applies today's rules to archived pages, in one process."""

    def __init__(self, processor: Processor, archive: Path, run_id: int | None) -> None:
        assert processor.database
        self.processor = processor
        self.database = processor.database
        self.archive = archive
        self.opener = opener_of(processor.settings, RECORD_BYTES)
        self.run_id = run_id

    def reextract(self, articles: Sequence[Extracted]) -> Findings:
        """Read the pages of articles again, and store the changes."""
        findings = Findings()
        done: list[int] = []
        removals: dict[int, Article] = {}
        for extracted in sorted(articles, key=lambda extracted: (extracted.warc_file, extracted.warc_offset)):
            outcome = self._outcome(extracted, findings, removals)
            findings.outcomes[outcome] += 1
            if outcome in {"unchanged", "rejected"}:
                done.append(extracted.article_id)
        if self.run_id is not None:
            self.database.transact(lambda session: mark_extracted(session, done, removals))
        return findings

    def _outcome(self, extracted: Extracted, findings: Findings, removals: dict[int, Article]) -> str:
        capture = self._capture(extracted)
        if capture is None:
            return "missing"
        item = self.processor.prepare(self.processor.read(capture), CONTENT_STAGES)
        if isinstance(item, Reject):
            return self._rejected(extracted, item)
        item.article.retrieved_at = extracted.retrieved_at
        changes = self.database.ask(
            lambda session: changes_by_rules(session, extracted.article_id, item.article)
        )
        if not changes:
            if item.article.removed:
                removals[extracted.article_id] = item.article
            return "unchanged"
        findings.add_changes(extracted.url, changes)
        return "changed" if self.run_id is None else self._apply(extracted, item)

    def _capture(self, extracted: Extracted) -> Capture | None:
        """Return the archived page of an article; None if it is not there any more, or damaged.

        Raises InputError if its object store cannot be reached: others would not be read either."""
        place: Place = (
            extracted.warc_file if is_url(extracted.warc_file) else self.archive / extracted.warc_file
        )
        limit = self.processor.settings.max_page_bytes
        try:
            return read_page_at(place, extracted.warc_offset, max_bytes=limit, opener=self.opener)
        except InputError:
            if is_url(extracted.warc_file) and size_of(extracted.warc_file) is not None:
                raise
            return None

    def _rejected(self, extracted: Extracted, reject: Reject) -> str:
        """Return the outcome for a page that has no article by today's rules; store a reject if newsbot itself failed."""
        if reject.reason not in {"parse-failed", "stage-failed"}:
            return "rejected"
        if self.run_id is not None:
            self.database.transact(
                lambda session: save_reject(
                    session,
                    reject,
                    run_id=self.run_id,
                    now=datetime.now(UTC),
                    article_id=extracted.article_id,
                )
            )
        return "failed"

    def _apply(self, extracted: Extracted, envelope: Envelope) -> str:
        item = self.processor.prepare(envelope, STAGES[len(CONTENT_STAGES) :])
        if isinstance(item, Reject):
            return self._rejected(extracted, item)
        outcome = self.database.transact(
            lambda session: apply_rules(
                session, extracted, item.article, run_id=self.run_id, now=datetime.now(UTC)
            )
        )
        return outcome or "overtaken"
