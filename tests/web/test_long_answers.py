"""Answers of the API that are too long to be held in memory."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from newsbot.store.articles import loading
from newsbot.store.database import Database
from newsbot.web.api import article_api
from newsbot.web.app import create_app
from newsbot.web.serving import guard
from tests.store.samples import article, save
from tests.web.newsroom import NOW

ARTICLES = 7
BODY = "A paragraph of some length.\n\n" * 40


@pytest.fixture
def client(database: Database, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    for number in range(1, ARTICLES + 1):
        save(database, article(number, body=f"{number} {BODY}"))
    monkeypatch.setattr(loading, "PART_CHARS", 3 * len(BODY))
    return TestClient(create_app(database, now=lambda: NOW), base_url="http://127.0.0.1")


def pages_of(client: TestClient, address: str | None) -> list[list[int]]:
    pages = []
    while address:
        answer = client.get(address).json()
        pages.append([item["id"] for item in answer["items"]])
        address = answer["next"]
    return pages


@pytest.mark.parametrize(
    ("max_articles", "sizes"),
    [(100, [5, 2]), (3.5, [3, 3, 1]), (0, [1] * ARTICLES)],
    ids=["all", "some", "one"],
)
def test_page_ends_early_and_the_next_one_goes_on(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, max_articles: float, sizes: list[int]
) -> None:
    whole = [number for page in pages_of(client, "/api/articles?limit=2") for number in page]
    size = len(client.get("/api/articles/1").content)
    monkeypatch.setattr(article_api, "MAX_PAGE_BYTES", max_articles * size)
    pages = pages_of(client, "/api/articles?limit=5")
    assert [number for page in pages for number in page] == whole
    assert len(whole) == ARTICLES
    assert [len(page) for page in pages] == sizes


def test_answer_without_articles_is_whole(database: Database) -> None:
    client = TestClient(create_app(database, now=lambda: NOW), base_url="http://127.0.0.1")
    assert client.get("/api/articles").json() == {"items": [], "next": None}


def test_long_answer_is_sent_as_it_is_made_and_has_no_etag(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    short = client.get("/api/articles")
    assert client.get("/api/articles", headers={"If-None-Match": short.headers["etag"]}).status_code == 304
    monkeypatch.setattr(guard, "MAX_HELD_BYTES", 2_000)
    long = client.get("/api/articles")
    assert long.json() == short.json()
    assert not {"etag", "content-length"} & set(long.headers)
    assert long.headers["x-content-type-options"] == "nosniff"
    head = client.head("/api/articles")
    assert (head.status_code, head.content) == (200, b"")


def test_export_reads_long_articles_in_parts(client: TestClient, database: Database) -> None:
    with database.read() as session:
        parts = loading.article_parts(session, [3, 1, 2, 99, 4, 5])
    assert [number for part in parts for number in part] == [3, 1, 2, 99, 4, 5]
    assert max(map(len, parts)) == 3
