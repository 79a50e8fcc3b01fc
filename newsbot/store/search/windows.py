"""Select the articles of a list or search: the newest that meet the filters and contain the words.

The search goes back in time, one window (period) after the other, and stops when it has found enough. So the number of
articles that are read depends on the number wanted, not on how many contain a word.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Float, Select, literal, select, tuple_
from sqlalchemy.orm import Session

from newsbot.store.index import full_text
from newsbot.store.index.expressions import Expression, all_of
from newsbot.store.schema.models import ArticleEntity, ArticleRow
from newsbot.store.search.filters import Filters, Narrowed, conditions_on, day_conditions, narrow
from newsbot.store.search.matching import filter_labels, period_label, where
from newsbot.store.search.question import Question

MAX_RANKED = 1_000
"""Maximum number of matching articles, the newest, that are ranked."""
PERIOD_ARTICLES = 2_000
"""Number of articles in the first period. Later periods are as long as needed if the words are as
frequent there."""
MAX_GROWTH = 32
"""Maximum ratio of the length of a period to that of the period before."""
RARE_SHARE = 0.05
"""If fewer of an entity's articles contain the words, the words are looked up before the entity."""
_BEGINNING = datetime.min.replace(tzinfo=UTC)
_COLUMNS = (
    ArticleRow.dated_at,
    ArticleRow.id,
    ArticleRow.source,
    ArticleRow.language,
    ArticleRow.section,
    ArticleRow.kind,
)


class Position(NamedTuple):
    """The end of one page of a list; the next page begins after it."""

    score: float
    """0 in lists by date."""
    dated_at: datetime
    id: int


class MatchedArticle(NamedTuple):
    """An article that meets the filters and contains the words. Compares by its position in the list."""

    score: float
    dated_at: datetime
    id: int
    source: str | None
    language: str | None
    section: str | None
    kind: str

    @property
    def position(self) -> Position:
        """Its position in the list."""
        return Position(*self[:3])


def newest(
    session: Session, question: Question, filters: Filters, *, after: Position | None = None, limit: int
) -> list[MatchedArticle]:
    """Return the articles that a question finds and that meet `filters`, newest first."""
    connection = session.connection()
    narrowed = narrow(session, filters)
    others = [where(connection, part, ArticleRow.id.expression) for part in question.others]
    if question.indexed is not None or narrowed.entity_ids is not None:
        return _PeriodSearch(session, question.indexed, others, narrowed, after).newest(limit)
    wanted = [
        *conditions_on(ArticleRow, narrowed),
        *day_conditions(filters),
        *others,
        *_beyond(ArticleRow, after),
    ]
    return _newest_of(session, ArticleRow, wanted, limit)


def ranked(session: Session, question: Question, matches: Sequence[MatchedArticle]) -> list[MatchedArticle]:
    """Return articles that a question finds, best first."""
    if not matches or question.expression is None:
        return list(matches)
    ids = [article.id for article in matches]
    scores = full_text.scores(session.connection(), question.expression, ids)
    return sorted((article._replace(score=scores[article.id]) for article in matches), reverse=True)


@dataclass(frozen=True, slots=True)
class _PeriodSearch:
    """A search for words, for an entity, or for both, period by period."""

    session: Session
    indexed: Expression | None
    """What the full-text index is asked."""
    others: Sequence[ColumnElement[bool]]
    """Further conditions on `articles`."""
    narrowed: Narrowed
    after: Position | None

    @property
    def filters(self) -> Filters:
        """The filters."""
        return self.narrowed.filters

    @property
    def entity_ids(self) -> Sequence[int] | None:
        """Ids of the entities of which an article mentions one."""
        return self.narrowed.entity_ids

    def newest(self, limit: int) -> list[MatchedArticle]:
        """Return the matching articles, newest first; goes from the newest period to the oldest."""
        found: list[MatchedArticle] = []
        dates = self._dates()
        until = self.session.scalar(dates.limit(1))
        since = self.session.scalar(dates.offset(PERIOD_ARTICLES).limit(1))
        by_entity = self.entity_ids is not None
        while until is not None and len(found) < limit:
            part = self._in_period(since, until, limit - len(found), by_entity=by_entity)
            found += part
            if since is None:
                break
            if self.indexed is not None and len(part) < RARE_SHARE * PERIOD_ARTICLES:
                by_entity = False
            length = _next_length(until - since, len(part), limit - len(found))
            until = self.session.scalar(dates.where(self._dated_at < since).limit(1))
            since = until and _earlier(until, length)
        return found

    @property
    def _dated_at(self) -> Any:
        """The column by which periods are laid out: that of the entity's articles if there is an entity."""
        return ArticleRow.dated_at if self.entity_ids is None else ArticleEntity.dated_at

    def _dates(self) -> Select[datetime]:
        query: Select[datetime] = select(self._dated_at).order_by(self._dated_at.desc())
        if self.entity_ids is not None:
            query = query.where(ArticleEntity.entity_id.in_(self.entity_ids))
        if self.filters.earliest is not None:
            query = query.where(self._dated_at >= self.filters.earliest)
        lasts = (self.filters.latest, self.after and self.after.dated_at)
        return query.where(*(self._dated_at <= moment for moment in lasts if moment is not None))

    def _in_period(
        self, since: datetime | None, until: datetime, limit: int, *, by_entity: bool
    ) -> list[MatchedArticle]:
        superset = self._superset(since, until, by_entity=by_entity)
        wanted = [
            *conditions_on(superset, self.narrowed, with_entities=not by_entity),
            *_beyond(superset, self.after),
            *_within(superset.dated_at, since, until),
        ]
        return _newest_of(self.session, superset, wanted, limit)

    def _superset(self, since: datetime | None, until: datetime, *, by_entity: bool) -> Any:
        """Return the columns of a subquery whose rows include all matches of the period.

        OFFSET 0 stops the planners of both databases from using an index on dates or sources and probing every article
        there against those that contain the words."""
        connection = self.session.connection()
        mentioning = None
        if by_entity:
            mentioning = select(ArticleEntity.article_id).where(
                ArticleEntity.entity_id.in_(self.entity_ids or ()),
                *_within(ArticleEntity.dated_at, since, until),
            )
        if self.indexed is not None:
            earliest = since or self.filters.earliest
            period = [] if earliest is None else period_label(earliest, until)
            asked = all_of(self.indexed, *filter_labels(self.narrowed), *period)
            ids = full_text.matches(connection, asked, mentioning)
        else:
            assert mentioning is not None
            ids = mentioning
        superset = select(*_COLUMNS).where(full_text.one_of(connection, ArticleRow.id.expression, ids))
        return (
            superset.where(*day_conditions(self.filters), *self.others).offset(0).subquery("superset").columns
        )


def _within(dated_at: Any, since: datetime | None, until: datetime) -> list[ColumnElement[bool]]:
    return [dated_at <= until, *([] if since is None else [dated_at >= since])]


def _beyond(articles: Any, after: Position | None) -> list[ColumnElement[bool]]:
    return [] if after is None else [tuple_(articles.dated_at, articles.id) < (after.dated_at, after.id)]


def _newest_of(
    session: Session, articles: Any, wanted: Sequence[ColumnElement[bool]], limit: int
) -> list[MatchedArticle]:
    columns = (getattr(articles, column.key) for column in _COLUMNS)
    query = select(literal(0.0, Float), *columns).where(*wanted)
    query = query.order_by(articles.dated_at.desc(), articles.id.desc()).limit(limit)
    # Executed by the connection: the session would first make objects of its own of a thousand rows.
    return list(map(MatchedArticle._make, session.connection().execute(query).all()))


def _next_length(length: timedelta, found: int, wanted: int) -> timedelta:
    """Return the length of the next period, if the last one, of `length`, had `found` of the `wanted` articles."""
    return length * min(max(1.25 * wanted / max(found, 1), 2), MAX_GROWTH) + timedelta(seconds=1)


def _earlier(moment: datetime, length: timedelta) -> datetime | None:
    """Return `moment` minus `length`; None if that is before the earliest possible time."""
    return moment - length if length < moment - _BEGINNING else None
