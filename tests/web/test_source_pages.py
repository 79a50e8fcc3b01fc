from __future__ import annotations

import csv
import io
import json
import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from sqlalchemy import update
from starlette.testclient import TestClient

from newsbot.sources.model import Source
from newsbot.store.crawl.feed_rows import sync_sources
from newsbot.store.database import Database
from newsbot.store.queries import source_coverage, source_detail, source_overviews
from newsbot.store.schema.models import Source as SourceRow
from newsbot.web.app import create_app
from tests.store.samples import article, save
from tests.web.newsroom import NOW


def _client(database: Database) -> TestClient:
    return TestClient(create_app(database, now=lambda: NOW), base_url="http://127.0.0.1")


def _source(database: Database, key: str, **given: Any) -> None:
    home = f"https://{key}/"
    with database.write() as session:
        source = Source(key=key, name=key.title(), homepage=home, feeds=(f"{home}f.xml",))
        sync_sources(session, [source], now=NOW - timedelta(days=30))
        if given:
            session.execute(update(SourceRow).where(SourceRow.key == key).values(**given))


def _keys(client: TestClient, query: str = "") -> list[str]:
    text = client.get(f"/sources.csv{query}").text
    return [row["key"] for row in csv.DictReader(io.StringIO(text))]


@pytest.fixture
def three(database: Database) -> TestClient:
    _source(database, "b.example", language="de", country="AT", tags=["national", "tabloid"])
    _source(database, "a.example", language="en", country="GB", tags=["national"])
    _source(database, "c.example")
    for number, source in ((1, "a.example"), (2, "b.example"), (3, "b.example")):
        save(
            database,
            article(number, source=source, published_at=NOW - timedelta(days=number), authors=[]),
            now=NOW,
        )
    return _client(database)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", "b a c"),
        ("?sort=name", "a b c"),
        ("?sort=newest", "a b c"),
        ("?sort=language", "a b c"),
        ("?sort=country", "b a c"),
        ("?language=de", "b"),
        ("?country=GB", "a"),
        ("?tag=national&sort=name", "a b"),
        ("?tag=tabloid", "b"),
        ("?state=silent", "c"),
        ("?state=fine&sort=name", "a b"),
        ("?state=flagged", ""),
        ("?name=B.EX", "b"),
        ("?language=de&country=GB", ""),
        ("?language=&country=&tag=&state=&name=", "b a c"),
    ],
)
def test_sources_are_sorted_and_filtered_by_their_address(
    three: TestClient, query: str, expected: str
) -> None:
    assert " ".join(key[0] for key in _keys(three, query)) == expected
    html = three.get(f"/sources{query}").text
    shown = re.findall(r'<th scope="row"><a class="source" href="/sources/(\w)', html)
    assert " ".join(shown) == expected


@pytest.mark.parametrize("query", ["sort=best", "state=bad", "colour=red", "tag=" + "x" * 300])
def test_what_is_not_understood_is_refused(three: TestClient, query: str) -> None:
    assert three.get(f"/sources?{query}").status_code == 422
    assert three.get(f"/sources.csv?{query}").status_code == 422


def test_a_source_shows_language_country_state_and_fields(three: TestClient) -> None:
    html = three.get("/sources?name=b.example").text
    assert "German" in html
    assert "Austria" in html
    assert "national, tabloid" in html
    assert "author 0 %" in html
    assert "1 of 3" in html
    assert "No source is like that" in three.get("/sources?tag=none").text


def test_health_of_sources_is_shown(client: TestClient) -> None:
    html = client.get("/sources?state=flagged").text
    assert re.search(r'<span class="state bad" title="[^"]*http-503[^"]*">failing feed</span>', html)
    assert _keys(client, "?state=flagged") == ["coast-wire"]
    assert _keys(client, "?sort=state")[0] == "coast-wire"


def test_articles_are_counted_on_their_day_of_publication_and_as_they_were_seen(database: Database) -> None:
    for number in range(3):
        save(database, article(number, published_at=NOW - timedelta(days=number)), now=NOW)
    with database.read() as session:
        [overview] = source_overviews(session, now=NOW)
        detail = source_detail(session, "news.example", now=NOW)
        assert source_coverage(session, ["news.example", "none"]) == {
            "news.example": detail.coverage if detail else None,
            "none": {},
        }
    assert detail
    today = NOW.date()
    for days in (overview.days, detail.days):
        assert [count for _, count in days][-4:] == [0, 1, 1, 1]
    assert dict(detail.seen_days)[today] == 3
    assert sum(count for _, count in detail.seen_days) == 3
    rows = list(csv.reader(io.StringIO(_client(database).get("/sources/news.example/days.csv").text)))
    assert rows[0] == ["day", "published", "first seen"]
    assert rows[-1] == [today.isoformat(), "1", "3"]


def _charts(html: str) -> list[list[str]]:
    found = re.findall('data-chart="([^"]*)"', html)
    return [[one["label"] for one in json.loads(unescape(text))["series"]] for text in found]


def test_a_backlog_has_a_chart_of_its_own(database: Database, client: TestClient) -> None:
    for number in range(12):
        save(database, article(number, published_at=NOW - timedelta(days=number)), now=NOW)
    assert _charts(_client(database).get("/sources/news.example").text) == [
        ["Published"],
        ["First seen by newsbot"],
    ]
    assert _charts(client.get("/sources/harbour-post").text) == [["Published", "First seen by newsbot"]]


def test_unknown_sources_have_no_numbers(client: TestClient) -> None:
    assert client.get("/sources/none/days.csv").status_code == 404


def test_names_of_sources_are_no_formulas(database: Database) -> None:
    _source(database, "a.example", name="=1+1", tags=["@x"])
    text = _client(database).get("/sources.csv").text
    assert "'=1+1" in text
    assert "'@x" in text
