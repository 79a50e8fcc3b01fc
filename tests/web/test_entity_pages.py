from __future__ import annotations

import csv
import io
import re
from datetime import date, timedelta

import pytest
from starlette.testclient import TestClient

from newsbot.items import Entity, Mention
from newsbot.store.database import Database
from newsbot.store.queries import EntityCount, Tie, entity_ties, entity_timeline, get_entity
from newsbot.web.app import create_app
from newsbot.web.entity_pages import MAX_DAYS, MIN_DAYS, Period, span
from newsbot.web.html.ties import in_order, tie_picture
from tests.store.samples import article, save
from tests.web.newsroom import NOW

FIRST = date(2026, 3, 1)


def _entity(client: TestClient, name: str) -> int:
    return int(re.findall(r"/entities/(\d+)", str(client.get("/entities", params={"name": name}).url))[0])


def _rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def test_timeline_has_a_minimum_and_a_maximum_length() -> None:
    assert span([(FIRST, 1)], Period()) == (FIRST - timedelta(days=MIN_DAYS - 1), FIRST)
    first, last = span([(date(1970, 1, 1), 3), (FIRST, 1)], Period())
    assert first
    assert last
    assert ((last - first).days + 1, last) == (MAX_DAYS, FIRST)
    assert span([(date(1, 1, 3), 1)], Period())[0] == date(1, 1, 1)
    assert span([], Period()) == (None, None)
    assert span([(FIRST, 1)], Period(since="2026-02-01", until="2026-04-01")) == (
        date(2026, 2, 1),
        date(2026, 4, 1),
    )


def test_days_bound_the_articles_the_chart_and_the_companions(client: TestClient) -> None:
    number = _entity(client, "Harbour Board")
    address = f"/entities/{number}/days.csv"
    header, *rows = _rows(client.get(address).text)
    assert header == ["day", "Harbour Board"]
    middle = rows[len(rows) // 2][0]
    later = _rows(client.get(f"{address}?since={middle}").text)[1:]
    earlier = _rows(client.get(f"{address}?until={middle}").text)[1:]
    assert all(row[0] >= middle for row in later)
    assert all(row[0] <= middle for row in earlier)
    total = sum(int(row[1]) for row in rows)
    assert sum(int(row[1]) for row in later) < total
    html = client.get(f"/entities/{number}?until={middle}").text
    assert f'value="{middle}"' in html
    days = re.findall(r'<time datetime="([\d-]+)', html)
    assert days
    assert max(days) <= str(date.fromisoformat(middle) + timedelta(days=1))


def test_an_entity_is_compared_with_another(client: TestClient) -> None:
    number = _entity(client, "Harbour Board")
    html = client.get(f"/entities/{number}?with=lisbon").text
    assert "<bdi>Harbour Board</bdi></li>" in html
    assert "<bdi>Lisbon</bdi></li>" in html
    assert f"/entities/{number}/days.csv?with=lisbon" in html
    assert _rows(client.get(f"/entities/{number}/days.csv?with=lisbon").text)[0][2] == "Lisbon"


def test_an_unknown_name_and_days_that_are_backwards_are_named(client: TestClient) -> None:
    number = _entity(client, "Harbour Board")
    html = client.get(f"/entities/{number}?with=Nobody").text
    assert "No article names <bdi>Nobody</bdi>" in html
    assert 'value="Nobody"' in html
    html = client.get(f"/entities/{number}?since=2026-03-10&until=2026-03-01").text
    assert "10 March 2026 is after 1 March 2026: all days are shown." in html
    assert "data-chart" in html


def test_days_without_articles_say_so(client: TestClient) -> None:
    html = client.get(f"/entities/{_entity(client, 'Harbour Board')}?until=2001-01-01").text
    assert "None from" in html or "None." in html
    assert "None on these days." in html


@pytest.mark.parametrize("query", ["since=foo", "until=2026-13-01", "wiht=Lisbon", "with=" + "a" * 300])
def test_parameters_that_are_not_understood_are_refused(client: TestClient, query: str) -> None:
    number = _entity(client, "Harbour Board")
    for address in (f"/entities/{number}", f"/entities/{number}/days.csv", f"/entities/{number}/ties.csv"):
        assert client.get(f"{address}?{query}").status_code == 422


def test_unknown_entities_have_no_numbers(client: TestClient) -> None:
    for name in ("days", "ties"):
        assert client.get(f"/entities/999999/{name}.csv").status_code == 404


def test_companions_have_counts_and_shares(client: TestClient) -> None:
    html = client.get(f"/entities/{_entity(client, 'Harbour Board')}").text
    assert re.search(r'articles,</span> <span class="quiet">\d+ %</span>', html)
    assert re.search(r"Counts and shares are of \d+ articles", html)


def test_who_is_named_with_whom_is_drawn_and_counted(database: Database) -> None:
    save(database, article(1))
    save(database, article(2))
    with database.read() as session:
        client = TestClient(create_app(database, now=lambda: NOW), base_url="http://127.0.0.1")
        number = _entity(client, "Ada Kovac")
        detail = get_entity(session, number)
        assert detail
        ids = {entity.name: entity.id for entity in detail.companions}
        [tie] = entity_ties(session, number, list(ids.values()))
        assert {tie.one_id, tie.other_id} == set(ids.values())
        assert tie.article_count == 2
        [one] = entity_ties(session, number, list(ids.values()), since=date(2026, 2, 28))
        assert one.article_count == 1
        assert sum(count for _, count in entity_timeline(session, number, until=date(2026, 2, 27))) == 1
    rows = _rows(client.get(f"/entities/{number}/ties.csv").text)
    assert rows[0] == ["one", "other", "articles"]
    assert rows[1][2] == "2"
    assert '<svg class="ties"' in client.get(f"/entities/{number}").text


def test_names_in_pictures_and_numbers_are_hostile(database: Database) -> None:
    names = ("=1+1", "</svg><script>alert(1)</script>", "Third")
    body = " and ".join(names)
    entities = [
        Entity(
            name=name,
            type="ORG",
            mentions=[
                Mention(start=body.index(name), end=body.index(name) + len(name), text=name, type="ORG")
            ],
        )
        for name in names
    ]
    save(database, article(1, body=body, entities=entities))
    client = TestClient(create_app(database, now=lambda: NOW), base_url="http://127.0.0.1")
    number = _entity(client, "Third")
    assert "<script>alert" not in client.get(f"/entities/{number}?with=%3D1%2B1").text
    assert "'=1+1" in client.get(f"/entities/{number}/ties.csv").text
    assert "'=1+1" in client.get(f"/entities/{number}/days.csv?with=%3D1%2B1").text


def _count(number: int, name: str) -> EntityCount:
    return EntityCount(id=number, name=name, type="PER", wikidata=None, article_count=2, mention_count=2)


def test_names_that_occur_together_follow_each_other() -> None:
    names = [_count(number, f"N{number}") for number in range(5)]
    ties = [Tie(0, 4, 9), Tie(1, 4, 5), Tie(2, 3, 1)]
    assert [entity.id for entity in in_order(names, ties)] == [0, 4, 1, 2, 3]


def test_long_names_are_cut_in_the_picture_and_whole_for_screen_readers() -> None:
    html = tie_picture([_count(1, "A" * 80), _count(2, "B")], [Tie(1, 2, 1)], root="/news")
    assert "A" * 25 + "…</text>" in html
    assert f'aria-label="{"A" * 80}"' in html
    assert 'href="/news/entities/1"' in html


def test_chart_has_shares_of_all_articles_of_its_days(client: TestClient) -> None:
    number = _entity(client, "Lisbon")
    page = client.get(f"/entities/{number}?with=Oslo&share=1&since=2026-03-01").text
    assert "Share of articles that mention them, by day" in page
    assert "Show counts" in page
    assert f"/entities/{number}?since=2026-03-01&amp;with=Oslo" in page
    header, *rows = _rows(client.get(f"/entities/{number}/days.csv?with=Oslo&share=1&since=2026-03-01").text)
    assert header == ["day", "Lisbon (share)", "Oslo (share)"]
    counted = _rows(
        client.get("/api/count?q=&kind=article,live_blog&by=day&since=2026-03-01&format=csv").text
    )
    everything = {day: int(count) for day, count in counted[1:]}
    numbers = _rows(client.get(f"/entities/{number}/days.csv?with=Oslo&since=2026-03-01").text)[1:]
    expected = {day: [round(int(n) / everything[day], 6) for n in pair] for day, *pair in numbers}
    shares = {day: [float(share) for share in pair] for day, *pair in rows}
    assert {day: shares[day] for day in expected} == expected
    assert any(any(pair) for pair in shares.values())


@pytest.mark.parametrize("path", ["/entities/1/days.csv?share=often", "/sources.csv?state=odd"])
def test_fault_of_a_table_is_told_to_programs(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
