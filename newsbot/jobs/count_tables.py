"""Counts as a table of rows for CSV, and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from newsbot.jobs.export_formats import cell
from newsbot.store.queries import Attention, CountRow

NAMED = frozenset({"source", "entity"})
"""Groups whose values are keys or ids, so that a column has their names."""
ALL = "all articles"


def table_of(found: Attention, rows: Iterable[CountRow]) -> Iterator[list[Any]]:
    """Yield the heading of a table, and then its rows, in cells that no spreadsheet program reads as formulas."""
    yield [cell(name) for name in column_names(found)]
    for row in rows:
        yield ["" if value is None else cell(value) for value in row_values(found, row)]


def column_names(found: Attention) -> list[str]:
    """Return the names of the columns of a table.

    What is counted by, its name if it has one, a number for each query; with shares the number of all articles, and a
    share for each query, in percent."""
    queries = [query or ALL for query in found.queries]
    names: list[str] = [found.by] if found.by else []
    names += ["name"] if found.by in NAMED else []
    names += queries
    return names + ([ALL, *(f"{query} (%)" for query in queries)] if _has_shares(found) else [])


def row_values(found: Attention, row: CountRow) -> list[Any]:
    """Return the values of a row, one for each column; None where there is none."""
    values: list[Any] = [row.value] if found.by else []
    values += [row.name] if found.by in NAMED else []
    values += row.counts
    return values + ([row.all_articles, *map(_percent, row.shares)] if _has_shares(found) else [])


def _has_shares(found: Attention) -> bool:
    return found.total.all_articles is not None


def _percent(share: float | None) -> float | None:
    return None if share is None else round(100 * share, 3)


def row_json(found: Attention, row: CountRow) -> dict[str, Any]:
    """Return a row ready for JSON: `counts` and `shares` (0 to 1) by query."""
    group: dict[str, Any] = {found.by: row.value} if found.by else {}
    named = {"name": row.name} if found.by in NAMED else {}
    counts = dict(zip(found.queries, row.counts, strict=True))
    if row.all_articles is None:
        return {**group, **named, "counts": counts}
    shares = {
        query: share and round(share, 6) for query, share in zip(found.queries, row.shares, strict=True)
    }
    return {**group, **named, "counts": counts, "all": row.all_articles, "shares": shares}
