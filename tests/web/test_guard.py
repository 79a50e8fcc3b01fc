from __future__ import annotations

import base64

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from newsbot.store.database import Database
from newsbot.web.app import create_app
from newsbot.web.serving import site
from newsbot.web.serving.guard import MAX_TARGET_BYTES, Access
from tests.web.newsroom import NOW

TOKEN = "let me in – please"


def client_of(database: Database, access: Access) -> TestClient:
    return TestClient(create_app(database, access=access, now=lambda: NOW), base_url="http://127.0.0.1:8000")


def _basic(password: str) -> str:
    return "Basic " + base64.b64encode(f"reader:{password}".encode()).decode()


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_methods_that_write_are_refused(client: TestClient, method: str) -> None:
    answer = client.request(method, "/api/articles")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


def test_head_has_the_headers_of_get_without_the_body(client: TestClient) -> None:
    got, head = client.get("/api/articles/1"), client.head("/api/articles/1")
    assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", got.headers["etag"])


@pytest.mark.parametrize(
    "address", ["/", "/api/stats", "/feed.atom", "/static/style.css", "/nothing", "/api/nothing"]
)
def test_every_answer_forbids_inline_scripts_and_other_hosts(client: TestClient, address: str) -> None:
    headers = client.get(address).headers
    assert headers["content-security-policy"].startswith(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
    )
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize(
    ("authorization", "status"),
    [
        (None, 401),
        ("Bearer wrong", 401),
        ("Bearer ", 401),
        (_basic("wrong"), 401),
        ("Basic %%%", 401),
        ("Digest x", 401),
        ("Bearer " + TOKEN, 200),
        ("bearer " + TOKEN, 200),
        (_basic(TOKEN), 200),
    ],
    ids=[
        "none",
        "wrong",
        "empty",
        "wrong password",
        "no base64",
        "another scheme",
        "bearer",
        "lower case",
        "password",
    ],
)
def test_token_is_required_if_one_is_set(database: Database, authorization: str | None, status: int) -> None:
    client = client_of(database, Access(token=TOKEN))
    headers = {} if authorization is None else {b"Authorization": authorization.encode()}
    answer = client.get("/api/stats", headers=headers)
    assert answer.status_code == status
    assert ("www-authenticate" in answer.headers) == (status == 401)


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("LOCALHOST:99", 200),
        ("127.0.0.1:8000", 200),
        ("[::1]:8000", 200),
        ("evil.example", 421),
        ("evil.example:8000", 421),
        ("", 421),
    ],
)
def test_host_names_that_are_not_its_own_are_refused(database: Database, host: str, status: int) -> None:
    client = client_of(database, Access(hosts={"localhost", "127.0.0.1", "::1"}))
    assert client.get("/api/stats", headers={"Host": host}).status_code == status


def test_too_long_addresses_are_refused(client: TestClient) -> None:
    assert client.get("/search?q=" + "a" * MAX_TARGET_BYTES).status_code == 414


def test_slow_statement_fails_and_the_next_one_does_not(
    newsroom: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_of(newsroom, Access())
    with newsroom.write() as session, monkeypatch.context() as patch:
        if newsroom.has_one_writer:  # readers never wait for a lock on SQLite, so any time must be too long
            patch.setattr(site, "STATEMENT_LIMIT_S", 0)
            patch.setattr("newsbot.store.sql.engines.PROGRESS_STEPS", 1)
        else:
            patch.setattr(site, "STATEMENT_LIMIT_S", 0.1)
            session.execute(text("LOCK TABLE articles"))
        refused = client.get("/api/articles?limit=100")
    assert refused.status_code == 503
    assert refused.json()["detail"].startswith("The database did not answer in time")
    assert client.get("/api/articles?limit=100").status_code == 200
