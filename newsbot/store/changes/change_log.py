"""Writes the log of changes. What a transaction changes is collected, and numbered just before its commit.

The numbers are drawn under a lock that is held until the transaction has ended (rank CHANGES, the last one). So the next
transaction draws its numbers when all smaller ones can be seen: whoever has read up to a number never misses a smaller one
that is committed later. On SQLite writers take turns anyway.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Literal, NamedTuple, TypeVar

from sqlalchemy import Connection, Row, select

from newsbot.store.schema.models import ArticleRow, ChangeRow
from newsbot.store.sql import deferred, dialect, locks
from newsbot.store.sql.locks import Rank

T = TypeVar("T")

ChangeKind = Literal["new", "revised", "corrected", "gone", "restored", "regrouped", "deleted"]
"""What has happened to an article; docs/changes.md defines each kind."""

LOCK = b"changes."
BATCH = 500
"""Number of rows of a statement."""
_REREAD: Collection[ChangeKind] = {"new", "revised", "corrected", "deleted"}
"""Kinds after which a reader reads the whole article again, so that another story in the same transaction is no news."""


class Membership(NamedTuple):
    """The story columns of an article row; all None if the article is in no story and is no excerpt."""

    story_id: int | None = None
    story_role: str | None = None
    duplicate_of: int | None = None
    duplicate_kind: str | None = None


MEMBERSHIP_COLUMNS = [getattr(ArticleRow, name) for name in Membership._fields]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A change that has no number yet."""

    article_id: int
    change: ChangeKind
    changed_at: datetime
    run_id: int | None
    revision: int | None
    """None: that of the article when the transaction ends."""
    fields: Sequence[str] | None


def log_change(
    connection: Connection,
    change: ChangeKind,
    article_id: int,
    *,
    now: datetime | None,
    run_id: int | None,
    revision: int | None = None,
    fields: Iterable[str] | None = None,
) -> None:
    """Log a change of an article; nothing is logged if the transaction is rolled back.

    `now` is when it was seen; None: the time of this machine. `revision` is the number of the content after the change;
    None: the one that the article has when the transaction ends. `fields` are the names of the fields that differ."""
    _pending(connection).entries.append(
        Entry(
            article_id=article_id,
            change=change,
            changed_at=now or datetime.now(UTC),
            run_id=run_id,
            revision=revision,
            fields=None if fields is None else list(fields),
        )
    )


def watch(connection: Connection, memberships: Mapping[int, Membership], *, now: datetime) -> None:
    """Log at the end of the transaction which of these articles are then in another story, or play another part in it.

    To be called with their memberships before these change; the first ones count."""
    pending = _pending(connection)
    pending.regrouped_at = now
    for article_id, membership in memberships.items():
        pending.memberships.setdefault(article_id, membership)


def watch_articles(connection: Connection, article_ids: Iterable[int], *, now: datetime) -> None:
    """Call `watch` with the stored memberships of these articles."""
    found = {row.id: Membership(*row[2:]) for row in _rows(connection, article_ids)}
    watch(connection, found, now=now)


def forget_revision(connection: Connection, article_id: int) -> None:
    """Give the change of an article that was logged last in this transaction the number that its content has in the end."""
    entries = _pending(connection).entries
    for place in reversed(range(len(entries))):
        if entries[place].article_id == article_id:
            entries[place] = replace(entries[place], revision=None)
            return


def is_logged(connection: Connection, article_id: int) -> bool:
    """Return whether this transaction has logged a change of an article."""
    return any(entry.article_id == article_id for entry in _pending(connection).entries)


def _pending(connection: Connection) -> _Pending:
    return deferred.collect(connection, Rank.CHANGES, _Pending)


@dataclass(slots=True)
class _Pending:
    """The changes that a transaction has collected."""

    entries: list[Entry] = field(default_factory=list)
    memberships: dict[int, Membership] = field(default_factory=dict)
    """Article id -> membership when the transaction began."""
    regrouped_at: datetime | None = None

    def write(self, connection: Connection) -> None:
        """Number the changes, in the order in which they were made; those of stories last."""
        wanted = {entry.article_id for entry in self.entries if entry.revision is None}
        rows = {row.id: row for row in _rows(connection, sorted(wanted | self.memberships.keys()))}
        entries = [*self.entries, *self._regrouped(rows)]
        if not entries:
            return
        locks.take(connection, Rank.CHANGES, [LOCK])
        for part in _parts(entries):
            dialect.new_rows(ChangeRow).run(connection, [_values(entry, rows) for entry in part])

    def _regrouped(self, rows: Mapping[int, Row[Any]]) -> Iterator[Entry]:
        known = {entry.article_id for entry in self.entries if entry.change in _REREAD}
        run_id = next((entry.run_id for entry in self.entries), None)
        for article_id in sorted(self.memberships.keys() & rows.keys() - known):
            before, after = self.memberships[article_id], Membership(*rows[article_id][2:])
            changed = [name for name in Membership._fields if getattr(before, name) != getattr(after, name)]
            if changed:
                assert self.regrouped_at is not None
                yield Entry(
                    article_id=article_id,
                    change="regrouped",
                    changed_at=self.regrouped_at,
                    run_id=run_id,
                    revision=None,
                    fields=changed,
                )


def _values(entry: Entry, rows: Mapping[int, Row[Any]]) -> dict[str, Any]:
    row = rows.get(entry.article_id)
    return {
        "article_id": entry.article_id,
        "change": entry.change,
        "changed_at": entry.changed_at,
        "run_id": entry.run_id,
        "revision": row.revision if entry.revision is None and row is not None else entry.revision,
        "fields": entry.fields,
    }


def _rows(connection: Connection, article_ids: Iterable[int]) -> Iterator[Row[Any]]:
    query = select(ArticleRow.id, ArticleRow.revision, *MEMBERSHIP_COLUMNS)
    for part in _parts(article_ids):
        yield from connection.execute(query.where(ArticleRow.id.in_(part)))


def _parts(items: Iterable[T]) -> Iterator[list[T]]:
    iterator = iter(items)
    while part := list(islice(iterator, BATCH)):
        yield part
