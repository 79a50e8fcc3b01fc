from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel
from starlette.testclient import TestClient

from newsbot.store.database import Database
from newsbot.store.queries import get_article, stored_json
from newsbot.web.openapi import article_schemas, schemas

ANSWERS: dict[str, type[BaseModel]] = {
    "/api/articles": article_schemas.ArticlePage,
    "/api/articles/1": article_schemas.ArticleDetail,
    "/api/articles/1/revisions": article_schemas.Revisions,
    "/api/stories/1": schemas.StoryMembers,
    "/api/search?q=council": schemas.SearchPage,
    "/api/entities": schemas.Entities,
    "/api/entities/1": schemas.EntityCountJson,
    "/api/entities/1/timeline": schemas.Timeline,
    "/api/stories": schemas.StoryPage,
    "/api/sources": schemas.Sources,
    "/api/stats": schemas.StatsJson,
}


def _items(client: TestClient, address: str | None) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while address:
        part = client.get(address).json()
        found += part["items"]
        address = part["next"]
    return found


@pytest.mark.parametrize(("address", "schema"), ANSWERS.items(), ids=ANSWERS.keys())
def test_answers_are_what_their_description_says(
    client: TestClient, address: str, schema: type[BaseModel]
) -> None:
    answer = client.get(address)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert set(answer.json()) == set(schema.model_fields)
    schema.model_validate(answer.json())


def test_article_is_the_same_as_in_show_and_export(client: TestClient, newsroom: Database) -> None:
    with newsroom.read() as session:
        stored = get_article(session, 7)
        assert stored is not None
    [address] = client.get("/api/articles/7").json()["addresses"]
    assert (address["until"], address["article_id"]) == (None, 7)
    added = {"addresses": [address], "former_articles": []}
    assert client.get("/api/articles/7").json() == stored_json(stored) | added


@pytest.mark.parametrize(
    "address", ["/api/articles?limit=7", "/api/articles?limit=9&source=harbour-post&since=2026-03-01"]
)
def test_following_next_lists_every_article_newest_first(client: TestClient, address: str) -> None:
    dates = [(item["published_at"], item["id"]) for item in _items(client, address)]
    assert len(set(dates)) == len(dates) > 20
    assert dates == sorted(dates, reverse=True)


def test_search_finds_the_same_in_pages_as_at_once(client: TestClient) -> None:
    at_once = [item["id"] for item in client.get("/api/search?q=tram&limit=100").json()["items"]]
    assert at_once
    assert [item["id"] for item in _items(client, "/api/search?q=tram&limit=3")] == at_once


def test_search_counts_agree_with_what_a_narrowed_search_finds(client: TestClient) -> None:
    found = client.get("/api/search?q=council").json()
    for field in ("source", "section", "language"):
        for value in found["facets"][field]:
            narrowed = client.get("/api/search", params={"q": "council", field: value["value"]}).json()
            assert narrowed["total"] == value["count"], (field, value)


def test_search_by_date_is_newest_first(client: TestClient) -> None:
    dates = [item["published_at"] for item in _items(client, "/api/search?q=council&sort=date&limit=5")]
    assert dates == sorted(dates, reverse=True)


@pytest.mark.parametrize(
    "asked",
    ["source=harbour-post", "q=tram", "language=de,fr", "source=harbour-post&q=council&entity=Lisbon"],
)
def test_stories_are_those_with_an_article_that_is_found(client: TestClient, asked: str) -> None:
    stories = {story["id"] for story in _items(client, f"/api/stories?{asked}&limit=3")}
    found = {item["story_id"] for item in _items(client, f"/api/search?{asked}&sort=date&limit=100")}
    several = {story["id"] for story in _items(client, "/api/stories")}
    assert stories == found & several != set()
    assert stories < several


def test_following_next_lists_every_story_once(client: TestClient) -> None:
    ids = [story["id"] for story in _items(client, "/api/stories?limit=2")]
    assert len(ids) == len(set(ids)) > 4


@pytest.mark.parametrize(
    ("address", "status"),
    {
        "/api/articles/999999": 404,
        "/api/articles/0": 404,
        "/api/articles/x": 404,
        "/api/entities/999999/timeline": 404,
        "/api/nothing": 404,
        "/api/articles?limit=0": 422,
        "/api/articles?limit=101": 422,
        "/api/articles?since=soon": 422,
        "/api/articles?cursor=!": 422,
        "/api/articles?cursor=WzFd": 422,
        "/api/search?sort=best": 422,
        "/api/entities?type=DOG": 422,
        "/api/search?q=" + "a" * 501: 422,
        "/feed.atom?since=soon": 422,
        "/feed.json?cursor=!": 422,
    }.items(),
)
def test_errors_are_problems(client: TestClient, address: str, status: int) -> None:
    answer = client.get(address)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert answer.json()["status"] == status
    assert answer.json()["detail"]


def test_made_up_cursor_is_an_error(client: TestClient) -> None:
    detail = client.get("/api/articles?cursor=!").json()["detail"]
    assert detail == "cursor: is none that this site has given"


def test_answer_with_a_known_etag_is_not_sent_again(client: TestClient) -> None:
    first = client.get("/api/articles/1")
    again = client.get("/api/articles/1", headers={"If-None-Match": f'"other", W/{first.headers["etag"]}'})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]


def test_entities_of_one_type_since_a_day(client: TestClient) -> None:
    items = client.get("/api/entities?type=LOC&since=2026-03-01&limit=5").json()["items"]
    assert len(items) == 5
    assert {entity["type"] for entity in items} == {"LOC"}


@pytest.mark.parametrize("given", ["", "&type=PER", "&since=2026-03-01", "&since=2026-03-10&type=LOC"])
def test_following_next_lists_every_entity_once_most_mentioned_first(client: TestClient, given: str) -> None:
    found = _items(client, f"/api/entities?limit=7{given}")
    ids = [entity["id"] for entity in found]
    counts = [entity["mention_count"] for entity in found]
    assert len(ids) == len(set(ids)) > 8
    assert counts == sorted(counts, reverse=True)
    assert found[:100] == client.get(f"/api/entities?limit=100{given}").json()["items"]


def test_entities_are_found_by_name_in_any_form(client: TestClient) -> None:
    [lisbon] = client.get("/api/entities?q=LISBON").json()["items"]
    assert (lisbon["name"], lisbon["type"]) == ("Lisbon", "LOC")
    assert client.get("/api/entities?q=lisbon&type=PER").json() == {"items": [], "next": None}
    assert client.get("/api/entities?q=Nobody&since=2026-03-01").json()["items"] == []


def test_following_next_lists_every_source_once(client: TestClient) -> None:
    keys = [source["key"] for source in _items(client, "/api/sources?limit=3")]
    assert len(keys) == len(set(keys)) == 10
    assert keys == [source["key"] for source in client.get("/api/sources").json()["items"]]


@pytest.mark.parametrize(
    "cursor", ["7fe0000000000000.0.999999999999999999", "ffe0000000000000.1.1", "0000000000000000.0.0"]
)
def test_made_up_positions_are_answered(client: TestClient, cursor: str) -> None:
    for path in (
        "/api/entities",
        "/api/entities?since=2026-03-01",
        "/api/sources",
        "/api/stories",
        "/api/articles",
    ):
        address = f"{path}{'&' if '?' in path else '?'}cursor={cursor}"
        assert client.get(address).status_code in {200, 422}, address


def test_every_list_says_where_it_goes_on(client: TestClient) -> None:
    for address in ANSWERS:
        answer = client.get(address).json()
        assert ("next" in answer) == ("items" in answer), address
