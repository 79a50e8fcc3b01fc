"""Articles exported from another database of newsbot: they keep their ids, dates and story numbers where these are free."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, delete, func, insert, literal, select, update
from sqlalchemy.orm import Session

from newsbot.store.articles.content import story_locks
from newsbot.store.changes import change_log
from newsbot.store.schema.models import ArticleRow, Story
from newsbot.store.sql import dialect, locks
from newsbot.store.sql.locks import Rank


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The values of an exported article that only the database it comes from could know."""

    id: int | None
    story_id: int | None
    first_seen_at: datetime
    last_seen_at: datetime
    revision: int


def kept_id(session: Session, wanted: int) -> int | None:
    """Return `wanted` if it is greater than all stored ids, so that an imported article can keep it; else None.

    Exports are in the order of the ids, so that in an empty database all articles keep theirs."""
    if wanted <= (session.scalar(select(func.max(ArticleRow.id))) or 0):
        return None
    dialect.pass_id(session.connection(), ArticleRow, wanted)
    return wanted


def restore(session: Session, article_id: int, known: Known, *, now: datetime) -> None:
    """Restore until when an article was seen elsewhere, its number of revisions, and the number of its story.

    The revisions themselves are in the other database only. If the article has a story number, `lock_articles` must have
    been called with `renumbers_stories`."""
    latest = case(
        (ArticleRow.last_seen_at < known.last_seen_at, known.last_seen_at), else_=ArticleRow.last_seen_at
    )
    most = case((ArticleRow.revision < known.revision, known.revision), else_=ArticleRow.revision)
    before = session.scalar(select(ArticleRow.revision).where(ArticleRow.id == article_id))
    query = update(ArticleRow).where(ArticleRow.id == article_id).values(last_seen_at=latest, revision=most)
    story_id = session.scalar(query.returning(ArticleRow.story_id))
    if before is not None and before < known.revision:
        _log_revision(session, article_id, now)
    if story_id is not None and known.story_id is not None and story_id != known.story_id:
        _renumber_story(session, story_id, known.story_id, now)


def _log_revision(session: Session, article_id: int, now: datetime) -> None:
    """Log that the number of revisions of an article has changed, unless its change in this transaction says so."""
    connection = session.connection()
    if change_log.is_logged(connection, article_id):
        change_log.forget_revision(connection, article_id)
    else:
        change_log.log_change(connection, "corrected", article_id, now=now, run_id=None, fields=["revision"])


def _renumber_story(session: Session, story_id: int, wanted: int, now: datetime) -> None:
    """Change the number of a story to the one that it had elsewhere, unless another story has it."""
    locks.take(session.connection(), Rank.STORIES, [story_locks.NUMBERS])
    if session.scalar(select(Story.id).where(Story.id == wanted)) is not None:
        return
    dialect.pass_id(session.connection(), Story, wanted)
    members = session.scalars(select(ArticleRow.id).where(ArticleRow.story_id == story_id)).all()
    change_log.watch_articles(session.connection(), members, now=now)
    columns = (Story.created_at, Story.updated_at, Story.member_count)
    same = select(literal(wanted), *columns).where(Story.id == story_id)
    session.execute(insert(Story).from_select(["id", *(column.key for column in columns)], same))
    session.execute(update(ArticleRow).where(ArticleRow.story_id == story_id).values(story_id=wanted))
    session.execute(delete(Story).where(Story.id == story_id))
