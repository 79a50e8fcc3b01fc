"""No date in the future is believed, by whatever door it comes in."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from newsbot.capture import Capture
from newsbot.discovery.polls import read_poll
from newsbot.ingest.envelope import Envelope
from newsbot.ingest.read import read
from newsbot.items import FeedEntry
from newsbot.sources.catalog import catalog_of
from newsbot.sources.model import Source
from tests.pages import article_page

NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)
DAY = timedelta(days=1)
URL = "https://news.example/1"
SOURCE = Source(key="news", name="News", homepage="https://news.example/")


def envelope(capture: Capture) -> Envelope:
    item = read(capture, catalog_of({}), now=NOW)
    assert isinstance(item, Envelope)
    return item


def record(**values: Any) -> Envelope:
    line = {"url": URL, "title": "A", "body": "A text.", **values}
    return envelope(Capture(body=json.dumps(line).encode(), media="record"))


def page(**values: Any) -> Envelope:
    return envelope(Capture(body=article_page(1).encode(), url=URL, **values))


@pytest.mark.parametrize("warc_file", [None, "a.warc.gz"], ids=["file", "archive"])
@pytest.mark.parametrize("year", [2027, 9999])
def test_a_capture_from_the_future_was_made_now(year: int, warc_file: str | None) -> None:
    at = datetime(year, 12, 31, 23, 59, 59, tzinfo=UTC)
    item = page(retrieved_at=at, warc_file=warc_file, warc_offset=0)
    assert item.article.retrieved_at == item.observed_at(NOW) == NOW
    assert item.fetched is None or item.fetched.archived_at == NOW
    assert page(retrieved_at=NOW - DAY).article.retrieved_at == NOW - DAY


def test_times_of_an_import() -> None:
    later = "2027-01-01T00:00:00Z"
    provenance = {"retrieved_at": later}
    seen = {"first_seen_at": later, "last_seen_at": "9999-12-31T23:59:59Z", "revision": 2}
    item = record(
        published_at=later, published_offset_min=60, modified_at=later, provenance=provenance, **seen
    )
    article, known = item.article, item.export
    assert (article.published_at, article.published_offset_min, article.modified_at) == (None, None, None)
    assert article.retrieved_at == NOW
    assert known is not None
    assert (known.first_seen_at, known.last_seen_at) == (NOW, NOW)


def test_times_of_an_import_from_another_program() -> None:
    line = {"url": URL, "maintext": "A text.", "date_publish": "2031-01-01 00:00:00"}
    article = envelope(
        Capture(body=json.dumps({**line, "date_download": "2031-01-01"}).encode(), media="record")
    ).article
    assert (article.published_at, article.retrieved_at) == (None, NOW)


def test_dates_of_feeds() -> None:
    item = "<item><link>https://news.example/{0}</link><pubDate>{1}</pubDate><atom:updated>{2}</atom:updated></item>"
    items = item.format(1, "Wed, 20 May 2099 10:00:00 GMT", "2026-05-20T09:00:00Z")
    items += item.format(2, "Wed, 20 May 2026 10:00:00 +0200", "2099-05-20T09:00:00Z")
    feed = f'<rss xmlns:atom="http://www.w3.org/2005/Atom"><channel>{items}</channel></rss>'
    first, second = read_poll("feed", feed.encode(), "https://news.example/rss", SOURCE, now=NOW).links
    assert (first.published_at, first.modified_at) == (None, NOW - 3 * DAY / 24)
    assert (second.published_at, second.published_offset_min) == (NOW - 4 * DAY / 24, 120)
    assert second.modified_at is None


def test_dates_of_sitemaps() -> None:
    entry = "<url><loc>https://news.example/1</loc><lastmod>2031-05-20</lastmod></url>"
    sitemap = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entry}</urlset>'
    (link,) = read_poll(
        "sitemap", sitemap.encode(), "https://news.example/sitemap.xml", SOURCE, now=NOW
    ).links
    assert link.modified_at is None


def test_offset_of_a_feed_goes_with_its_date_and_not_with_that_of_the_page() -> None:
    undated = FeedEntry(published_at=NOW - DAY, published_offset_min=-240)
    body = b"<html lang=en><head><title>T</title></head><body><p>Some words of a page.</p></body></html>"
    article = envelope(Capture(body=body, url=URL, entry=undated)).article
    assert (article.published_at, article.published_offset_min) == (NOW - DAY, -240)
    dated = page(entry=undated).article
    assert dated.published_at != undated.published_at
    assert dated.published_offset_min != -240
