"""Totals of entities as they are read: the sums, with what has changed since; and counts over the articles of some days."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import FromClause, Integer, Select, cast, func, select, tuple_, union_all

from newsbot.store.entities.totals import EVERYWHERE
from newsbot.store.schema.models import ArticleEntity, ArticleRow, EntityDelta, EntitySum
from newsbot.store.sql import dialect
from newsbot.store.sql.local_days import dated_since

_SUMS, _DELTAS = dialect.table_of(EntitySum), dialect.table_of(EntityDelta)
_HAS_CHANGED = tuple_(_SUMS.c.entity_id, _SUMS.c.country).in_(select(_DELTAS.c.entity_id, _DELTAS.c.country))


def _changed() -> FromClause:
    """Return the totals that have changed since they were summed."""
    key = (_DELTAS.c.entity_id, _DELTAS.c.country)
    counts = ("article_count", "mention_count")
    more = select(*key, *(func.sum(_DELTAS.c[name]).label(name) for name in counts)).group_by(*key)
    changes = more.subquery("changes")
    its_sum = (_SUMS.c.entity_id == changes.c.entity_id) & (_SUMS.c.country == changes.c.country)
    totals = (cast(changes.c[name] + func.coalesce(_SUMS.c[name], 0), Integer).label(name) for name in counts)
    query = select(changes.c.entity_id, changes.c.country, *totals).join_from(
        changes, _SUMS, its_sum, isouter=True
    )
    return query.subquery("changed")


_CHANGED = _changed()


def of_totals(build: Callable[[Select[Any]], Select[Any]]) -> FromClause:
    """Return what `build` makes of the totals, a SELECT with the columns of `entity_totals`, as a table without an order.

    It is called for those that have not changed since they were summed, which an index of the sums has in their order, and
    for the others, and is to cut off both."""
    parts = build(select(*_SUMS.c).where(~_HAS_CHANGED)), build(select(*_CHANGED.c))
    return union_all(*(select(part.subquery()) for part in parts)).subquery("totals")


def everywhere(totals: Select[Any], ids: Any = None, most: int | None = None) -> Select[Any]:
    """Return the counts over all articles, of some entities or of all, with no more mentions than `most`."""
    columns = totals.selected_columns
    counts = totals.with_only_columns(
        columns.entity_id, columns.article_count.label("articles"), columns.mention_count.label("mentions")
    ).where(columns.article_count > 0, columns.country == EVERYWHERE)
    if ids is not None:
        counts = counts.where(columns.entity_id.in_(ids))
    return counts if most is None else counts.where(columns.mention_count <= most)


def by_country(totals: Select[Any]) -> Select[Any]:
    """Return the counts over all articles by country."""
    columns = totals.selected_columns
    return totals.with_only_columns(
        columns.entity_id,
        columns.country,
        columns.article_count.label("articles"),
        columns.mention_count.label("mentions"),
    ).where(columns.article_count > 0, columns.country > EVERYWHERE)


def cut(totals: FromClause, *order: Any, limit: int) -> Select[Any]:
    """Return the first rows of what `of_totals` returns, in this order."""
    return select(*totals.c).order_by(*order).limit(limit)


def counts_since(since: date) -> Select[int, int, int]:
    """Return the query for counts over the articles since a day; these are found by their own index."""
    dated = counts_of_entities().join(ArticleRow, ArticleRow.id == ArticleEntity.article_id)
    return dated.where(*dated_since(ArticleRow, since))


def counts_of_entities() -> Select[int, int, int]:
    """Return the query that counts the articles and mentions of entities."""
    return select(
        ArticleEntity.entity_id,
        func.count().label("articles"),
        func.sum(ArticleEntity.mention_count).label("mentions"),
    ).group_by(ArticleEntity.entity_id)
