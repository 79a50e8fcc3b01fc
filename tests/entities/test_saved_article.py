"""The saved article: its people, organisations and places, complete and correct."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsbot.entities.engine import AUTO_ORDER, load_engine
from newsbot.entities.linking import link
from newsbot.errors import UsageError
from newsbot.items import Entity

FIXTURES = Path(__file__).parents[2] / "fixtures"
FIRST_WORDS = "A breakdown in relations between NATO and Russia"
EXPECTED = {
    ("PER", "Jens Stoltenberg"): ["Jens Stoltenberg", "Stoltenberg", "Stoltenberg", "Stoltenberg"],
    ("PER", "Sergey Lavrov"): ["Sergey Lavrov"],
    ("PER", "Maria Zakharova"): ["Maria Zakharova"],
    ("PER", "Heiko Maas"): ["Heiko Maas", "Maas"],
    ("ORG", "NATO"): ["NATO"] * 6,
    ("ORG", "Kremlin"): ["Kremlin"] * 2,
    ("LOC", "Moscow"): ["Moscow"] * 6,
    ("LOC", "Russia"): ["Russia"] * 7,
    ("LOC", "Brussels"): ["Brussels"],
    ("LOC", "Belgium"): ["Belgium"],
}
ROLES = {
    "Jens Stoltenberg": "Secretary General",
    "Sergey Lavrov": "Foreign Minister",
    "Maria Zakharova": "Foreign Ministry spokeswoman",
    "Heiko Maas": "Foreign Minister",
}


@pytest.fixture(scope="module")
def body() -> str:
    texts = (path.read_text(encoding="utf-8") for path in sorted(FIXTURES.rglob("*.txt")))
    text = next((text for text in texts if FIRST_WORDS in text), None)
    if text is None:
        pytest.skip("the saved article is not among the fixtures")
    return text[text.index(FIRST_WORDS) : text.index("Like this story?")].strip()


def engine_names() -> list[str]:
    names = []
    for name in AUTO_ORDER:
        try:
            load_engine(name)
        except UsageError:
            continue
        names.append(name)
    return names


@pytest.fixture(scope="module", params=engine_names())
def entities(request: pytest.FixtureRequest, body: str) -> dict[tuple[str, str], Entity]:
    found = link(load_engine(request.param).recognize(body, "en"), body)
    return {(entity.type, entity.name): entity for entity in found}


@pytest.mark.parametrize("identity", EXPECTED, ids=" ".join)
def test_every_mention_is_found_and_joined(
    entities: dict[tuple[str, str], Entity], identity: tuple[str, str]
) -> None:
    assert [mention.text for mention in entities[identity].mentions] == EXPECTED[identity]


@pytest.mark.parametrize("name", ROLES)
def test_role_in_apposition_is_kept(entities: dict[tuple[str, str], Entity], name: str) -> None:
    assert entities["PER", name].role == ROLES[name]


def test_offsets_slice_back_to_the_mention(entities: dict[tuple[str, str], Entity], body: str) -> None:
    mentions = [mention for entity in entities.values() for mention in entity.mentions]
    assert all(body[mention.start : mention.end] == mention.text for mention in mentions)


def test_nobody_else_is_a_person(entities: dict[tuple[str, str], Entity]) -> None:
    assert {name for kind, name in entities if kind == "PER"} == set(ROLES)
