"""What every page needs: the database, the time, and what has been worked out a moment ago."""

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
"""Names of the week that are looked at, and of each type that are shown."""
KEPT_S = 60.0
"""How old figures that take long to count may be."""


class CachedValue(Generic[T]):
    """A value that is worked out anew once it is old; meanwhile others get the old one."""

    def __init__(self, make: Callable[[], T], kept_s: float = KEPT_S) -> None:
        self._make, self._kept_s = make, kept_s
        self._lock = Lock()
        self._made: tuple[float, T] | None = None

    def get(self) -> T:
        """Return the value."""
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
    """What the home page shows beside the news."""

    until: datetime
    """End of the week that is looked at: now, or the newest article if that is older."""
    rising: list[RisingEntity]
    sources: list[SourceOverview]
    entities: dict[EntityType, list[EntityCount]]
    """By type, of those most mentioned in that week the ones in most articles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One database, shown."""

    database: Database
    now: Callable[[], datetime]
    images: bool = False
    """Whether pages may load images from the sites of the articles."""
    snapshot: CachedValue[Snapshot] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "snapshot", CachedValue(self._look))

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Give a session that cannot write; statements that take too long fail."""
        with self.database.read(limit_s=STATEMENT_LIMIT_S) as session:
            yield session

    def _look(self) -> Snapshot:
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


def site_of(request: Request) -> Site:
    """Return the site that a request asks."""
    found: Site = request.app.state.site
    return found
