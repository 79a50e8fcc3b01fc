"""The page of watches: what is shown, how a search becomes a watch, and who may make one."""

from __future__ import annotations

import json
import re
import tomllib
from html import unescape
from typing import Any

import pytest
from starlette.testclient import TestClient

from newsbot.outputs.watches.watch_list import run_watches
from newsbot.store.database import Database
from newsbot.store.queries import stored_watches
from newsbot.web.app import create_app
from newsbot.web.serving.guard import MAX_FORM_BYTES, Access
from tests.outputs.configured import settings
from tests.store.samples import NOW, article, save

TOKEN = "a-token"
FILE_WATCH = {"name": "in-file", "query": "jobs", "notify": ["mailto://user:hush@mail.example"]}


def reader(database: Database, token: str = "", watch: list[dict[str, Any]] | None = None) -> TestClient:
    app = create_app(database, access=Access(token=token), watch=watch or [], now=lambda: NOW)
    headers = {"authorization": f"Bearer {token}"} if token else {}
    return TestClient(app, base_url="http://127.0.0.1", headers=headers, follow_redirects=False)


@pytest.fixture
def writer(database: Database) -> TestClient:
    """Somebody who has shown the token."""
    save(database, article(1))
    return reader(database, TOKEN)


def form_of(client: TestClient, address: str) -> dict[str, str]:
    """Return the fields of the form that makes a watch of a search."""
    html = client.get(address).text.partition('id="new"')[2].partition("</form>")[0]
    return {
        name: unescape(value) for name, value in re.findall(r'<input[^>]* name="(\w+)" value="([^"]*)"', html)
    }


def made(database: Database) -> dict[str, dict[str, Any]]:
    return database.ask(stored_watches)


def test_search_becomes_a_watch_that_finds_and_is_shown_with_its_feed(
    database: Database, writer: TestClient
) -> None:
    search = writer.get("/search?q=harb%C3%B6ur+OR+port&source=news.example&since=7d").text
    address = unescape(re.findall(r'href="(/watches\?[^"]+)"', search)[0])
    form = form_of(writer, address)
    answer = writer.post("/watches", data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, "/watches")
    assert made(database) == {
        form["name"]: {"query": "harböur OR port", "source": ["news.example"]},
    }
    save(database, article(2))
    [outcome] = run_watches(database, settings())
    assert outcome.done is not None
    assert outcome.done.found == 1
    html = writer.get("/watches").text
    assert "Harbour opened, part 2" in html
    assert "part 1" not in html  # stored before the watch was made
    feed = unescape(re.findall(r'href="(/feed.atom\?[^"]+)"', html)[0])
    assert "Harbour opened, part 2" in writer.get(feed).text
    [item] = writer.get("/api/watches").json()["items"]
    assert (item["article_count"], item["articles"][0]["title"]) == (1, "Harbour opened, part 2")

    removal = {"key": form["key"], "name": form["name"], "do": "remove"}
    assert writer.post("/watches", data=removal).status_code == 303
    assert made(database) == {}


def test_reader_without_a_token_gets_the_table_to_copy(database: Database) -> None:
    save(database, article(1))
    client = reader(database)
    html = client.get('/watches?q="port lindow"&language=en').text
    assert '<form class="query"' not in html
    block = unescape(re.findall(r"<code>(\[\[watch\]\].*?)</code>", html, re.DOTALL)[0])
    [table] = tomllib.loads(block)["watch"]
    assert (table["name"], table["query"], table["language"]) == ("port-lindow-en", '"port lindow"', ["en"])
    answer = client.post("/watches", data={"name": "a", "definition": "{}", "key": ""})
    assert (answer.status_code, made(database)) == (405, {})


def test_watches_of_the_file_are_shown_without_their_addresses(database: Database) -> None:
    client = reader(database, watch=[FILE_WATCH])
    html, listed = client.get("/watches").text, client.get("/api/watches").text
    assert "in-file" in html
    assert json.loads(listed)["items"][0]["query"] == "jobs"
    assert "hush" not in html + listed
    assert "mail.example" not in html + listed


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"key": "wrong"}, 403),
        ({"key": ""}, 403),
        ({"name": "Not A Name"}, 422),
        ({"name": "in-file"}, 422),
        ({"definition": "[]"}, 422),
        ({"definition": '{"notify": ["json://10.0.0.1"]}'}, 422),
        ({"definition": '{"webhook": "http://10.0.0.1"}'}, 422),
        ({"definition": '{"query": "\\"open"}'}, 422),
        ({"definition": '{"source": ["gone.example"]}'}, 422),
        ({"definition": '{"query": 7}'}, 422),
        ({"definition": "x" * MAX_FORM_BYTES}, 413),
    ],
    ids=lambda value: str(value)[:40],
)
def test_form_that_is_not_ours_or_asks_for_more_stores_nothing(
    database: Database, changes: dict[str, str], status: int
) -> None:
    save(database, article(1))
    client = reader(database, TOKEN, [FILE_WATCH])
    form = form_of(client, "/watches?q=harbour")
    assert client.post("/watches", data=form | changes).status_code == status
    assert made(database) == {}


def test_form_without_the_token_is_refused(database: Database, writer: TestClient) -> None:
    form = form_of(writer, "/watches?q=harbour")
    del writer.headers["authorization"]
    assert writer.post("/watches", data=form).status_code == 401
    assert made(database) == {}


def test_name_is_used_once(database: Database, writer: TestClient) -> None:
    form = form_of(writer, "/watches?q=harbour")
    assert [writer.post("/watches", data=form).status_code for _ in range(2)] == [303, 303]  # the same twice
    assert writer.post("/watches", data=form | {"definition": '{"query": "port"}'}).status_code == 422
    assert form_of(writer, "/watches?q=harbour")["name"] == "harbour-2"


def test_hostile_query_is_text(database: Database, writer: TestClient) -> None:
    html = writer.get("/watches", params={"q": '"</code><script>alert(1)</script>"'}).text
    assert "<script>alert" not in html
