"""Related articles in the API and beside an article."""

from __future__ import annotations

from datetime import timedelta

from starlette.testclient import TestClient

from newsbot.embeddings import VERSION
from newsbot.store.articles.precomputed import Vector, precompute
from newsbot.store.articles.writer import save_article
from newsbot.store.database import Database
from newsbot.store.schema.identity import article_keys
from newsbot.web.app import create_app
from newsbot.web.openapi import article_schemas
from tests.embeddings.made_vectors import vector
from tests.store.samples import NOW, article


def reader(database: Database) -> TestClient:
    return TestClient(create_app(database, now=lambda: NOW), base_url="http://127.0.0.1")


def fill(database: Database, vectors: list[bytes | None]) -> None:
    for number, numbers in enumerate(vectors, 1):
        made = article(number, published_at=NOW - timedelta(hours=number))
        found = None if numbers is None else Vector(numbers, VERSION)
        with database.write() as session:
            save_article(
                session,
                made,
                keys=article_keys(made),
                run_id=None,
                now=NOW,
                precomputed=precompute(made, found),
            )


def test_the_api_lists_what_is_most_alike(database: Database) -> None:
    fill(database, [vector(100, 0), vector(100, 50), vector(100, 20), vector(0, 100), None])
    client = reader(database)
    answer = client.get("/api/articles/1/related").json()
    article_schemas.RelatedArticles.model_validate(answer)
    assert answer["is_embedded"] is True
    assert [item["id"] for item in answer["items"]] == [3, 2]
    assert answer["items"][0]["similarity"] == 0.981
    assert answer["items"][0]["published_day"] == "2026-03-01"
    assert [item["id"] for item in client.get("/api/articles/1/related?limit=1").json()["items"]] == [3]
    assert client.get("/api/articles/4/related").json() == {"is_embedded": True, "items": [], "next": None}
    assert client.get("/api/articles/5/related").json() == {"is_embedded": False, "items": [], "next": None}


def test_wrong_questions_are_problems(database: Database) -> None:
    fill(database, [vector(1, 0)])
    client = reader(database)
    assert client.get("/api/articles/9/related").status_code == 404
    for limit in ("0", "51", "many"):
        assert client.get(f"/api/articles/1/related?limit={limit}").status_code == 422


def test_the_page_shows_related_articles_where_there_are_any(database: Database) -> None:
    fill(database, [vector(100, 0), vector(100, 20), None])
    client = reader(database)
    shown = client.get("/articles/1").text
    assert "Related</h2>" in shown
    assert "Harbour opened, part 2" in shown
    assert "Related</h2>" not in client.get("/articles/3").text
