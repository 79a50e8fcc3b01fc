"""The revisions of an article, oldest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsbot.items import utc_text
from newsbot.store.articles.loading import find_article
from newsbot.store.articles.revision_rows import before, stored_content
from newsbot.store.schema.models import Revision


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """The changes of one revision."""

    revision: int
    """Number of the revision that the change made: 2 for the first change."""
    changed_at: datetime
    """When a crawl found the change."""
    by_rules: bool
    """Newsbot's extraction rules changed; the publisher has not edited the page."""
    is_silent: bool
    """Headline or text changed, but the page does not say that it was modified."""
    fields: dict[str, tuple[Any, Any]]
    """Field name -> value before and value after; times are ISO 8601 strings."""


def count_silent(session: Session, article_id: int) -> int:
    """Return the number of silent edits of an article; see `Change.is_silent`."""
    query = select(func.count()).where(Revision.article_id == article_id, Revision.is_silent)
    return session.scalar(query) or 0


def history(session: Session, ref: int | str) -> list[Change] | None:
    """Return the changes of the article with this id or URL, oldest first; None if there is no such article."""
    article_id = find_article(session, ref)
    if article_id is None:
        return None
    query = select(Revision).where(Revision.article_id == article_id).order_by(Revision.revision.desc())
    content = {
        name: utc_text(value) if isinstance(value, datetime) else value
        for name, value in stored_content(session.connection(), article_id).items()
    }
    changes = []
    for row in session.scalars(query):
        old = before(content, row.changes)
        fields = {name: (old[name], content[name]) for name in row.changes}
        changes.append(
            Change(
                revision=row.revision + 1,
                changed_at=row.replaced_at,
                by_rules=row.by_rules,
                is_silent=row.is_silent,
                fields=fields,
            )
        )
        content = old
    return changes[::-1]
