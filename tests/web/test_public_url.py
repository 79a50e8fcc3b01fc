"""The site under a public URL: behind a proxy, at a path, and under changing names."""

from __future__ import annotations

import re
from typing import Any

import feedparser
import pytest
from starlette.testclient import TestClient

from newsbot.errors import UsageError
from newsbot.settings import read_settings
from newsbot.store.database import Database
from newsbot.web.app import create_app
from newsbot.web.serving.server import access_for
from tests.web.newsroom import NOW

URL = "https://news.example/desk"


def client_of(database: Database, *urls: str, host: str = "127.0.0.1", token: str = "") -> TestClient:
    access = access_for(host, token, urls)
    app = create_app(database, access=access, url=urls[0] if urls else None, now=lambda: NOW)
    return TestClient(app, base_url="http://127.0.0.1:8000", follow_redirects=False)


@pytest.mark.parametrize(
    ("host", "status"),
    [("news.example", 200), ("NEWS.example:443", 200), ("127.0.0.1:8000", 200), ("evil.example", 421)],
)
def test_site_answers_to_the_names_of_its_urls_and_its_own(
    newsroom: Database, host: str, status: int
) -> None:
    for client in (client_of(newsroom, URL), client_of(newsroom, URL, host="0.0.0.0")):
        assert client.get("/api/stats", headers={"Host": host}).status_code == status


@pytest.mark.parametrize("passed_on", ["", "/desk"], ids=["removed by the proxy", "passed on"])
def test_every_link_of_the_pages_is_below_the_path_of_the_url(newsroom: Database, passed_on: str) -> None:
    client = client_of(newsroom, URL)
    pages = ["/", "/search?q=council", "/entities", "/sources", "/api", "/articles/1", "/nothing"]
    links = set()
    for page in pages:
        html = client.get(passed_on + page).text
        links |= set(re.findall(r'(?:href|action|src)="(/[^"]*)"', html))
    assert len(links) > 50
    assert all(link.startswith("/desk/") for link in links)
    assert client.get("/desk").status_code == 200
    kinds = {re.sub(r"\d+|\?.*", "", link): link for link in sorted(links)}
    for link in kinds.values():
        assert client.get(link.replace("&amp;", "&")).status_code == 200, link


def test_lists_of_the_api_go_on_below_the_path(newsroom: Database) -> None:
    client = client_of(newsroom, URL)
    for path in ("/api/articles?limit=2", "/api/search?limit=2", "/api/stories?limit=2"):
        following = client.get(path).json()["next"]
        assert following.startswith("/desk/api/")
        assert client.get(following).status_code == 200
    assert client.get("/api/openapi.json").json()["servers"] == [{"url": URL}]
    assert client.get("/entities?name=Lisbon").headers["location"].startswith("/desk/entities/")
    assert client.get("/desk/api/nothing").headers["content-type"] == "application/problem+json"


def ids_and_links(client: TestClient, host: str) -> tuple[list[str], list[str]]:
    feed = feedparser.parse(client.get("/feed.atom?source=harbour-post", headers={"Host": host}).content)
    items: list[dict[str, Any]] = client.get("/feed.json", headers={"Host": host}).json()["items"]
    ids = [feed.feed.id, *(entry.id for entry in feed.entries), *(item["id"] for item in items)]
    return ids, [*(entry.link for entry in feed.entries), *(item["url"] for item in items)]


def test_ids_of_feeds_do_not_depend_on_the_address_but_links_do(newsroom: Database) -> None:
    plain, public = client_of(newsroom), client_of(newsroom, URL, "http://news.example:81/desk")
    ids, links = ids_and_links(plain, "localhost")
    assert all(link.startswith("http://localhost/articles/") for link in links)
    for client, host in ((plain, "127.0.0.1:9000"), (public, "news.example"), (public, "localhost")):
        others, addresses = ids_and_links(client, host)
        assert others == ids
        assert client is plain or all(address.startswith(URL) for address in addresses)


def test_what_a_proxy_says_of_the_address_is_not_believed(newsroom: Database) -> None:
    headers = {
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "https",
        "Forwarded": "host=evil.example",
    }
    for client in (client_of(newsroom), client_of(newsroom, URL)):
        for address in ("/feed.atom", "/feed.json", "/api/articles?limit=1", "/"):
            assert "evil.example" not in client.get(address, headers=headers).text


@pytest.mark.parametrize(
    "value",
    [
        "news.example",
        "ftp://news.example/",
        "https://",
        "https://me:hush@news.example/",
        "https://news.example/?a=b",
        "https://news.example/#a",
        "https://news.example:port/",
        "https://news.example/a//b",
        "https://news.example/<b>",
        "https://news.example/a,https://other.example/b",
    ],
)
def test_wrong_url_is_refused(value: str) -> None:
    with pytest.raises(UsageError, match=r"NEWSBOT_WEB_URL is .*; accepted: the URL of the site") as error:
        read_settings({"NEWSBOT_WEB_URL": value})
    assert "hush" not in str(error.value)


def test_several_urls_have_one_path() -> None:
    urls = "https://news.example/desk/, http://[::1]:8000/desk"
    assert read_settings({"NEWSBOT_WEB_URL": urls}).web_url == (URL, "http://[::1]:8000/desk")
