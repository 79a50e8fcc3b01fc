"""Articles in the order in which they were first seen, the last one first: what feeds are made of.

By the date of publication, an article that is found late would appear far down, where nobody looks any more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, func, select, tuple_
from sqlalchemy.orm import Session

from newsbot.items import STUB
from newsbot.store.index import full_text
from newsbot.store.index.expressions import all_of
from newsbot.store.schema.models import (
    ArticleAuthor,
    ArticleRow,
    ArticleTopic,
    Author,
    Revision,
    Topic,
)
from newsbot.store.search.filters import Filters, Narrowed, conditions_on, day_conditions, narrow
from newsbot.store.search.matching import ask, filter_labels, where
from newsbot.store.search.question import Question

MAX_TEXT_CHARS = 20_000
"""Number of characters of a text that are read."""
PERIODS = (1_000, 6_000)
"""Numbers of articles that are looked through one after the other, before all older ones together: by then, the words
are known to be so rare that all articles with them can be looked at."""
_MOMENT = timedelta(microseconds=1)
_SUPERSET = (
    ArticleRow.first_seen_at,
    ArticleRow.id,
    ArticleRow.source,
    ArticleRow.language,
    ArticleRow.section,
    ArticleRow.kind,
    ArticleRow.dated_at,
)
"""What filters look at."""
Position = tuple[ColumnElement[datetime], ColumnElement[int]]
"""The columns by which articles are sorted, the last first seen first."""


class ArrivalPosition(NamedTuple):
    """The end of one page of a list; the next page begins after it."""

    first_seen_at: datetime
    id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """An article with what a feed says of it."""

    id: int
    url: str
    source: str | None
    title: str | None
    description: str | None
    language: str | None
    section: str | None
    image_url: str | None
    kind: str
    dated_at: datetime
    first_seen_at: datetime
    updated_at: datetime
    """When the publisher last changed it, as far as that was seen; else `first_seen_at`."""
    text: str
    """The beginning of the body, at most `MAX_TEXT_CHARS`."""
    is_cut: bool
    authors: list[str]
    topics: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivalPage:
    """One page of the articles that a search finds."""

    articles: list[Arrival]
    after: ArrivalPosition | None
    """Where the next page begins; None on the last page."""
    before: ArrivalPosition | None
    """Where the page before this one begins; None: at the top."""


def list_arrivals(
    session: Session, query: str, filters: Filters, *, after: ArrivalPosition | None, limit: int
) -> ArrivalPage:
    """Return one page of the articles that a query finds and that meet filters, the last seen first.

    Raises QueryError and FilterError."""
    question = ask(session, query, filters)
    found = _newest(session, question, filters, after, limit + 1)
    shown = found[:limit]
    return ArrivalPage(
        articles=_arrivals(session, [position.id for position in shown]),
        after=shown[-1] if len(found) > limit else None,
        before=after and _page_before(session, question, filters, after, limit),
    )


# ------------------------------------------------------------------ selecting


def _newest(
    session: Session, question: Question, filters: Filters, after: ArrivalPosition | None, limit: int
) -> list[ArrivalPosition]:
    """Return the articles that match, from period to period, until there are enough.

    Without words, names and lists that an index could find, nearly all articles match: they are walked through once."""
    narrowed, is_walk = narrow(session, filters), _is_walk(question, filters)
    found: list[ArrivalPosition] = []
    until = after and after.first_seen_at
    for size in (None,) if is_walk else (*PERIODS, None):
        since = None if size is None else _earlier(session, until, size)
        is_last = since is None and not is_walk
        query, place = _matching(session, question, narrowed, _period(since, until), is_last=is_last)
        if after is not None:
            query = query.where(tuple_(*place) < tuple(after))
        found += _positions(
            session, query.order_by(*(part.desc() for part in place)).limit(limit - len(found))
        )
        if since is None or len(found) >= limit:
            break
        until = since
    return found


def _page_before(
    session: Session, question: Question, filters: Filters, after: ArrivalPosition, limit: int
) -> ArrivalPosition | None:
    """Return where the page before the one that begins after `after` begins; None if that is the first page.

    Articles are looked for upwards, from period to period."""
    narrowed, is_walk = narrow(session, filters), _is_walk(question, filters)
    found: list[ArrivalPosition] = []
    since = after.first_seen_at - _MOMENT
    for size in (None,) if is_walk else (*PERIODS, None):
        until = None if size is None else _later(session, since, size)
        is_last = until is None and not is_walk
        query, place = _matching(session, question, narrowed, _period(since, until), is_last=is_last)
        upwards = query.where(tuple_(*place) >= tuple(after)).order_by(*place)
        found += _positions(session, upwards.limit(limit + 1 - len(found)))
        if until is None or len(found) > limit:
            break
        since = until
    return found[limit] if len(found) > limit else None


def _positions(session: Session, query: Select[datetime, int]) -> list[ArrivalPosition]:
    return [ArrivalPosition(*row) for row in session.execute(query)]


def _is_walk(question: Question, filters: Filters) -> bool:
    return question.indexed is None and not question.others and _passes_most(filters)


def _passes_most(filters: Filters) -> bool:
    """Return whether filters ask for nothing but kinds of articles, and not for stubs alone, which have an index."""
    others = replace(filters, kind=(), limit=None, sort="relevance")
    return others == Filters() and filters.kind != (STUB,)


def _earlier(session: Session, until: datetime | None, size: int) -> datetime | None:
    """Return when the article was first seen that is `size` places before a moment; None if there are fewer."""
    query = select(ArticleRow.first_seen_at).where(*_period(None, until))
    return session.scalar(query.order_by(ArticleRow.first_seen_at.desc()).offset(size).limit(1))


def _later(session: Session, since: datetime, size: int) -> datetime | None:
    """Return when the article was first seen that is `size` places after a moment; None if there are fewer."""
    query = select(ArticleRow.first_seen_at).where(*_period(since, None))
    return session.scalar(query.order_by(ArticleRow.first_seen_at).offset(size).limit(1))


def _period(since: datetime | None, until: datetime | None) -> list[ColumnElement[bool]]:
    bounds = [] if since is None else [ArticleRow.first_seen_at > since]
    return bounds if until is None else [*bounds, ArticleRow.first_seen_at <= until]


def _matching(
    session: Session,
    question: Question,
    narrowed: Narrowed,
    period: Sequence[ColumnElement[bool]],
    *,
    is_last: bool,
) -> tuple[Select[datetime, int], Position]:
    """Return a query for the articles of a period that match, and what they are sorted by.

    In the last period, all with the words, or of the filters, are looked at. OFFSET 0 has both databases find the articles
    with the words first, and those of the filters among them, and sort last."""
    connection = session.connection()
    others = [where(connection, part, ArticleRow.id.expression) for part in question.others]
    found = select(*_SUPERSET).where(*period, *day_conditions(narrowed.filters), *others)
    if question.indexed is None:
        found = found.where(*conditions_on(ArticleRow, narrowed))
        rows = (found.offset(0) if is_last else found).subquery("matching").c
        query = select(rows.first_seen_at, rows.id)
    else:
        among = None if is_last else select(ArticleRow.id).where(*period)
        asked = all_of(question.indexed, *filter_labels(narrowed))
        ids = full_text.matches(connection, asked, among)
        found = found.where(full_text.one_of(connection, ArticleRow.id.expression, ids))
        rows = found.offset(0).subquery("matching").c
        query = select(rows.first_seen_at, rows.id).where(*conditions_on(rows, narrowed))
    return query, (rows.first_seen_at, rows.id)


# ------------------------------------------------------------------ loading

_COLUMNS = (
    "id",
    "url",
    "source",
    "title",
    "description",
    "language",
    "section",
    "image_url",
    "kind",
    "dated_at",
    "first_seen_at",
)


def _arrivals(session: Session, ids: Sequence[int]) -> list[Arrival]:
    text = func.substr(ArticleRow.body, 1, MAX_TEXT_CHARS).label("text")
    is_cut = (func.length(ArticleRow.body) > MAX_TEXT_CHARS).label("is_cut")
    columns = [getattr(ArticleRow, name) for name in _COLUMNS]
    query = select(*columns, text, is_cut).where(ArticleRow.id.in_(ids))
    rows = {row["id"]: row for row in session.execute(query).mappings()}
    authors = _names(session, Author, ArticleAuthor, ArticleAuthor.author_id, ids)
    topics = _names(session, Topic, ArticleTopic, ArticleTopic.topic_id, ids)
    edited = _edited_at(session, ids)
    return [
        Arrival(
            **rows[article_id],
            authors=authors[article_id],
            topics=topics[article_id],
            updated_at=max(
                rows[article_id]["first_seen_at"], edited.get(article_id, datetime.min.replace(tzinfo=UTC))
            ),
        )
        for article_id in ids
        if article_id in rows
    ]


def _names(
    session: Session,
    name: type[Author | Topic],
    link: type[ArticleAuthor | ArticleTopic],
    key: Any,
    ids: Sequence[int],
) -> dict[int, list[str]]:
    """Return the authors or topics of articles, in their order."""
    query = select(link.article_id, name.name).join(name, name.id == key).where(link.article_id.in_(ids))
    names: dict[int, list[str]] = defaultdict(list)
    for article_id, text in session.execute(query.order_by(link.article_id, link.position)):
        names[article_id].append(text)
    return names


def _edited_at(session: Session, ids: Sequence[int]) -> dict[int, datetime]:
    """Return when the publisher last changed articles, for those that were changed."""
    query = select(Revision.article_id, func.max(Revision.replaced_at))
    its = query.where(Revision.article_id.in_(ids), ~Revision.by_rules).group_by(Revision.article_id)
    return {row[0]: row[1] for row in session.execute(its)}
