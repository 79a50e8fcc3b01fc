"""Counts of the articles that queries find, side by side, against counting every article."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from newsbot.items import Article, local_day
from newsbot.store.counts.count_groups import BY, By
from newsbot.store.database import Database
from newsbot.store.queries import FilterError, Filters, attention, find_articles
from newsbot.store.schema.models import Source
from tests.store.samples import NOW, article, save

SOURCES = {"a.example": ("GB", ["uk", "daily"]), "b.example": ("GB", ["uk"]), "c.example": ("DE", [])}
WORDS = ("pine", "willow", "fir")
COUNT = 60


@pytest.fixture(scope="module")
def wood(module_database_url: str) -> Iterator[tuple[Database, list[Article]]]:
    """Articles of three sources over fifty days, which mention two people."""
    database = Database(module_database_url).open()
    stored = []
    for number in range(COUNT):
        body = f"A {WORDS[number % 3]} and a {WORDS[number % 2]}." + " Ada Kovac came." * (number % 4 == 0)
        told = article(
            number,
            title=f"Tree {number}",
            body=body,
            published_at=NOW - timedelta(days=number * 7 % 50, hours=number % 24),
            published_offset_min=(None, 600, -600)[number % 3],
            source=[*SOURCES, None][number % 4],
            language=("en", "de", None)[number % 3],
        )
        stored.append(told)
        save(database, told)
    with database.write() as session:
        for key, (country, tags) in SOURCES.items():
            session.execute(update(Source).where(Source.key == key).values(country=country, tags=tags))
    yield database, stored
    database.close()


def day_of(told: Article) -> date:
    assert told.published_at
    return local_day(told.published_at, told.published_offset_min)


def values_of(by: By, told: Article) -> list[str | None]:
    """Return the values by which an article is counted."""
    day = day_of(told)
    country, tags = SOURCES.get(told.source or "", (None, []))
    values: dict[By, list[str | None]] = {
        "day": [day.isoformat()],
        "week": [(day - timedelta(days=day.weekday())).isoformat()],
        "month": [f"{day:%Y-%m}"],
        "source": [told.source],
        "tag": [*tags] or [None],
        "language": [told.language],
        "country": [country],
        "entity": [entity.name for entity in told.entities],
    }
    return values[by]


@pytest.mark.parametrize("by", BY)
@pytest.mark.parametrize(
    "given", [{}, {"source": ("a.example", "c.example")}, {"since": NOW.date() - timedelta(days=20)}]
)
def test_counts_are_those_of_every_article(
    wood: tuple[Database, list[Article]], by: By, given: dict[str, Any]
) -> None:
    database, stored = wood
    queries = ("pine", "pine willow", "willow OR fir", "nothing")
    filters = Filters(**given)
    among = [
        told
        for told in stored
        if (not filters.source or told.source in filters.source)
        and (filters.since is None or day_of(told) >= filters.since)
    ]
    finds: tuple[Callable[[str], bool], ...] = (
        lambda body: "pine" in body,
        lambda body: "pine" in body and "willow" in body,
        lambda body: "willow" in body or "fir" in body,
        lambda body: False,
    )
    expected = [
        Counter(value for told in among if found(told.body) for value in values_of(by, told))
        for found in finds
    ]
    everything = Counter(value for told in among for value in values_of(by, told))
    with database.read() as session:
        counted = attention(session, queries, filters, by=by, with_shares=True)
        for number, query in enumerate(queries):
            found = {
                (row.name if by == "entity" else row.value): row.counts[number]
                for row in counted.rows
                if row.counts[number]
            }
            assert found == dict(expected[number]), query
            assert counted.total.counts[number] == find_articles(session, query, filters, limit=1).total
    assert {
        (row.name if by == "entity" else row.value): row.all_articles
        for row in counted.rows
        if row.all_articles
    }.items() <= everything.items()
    assert counted.total.all_articles == len(among)


def test_periods_have_no_gaps_and_reach_as_far_as_the_filters(wood: tuple[Database, list[Article]]) -> None:
    database, _ = wood
    since, until = NOW.date() - timedelta(days=70), NOW.date() + timedelta(days=3)
    with database.read() as session:
        rows = attention(session, ["pine"], Filters(since=since, until=until), by="day").rows
        assert [row.value for row in rows] == [
            (since + timedelta(days=number)).isoformat() for number in range((until - since).days + 1)
        ]
        far = Filters(since=date.min, until=date.max)
        inner = attention(session, ["pine"], far, by="month").rows
        assert 0 < len(inner) < 6
        assert inner[0].counts[0]
        assert inner[-1].counts[0]


def test_names_come_with_the_most_articles_first(wood: tuple[Database, list[Article]]) -> None:
    database, _ = wood
    with database.read() as session:
        rows = attention(session, ["pine", "fir"], Filters(), by="source").rows
    sums = [sum(row.counts) for row in rows]
    assert sums == sorted(sums, reverse=True)
    assert {row.value for row in rows} == {*SOURCES, None}


def test_share_is_of_all_articles_whatever_they_mention(wood: tuple[Database, list[Article]]) -> None:
    database, stored = wood
    with database.read() as session:
        counted = attention(session, [""], Filters(entity=("Ada Kovac",)), with_shares=True)
    assert counted.total.counts == (sum("Kovac" in told.body for told in stored),)
    assert counted.total.all_articles == len(stored)
    assert counted.total.shares == (counted.total.counts[0] / len(stored),)


def test_unknown_source_is_an_error(wood: tuple[Database, list[Article]]) -> None:
    database, _ = wood
    with database.read() as session, pytest.raises(FilterError, match=r"no source 'd\.example'"):
        attention(session, ["pine"], Filters(source=("d.example",)))
