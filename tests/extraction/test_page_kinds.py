from __future__ import annotations

import pytest

from newsbot.extraction import extract
from newsbot.extraction.page_kinds import reject_reason

PARAGRAPH = "<p>The orchestra played on through the power cut, by the light of two hundred telephones and one candle.</p>"
PROSE = PARAGRAPH + "".join(
    f"<p>Evening {n}: the second violin said it was the best concert in {n + 3} years of playing here.</p>"
    for n in range(20)
)
LINKS = "".join(
    f"<li><a href='/story-{n}'>A headline of one of the many stories, number {n}</a></li>" for n in range(40)
)


def json_ld(kind: str, more: str = "") -> str:
    return (
        f'<script type="application/ld+json">{{"@type": "{kind}", "headline": "The concert"{more}}}</script>'
    )


@pytest.mark.parametrize(
    ("head", "body", "kind"),
    [
        ("<title>The concert</title>", PROSE, "article"),
        (json_ld("NewsArticle", ', "isAccessibleForFree": false'), PROSE, "article"),
        (json_ld("NewsArticle", ', "isAccessibleForFree": false'), PARAGRAPH * 2, "paywall"),
        (json_ld("LiveBlogPosting"), PROSE, "live_blog"),
        (json_ld("ImageGallery"), PARAGRAPH, "gallery"),
        (json_ld("VideoObject"), PARAGRAPH, "video"),
        (json_ld("NewsArticle") + json_ld("VideoObject"), PARAGRAPH, "article"),
        ("<meta property='og:type' content='website'><title>News</title>", f"<ul>{LINKS}</ul>", "list"),
        (json_ld("CollectionPage"), f"<ul>{LINKS}</ul>", "list"),
        (
            "<title>404 - Page not found</title>",
            "<p>We looked everywhere for that page, and it is not here any more, sorry.</p>",
            "error",
        ),
        ("<title>Seite nicht gefunden</title>", PARAGRAPH, "error"),
        ("<title>Just a moment...</title>", "<p>Checking your browser before you go on.</p>", "error"),
        ("<title>The concert</title>", "", "empty"),
    ],
    ids=[
        "article",
        "paywalled in full",
        "teaser",
        "live blog",
        "gallery",
        "video",
        "article with video",
        "front page",
        "collection",
        "404",
        "german 404",
        "bot wall",
        "empty",
    ],
)
def test_kind_is_what_the_page_declares_and_shows(head: str, body: str, kind: str) -> None:
    article = extract(
        f"<html><head>{head}</head><body><h1>The concert</h1>{body}</body></html>", "https://news.example/a"
    )
    assert article.kind == kind
    assert article.rules["kind"]


def test_stored_kinds_have_no_reason_to_be_rejected() -> None:
    assert reject_reason(extract(f"<title>The concert</title><h1>The concert</h1>{PROSE}")) is None


def test_an_article_without_a_title_is_rejected_for_that() -> None:
    article = extract(PROSE)
    article.title = None
    assert reject_reason(article) == "no-title"


TEASERS = "".join(
    f"<li><h3><a href='/story-{n}'>The council votes on bridge number {n} after all</a></h3>"
    f"<p>The vote came late on Tuesday, after {n + 2} hours of talk about what the bridge would cost the town. “We have waited for"
    f" {n + 20} years,” said the mayor, who had asked for the vote; the opposition wants to see the plans again in {n + 3} months.</p></li>"
    for n in range(12)
)


def test_page_of_teasers_is_a_list_even_where_it_says_that_it_is_an_article() -> None:
    declared = "<meta property='og:type' content='article'><title>Politics</title>"
    assert (
        extract(
            f"<html><head>{declared}</head><body><main><h1>Politics</h1><ul>{TEASERS}</ul></main></body></html>"
        ).kind
        == "list"
    )


def test_article_that_declares_its_date_is_kept_however_it_is_set() -> None:
    head = json_ld("NewsArticle", ', "datePublished": "2026-05-03T10:00:00Z"')
    assert (
        extract(
            f"<html><head>{head}</head><body><main><h1>Politics</h1><ul>{TEASERS}</ul></main></body></html>"
        ).kind
        == "article"
    )


def test_sections_of_an_article_with_few_links_are_no_list() -> None:
    sections = "".join(f"<section><h2>Part {n}</h2>{PROSE}<a href='/{n}'>map</a></section>" for n in range(6))
    assert (
        extract(f"<html><head><title>A walk</title></head><body>{sections}</body></html>").kind == "article"
    )
