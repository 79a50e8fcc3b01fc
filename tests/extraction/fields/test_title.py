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
    assert title_of(f"<title>{HEADLINE}</title>", '<h1><a href="/">Gazette for you</a></h1>') == HEADLINE


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


def test_wording_that_readers_see_is_preferred_to_one_for_social_media() -> None:
    head = '<title>Ferry is back | The Harbour Gazette</title><meta property="og:title" content="You will not believe which ferry sails again">'
    script = (
        f'<script type="application/ld+json">{{"@type": "NewsArticle", "headline": "{HEADLINE}"}}</script>'
    )
    assert title_of(head + script, f"<h1>{HEADLINE}</h1>") == HEADLINE


@pytest.mark.parametrize("name", ["og:site_name", "application-name", "apple-mobile-web-app-title"])
def test_headline_that_is_repeated_as_name_of_the_site_stays_the_headline(name: str) -> None:
    head = f'<title>{HEADLINE} | Portal</title><meta property="og:title" content="{HEADLINE}"><meta name="{name}" content="{HEADLINE}">'
    assert title_of(head, f"<h1>Portal</h1><h1>{HEADLINE}</h1>") == HEADLINE


@pytest.mark.parametrize(
    "title",
    [
        f"{HEADLINE} -- Harbour-Gazette.example",
        f"{HEADLINE}_Sound Daily",
        f"{HEADLINE}|Sound Daily",
        f"Sound Daily: {HEADLINE}",
        f"Sound Daily « {HEADLINE}",
    ],
)
def test_name_in_the_logo_is_a_name_of_the_site(title: str) -> None:
    body = f'<h1><a href="/">Sound Daily</a></h1><div><h2>{HEADLINE}</h2></div>'
    assert title_of(f"<title>{title}</title>", body) == HEADLINE


def test_heading_at_the_end_of_the_title_element_is_the_site_name() -> None:
    body = f"<h1>Sound Daily</h1><h2>{HEADLINE}</h2>"
    assert title_of(f"<title>{HEADLINE} - Sound Daily</title>", body) == HEADLINE


def test_headline_that_is_cut_is_completed() -> None:
    long = "Night ferry returns after eleven years because the harbour board has found two engineers who can mend its engine"
    script = f'<script type="application/ld+json">{{"@type": "NewsArticle", "headline": "{long[:100]}..."}}</script>'
    assert title_of(f"<title>{long}</title>{script}", f"<h1>{long}</h1>") == long


@pytest.mark.parametrize(
    "body", ["<h1>portal back to portal home</h1>", "<p>Text.</p>"], ids=["with a logo", "no heading"]
)
def test_headline_in_application_name_is_kept_without_a_heading(body: str) -> None:
    head = f'<title>{HEADLINE}</title><meta name="application-name" content="{HEADLINE}">'
    assert title_of(og(HEADLINE) + head, body) == HEADLINE


def test_heading_of_a_list_is_not_the_headline() -> None:
    body = "<p>Text.</p><h2>More from News</h2>"
    assert title_of(f"<title>{HEADLINE} - The Harbour Gazette</title>", body) == HEADLINE
