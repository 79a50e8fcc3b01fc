"""Queries for people, organisations and places across articles."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from sqlalchemy import ColumnElement, Select, Subquery, func, select
from sqlalchemy.orm import Session

from newsbot.items import EntityType
from newsbot.store.articles.loading import MAX_ID
from newsbot.store.entities.totals import EVERYWHERE
from newsbot.store.schema.models import ArticleEntity, ArticleRow, EntityRow, EntityTotal, MentionRow
from newsbot.store.search.filters import find_entities
from newsbot.store.sql.local_days import dated_since, local_day

RECENT_ARTICLES = 1_000
"""Number of an entity's newest articles in which aliases and companions are counted. Counting in all of them takes
seconds for a common name, see docs/entities.md."""
ABOUT = 0.5
"""Minimum salience of an article that is about an entity; see `entities.linking.salience`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityCount:
    """An entity and the number of articles and mentions of it in the articles that were counted."""

    id: int
    name: str
    type: EntityType
    wikidata: str | None
    """Wikidata id of the best-known bearer of the name."""
    article_count: int
    mention_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceCount:
    """A place and the number of articles and mentions of it in the articles that were counted."""

    id: int
    """Id of the entity. Places that have the same name in several countries share it."""
    name: str
    country: str
    """ISO 3166-1 alpha-2 code."""
    article_count: int
    mention_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityArticle:
    """An article that mentions an entity."""

    id: int
    title: str | None
    url: str
    source: str | None
    language: str | None
    dated_at: datetime
    mention_count: int
    salience: float
    """From 0 to 1; above `ABOUT`, the article is about the entity."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityDetail:
    """An entity with its aliases, companions, timeline and newest articles."""

    entity: EntityCount
    aliases: list[tuple[str, int]]
    """Names under which its newest articles mention it, with their counts, most frequent first."""
    companions: list[EntityCount]
    """Other entities in its newest articles; the counts are over those articles."""
    timeline: list[tuple[date, int]]
    """Number of articles per day, oldest first; days without articles are left out."""
    articles: list[EntityArticle]
    """Newest first."""


def top_entities(
    session: Session, *, entity_type: EntityType | None = None, since: date | None = None, limit: int = 20
) -> list[EntityCount]:
    """Return the most mentioned entities, of one type or of all.

    With `since`, only articles of that day, where they were published, or later are counted; a datetime is a moment."""
    if since is None:
        counts = _totals().where(EntityTotal.country == EVERYWHERE)
    else:
        counts = _counts().where(*dated_since(ArticleEntity, since))
    return _read_counts(session, counts, "mentions", limit, entity_type)


def top_places(session: Session, *, since: date | None = None, limit: int = 20) -> list[PlaceCount]:
    """Return the most mentioned places whose country is known.

    With `since`, only articles of that day, where they were published, or later are counted; a datetime is a moment. A name that articles locate in several
    countries is returned once per country, with the articles of that country."""
    if since is None:
        counts = _totals().add_columns(EntityTotal.country).where(EntityTotal.country > EVERYWHERE)
    else:
        counts = _counts().add_columns(ArticleEntity.country).group_by(ArticleEntity.country)
        counts = counts.where(*dated_since(ArticleEntity, since), ArticleEntity.country.is_not(None))
    counted = counts.subquery()
    query = (
        select(EntityRow.id, EntityRow.name, counted.c.country, counted.c.articles, counted.c.mentions)
        .join(counted, counted.c.entity_id == EntityRow.id)
        .order_by(counted.c.mentions.desc(), EntityRow.name, counted.c.country)
        .limit(limit)
    )
    return [
        PlaceCount(id=entity_id, name=name, country=country, article_count=articles, mention_count=mentions)
        for entity_id, name, country, articles, mentions in session.execute(query)
    ]


def countries_of(session: Session, entity_ids: Collection[int]) -> dict[int, str]:
    """Return entity id -> the country in which most articles locate the place.

    Places that no article locates are left out."""
    placed = EntityTotal.entity_id.in_(entity_ids) & (EntityTotal.country > EVERYWHERE)
    query = select(EntityTotal.entity_id, EntityTotal.country).where(placed, EntityTotal.article_count > 0)
    rows = session.execute(query.order_by(EntityTotal.article_count, EntityTotal.country))
    return dict(rows.all())


def entity_detail(
    session: Session, name: str, *, limit: int = 20, since: date | None = None, about: bool = False
) -> EntityDetail | None:
    """Return the details of the entity with this name or alias; None if no article mentions it.

    If several entities share the name, the one in most articles is chosen. `limit` bounds aliases, companions and
    articles; `since` and `about` restrict everything but the entity's own counts to articles dated at that time or
    later, or to articles about it."""
    found = find_entity(session, name)
    return None if found is None else _detail(session, found, limit, since, about)


def find_entity(session: Session, name: str) -> EntityCount | None:
    """Return the entity with this name or alias (of several, the one in most articles); None if there is none."""
    counts = _totals().where(
        EntityTotal.entity_id.in_(find_entities(session, name)), EntityTotal.country == EVERYWHERE
    )
    found = _read_counts(session, counts, "articles", limit=1)
    return found[0] if found else None


def get_entity(session: Session, entity_id: int, *, limit: int = 20) -> EntityDetail | None:
    """Return the details of the entity with this id; None if no article mentions it.

    For `limit` see `entity_detail`."""
    if not 0 < entity_id <= MAX_ID:
        return None
    counts = _totals().where(EntityTotal.entity_id == entity_id, EntityTotal.country == EVERYWHERE)
    found = _read_counts(session, counts, "articles", limit=1)
    return _detail(session, found[0], limit) if found else None


def _detail(
    session: Session, entity: EntityCount, limit: int, since: date | None = None, about: bool = False
) -> EntityDetail:
    return EntityDetail(
        entity=entity,
        aliases=_aliases(session, entity.id, limit, since, about),
        companions=entity_companions(session, entity.id, limit=limit, since=since, about=about),
        timeline=entity_timeline(session, entity.id, since=since, about=about),
        articles=entity_articles(session, entity.id, limit=limit, since=since, about=about),
    )


def entity_companions(
    session: Session, entity_id: int, *, limit: int = 20, since: date | None = None, about: bool = False
) -> list[EntityCount]:
    """Return the entities that occur in the newest articles of an entity, the most frequent first."""
    recent = _recent(entity_id, since, about)
    counts = (
        _counts()
        .join(recent, recent.c.article_id == ArticleEntity.article_id)
        .where(ArticleEntity.entity_id != entity_id)
    )
    return _read_counts(session, counts, "articles", limit)


def entity_timeline(
    session: Session, entity_id: int, *, since: date | None = None, about: bool = False
) -> list[tuple[date, int]]:
    """Return the number of an entity's articles per day, where they were published, oldest first.

    Days without articles are left out."""
    day = local_day(ArticleEntity)
    query = select(day, func.count()).where(*_wanted(entity_id, since, about)).group_by(day).order_by(day)
    return [(date.fromisoformat(day_text), count) for day_text, count in session.execute(query)]


def entity_articles(
    session: Session, entity_id: int, *, limit: int = 20, since: date | None = None, about: bool = False
) -> list[EntityArticle]:
    """Return the articles that mention an entity, or only those about it, newest first."""
    query = (
        select(
            ArticleRow.id,
            ArticleRow.title,
            ArticleRow.url,
            ArticleRow.source,
            ArticleRow.language,
            ArticleRow.dated_at,
            ArticleEntity.mention_count,
            ArticleEntity.salience,
        )
        .join(ArticleEntity, ArticleEntity.article_id == ArticleRow.id)
        .where(*_wanted(entity_id, since, about))
        .order_by(ArticleEntity.dated_at.desc(), ArticleEntity.article_id.desc())
    )
    return [EntityArticle(**row) for row in session.execute(query.limit(limit)).mappings()]


def _wanted(entity_id: int, since: date | None, about: bool) -> list[ColumnElement[bool]]:
    wanted = [ArticleEntity.entity_id == entity_id]
    if since is not None:
        wanted += dated_since(ArticleEntity, since)
    if about:
        wanted.append(ArticleEntity.salience > ABOUT)
    return wanted


def _recent(entity_id: int, since: date | None, about: bool) -> Subquery:
    query = select(ArticleEntity.article_id).where(*_wanted(entity_id, since, about))
    return query.order_by(ArticleEntity.dated_at.desc()).limit(RECENT_ARTICLES).subquery()


def _counts() -> Select[int, int, int]:
    return select(
        ArticleEntity.entity_id,
        func.count().label("articles"),
        func.sum(ArticleEntity.mention_count).label("mentions"),
    ).group_by(ArticleEntity.entity_id)


def _totals() -> Select[int, int, int]:
    """Return the stored counts over all articles."""
    return select(
        EntityTotal.entity_id,
        EntityTotal.article_count.label("articles"),
        EntityTotal.mention_count.label("mentions"),
    ).where(EntityTotal.article_count > 0)


def _read_counts(
    session: Session,
    counts: Select[int, int, int],
    order: Literal["articles", "mentions"],
    limit: int,
    entity_type: EntityType | None = None,
) -> list[EntityCount]:
    """Return the greatest counts with the entities' names.

    Names are joined after counting; joining them before took ten times as long."""
    counted = counts.subquery()
    query = (
        select(
            *(EntityRow.id, EntityRow.name, EntityRow.type, EntityRow.wikidata),
            *(counted.c.articles, counted.c.mentions),
        )
        .join(counted, counted.c.entity_id == EntityRow.id)
        .order_by(counted.c[order].desc(), EntityRow.name, EntityRow.id)
        .limit(limit)
    )
    if entity_type is not None:
        query = query.where(EntityRow.type == entity_type)
    return [
        EntityCount(
            id=entity_id,
            name=name,
            type=kind,
            wikidata=wikidata,
            article_count=articles,
            mention_count=mentions,
        )
        for entity_id, name, kind, wikidata, articles, mentions in session.execute(query)
    ]


def _aliases(
    session: Session, entity_id: int, limit: int, since: date | None, about: bool
) -> list[tuple[str, int]]:
    recent = _recent(entity_id, since, about)
    count = func.count()
    query = (
        select(MentionRow.text, count)
        .join(recent, recent.c.article_id == MentionRow.article_id)
        # `+ 0` keeps PostgreSQL from using the index on entities: reading every mention of a common name took 4 s.
        .where(MentionRow.entity_id + 0 == entity_id)
        .group_by(MentionRow.text)
        .order_by(count.desc(), MentionRow.text)
    )
    return [(text, number) for text, number in session.execute(query.limit(limit))]
