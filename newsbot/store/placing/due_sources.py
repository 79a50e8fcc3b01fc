"""What is due to be crawled by workers."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_, func, or_, select, union_all
from sqlalchemy.orm import Session

from newsbot.store.crawl.hosts import held_hosts
from newsbot.store.schema.models import Feed, FrontierRow


def due_sources(session: Session, *, now: datetime, limit: int) -> list[str]:
    """Return sources that have a feed or a page that is due, those whose feeds have waited longest first."""
    is_free = or_(Feed.host.is_(None), Feed.host.not_in(held_hosts(now)))
    is_due = or_(Feed.next_poll_at.is_(None), Feed.next_poll_at <= now)
    feeds = select(Feed.source.label("source"), func.min(Feed.next_poll_at).label("since")).where(
        is_due, is_free, Feed.gone_at.is_(None), Feed.unlisted_at.is_(None)
    )
    again = and_(FrontierRow.state.in_(("leased", "failed", "done")), FrontierRow.next_try_at <= now)
    pages = select(
        FrontierRow.source.label("source"), func.min(FrontierRow.next_try_at).label("since")
    ).where(
        or_(FrontierRow.state == "pending", again),
        or_(FrontierRow.host.is_(None), FrontierRow.host.not_in(held_hosts(now))),
    )
    both = union_all(feeds.group_by(Feed.source), pages.group_by(FrontierRow.source)).subquery()
    query = select(both.c.source).group_by(both.c.source).order_by(func.min(both.c.since).nulls_first())
    return [source for source in session.scalars(query.limit(limit)) if source]
