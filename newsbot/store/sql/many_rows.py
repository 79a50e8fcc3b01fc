"""Statements for any number of rows at once, compiled once: PostgreSQL gets an array for each column.

Sent one by one, the rows of an article with its entities are 70 statements of PostgreSQL; and a statement whose text depends
on the number of rows is planned anew for each number.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, TypeVar, cast

from sqlalchemy import (
    Connection,
    Float,
    FromClause,
    Select,
    Table,
    bindparam,
    column,
    func,
    select,
    values,
)
from sqlalchemy.dialects import postgresql, sqlite

from newsbot.store.sql.compiled import CompiledStatement

T = TypeVar("T")

MAX_ASKED = 256
"""Number of rows that one statement of SQLite asks for at most."""


class InsertRows:
    """An INSERT of rows into a table; `finish` adds what is done with rows that exist already, and RETURNING."""

    def __init__(self, table: Table, finish: Callable[[Any], Any] = lambda query: query) -> None:
        self.table = table.name
        self._table = table
        self._finish = finish
        self._single = CompiledStatement(finish(sqlite.insert(table)))
        self._floats = {column.name for column in table.c if isinstance(column.type, Float)}
        self._forms: dict[tuple[tuple[str, ...], int], CompiledStatement] = {}

    def run(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert rows, which have the same columns."""
        if connection.dialect.name == "sqlite":
            self._single.run(connection, *rows)  # the driver runs it once for each row
        else:
            self._form(tuple(rows[0]), 0).run(connection, self._arrays(rows))

    def returned(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> list[Any]:
        """Insert rows, and return what RETURNING says of them, in any order."""
        names = tuple(rows[0])
        if connection.dialect.name != "sqlite":
            return list(self._form(names, 0).rows(connection, self._arrays(rows)))
        return [
            found
            for part in _parts(rows)
            for found in self._form(names, _padded(len(part))).rows(
                connection, _numbered(names, [tuple(row.values()) for row in part])
            )
        ]

    def _arrays(self, rows: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
        arrays = {name: [row[name] for row in rows] for name in rows[0]}
        for name in self._floats & arrays.keys():  # the driver takes no array of whole and other numbers
            arrays[name] = [None if value is None else float(value) for value in arrays[name]]
        return arrays

    def _form(self, names: tuple[str, ...], count: int) -> CompiledStatement:
        """Return the INSERT of `count` rows on SQLite; 0: of arrays."""
        form = self._forms.get((names, count))
        if form is None:
            insert = sqlite.insert if count else postgresql.insert
            given = _given({name: self._table.c[name].type for name in names}, count)
            query = insert(self._table).from_select(names, given)
            form = self._forms[names, count] = CompiledStatement(self._finish(query))
        return form


class AskedRows:
    """A SELECT, UPDATE or DELETE about rows that are given; `build` makes the statement from them as a table with the columns `types`."""

    def __init__(self, build: Callable[[FromClause], Any], **types: Any) -> None:
        self._build = build
        self._types = types
        self._forms: dict[int, CompiledStatement] = {}

    def rows(self, connection: Connection, given: Collection[Sequence[Any]]) -> Iterator[Any]:
        """Yield what is found for the given rows, whose values are in the order of the columns."""
        for form, values_ in self._filled(connection, given):
            yield from form.rows(connection, values_)

    def run(self, connection: Connection, given: Collection[Sequence[Any]]) -> None:
        """Execute the statement for the given rows."""
        for form, values_ in self._filled(connection, given):
            form.run(connection, values_)

    def _filled(
        self, connection: Connection, given: Collection[Sequence[Any]]
    ) -> Iterator[tuple[CompiledStatement, dict[str, Any]]]:
        names, rows = tuple(self._types), list(given)
        if connection.dialect.name == "sqlite":
            for part in _parts(rows):
                yield self._form(_padded(len(part))), _numbered(names, part)
        elif rows:
            yield self._form(0), dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))

    def _form(self, count: int) -> CompiledStatement:
        form = self._forms.get(count)
        if form is None:
            asked = _given(self._types, count).subquery("asked")
            form = self._forms[count] = CompiledStatement(self._build(asked))
        return form


# ------------------------------------------------------------------ given rows


def _given(types: Mapping[str, Any], count: int) -> Select[Any]:
    """Return the SELECT of `count` rows that are given one by one; with 0 of rows that are given as arrays."""
    if not count:
        arrays = {
            name: bindparam(name, type_=postgresql.ARRAY(type_, dimensions=1))
            for name, type_ in types.items()
        }
        return select(*(func.unnest(array).label(name) for name, array in arrays.items()))
    rows = [
        tuple(bindparam(f"{name}_{place}", type_=type_) for name, type_ in types.items())
        for place in range(count)
    ]
    columns = (column(name, type_) for name, type_ in types.items())
    given = values(*columns, name="given").data(cast(Any, rows)).cte("given")
    return select(*given.c).where(given.c[next(iter(types))].is_not(None))


def _numbered(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> dict[str, Any]:
    """Return the values of rows by name and number, filled up with rows of nulls, which are left out."""
    nulls = [(None,) * len(names)] * (_padded(len(rows)) - len(rows))
    return {
        f"{name}_{place}": value
        for place, row in enumerate([*rows, *nulls])
        for name, value in zip(names, row, strict=True)
    }


def _padded(count: int) -> int:
    """Return the next power of two, so that there are few forms of a statement."""
    return 1 << (count - 1).bit_length()


def _parts(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(rows), MAX_ASKED):
        yield rows[start : start + MAX_ASKED]
