from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from newsbot.items import Entity, Mention, Reject, article_json
from newsbot.store.articles.loading import load_articles
from newsbot.store.crawl.rejects import save_reject
from newsbot.store.crawl.run_rows import start_run
from newsbot.store.database import Database
from newsbot.store.queries import (
    Filters,
    entity_detail,
    get_article,
    history,
    iter_articles,
    list_rejects,
    stats,
    stored_json,
    top_entities,
)
from newsbot.store.search import streams
from tests.store.samples import LATER, NOW, article, entities_of, load, save


@pytest.fixture(scope="module")
def five(module_database_url: str) -> Iterator[Database]:
    """Article `n` is dated `n` days before NOW; 4 is in German, 5 of another source and without names. For reading."""
    database = Database(module_database_url).open()
    _fill(database)
    yield database
    database.close()


def _fill(database: Database) -> None:
    for number in range(1, 6):
        given: dict[str, Any] = {"language": "de" if number == 4 else "en"}
        if number == 5:
            given |= {"source": "other.example", "body": "Nobody was there.", "published_at": None}
        save(database, article(number, **given), now=NOW - timedelta(days=10))


def _ids(database: Database, **given: Any) -> list[int]:
    with database.read() as session:
        return [stored.id for stored in iter_articles(session, Filters(**given))]


@pytest.mark.parametrize(
    "ref",
    [
        1,
        "1",
        "https://news.example/harbour/1",
        "http://www.news.example/harbour/1/?utm_source=feed#top",
        "news.example/harbour/1",
    ],
)
def test_article_is_found_by_id_or_any_form_of_its_url(database: Database, ref: int | str) -> None:
    save(database, article())
    assert load(database, ref).id == 1


@pytest.mark.parametrize(
    "ref", [2, "0", "9" * 50, "٣", "², not a number", "", "https://nobody.example/", "\x00\ud800"]
)
def test_unknown_article_is_none(database: Database, ref: int | str) -> None:
    save(database, article())
    with database.read() as session:
        assert get_article(session, ref) is None
        assert history(session, ref) is None


def test_json_has_the_fields_of_the_item_and_of_the_database(database: Database) -> None:
    save(database, article())
    told = stored_json(load(database, 1))
    known = [
        *("story_id", "duplicate_of", "duplicate_kind", "first_seen_at", "last_seen_at", "revision"),
        "agency",
    ]
    assert list(told) == ["id", *list(article_json(article()))[:-2], *known, "entities", "provenance"]
    assert {name: told[name] for name in article_json(article())} == article_json(article())
    assert told["first_seen_at"] == "2026-03-01T12:00:00Z"
    json.dumps(told)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param({}, [1, 2, 3, 4, 5], id="all"),
        pytest.param({"sort": "date"}, [1, 2, 3, 4, 5], id="newest-first"),
        pytest.param({"sort": "date", "limit": 2}, [1, 2], id="limit"),
        pytest.param({"limit": 0}, [], id="none"),
        pytest.param({"language": ("de",)}, [4], id="language"),
        pytest.param({"source": ("other.example",)}, [5], id="source"),
        pytest.param({"exclude_source": ("other.example",)}, [1, 2, 3, 4], id="without-source"),
        pytest.param({"source": ("other.example", "news.example"), "language": ("de",)}, [4], id="several"),
        pytest.param({"since": NOW - timedelta(days=2)}, [1, 2], id="since"),
        pytest.param({"until": NOW - timedelta(days=4)}, [4, 5], id="until"),
        pytest.param({"entity": ("ada  KOVAC",)}, [1, 2, 3, 4], id="entity"),
        pytest.param({"entity": ("Kovac",)}, [], id="unknown-entity"),
        pytest.param({"entity": ("port lindow",), "language": ("en",), "limit": 1}, [1], id="together"),
    ],
)
def test_filters_narrow_the_articles(five: Database, given: dict[str, Any], expected: list[int]) -> None:
    assert _ids(five, **given) == expected


@pytest.mark.parametrize("sort", ["id", "date"])
def test_articles_are_read_in_batches(five: Database, sort: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "BATCH", 2)
    sizes = []

    def counting(session: Any, ids: Any) -> Any:
        sizes.append(len(ids))
        return load_articles(session, ids)

    monkeypatch.setattr(streams, "load_articles", counting)
    assert _ids(five, sort=sort) == [1, 2, 3, 4, 5]
    assert sizes == [2, 2, 1]
    assert _ids(five, sort=sort, limit=3) == [1, 2, 3]
    assert sizes[3:] == [2, 1]


def test_articles_with_the_same_date_are_read_once(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "BATCH", 2)
    for number in range(1, 6):
        save(database, article(number, published_at=NOW))
    assert _ids(database, sort="date") == [5, 4, 3, 2, 1]


def test_history_has_values_before_and_after_every_change(database: Database) -> None:
    for hours, title in enumerate(["First", "Second", "Third"]):
        save(
            database,
            article(title=title, modified_at=NOW + timedelta(hours=hours)),
            now=NOW + timedelta(hours=hours),
        )
    with database.read() as session:
        changes = history(session, article().url)
    assert changes is not None
    assert [(change.revision, change.changed_at) for change in changes] == [
        (2, NOW + timedelta(hours=1)),
        (3, NOW + timedelta(hours=2)),
    ]
    assert [change.fields["title"] for change in changes] == [("First", "Second"), ("Second", "Third")]
    assert changes[0].fields["modified_at"] == ("2026-03-01T12:00:00Z", "2026-03-01T13:00:00Z")


def test_article_that_never_changed_has_no_history(database: Database) -> None:
    save(database, article())
    with database.read() as session:
        assert history(session, 1) == []


def test_most_mentioned_entities(five: Database) -> None:
    with five.read() as session:
        found = [
            (entity.name, entity.article_count, entity.mention_count) for entity in top_entities(session)
        ]
        assert found == [("Ada Kovac", 4, 4), ("Harbour Board", 4, 4), ("Port Lindow", 4, 4)]
        assert [entity.name for entity in top_entities(session, entity_type="LOC")] == ["Port Lindow"]
        assert top_entities(session, since=NOW - timedelta(days=2), limit=1)[0].article_count == 2
        assert top_entities(session, since=LATER) == []


def test_entity_with_its_aliases_companions_and_days(database: Database) -> None:
    _fill(database)
    surname = Mention(start=0, end=5, text="Kovac", type="PER")
    entity = Entity(
        name="Ada Kovac", type="PER", mentions=[surname, *entities_of(article(6).body)[0].mentions]
    )
    save(database, article(6, entities=[entity], published_at=NOW - timedelta(days=1)))
    for name in ("Ada Kovac", "kovac"):
        with database.read() as session:
            detail = entity_detail(session, name)
        assert detail is not None
        assert (detail.entity.name, detail.entity.type, detail.entity.article_count) == (
            "Ada Kovac",
            "PER",
            5,
        )
        assert detail.aliases == [("Ada Kovac", 5), ("Kovac", 1)]
        assert [(companion.name, companion.article_count) for companion in detail.companions] == [
            ("Harbour Board", 4),
            ("Port Lindow", 4),
        ]
        assert detail.timeline == [
            (date(2026, 2, day), count) for day, count in ((25, 1), (26, 1), (27, 1), (28, 2))
        ]
        assert [article.id for article in detail.articles] == [6, 1, 2, 3, 4]


def test_entity_that_no_article_mentions_is_none(database: Database) -> None:
    _fill(database)
    save(database, article(1, entities=[], entity_engine="rules 2"))
    with database.read() as session:
        assert entity_detail(session, "Nobody", limit=3) is None


def test_stats_count_what_is_stored(database: Database) -> None:
    _fill(database)
    save(database, article(6, body=article(8).body))
    save(database, article(7, body=article(8).body))
    save(database, article(1, title="Another"))
    with database.write() as session:
        start_run(session, spider="saved", arguments={}, version="1", now=NOW)
        save_reject(session, Reject(url="https://news.example/list", reason="list"), run_id=1, now=NOW)
    with database.read() as session:
        told = stats(session, days=2)
        assert [run.spider for run in told.last_runs] == ["saved"]
    assert (told.article_count, told.duplicate_count, told.revision_count) == (7, 1, 1)
    assert (told.entity_count, told.reject_count) == (3, 1)
    assert [(source.source, source.article_count) for source in told.by_source] == [
        ("news.example", 6),
        ("other.example", 1),
    ]
    assert told.by_language == [("en", 6), ("de", 1)]
    assert told.by_day == [(date(2026, 2, 28), 1), (date(2026, 2, 27), 1)]
    assert told.rejects_by_reason == [("list", 1)]


def test_days_are_in_utc(database: Database) -> None:
    for number, hour in ((1, 0), (2, 23)):
        save(database, article(number, published_at=NOW.replace(hour=hour, minute=30)))
    with database.read() as session:
        assert stats(session).by_day == [(date(2026, 3, 1), 2)]


def test_rejects_are_listed_by_reason_the_last_seen_first(database: Database) -> None:
    for number, reason in enumerate(["list", "gallery", "list"]):
        reject = Reject(url=f"https://news.example/{number}", reason=reason)
        with database.write() as session:
            save_reject(session, reject, run_id=None, now=NOW + timedelta(hours=number))
    with database.read() as session:
        urls = [reject.url[-1] for reject in list_rejects(session)]
        assert urls == ["2", "1", "0"]
        assert [reject.url[-1] for reject in list_rejects(session, reason="list")] == ["2", "0"]
        assert len(list_rejects(session, limit=1)) == 1
        assert list_rejects(session, reason="\x00'") == []
