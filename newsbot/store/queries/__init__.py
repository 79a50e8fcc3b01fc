"""Read the store: the only module that commands, pages, the API and exports read from.

`__init__.pyi` has its names. Each is imported when it is first asked for: a command needs a few of them, and all together
take half a second.
"""

from newsbot.starting import homes, import_name


def __getattr__(name: str) -> object:
    """Import a name when it is first asked for (PEP 562)."""
    return import_name(__name__, name)


def __dir__() -> list[str]:
    """Return the names of the module, with those that are not imported yet."""
    return sorted({*globals(), *homes(__name__)})
