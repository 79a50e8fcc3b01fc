"""`GET /api/changes`: every change once, pages, cursors, errors."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from newsbot.store.database import Database
from newsbot.web.app import create_app
from tests.store.changes.follower import numbers
from tests.store.samples import LATER, article, save
from tests.web.newsroom import NOW


def items_from(client: TestClient, address: str) -> list[Any]:
    """Return the items of an answer and of all that follow it."""
    found: list[Any] = []
    following: str | None = address
    while following:
        answer = client.get(following).json()
        found += answer["items"]
        following = answer["next"]
    return found


def test_pages_have_every_change_once_in_order(client: TestClient, newsroom: Database) -> None:
    seen = [item["number"] for item in items_from(client, "/api/changes?limit=17")]
    assert seen == numbers(newsroom)


def test_filters_apply_to_all_pages(client: TestClient) -> None:
    every = items_from(client, "/api/changes")
    found = items_from(client, "/api/changes?limit=3&kind=revised,regrouped&source=harbour-post&language=en")
    wanted = [
        item["number"]
        for item in every
        if item["change"] in {"revised", "regrouped"} and item["article"]["source"] == "harbour-post"
    ]
    assert [item["number"] for item in found] == wanted != []


def test_silent_edits_alone(client: TestClient) -> None:
    silent = [item["number"] for item in items_from(client, "/api/changes") if item["is_silent"]]
    assert [item["number"] for item in items_from(client, "/api/changes?silent=true&limit=5")] == silent != []


def test_cursor_goes_on_also_after_an_empty_answer(database: Database) -> None:
    client = TestClient(create_app(database, now=lambda: NOW), base_url="http://127.0.0.1")
    empty = client.get("/api/changes").json()
    assert empty == {"items": [], "next": None, "cursor": "0"}
    save(database, article(1))
    first = client.get(f"/api/changes?cursor={empty['cursor']}").json()
    nothing = client.get(f"/api/changes?cursor={first['cursor']}").json()
    assert (nothing["items"], nothing["next"], nothing["cursor"]) == ([], None, first["cursor"])
    save(database, article(1, title="Harbour opened to nobody"), now=LATER)
    [item] = client.get(f"/api/changes?cursor={nothing['cursor']}").json()["items"]
    assert item["title"] == {"before": "Harbour opened, part 1", "after": "Harbour opened to nobody"}


@pytest.mark.parametrize(
    ("asked", "status", "said"),
    [
        ("cursor=x", 422, "cursor: "),
        ("cursor=-1", 422, "cursor: "),
        ("cursor=1%0A", 422, "cursor: "),
        ("cursor=999999", 404, "beyond the last change"),
        ("cursor=1-00000000", 404, "does not belong to this log"),
        ("kind=renewed", 422, "new, revised, corrected, gone, restored, regrouped, deleted"),
        ("limit=0", 422, "limit: "),
        ("limit=101", 422, "limit: "),
        ("source=lost", 422, "harbour-post"),
    ],
)
def test_bad_parameters_are_problems_that_say_what_is_accepted(
    client: TestClient, asked: str, status: int, said: str
) -> None:
    answer = client.get(f"/api/changes?{asked}")
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert said in answer.json()["detail"]
