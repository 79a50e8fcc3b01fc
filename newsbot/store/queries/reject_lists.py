"""Lists of pages that were not stored, with the reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsbot.items import GONE
from newsbot.store.schema.models import RejectRow


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredReject:
    """A row of `rejects`: a page that was not stored."""

    url: str
    source: str | None
    stage: str
    """The stage that rejected it."""
    reason: str
    detail: str
    article_id: int | None
    """Id of the stored article whose URL led to this page, which is kept as it was, or of the stub in its place."""
    first_seen_at: datetime
    last_seen_at: datetime


_COLUMNS = [getattr(RejectRow, field.name) for field in fields(StoredReject)]


def list_rejects(
    session: Session,
    *,
    reason: str | None = None,
    source: str | None = None,
    article_id: int | None = None,
    limit: int = 100,
) -> Sequence[StoredReject]:
    """Return pages that were not stored, the last seen first: all, or those of a reason, a source and an article's URLs."""
    query = select(*_COLUMNS).order_by(RejectRow.last_seen_at.desc(), RejectRow.id.desc()).limit(limit)
    if reason is not None:
        query = query.where(RejectRow.reason == reason)
    if source is not None:
        query = query.where(RejectRow.source == source)
    if article_id is not None:
        query = query.where(RejectRow.article_id == article_id)
    return [StoredReject(**row) for row in session.execute(query).mappings()]


def reject_reasons(session: Session) -> list[str]:
    """Return the reasons for which pages were not stored, in alphabetical order."""
    return list(session.scalars(select(RejectRow.reason).distinct().order_by(RejectRow.reason)))


def list_conflicts(session: Session, article_id: int) -> list[StoredReject]:
    """Return the pages at the URLs of an article that are something else now, without those that are only gone."""
    rejects = list_rejects(session, article_id=article_id)
    return [reject for reject in rejects if reject.reason not in GONE]
