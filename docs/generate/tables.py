"""The data dictionary: every table and column of the database, described by the docstrings of the models."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from sqlalchemy import Column, Table
from sqlalchemy.dialects import postgresql

from docs.generate.markdown import table
from newsbot.store.schema.models import Base, base

FIRST = ("articles", "revisions", "changes", "stories", "entities", "mentions", "sources", "runs", "rejects")
"""The tables that most questions are about."""
INTRODUCTION = """\
# Tables and columns

The data dictionary of a newsbot database. Names are stable, and the same on SQLite and PostgreSQL; types are those of
PostgreSQL. Times are in UTC. Four views join what most questions need: see [Questions in SQL](../sql.md).
"""


def tables_page() -> str:
    """Return the page: one section a table, those of `FIRST` first."""
    order = {name: number for number, name in enumerate(FIRST)}
    found = [(mapper.class_, mapper.local_table) for mapper in Base.registry.mappers]
    tables = [(model, place) for model, place in found if isinstance(place, Table)]
    tables.sort(key=lambda one: (order.get(one[1].name, len(FIRST)), one[1].name))
    return "\n".join([INTRODUCTION, *(_section(model, place) for model, place in tables)])


def column_texts(model: type, place: Table) -> dict[str, str | None]:
    """Return what each column of a table holds: the docstring below it, or below its type; None if there is neither."""
    written = _attribute_texts(ast.parse(inspect.getsource(model)).body[0])
    types = _attribute_texts(ast.parse(inspect.getsource(base)))
    hints = {name: re.sub(r"^Mapped\[(.*)\]$", r"\1", hint) for name, hint in model.__annotations__.items()}
    return {
        column.key: written.get(column.key) or types.get(hints.get(column.key, ""))
        for column in place.columns
    }


def _attribute_texts(tree: ast.AST) -> dict[str, str]:
    """Return the docstrings below the names that a class or module assigns."""
    body: list[ast.stmt] = getattr(tree, "body", [])
    return {
        name: value for line, below in pairwise(body) for name in _assigned(line) for value in _text(below)
    }


def _assigned(line: ast.stmt) -> Iterator[str]:
    match line:
        case ast.AnnAssign(target=ast.Name(id=name)) | ast.Assign(targets=[ast.Name(id=name)]):
            yield name


def _text(line: ast.stmt) -> Iterator[str]:
    match line:
        case ast.Expr(value=ast.Constant(value=str(text))):
            yield text


def _section(model: type, place: Table) -> str:
    texts = column_texts(model, place)
    rows = [
        (f"`{column.name}`", _type(column), _in_sql(texts[column.name] or "")) for column in place.columns
    ]
    about = _in_sql(inspect.cleandoc(model.__doc__ or ""))
    return f"## `{place.name}`\n\n{about}\n\n{table(('column', 'type', 'what it holds'), rows)}\n"


def _type(column: Column[Any]) -> str:
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call] # SQLAlchemy makes the class of modules
    name = column.type.compile(dialect).lower().replace("timestamp with time zone", "timestamp")
    key = ", key" if column.primary_key else ""
    return f"{name}{key}{', may be null' if column.nullable else ''}"


def _in_sql(text: str) -> str:
    return re.sub(r"\bNone\b", "null", text)
