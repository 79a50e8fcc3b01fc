"""How an article changed: its revisions, told forwards."""

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
    """What one revision changed."""

    revision: int
    """The number it made: 2 for the first change."""
    changed_at: datetime
    """When the change was met."""
    by_rules: bool
    """Newsbot reads the page otherwise now; the publisher has not edited it."""
    is_silent: bool
    """Headline or text changed, and the page does not say that it was modified."""
    fields: dict[str, tuple[Any, Any]]
    """Field name -> its value before and after; times as ISO 8601."""


def count_silent(session: Session, article_id: int) -> int:
    """Return how many edits of an article its page has not owned up to."""
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
