"""Every example of docs/query-language.md is a query, and finds something."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from newsbot.query.parser import MAX_DEPTH, MAX_DISTANCE, MAX_LEAVES, MIN_PREFIX_CHARS
from newsbot.query.query_error import QueryError
from newsbot.query.query_tree import FIELDS
from newsbot.store.database import Database
from newsbot.store.queries import Filters, check_query, count_articles
from tests.store.samples import article, save_all

pytestmark = pytest.mark.slow_on_postgresql  # what depends on the database is tested with the store

PAGE = (Path(__file__).parents[2] / "docs" / "query-language.md").read_text("utf-8")
TABLE = re.findall(r"^\| `([^`]+)` \|", PAGE, re.MULTILINE)
BLOCK = [line.strip() for line in re.findall(r"(?<=\n\n)(?: {4}[^$\n]+\n)+", PAGE)[0].splitlines()]


@pytest.fixture(scope="module")
def newsroom(module_database_url: str) -> Iterator[Database]:
    """Articles in which the examples find something. Only for reading."""
    database = Database(module_database_url).open()
    told = [
        article(
            1,
            title="Flood in the port of Lisbon",
            body="The flood reached the harbour, the port of Lisbon.",
            source="harbour-post",
        ),
        article(
            2,
            title="Storm and floods",
            body="Protests, protesting. Climate and sea level.",
            authors=["Mira Holt"],
            section="Sport",
        ),
        article(
            3, title="Central bank", body="Bank in a crisis. Ada Kovac.", topics=["Energy policy"], source="a"
        ),
        article(4, title="Die Flut", body="Häuser", language="de", source="b"),
        article(5, title="Strike", body="A strike, a protest.", language="fr"),
    ]
    save_all(database, told)
    yield database
    database.close()


@pytest.mark.parametrize("query", [*TABLE, *BLOCK])
def test_example_finds_something(newsroom: Database, query: str) -> None:
    with newsroom.read() as session:
        assert count_articles(session, query, Filters()) > 0


def test_every_field_has_an_example() -> None:
    assert {field for field in FIELDS if not any(f"{field}:" in query for query in TABLE)} == set()


def test_error_is_the_one_that_is_shown(newsroom: Database) -> None:
    with newsroom.read() as session, pytest.raises(QueryError) as error:
        check_query(session, "climate titel:flood")
    shown = str(error.value).partition(" source:")[0]
    assert f"newsbot: {shown}" in PAGE
    assert "\n    ".join(["", *(f"    {line}" for line in error.value.pointer().splitlines())]) in PAGE


def test_limits_are_those_of_the_parser() -> None:
    assert f"at least {MIN_PREFIX_CHARS} letters" in PAGE
    assert f"1 to {MAX_DISTANCE}" in PAGE
    assert f"{MAX_LEAVES} words, phrases and names, and {MAX_DEPTH} parentheses" in PAGE
