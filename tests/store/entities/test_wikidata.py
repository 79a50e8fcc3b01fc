"""Well-known entities: their Wikidata ids, from the tables and from imports, and their names in other scripts."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from newsbot.items import Entity, EntityType, Mention
from newsbot.store.articles.loading import stored_json
from newsbot.store.database import Database
from newsbot.store.entities.merging import merge_entities, split_entity
from newsbot.store.queries import entity_detail, top_entities
from newsbot.store.schema.models import EntityRow
from newsbot.store.search.filters import find_entities
from tests.store.samples import article, load, save


def _entity(name: str, kind: EntityType, body: str, wikidata: str | None = None) -> Entity:
    start = body.index(name)
    mention = Mention(start=start, end=start + len(name), text=name, type=kind)
    return Entity(name=name, type=kind, mentions=[mention], wikidata=wikidata)


def _save(database: Database, number: int, *named: tuple[str, EntityType, str | None]) -> None:
    body = f"Report {number}: {', '.join(name for name, *_ in named)} were named, and it was noted in the town hall."
    entities = [_entity(name, kind, body, wikidata) for name, kind, wikidata in named]
    save(database, article(number, body=body, entities=entities))


def _ids(database: Database) -> dict[str, str | None]:
    with database.read() as session:
        return dict(session.execute(select(EntityRow.name, EntityRow.wikidata)).all())


def test_id_of_the_tables_is_stored_shown_and_counted(database: Database) -> None:
    _save(database, 1, ("Berlin", "LOC", None), ("Ada Kovac", "PER", None), ("NATO", "ORG", None))
    assert _ids(database) == {"Berlin": "Q64", "Ada Kovac": None, "NATO": "Q7184"}
    shown = {
        entity["name"]: (entity["country"], entity["wikidata"])
        for entity in stored_json(load(database, 1))["entities"]
    }
    assert shown == {"Berlin": ("DE", "Q64"), "Ada Kovac": (None, None), "NATO": (None, "Q7184")}
    with database.read() as session:
        assert {count.name: count.wikidata for count in top_entities(session)} == _ids(database)
        detail = entity_detail(session, "Berlin")
    assert detail
    assert detail.entity.wikidata == "Q64"


def test_id_that_an_import_gives_is_kept(database: Database) -> None:
    _save(database, 1, ("Ada Kovac", "PER", "Q123"), ("Berlin", "LOC", "Q999"))
    assert _ids(database) == {"Ada Kovac": "Q123", "Berlin": "Q64"}


def test_corrected_name_has_the_id_of_its_own(database: Database) -> None:
    _save(database, 1, ("Harbour Board", "ORG", "Q1"), ("NATO", "ORG", None))
    with database.write() as session:
        merge_entities(session, "NATO", "Harbour Board")
        split_entity(session, "Harbour Board", "NATO", "Nato Singers")
    _save(database, 2, ("NATO", "ORG", None))
    assert _ids(database) == {"Harbour Board": "Q1", "NATO": "Q7184", "Nato Singers": None}


@pytest.mark.parametrize("name", ["Georgia", "Springfield"])
def test_name_of_several_places_has_no_id(database: Database, name: str) -> None:
    _save(database, 1, (name, "LOC", None))
    assert _ids(database) == {name: None}


@pytest.mark.parametrize("name", ["Putin", "プーチン", "Владимир Путин", "Vladimir Putin"])
def test_well_known_name_is_found_in_every_script(database: Database, name: str) -> None:
    _save(database, 1, ("Vladimir Putin", "PER", None), ("Ada Kovac", "PER", None))
    with database.read() as session:
        [found] = find_entities(session, name)
        assert session.get_one(EntityRow, found).name == "Vladimir Putin"
