"""The syntax of a module without documentation and formatting, to hash code by what it does."""

from __future__ import annotations

import ast

_IGNORED_FIELDS = {"type_params", "type_ignores", "type_comment", "kind", "ctx"}
"""Fields of syntax trees that differ between Python versions, or that the other fields imply."""


def module_shape(source: bytes) -> bytes:
    """Return the syntax tree of a module without docstrings, comments and formatting.

    The bytes are equal in all Python versions that newsbot supports. Those of `ast.dump` are not: it leaves out empty
    fields from Python 3.13 on."""
    return repr(_shape(ast.parse(source))).encode()


def _shape(node: object) -> object:
    if isinstance(node, ast.AST):
        fields = [
            (name, _shape(value)) for name, value in ast.iter_fields(node) if name not in _IGNORED_FIELDS
        ]
        return (type(node).__name__, *(field for field in fields if field[1] not in (None, [])))
    if isinstance(node, list):
        return [_shape(item) for item in node if not _is_docstring(item)]
    return node if node is None else repr(node)


def _is_docstring(node: object) -> bool:
    """Return whether a node is a statement of one string: the docstring of a module, class, function or attribute."""
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )
