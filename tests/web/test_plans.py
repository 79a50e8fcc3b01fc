"""No query of a page scans a table that grows; checked with the query plans of both databases."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, event
from sqlalchemy.engine import Engine
from starlette.testclient import TestClient

from newsbot.store.database import Database
from tests.web.addresses import every_kind

SMALL = {"sources", "feeds", "runs", "site", "newsbot_version"}
"""Tables with few rows, which pages may scan."""
API = (
    "/api/articles",
    "/api/articles?source=harbour-post",
    "/api/articles?language=en&entity=Lisbon",
    "/api/search?q=tram",
    "/api/search?q=tram&sort=date&section=City",
    "/api/search?section=City",
    "/api/entities/3/timeline",
    "/api/stories",
    "/api/search?q=tram&source=harbour-post&language=en&since=2026-02-20&until=2026-03-10",
    "/api/search?q=tram&entity=Lisbon",
    "/api/entities?since=2026-03-01",
    "/feed.atom?q=tram",
    "/entities?name=Lisbon",
    "/api/stats",
    "/api/sources",
    "/api/entities",
    "/api/stories/1",
    "/api/entities?q=Lisbon",
    "/api/entities?type=PER&limit=2&cursor=4059000000000000.0.1",
    "/api/completions?field=entity&q=li",
    "/api/count?q=tram&by=day&share=1",
    "/api/count?q=tram&by=source",
    "/search?q=tram&q2=council&share=1",
    "/search?q=tram&source=harbour-post&tag=",
    "/search.csv?q=tram",
    "/search?q=tram&q2=council&since=2026-02-20&source=harbour-post",
    "/api/count?q=tram&since=2026-02-20",
    "/api/count?q=tram&by=entity&since=2026-02-20",
    "/api/changes?cursor=0&source=harbour-post&language=en",
    "/edits?source=harbour-post&silent=true",
    "/feed.atom?q=tram&source=harbour-post",
    "/entities/3?with=Lisbon&since=2026-02-20",
    "/docs",
)


@pytest.fixture
def statements() -> Iterator[dict[str, tuple[Any, Any]]]:
    """Every SELECT that is sent while the test runs: text -> parameters."""
    sent: dict[str, tuple[Any, Any]] = {}

    def keep(connection: Connection, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            sent[statement] = parameters

    event.listen(Engine, "before_cursor_execute", keep)
    yield sent
    event.remove(Engine, "before_cursor_execute", keep)


def test_every_query_of_the_web_uses_an_index(
    client: TestClient, newsroom: Database, statements: dict[str, Any]
) -> None:
    for address in (*every_kind(client), *API):
        assert client.get(address).status_code == 200
    sent = dict(statements)
    assert len(sent) > 40
    with newsroom.read() as session:
        connection = session.connection()
        unindexed = {
            text: found for text, given in sent.items() if (found := _scanned(connection, text, given))
        }
    assert unindexed == {}


def test_articles_with_words_are_looked_up_by_id(
    client: TestClient, newsroom: Database, statements: dict[str, Any]
) -> None:
    """The alternative would be to scan articles by date and to probe the index for each of them."""
    for address in (path for path in API if "q=" in path and path.startswith(("/api/search", "/feed"))):
        assert client.get(address).status_code == 200
    sent = {
        text: given
        for text, given in statements.items()
        if "FROM articles" in text and "article_search" in text
    }
    assert sent
    with newsroom.read() as session:
        connection = session.connection()
        by_id = {"sqlite": "SEARCH articles USING INTEGER PRIMARY KEY", "postgresql": " on pk_articles"}
        for text, given in sent.items():
            plan = _plan(connection, text, given)
            assert by_id[connection.dialect.name] in plan
            if connection.dialect.name == "postgresql":  # SQLite knows no other way
                index = "article_search_pkey" if "article_entities" in text else "ix_article_search_words"
                assert index in plan


def test_search_page_goes_through_what_it_finds_once_for_all_its_counts(
    client: TestClient, newsroom: Database, statements: dict[str, Any]
) -> None:
    """Days, sources and languages come from one statement; on SQLite from an index, as most articles have the word."""
    assert client.get("/search?q=the&since=2026-02-20").status_code == 200
    counted = {
        text: given for text, given in statements.items() if "GROUP BY" in text and "article_search" in text
    }
    assert len(counted) == 1
    with newsroom.read() as session:
        connection = session.connection()
        [(text, given)] = counted.items()
        if connection.dialect.name == "sqlite":
            assert "USING COVERING INDEX ix_articles_counts" in _plan(connection, text, given)


def test_postgresql_compiles_no_statements(newsroom: Database) -> None:
    """A forbidden scan costs so much in its eyes that it would compile the shortest of them."""
    if newsroom.has_one_writer:
        pytest.skip("SQLite compiles nothing")
    with newsroom.read() as session:
        assert session.connection().exec_driver_sql("SHOW jit").scalar() == "off"


def _plan(connection: Connection, statement: str, parameters: Any) -> str:
    if connection.dialect.name == "sqlite":
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        return "\n".join(str(row[3]) for row in plan)
    # Small tables are read whole whatever indexes there are, unless that is forbidden.
    connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
    plan = connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)
    return "\n".join(row[0] for row in plan)


def _scanned(connection: Connection, statement: str, parameters: Any) -> set[str]:
    """Return the tables that a statement reads whole, without any index."""
    plan = _plan(connection, statement, parameters)
    if connection.dialect.name == "sqlite":
        # Along an index from row to row is as far as the table, unless a limit ends it.
        enough = "INDEX" if "LIMIT" in statement else "COVERING INDEX|VIRTUAL TABLE INDEX|json_each"
        steps = [
            step
            for step in plan.splitlines()
            if step.startswith("SCAN") and not re.search(f" ({enough}) ", step)
        ]
        scans = {
            re.sub(r"_\d+$", "", step.split()[1]) for step in steps
        }  # article_entities_1: the table met twice
    else:
        scans = set(re.findall(r"Seq Scan on (\w+)", plan))
    return {table for table in scans if table in _tables(statement)} - SMALL


def _tables(statement: str) -> set[str]:
    return set(re.findall(r"(?:FROM|JOIN)\s+(\w+)", statement))
