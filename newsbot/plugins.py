"""What other packages add to newsbot: entry points, loaded by name, with errors that name the package.

| group | an entry point names |
|---|---|
| `newsbot.engines` | a class that follows `newsbot.entities.engine.Engine`: `NEWSBOT_ENTITY_ENGINE` has its name |
| `newsbot.stages` | an item pipeline of Scrapy, whose attribute `order` is its place among those of newsbot |
| `newsbot.extractors` | a class that follows `newsbot.extraction.site_extractors.SiteExtractor` |
| `newsbot.sources` | a package with TOML files of sources, which are added to the catalog |
| `newsbot.outputs` | a class that follows `newsbot.outputs.output_protocol.Output`: `kind` in `[[output]]` has its name |

docs/howto/plugins.md has an example of each. Settings may also name a class by its import path, `package.module:Class`, without
an entry point.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any, Literal

from newsbot.configuration.origins import FILE_NAME, find_file
from newsbot.errors import UsageError

Group = Literal[
    "newsbot.engines", "newsbot.stages", "newsbot.outputs", "newsbot.extractors", "newsbot.sources"
]


@dataclass(frozen=True, slots=True)
class Plugin:
    """An entry point of a package that is installed beside newsbot."""

    entry: EntryPoint

    @property
    def name(self) -> str:
        """The name of the entry point."""
        return self.entry.name

    def load(self) -> Any:
        """Return what the entry point names. Raises UsageError if it cannot be imported."""
        try:
            return self.entry.load()
        except Exception as error:
            raise self.unusable(f"{type(error).__name__}: {error}") from error

    def made(self) -> Any:
        """Return what the class that the entry point names makes without arguments. Raises UsageError."""
        loaded = self.load()
        try:
            return loaded()
        except Exception as error:
            raise self.unusable(f"{type(error).__name__}: {error}") from error

    def unusable(self, reason: str) -> UsageError:
        """Return the error that this plugin cannot be used."""
        package = self.entry.dist
        owner = f"the package {package.name} {package.version}" if package else "an unknown package"
        reason = " ".join(reason.split())
        return UsageError(
            f"{self.entry.group}: {self.name} = {self.entry.value!r} of {owner} cannot be used: {reason}"
        )


@lru_cache
def plugins(group: Group) -> tuple[Plugin, ...]:
    """Return the plugins of a group, by name. Raises UsageError if two packages give the same name."""
    found: dict[str, Plugin] = {}
    for entry in sorted(entry_points(group=group), key=lambda entry: entry.name):
        plugin = Plugin(entry)
        other = found.setdefault(entry.name, plugin)
        if other.entry.value != entry.value:
            raise plugin.unusable(f"another package has the same name: {other.entry.value!r}")
    return tuple(found.values())


def plugin_named(group: Group, name: str) -> Plugin | None:
    """Return the plugin of a group with this name; None if there is none."""
    return next((plugin for plugin in plugins(group) if plugin.name == name), None)


def load_class(path: str) -> Any:
    """Return what the import path `package.module:Class` names. Raises what the import of the module raises, or AttributeError."""
    module, _, name = path.partition(":")
    return getattr(import_module(module), name)


def load_user_class(path: str) -> Any:
    """Return what an import path in settings names, as `load_class` does.

    Modules are also found beside the file of settings, or else in the current folder, as Scrapy finds those of a project:
    an installed command has neither on its path. Installed modules come first."""
    folder = str((find_file() or Path(FILE_NAME)).resolve().parent)
    if folder not in sys.path:
        sys.path.append(folder)
    return load_class(path)
