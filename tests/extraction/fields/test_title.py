from __future__ import annotations

import pytest

from newsbot.extraction.fields.evidence import PageEvidence
from newsbot.extraction.fields.title import read_title
from newsbot.extraction.page.page import Page

HEADLINE = "Night ferry returns after eleven years"


def title_of(head: str, body: str = "", url: str = "https://www.harbour-gazette.example/a") -> str | None:
    html = f"<html><head>{head}</head><body>{body}</body></html>"
    return read_title(PageEvidence(Page.from_text(html, url)))[0]


def og(title: str) -> str:
    return f'<meta property="og:title" content="{title}"><meta property="og:site_name" content="The Harbour Gazette">'


@pytest.mark.parametrize(
    "declared",
    [
        pytest.param(f"{HEADLINE} | The Harbour Gazette", id="bar"),
        pytest.param(f"{HEADLINE} - The Harbour Gazette", id="hyphen"),
        pytest.param(f"{HEADLINE} – harbour-gazette.example", id="host"),
        pytest.param(f"The Harbour Gazette » {HEADLINE}", id="in front"),
        pytest.param(f"{HEADLINE}｜The Harbour Gazette", id="full-width bar"),
        pytest.param(f"{HEADLINE} | The Harbour Gazette | 14.03.2026", id="with a date"),
        pytest.param(f"  {HEADLINE}\n", id="white space"),
    ],
)
def test_site_name_is_cut_off(declared: str) -> None:
    assert title_of(og(declared)) == HEADLINE


@pytest.mark.parametrize(
    "headline",
    [
        "Tit-for-tat in Harbour Gazette-style court",
        "AC/DC play the harbour",
        "Ferry returns - but who pays?",
        "Island school: a year without rain",
        "若葉橋：架け替えへ",
    ],
)
def test_separators_inside_a_headline_are_kept(headline: str) -> None:
    assert title_of(og(headline)) == headline


def test_section_is_cut_where_the_heading_shows_the_rest() -> None:
    assert title_of(og(f"{HEADLINE} | Islands"), f"<h1>{HEADLINE}</h1>") == HEADLINE
    assert title_of(og(f"Islands | {HEADLINE}"), f"<h1>{HEADLINE}</h1>") == HEADLINE


def test_json_ld_headline_is_used_without_open_graph() -> None:
    script = '<script type="application/ld+json">{"@type":"NewsArticle","headline":"Ferry &amp; plane &lt;b&gt;compete&lt;/b&gt;"}</script>'
    assert title_of(script) == "Ferry & plane compete"


def test_open_graph_title_that_is_only_the_site_name_is_skipped() -> None:
    assert title_of(og("The Harbour Gazette"), f"<h1>{HEADLINE}</h1>") == HEADLINE


def test_heading_that_is_a_logo_is_skipped() -> None:
    assert title_of(f"<title>{HEADLINE}</title>", f"<h1>Gazette for you</h1><h1>{HEADLINE}</h1>") == HEADLINE
    assert title_of(f"<title>{HEADLINE}</title>", "<h1>Gazette for you</h1>") == HEADLINE


@pytest.mark.parametrize(
    ("title", "headline"),
    [
        (f"{HEADLINE} - Gazette for you", HEADLINE),
        ("若葉橋の架け替え来年四月に着工へ-若葉新聞", "若葉橋の架け替え来年四月に着工へ"),
        ("Ferry - News", "Ferry - News"),
    ],
    ids=["site that nothing else names", "hyphen in Japanese", "too short to cut"],
)
def test_title_element_alone_loses_its_last_part(title: str, headline: str) -> None:
    assert title_of(f"<title>{title}</title>") == headline


def test_page_without_headings_has_no_title() -> None:
    assert title_of("") is None


@pytest.mark.parametrize("level", ["h2", "h3"])
def test_lower_heading_is_the_headline_if_the_h1_is_the_site_name(level: str) -> None:
    body = f"<h1><a href='/'>Harbour Gazette</a></h1><{level} class='posttitle'><a href='/a'>{HEADLINE}</a></{level}><h2>35 comments</h2>"
    assert title_of(f"<title>Harbour Gazette » {HEADLINE}</title>", body) == HEADLINE


def test_title_element_that_begins_with_the_site_name_loses_its_beginning() -> None:
    assert (
        title_of(f"<title>Harbour Gazette » {HEADLINE}</title>", "<h1><a href='/'>Harbour Gazette</a></h1>")
        == HEADLINE
    )
