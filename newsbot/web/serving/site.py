"""Values that every page needs: the database, the time, and results that are cached for a minute."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Any, Generic, NamedTuple, TypeVar

from fastapi import Request
from sqlalchemy.orm import Session

from newsbot.items import ENTITY_TYPES, EntityType
from newsbot.sources.health import Flag
from newsbot.store.database import Database
from newsbot.store.placing.queue_database import QueueDatabase
from newsbot.store.queries import (
    WEEK,
    Attention,
    EditFilters,
    EntityCount,
    PublisherEdit,
    RecentVectors,
    RisingEntity,
    SourceHealth,
    SourceOverview,
    list_edits,
    list_entities,
    newest_at,
    rising,
    source_coverage,
    source_health,
    source_names,
    source_overviews,
    top_entities,
)
from newsbot.web.html.completion import Candidate, Completions

T = TypeVar("T")

STATEMENT_LIMIT_S = 10.0
MOST_MENTIONED, NAMES = 300, 25
"""Number of the week's most mentioned entities that are read, and number shown of each type."""
COMPLETED_NAMES = 5_000
"""Number of the most mentioned entities that are offered while somebody types a name."""
HEADLINES = 5
"""Number of changed headlines on the home page."""
KEPT_VALUES = 50
"""Number of searches whose counts are kept."""
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


class Condition(NamedTuple):
    """What a list of sources says of one of them."""

    health: SourceHealth | None
    """None for a source that has been stored since conditions were read."""
    coverage: Mapping[str, float]
    """Field name -> share of its newest articles that have it; empty without articles."""

    @property
    def flags(self) -> Sequence[Flag]:
        """What a person should look at; empty for a source that was never polled."""
        return self.health.flags if self.health else ()


class RecentValues(Generic[T]):
    """The last values of a function of something, so that the pages of one list need not count again."""

    def __init__(self, kept_s: float = KEPT_S, size: int = KEPT_VALUES) -> None:
        self._kept_s, self._size = kept_s, size
        self._made: OrderedDict[Hashable, tuple[float, T]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return the value of a key, at most `kept_s` seconds old; `make` computes it."""
        with self._lock:
            made = self._made.get(key)
        if made is not None and time.monotonic() - made[0] < self._kept_s:
            return made[1]
        value = make()
        with self._lock:
            self._made[key] = (time.monotonic(), value)
            self._made.move_to_end(key)
            while len(self._made) > self._size:
                self._made.popitem(last=False)
        return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The parts of the home page that are cached."""

    until: datetime
    """End of the week of `rising` and `entities`: now, or the newest article if that is older."""
    rising: list[RisingEntity]
    sources: list[SourceOverview]
    entities: dict[EntityType, list[EntityCount]]
    """Type -> entities: the most mentioned of that week, ordered by their number of articles."""
    headlines: list[PublisherEdit]
    """The newest changes of headlines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A database with the settings of its web pages."""

    database: Database
    now: Callable[[], datetime]
    images: bool = False
    """Whether pages may load images from the sites of the articles."""
    url: str | None = None
    """The URL under which readers reach the site, without a slash at the end; None: the one of the request."""
    watch: Sequence[Mapping[str, Any]] = ()
    """The `[[watch]]` tables of newsbot.toml."""
    form_key: str = ""
    """The hidden value that a form must have (`Access.form_key`); empty: readers may not make watches."""
    queue: QueueDatabase | None = None
    """The queue of many machines; None if there is none."""
    vectors: RecentVectors = field(default_factory=RecentVectors)
    """What the articles of the last days are about."""
    counts: RecentValues[tuple[Attention, Mapping[str, Sequence[tuple[str, int]]]]] = field(
        default_factory=RecentValues
    )
    """What search pages count: the history of a search, and the values by which it can be narrowed."""
    snapshot: CachedValue[Snapshot] = field(init=False)
    conditions: CachedValue[dict[str, Condition]] = field(init=False)
    """Key of a source -> its condition."""

    completions: CachedValue[dict[str, Completions]] = field(init=False)
    """Filter -> what is offered for it while somebody types."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "snapshot", CachedValue(self._read_snapshot))
        object.__setattr__(self, "conditions", CachedValue(self._read_conditions))
        object.__setattr__(self, "completions", CachedValue(self._read_completions))

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
                headlines=list_edits(
                    session, EditFilters(part="headline"), after=None, limit=HEADLINES
                ).edits,
                entities=_by_type(top_entities(session, since=until - WEEK, limit=MOST_MENTIONED)),
            )

    def _read_conditions(self) -> dict[str, Condition]:
        now = self.now()
        with self.read() as session:
            keys = list(source_names(session))
            coverage = source_coverage(session, keys)
            health = source_health(session, keys, now=now)
        return {found.source: Condition(found, coverage[found.source]) for found in health}

    def _read_completions(self) -> dict[str, Completions]:
        with self.read() as session:
            entities = list_entities(session, limit=COMPLETED_NAMES)
        sources = self.snapshot.get().sources
        return {
            "entity": Completions(
                Candidate(entity.name, entity.name, entity.article_count) for entity in entities
            ),
            "source": Completions(
                Candidate(source.key, source.name or source.key, source.article_count) for source in sources
            ),
        }


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
