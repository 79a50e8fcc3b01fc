"""The one order in which a transaction takes locks, and a check that it does.

Two transactions that each wait for a lock of the other one deadlock. They cannot if all transactions take locks in one
order: by rank, and within a rank by key. So every lock that other writers may wait for has a `Rank`:

- `take` takes advisory locks of one rank, all keys in one statement, in the order of their numbers.
- `note` records row locks that an INSERT takes on the rows of a rank: the caller inserts rows in the order of their keys,
  all in one statement. An upsert waits for the transaction that has inserted the same key and not yet committed.
- Work of the ranks from `ALIASES` on is put off to the end of the transaction (see `deferred`), so that several articles
  can be stored in one transaction.

Both functions raise LockOrderError, also in production, if the transaction already holds a lock of the same or of a higher
rank, unless it holds all of these keys already. SQLite has one writer at a time, so nothing is taken or checked there.

Locks without a rank cannot take part in a deadlock:

- Rows of an article and what belongs to it (URLs, revisions, links, mentions, rejects of its URLs, its row in the
  frontier) are changed under the `IDENTITY` keys of its URLs. The story columns of other articles are changed under
  their locks of rank `STORIES`. A transaction that changes more than one stored article must hold these of all of them
  before the first one.
- Rows of `fetches` are locked against pruning with SKIP LOCKED (`crawl.fetches.lock_if_present`); pruning locks nothing
  else.
- Rows of the frontier are leased with SKIP LOCKED.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import IntEnum

from sqlalchemy import Connection, text

_STATE = "newsbot_locks"
"""Key in the `info` of a connection: the locks that its transaction holds."""
_LOCK = text("SELECT pg_advisory_xact_lock(number) FROM unnest(CAST(:numbers AS bigint[])) AS number")
_LOCK_SHARED = text(
    "SELECT pg_advisory_xact_lock_shared(number) FROM unnest(CAST(:numbers AS bigint[])) AS number"
)


class Rank(IntEnum):
    """Kinds of locks in the order in which a transaction must take them."""

    MIGRATION = 0
    """Advisory: the tables are being created or migrated."""
    IDENTITY = 1
    """Advisory: URLs and texts of articles that are being stored (`url_hash`, `text_key`)."""
    NEAR_DUPLICATES = 2
    """Advisory: near-duplicate keys of texts that are being stored."""
    STORIES = 3
    """Advisory: stories, and articles that are in none (see `articles.content.story_locks`)."""
    CORRECTIONS = 4
    """Advisory, one key: entities are being merged or split; shared by transactions that store several articles."""
    SOURCES = 5
    """Rows of `sources`."""
    AUTHORS = 6
    """Rows of `authors`."""
    TOPICS = 7
    """Rows of `topics`."""
    ENTITIES = 8
    """Rows of `entities`."""
    ALIASES = 9
    """Rows of `entity_aliases`."""
    BOILERPLATE = 10
    """Rows of `boilerplate_sites`, in the order of the sources, and with each the blocks of the source."""
    REMOVED_TEXTS = 11
    """Rows of `removed_texts`."""
    ENTITY_TOTALS = 12
    """Rows of `entity_sums`, which one transaction at a time changes; the others leave them alone and do not wait."""
    VOCABULARY = 13
    """Rows of `article_search_words`."""
    CHANGES = 14
    """Advisory, one key: changes are being numbered. The last lock of all, held for one insert and the commit."""


class LockOrderError(AssertionError):
    """Raised if a transaction takes a lock out of order: a mistake in the program."""


@dataclass(slots=True)
class _Held:
    """The locks that a transaction holds."""

    rank: Rank | None = None
    keys: set[tuple[Rank, object]] = field(default_factory=set)


def reset(connection: Connection) -> None:
    """Forget the locks of the last transaction; to be called when a transaction begins."""
    connection.info[_STATE] = _Held()


def take(connection: Connection, rank: Rank, keys: Iterable[bytes], *, is_shared: bool = False) -> bool:
    """Take advisory locks until the transaction ends, waiting for transactions that hold one of them.

    The first 8 bytes of each key count. Return whether the transaction did not hold all of them already; on SQLite
    always False. Raises LockOrderError."""
    if connection.dialect.name == "sqlite":
        return False
    numbers = sorted({int.from_bytes(key[:8], signed=True) for key in keys})
    if not note(connection, rank, numbers):
        return False
    connection.execute(_LOCK_SHARED if is_shared else _LOCK, {"numbers": numbers})
    return True


def take_found(connection: Connection, rank: Rank, keys: set[bytes], find: Callable[[], set[bytes]]) -> None:
    """Take advisory locks of keys that other transactions may change until these locks are held.

    `find` returns the keys as they are then. If some are not among `keys`, all of these locks are released and those of the
    keys that were found are taken, so that the order is kept."""
    while True:
        held: _Held = connection.info.setdefault(_STATE, _Held())
        before = _Held(held.rank, set(held.keys))
        with connection.begin_nested() as savepoint:
            take(connection, rank, keys)
            found = find()
            if found <= keys:
                return
            savepoint.rollback()
        connection.info[_STATE], keys = before, found


def note(connection: Connection, rank: Rank, keys: Iterable[object]) -> bool:
    """Record row locks that the next statement takes, in the order of their keys.

    Return whether the transaction did not hold all of them already; on SQLite always True. Raises LockOrderError."""
    if connection.dialect.name == "sqlite":
        return True
    held: _Held = connection.info.setdefault(_STATE, _Held())
    wanted = {(rank, key) for key in keys}
    if wanted <= held.keys:
        return False
    if held.rank is not None and rank <= held.rank:
        raise LockOrderError(f"a lock of rank {rank.name} was asked for after one of rank {held.rank.name}")
    held.rank = rank
    held.keys |= wanted
    return True


def is_held(connection: Connection, rank: Rank) -> bool:
    """Return whether the transaction holds a lock of this rank; on SQLite always False."""
    held: _Held = connection.info.setdefault(_STATE, _Held())
    return any(held_rank == rank for held_rank, _ in held.keys)
