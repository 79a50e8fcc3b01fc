"""An `Envelope`: an article on its way into the database, with what the stages add to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from newsbot.items import Article, Fetched, Reject
from newsbot.store.articles.imports import Known
from newsbot.store.articles.precomputed import Precomputed
from newsbot.text import one_line


@dataclass(slots=True, kw_only=True)
class Envelope:
    """An article and the state of its ingestion. The article itself holds only what is stored."""

    article: Article
    fetched: Fetched | None = None
    """How the page was fetched, now or for an archive; None for a page from a file."""
    known_id: int | None = None
    """Id of the stored article that this one repeats unchanged; set by the stage `dedupe`."""
    site_blocks: dict[bytes, str] = field(default_factory=dict)
    """Short paragraphs near the ends of the text, by `cleaning.boilerplate.block_keys`, including those that were
    removed because the site repeats them. Boilerplate is learnt from these."""
    precomputed: Precomputed | None = None
    """Keys, sketch and index words of the text, computed before the transaction; None: computed inside it."""
    stages_done: tuple[str, ...] = ()
    """Stages of `ingest.process` that a worker has run ahead of the item pipelines, which then pass the article on."""
    export: Known | None = None
    """What only the database that an article was exported from could know; None unless it is an import of one."""

    @property
    def url(self) -> str:
        """Address of the article, for logs."""
        return self.article.url

    @property
    def source(self) -> str | None:
        """Key of the article's source."""
        return self.article.source

    def observed_at(self, now: datetime) -> datetime:
        """Return when this content was seen at its address: when the page was fetched, else `now`."""
        if self.export:
            return self.export.first_seen_at
        return self.article.retrieved_at or now


def rejected(envelope: Envelope, stage: str, reason: str, detail: str = "") -> Reject:
    """Return the reject of an article that a stage does not let pass."""
    return Reject(
        url=envelope.url,
        source=envelope.source,
        reason=reason,
        detail=detail,
        stage=stage,
        fetched=envelope.fetched,
    )


def stage_failed(envelope: Envelope, stage: str, error: BaseException) -> Reject:
    """Return the reject of an article on which a stage raised an exception."""
    return rejected(envelope, stage, "stage-failed", one_line(f"{type(error).__name__}: {error}"))
