"""Packages whose names are imported when they are first asked for (PEP 562), so that a program imports only what it uses."""

from __future__ import annotations

import ast
import sys
from functools import cache
from importlib import import_module
from pkgutil import get_data


def import_name(package: str, name: str) -> object:
    """Return a public name of a package, imported from where the stub of the package (`__init__.pyi`) has it from.

    To be called by `__getattr__` of the package, which is asked for a name once. Raises AttributeError for a name that
    the stub does not have."""
    home = homes(package).get(name)
    if home is None:
        raise AttributeError(f"module {package!r} has no attribute {name!r}")
    found: object = getattr(import_module(home), name)
    setattr(sys.modules[package], name, found)
    return found


@cache
def homes(package: str) -> dict[str, str]:
    """Return name -> module, as the import statements of the stub of a package have them."""
    stub = ast.parse(get_data(package, "__init__.pyi") or b"")
    imports = [node for node in stub.body if isinstance(node, ast.ImportFrom)]
    return {alias.name: node.module or "" for node in imports for alias in node.names}
