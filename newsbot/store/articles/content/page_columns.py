"""The columns of an article that a page gives, and the rows that every way of storing it writes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, update

from newsbot.dedupe.agencies import agency_of
from newsbot.items import Article
from newsbot.store.articles import children
from newsbot.store.articles.plan import Existing
from newsbot.store.articles.precomputed import Precomputed
from newsbot.store.changes.change_log import ChangeKind, log_change
from newsbot.store.schema.identity import ArticleKeys
from newsbot.store.schema.models import ArticleRow

COPIED_FIELDS = (
    "canonical_url",
    "title",
    "description",
    "published_at",
    "published_offset_min",
    "modified_at",
    "language",
    "section",
    "image_url",
    "word_count",
    "kind",
    "is_free",
    "notes",
    "entity_engine",
    "rules",
    "extractor_version",
    "retrieved_at",
    "body",
)
"""Fields of an Article that are columns of the same name and are replaced by a revision."""


@dataclass(frozen=True, slots=True)
class Page:
    """An article that is being stored, with its keys."""

    article: Article
    keys: ArticleKeys
    content_key: bytes
    run_id: int | None
    now: datetime
    precomputed: Precomputed | None


# ------------------------------------------------------------------ columns


def content_columns(page: Page) -> dict[str, Any]:
    """Return the columns that are replaced together with the content."""
    copied = {name: getattr(page.article, name) for name in COPIED_FIELDS}
    return (
        copied
        | children.structure_columns(page.article)
        | {
            "text_key": page.keys.text_key,
            "content_key": page.content_key,
            "agency": agency_of(page.article.authors, page.article.body),
        }
    )


def indexed_names(article: Article) -> dict[str, list[str]]:
    """Return what is indexed of an article beside its columns."""
    return {"authors": article.authors, "topics": article.topics}


def seen_columns(page: Page, existing: Existing) -> dict[str, Any]:
    """Return when an article was seen, now that this page is seen too."""
    return {
        "first_seen_at": min(page.now, existing.first_seen_at),
        "last_seen_at": max(page.now, existing.last_seen_at),
    }


def date_of(page: Page, existing: Existing) -> datetime:
    """Return the date by which an article is listed."""
    return page.article.published_at or existing.first_seen_at


# ------------------------------------------------------------------ rows

_ARTICLES = ArticleRow.metadata.tables["articles"]
_UPDATE = update(_ARTICLES).where(_ARTICLES.c.id == bindparam("known_id"))


def update_columns(connection: Connection, article_id: int, values: Mapping[str, Any]) -> None:
    """Write columns of an article."""
    connection.execute(_UPDATE, {"known_id": article_id, **values})


def add_source(connection: Connection, page: Page) -> None:
    """Insert the source of a page, if it has no row yet."""
    if page.article.source is not None:
        children.add_sources(connection, [page.article.source], now=page.now)


def log(
    connection: Connection,
    page: Page,
    change: ChangeKind,
    article_id: int,
    fields: Iterable[str] | None = None,
    revision: int | None = None,
) -> None:
    """Log a change of an article; see `change_log.log_change`."""
    log_change(
        connection, change, article_id, now=page.now, run_id=page.run_id, revision=revision, fields=fields
    )
