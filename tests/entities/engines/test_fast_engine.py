"""The engine for bulk runs, and the numbers that it sees words as."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from newsbot.entities.engine import AUTO_ORDER, Engine, load_engine
from newsbot.entities.engines.fast_engine import BATCH_WORDS
from newsbot.entities.neural.token_features import FIRST_PIECE, NOTHING, SLOTS, WordFeatures
from newsbot.entities.neural.wordpiece import WordPiece

CASES = {
    "person, organisation, place": (
        "Angela Merkel met the European Commission in Brussels.",
        ["PER Angela Merkel", "ORG European Commission", "LOC Brussels"],
    ),
    "title is no part of the name": ("President Emmanuel Macron spoke.", ["PER Emmanuel Macron"]),
    "abbreviation": ("He flew to the U.S. on Monday.", ["LOC U.S."]),
    "demonym is no mention": ("The German government said on Monday that it would wait.", []),
    "known organisation": ("The Kremlin said on Monday that it would wait.", ["ORG Kremlin"]),
    "nothing but a start": ("The rain was heavy.", []),
    "other sentence": (
        "It rained in Spain. Nobody came. Angela Merkel did.",
        ["LOC Spain", "PER Angela Merkel"],
    ),
}
SENTENCE = "Angela Merkel met Emmanuel Macron of France in Berlin."


@pytest.fixture(scope="module")
def engine() -> Engine:
    return load_engine("fast")


def found(engine: Engine, text: str) -> list[str]:
    return [f"{mention.type} {mention.text}" for mention in engine.recognize(text)]


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES)
def test_names_are_found(engine: Engine, text: str, expected: list[str]) -> None:
    assert found(engine, text) == expected


def test_only_english_is_read(engine: Engine) -> None:
    assert engine.supports("en")
    assert not engine.supports("de")


def test_engine_is_used_only_if_configured() -> None:
    assert "fast" not in AUTO_ORDER


def test_names_of_a_sentence_do_not_depend_on_its_neighbours() -> None:
    alone = found(type(load_engine("fast"))(), SENTENCE)
    others = [f"{number} ministers of Spain and Anna Zorbin of NATO left for Rome." for number in range(60)]
    among = found(type(load_engine("fast"))(), "\n".join([*others, SENTENCE, *others]))
    assert among[60 * len(found(load_engine("fast"), others[0])) :][: len(alone)] == alone


def test_long_text_is_read_in_parts(engine: Engine) -> None:
    count = BATCH_WORDS // 4
    text = "\n".join(f"Angela Merkel spoke {number} times." for number in range(count))
    assert found(engine, text) == ["PER Angela Merkel"] * count


def test_sentence_longer_than_a_part_is_read(engine: Engine) -> None:
    names = found(engine, "He saw " + ", ".join(["Angela Merkel"] * BATCH_WORDS))
    assert names.count("PER Angela Merkel") > 0.99 * BATCH_WORDS


def test_threads_get_the_same_results(engine: Engine) -> None:
    texts = [f"Angela Merkel met {name} Zorbin in Berlin." for name in ("Anna", "Boris", "Carl", "Dora")] * 5
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(engine.recognize, texts))
    assert together == [engine.recognize(text) for text in texts]


VOCABULARY = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "holm", "##s"]


@pytest.mark.parametrize(
    ("word", "pieces"),
    [("Holms", [4, 5]), ("Lind", [1]), ("\u200b", [1]), ("\udc80", [1]), ("Holm" * 30, None)],
    ids=["pieces", "unknown", "invisible", "no text", "long"],
)
def test_every_word_has_the_same_number_of_features(word: str, pieces: list[int] | None) -> None:
    features = WordFeatures(WordPiece(VOCABULARY))
    numbers = features.of(word)
    assert len(numbers) == SLOTS
    assert 0 < numbers[0] < max(numbers) < features.row_count
    if pieces is not None:
        assert [number - FIRST_PIECE for number in numbers if number >= FIRST_PIECE] == pieces


def test_casing_changes_the_features() -> None:
    features = WordFeatures(WordPiece(VOCABULARY))
    assert len({features.of(word) for word in ("holm", "Holm", "HOLM", "Holms")}) == 4
    assert NOTHING not in {features.of(word) for word in ("holm", "-", "7")}
