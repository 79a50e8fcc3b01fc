"""Days are those where an article was published: in filters, counts, timelines and views."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from newsbot.items import local_day
from newsbot.store.database import Database
from newsbot.store.queries import Filters, entity_detail, find_articles, iter_articles, list_articles, stats
from newsbot.store.queries import search as find
from tests.store.samples import NOW, article, save

EVENING = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
OFFSETS = {1: -300, 2: None, 3: 840, 4: -720, 5: 60}
"""Number of an article that was published at `EVENING` -> its offset."""
DAYS = {
    1: date(2026, 3, 1),
    2: date(2026, 3, 2),
    3: date(2026, 3, 2),
    4: date(2026, 3, 1),
    5: date(2026, 3, 2),
}


@pytest.fixture
def published(database: Database) -> Database:
    for number, offset_min in OFFSETS.items():
        save(database, article(number, published_at=EVENING, published_offset_min=offset_min))
    for number, days in ((6, -20), (7, 20)):
        save(
            database,
            article(number, published_at=EVENING + timedelta(days=days)),
            now=NOW + timedelta(days=30),
        )
    return database


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"since": date(2026, 3, 2)}, {2, 3, 5, 7}),
        ({"until": date(2026, 3, 1)}, {1, 4, 6}),
        ({"since": date(2026, 3, 1), "until": date(2026, 3, 1)}, {1, 4}),
        ({"since": date(2026, 3, 2), "until": date(2026, 3, 2)}, {2, 3, 5}),
        ({"since": date(2026, 3, 3), "until": date(2026, 3, 3)}, set()),
        ({"since": EVENING}, {1, 2, 3, 4, 5, 7}),
        ({"since": date.min}, {1, 2, 3, 4, 5, 6, 7}),
        ({"until": date.max}, {1, 2, 3, 4, 5, 6, 7}),
        ({"since": date.max}, set()),
        ({"until": date.min}, set()),
        ({"until": EVENING - timedelta(seconds=1)}, {6}),
        ({"since": date(2026, 3, 2), "source": ("news.example",)}, {2, 3, 5, 7}),
    ],
)
def test_a_day_is_that_of_the_place_and_a_moment_is_one(
    published: Database, filters: dict[str, Any], expected: set[int]
) -> None:
    with published.read() as session:
        wanted = Filters(**filters)
        assert {stored.id for stored in iter_articles(session, wanted)} == expected
        assert {hit.id for hit in find(session, "harbour", wanted)} == expected
        entity = Filters(**filters, entity=("Ada Kovac",))
        for asked in (wanted, entity):
            listing = list_articles(session, asked, after=None, limit=20)
            assert {listed.article.id for listed in listing.articles} == expected
            assert find_articles(session, "mayor", asked, limit=1).total == len(expected)


def test_counts_and_timelines_are_of_local_days(published: Database) -> None:
    by_day = {date(2026, 2, 10): 1, date(2026, 3, 1): 2, date(2026, 3, 2): 3, date(2026, 3, 22): 1}
    with published.read() as session:
        assert dict(stats(session).by_day) == by_day
        detail = entity_detail(session, "Ada Kovac")
        later = entity_detail(session, "Ada Kovac", since=date(2026, 3, 2))
        rows = session.execute(text("SELECT id, day, published_offset_min FROM v_articles WHERE id <= 5"))
        view = {number: (day, offset_min) for number, day, offset_min in rows}
    assert detail is not None
    assert dict(detail.timeline) == by_day
    assert later is not None
    assert dict(later.timeline) == {day: count for day, count in by_day.items() if day >= date(2026, 3, 2)}
    assert view == {number: (DAYS[number].isoformat(), OFFSETS[number]) for number in OFFSETS}


def test_the_same_day_in_python() -> None:
    assert {number: local_day(EVENING, offset_min) for number, offset_min in OFFSETS.items()} == DAYS
