"""What the rules engine knows, and in other languages does not guess."""

from __future__ import annotations

import pytest

from newsbot.entities.engine import load_engine

CASES = {
    "english person by first name": ("en", "On Monday Angela Merkel spoke.", ["PER Angela Merkel"]),
    "english person by title": ("en", "Mr. Zorbin spoke.", ["PER Zorbin"]),
    "english initials": ("en", "Then John F. Zorbin spoke.", ["PER John F. Zorbin"]),
    "english lone surname": ("en", "Angela Zorbin spoke. Zorbin left.", ["PER Angela Zorbin", "PER Zorbin"]),
    "english demonym is no mention": ("en", "The German minister spoke.", []),
    "english ministry": ("en", "the Russian Foreign Ministry said", ["ORG Foreign Ministry"]),
    "english run with of": (
        "en",
        "the University of Lower Gullmouth said",
        ["ORG University of Lower Gullmouth"],
    ),
    "english acronym": ("en", "a spokesman of the XYZB said", ["ORG XYZB"]),
    "english shouting": ("en", "READ ALL OUR NEW THINGS", []),
    "english compound": ("en", "the US-led bloc", ["LOC US"]),
    "english place of two words": ("en", "in New Zealand today", ["LOC New Zealand"]),
    "german nouns": ("de", "Das Haus der Regierung in der Stadt war Ziel von Angriffen.", []),
    "german city that is a word": ("de", "Das Essen war gut.", []),
    "german place": ("de", "Er fuhr nach Moskau und Brüssel.", ["LOC Moskau", "LOC Brüssel"]),
    "german genitive": ("de", "die Hauptstadt Russlands", ["LOC Russlands"]),
    "german person": (
        "de",
        "Bundeskanzlerin Angela Merkel und Herr Zorbin",
        ["PER Angela Merkel", "PER Zorbin"],
    ),
    "german union": ("de", "die Europäische Union und die NATO", ["ORG Europäische Union", "ORG NATO"]),
    "french": ("fr", "Mme Zorbine est à Londres", ["PER Zorbine", "LOC Londres"]),
    "french elision": (
        "fr",
        "L’ONU et l'Union européenne en Côte d’Ivoire et d’Allemagne",
        ["ORG ONU", "ORG Union européenne", "LOC Côte d’Ivoire", "LOC Allemagne"],
    ),
    "italian elision": ("it", "l'inviato dell'Ucraina all'ONU", ["LOC Ucraina", "ORG ONU"]),
    "spanish": (
        "es",
        "el presidente Pedro Zorbino, en Estados Unidos",
        ["PER Pedro Zorbino", "LOC Estados Unidos"],
    ),
    "russian": ("ru", "Россия, США и ООН", ["LOC Россия", "LOC США", "ORG ООН"]),
    "chinese": ("zh", "中国和俄罗斯的代表在布鲁塞尔会面。", ["LOC 中国", "LOC 俄罗斯", "LOC 布鲁塞尔"]),
    "japanese": ("ja", "日本とロシア", ["LOC 日本", "LOC ロシア"]),
    "chinese without a known name": ("zh", "他昨天回家了。", []),
    "language without lists": ("sw", "Angela Merkel huko Moscow", []),
}


@pytest.mark.parametrize(("language", "text", "expected"), CASES.values(), ids=CASES)
def test_rules_find_known_names(language: str, text: str, expected: list[str]) -> None:
    mentions = load_engine("rules").recognize(text, language)
    assert [f"{mention.type} {mention.text}" for mention in mentions] == expected
