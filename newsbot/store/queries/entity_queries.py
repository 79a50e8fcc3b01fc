"""Queries for people, organisations and places across articles."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, Subquery, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from newsbot.items import EntityType
from newsbot.store.articles.loading import MAX_ID
from newsbot.store.entities.total_queries import (
    by_country,
    counts_of_entities,
    counts_since,
    cut,
    everywhere,
    of_totals,
)
from newsbot.store.schema.models import ArticleEntity, ArticleRow, EntityRow, MentionRow
from newsbot.store.search.filters import find_entities
from newsbot.store.sql.local_days import dated_since, is_until, last_moment, local_day

RECENT_ARTICLES = 1_000
"""Number of an entity's newest articles in which aliases and companions are counted. Counting in all of them takes
seconds for a common name, see docs/entities.md."""
_ENTITY_COLUMNS = (EntityRow.id, EntityRow.name, EntityRow.type, EntityRow.wikidata)
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


class Tie(NamedTuple):
    """Two entities that occur in the same articles."""

    one_id: int
    other_id: int
    article_count: int


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
        return _read_totals(session, "mentions", limit, entity_type)
    counts = counts_since(since)
    return _read_counts(session, _greatest(counts, "mentions", limit, entity_type))


def list_entities(
    session: Session,
    *,
    name: str | None = None,
    entity_type: EntityType | None = None,
    since: date | None = None,
    after: tuple[int, int] | None = None,
    limit: int = 20,
) -> list[EntityCount]:
    """Return one page of the entities, most mentions first; with `name`, those that have it as their name or alias.

    For `since` see `top_entities`. `after` is the (mention_count, id) of the last entity of the previous page."""
    ids = None if name is None else find_entities(session, name)

    def page(counts: Any) -> Select[Any]:
        counted = counts.subquery()
        mentions = counted.c.mentions
        query = select(*_ENTITY_COLUMNS, counted.c.articles, mentions)
        query = query.join(counted, counted.c.entity_id == EntityRow.id)
        if entity_type is not None:
            query = query.where(EntityRow.type == entity_type)
        if after is not None:
            is_later = or_(mentions < after[0], and_(mentions == after[0], EntityRow.id > after[1]))
            query = query.where(is_later)
        return query.order_by(mentions.desc(), EntityRow.id).limit(limit)

    if since is not None:
        counts = counts_since(since)
        return _read_counts(
            session, page(counts if ids is None else counts.where(ArticleEntity.entity_id.in_(ids)))
        )
    totals = of_totals(
        lambda all_totals: page(everywhere(all_totals, ids, None if after is None else after[0]))
    )
    return _read_counts(session, cut(totals, totals.c.mentions.desc(), totals.c.id, limit=limit))


def top_places(session: Session, *, since: date | None = None, limit: int = 20) -> list[PlaceCount]:
    """Return the most mentioned places whose country is known.

    With `since`, only articles of that day, where they were published, or later are counted; a datetime is a moment. A name that articles locate in several
    countries is returned once per country, with the articles of that country."""

    def most(counts: Select[Any]) -> Select[Any]:
        counted = counts.subquery()
        query = select(
            EntityRow.id, EntityRow.name, counted.c.country, counted.c.articles, counted.c.mentions
        )
        query = query.join(counted, counted.c.entity_id == EntityRow.id)
        return query.order_by(counted.c.mentions.desc(), EntityRow.name, counted.c.country).limit(limit)

    if since is None:
        totals = of_totals(lambda all_totals: most(by_country(all_totals)))
        query = cut(totals, totals.c.mentions.desc(), totals.c.name, totals.c.country, limit=limit)
    else:
        counts = counts_since(since).add_columns(ArticleEntity.country).group_by(ArticleEntity.country)
        query = most(counts.where(ArticleEntity.country.is_not(None)))
    return [
        PlaceCount(id=entity_id, name=name, country=country, article_count=articles, mention_count=mentions)
        for entity_id, name, country, articles, mentions in session.execute(query)
    ]


def countries_of(session: Session, entity_ids: Collection[int]) -> dict[int, str]:
    """Return entity id -> the country in which most articles locate the place.

    Places that no article locates are left out."""

    def of_these(totals: Select[Any]) -> Select[Any]:
        placed = by_country(totals)
        return placed.where(placed.selected_columns.entity_id.in_(entity_ids))

    totals = of_totals(of_these)
    query = select(totals.c.entity_id, totals.c.country).order_by(totals.c.articles, totals.c.country)
    return dict(session.execute(query).all())


def entity_detail(
    session: Session, name: str, *, limit: int = 20, since: date | None = None, about: bool = False
) -> EntityDetail | None:
    """Return the details of the entity with this name or alias; None if no article mentions it.

    If several entities share the name, the one in most articles is chosen. `limit` bounds aliases, companions and
    articles; `since` and `about` restrict everything but the entity's own counts to articles dated at that time or
    later, or to articles about it."""
    found = find_entity(session, name)
    return None if found is None else _detail(session, found, limit, _Wanted(found.id, since, about=about))


def find_entity(session: Session, name: str) -> EntityCount | None:
    """Return the entity with this name or alias (of several, the one in most articles); None if there is none."""
    found = _read_totals(session, "articles", 1, ids=find_entities(session, name))
    return found[0] if found else None


def get_entity(
    session: Session,
    entity_id: int,
    *,
    limit: int = 20,
    since: date | None = None,
    until: date | None = None,
) -> EntityDetail | None:
    """Return the details of the entity with this id; None if no article mentions it.

    For `limit` and `since` see `entity_detail`; `until` is the last day."""
    if not 0 < entity_id <= MAX_ID:
        return None
    found = _read_totals(session, "articles", 1, ids=[entity_id])
    return _detail(session, found[0], limit, _Wanted(entity_id, since, until)) if found else None


class _Wanted(NamedTuple):
    """The articles of an entity that are wanted: all, those of some days, or those about it."""

    entity_id: int
    since: date | None = None
    until: date | None = None
    about: bool = False

    def conditions(self) -> list[ColumnElement[bool]]:
        wanted = [ArticleEntity.entity_id == self.entity_id]
        if self.since is not None:
            wanted += dated_since(ArticleEntity, self.since)
        if self.until is not None:
            wanted += [
                ArticleEntity.dated_at <= last_moment(self.until),
                is_until(ArticleEntity, self.until),
            ]
        if self.about:
            wanted.append(ArticleEntity.salience > ABOUT)
        return wanted

    def newest(self) -> Subquery:
        query = select(ArticleEntity.article_id).where(*self.conditions())
        return query.order_by(ArticleEntity.dated_at.desc()).limit(RECENT_ARTICLES).subquery()


def _detail(session: Session, entity: EntityCount, limit: int, wanted: _Wanted) -> EntityDetail:
    return EntityDetail(
        entity=entity,
        aliases=_aliases(session, limit, wanted),
        companions=_companions(session, limit, wanted),
        timeline=_timeline(session, wanted),
        articles=_articles(session, limit, wanted),
    )


def entity_companions(
    session: Session, entity_id: int, *, limit: int = 20, since: date | None = None, about: bool = False
) -> list[EntityCount]:
    """Return the entities that occur in the newest articles of an entity, the most frequent first."""
    return _companions(session, limit, _Wanted(entity_id, since, about=about))


def _companions(session: Session, limit: int, wanted: _Wanted) -> list[EntityCount]:
    newest = wanted.newest()
    counts = (
        counts_of_entities()
        .join(newest, newest.c.article_id == ArticleEntity.article_id)
        .where(ArticleEntity.entity_id != wanted.entity_id)
    )
    return _read_counts(session, _greatest(counts, "articles", limit))


def entity_ties(
    session: Session,
    entity_id: int,
    companion_ids: Collection[int],
    *,
    since: date | None = None,
    until: date | None = None,
) -> list[Tie]:
    """Return which companions of an entity occur together in its newest articles, the most frequent pairs first."""
    newest = _Wanted(entity_id, since, until).newest()
    one, other = aliased(ArticleEntity), aliased(ArticleEntity)
    count = func.count()
    query = (
        select(one.entity_id, other.entity_id, count)
        .join(newest, newest.c.article_id == one.article_id)
        .join(other, (other.article_id == one.article_id) & (other.entity_id > one.entity_id))
        .where(one.entity_id.in_(companion_ids), other.entity_id.in_(companion_ids))
        .group_by(one.entity_id, other.entity_id)
        .order_by(count.desc(), one.entity_id, other.entity_id)
    )
    return [Tie(*row) for row in session.execute(query)]


def entity_timeline(
    session: Session,
    entity_id: int,
    *,
    since: date | None = None,
    until: date | None = None,
    about: bool = False,
) -> list[tuple[date, int]]:
    """Return the number of an entity's articles per day, where they were published, oldest first.

    Days without articles are left out."""
    return _timeline(session, _Wanted(entity_id, since, until, about))


def _timeline(session: Session, wanted: _Wanted) -> list[tuple[date, int]]:
    day = local_day(ArticleEntity)
    query = select(day, func.count()).where(*wanted.conditions()).group_by(day).order_by(day)
    return [(date.fromisoformat(day_text), count) for day_text, count in session.execute(query)]


def entity_articles(
    session: Session, entity_id: int, *, limit: int = 20, since: date | None = None, about: bool = False
) -> list[EntityArticle]:
    """Return the articles that mention an entity, or only those about it, newest first."""
    return _articles(session, limit, _Wanted(entity_id, since, about=about))


def _articles(session: Session, limit: int, wanted: _Wanted) -> list[EntityArticle]:
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
        .where(*wanted.conditions())
        .order_by(ArticleEntity.dated_at.desc(), ArticleEntity.article_id.desc())
    )
    return [EntityArticle(**row) for row in session.execute(query.limit(limit)).mappings()]


def _read_totals(
    session: Session,
    order: Literal["articles", "mentions"],
    limit: int,
    entity_type: EntityType | None = None,
    ids: Any = None,
) -> list[EntityCount]:
    """Return the greatest counts over all articles, of some entities or of all."""
    totals = of_totals(lambda all_totals: _greatest(everywhere(all_totals, ids), order, limit, entity_type))
    return _read_counts(session, cut(totals, totals.c[order].desc(), totals.c.name, totals.c.id, limit=limit))


def _greatest(
    counts: Any,
    order: Literal["articles", "mentions"],
    limit: int,
    entity_type: EntityType | None = None,
) -> Select[Any]:
    """Return the query for the greatest counts with the entities' names.

    Names are joined after counting; joining them before took ten times as long."""
    counted = counts.subquery()
    query = (
        select(*_ENTITY_COLUMNS, counted.c.articles, counted.c.mentions)
        .join(counted, counted.c.entity_id == EntityRow.id)
        .order_by(counted.c[order].desc(), EntityRow.name, EntityRow.id)
        .limit(limit)
    )
    return query if entity_type is None else query.where(EntityRow.type == entity_type)


def _read_counts(session: Session, query: Select[Any]) -> list[EntityCount]:
    return [_count(row) for row in session.execute(query)]


def _count(row: Row[int, str, EntityType, str | None, int, int]) -> EntityCount:
    entity_id, name, kind, wikidata, articles, mentions = row
    return EntityCount(
        id=entity_id, name=name, type=kind, wikidata=wikidata, article_count=articles, mention_count=mentions
    )


def _aliases(session: Session, limit: int, wanted: _Wanted) -> list[tuple[str, int]]:
    recent = wanted.newest()
    count = func.count()
    query = (
        select(MentionRow.text, count)
        .join(recent, recent.c.article_id == MentionRow.article_id)
        # `+ 0` keeps PostgreSQL from using the index on entities: reading every mention of a common name took 4 s.
        .where(MentionRow.entity_id + 0 == wanted.entity_id)
        .group_by(MentionRow.text)
        .order_by(count.desc(), MentionRow.text)
    )
    return [(text, number) for text, number in session.execute(query.limit(limit))]
