"""Number of articles of a set by day, source, language or entity, in SQL.

SQLite finds the articles of a small set one by one. Of a set that is more than `DENSE` of all articles, it goes through an
index that has what is counted, and asks for every entry whether it belongs to the set: rows of articles are wide.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Literal, get_args

from sqlalchemy import ColumnElement, func, literal_column, select
from sqlalchemy.orm import Session

from newsbot.store.schema.models import ArticleEntity, ArticleRow, EntityRow
from newsbot.store.schema.models import Source as SourceRow
from newsbot.store.search.filters import Filters
from newsbot.store.search.matching import matching_conditions
from newsbot.store.sql.local_days import local_day

By = Literal["day", "week", "month", "source", "tag", "language", "country", "entity"]
BY: tuple[By, ...] = get_args(By)
PERIODS: tuple[By, ...] = ("day", "week", "month")
Conditions = Sequence[ColumnElement[bool]]
DENSE = 0.2
"""Share of all articles above which SQLite goes through all of them: as fast at a quarter, twice as fast at all."""
MAX_ENTITIES = 1_000
"""Maximum number of entities that are counted: those with most articles."""


def wanted_for_counts(session: Session, query: str, filters: Filters, total: int) -> Conditions:
    """Return the conditions on `articles` for `counted`, of a query that finds `total` articles."""
    last = session.scalar(select(func.max(ArticleRow.id))) or 0
    return matching_conditions(session, query, filters, is_dense=total > DENSE * last)


def counted(session: Session, by: By, wanted: Conditions) -> Counter[str | None]:
    """Return value -> number of articles that meet the conditions `wanted`; None: the articles without a value.

    Periods are counted by day. An article counts once for each tag of its source, and for each entity that it mentions;
    entities are named by their ids."""
    if by == "entity":
        return _entities(session, wanted)
    if by in PERIODS:
        return _grouped(session, local_day(ArticleRow), wanted)
    if by == "language":
        return _grouped(session, _unordered(ArticleRow.language), wanted)
    sources = _grouped(session, _unordered(ArticleRow.source), wanted)
    return sources if by == "source" else regrouped(session, by, sources)


def _unordered(column: Any) -> Any:
    """Return the value of a column so that SQLite does not go through an index in its order, reading every row beside it."""
    return column.op("||")(literal_column("''"))


def _grouped(session: Session, value: Any, wanted: Conditions) -> Counter[str | None]:
    query = select(value, func.count()).where(*wanted).group_by(value)
    return Counter(dict(session.connection().execute(query).all()))


def regrouped(session: Session, by: By, sources: Counter[str | None]) -> Counter[str | None]:
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


def _entities(session: Session, wanted: Conditions) -> Counter[str | None]:
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
