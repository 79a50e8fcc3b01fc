"""Filters of article lists: shared by search, lists, exports and the web."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, literal_column, select
from sqlalchemy.orm import Session

from newsbot.entities.keys import keys_of
from newsbot.items import STUB, StoredKind
from newsbot.store.schema.identity import name_key
from newsbot.store.schema.models import ArticleEntity, ArticleRow, EntityAlias, EntityRow
from newsbot.store.schema.types import stored_name
from newsbot.store.sql.local_days import first_moment, is_since, is_until, last_moment

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
    since: date | None = None
    """First day of publication, where the article was published (in UTC if that is not known); a datetime is a moment."""
    until: date | None = None
    """Last day, or last moment; both bounds are inclusive. An article without a date counts by when it was first seen."""
    limit: int | None = None
    sort: Sort = "relevance"
    """`relevance`: best first in a search, otherwise the same as `id`, oldest row first; `date`: newest first."""

    @property
    def earliest(self) -> datetime | None:
        """The moment before which no article meets `since`; None if there is no such condition."""
        if self.since is None or isinstance(self.since, datetime):
            return self.since
        return first_moment(self.since)

    @property
    def latest(self) -> datetime | None:
        """The moment after which no article meets `until`; None if there is no such condition."""
        if self.until is None or isinstance(self.until, datetime):
            return self.until
        return last_moment(self.until)


def conditions(session: Session, filters: Filters) -> list[ColumnElement[bool]]:
    """Return the SQL conditions on `articles` for these filters."""
    ids = None if filters.entity is None else find_entities(session, filters.entity)
    return [*conditions_on(ArticleRow, filters, ids), *day_conditions(filters)]


def day_conditions(filters: Filters) -> list[ColumnElement[bool]]:
    """Return the SQL conditions on `articles` by which days are exact: `conditions_on` lets hours around them pass."""
    wanted = []
    if filters.since is not None and not isinstance(filters.since, datetime):
        wanted.append(is_since(ArticleRow, filters.since))
    if filters.until is not None and not isinstance(filters.until, datetime):
        wanted.append(is_until(ArticleRow, filters.until))
    return wanted


def conditions_on(
    articles: Any, filters: Filters, entity_ids: Sequence[int] | None
) -> list[ColumnElement[bool]]:
    """Return the SQL conditions on a selectable that has the columns of `articles`, without `day_conditions`.

    `entity_ids` are the ids of the entities that `filters.entity` names."""
    wanted: list[ColumnElement[bool]] = []
    if filters.source is not None:
        wanted.append(articles.source == filters.source)
    if filters.language is not None:
        wanted.append(articles.language == filters.language)
    if filters.section is not None:
        wanted.append(articles.section == filters.section)
    if filters.earliest is not None:
        wanted.append(articles.dated_at >= filters.earliest)
    if filters.latest is not None:
        wanted.append(articles.dated_at <= filters.latest)
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
    keys = [stored_name(key) for key in keys_of(name)]
    by_key = select(EntityRow.id).where(EntityRow.key.in_(keys))
    by_alias = select(EntityAlias.entity_id).where(EntityAlias.key == name_key(name))
    return list(session.scalars(by_key.union(by_alias)))
