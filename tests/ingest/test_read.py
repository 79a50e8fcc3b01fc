"""From a capture to an article: the source and its selectors, also where only the page names its address."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from newsbot.capture import Capture
from newsbot.ingest.envelope import Envelope
from newsbot.ingest.read import read
from newsbot.items import FeedEntry
from newsbot.sources.catalog import catalog_of
from newsbot.sources.model import Selectors, Source
from tests.pages import paragraphs

NOW = datetime(2026, 11, 28, tzinfo=UTC)
URL = "https://harbour.example/2026/council"
SOURCE = Source(
    key="harbour",
    name="Harbour",
    homepage="https://www.harbour.example/",
    timezone=ZoneInfo("America/New_York"),
    selectors=Selectors(title="h2.own"),
)
PAGE = (
    f'<html lang="en"><head><title>General</title><link rel="canonical" href="{URL}">'
    '<meta property="article:published_time" content="2026-05-04T10:00:00"></head><body><h1>General title</h1>'
    f'<h2 class="own">Own title of the source</h2>{"".join(f"<p>{text}</p>" for text in paragraphs(1))}</body></html>'
).encode()


@pytest.mark.parametrize(
    "url", [URL, "file:///pages/council.html", ""], ids=["address", "file", "standard input"]
)
def test_selectors_and_zone_are_those_of_the_source(url: str) -> None:
    item = read(Capture(body=PAGE, url=url), catalog_of({"harbour": SOURCE}), now=NOW)
    assert isinstance(item, Envelope)
    article = item.article
    assert (article.url, article.source, article.title) == (URL, "harbour", "Own title of the source")
    assert article.published_at == datetime(2026, 5, 4, 14, tzinfo=UTC)


def test_a_homepage_is_no_address_of_a_saved_page() -> None:
    page = PAGE.replace(URL.encode(), b"https://www.harbour.example/")
    item = read(Capture(body=page, url="file:///pages/council.html"), catalog_of({}), now=NOW)
    assert isinstance(item, Envelope)
    assert item.article.url == "file:///pages/council.html"


def claims_of(url: str, *, canonical: str = URL, former: str | None = None, lister: str = "") -> list[str]:
    """Return what counts as an own URL of a page, where a source has two hosts and another source lists strangers."""
    harbour = replace(SOURCE, hosts=("harbour-news.example",))
    other = Source(key="other", name="Other", homepage="https://other.example/", offsite="store")
    capture = Capture(
        body=PAGE.replace(URL.encode(), canonical.encode()),
        url=url,
        aliases=("https://short.example/1", "https://harbour-news.example/go/1"),
        source=lister or None,
        entry=FeedEntry(former_url=former),
    )
    item = read(capture, catalog_of({"harbour": harbour, "other": other}), now=NOW)
    assert isinstance(item, Envelope)
    return item.article.claims


def test_hosts_of_one_source_speak_for_each_other() -> None:
    assert claims_of("https://harbour.example/a") == ["https://harbour-news.example/go/1"]
    assert claims_of("https://harbour-news.example/a", canonical=URL) == [URL]
    assert claims_of("https://evil.example/a") == []


def test_only_the_own_feed_says_where_an_article_was() -> None:
    former = "https://harbour.example/before"
    own = claims_of(URL, former=former, lister="harbour")
    assert former in own
    assert former not in claims_of(URL, former=former, lister="other")
    assert former not in claims_of("https://other.example/a", former=former, lister="other")


@pytest.mark.parametrize(
    ("url", "address", "source"),
    [
        pytest.param(
            "https://harbour-example.cdn.ampproject.org/c/s/harbour.example/2026/council",
            URL,
            "harbour",
            id="cache",
        ),
        pytest.param(
            "https://www.google.com/amp/s/harbour.example/2026/council", URL, "harbour", id="viewer"
        ),
        pytest.param(
            "https://evil-example.cdn.ampproject.org/c/s/evil.example/x",
            "https://evil.example/x",
            "evil.example",
            id="cached page of another site",
        ),
        pytest.param(
            "https://evil.example/2026/https://harbour.example/2026/council",
            "https://evil.example/2026/https://harbour.example/2026/council",
            "evil.example",
            id="path that looks like an archive",
        ),
    ],
)
def test_page_of_a_cache_is_of_the_publisher_whose_address_the_cache_writes(
    url: str, address: str, source: str
) -> None:
    item = read(Capture(body=PAGE, url=url), catalog_of({"harbour": SOURCE}), now=NOW)
    assert isinstance(item, Envelope)
    assert (item.article.url, item.article.source) == (address, source)
