"""Who, which organisation, which place: names in a text, joined under one name."""

from __future__ import annotations

from newsbot.items import Mention


def recognize(text: str, language: str = "en") -> list[Mention]:
    """Return the people, organisations and places that `text` names, in order, by the best engine installed.

    `language` is ISO 639-1. Offsets count characters of `text`.
    """
    # Imported here: engines are slow to load, and most programs that import newsbot never ask for one.
    from newsbot.entities.engine import load_engine

    return load_engine("auto").recognize(text, language)
