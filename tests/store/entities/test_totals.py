"""Totals of entities and countries of places are those of the stored articles."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import func, select, text

from newsbot.items import Entity, Mention
from newsbot.store.articles.writer import save_article
from newsbot.store.database import Database
from newsbot.store.entities import totals
from newsbot.store.entities.merging import merge_entities, split_entity
from newsbot.store.queries import top_entities, top_places
from newsbot.store.schema.identity import article_keys
from newsbot.store.schema.models import EntityDelta
from newsbot.store.sql import deferred, waiting_rows
from newsbot.store.sql.locks import Rank
from tests.store.samples import LATER, NOW, article, save

LEBANON = "Tripoli lies in Lebanon. Tripoli is a port."
LIBYA = "Tripoli is the capital of Libya."

COUNTED = """
    SELECT entity_id, '' AS country, count(*) AS articles, sum(mention_count) AS mentions
    FROM article_entities GROUP BY entity_id
    UNION ALL
    SELECT entity_id, country, count(*), sum(mention_count)
    FROM article_entities WHERE country IS NOT NULL GROUP BY entity_id, country
    ORDER BY 1, 2
"""
KEPT = "SELECT * FROM entity_totals WHERE article_count > 0 ORDER BY entity_id, country"


def places_of(body: str) -> list[Entity]:
    names = [name for name in ("Tripoli", "Lebanon", "Libya") if name in body]
    return [
        Entity(
            name=name,
            type="LOC",
            mentions=[
                Mention(start=at, end=at + len(name), text=name, type="LOC")
                for at in range(len(body))
                if body.startswith(name, at)
            ],
        )
        for name in names
    ]


def store(database: Database, number: int, body: str) -> None:
    save(database, article(number, body=f"{body} {number}", entities=places_of(body)))


def assert_totals_are_true(database: Database) -> None:
    with database.read() as session:
        kept = [tuple(row) for row in session.execute(text(KEPT))]
        assert kept == [tuple(row) for row in session.execute(text(COUNTED))]


@pytest.fixture
def filled(database: Database) -> Database:
    for number, body in enumerate([LEBANON, LEBANON, LIBYA], 1):
        store(database, number, body)
    return database


def test_totals_follow_what_is_stored_revised_and_corrected(filled: Database) -> None:
    assert_totals_are_true(filled)
    revised = article(1, body=LIBYA, entities=places_of(LIBYA))
    assert save(filled, revised, now=LATER).outcome == "changed"
    assert_totals_are_true(filled)
    with filled.write() as session:
        merge_entities(session, "Lebanon", "Tripoli")
    assert_totals_are_true(filled)
    with filled.write() as session:
        split_entity(session, "Tripoli", "Lebanon")
    assert_totals_are_true(filled)
    with filled.read() as session:
        assert [(entity.name, entity.mention_count) for entity in top_entities(session)] == [
            ("Tripoli", 4),
            ("Libya", 2),
            ("Lebanon", 1),
        ]


def test_entity_that_is_in_no_article_any_longer_is_not_listed(filled: Database) -> None:
    with filled.write() as session:
        merge_entities(session, "Lebanon", "Libya")
    with filled.read() as session:
        assert [entity.name for entity in top_entities(session)] == ["Tripoli", "Libya"]


@pytest.mark.parametrize("since", [None, NOW.replace(year=2020)], ids=["ever", "since"])
def test_name_of_several_places_is_each_where_its_articles_mean_it(filled: Database, since: None) -> None:
    with filled.read() as session:
        found = top_places(session, since=since)
    assert [(place.name, place.country, place.article_count, place.mention_count) for place in found] == [
        ("Tripoli", "LB", 2, 4),
        ("Lebanon", "LB", 2, 2),
        ("Libya", "LY", 1, 1),
        ("Tripoli", "LY", 1, 1),
    ]


def test_place_that_is_merged_into_another_lies_where_that_one_does(filled: Database) -> None:
    with filled.write() as session:
        merge_entities(session, "Libya", "Lebanon")
    with filled.read() as session:
        found = {(place.name, place.country): place.article_count for place in top_places(session)}
    assert found == {("Tripoli", "LB"): 2, ("Lebanon", "LB"): 3, ("Tripoli", "LY"): 1}


def test_only_places_since_a_day_are_counted(filled: Database) -> None:
    with filled.read() as session:
        found = top_places(session, since=NOW.replace(year=2027))
    assert found == []


def changes_waiting(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(EntityDelta)) or 0


def test_totals_are_true_before_and_after_changes_are_added_to_the_sums(
    filled: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert changes_waiting(filled) > 0
    before = listed(filled)
    monkeypatch.setattr(totals, "FOLD_AFTER", 1)
    store(filled, 4, LIBYA)
    assert changes_waiting(filled) == 0
    assert_totals_are_true(filled)
    monkeypatch.setattr(totals, "FOLD_AFTER", 1_000)
    store(filled, 5, LEBANON)
    assert changes_waiting(filled) > 0
    assert_totals_are_true(filled)
    assert before == [("Tripoli", 5), ("Lebanon", 2), ("Libya", 1)]
    assert listed(filled) == [("Tripoli", 8), ("Lebanon", 3), ("Libya", 2)]


def listed(database: Database) -> list[tuple[str, int]]:
    with database.read() as session:
        return [(entity.name, entity.mention_count) for entity in top_entities(session)]


def test_transaction_that_is_rolled_back_after_adding_to_the_sums_loses_nothing(filled: Database) -> None:
    before, waiting = listed(filled), changes_waiting(filled)

    def fold_and_fail() -> None:
        with filled.write() as session:
            totals.fold(session.connection())
            raise KeyError("killed")

    with pytest.raises(KeyError):
        fold_and_fail()
    assert (listed(filled), changes_waiting(filled)) == (before, waiting)


def test_changes_are_added_to_the_sums_a_part_at_a_time(
    filled: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, waiting = listed(filled), changes_waiting(filled)
    monkeypatch.setattr(totals, "MAX_FOLDED", 2)
    with filled.write() as session:
        totals.fold(session.connection())
    assert changes_waiting(filled) == waiting - 2 > 0
    assert listed(filled) == before
    assert_totals_are_true(filled)


@pytest.mark.parametrize("fold_after", [1_000, 1], ids=["adding changes", "adding them to the sums"])
def test_transactions_that_name_the_same_entities_do_not_wait_for_each_other(
    database: Database, monkeypatch: pytest.MonkeyPatch, fold_after: int
) -> None:
    """Two writers have counted their entities before either commits."""
    if database.has_one_writer:
        pytest.skip("SQLite has one writer at a time")
    store(database, 1, LEBANON)
    monkeypatch.setattr(totals, "FOLD_AFTER", fold_after)
    both_have_counted = threading.Barrier(2, timeout=30)

    def write(number: int) -> None:
        body = f"{LEBANON} {number}"  # too short for near-duplicate keys, which would be locked
        place = article(number, body=body, entities=places_of(LEBANON))
        with database.write() as session:
            save_article(session, place, keys=article_keys(place), run_id=None, now=NOW)
            connection = session.connection()
            waiting_rows.send(connection)
            connection.info[deferred.PENDING].pop(Rank.ENTITY_TOTALS).write(connection)
            both_have_counted.wait()

    writers = [threading.Thread(target=write, args=(number,)) for number in (2, 3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert not both_have_counted.broken
    assert_totals_are_true(database)
    assert listed(database) == [("Tripoli", 6), ("Lebanon", 3)]
