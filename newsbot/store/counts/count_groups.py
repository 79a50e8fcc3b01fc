"""Number of articles of a set by day, source, language or entity, in SQL.

A page asks for several of these, and for the whole number: a set is gone through once, whatever it is counted by.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Literal, get_args

from sqlalchemy import ColumnElement, func, literal_column, select
from sqlalchemy.orm import Session

from newsbot.store.schema.models import ArticleEntity, ArticleRow, EntityRow
from newsbot.store.schema.models import Source as SourceRow
from newsbot.store.search.filters import Filters
from newsbot.store.search.matching import count_articles, matching_conditions
from newsbot.store.sql.local_days import local_day

By = Literal["day", "week", "month", "source", "tag", "language", "country", "entity"]
BY: tuple[By, ...] = get_args(By)
PERIODS: tuple[By, ...] = ("day", "week", "month")
_Column = Literal["day", "source", "language"]
_COLUMNS: dict[By, _Column] = {
    **dict.fromkeys(PERIODS, "day"),
    **dict.fromkeys(("source", "tag", "country"), "source"),
    "language": "language",
}
"""What is read of an article to count it; entities are counted otherwise."""
_Counts = dict[_Column, Counter[str | None]]
MAX_ENTITIES = 1_000
"""Maximum number of entities that are counted: those with most articles."""


class Tallies:
    """Counts of the articles that queries find, kept for one answer, so that none is computed twice.

    Periods are counted by day. An article counts once for each tag of its source, and for each entity that it mentions;
    entities are named by their ids. None means the articles without a value. Queries and filters that cannot be
    understood raise QueryError and FilterError."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._kept: defaultdict[tuple[str, Filters], _Counts] = defaultdict(dict)

    def read(self, query: str, filters: Filters, by: Iterable[By]) -> None:
        """Count what a query finds by several of `By`, and go through it once."""
        kept = self._kept[query, filters]
        columns = dict.fromkeys(_COLUMNS[value] for value in by if value in _COLUMNS)
        missing = [column for column in columns if column not in kept]
        if missing:
            wanted = matching_conditions(self._session, query, filters, for_counts=True)
            kept |= _grouped(self._session, missing, wanted)

    def by(self, by: By, query: str, filters: Filters) -> Counter[str | None]:
        """Return value -> number of articles that a query finds."""
        if by == "entity":
            wanted = matching_conditions(self._session, query, filters, for_counts=True)
            return _entities(self._session, wanted)
        self.read(query, filters, [by])
        counts = self._kept[query, filters][_COLUMNS[by]]
        return _regrouped(self._session, by, counts) if by in {"tag", "country"} else counts

    def total(self, query: str, filters: Filters) -> int:
        """Return the number of articles that a query finds."""
        for counts in self._kept[query, filters].values():
            return counts.total()
        return count_articles(self._session, query, filters)


def _grouped(session: Session, columns: Sequence[_Column], wanted: Sequence[ColumnElement[bool]]) -> _Counts:
    values = [
        local_day(ArticleRow) if name == "day" else _unordered(getattr(ArticleRow, name)) for name in columns
    ]
    query = select(func.count(), *values).where(*wanted).group_by(*values)
    found: _Counts = {name: Counter() for name in columns}
    for number, *of_group in session.connection().execute(query):
        for name, value in zip(columns, of_group, strict=True):
            found[name][value] += number
    return found


def _unordered(column: Any) -> Any:
    """Return the value of a column so that SQLite does not go through an index in its order, reading every row beside it."""
    return column.op("||")(literal_column("''"))


def _regrouped(session: Session, by: By, sources: Counter[str | None]) -> Counter[str | None]:
    """Return the counts by tag or country of sources."""
    rows = session.execute(select(SourceRow.key, SourceRow.country, SourceRow.tags)).all()
    groups: dict[str | None, Sequence[str | None]] = {
        row.key: row.tags if by == "tag" else [row.country] for row in rows
    }
    found: Counter[str | None] = Counter()
    for source, number in sources.items():
        for group in groups.get(source) or [None]:
            found[group] += number
    return found


def _entities(session: Session, wanted: Sequence[ColumnElement[bool]]) -> Counter[str | None]:
    number = func.count()
    query = (
        select(ArticleEntity.entity_id, number)
        .where(ArticleEntity.article_id.in_(select(ArticleRow.id).where(*wanted)))
        .group_by(ArticleEntity.entity_id)
        .order_by(number.desc(), ArticleEntity.entity_id)
        .limit(MAX_ENTITIES)
    )
    return Counter({str(entity): count for entity, count in session.execute(query)})


def names_of(session: Session, by: By, values: Sequence[str]) -> dict[str, str]:
    """Return value -> name for readers, of sources and entities; other values are named as they are."""
    if by == "source":
        query = select(SourceRow.key, SourceRow.name).where(SourceRow.key.in_(values))
        return {key: name for key, name in session.execute(query) if name}
    if by == "entity":
        ids = [int(value) for value in values]
        named = select(EntityRow.id, EntityRow.name).where(EntityRow.id.in_(ids))
        return {str(entity): name for entity, name in session.execute(named)}
    return {}
