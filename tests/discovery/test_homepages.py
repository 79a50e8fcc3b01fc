"""A homepage and nothing else. All sites are made up."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsbot.discovery.homepages import (
    advertised_feeds,
    likely_feeds,
    likely_sitemaps,
    news_sitemaps_first,
    propose_source,
    robots_url,
)
from newsbot.extraction.page.page import Page
from newsbot.sources.catalog import load_sources

HOMEPAGE = "https://www.courier.example/"
HEAD = """<link rel="alternate" type="application/rss+xml; charset=utf-8" title="All" href="/feed">
<link rel="alternate" type="application/rss+xml" title="Comments Feed" href="/comments/all">
<link rel="alternate" type="application/rss+xml" title="" href="/comments/feed/">
<link rel="alternate" type="application/atom+xml" href="https://feeds.proxy.example/courier">
<link rel="alternate" type="application/feed+json" href="/feed.json"><link rel="alternate" type="text/html" href="/de/">
<link rel="alternate" type="application/rss+xml" href="feed://courier.example/x">"""
BODY = """<a href="/feed">RSS</a><a href="/rss/politics.xml">Politics</a><a href="/rss-world.xml">World</a>
<a href="https://other.example/feed/">Partner</a><a href="/politics">Politics</a><a href="/feedback">Feedback</a>"""


def homepage(body: str = BODY, head: str = HEAD, attributes: str = 'lang="en-GB"') -> Page:
    return Page.from_text(f"<html {attributes}><head>{head}</head><body>{body}</body></html>", HOMEPAGE)


def test_advertised_feeds_come_before_links_that_look_like_feeds() -> None:
    assert advertised_feeds(homepage()) == [
        "https://www.courier.example/feed",
        "https://feeds.proxy.example/courier",
        "https://www.courier.example/feed.json",
        "https://www.courier.example/rss-world.xml",
    ]


def test_likely_urls_are_on_the_host_of_the_homepage() -> None:
    homepage_url = "https://courier.example/de/"
    places = [*likely_feeds(homepage_url), *likely_sitemaps(homepage_url), robots_url(homepage_url)]
    assert all(url.startswith("https://courier.example/") for url in places)
    assert len(set(places)) == len(places)
    assert places[-1] == "https://courier.example/robots.txt"


def test_news_sitemaps_come_first() -> None:
    sitemaps = [
        "https://x.example/pages.xml",
        "https://x.example/archive-2019.xml",
        "https://x.example/google-news.xml",
    ]
    assert news_sitemaps_first(sitemaps)[0] == "https://x.example/google-news.xml"


@pytest.mark.parametrize(
    ("head", "name"),
    [
        ('<meta property="og:site_name" content=\'The "Courier" \\ &#9; Été\'>', 'The "Courier" \\ Été'),
        ("", "courier.example"),
    ],
    ids=["named, with quotes", "not named"],
)
def test_proposed_source_can_be_loaded(head: str, name: str, tmp_path: Path) -> None:
    feed = 'https://courier.example/feed?a="b"'
    toml = propose_source(homepage(head=head), feeds=[feed], sections=[f"{HOMEPAGE}politics/"])
    file = tmp_path / "courier.toml"
    file.write_text(toml, encoding="utf-8")
    (source,) = load_sources(str(file)).values()
    assert (source.key, source.name, source.homepage, source.language) == ("courier", name, HOMEPAGE, "en")
    assert (source.feeds, source.sitemaps, source.sections) == ((feed,), (), (f"{HOMEPAGE}politics/",))


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://www.courier.example/", "courier"),
        ("https://news.courier.co.uk/", "news-courier"),
        ("https://courier.com.br/", "courier"),
        ("http://127.0.0.1:8000/", "127-0-0-1"),
        ("https://bücher.example/", "xn-bcher-kva"),
    ],
)
def test_key_comes_from_the_host(url: str, key: str) -> None:
    assert f'key = "{key}"\n' in propose_source(Page.from_text("<html>", url))
