from __future__ import annotations

from typing import Any

import feedparser
import pytest
from lxml import etree
from sqlalchemy import select
from starlette.testclient import TestClient

from newsbot.discovery.feeds import parse_feed
from newsbot.items import utc_text
from newsbot.store.database import Database
from newsbot.store.following.arrivals import MAX_TEXT_CHARS
from newsbot.store.schema.models import ArticleRow
from newsbot.web.app import create_app
from newsbot.web.feeds.feed_documents import ATOM
from newsbot.web.syndication import ENTRIES
from tests.store.samples import LATER, article, save
from tests.web.newsroom import NOW

SEARCHES = ["", "?source=harbour-post", "?q=%22Harbour+Board%22", "?entity=Lisbon"]


@pytest.mark.parametrize("search", SEARCHES)
def test_atom_is_read_by_a_feed_parser_without_complaint(client: TestClient, search: str) -> None:
    answer = client.get(f"/feed.atom{search}")
    assert answer.headers["content-type"].startswith("application/atom+xml")
    feed = feedparser.parse(answer.content)
    assert (feed.bozo, feed.version) == (False, "atom10")
    assert 0 < len(feed.entries) <= ENTRIES
    assert all(entry.id and entry.title and entry.updated_parsed and entry.link for entry in feed.entries)


def test_atom_has_what_the_standard_demands(client: TestClient) -> None:
    root = etree.fromstring(client.get("/feed.atom").content)
    for element in (root, *root.iter(f"{{{ATOM}}}entry")):
        assert all(
            element.find(f"{{{ATOM}}}{tag}") is not None for tag in ("id", "title", "updated", "author")
        )
    ids = [entry.findtext(f"{{{ATOM}}}id") for entry in root.iter(f"{{{ATOM}}}entry")]
    assert len(ids) == ENTRIES
    assert len(ids) == len(set(ids))


def test_feed_without_entries_has_the_time_of_the_request(client: TestClient) -> None:
    root = etree.fromstring(client.get("/feed.atom?q=%22no+such+phrase%22").content)
    assert root.find(f"{{{ATOM}}}entry") is None
    assert root.findtext(f"{{{ATOM}}}updated") == utc_text(NOW)


def test_another_newsbot_can_follow_the_feed(client: TestClient) -> None:
    found = parse_feed(client.get("/feed.atom").content, "http://127.0.0.1/feed.atom")
    assert len(found.links) == ENTRIES


@pytest.mark.parametrize("search", SEARCHES)
def test_json_feed_has_what_the_standard_demands(client: TestClient, search: str) -> None:
    answer = client.get(f"/feed.json{search}")
    feed = answer.json()
    assert answer.headers["content-type"] == "application/feed+json"
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["title"]
    assert 0 < len(feed["items"]) <= ENTRIES
    assert all(item["id"] and item["content_text"] for item in feed["items"])


def test_a_feed_of_a_search_holds_what_the_search_finds(client: TestClient) -> None:
    found = client.get("/api/search?q=tram&sort=date&limit=50").json()["items"]
    feed = client.get("/feed.json?q=tram").json()["items"]
    assert {item["title"] for item in feed} == {item["title"] for item in found}


SEARCHED = [*SEARCHES, "?q=tram+-Lisbon", "?language=de", "?kind=live_blog,article&section=City"]


@pytest.mark.parametrize("search", SEARCHED)
def test_pages_of_a_feed_have_everything_that_the_search_finds_by_first_sight(
    client: TestClient, newsroom: Database, search: str
) -> None:
    found = [
        item["id"]
        for item in items_of(
            client, f"/api/search{search}{'&' if search else '?'}sort=date&limit=100", "next"
        )
    ]
    items = items_of(client, f"/feed.json{search}{'&' if search else '?'}limit=7", "next_url")
    ids = [int(item["url"].rpartition("/")[2]) for item in items]
    with newsroom.read() as session:
        times = dict(session.execute(select(ArticleRow.id, ArticleRow.first_seen_at)).all())
        stubs = set(session.scalars(select(ArticleRow.id).where(ArticleRow.kind == "stub")))
    wanted = sorted(set(found) - stubs, key=lambda id_: (times[id_], id_), reverse=True)
    assert ids == wanted != []


@pytest.mark.parametrize(
    "address", [*(f"/feed.atom{search}" for search in SEARCHED), "/edits.atom", "/edits.atom?silent=true"]
)
def test_pages_of_a_feed_are_linked_both_ways(client: TestClient, address: str) -> None:
    first = f"{address}{'&' if '?' in address else '?'}limit=6"
    forwards = pages_of_feed(client, first, "next")
    backwards = pages_of_feed(client, forwards[-1].feed.links[0].href, "previous")
    ids = [[entry.id for entry in page.entries] for page in forwards]
    assert [[entry.id for entry in page.entries] for page in reversed(backwards)] == ids
    assert len(ids) > 1
    assert {link.rel for link in forwards[0].feed.links} == {"self", "first", "next", "alternate"}


def pages_of_feed(client: TestClient, address: str, rel: str) -> list[Any]:
    """Return the pages to which links lead, from one page on."""
    pages, following = list[Any](), address
    while following:
        pages.append(feedparser.parse(client.get(following).content))
        links = {link.rel: link.href for link in pages[-1].feed.links}
        following = links.get(rel, "")
    return pages


def items_of(client: TestClient, address: str, following: str) -> list[Any]:
    items, next_ = list[Any](), address
    while next_:
        answer = client.get(next_).json()
        items += answer["items"]
        next_ = answer.get(following) or ""
    return items


def test_an_article_that_is_found_late_comes_first(database: Database) -> None:
    save(database, article(1))
    save(database, article(300), now=LATER)  # published 300 days earlier
    assert [item["title"][-3:] for item in client_of(database).get("/feed.json").json()["items"]] == [
        "300",
        "t 1",
    ]


def test_entries_have_authors_topics_and_the_text(database: Database) -> None:
    save(database, article(1))
    client = client_of(database)
    [item] = client.get("/feed.json").json()["items"]
    assert [author["name"] for author in item["authors"]] == ["Mira Holt", "Jon Abe"]
    assert item["tags"] == ["harbour", "jobs", "City"]
    assert item["summary"] == "A harbour, at last."
    assert item["content_text"] == article(1).body
    entry = feedparser.parse(client.get("/feed.atom").content).entries[0]
    assert [author.name for author in entry.authors] == ["Mira Holt", "Jon Abe"]
    assert [tag.term for tag in entry.tags] == item["tags"]
    assert article(1).body.partition("\n\n")[0] in entry.content[0].value


def test_a_long_text_is_cut_and_says_so(database: Database) -> None:
    save(database, article(1, body="A harbour word. " * 3000))
    [item] = client_of(database).get("/feed.json").json()["items"]
    assert MAX_TEXT_CHARS <= len(item["content_text"]) < MAX_TEXT_CHARS + 10
    assert item["content_text"].endswith("…")


def test_time_of_update_is_that_of_the_last_edit(database: Database) -> None:
    save(database, article(1))
    client = client_of(database)
    assert client.get("/feed.json").json()["items"][0]["date_modified"] == "2026-03-01T12:00:00Z"
    save(database, article(1, title="Harbour opened to nobody"), now=LATER)
    assert client.get("/feed.json").json()["items"][0]["date_modified"] == "2026-03-01T18:00:00Z"


@pytest.mark.parametrize("address", ["/feed.atom", "/feed.json", "/edits.atom", "/edits.json"])
def test_a_reader_that_has_the_feed_gets_nothing_again(client: TestClient, address: str) -> None:
    first = client.get(address)
    tag, modified = first.headers["etag"], first.headers["last-modified"]
    assert client.get(address, headers={"if-none-match": tag}).status_code == 304
    assert client.get(address, headers={"if-modified-since": modified}).status_code == 304
    old = {"if-modified-since": "Sun, 01 Mar 2020 00:00:00 GMT"}
    assert client.get(address, headers=old).status_code == 200
    other = {"if-none-match": '"other"', "if-modified-since": modified}
    assert client.get(address, headers=other).status_code == 200
    assert client.get(address, headers={"if-modified-since": "yesterday"}).status_code == 200


def client_of(database: Database) -> TestClient:
    return TestClient(create_app(database, now=lambda: NOW), base_url="http://127.0.0.1")


def test_titles_that_xml_cannot_hold_do_not_break_the_feed(database: Database) -> None:
    save(database, article(1, title="\x01 <b>]]>\ufffe & \u202e\ud800 🚢", url="https://news.example/\x01"))
    client = TestClient(create_app(database, now=lambda: NOW), base_url="http://127.0.0.1")
    feed = feedparser.parse(client.get("/feed.atom").content)
    assert not feed.bozo
    assert "🚢" in feed.entries[0].title
    assert client.get("/feed.json").json()["items"][0]["title"].endswith("🚢")
