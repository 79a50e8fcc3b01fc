"""No query of a page scans a table that grows: asked of both databases about every statement that pages send."""

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

SMALL = {"sources", "feeds", "runs"}
"""Tables of a few rows a source or a run, which pages may read whole."""
API = ("/api/articles", "/api/articles?source=harbour-post", "/api/articles?language=en&entity=Lisbon", "/api/search?q=tram",
       "/api/search?q=tram&sort=date&section=City", "/api/search?section=City", "/api/entities/3/timeline", "/api/stories",
       "/api/entities?since=2026-03-01", "/feed.atom?q=tram")  # fmt: skip


@pytest.fixture
def statements() -> Iterator[dict[str, tuple[Any, Any]]]:
    """Every SELECT that is sent while the test runs: text -> parameters, and how they are set."""
    sent: dict[str, tuple[Any, Any]] = {}

    def keep(connection: Connection, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            sent[statement] = parameters

    event.listen(Engine, "before_cursor_execute", keep)
    yield sent
    event.remove(Engine, "before_cursor_execute", keep)


def test_no_query_of_the_web_is_without_an_index(
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


def _scanned(connection: Connection, statement: str, parameters: Any) -> set[str]:
    """Return the tables that a statement reads whole, without any index."""
    if connection.dialect.name == "sqlite":
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        steps = [str(row[3]) for row in plan]
        names = [step.split()[1] for step in steps if step.startswith("SCAN") and " INDEX " not in step]
        scans = {re.sub(r"_\d+$", "", name) for name in names}  # article_entities_1: the table met twice
    else:
        # Small tables are read whole whatever indexes there are, unless that is forbidden.
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        plan = connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)
        scans = set(re.findall(r"Seq Scan on (\w+)", "\n".join(row[0] for row in plan)))
    return {table for table in scans if table in _tables(statement)} - SMALL


def _tables(statement: str) -> set[str]:
    return set(re.findall(r"(?:FROM|JOIN)\s+(\w+)", statement))
