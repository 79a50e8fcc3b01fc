"""Statements that run for every page, each compiled once.

SQLAlchemy works out anew, each time that it runs a statement, which one it is, how it compiled that before, and what
the types of its columns do to values. That took as long as SQLite took to run them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, CursorResult, Insert, SelectBase, UpdateBase
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.compiler import SQLCompiler

Convert = Callable[[Any], Any] | None
"""What becomes of the values of a type; None: they stay as they are."""


class Ready:
    """A statement whose parameters are single values, not lists of them; for either database."""

    def __init__(self, statement: SelectBase | UpdateBase) -> None:
        self._statement = statement
        self._forms: dict[tuple[str, ...], _Form] = {}

    def rows(self, connection: Connection, values: Mapping[str, Any]) -> Sequence[Any]:
        """Run the statement and return its rows."""
        form = self._form(connection.dialect, values)
        return form.read(connection.exec_driver_sql(form.sql, form.fill(values)))

    def run(self, connection: Connection, *rows: Mapping[str, Any]) -> None:
        """Run the statement for each of some rows, which have values for the same names."""
        form = self._form(connection.dialect, rows[0])
        filled = [form.fill(row) for row in rows]
        connection.exec_driver_sql(form.sql, filled if len(filled) > 1 else filled[0])

    def _form(self, dialect: Dialect, values: Mapping[str, Any]) -> _Form:
        key = (dialect.name, *values)
        form = self._forms.get(key)
        if form is None:
            form = self._forms[key] = _Form(self._statement, dialect, list(values))
        return form


class _Form:
    """What a statement is for one database, given values of these names."""

    def __init__(self, statement: SelectBase | UpdateBase, dialect: Dialect, names: list[str]) -> None:
        columns = names if isinstance(statement, Insert) else None
        compiled = statement.compile(dialect=dialect, column_keys=columns)
        assert isinstance(compiled, SQLCompiler)
        assert not compiled.post_compile_params, "a list where single values are asked for"
        types = {name: bound.type.dialect_impl(dialect) for bound, name in compiled.bind_names.items()}
        order = compiled.positiontup if compiled.positional else types
        self.sql = str(compiled)
        self._dialect = dialect
        self._is_positional = compiled.positional
        self._fixed = {name: value for name, value in compiled.params.items() if name not in names}
        self._binds = [(name, types[name].bind_processor(dialect)) for name in order or ()]
        self._types = [column.type.dialect_impl(dialect) for column in statement.exported_columns]
        self._reads: list[Convert] | None = None

    def fill(self, values: Mapping[str, Any]) -> Any:
        """Return values as the driver takes them."""
        given = {**self._fixed, **values} if self._fixed else values
        filled = [(name, bind(given[name]) if bind else given[name]) for name, bind in self._binds]
        return tuple([value for _, value in filled]) if self._is_positional else dict(filled)

    def read(self, result: CursorResult[Any]) -> Sequence[Any]:
        """Return rows of values of the types that the statement's columns have."""
        if self._reads is None:  # the driver tells with rows what it makes of a type
            described = zip(self._types, result.cursor.description, strict=True)
            self._reads = [type_.result_processor(self._dialect, about[1]) for type_, about in described]
        rows = result.all()
        return [self._converted(row) for row in rows] if any(self._reads) else rows

    def _converted(self, row: Sequence[Any]) -> list[Any]:
        assert self._reads is not None
        return [read(value) if read else value for value, read in zip(row, self._reads, strict=True)]
