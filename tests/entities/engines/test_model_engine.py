"""The neural engine that ships."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from newsbot.entities.engine import Engine, load_engine

CASES = {
    "person, organisation, place": (
        "Angela Merkel met the European Commission in Brussels.",
        ["PER Angela Merkel", "ORG European Commission", "LOC Brussels"],
    ),
    "title is no part of the name": ("President Emmanuel Macron spoke.", ["PER Emmanuel Macron"]),
    "possessive": ("Angela Merkel’s party", ["PER Angela Merkel"]),
    "abbreviation": ("He flew to the U.S. on Monday.", ["LOC U.S."]),
    "saint": ("They met in St. Petersburg on Monday.", ["LOC St. Petersburg"]),
    "demonym is no mention": ("The German government said on Monday that it would wait.", []),
    "known organisation": ("The Kremlin said on Monday that it would wait.", ["ORG Kremlin"]),
    "nothing but a start": ("The rain was heavy.", []),
    "small letters only": ("angela merkel went to berlin", ["PER angela merkel", "LOC berlin"]),
    "other sentence": (
        "It rained in Spain. Nobody came. Angela Merkel did.",
        ["LOC Spain", "PER Angela Merkel"],
    ),
}


@pytest.fixture(scope="module")
def engine() -> Engine:
    return load_engine("model")


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES)
def test_names_are_found(engine: Engine, text: str, expected: list[str]) -> None:
    assert [f"{mention.type} {mention.text}" for mention in engine.recognize(text)] == expected


def test_only_english_is_read(engine: Engine) -> None:
    assert engine.supports("en")
    assert not engine.supports("de")


def test_sentence_longer_than_the_network_takes_is_read_in_parts(engine: Engine) -> None:
    text = "He saw " + ", ".join(["Angela Merkel"] * 120) + "."
    assert [mention.text for mention in engine.recognize(text)] == ["Angela Merkel"] * 120


def test_sentence_seen_before_gives_the_same_mentions(engine: Engine) -> None:
    text = "Angela Merkel met Emmanuel Macron in Berlin."
    assert engine.recognize(text) == engine.recognize(text)


def test_threads_get_the_same_results(engine: Engine) -> None:
    texts = [f"Angela Merkel met {name} Zorbin in Berlin." for name in ("Anna", "Boris", "Carl", "Dora")] * 5
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(engine.recognize, texts))
    assert together == [engine.recognize(text) for text in texts]
