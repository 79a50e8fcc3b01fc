"""A paywall is a text that is cut, not a page with a flag."""

from __future__ import annotations

import pytest

from newsbot.extraction import extract
from newsbot.extraction.kinds.wall_words import PAYWALLS
from newsbot.items import Article
from tests.word_list_examples import by_language

LEAD = "The ferry that links the island to the mainland will stop running after ten at night, the harbour board said on Tuesday."
STORY = (
    LEAD,
    "Residents who work late shifts at the fish plant say that the change leaves them with no way home. About sixty take it.",
    "The board's chairman said that the law obliges it to keep an engineer on board, and that crews work long hours already.",
)
OPEN_END = "The chairman said that the law obliges it to keep an engineer on board whenever passengers are carried, and that the"
WALL = "<div class='wall'><p>Subscribe now to continue reading.</p></div>"
FLAG = '"isAccessibleForFree": false'


def page(paragraphs: tuple[str, ...], declared: str = "", after: str = "", box: str = "text") -> Article:
    json_ld = (
        f'<script type="application/ld+json">{{"@type": "NewsArticle", "headline": "Last ferry to end", {declared}}}</script>'
        if declared
        else ""
    )
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return extract(
        f"<html><head><title>Last ferry to end</title>{json_ld}</head><body><header><a href='/login'>Already a subscriber?</a>"
        f"</header><main><h1>Last ferry to end</h1><div class='{box}'>{text}</div>{after}</main></body></html>",
        "https://news.example/last-ferry",
    )


def part(selector: str) -> str:
    return f'"hasPart": {{"@type": "WebPageElement", "isAccessibleForFree": "False", "cssSelector": "{selector}"}}'


@pytest.mark.parametrize(
    "article",
    [
        page(STORY, FLAG),
        page(STORY, f"{FLAG}, {part('.text')}"),
        page(STORY, f"{FLAG}, {part('.late-wall')}"),
        page(STORY, FLAG, after=f"<div hidden>{WALL}</div>"),
        page(STORY, f'{FLAG}, "wordCount": 70'),
        page((*STORY, "(dpa)"), FLAG),
        page(tuple(f"{text} Number {n}." for n in range(12) for text in STORY), FLAG, after=WALL),
    ],
    ids=["flag", "part is there", "part of a script", "hidden wall", "word count", "credit", "long"],
)
def test_complete_text_is_an_article_that_is_not_free(article: Article) -> None:
    assert (article.kind, article.is_free) == ("article", False)


@pytest.mark.parametrize(
    "article",
    [
        page((LEAD,), f"{part('.premium')}"),
        page(
            STORY[:2],
            part(".premium"),
            after="<div class='premium'><p>This article is for subscribers.</p></div>",
        ),
        page((*STORY[:2], OPEN_END), FLAG),
        page((*STORY[:2], f"{OPEN_END} …"), FLAG),
        page(STORY, FLAG, after=WALL),
        page(STORY, f'{FLAG}, "wordCount": "640"'),
        page(STORY[:2], after=WALL),
    ],
    ids=["part absent", "part empty", "open end", "ellipsis", "wall", "word count", "wall without a flag"],
)
def test_cut_text_is_a_paywall(article: Article) -> None:
    assert article.kind == "paywall"


@pytest.mark.parametrize(
    "ending",
    [
        "会議は十九日に開かれる。",
        "बैठक सोमवार को होगी।",
        "اجلاس پیر کو ہوگا۔",
        "ኮሚቴው ሰኞ ይሰበሰባል።",
        "Խորհուրդը հավաքվում է երկուշաբթի։",
    ],
    ids=["ja", "hi", "ur", "am", "hy"],
)
def test_full_stops_of_other_scripts_end_a_text(ending: str) -> None:
    assert page((*STORY[:2], ending * 4), FLAG).kind == "article"


def test_thai_text_needs_no_full_stop() -> None:
    assert (
        page((*STORY[:2], "คณะกรรมการจะประชุมอีกครั้งในวันจันทร์หน้าเพื่อรับฟังความเห็นของชาวบ้านบนเกาะ"), FLAG).kind
        == "article"
    )


@by_language(invitation=PAYWALLS)
def test_invitations_right_after_a_short_text_are_a_paywall(kind: str, texts: list[str]) -> None:
    walls = {text: page(STORY[:2], after=f"<div><p>… {text.capitalize()} …</p></div>").kind for text in texts}
    assert [text for text, found in walls.items() if found != "paywall"] == []


@pytest.mark.parametrize(
    "declared",
    [
        '"hasPart": "x", "wordCount": {}',
        '"hasPart": [[{"cssSelector": 4}], null], "wordCount": "9999999999"',
        part(" , .. #, "),
    ],
    ids=["other types", "nested", "no selector"],
)
def test_declarations_of_any_form_are_read(declared: str) -> None:
    assert page(STORY, f"{FLAG}, {declared}").kind == "article"


def test_article_with_a_paid_part_is_not_free() -> None:
    assert page(STORY, f'"isAccessibleForFree": "True", {part(".text")}').is_free is False
