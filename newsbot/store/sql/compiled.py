"""Statements that run for every page, each compiled once.

Each time SQLAlchemy executes a statement it computes the key of its statement cache, looks up the compiled form, and
looks up how the types of the columns convert values. A compiled statement does this once: a new article takes about a
tenth less CPU time (`benchmarks/compiled_statements.py` records the figures).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, CursorResult, Insert, SelectBase, UpdateBase
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.compiler import SQLCompiler

Convert = Callable[[Any], Any] | None
"""Converts the values of a column type; None if they need no conversion."""


class CompiledStatement:
    """A statement, compiled once for each database. Its parameters are single values, not lists of values."""

    def __init__(self, statement: SelectBase | UpdateBase) -> None:
        self._statement = statement
        self._forms: dict[tuple[str, ...], _CompiledForm] = {}

    def rows(self, connection: Connection, values: Mapping[str, Any]) -> Sequence[Any]:
        """Execute the statement and return its rows."""
        form = self._form(connection.dialect, values)
        return form.read(connection.exec_driver_sql(form.sql, form.fill(values)))

    def run(self, connection: Connection, *rows: Mapping[str, Any]) -> None:
        """Execute the statement once for each of the rows, which are parameters of the same names."""
        form = self._form(connection.dialect, rows[0])
        filled = [form.fill(row) for row in rows]
        connection.exec_driver_sql(form.sql, filled if len(filled) > 1 else filled[0])

    def _form(self, dialect: Dialect, values: Mapping[str, Any]) -> _CompiledForm:
        key = (dialect.name, *values)
        form = self._forms.get(key)
        if form is None:
            form = self._forms[key] = _CompiledForm(self._statement, dialect, list(values))
        return form


class _CompiledForm:
    """The compiled form of a statement for one database and one set of parameter names."""

    def __init__(self, statement: SelectBase | UpdateBase, dialect: Dialect, names: list[str]) -> None:
        columns = names if isinstance(statement, Insert) and statement.select is None else None
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
        """Return parameters converted for the driver."""
        given = {**self._fixed, **values} if self._fixed else values
        filled = [(name, bind(given[name]) if bind else given[name]) for name, bind in self._binds]
        return tuple([value for _, value in filled]) if self._is_positional else dict(filled)

    def read(self, result: CursorResult[Any]) -> Sequence[Any]:
        """Return the rows of a result, converted to the types of the columns of the statement."""
        if self._reads is None:  # the driver describes its own types with the first result only
            described = zip(self._types, result.cursor.description, strict=True)
            self._reads = [type_.result_processor(self._dialect, about[1]) for type_, about in described]
        rows = result.all()
        return [self._converted(row) for row in rows] if any(self._reads) else rows

    def _converted(self, row: Sequence[Any]) -> list[Any]:
        assert self._reads is not None
        return [read(value) if read else value for value, read in zip(row, self._reads, strict=True)]
