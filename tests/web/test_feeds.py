from __future__ import annotations

import feedparser
import pytest
from lxml import etree
from starlette.testclient import TestClient

from newsbot.discovery.feeds import parse_feed
from newsbot.store.database import Database
from newsbot.web.app import create_app
from newsbot.web.syndication import ATOM, ENTRIES
from tests.store.samples import article, save
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
    assert [item["title"] for item in feed] == [item["title"] for item in found]


def test_titles_that_xml_cannot_hold_do_not_break_the_feed(database: Database) -> None:
    save(database, article(1, title="\x01 <b>]]>\ufffe & \u202e\ud800 🚢", url="https://news.example/\x01"))
    client = TestClient(create_app(database, now=lambda: NOW), base_url="http://127.0.0.1")
    feed = feedparser.parse(client.get("/feed.atom").content)
    assert not feed.bozo
    assert "🚢" in feed.entries[0].title
    assert client.get("/feed.json").json()["items"][0]["title"].endswith("🚢")
