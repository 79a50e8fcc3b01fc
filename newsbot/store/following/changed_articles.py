"""Reads the log of changes: its entries in their order, with what is known of each change and the article as it is now.

The log is read in windows of a bounded number of entries, whatever the filters, so that a page costs the same in a log of
any length. A page of a rare kind may have no entry, and still a cursor at which to go on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session, aliased

from newsbot.dedupe.admissions import Evidence, Reason
from newsbot.items import published_json, utc_text
from newsbot.store.articles.loading import article_parts, load_articles, stored_json
from newsbot.store.changes.change_log import ChangeKind
from newsbot.store.changes.cursors import cursor_at, cursor_text, last_number
from newsbot.store.schema.models import ArticleRow, ChangeRow, Revision, SiteRow
from newsbot.store.search.filters import Narrowed

WINDOW = 500
"""Number of entries that are read at a time."""
MAX_WINDOWS = 10
"""Number of windows after which a page ends, also with fewer entries than asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeFilters:
    """Conditions on changes; empty: none.

    A change of an article that is deleted by now meets those of the article, because a reader has to forget it."""

    kinds: tuple[ChangeKind, ...] = ()
    only_silent: bool = False
    """Only edits that nothing on the page owns up to."""
    articles: Narrowed | None = None
    """Conditions on sources and languages; others are not looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedChange:
    """An entry of the log."""

    number: int
    cursor: str
    """Where to go on after this change."""
    change: ChangeKind
    changed_at: datetime
    run_id: int | None
    revision: int | None
    fields: list[str] | None
    is_silent: bool | None
    """As it is judged today; None where the publisher has not revised an article."""
    reason: Reason | None
    """The fact that decided on `is_silent`."""
    title: tuple[str | None, str | None] | None
    """Headline before and after the change, if it has changed."""
    article_id: int
    article: dict[str, Any] | None
    """The article as it is now, in its JSON form; None if it was deleted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePage:
    """A part of the log."""

    changes: list[LoggedChange]
    after: int
    """Number of the last change that was looked at."""
    cursor: str
    """Where to go on; always there, also if nothing was found."""
    has_more: bool
    """Whether there are changes after it now."""


def list_changes(
    session: Session, *, after: int, limit: int, filters: ChangeFilters | None = None, full: bool = False
) -> ChangePage:
    """Return the changes after a number that meet `filters`, in their order, at most `limit`.

    With `full`, articles have all their fields. A page may have fewer changes than `limit` although there are more."""
    filters, found = filters or ChangeFilters(), list[LoggedChange]()
    last, size = last_number(session), limit if filters == ChangeFilters() else WINDOW
    for _ in range(MAX_WINDOWS):
        rows = _window(session, after, size)
        met = _details(session, _wanted(session, rows, filters))
        if filters.only_silent:
            met = [change for change in met if change.is_silent]
        found += met[: limit - len(found)]
        is_cut = len(met) > 0 and len(found) == limit
        after = found[-1].number if is_cut else rows[-1].number if rows else after
        if is_cut or len(rows) < size:
            break
    changes = with_texts(session, found) if full else found
    return ChangePage(changes=changes, after=after, cursor=cursor_at(session, after), has_more=after < last)


def find_change(session: Session, number: int) -> LoggedChange | None:
    """Return the change with a number; None if there is none."""
    found = list_changes(session, after=number - 1, limit=1).changes
    return found[0] if found and found[0].number == number else None


def change_json(change: LoggedChange) -> dict[str, Any]:
    """Return the public JSON form of a change."""
    before, after = change.title or (None, None)
    return {
        "number": change.number,
        "cursor": change.cursor,
        "change": change.change,
        "at": utc_text(change.changed_at),
        "run_id": change.run_id,
        "revision": change.revision,
        "fields": change.fields,
        "is_silent": change.is_silent,
        "reason": change.reason,
        "title": {"before": before, "after": after} if change.title else None,
        "article_id": change.article_id,
        "article": change.article,
    }


# ------------------------------------------------------------------ reading


def _window(session: Session, after: int, size: int) -> Sequence[Row[Any]]:
    query = select(*ChangeRow.__table__.columns).where(ChangeRow.number > after)
    return session.execute(query.order_by(ChangeRow.number).limit(size)).all()


def _wanted(session: Session, rows: Sequence[Row[Any]], filters: ChangeFilters) -> list[Row[Any]]:
    """Return the entries of the kinds and of the articles that are wanted, before anything else is read of them."""
    wanted = [row for row in rows if not filters.kinds or row.change in filters.kinds]
    if filters.only_silent:
        wanted = [row for row in wanted if row.change == "revised"]
    if filters.articles is None or not wanted:
        return wanted
    query = select(ArticleRow.id, ArticleRow.source, ArticleRow.language)
    found = session.execute(query.where(ArticleRow.id.in_({row.article_id for row in wanted})))
    meets = {row.id: _meets(row, filters.articles) for row in found}
    return [row for row in wanted if meets.get(row.article_id, True)]


def _meets(article: Any, wanted: Narrowed) -> bool:
    """Return whether the source and the language of an article are among those that are wanted."""
    languages = wanted.filters.language
    return (
        (wanted.sources is None or article.source in wanted.sources)
        and article.source not in wanted.excluded
        and (not languages or article.language in languages)
    )


def _details(session: Session, rows: Sequence[Row[Any]]) -> list[LoggedChange]:
    """Return entries with what their revisions and articles say."""
    if not rows:
        return []
    database = session.scalars(select(SiteRow.uuid)).one()
    articles = _articles(session, {row.article_id for row in rows})
    edits = _edits(session, [row for row in rows if row.change in {"revised", "corrected"}])
    changes = []
    for row in rows:
        edit = edits.get((row.article_id, row.revision, row.changed_at))
        article = articles.get(row.article_id)
        is_edit = row.change == "revised" and edit is not None
        changes.append(
            LoggedChange(
                number=row.number,
                cursor=cursor_text(database, row.number, row.article_id, row.change, row.changed_at),
                change=row.change,
                changed_at=row.changed_at,
                run_id=row.run_id,
                revision=row.revision,
                fields=row.fields,
                is_silent=edit.is_silent if edit and is_edit else None,
                reason=Evidence.from_json(edit.evidence).reason
                if edit and is_edit and edit.evidence
                else None,
                title=_title(edit, article) if edit and edit.title_changed else None,
                article_id=row.article_id,
                article=article,
            )
        )
    return changes


def _edits(session: Session, rows: Sequence[Row[Any]]) -> dict[tuple[int, int, datetime], Row[Any]]:
    """Return (article id, number of the new content, time) -> the row of `revisions`, with the next headline after it."""
    later, next_ = aliased(Revision), aliased(Revision)
    next_number = (
        select(func.min(later.revision))
        .where(
            later.article_id == Revision.article_id,
            later.revision > Revision.revision,
            later.title_changed,
        )
        .scalar_subquery()
    )
    query = select(
        Revision.article_id,
        Revision.revision,
        Revision.replaced_at,
        Revision.is_silent,
        Revision.evidence,
        Revision.title_changed,
        Revision.changes["title"].as_string().label("title"),
        next_.revision.label("next_revision"),
        next_.changes["title"].as_string().label("next_title"),
    ).outerjoin(next_, (next_.article_id == Revision.article_id) & (next_.revision == next_number))
    keys = {(row.article_id, row.revision - 1) for row in rows if row.revision is not None}
    if not keys:
        return {}
    # Two lists, with some pairs too many: SQLite uses no index for a list of pairs.
    articles, revisions = (sorted(set(values)) for values in zip(*keys, strict=True))
    wanted = Revision.article_id.in_(articles), Revision.revision.in_(revisions)
    found = session.execute(query.where(*wanted))
    return {(row.article_id, row.revision + 1, row.replaced_at): row for row in found}


def _title(edit: Row[Any], article: Mapping[str, Any] | None) -> tuple[str | None, str | None]:
    now = article["title"] if article else None
    return edit.title, now if edit.next_revision is None else edit.next_title


_NAMES = ("id", "url", "canonical_url", "source", "title", "language", "section", "kind", "word_count")
_STORY = ("story_id", "story_role", "duplicate_of", "duplicate_kind")
_LISTED = (
    *_NAMES,
    *_STORY,
    "agency",
    "revision",
    "published_at",
    "published_offset_min",
    "first_seen_at",
    "last_seen_at",
    "gone_at",
)


def _articles(session: Session, ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Return article id -> what lists say of the article."""
    query = select(*(getattr(ArticleRow, name) for name in _LISTED)).where(ArticleRow.id.in_(sorted(ids)))
    return {row.id: _listed_json(row) for row in session.execute(query)}


def _listed_json(row: Any) -> dict[str, Any]:
    return {
        **{name: getattr(row, name) for name in _NAMES},
        **published_json(row.published_at, row.published_offset_min),
        **{name: utc_text(getattr(row, name)) for name in ("first_seen_at", "last_seen_at", "gone_at")},
        **{name: getattr(row, name) for name in (*_STORY, "agency", "revision")},
    }


def with_texts(session: Session, changes: Sequence[LoggedChange]) -> list[LoggedChange]:
    """Return changes with their articles in full."""
    ids = sorted({change.article_id for change in changes if change.article is not None})
    full = {
        stored.id: stored_json(stored)
        for part in article_parts(session, ids)
        for stored in load_articles(session, part)
    }
    return [
        replace(change, article={**change.article, **full[change.article_id]}) if change.article else change
        for change in changes
    ]
