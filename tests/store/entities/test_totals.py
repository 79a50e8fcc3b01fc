"""Totals of entities and countries of places are those of the stored articles."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from newsbot.items import Entity, Mention
from newsbot.store.database import Database
from newsbot.store.entities.merging import merge_entities, split_entity
from newsbot.store.queries import top_entities, top_places
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
