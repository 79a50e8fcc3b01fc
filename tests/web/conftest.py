"""A made-up newsroom on both databases, and the site that shows it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from newsbot.store.database import Database
from newsbot.web.app import create_app
from tests.web.newsroom import NOW, Newsroom, fill


@pytest.fixture(scope="session")
def newsroom(session_database_url: str) -> Iterator[Database]:
    """A database with articles, stories, changes, feeds and rejects. Only for reading."""
    database = Database(session_database_url).open()
    fill(database, Newsroom(articles=160, days=30))
    yield database
    database.close()


@pytest.fixture(scope="module")
def client(newsroom: Database) -> TestClient:
    """A reader of the site, at a fixed time."""
    return TestClient(create_app(newsroom, now=lambda: NOW), base_url="http://127.0.0.1")
