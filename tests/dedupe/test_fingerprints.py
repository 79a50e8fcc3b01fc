from __future__ import annotations

import pytest

from newsbot.dedupe.fingerprints import text_key
from tests.dedupe.texts import text

QUOTE = "Kovac said: \"It's a 'new' harbour - at last.\" "

SAME = {
    "curly quotes and long dashes": QUOTE.replace('"', "”").replace("'", "’").replace("-", "—"),
    "guillemets": QUOTE.replace(' "', " «").replace('"', "»"),
    "white space": QUOTE.replace(" ", "\u00a0\n "),
    "case": QUOTE.upper(),
    "soft hyphens and zero-width spaces": QUOTE.replace("harbour", "har\u00adbour\u200b"),
    "compatibility forms": QUOTE.replace("harbour", "ｈarbour").replace("at", "ａt"),
}


@pytest.mark.parametrize("quote", SAME.values(), ids=SAME)
def test_typography_does_not_change_a_text(quote: str) -> None:
    assert text_key("A title", quote + text(1)) == text_key("A title", QUOTE + text(1))


def test_a_word_or_a_number_changes_a_text() -> None:
    keys = {text_key(None, body) for body in (text(1), text(1) + " Not.", text(1) + " 7.", text(1) + " 8.")}
    assert len(keys) == 4


def test_the_headline_of_a_reprint_may_differ() -> None:
    assert text_key("Harbour opened", text(1)) == text_key("At last, a harbour", text(1))


def test_headlines_distinguish_articles_with_the_same_stock_sentence() -> None:
    assert text_key("Storm", "Watch the video.") != text_key("Harbour", "Watch the video.")
    assert text_key("Storm", "Watch the video.") == text_key("STORM", "Watch the  video")


def test_any_text_has_a_key() -> None:
    assert len(text_key(None, "\ud800")) == len(text_key("", "")) == 16
