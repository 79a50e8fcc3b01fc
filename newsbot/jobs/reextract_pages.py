"""Applies today's rules to the pages that stored articles were read from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from newsbot.archive.warc_pages import read_page_at
from newsbot.errors import InputError
from newsbot.ingest.processes import Turns, in_processes, make_turns
from newsbot.ingest.stages import Stages
from newsbot.items import Article
from newsbot.settings import Configuration
from newsbot.store.articles.reextraction import Extracted, apply_rules, changes_by_rules, mark_extracted
from newsbot.store.articles.site_boilerplate import remove_learnt

BATCH = 50
"""Articles that a process takes at a time."""
SAMPLES = 3
"""Changes of each field that are shown."""


@dataclass(slots=True)
class Findings:
    """What today's rules make of some articles."""

    outcomes: Counter[str] = field(default_factory=Counter)
    """`changed`, `unchanged`, `missing` (its page cannot be read), `rejected` (kept as it is), `overtaken`."""
    fields: Counter[str] = field(default_factory=Counter)
    """How many articles say something else in a field."""
    samples: dict[str, list[tuple[str, Any, Any]]] = field(default_factory=dict)
    """Field name -> some of its changes: the article's URL, the value before and after."""

    def add(self, other: Findings) -> None:
        """Take in what was found of other articles."""
        self.outcomes += other.outcomes
        self.fields += other.fields
        for name, samples in other.samples.items():
            self.samples[name] = [*self.samples.get(name, []), *samples][:SAMPLES]

    def note_changes(self, url: str, changes: Mapping[str, tuple[Any, Any]]) -> None:
        """Take in what changes of one article."""
        self.fields.update(changes.keys())
        for name, (old, new) in changes.items():
            self.samples.setdefault(name, []).append((url, old, new))


def reextract(
    articles: Sequence[Extracted], *, settings: Configuration, run_id: int | None, workers: int
) -> Iterator[Findings]:
    """Yield what today's rules make of articles, some at a time; without a run, nothing is stored."""
    tasks = [articles[i : i + BATCH] for i in range(0, len(articles), BATCH)]
    for finished in in_processes(
        _reextract, tasks, workers=workers, begin=_begin, arguments=(settings, make_turns(), run_id)
    ):
        yield from finished


_worker: Worker | None = None


def _begin(settings: Configuration, turns: Turns, run_id: int | None) -> None:
    global _worker  # noqa: PLW0603 - what each process has one of
    _worker = Worker(Stages(settings, turns), Path(settings.archive_dir), run_id)


def _reextract(articles: Sequence[Extracted]) -> Findings:
    assert _worker
    return _worker.reextract(articles)


class Worker:
    """What one process applies rules with."""

    def __init__(self, stages: Stages, archive: Path, run_id: int | None) -> None:
        self.stages = stages
        self.database = stages.database
        self.archive = archive
        self.run_id = run_id

    def reextract(self, articles: Sequence[Extracted]) -> Findings:
        """Read the pages of articles again, and store what has changed."""
        findings = Findings()
        settled = []
        for extracted in sorted(articles, key=lambda each: (each.warc_file, each.warc_offset)):
            outcome = self._outcome(extracted, findings)
            findings.outcomes[outcome] += 1
            if outcome in {"unchanged", "rejected"}:
                settled.append(extracted.article_id)
        if self.run_id is not None:
            with self.database.write() as session:
                mark_extracted(session, settled)
        return findings

    def _outcome(self, extracted: Extracted, findings: Findings) -> str:
        article = self._article(extracted)
        if not isinstance(article, Article):
            return article
        with self.database.read() as session:
            remove_learnt(session, article)
            changes = changes_by_rules(session, extracted.article_id, article)
        if not changes:
            return "unchanged"
        findings.note_changes(extracted.url, changes)
        return self._apply(extracted, article) if self.run_id is not None else "changed"

    def _article(self, extracted: Extracted) -> Article | str:
        """Return the article that the page of a stored one holds now, or why there is none."""
        path = self.archive / extracted.warc_file
        try:
            page = read_page_at(path, extracted.warc_offset, max_bytes=self.stages.settings.max_page_bytes)
        except InputError:
            page = None
        if page is None:
            return "missing"
        item = self.stages.read(page)
        if not isinstance(item, Article):
            return "rejected"
        item.retrieved_at = extracted.retrieved_at
        return item

    def _apply(self, extracted: Extracted, article: Article) -> str:
        self.stages.prepare([article])
        outcome = self.database.transact(
            lambda session: apply_rules(
                session, extracted, article, run_id=self.run_id, now=datetime.now(UTC)
            )
        )
        return outcome or "overtaken"
