from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from newsbot.query.query_error import QueryError
from newsbot.store.articles.writer import save_article
from newsbot.store.database import Database
from newsbot.store.queries import MARK_END, MARK_START, Filters, search
from newsbot.store.schema.identity import article_keys
from tests.store.samples import NOW, article, load, save, save_all

TEXTS = (
    ("Harbour opens", "The mayor promised two hundred jobs at the Café Überfahrt."),
    ("Jobs, jobs, jobs", "Nothing was said of a harbour. Hundred and two people came."),
    ("東京都知事選挙の結果", "昨日、東京都で選挙が行われた。投票率は低かった。"),
    ("ผลการเลือกตั้ง", "การเลือกตั้งจัดขึ้นเมื่อวานนี้"),
    ("चुनाव के नतीजे", "मंत्री ने हिन्दी में भाषण दिया।"),
    ("Πόλη", "Η ΠΌΛΗ COVID-19 U.S. tariffs O'Neill"),
)


@pytest.fixture(scope="module")
def six(module_database_url: str) -> Iterator[Database]:
    """The six texts, each dated a day before the one in front of it. Only for reading."""
    database = Database(module_database_url).open()
    for number, (title, body) in enumerate(TEXTS, 1):
        save(database, article(number, title=title, body=body))
    yield database
    database.close()


def _found(database: Database, query: str, **given: Any) -> list[int]:
    with database.read() as session:
        return [hit.id for hit in search(session, query, Filters(**given))]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param("harbour", [1, 2], id="title-weighs-more"),
        pytest.param("jobs", [2, 1], id="title-weighs-more-2"),
        pytest.param("HARBOUR jobs", [2, 1], id="all-words"),
        pytest.param("harbour submarine", [], id="not-all-words"),
        pytest.param('"two hundred"', [1], id="phrase"),
        pytest.param('harbour -"two hundred"', [2], id="not-phrase"),
        pytest.param("jobs -mayor", [2], id="not"),
        pytest.param("-mayor", [2, 3, 4, 5, 6], id="only-not"),
        pytest.param("cafe uberfahrt", [1], id="accents"),
        pytest.param("東京", [3], id="two-characters"),
        pytest.param("東京都知事", [3], id="many-characters"),
        pytest.param("都", [3], id="one-character"),
        pytest.param("た", [3], id="last-character"),
        pytest.param("京東", [], id="order-of-characters"),
        pytest.param("選挙 -大阪", [3], id="not-characters"),
        pytest.param("選挙 -京", [], id="not-one-character"),
        pytest.param("เลือกตั้ง", [4], id="thai"),
        pytest.param("हिन्दी", [5], id="hindi"),
        pytest.param("हिन्द", [], id="hindi-vowels-count"),
        pytest.param("πολη", [6], id="greek"),
        pytest.param("covid-19", [6], id="hyphen"),
        pytest.param("O'Neill", [6], id="apostrophe"),
        pytest.param("u.s.", [6], id="full-stops"),
        pytest.param("bourse", [], id="absent"),
    ],
)
def test_search_finds(six: Database, query: str, expected: list[int]) -> None:
    assert _found(six, query) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param({"sort": "date"}, [1, 2], id="newest-first"),
        pytest.param({"limit": 1}, [1], id="limit"),
        pytest.param({"since": NOW - timedelta(days=1)}, [1], id="since"),
        pytest.param({"until": NOW - timedelta(days=2)}, [2], id="until"),
        pytest.param({"language": ("de",)}, [], id="language"),
        pytest.param({"source": ("news.example",)}, [1, 2], id="source"),
        pytest.param({"entity": ("Ada Kovac",)}, [], id="entity"),
    ],
)
def test_filters_narrow_a_search(six: Database, given: dict[str, Any], expected: list[int]) -> None:
    assert _found(six, "harbour", **given) == expected


HARMLESS = (
    "",
    " ",
    '"',
    '""',
    "'",
    "''",
    "harbour'",
    "\\",
    "*",
    "harbour*",
    "har*",
    "(",
    ")",
    "harbour OR",
    "AND",
    "NOT harbour",
    "NEAR(harbour jobs, 5)",
    "title:harbour",
    "^harbour",
    "harbour:*",
    "harbour & !",
    "a <-> b",
    "{title}: x",
    "%",
    "_",
    "?",
    ":terms",
    "%(terms)s",
    "-",
    "--",
    "- -",
    '-"',
    "\x00",
    "\ud800",
    "\ufffe",
    "😀",
    "👩‍👩‍👧‍👦 harbour",
    "\u202eharbour",
    "x" * 10_000,
    "harbour " * 1_250,
    '"' * 10_000,
    "-" * 10_000,
    "(" * 10_000,
    "東" * 10_000,
    "😀" * 10_000,
    "e\u0301" * 5_000,
    "\u0e31\u0e31",
    "\u0301",
    "ﷺ",
    "½",
    "\uff9f",
)


@pytest.mark.parametrize("query", HARMLESS, ids=[repr(query[:12]) for query in HARMLESS])
def test_no_query_fails_otherwise_than_with_its_own_error(six: Database, query: str) -> None:
    assert _is_answered(six, query)


def _is_answered(database: Database, query: str) -> bool:
    """Return whether a query finds some of the six articles or none, or is refused with a place in it, in one line."""
    try:
        return set(_found(database, query)) <= {1, 2, 3, 4, 5, 6}
    except QueryError as error:
        is_placed = 1 <= error.position <= len(query) + 1
        return is_placed and "\n" not in str(error) and error.pointer().count("\n") == 1


def test_no_text_makes_a_search_fail(six: Database) -> None:
    chance = random.Random(7)
    for _ in range(400):
        signs = [
            "OR ",
            " AND ",
            "NOT ",
            " NEAR/3 ",
            "title:",
            "lang:",
            *"ab東 \"'-*()\\:&|!<>%\0\ud800😀\u0e31=",
        ]
        query = "".join(chance.choices(signs, k=chance.randrange(30)))
        assert _is_answered(six, query), query


def test_changed_article_is_found_by_its_current_text(database: Database) -> None:
    save(database, article(1, title="Harbour opens", body="Of ships."))
    save(database, article(2, title="Harbour closes", body="Of ships."))
    save(database, article(1, title="Airport opens", body="Of planes and passengers."))
    assert _found(database, "harbour") == [2]
    assert _found(database, "airport passengers") == [1]
    save(database, article(2, title="Airfield closes", body="Of gliders."))
    assert _found(database, "harbour") == _found(database, "ships") == []


def test_article_stored_and_changed_in_one_transaction_is_found_by_its_last_text(database: Database) -> None:
    last = article(1, title="Airport opens", body="Of planes and passengers.", entities=[])
    save_all(database, [article(1, title="Harbour opens"), article(2, title="Harbour closes"), last])
    assert _found(database, "airport passengers") == [1]
    assert _found(database, "closes") == [2]
    assert _found(database, "=opens harbour") == []


def test_rolled_back_article_is_not_found(database: Database) -> None:
    saved = article(1, title="Harbour opens")
    with database.write() as session:
        save_article(session, saved, keys=article_keys(saved), run_id=None, now=NOW)
        session.rollback()
    save(database, article(2, title="Airport opens", body="Of planes.", entities=[]))
    assert _found(database, "opens") == [load(database, article(2).url).id]
    assert _found(database, "harbour") == []


def test_very_long_text_is_found_by_its_beginning(database: Database) -> None:
    save(database, article(1, body="start " + " ".join(f"w{i}" for i in range(30_000)), entities=[]))
    save(database, article(2, body="東京" * 30_000, entities=[]))
    assert _found(database, '"start w0 w1"') == [1]
    assert _found(database, "w9999") == [1]
    assert _found(database, "東京") == [2]


def _snippet(database: Database, query: str) -> str:
    with database.read() as session:
        found = search(session, query)[0].snippet
    return found.replace(MARK_START, "[").replace(MARK_END, "]")


@pytest.mark.parametrize(
    ("query", "snippet"),
    [
        ("jobs mayor", "The [mayor] promised two hundred [jobs] at the Café Überfahrt."),
        ('"two hundred"', "The mayor promised [two hundred] jobs at the Café Überfahrt."),
        ("cafe", "The mayor promised two hundred jobs at the [Café] Überfahrt."),
        ("opens", "The mayor promised two hundred jobs at the Café Überfahrt."),
        ("京都で", "昨日、東[京都で]選挙が行われた。投票率は低かった。"),
        ("率", "昨日、東京都で選挙が行われた。投票[率]は低かった。"),
    ],
)
def test_snippet_marks_what_was_found(six: Database, query: str, snippet: str) -> None:
    assert _snippet(six, query) == snippet


def test_snippet_shows_the_part_with_most_of_the_words(database: Database) -> None:
    filler = "Of other things. " * 40
    body = f"The harbour. {filler}\n\nThe mayor spoke of the harbour.\n\n{filler}"
    save(database, article(1, body=body))
    shown = _snippet(database, "mayor harbour")
    assert "The [mayor] spoke of the [harbour]. Of other" in shown
    assert shown.startswith("… ")
    assert shown.endswith(" …")
    assert len(shown) < 400


def test_text_cannot_forge_marks(database: Database) -> None:
    save(database, article(1, body=f"A {MARK_START}forged{MARK_END} harbour."))
    assert _snippet(database, "harbour") == "A forged [harbour]."
