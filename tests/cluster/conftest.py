"""A queue and a database for tests, each in a schema of its own on PostgreSQL, and worker processes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL

from newsbot.cluster.queue_app import make_queue
from newsbot.store.database import Database
from newsbot.store.placing.queue_database import QueueDatabase
from tests.cluster.workers import in_loop, own_schema


@pytest.fixture
def articles_url(postgres_url: URL) -> Iterator[str]:
    """The URL of an empty database of articles, without a queue."""
    with own_schema(postgres_url) as url:
        Database(url).open().close()
        yield url


@pytest.fixture
def queue_url(postgres_url: URL) -> Iterator[str]:
    """The URL of an empty queue in a schema of its own: it has no articles."""
    with own_schema(postgres_url) as url:
        in_loop(make_queue(QueueDatabase(url)))
        yield url


@pytest.fixture
def queue(queue_url: str) -> QueueDatabase:
    """An empty queue."""
    return QueueDatabase(queue_url)


@pytest.fixture
def place(articles_url: str, queue_url: str, tmp_path: Path) -> dict[str, Any]:
    """Where workers find the database and the queue."""
    return {"database": articles_url, "queue": queue_url, "folder": tmp_path}


@pytest.fixture
def cleanup() -> Iterator[ExitStack]:
    """What is ended when the test ends."""
    with ExitStack() as stack:
        yield stack
