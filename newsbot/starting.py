"""What makes programs start fast: names that are imported when they are first asked for, and rare looks for garbage."""

from __future__ import annotations

import ast
import gc
import sys
from functools import cache
from importlib import import_module
from pkgutil import get_data

THRESHOLDS = (100_000, 20, 100)
"""New objects after which Python looks at young objects for reference cycles, and numbers of such looks after which it looks
at older ones. With its defaults (700, 10, 10) that took a tenth of a start (`benchmarks/crawl.md`); newsbot makes few cycles."""


def import_name(package: str, name: str) -> object:
    """Return a public name of a package, imported from where the stub of the package (`__init__.pyi`) has it from.

    To be called by `__getattr__` of the package (PEP 562), which is asked for a name once. Raises AttributeError for a name
    that the stub does not have."""
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


def collect_rarely() -> None:
    """Have Python look for reference cycles rarely from now on, in this process."""
    gc.set_threshold(*THRESHOLDS)


def keep_what_is_loaded() -> None:
    """Have Python look for cycles no more among the objects that there are now: modules, rules and tables stay."""
    gc.freeze()
