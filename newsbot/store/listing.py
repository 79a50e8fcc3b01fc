"""Lists of articles for pages and the API: filtered or found by words, in parts, with counts to narrow them by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import BigInteger, Float, Select, column, func, literal, select, tuple_
from sqlalchemy.orm import Session

from newsbot.items import EntityType
from newsbot.store import dialects
from newsbot.store.filters import Filters, conditions
from newsbot.store.models import ArticleEntity, ArticleRow, EntityRow
from newsbot.store.snippets import snippet
from newsbot.store.summaries import Summary, summaries
from newsbot.store.words import Term, parse_query

MAX_RANKED = 2_000
"""Of the articles that have the words, so many of the newest are ranked and counted: ranking costs time for each."""
FACET_VALUES = 8
ENTITY_SAMPLE = 200
"""Articles from the top of a list whose entities are counted."""


class Position(NamedTuple):
    """Where a part of a list ends; the next one goes on after it."""

    score: float
    """0 in lists by date."""
    dated_at: datetime
    id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Facets:
    """Values that articles of a list have, with the number of these articles, most frequent first."""

    source: list[tuple[str, int]] = field(default_factory=list)
    language: list[tuple[str, int]] = field(default_factory=list)
    section: list[tuple[str, int]] = field(default_factory=list)
    entity: list[tuple[int, str, EntityType, int]] = field(default_factory=list)
    """Id, name, type, and number of the first `ENTITY_SAMPLE` articles that mention it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """An article of a list."""

    article: Summary
    score: float
    snippet: str
    """The part of the text that shows what was found, between marks; how it begins in a list without words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One part of a list."""

    articles: list[Listed]
    after: Position | None
    """Where the next part begins; None at the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a search found, counted, and the part of it that was asked for."""

    listing: Listing
    total: int
    """Articles found, up to `MAX_RANKED`."""
    is_capped: bool
    """There are more than were ranked: only the newest are in the list."""
    facets: Facets


class _Candidate(NamedTuple):
    """An article that may be shown; candidates compare by their position."""

    score: float
    dated_at: datetime
    id: int
    source: str | None
    language: str | None
    section: str | None

    @property
    def position(self) -> Position:
        return Position(*self[:3])


def list_articles(session: Session, filters: Filters, *, after: Position | None, limit: int) -> Listing:
    """Return a part of the articles that `filters` asks for, newest first, to the last one if asked on and on."""
    query = _narrowed(session, filters).limit(limit + 1)
    if after is not None:
        query = query.where(tuple_(ArticleRow.dated_at, ArticleRow.id) < (after.dated_at, after.id))
    return _listing(session, list(map(_Candidate._make, session.execute(query))), limit, [])


def find_articles(
    session: Session, query: str, filters: Filters, *, after: Position | None = None, limit: int
) -> Found:
    """Return a part of what `query` finds, best or newest first, and counts over all that was found.

    The query's language is that of `search.search`; with no word in it, all articles that `filters` asks for."""
    terms = parse_query(query)
    if not terms:
        candidates = _newest(session, filters)
        listing = list_articles(session, filters, after=after, limit=limit)
    else:
        candidates = _matching(session, terms, filters)
        listing = _listing(session, _part(candidates, after, limit), limit, terms)
    return Found(
        listing=listing,
        total=min(len(candidates), MAX_RANKED),
        is_capped=len(candidates) > MAX_RANKED,
        facets=_facets(session, candidates),
    )


def _narrowed(
    session: Session, filters: Filters
) -> Select[float, datetime, int, str | None, str | None, str | None]:
    return (
        select(
            literal(0.0, Float), ArticleRow.dated_at, ArticleRow.id, ArticleRow.source, ArticleRow.language,
            ArticleRow.section,
        )
        .where(*conditions(session, filters))
        .order_by(ArticleRow.dated_at.desc(), ArticleRow.id.desc())
    )  # fmt: skip


def _newest(session: Session, filters: Filters) -> list[_Candidate]:
    """Return the newest articles of a list, at most one more than are counted."""
    return list(map(_Candidate._make, session.execute(_narrowed(session, filters).limit(MAX_RANKED + 1))))


def _matching(session: Session, terms: Sequence[Term], filters: Filters) -> list[_Candidate]:
    """Return the articles that have the words, in the order of the list: the newest, at most one more than are ranked."""
    if all(term.is_excluded for term in terms):
        return []
    connection = session.connection()
    found = dialects.matches(connection, terms).columns(column("article_id", BigInteger)).subquery("found")
    query = (
        _narrowed(session, filters)
        .join(found, found.c.article_id == ArticleRow.id)
        .order_by(None)
        .order_by(found.c.article_id.desc())
        .limit(MAX_RANKED + 1)
    )
    candidates = list(map(_Candidate._make, session.execute(query)))
    if filters.sort != "date" and candidates:
        scores = dialects.scores(connection, terms, [each.id for each in candidates])
        candidates = [each._replace(score=scores[each.id]) for each in candidates]
    return sorted(candidates, reverse=True)


def _part(candidates: Sequence[_Candidate], after: Position | None, limit: int) -> Sequence[_Candidate]:
    ranked = candidates[:MAX_RANKED]
    left = ranked if after is None else [each for each in ranked if each[:3] < after]
    return left[: limit + 1]


def _listing(
    session: Session, candidates: Sequence[_Candidate], limit: int, terms: Sequence[Term]
) -> Listing:
    """Return a part of a list from its articles and, if there are more, the first of the next part."""
    shown = candidates[:limit]
    scores = {each.id: each.score for each in shown}
    articles = [
        Listed(article=each, score=scores[each.id], snippet=each.lead)
        for each in summaries(session, list(scores))
    ]
    if terms:
        bodies = _bodies(session, list(scores))
        articles = [replace(each, snippet=snippet(bodies[each.article.id], terms)) for each in articles]
    return Listing(articles=articles, after=shown[-1].position if len(candidates) > limit else None)


def _bodies(session: Session, ids: Sequence[int]) -> dict[int, str]:
    rows = session.execute(select(ArticleRow.id, ArticleRow.body).where(ArticleRow.id.in_(ids)))
    return {row.id: row.body for row in rows}


def _facets(session: Session, candidates: Sequence[_Candidate]) -> Facets:
    counted = candidates[:MAX_RANKED]
    return Facets(
        source=_most_common([each.source for each in counted]),
        language=_most_common([each.language for each in counted]),
        section=_most_common([each.section for each in counted]),
        entity=_entities(session, [each.id for each in counted[:ENTITY_SAMPLE]]),
    )


def _most_common(values: Sequence[str | None]) -> list[tuple[str, int]]:
    return Counter(value for value in values if value).most_common(FACET_VALUES)


def _entities(session: Session, ids: Sequence[int]) -> list[tuple[int, str, EntityType, int]]:
    count = func.count().label("count")
    most = (
        select(ArticleEntity.entity_id, count)
        .where(ArticleEntity.article_id.in_(ids))
        .group_by(ArticleEntity.entity_id)
        .order_by(count.desc(), ArticleEntity.entity_id)
        .limit(FACET_VALUES)
        .subquery("most")
    )
    query = select(EntityRow.id, EntityRow.name, EntityRow.type, most.c.count)
    query = query.join(most, most.c.entity_id == EntityRow.id).order_by(most.c.count.desc(), EntityRow.id)
    return [(entity_id, name, kind, number) for entity_id, name, kind, number in session.execute(query)]
