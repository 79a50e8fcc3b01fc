"""For which pages that cannot be read a stub is stored."""

from __future__ import annotations

from datetime import timedelta

import pytest

from newsbot.discovery.links import Link
from newsbot.ingest.stubs import find_stub
from newsbot.items import Article, Fetched, Reject
from newsbot.store.crawl.feed_entries import entry_json
from newsbot.store.database import Database
from newsbot.store.schema.identity import url_hash
from newsbot.store.schema.models import FrontierRow
from newsbot.urls import canonicalize
from tests.store.samples import NOW

URL = "https://news.example/2026/harbour"
SAID = Link(
    url=URL,
    title="  Harbour opened\nat last ",
    published_at=NOW - timedelta(hours=2),
    authors=("Mira Holt",),
    topics=("harbour",),
    language="en",
)
LEAVES = {
    # reason -> stub after the first try, stub after the last
    "paywall": (True, True),
    "error": (True, True),
    "empty": (True, True),
    "robots": (True, True),
    "too-large": (True, True),
    "http-401": (True, True),
    "http-402": (True, True),
    "http-403": (True, True),
    "http-404": (True, True),
    "http-410": (True, True),
    "http-451": (True, True),
    "http-400": (True, True),
    "http-500": (False, True),
    "http-503": (False, True),
    "http-429": (False, True),
    "fetch-failed": (False, True),
    "parse-failed": (False, True),
    "stage-failed": (False, True),
    "list": (False, False),
    "gallery": (False, False),
    "video": (False, False),
    "binary": (False, False),
    "no-title": (False, False),
    "offsite": (False, False),
    "ignored": (False, False),
    "held": (False, False),
    "private-network": (False, False),
    "unreadable": (False, False),
}


def listed(database: Database, link: Link = SAID, attempts: int = 1) -> None:
    """Store a link as a feed has listed it and the crawl has tried it."""
    with database.write() as session:
        row = FrontierRow(
            url_hash=url_hash(canonicalize(link.url)),
            url=link.url,
            source=None,
            state="leased",
            discovered_at=NOW,
            entry=entry_json(link),
            attempts=attempts,
        )
        session.add(row)


def stub(database: Database, reject: Reject) -> Article | None:
    with database.read() as session:
        return find_stub(session, reject, now=NOW)


def test_stub_by_the_reason_of_the_reject_and_the_number_of_tries(database: Database) -> None:
    found: dict[str, tuple[bool, ...]] = {}
    for reason in LEAVES:
        for attempts in (1, 8):
            url = f"{URL}/{reason}/{attempts}"
            listed(database, Link(url=url, title="Harbour opened"), attempts)
            is_left = stub(database, Reject(url=url, reason=reason)) is not None
            found[reason] = (*found.get(reason, ()), is_left)
    assert found == LEAVES


def test_stub_says_what_the_feed_says(database: Database) -> None:
    listed(database)
    fetched = Fetched(url=URL, status=200)
    found = stub(
        database,
        Reject(url="https://news.example/login", reason="paywall", source="example", fetched=fetched),
    )
    assert found == Article(
        url=URL,
        source="example",
        kind="stub",
        title="Harbour opened at last",
        published_at=SAID.published_at,
        authors=["Mira Holt"],
        topics=["harbour"],
        language="en",
        rules={
            "title": "feed title",
            "published_at": "feed date",
            "authors": "feed authors",
            "topics": "feed categories",
            "language": "feed language",
        },
    )


@pytest.mark.parametrize(
    "link", [Link(url=URL), Link(url=URL, title=" \n", authors=("Mira Holt",))], ids=["nothing", "no title"]
)
def test_no_stub_without_a_title(database: Database, link: Link) -> None:
    listed(database, link)
    assert stub(database, Reject(url=URL, reason="paywall")) is None


def test_no_stub_for_a_page_that_no_feed_lists(database: Database) -> None:
    assert stub(database, Reject(url=URL, reason="paywall")) is None


def test_source_is_the_host_if_none_is_known_and_a_date_in_the_future_is_not_believed(
    database: Database,
) -> None:
    listed(database, Link(url=URL, title="Harbour opened", published_at=NOW + timedelta(days=1)))
    found = stub(database, Reject(url=URL, reason="robots"))
    assert found is not None
    assert (found.source, found.published_at) == ("news.example", None)
