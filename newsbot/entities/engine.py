"""The protocol of entity engines, the built-in engines, and loading an engine by name."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Protocol, runtime_checkable

from newsbot.errors import UsageError
from newsbot.items import Mention
from newsbot.plugins import load_class, load_user_class, plugin_named, plugins

BUILT_IN = {
    "none": "newsbot.entities.engines.none_engine:NoEngine",
    "fast": "newsbot.entities.engines.fast_engine:FastEngine",
    "rules": "newsbot.entities.engines.rules_engine:RulesEngine",
    "model": "newsbot.entities.engines.model_engine:ModelEngine",
    "multi": "newsbot.entities.engines.multi_engine:MultiEngine",
    "spacy": "newsbot.entities.engines.spacy_engine:SpacyEngine",
}
"""Name -> import path of the engine. To add an engine, add a file to `engines/` and a row here."""
LACKS = "it lacks name, version, supports or recognize"
AUTO_ORDER = ("model", "multi", "spacy", "rules")
"""`auto` uses the first of these engines that is installed and supports the language."""


@runtime_checkable
class Engine(Protocol):
    """Finds the names in a text. The class is called without arguments; an engine must be thread-safe."""

    @property
    def name(self) -> str:
        """The name of the engine in settings."""

    @property
    def version(self) -> str:
        """The version, which must change whenever the same text may give other mentions."""

    def supports(self, language: str) -> bool:
        """Return whether the engine finds names in this language (ISO 639-1)."""

    def recognize(self, text: str, language: str = "en") -> list[Mention]:
        """Return the mentions in `text`, in order and without overlaps; none for an unsupported language."""


@runtime_checkable
class Chooser(Protocol):
    """An engine that delegates to another engine per language."""

    def for_language(self, language: str) -> Engine:
        """Return the engine that reads this language."""


class AutoEngine:
    """Delegates every language to the first engine of a list that is installed and supports it."""

    version = "1"

    def __init__(self, name: str = "auto", order: Sequence[str] = AUTO_ORDER) -> None:
        self.name = name
        self._order = order

    def for_language(self, language: str) -> Engine:
        """Return the engine to which this language is delegated; the engine `none` if no other supports it."""
        for name in self._order:
            engine = _loaded_if_possible(name)
            if engine is not None and engine.supports(language):
                return engine
        return load_engine("none")

    def supports(self, language: str) -> bool:
        """Return whether any engine of the list finds names in this language."""
        return self.for_language(language).name != "none"

    def recognize(self, text: str, language: str = "en") -> list[Mention]:
        """Return the mentions found by the engine to which this language is delegated."""
        return self.for_language(language).recognize(text, language)


@lru_cache(maxsize=16)
def load_engine(name: str) -> Engine:
    """Return the engine called `name`: "auto", a built-in one, that of a plugin, or "package.module:Class".

    It is loaded once per process.

    Several names separated by commas give an engine that delegates every language to the first that supports it.

    Raises UsageError if there is no such engine or if its dependencies are not installed.
    """
    if name == "auto":
        return AutoEngine()
    if "," in name:
        order = [part.strip() for part in name.split(",")]
        for part in order:
            load_engine(part)
        return AutoEngine(name, order)
    if name not in BUILT_IN and (plugin := plugin_named("newsbot.engines", name)):
        engine = plugin.made()
        if not isinstance(engine, Engine):
            raise plugin.unusable(LACKS)
        return engine
    if name not in BUILT_IN and not all(name.partition(":")):
        raise _unusable(name, "there is no such engine")
    try:
        engine = (load_class(BUILT_IN[name]) if name in BUILT_IN else load_user_class(name))()
    except (ImportError, AttributeError, TypeError, OSError) as error:
        raise _unusable(name, str(error)) from error
    if not isinstance(engine, Engine):
        raise _unusable(name, LACKS)
    return engine


def engine_label(engine: Engine, language: str) -> str:
    """Return "name version" of the engine that reads texts in this language; stored with every article."""
    while isinstance(engine, Chooser):
        engine = engine.for_language(language)
    return f"{engine.name} {engine.version}"


@lru_cache(maxsize=16)
def _loaded_if_possible(name: str) -> Engine | None:
    try:
        return load_engine(name)
    except UsageError:
        return None


def _unusable(name: str, reason: str) -> UsageError:
    brought = [plugin.name for plugin in plugins("newsbot.engines")]
    others = ["package.module:Class", "several of them with commas"]
    accepted = ", ".join(["auto", *BUILT_IN, *brought, *others])
    reason = " ".join(reason.split())
    return UsageError(
        f"NEWSBOT_ENTITY_ENGINE is {name!r}, which cannot be used ({reason}); accepted: {accepted}"
    )
