from __future__ import annotations

import pytest

from newsbot.extraction.fields.language import detect

TEXTS = {
    "en": "The night ferry between the port and the islands will sail again from April, the county said on Tuesday.",
    "de": "Die Straßenbahn fährt ab Montag wieder bis zur Endhaltestelle, teilten die Stadtwerke am Freitag mit.",
    "zu": "Umkhandlu uthe isikebhe sasebusuku sizophinde sisebenze kusukela ngo-Ephreli ngemuva kweminyaka eyishumi.",
    "ja": "市は火曜日、老朽化した若葉橋の架け替え工事を来年四月に始めると発表した。",
    "ru": "Городская библиотека с понедельника будет работать до полуночи, сообщила мэрия в пятницу.",
    "he": "הספרייה העירונית תהיה פתוחה עד חצות החל מיום שני, כך הודיעה העירייה ביום שישי האחרון.",
    "zh": "市政府周二宣布，老化的若叶桥将于明年四月开始重建，预计工期约三年。",
}


@pytest.mark.parametrize("language", TEXTS)
def test_the_text_has_precedence_over_the_declared_language(language: str) -> None:
    assert detect(TEXTS[language], "en-US") == language
    assert detect(TEXTS[language], None) == language


@pytest.mark.parametrize(
    ("declared", "language"),
    [("de-AT", "de"), ("nb", "no"), ("iw", "he"), ("", None), ("x-klingon", None), ("français", None)],
)
def test_declared_language_is_used_without_text(declared: str, language: str | None) -> None:
    assert detect("12:30 —", declared) == language


def test_declaration_decides_between_similar_languages() -> None:
    text = "Gradska knjižnica od ponedjeljka radi do ponoći, objavila je gradska uprava u petak. Čitatelji su to tražili."
    assert detect(text, "hr") == "hr"
    assert detect(text, "bs") == "bs"


@pytest.mark.parametrize("text", ["\ud800" * 50, "\x00\x01" * 50, "\uffff" * 100, "🚢" * 100])
def test_characters_that_are_not_text_have_no_language(text: str) -> None:
    assert detect(text, None) is None
