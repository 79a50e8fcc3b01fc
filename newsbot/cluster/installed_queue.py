"""Whether the extra `cluster` is installed, and where its queue is."""

from __future__ import annotations

from importlib.util import find_spec

from newsbot.errors import DatabaseError, UsageError
from newsbot.masking import masked_url
from newsbot.settings import Configuration
from newsbot.store.placing.queue_database import ACCEPTED, QueueDatabase

NEEDED = ("procrastinate", "psycopg_pool")
"""Packages of the extra."""


def find_queue(settings: Configuration) -> QueueDatabase | None:
    """Return the queue if there is one; None if the extra is missing, or the queue has not been made or cannot be read."""
    try:
        return open_queue(settings)
    except (UsageError, DatabaseError):
        return None


def open_queue(settings: Configuration, *, made: bool = True) -> QueueDatabase:
    """Return the database of the queue that the settings name.

    Raises UsageError if the extra is missing, if the URL is not of PostgreSQL, or, with `made`, if the queue has not been made."""
    queue = queue_of(settings)
    missing = [name for name in NEEDED if not find_spec(name)]
    if missing:
        raise UsageError(f"many machines need the package {missing[0]}: pip install 'newsbot[cluster]'")
    if made:
        queue.check()
    return queue


def open_work(settings: Configuration) -> QueueDatabase:
    """Return the queue for work on articles that machines share.

    Raises UsageError as `open_queue`, and if the articles are not in PostgreSQL, as those in a file of one machine."""
    queue = open_queue(settings)
    if not settings.database_url.startswith("postgresql"):
        url = masked_url(settings.database_url)
        raise UsageError(
            f"many machines: the articles need PostgreSQL too, and NEWSBOT_DATABASE_URL is {url}; {ACCEPTED}"
        )
    return queue


def queue_of(settings: Configuration) -> QueueDatabase:
    """Return the database of the queue. Raises UsageError for a URL that is not of PostgreSQL."""
    return QueueDatabase(settings.queue_url or settings.database_url)
