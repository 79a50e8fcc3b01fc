"""Stubs on pages, in the API and in feeds."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from newsbot.ingest.record import record_reject
from newsbot.items import Article, Reject
from newsbot.store.database import Database
from newsbot.web.app import create_app
from newsbot.web.openapi import article_schemas, schemas
from tests.store.samples import NOW, article, save

ORIGINAL = "https://news.example/2026/walled"


@pytest.fixture
def site(database: Database) -> TestClient:
    """A site with one article and one stub, whose ids are 1 and 2."""
    save(database, article(url="https://news.example/2026/open"))
    left = Article(
        url=ORIGINAL, source="news.example", title="A walled harbour <b>", published_at=NOW, kind="stub"
    )
    with database.write() as session:
        reject = Reject(url=ORIGINAL, reason="paywall", stub=left)
        record_reject(session, reject, run_id=None, now=NOW)
    return TestClient(create_app(database, now=lambda: NOW), base_url="http://127.0.0.1")


def kinds(site: TestClient, address: str) -> list[str]:
    return [item["kind"] for item in site.get(address).json()["items"]]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("", ["stub", "article"]),
        ("kind=stub", ["stub"]),
        ("kind=article", ["article"]),
        ("kind=article,stub", ["stub", "article"]),
        ("kind=article&kind=stub", ["stub", "article"]),
        ("kind=live_blog", []),
        ("kind=", ["stub", "article"]),
    ],
)
def test_lists_are_filtered_by_kind(site: TestClient, asked: str, found: list[str]) -> None:
    assert kinds(site, f"/api/articles?{asked}") == found
    assert kinds(site, f"/api/search?q=harbour&sort=date&{asked}") == found


@pytest.mark.parametrize("address", ["/api/articles", "/api/search", "/search", "/feed.atom"])
def test_unknown_kind_is_an_error_that_says_what_is_accepted(site: TestClient, address: str) -> None:
    answer = site.get(f"{address}?kind=stub,podcast")
    assert answer.status_code == 422
    for word in ("podcast", "article", "live_blog", "stub"):
        assert word in answer.text


def test_next_part_of_a_list_keeps_the_kinds(site: TestClient) -> None:
    part = site.get("/api/articles?kind=stub,article&limit=1").json()
    assert [item["kind"] for item in part["items"]] == ["stub"]
    assert kinds(site, part["next"]) == ["article"]


def test_answers_are_what_their_description_says(site: TestClient) -> None:
    article_schemas.ArticleJson.model_validate(site.get("/api/articles/2").json(), strict=False)
    found = site.get("/api/search?q=walled").json()
    schemas.SearchPage.model_validate(found)
    assert (found["items"][0]["unread_reason"], found["facets"]["kind"]) == (
        "paywall",
        [{"value": "stub", "count": 1}],
    )
    counts = site.get("/api/stats").json()
    assert (counts["articles"], counts["stubs"]) == (1, 1)
    [source] = site.get("/api/sources").json()["items"]
    assert (source["article_count"], source["stub_count"]) == (1, 1)


def test_pages_say_why_there_is_no_text_and_lead_to_the_original(site: TestClient) -> None:
    for address in ("/articles/2", "/search?q=walled", "/search?kind=stub"):
        page = site.get(address).text
        assert "not readable here: paywall" in page, address
        assert f'href="{ORIGINAL}"' in page, address
        assert "<b>" not in page, address
    assert "not readable here" not in site.get("/articles/1").text
    assert "not readable here" not in site.get("/search?kind=article").text


def test_home_page_counts_stubs_apart_and_lists_articles_alone(site: TestClient) -> None:
    page = site.get("/").text
    assert "1 articles" in page
    assert '<a href="/search?kind=stub">1 stub</a>' in page
    assert "walled" not in page


def test_feeds_leave_stubs_out_unless_they_are_asked_for(site: TestClient) -> None:
    for path in ("/feed.atom", "/feed.json"):
        assert "walled" not in site.get(path).text
        assert "walled" in site.get(f"{path}?kind=stub").text
