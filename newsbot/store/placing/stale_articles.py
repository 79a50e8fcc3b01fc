"""Articles that lack what today's versions would find in them, and how far the passes over all articles are."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select, text
from sqlalchemy.orm import Session

from newsbot.items import STUB
from newsbot.store.placing.queue_database import QueueDatabase
from newsbot.store.schema.models import ArticleRow, ArticleVector


def without_entities(labels: Collection[str]) -> ColumnElement[bool]:
    """Return the condition of articles whose entities no engine of these has found."""
    return or_(ArticleRow.entity_engine.is_(None), ArticleRow.entity_engine.not_in(labels))


def of_other_rules(version: str) -> ColumnElement[bool]:
    """Return the condition of articles that were read by extraction rules of another version."""
    return ArticleRow.extractor_version.is_distinct_from(version)


def without_vector_of(version: str) -> ColumnElement[bool]:
    """Return the condition of articles without a vector of a version."""
    has_vector = and_(ArticleVector.article_id == ArticleRow.id, ArticleVector.version == version)
    return ~select(ArticleVector.id).where(has_vector).exists()


def stale_ids(
    session: Session, condition: ColumnElement[bool], *, after: int, until: int | None = None, limit: int
) -> list[int]:
    """Return ids of articles with a condition in their order: those greater than `after`, up to `until`."""
    query = select(ArticleRow.id).where(ArticleRow.id > after, ArticleRow.kind != STUB, condition)
    if until is not None:
        query = query.where(ArticleRow.id <= until)
    return list(session.scalars(query.order_by(ArticleRow.id).limit(limit)))


# ------------------------------------------------------------------ passes

_LOAD = text("SELECT version, after_id, ended_at FROM newsbot_passes WHERE kind = :kind")
_SAVE = text("""
INSERT INTO newsbot_passes (kind, version, after_id, ended_at) VALUES (:kind, :version, :after_id, :ended_at)
ON CONFLICT (kind) DO UPDATE SET version = excluded.version, after_id = excluded.after_id, ended_at = excluded.ended_at
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """A pass over all articles that places jobs for those that are stale."""

    kind: str
    version: str
    """What the pass brings articles up to; a pass of another version begins anew."""
    after_id: int = 0
    """Id of the last article that is placed."""
    ended_at: datetime | None = None


def load_pass(queue: QueueDatabase, kind: str, version: str) -> Pass:
    """Return how far a pass is; one that has not begun for a version that is new."""
    with queue.connected() as connection:
        row = connection.execute(_LOAD, {"kind": kind}).one_or_none()
    if row is None or row[0] != version:
        return Pass(kind=kind, version=version)
    return Pass(kind=kind, version=version, after_id=row[1], ended_at=row[2])


def save_pass(queue: QueueDatabase, made: Pass) -> None:
    """Store how far a pass is."""
    with queue.connected() as connection:
        connection.execute(_SAVE, {name: getattr(made, name) for name in Pass.__slots__})
