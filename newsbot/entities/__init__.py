"""Named entities: people, organisations and places in a text, with the forms of a name linked to one entity.

The engine that reads a language if `NEWSBOT_ENTITY_ENGINE` is `auto`:

- English: `model`, two small neural networks that are part of newsbot;
- a language whose spaCy model is installed: `spacy`;
- German, French, Spanish and 36 others (`engines.lexicon.SUPPORTED`): `rules`, which finds only known names:
  countries, big cities, and organisations such as the EU and NATO by their names in that language; in Latin script also
  known acronyms, and people after a title or a first name;
- any other language: none, nothing is found.

`fast` reads English with only the first of the two networks: several times as fast, and less accurate. It is used only if
it is configured.
"""

from __future__ import annotations

from newsbot.items import Mention


def recognize(text: str, language: str = "en") -> list[Mention]:
    """Return the people, organisations and places named in `text`, in order, found by the best installed engine.

    `language` is ISO 639-1. Offsets count characters of `text`. Raises TypeError for what is no text.
    """
    for what, value in (("text", text), ("language", language)):
        if not isinstance(value, str):
            raise TypeError(f"the {what} is of type {type(value).__name__}; accepted: str")
    # Imported here: engines are slow to load, and most programs that import newsbot never use one.
    from newsbot.entities.engine import load_engine

    return load_engine("auto").recognize(text, language)
