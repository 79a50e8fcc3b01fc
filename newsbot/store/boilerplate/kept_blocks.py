"""Blocks that people keep: they stay in the articles of their source, whatever is learnt."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from newsbot.store.schema.models import KeptBlock, RemovedBlock, RemovedText
from newsbot.store.sql import dialect

MAX_LISTED = 1_000
"""Maximum number of articles that are returned at once."""


def kept_among(session: Session, source: str, keys: Collection[bytes]) -> set[bytes]:
    """Return those of the keys whose blocks are kept in the articles of a source."""
    query = select(KeptBlock.key).where(KeptBlock.source == source, KeptBlock.key.in_(list(keys)))
    return set(session.scalars(query))


def keep(session: Session, source: str, key: bytes, text: str, *, now: datetime) -> None:
    """Keep a block in the articles of a source from now on. Articles that lost it are not changed here."""
    row = {"source": source, "key": key, "text": text, "kept_at": now}
    dialect.insert_missing(session.connection(), KeptBlock, [row])


def release(session: Session, source: str, key: bytes) -> None:
    """Let a block be removed again, if it is boilerplate. Articles are not changed here."""
    session.execute(delete(KeptBlock).where(KeptBlock.source == source, KeptBlock.key == key))


def articles_without(session: Session, source: str, key: bytes, *, after: int) -> list[int]:
    """Return the ids of articles of a source from which a block was removed: the next ones after an id, in their order."""
    query = (
        select(RemovedBlock.article_id)
        .join(RemovedText, RemovedText.digest == RemovedBlock.digest)
        .where(RemovedText.source == source, RemovedText.key == key, RemovedBlock.article_id > after)
    )
    return list(session.scalars(query.distinct().order_by(RemovedBlock.article_id).limit(MAX_LISTED)))
