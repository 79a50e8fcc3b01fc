"""News ingestion: spiders, article extraction, deduplication, entities, and a database to query.

`newsbot.extract`, `newsbot.crawl` and `newsbot.open` are the doors for Python; docs/howto/python.md shows them. What they need
is imported when they are first used.
"""

__version__ = "0.1.0"

_HOMES = {
    "Article": "newsbot.items:Article",
    "NewsbotError": "newsbot.errors:NewsbotError",
    "Source": "newsbot.sources.model:Source",
    "canonicalize": "newsbot.urls:canonicalize",
    "crawl": "newsbot.api:crawl",
    "extract": "newsbot.extraction:extract",
    "open": "newsbot.api:open_database",
    "recognize": "newsbot.entities:recognize",
}
"""Public name -> where it is. `__init__.pyi` has the same for type checkers and editors."""


def __getattr__(name: str) -> object:
    """Import a public name when it is first asked for (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module 'newsbot' has no attribute {name!r}")
    from importlib import import_module

    module, _, attribute = _HOMES[name].partition(":")
    globals()[name] = found = getattr(import_module(module), attribute)
    return found


def __dir__() -> list[str]:
    """Return the names of the module, with those that are not imported yet."""
    return sorted({*globals(), *_HOMES})
