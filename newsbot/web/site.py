"""Values that every page needs: the database, the time, and results that are cached for a minute."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Generic, TypeVar

from fastapi import Request
from sqlalchemy.orm import Session

from newsbot.items import ENTITY_TYPES, EntityType
from newsbot.store.database import Database
from newsbot.store.queries import (
    WEEK,
    EntityCount,
    RecentVectors,
    RisingEntity,
    SourceOverview,
    newest_at,
    rising,
    source_overviews,
    top_entities,
)

T = TypeVar("T")

STATEMENT_LIMIT_S = 10.0
MOST_MENTIONED, NAMES = 300, 25
"""Number of the week's most mentioned entities that are read, and number shown of each type."""
KEPT_S = 60.0
"""How long results that take long to count are kept, in seconds."""


class CachedValue(Generic[T]):
    """A value that is computed again once it is old; meanwhile other threads get the old one."""

    def __init__(self, make: Callable[[], T], kept_s: float = KEPT_S) -> None:
        self._make, self._kept_s = make, kept_s
        self._lock = Lock()
        self._made: tuple[float, T] | None = None

    def get(self) -> T:
        """Return the value, at most `kept_s` seconds old unless another thread is computing it."""
        made = self._made
        if made is not None and (time.monotonic() - made[0] < self._kept_s or self._lock.locked()):
            return made[1]
        with self._lock:
            if self._made is made:
                self._made = (time.monotonic(), self._make())
            assert self._made is not None
            return self._made[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The parts of the home page that are cached."""

    until: datetime
    """End of the week of `rising` and `entities`: now, or the newest article if that is older."""
    rising: list[RisingEntity]
    sources: list[SourceOverview]
    entities: dict[EntityType, list[EntityCount]]
    """Type -> entities: the most mentioned of that week, ordered by their number of articles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A database with the settings of its web pages."""

    database: Database
    now: Callable[[], datetime]
    images: bool = False
    """Whether pages may load images from the sites of the articles."""
    url: str | None = None
    """The URL under which readers reach the site, without a slash at the end; None: the one of the request."""
    vectors: RecentVectors = field(default_factory=RecentVectors)
    """What the articles of the last days are about."""
    snapshot: CachedValue[Snapshot] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "snapshot", CachedValue(self._read_snapshot))

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Give a read-only session in which statements that take longer than `STATEMENT_LIMIT_S` fail."""
        with self.database.read(limit_s=STATEMENT_LIMIT_S) as session:
            yield session

    def _read_snapshot(self) -> Snapshot:
        now = self.now()
        with self.read() as session:
            newest = newest_at(session, now=now)
            until = min(now, newest or now)
            return Snapshot(
                until=until,
                rising=rising(session, until=until),
                sources=source_overviews(session, now=now),
                entities=_by_type(top_entities(session, since=until - WEEK, limit=MOST_MENTIONED)),
            )


def _by_type(entities: Sequence[EntityCount]) -> dict[EntityType, list[EntityCount]]:
    ordered = sorted(entities, key=lambda entity: -entity.article_count)
    return {kind: [entity for entity in ordered if entity.type == kind][:NAMES] for kind in ENTITY_TYPES}


def root_of(request: Request) -> str:
    """Return the path below which the site is reached, without a slash at the end; "" as a rule."""
    root: str = request.scope.get("root_path", "")
    return root


def site_of(request: Request) -> Site:
    """Return the site that a request belongs to."""
    found: Site = request.app.state.site
    return found
