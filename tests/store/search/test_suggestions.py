""" "Did you mean", and what is marked in headlines and texts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from newsbot.query.parser import parse
from newsbot.store.database import Database
from newsbot.store.queries import MARK_END, MARK_START, Filters, find_articles, suggested_query
from newsbot.store.search.snippets import marked_title, snippet
from tests.store.samples import article, save

pytestmark = pytest.mark.slow_on_postgresql  # what depends on the database is tested with the store


@pytest.fixture(scope="module")
def three(module_database_url: str) -> Iterator[Database]:
    """Three articles. Only for reading."""
    database = Database(module_database_url).open()
    save(database, article(1, title="Angela Merkel opens the harbour", body="Of harbours and elections."))
    save(database, article(2, title="Harbour works", body="The harbour and the government."))
    save(database, article(3, title="Выборы", body="Выборы в городе", language="ru"))
    yield database
    database.close()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param("merkle", "merkel", id="swapped"),
        pytest.param("Angela Merkle -football", "Angela merkel -football", id="the rest stays"),
        pytest.param("harbor", "harbour", id="missing"),
        pytest.param("gouvernement", "government", id="two-differences"),
        pytest.param('"angela merkle"', '"angela merkel"', id="phrase"),
        pytest.param("title:harbuor OR merkle", "title:harbour OR merkel", id="field-and-or"),
        pytest.param("гоорде", "городе", id="cyrillic"),
        pytest.param("harbour submarines", None, id="nothing-alike"),
        pytest.param("harbours merkel government", None, id="every-word-is-there"),
        pytest.param("xyz", None, id="short"),
        pytest.param("1234567", None, id="number"),
        pytest.param("", None, id="empty"),
    ],
)
def test_suggestion(three: Database, query: str, expected: str | None) -> None:
    with three.read() as session:
        assert suggested_query(session, query) == expected


def test_search_without_results_suggests_another_query(three: Database) -> None:
    with three.read() as session:
        assert find_articles(session, "merkle", Filters(), limit=5).suggestion == "merkel"
        assert find_articles(session, "merkel", Filters(), limit=5).suggestion is None


@pytest.mark.parametrize(
    ("query", "language", "expected"),
    [
        ("protest", "en", "[Protests] in the city, [protest]-free"),
        ("=protests", "en", "[Protests] in the city, protest-free"),
        ("prot*", "en", "[Protests] in the city, [protest]-free"),
        ('"in the city"', "en", "Protests [in the city], protest-free"),
        ("title:city -protest", "en", "Protests in the [city], protest-free"),
        ("author:city topic:protests", "en", "Protests in the city, protest-free"),
        ("city NEAR/2 protesting", None, "Protests in the [city], protest-free"),
    ],
)
def test_headline_marks_what_was_found(query: str, language: str | None, expected: str) -> None:
    found = marked_title("Protests in the city, protest-free", parse(query), language)
    assert found is not None
    assert found.replace(MARK_START, "[").replace(MARK_END, "]") == expected


def test_words_of_the_title_alone_are_not_marked_in_the_text() -> None:
    assert MARK_START not in snippet("A harbour.", parse("title:harbour"), "en")
    assert MARK_START in snippet("Harbours.", parse("harbour"), "en")


def test_headline_cannot_forge_marks() -> None:
    assert marked_title(f"{MARK_START}forged{MARK_END}", parse("other"), "en") == " forged "
