"""Corrections of entities apply to stored articles and to later ones."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from newsbot.entities.aliases import parse_aliases
from newsbot.errors import InputError, UsageError
from newsbot.items import Entity, EntityType, Mention
from newsbot.store.database import Database
from newsbot.store.entities.corrections import all_corrections
from newsbot.store.entities.merging import load_aliases, merge_entities, split_entity
from newsbot.store.queries import entity_detail
from newsbot.store.schema.models import ArticleEntity, EntityRow
from tests.store.samples import article, load, save

PLAIN = "Harbour Board met. Port Board met. The Board met.\n\nHarbour Board and Port Board agreed."


def named(name: str, *forms: str, kind: EntityType = "ORG", role: str | None = None) -> Entity:
    """Return an entity with every place of PLAIN that has one of its forms."""
    found = [
        Mention(start=PLAIN.find(form), end=PLAIN.find(form) + len(form), text=form, type=kind)
        for form in forms
    ]
    return Entity(name=name, type=kind, mentions=found, role=role)


HARBOUR = named("Harbour Board", "Harbour Board", "The Board")
PORT = named("Port Board", "Port Board")


def store(database: Database, number: int, *entities: Entity) -> None:
    save(
        database,
        article(number, title="Port Board decides", body=f"{PLAIN} {number}", entities=list(entities)),
    )


def merge(database: Database, name: str, into: str) -> int:
    with database.write() as session:
        return merge_entities(session, name, into)


def split(database: Database, name: str, form: str, own_name: str | None = None) -> int:
    with database.write() as session:
        return split_entity(session, name, form, own_name)


def entities_in(database: Database, number: int) -> dict[str, list[str]]:
    """Return name -> forms, of one article."""
    return {
        entity.name: [m.text for m in entity.mentions] for entity in load(database, number).article.entities
    }


def salience_of(database: Database, number: int) -> dict[str, float]:
    query = select(EntityRow.name, ArticleEntity.salience).join_from(ArticleEntity, EntityRow)
    with database.read() as session:
        return dict(session.execute(query.where(ArticleEntity.article_id == number)).all())


def test_merged_entities_are_one_before_and_after(database: Database) -> None:
    store(database, 1, HARBOUR, PORT)
    store(database, 2, PORT)
    assert merge(database, "Port Board", "Harbour Board") == 2
    store(database, 3, HARBOUR, PORT)
    assert entities_in(database, 1) == {"Harbour Board": ["Harbour Board", "Port Board", "The Board"]}
    assert entities_in(database, 2) == {"Harbour Board": ["Port Board"]}
    assert entities_in(database, 3) == entities_in(database, 1)
    with database.read() as session:
        detail = entity_detail(session, "port board")
    assert detail is not None
    assert (detail.entity.name, detail.entity.article_count, detail.entity.mention_count) == (
        "Harbour Board",
        3,
        7,
    )


def test_what_is_stored_later_is_as_salient_as_what_was_moved(database: Database) -> None:
    store(database, 1, HARBOUR, PORT)
    merge(database, "Port Board", "Harbour Board")
    store(database, 2, HARBOUR, PORT)
    assert salience_of(database, 1) == salience_of(database, 2) == {"Harbour Board": 0.875}


def test_merge_of_what_was_merged_into_leads_to_the_last_one(database: Database) -> None:
    store(database, 1, HARBOUR, PORT, named("Board", "Board"))
    merge(database, "Board", "Port Board")
    merge(database, "Port Board", "Harbour Board")
    store(database, 2, named("Board", "Board"))
    assert list(entities_in(database, 2)) == ["Harbour Board"]


def test_merge_the_other_way_round_replaces_the_first(database: Database) -> None:
    store(database, 1, HARBOUR, PORT)
    merge(database, "Port Board", "Harbour Board")
    with database.write() as session:
        load_aliases(session, parse_aliases(FILE.format("Port Board", "Harbour Board"), "a.toml"))
    store(database, 2, HARBOUR, PORT)
    assert list(entities_in(database, 1)) == list(entities_in(database, 2)) == ["Port Board"]


def test_entities_of_two_types_merge(database: Database) -> None:
    place = named("Port Board", "Port Board", kind="LOC")
    store(database, 1, place)
    store(database, 2, PORT)
    assert merge(database, "LOC:Port Board", "ORG:Port Board") == 1
    store(database, 3, place)
    assert [entity.type for entity in load(database, 3).article.entities] == ["ORG"]


def test_split_form_is_an_entity_of_its_own_before_and_after(database: Database) -> None:
    store(database, 1, HARBOUR)
    assert split(database, "Harbour Board", "the  board", "City Board") == 1
    store(database, 2, HARBOUR)
    expected = {"Harbour Board": ["Harbour Board"], "City Board": ["The Board"]}
    assert entities_in(database, 1) == entities_in(database, 2) == expected
    assert salience_of(database, 1) == salience_of(database, 2)


def test_split_undoes_a_merge(database: Database) -> None:
    store(database, 1, HARBOUR, PORT)
    merge(database, "Port Board", "Harbour Board")
    split(database, "Harbour Board", "Port Board")
    store(database, 2, HARBOUR, PORT)
    assert entities_in(database, 1) == entities_in(database, 2)
    assert entities_in(database, 1)["Port Board"] == ["Port Board"]


def test_split_holds_for_what_is_merged_into_the_entity(database: Database) -> None:
    store(database, 1, HARBOUR, named("Board", "Board", "The Board"))
    merge(database, "Board", "Harbour Board")
    split(database, "Harbour Board", "The Board", "City Board")
    store(database, 2, named("Board", "The Board"))
    assert list(entities_in(database, 2)) == ["City Board"]


def test_role_stays_with_the_name_that_it_stood_beside(database: Database) -> None:
    person = named("Ada Board", "Harbour Board", "The Board", kind="PER", role="mayor")
    store(database, 1, person)
    split(database, "Ada Board", "The Board")
    store(database, 2, person)
    for number in (1, 2):
        roles = {entity.name: entity.role for entity in load(database, number).article.entities}
        assert roles == {"Ada Board": "mayor", "The Board": None}


@pytest.mark.parametrize(
    ("name", "into", "error", "message"),
    [
        pytest.param("Nobody", "Port Board", InputError, "no entity 'Nobody'", id="unknown"),
        pytest.param(
            "Port Board", "Harbour Board", UsageError, "LOC:Port Board, ORG:Port Board", id="ambiguous"
        ),
        pytest.param("Harbour Board", "harbour board", UsageError, "one entity already", id="same"),
        pytest.param("", "\x00:\ud800", InputError, "no entity", id="hostile"),
    ],
)
def test_merge_that_cannot_be_meant(
    database: Database, name: str, into: str, error: type[Exception], message: str
) -> None:
    store(database, 1, HARBOUR, PORT, named("Port Board", "The Board", kind="LOC"))
    with pytest.raises(error, match=message):
        merge(database, name, into)
    with database.read() as session:
        assert all_corrections(session) == {}


@pytest.mark.parametrize(
    ("form", "error", "message"),
    [
        pytest.param("Council", InputError, "no article calls Harbour Board 'Council'", id="unknown"),
        pytest.param("Harbour Board", UsageError, "--as", id="same-name"),
    ],
)
def test_split_that_cannot_be_meant(
    database: Database, form: str, error: type[Exception], message: str
) -> None:
    store(database, 1, HARBOUR)
    with pytest.raises(error, match=message):
        split(database, "Harbour Board", form)


FILE = '[[entity]]\nname = "{}"\ntype = "ORG"\naliases = ["{}"]\n'


def test_alias_file_holds_for_names_met_before_and_after(database: Database) -> None:
    store(database, 1, PORT)
    with database.write() as session:
        entries = parse_aliases(FILE.format("Harbour Board", "Port Board"), "aliases.toml")
        assert [load_aliases(session, entries) for _ in range(2)] == [1, 1]
    store(database, 2, PORT)
    assert entities_in(database, 1) == entities_in(database, 2) == {"Harbour Board": ["Port Board"]}
