"""Filters of article lists: shared by search, lists, exports and the web."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, literal_column, select
from sqlalchemy.orm import Session

from newsbot.entities.keys import entity_key
from newsbot.items import ENTITY_TYPES, STUB, StoredKind
from newsbot.store.schema.identity import name_key
from newsbot.store.schema.models import ArticleEntity, ArticleRow, EntityAlias, EntityRow
from newsbot.store.schema.types import stored_name

Sort = Literal["relevance", "date", "id"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Conditions on articles, their order and their maximum number. None: no condition."""

    source: str | None = None
    language: str | None = None
    section: str | None = None
    entity: str | None = None
    """Name or alias of an entity that the article mentions."""
    kind: tuple[StoredKind, ...] = ()
    """Kinds of which the article has one; empty: no condition."""
    since: datetime | None = None
    until: datetime | None = None
    """Latest `dated_at`; both bounds are inclusive."""
    limit: int | None = None
    sort: Sort = "relevance"
    """`relevance`: best first in a search, otherwise the same as `id`, oldest row first; `date`: newest first."""


def conditions(session: Session, filters: Filters) -> list[ColumnElement[bool]]:
    """Return the SQL conditions on `articles` for these filters."""
    ids = None if filters.entity is None else find_entities(session, filters.entity)
    return conditions_on(ArticleRow, filters, ids)


def conditions_on(
    articles: Any, filters: Filters, entity_ids: Sequence[int] | None
) -> list[ColumnElement[bool]]:
    """Return the SQL conditions on a selectable that has the columns of `articles`.

    `entity_ids` are the ids of the entities that `filters.entity` names."""
    wanted: list[ColumnElement[bool]] = []
    if filters.source is not None:
        wanted.append(articles.source == filters.source)
    if filters.language is not None:
        wanted.append(articles.language == filters.language)
    if filters.section is not None:
        wanted.append(articles.section == filters.section)
    if filters.since is not None:
        wanted.append(articles.dated_at >= filters.since)
    if filters.until is not None:
        wanted.append(articles.dated_at <= filters.until)
    if filters.kind == (STUB,):
        wanted.append(
            articles.kind == literal_column(f"'{STUB}'")
        )  # written out, as in the index of the stubs
    elif filters.kind:
        wanted.append(articles.kind.in_(filters.kind))
    if entity_ids is not None:
        mentioning = select(ArticleEntity.article_id).where(ArticleEntity.entity_id.in_(entity_ids))
        wanted.append(articles.id.in_(mentioning))
    return wanted


def find_entities(session: Session, name: str) -> list[int]:
    """Return the ids of the entities with this name or alias."""
    keys = [stored_name(entity_key(name, entity_type)) for entity_type in ENTITY_TYPES]
    by_key = select(EntityRow.id).where(EntityRow.key.in_(keys))
    by_alias = select(EntityAlias.entity_id).where(EntityAlias.key == name_key(name))
    return list(session.scalars(by_key.union(by_alias)))
