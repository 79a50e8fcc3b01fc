"""Somebody who keeps a copy of the articles by following the log of changes."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from newsbot.store.database import Database
from newsbot.store.queries import LoggedChange, get_article, list_changes, stored_json
from newsbot.store.schema.models import ArticleRow, ChangeRow

UNLOGGED = ("first_seen_at", "last_seen_at", "provenance")
"""Values that move without an entry: when an article was seen, and how it was read."""


class Follower:
    """A copy of the articles, made by reading again every article that a change names."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.after = 0
        self.seen: list[LoggedChange] = []
        self.copy: dict[int, dict[str, Any]] = {}

    def follow(self, *, page: int = 7) -> bool:
        """Read one page of the log; return whether it had any entries."""
        with self.database.read() as session:
            found = list_changes(session, after=self.after, limit=page)
            for change in found.changes:
                self.copy.pop(change.article_id, None)
                if stored := state_of(session, change.article_id):
                    self.copy[change.article_id] = stored
        self.seen += found.changes
        self.after = found.after
        return bool(found.changes)

    def catch_up(self) -> None:
        """Read the log to its end."""
        while self.follow():
            pass


def state_of(session: Any, article_id: int) -> dict[str, Any] | None:
    """Return what the log speaks of: everything that an article says, its story, and whether it is gone."""
    stored = get_article(session, article_id)
    if stored is None:
        return None
    role = session.scalar(select(ArticleRow.story_role).where(ArticleRow.id == article_id))
    said = stored_json(stored) | {"gone_at": stored.gone_at, "story_role": role}
    return {name: value for name, value in said.items() if name not in UNLOGGED}


def all_states(database: Database) -> dict[int, dict[str, Any] | None]:
    with database.read() as session:
        ids = session.scalars(select(ArticleRow.id)).all()
        return {article_id: state_of(session, article_id) for article_id in ids}


def numbers(database: Database) -> list[int]:
    with database.read() as session:
        return list(session.scalars(select(ChangeRow.number).order_by(ChangeRow.number)))


def kinds(database: Database, after: int = 0) -> list[tuple[str, int]]:
    """Return kind and article of the changes after a number."""
    with database.read() as session:
        query = select(ChangeRow.change, ChangeRow.article_id).where(ChangeRow.number > after)
        return [(row[0], row[1]) for row in session.execute(query.order_by(ChangeRow.number))]
