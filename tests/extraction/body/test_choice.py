"""The body of invented pages, compared with the text that a careful reader would copy."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsbot.extraction import extract
from newsbot.extraction.body.scoring.block_walk import read_blocks
from newsbot.extraction.extractor import extract_article
from newsbot.extraction.page.page import Page
from newsbot.extraction.page_kinds import reject_reason
from newsbot.items import PAGE_KINDS
from newsbot.sources.model import Selectors, Source

FIXTURES = Path(__file__).parents[3] / "fixtures"
PARAGRAPHS = [
    "The harbour council voted on Tuesday evening to rebuild the old swing bridge, which has been stuck open since the storm.",
    "“We cannot ask people to row across for another winter,” said the council's leader, Maud Ferris, after the vote.",
    "Work is due to start in March, and the ferry will run every ten minutes until the first lorries can cross in the autumn.",
    "The bridge was built in 1911 and has been repaired twice, once after a coal barge ran into its northern pier.",
]
TEXT = "\n\n".join(PARAGRAPHS)
PROSE = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
MENU = "<ul>" + "".join(f"<li><a href='/{n}'>Section {n}</a></li>" for n in range(12)) + "</ul>"


def page(content: str, head: str = "") -> str:
    title = "Council votes to rebuild the swing bridge"
    return (
        f"<html><head><title>{title}</title>{head}</head><body><nav>{MENU}</nav><main><article><h1>{title}</h1>"
        f"{content}</article></main><footer><p>All rights reserved.</p>{MENU}</footer></body></html>"
    )


@pytest.mark.parametrize(
    "content",
    [
        PROSE,
        f"<div class='story-body'>{PROSE}</div>",
        "".join(f"<div><div><div><p>{paragraph}</p></div></div></div>" for paragraph in PARAGRAPHS),
        f"<form id='aspnetForm'>{PROSE}</form>",
        f"<div hidden id='S:0'>{PROSE}</div>",
        f"{PROSE}<div class='share'><a href='/f'>Share on Facebook</a> <a href='/t'>Tweet</a></div>",
        f"{PROSE}<div class='related'><h3>More stories</h3>{MENU}</div>",
    ],
    ids=["plain", "container", "wrapped", "form", "streamed", "share", "related"],
)
def test_the_body_is_the_paragraphs(content: str) -> None:
    assert extract(page(content)).body == TEXT


def test_a_declared_body_is_used_if_the_page_shows_no_text() -> None:
    body = TEXT.replace("\n", "\\n").replace('"', '\\"')
    head = f'<script type="application/ld+json">{{"@type": "NewsArticle", "articleBody": "{body}"}}</script>'
    article = extract(page("", head))
    assert (article.body, article.rules["body"]) == (TEXT, "json-ld articleBody")


def source(**selectors: object) -> Source:
    return Source(
        key="harbour",
        name="Harbour News",
        homepage="https://harbour.example/",
        selectors=Selectors(**selectors),  # type: ignore[arg-type]
    )


def test_the_selectors_of_a_source_take_precedence() -> None:
    own = source(body="div.text", remove=(".promo",), title="h2.kopf")
    html = page(
        "<h2 class=kopf>Own  title</h2><div class=text><p>Short.</p><p class=promo>Buy!</p><p>Text.</p></div>"
        + PROSE
    )
    article = extract_article(Page.from_text(html), source=own)
    assert (article.title, article.body, article.source) == ("Own title", "Short.\n\nText.", "harbour")
    assert (article.rules["title"], article.rules["body"]) == ("selector", "selector")


def test_a_selector_that_finds_nothing_falls_back_to_the_blocks_and_is_named_in_the_rule() -> None:
    article = extract_article(Page.from_text(page(PROSE)), source=source(body="div.gone"))
    assert (article.body, article.rules["body"]) == (TEXT, "selector empty, blocks")


def test_selectors_are_not_used_after_their_last_day() -> None:
    old = source(body="h1", valid_until=date(2026, 1, 1))
    article = extract_article(Page.from_text(page(PROSE)), source=old, now=datetime(2026, 1, 2, tzinfo=UTC))
    assert article.rules["body"] == "blocks"


def test_two_line_breaks_separate_blocks_and_one_separates_lines() -> None:
    blocks = read_blocks(Page.from_text("<div>One<br> two<br><br>three <b>four</b></div><p>five").tree)
    assert [block.text for block in blocks] == ["One\ntwo", "three four", "five"]


def test_scripts_and_buttons_are_not_read() -> None:
    html = "<p>a<script>b</script>c</p><button>d</button>e<style>f</style><svg><title>g</title></svg>"
    assert [block.text for block in read_blocks(Page.from_text(html).tree)] == ["ac", "e"]


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 200_000 + "end",
        "<p>word " * 300_000,
        "<div class='a b c'>x</div>" * 100_000,
        "a" * 2_000_000,
        "<br>" * 300_000,
        "<a href=x>" * 100_000 + "y",
    ],
    ids=["deep", "paragraphs", "divs", "one word", "breaks", "links"],
)
def test_hostile_pages_give_an_article_or_a_reason(html: str) -> None:
    article = extract(html)
    assert article.kind in PAGE_KINDS
    assert article.body or reject_reason(article)


def pages() -> list[bytes]:
    return [path.read_bytes() for path in sorted(FIXTURES.glob("*/page.html"))]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_mutated_pages_never_raise(data: st.DataObject) -> None:
    body = bytearray(data.draw(st.sampled_from(pages())))
    for _ in range(data.draw(st.integers(1, 8))):
        start = data.draw(st.integers(0, len(body)))
        end = start + data.draw(st.integers(0, 400))
        junk = data.draw(
            st.sampled_from(
                [
                    b"<div><p>",
                    b"</script>",
                    b"\0\xff\xfe",
                    b"<!--",
                    b'"',
                    b"]]>",
                    b"<table><td>",
                    b"&#x110000;",
                ]
            )
        )
        body[start:end] = junk * data.draw(st.integers(0, 30))
    article = extract(bytes(body), "https://mutant.example/1")
    assert article.kind in PAGE_KINDS
    assert "\0" not in article.body
