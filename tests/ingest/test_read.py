"""From a capture to an article: the source and its selectors, also where only the page names its address."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from newsbot.capture import Capture
from newsbot.ingest.envelope import Envelope
from newsbot.ingest.read import read
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
