"""Who, which organisation, which place: names in a text, joined under one name.

Which engine reads which language, when `NEWSBOT_ENTITY_ENGINE` is `auto`:

- English: `model`, two small networks that ship with newsbot;
- a language whose spaCy model is installed: `spacy`;
- German, French, Spanish and 36 others (`engines.lexicon.SUPPORTED`): `rules`, which finds only what it knows:
  countries, big cities, and organisations such as the EU and NATO by their names in that language; in Latin script also
  known acronyms, and people behind a title or a first name;
- any other: nothing is found.

`fast` reads English by the first of the two networks alone, several times as fast and not as well: it is used only where
it is asked for.
"""

from __future__ import annotations

from newsbot.items import Mention


def recognize(text: str, language: str = "en") -> list[Mention]:
    """Return the people, organisations and places that `text` names, in order, by the best engine installed.

    `language` is ISO 639-1. Offsets count characters of `text`.
    """
    # Imported here: engines are slow to load, and most programs that import newsbot never ask for one.
    from newsbot.entities.engine import load_engine

    return load_engine("auto").recognize(text, language)
