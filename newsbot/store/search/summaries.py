"""Articles without their body, for lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsbot.items import STUB
from newsbot.store.crawl.rejects import reasons_of
from newsbot.store.schema.models import ArticleRow

LEAD_CHARS = 300
"""Number of characters of the body that a summary contains."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """An article without its body."""

    id: int
    title: str | None
    url: str
    source: str | None
    language: str | None
    section: str | None
    kind: str
    description: str | None
    lead: str
    """The first `LEAD_CHARS` characters of the body."""
    image_url: str | None
    published_at: datetime | None
    published_offset_min: int | None
    dated_at: datetime
    """`published_at`, or `first_seen_at` if that is not known."""
    first_seen_at: datetime
    last_seen_at: datetime
    revision: int
    story_id: int | None
    story_role: str | None
    agency: str | None
    duplicate_kind: str | None
    unread_reason: str | None
    """Why the page of a stub could not be read when it was last tried: the reason of its reject. None for an article."""


_COLUMNS = [getattr(ArticleRow, name) for name in Summary.__slots__ if name not in {"lead", "unread_reason"}]


def summaries(session: Session, ids: Sequence[int]) -> list[Summary]:
    """Return the articles with these ids, in the order of `ids`; unknown ids are left out."""
    lead = func.substr(ArticleRow.body, 1, LEAD_CHARS).label("lead")
    rows = session.execute(select(*_COLUMNS, lead).where(ArticleRow.id.in_(ids))).mappings().all()
    reasons = reasons_of(session, [row["id"] for row in rows if row["kind"] == STUB])
    found = {row["id"]: Summary(**row, unread_reason=reasons.get(row["id"])) for row in rows}
    return [found[article_id] for article_id in ids if article_id in found]
