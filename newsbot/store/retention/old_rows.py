"""Delete old rows in small transactions, along an index; a kill loses no more than the batch under way.

Rows of fetches that the provenance of articles refers to stay, and rejects of pages that are tried again. A row of the
frontier leaves its `url_hash` in `past_urls`, so that a URL that is still listed is not fetched as a new one. Everything that
the next request needs (ETag, Last-Modified) is in the rows of feeds and of the frontier, not in those of fetches.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    MetaData,
    Table,
    and_,
    delete,
    exists,
    func,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.orm import Session

from newsbot.store.crawl.fetches import has_page
from newsbot.store.schema.fetch_partitions import UNDATED
from newsbot.store.schema.models import (
    ArticleUrl,
    ArticleWay,
    Base,
    Fetch,
    FrontierRow,
    PastUrl,
    PruneMark,
    RejectRow,
)
from newsbot.store.schema.types import BEGINNING_OF_TIME
from newsbot.store.sql import dialect

BATCH = 500
"""Number of rows that a transaction looks at: some ten milliseconds, for which others wait on SQLite."""

_FETCHES = Base.metadata.tables["fetches"]
_FRONTIER = Base.metadata.tables["frontier"]
_REJECTS = Base.metadata.tables["rejects"]
_ALL: ColumnElement[bool] = true()


class Place(NamedTuple):
    """A place in the order in which rows are looked at."""

    group: str | None
    at: datetime
    id: int


class Batch(NamedTuple):
    """The outcome of one transaction."""

    removed: int
    after: Place | None
    """Place of the last row that was looked at; None if there are no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Which rows of a table are deleted when they are old. `group` and `time` are the columns of an index."""

    name: str
    table: Table
    time: str
    group: str | None = None
    scope: ColumnElement[bool]
    """The rows that are looked at."""
    is_removable: ColumnElement[bool] = _ALL
    is_remembered: bool = False
    """Whether the URL hashes of deleted rows are kept."""
    is_marked: bool = False
    """Whether it is stored how far this has come, because many of the rows stay."""

    def is_old(self, before: datetime) -> ColumnElement[bool]:
        """Return the condition that a row is in the scope and older than a time."""
        return and_(self.scope, self.table.c[self.time] < before)


@cache
def rules_of(dialect_name: str) -> dict[str, Sequence[Rule]]:
    """Return the rules for what can be deleted, in the order of their work: `fetches`, `frontier`, `rejects`."""
    others = _FETCHES if dialect_name == "sqlite" else _FETCHES.to_metadata(MetaData(), name=UNDATED)
    return {
        "fetches": (
            Rule(
                name="fetches",
                table=others,
                time="fetched_at",
                group="outcome",
                scope=others.c.outcome != "article",
            ),
            Rule(
                name="fetches of articles",
                table=_FETCHES,
                time="fetched_at",
                scope=_FETCHES.c.outcome == "article",
                is_removable=~or_(_is_of_article(ArticleUrl), _is_of_article(ArticleWay)),
                is_marked=True,
            ),
        ),
        "frontier": (
            Rule(
                name="frontier",
                table=_FRONTIER,
                time="done_at",
                scope=and_(_FRONTIER.c.next_try_at.is_(None), _FRONTIER.c.state.in_(("done", "gone"))),
                is_remembered=True,
            ),
        ),
        "rejects": (
            Rule(
                name="rejects",
                table=_REJECTS,
                time="last_seen_at",
                group="reason",
                scope=_ALL,
                is_removable=and_(_REJECTS.c.article_id.is_(None), ~_is_tried_again()),
            ),
        ),
    }


def _is_of_article(led_by: type[ArticleUrl | ArticleWay]) -> ColumnElement[bool]:
    """Return the condition that the current content of an article was read from the answer of a fetch."""
    return exists().where(has_page(led_by)).correlate(Fetch)


def _is_tried_again() -> ColumnElement[bool]:
    """Return the condition that the page of a reject is still in the frontier, and due now or later."""
    is_due = or_(FrontierRow.next_try_at.is_not(None), FrontierRow.state.not_in(("done", "gone")))
    return exists().where(FrontierRow.url_hash == RejectRow.url_hash, is_due).correlate(RejectRow)


# ------------------------------------------------------------------ deleting


def remove_batch(session: Session, rule: Rule, before: datetime, after: Place | None) -> Batch:
    """Look at the next old rows after a place, and delete those that are not needed. No other transaction is waited for."""
    connection = session.connection()
    begin = after or _begin(connection, rule)
    rows = connection.execute(_next_rows(rule, before, begin)).all() if begin else []
    doomed = [row for row in rows if row.is_removable]
    if rule.is_remembered:
        _remember(connection, doomed)
    if doomed:
        connection.execute(delete(rule.table).where(rule.table.c.id.in_([row.id for row in doomed])))
    if rule.is_marked and rows:
        mark = {"name": rule.name, "reached_at": rows[-1].at}
        dialect.insert_or_renew(connection, PruneMark, [mark], unique=("name",), renewed=("reached_at",))
    return Batch(len(doomed), _place_after(connection, rule, begin, rows))


def _next_rows(rule: Rule, before: datetime, begin: Place) -> Any:
    at, row_id = rule.table.c[rule.time], rule.table.c.id
    columns = [row_id, at.label("at"), rule.is_removable.label("is_removable")]
    if rule.is_remembered:
        columns.append(rule.table.c.url_hash)
    query = select(*columns).where(
        rule.is_old(before), at >= begin.at, tuple_(at, row_id) > (begin.at, begin.id)
    )
    if rule.group:
        query = query.where(rule.table.c[rule.group] == begin.group)
    return query.order_by(at, row_id).limit(BATCH).with_for_update(skip_locked=True, of=rule.table)


def _begin(connection: Connection, rule: Rule) -> Place | None:
    """Return the place before the first row; None if there is none."""
    if rule.is_marked:
        reached_at = connection.scalar(select(PruneMark.reached_at).where(PruneMark.name == rule.name))
        return Place(None, reached_at or BEGINNING_OF_TIME, 0)
    return _group_after(connection, rule, "") if rule.group else Place(None, BEGINNING_OF_TIME, 0)


def _place_after(
    connection: Connection, rule: Rule, begin: Place | None, rows: Sequence[Any]
) -> Place | None:
    if begin and len(rows) == BATCH:
        return Place(begin.group, rows[-1].at, rows[-1].id)
    return _group_after(connection, rule, begin.group or "") if begin and rule.group else None


def _group_after(connection: Connection, rule: Rule, group: str) -> Place | None:
    column = rule.table.c[rule.group or ""]
    found = connection.scalar(select(func.min(column)).where(column > group, rule.scope))
    return None if found is None else Place(found, BEGINNING_OF_TIME, 0)


def _remember(connection: Connection, rows: Sequence[Any]) -> None:
    known = [{"url_hash": row.url_hash, "done_at": row.at} for row in rows]
    dialect.insert_or_renew(connection, PastUrl, known, unique=("url_hash",), renewed=("done_at",))


# ------------------------------------------------------------------ counting


def count_old(session: Session, rule: Rule, before: datetime) -> int:
    """Return the number of rows that would be deleted."""
    query = select(func.count()).select_from(rule.table).where(rule.is_old(before), rule.is_removable)
    return session.scalar(query) or 0


def has_old(session: Session, rule: Rule, before: datetime) -> bool:
    """Return whether there is a row that is to be deleted."""
    query = select(rule.table.c.id).where(rule.is_old(before), rule.is_removable)
    return session.scalar(query.limit(1)) is not None


def highest_count(session: Session, table: str) -> int:
    """Return the number of rows of a table by their ids, at once: rows that were deleted in between count too."""
    ids = Base.metadata.tables[table].c.id
    first, last = session.execute(select(func.min(ids), func.max(ids))).one()
    return last - first + 1 if last is not None else 0
