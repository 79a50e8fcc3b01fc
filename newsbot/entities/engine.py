"""What an entity engine is, which ones there are, and how one is chosen by name."""

from __future__ import annotations

import importlib
from functools import lru_cache
from typing import Protocol, runtime_checkable

from newsbot.errors import UsageError
from newsbot.items import Mention

BUILT_IN = {
    "none": "newsbot.entities.engines.none:NoEngine",
    "rules": "newsbot.entities.engines.rules:RulesEngine",
    "model": "newsbot.entities.engines.model:ModelEngine",
    "spacy": "newsbot.entities.engines.spacy:SpacyEngine",
}
"""Name -> where the engine is. Another one is a file in `engines/` and a row here."""
AUTO_ORDER = ("model", "spacy", "rules")
"""`auto` takes the first of these that is installed and supports the language."""


@runtime_checkable
class Engine(Protocol):
    """Finds the names in a text. Made without arguments; may be used from several threads at once."""

    @property
    def name(self) -> str:
        """The name that settings choose it by."""

    @property
    def version(self) -> str:
        """Changes whenever the same text may give other mentions."""

    def supports(self, language: str) -> bool:
        """Whether it finds names in this language (ISO 639-1)."""

    def recognize(self, text: str, language: str = "en") -> list[Mention]:
        """Return the mentions in `text`, in order, without overlaps; none for a language it does not support."""


class AutoEngine:
    """For each language the best engine that is installed."""

    name = "auto"
    version = "1"

    def for_language(self, language: str) -> Engine:
        """Return the engine that `auto` stands for in this language."""
        for name in AUTO_ORDER:
            engine = _loaded_if_possible(name)
            if engine is not None and engine.supports(language):
                return engine
        return load_engine("none")

    def supports(self, language: str) -> bool:
        """Whether any engine finds names in this language."""
        return self.for_language(language).name != "none"

    def recognize(self, text: str, language: str = "en") -> list[Mention]:
        """Return the mentions that the best engine for this language finds."""
        return self.for_language(language).recognize(text, language)


@lru_cache(maxsize=16)
def load_engine(name: str) -> Engine:
    """Return the engine called `name`: "auto", a built-in one, or "package.module:Class". Loaded once a process.

    Raises UsageError if there is no such engine, or what it needs is not installed.
    """
    if name == "auto":
        return AutoEngine()
    path = BUILT_IN.get(name, name)
    module_name, colon, class_name = path.partition(":")
    if not (module_name and colon and class_name):
        raise _unusable(name, "there is no such engine")
    try:
        engine = getattr(importlib.import_module(module_name), class_name)()
    except (ImportError, AttributeError, TypeError, OSError) as error:
        raise _unusable(name, str(error)) from error
    if not isinstance(engine, Engine):
        raise _unusable(name, "it lacks name, version, supports or recognize")
    return engine


def engine_label(engine: Engine, language: str) -> str:
    """Return the name and version of the engine that this language's texts are read by, as articles keep it."""
    used = engine.for_language(language) if isinstance(engine, AutoEngine) else engine
    return f"{used.name} {used.version}"


@lru_cache(maxsize=16)
def _loaded_if_possible(name: str) -> Engine | None:
    try:
        return load_engine(name)
    except UsageError:
        return None


def _unusable(name: str, reason: str) -> UsageError:
    accepted = ", ".join(["auto", *BUILT_IN, "package.module:Class"])
    reason = " ".join(reason.split())
    return UsageError(
        f"NEWSBOT_ENTITY_ENGINE is {name!r}, which cannot be used ({reason}); accepted: {accepted}"
    )
