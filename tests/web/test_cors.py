"""Pages of other sites that read the API: the CORS protocol, which a setting switches on."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from newsbot.errors import UsageError
from newsbot.settings import read_settings
from newsbot.store.database import Database
from newsbot.web.app import create_app
from newsbot.web.serving.guard import Access
from tests.web.newsroom import NOW

NOTEBOOK = "https://notebook.example"
PREFLIGHT = {"Origin": NOTEBOOK, "Access-Control-Request-Method": "GET"}


def client_of(database: Database, *cors: str, access: Access | None = None) -> TestClient:
    app = create_app(database, access=access, cors=cors, now=lambda: NOW)
    return TestClient(app, base_url="http://127.0.0.1")


def test_without_the_setting_no_other_site_may_read(newsroom: Database) -> None:
    client = client_of(newsroom)
    headers = client.get("/api/stats", headers={"Origin": NOTEBOOK}).headers
    assert not [name for name in headers if name.startswith("access-control")]
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert client.options("/api/stats", headers=PREFLIGHT).status_code == 405


@pytest.mark.parametrize(
    "address", ["/api/stats", "/api/nothing", "/api/search?a=1", "/feed.atom", "/openapi.json"]
)
def test_listed_site_may_read_answers_and_errors_of_the_api(newsroom: Database, address: str) -> None:
    client = client_of(newsroom, "https://other.example", NOTEBOOK)
    headers = client.get(address, headers={"Origin": NOTEBOOK}).headers
    assert headers["access-control-allow-origin"] == NOTEBOOK
    assert headers["vary"] == "Origin"
    assert headers["cross-origin-resource-policy"] == "cross-origin"
    assert "ETag" in headers["access-control-expose-headers"]


def test_unlisted_site_may_not_read(newsroom: Database) -> None:
    client = client_of(newsroom, NOTEBOOK)
    for origin in ("https://evil.example", "null", "", f"{NOTEBOOK}.evil.example"):
        headers = client.get("/api/stats", headers={"Origin": origin}).headers
        assert "access-control-allow-origin" not in headers
        assert headers["vary"] == "Origin"
        assert client.options("/api/stats", headers=PREFLIGHT | {"Origin": origin}).status_code == 403


def test_any_site_may_read_if_the_setting_says_so(newsroom: Database) -> None:
    client = client_of(newsroom, "*")
    for headers in ({"Origin": NOTEBOOK}, {"Origin": "null"}, {}):
        assert client.get("/api/stats", headers=headers).headers["access-control-allow-origin"] == "*"


def test_pages_remain_unreadable_for_other_sites(newsroom: Database) -> None:
    client = client_of(newsroom, "*")
    for address in ("/", "/search", "/static/style.css"):
        headers = client.get(address, headers={"Origin": NOTEBOOK}).headers
        assert "access-control-allow-origin" not in headers
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert client.options(address, headers=PREFLIGHT).status_code == 405


def test_browser_may_ask_before_it_sends_the_token(newsroom: Database) -> None:
    client = client_of(newsroom, NOTEBOOK, access=Access(token="hush"))
    asked = client.options(
        "/api/stats", headers=PREFLIGHT | {"Access-Control-Request-Headers": "authorization"}
    )
    assert (asked.status_code, asked.content) == (204, b"")
    assert "Authorization" in asked.headers["access-control-allow-headers"]
    assert asked.headers["access-control-allow-origin"] == NOTEBOOK
    refused = client.get("/api/stats", headers={"Origin": NOTEBOOK})
    assert (refused.status_code, refused.headers["access-control-allow-origin"]) == (401, NOTEBOOK)


def test_unchanged_answer_may_be_read_too(newsroom: Database) -> None:
    client = client_of(newsroom, NOTEBOOK)
    tag = client.get("/api/articles/1").headers["etag"]
    again = client.get("/api/articles/1", headers={"If-None-Match": tag, "Origin": NOTEBOOK})
    assert (again.status_code, again.headers["access-control-allow-origin"]) == (304, NOTEBOOK)


@pytest.mark.parametrize(
    "value",
    [
        "notebook.example",
        "https://notebook.example/path",
        "https://*.example",
        "ftp://a.example",
        "null",
        "https://a b",
        "https://a.example:port",
    ],
)
def test_wrong_origins_are_refused(value: str) -> None:
    with pytest.raises(UsageError, match=r"NEWSBOT_WEB_CORS is .*; accepted: origins of other sites"):
        read_settings({"NEWSBOT_WEB_CORS": value})


def test_origins_are_separated_by_commas() -> None:
    read = read_settings({"NEWSBOT_WEB_CORS": "https://A.example/, http://localhost:3000"}).web_cors
    assert read == ("https://a.example", "http://localhost:3000")
    assert read_settings({"NEWSBOT_WEB_CORS": "*"}).web_cors == ("*",)
    assert read_settings({}).web_cors == ()
