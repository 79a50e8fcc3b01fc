"""What a page of an archive goes through: the stages of a crawl, one after the other, in this process."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from newsbot.archive.files import SavedPage
from newsbot.cleaning.article_fields import clean_article
from newsbot.entities.engine import engine_label, load_engine
from newsbot.entities.recognition import UNKNOWN, find_entities
from newsbot.extraction.page_kinds import reject_reason
from newsbot.ingest.processes import Turns
from newsbot.ingest.read import archived_fetch, is_binary, read_article
from newsbot.items import Article, Reject
from newsbot.settings import Configuration
from newsbot.sources.catalog import load_sources, source_for, sources_by_host
from newsbot.store.articles.site_boilerplate import remove_learnt
from newsbot.store.articles.writer import known_unchanged
from newsbot.store.database import Database
from newsbot.store.schema.identity import article_keys
from newsbot.text import one_line

logger = logging.getLogger(__name__)


class Stages:
    """The catalog, the entity engine and the database of one process."""

    def __init__(self, settings: Configuration, turns: Turns | None = None) -> None:
        self.settings = settings
        self.catalog = sources_by_host(load_sources(settings.sources))
        self.engine = load_engine(settings.entity_engine)
        self.database = Database(settings.database_url, turns=turns)

    def read(self, page: SavedPage) -> Article | Reject:
        """Return the cleaned article of a page, or why there is none. Never raises, whatever the page."""
        try:
            return self._read(page, datetime.now(UTC))
        except Exception as error:
            logger.exception("%s could not be parsed", page.url)
            return self._reject(page, "parse-failed", detail=one_line(repr(error)))

    def _read(self, page: SavedPage, now: datetime) -> Article | Reject:
        if is_binary(page.body):
            return self._reject(page, "binary", detail="not a text in any encoding")
        article = read_article(page, self.catalog, now=now)
        reason = reject_reason(article)
        if reason is not None:
            return self._reject(page, reason, stage="validate")
        clean_article(article)
        article.fetched = archived_fetch(page, now=now)
        return article

    def _reject(self, page: SavedPage, reason: str, *, detail: str = "", stage: str = "extract") -> Reject:
        source = source_for(page.url, self.catalog)
        return Reject(url=page.url, reason=reason, detail=detail, stage=stage, source=source.key if source else None,
                      fetched=archived_fetch(page, now=datetime.now(UTC)))  # fmt: skip

    def prepare(self, articles: Sequence[Article]) -> None:
        """Do for articles what can be done before the transaction that stores them, which others wait for.

        What their sites repeat is removed; `entities` are filled, unless today's engine has found them before."""
        with self.database.read() as session:
            unknown = [article for article in articles if not self._is_known(session, article)]
        for article in unknown:
            find_entities(article, self.engine)

    def _is_known(self, session: Session, article: Article) -> bool:
        remove_learnt(session, article)
        if self.engine.name == "none":  # there is no work that the look-up could save
            return False
        label = engine_label(self.engine, article.language or UNKNOWN)
        return known_unchanged(session, article, keys=article_keys(article), entity_engine=label) is not None
