"""What is counted of the blocks of each source, and which of them are boilerplate.

The blocks of new articles are counted when their transaction ends, those of all articles at once."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    Connection,
    Delete,
    FromClause,
    Integer,
    LargeBinary,
    Select,
    delete,
    exists,
    select,
    tuple_,
)
from sqlalchemy.orm import aliased

from newsbot.cleaning.boilerplate import MEMORY, Tally
from newsbot.store.schema.models import BoilerplateBlock, BoilerplateSite, KeptBlock
from newsbot.store.schema.types import Name
from newsbot.store.sql import deferred, dialect, locks, memory
from newsbot.store.sql.locks import Rank
from newsbot.store.sql.many_rows import AskedRows, InsertRows

Block = tuple[str, bytes]
"""Source (`stored_name`) and key of a block."""
_RENEWED = (
    "text",
    "first_seen_at",
    "last_seen_at",
    "article_count",
    "weight",
    "last_article",
    "marks",
    "is_learnt",
)
_TALLY = ("article_count", "weight", "last_article", "marks", "is_learnt")

_COLUMNS = [getattr(BoilerplateBlock, name) for name in _TALLY]
_CHANGE = re.compile(r"(INSERT INTO|UPDATE|DELETE FROM) (boilerplate|kept)_")
_IS_KEPT = exists().where(KeptBlock.source == BoilerplateBlock.source, KeptBlock.key == BoilerplateBlock.key)


def _of_blocks(*columns: Any) -> Callable[[FromClause], Select[Any]]:
    """Return the query for blocks that are given by source and key."""

    def build(asked: FromClause) -> Select[Any]:
        its_key = (BoilerplateBlock.source == asked.c.source) & (BoilerplateBlock.key == asked.c.key)
        return select(asked.c.source, asked.c.key, *columns, *_COLUMNS).join_from(
            asked, BoilerplateBlock, its_key
        )

    return build


def _learnt_blocks(asked: FromClause) -> Select[Any]:
    query = _of_blocks(BoilerplateSite.article_count.label("number"), _IS_KEPT.label("is_kept"))(asked)
    query = query.join(BoilerplateSite, BoilerplateSite.source == BoilerplateBlock.source)
    return query.where(BoilerplateBlock.is_learnt)


_LEARNT = AskedRows(_learnt_blocks, source=Name(), key=LargeBinary())
_COUNTED = AskedRows(_of_blocks(BoilerplateBlock.first_seen_at), source=Name(), key=LargeBinary())
_COUNT_MORE = InsertRows(
    dialect.table_of(BoilerplateSite),
    lambda query: query.on_conflict_do_update(
        index_elements=["source"],
        set_={"article_count": BoilerplateSite.article_count + query.excluded.article_count},
    ).returning(BoilerplateSite.source, BoilerplateSite.article_count),
)


def _old_blocks(asked: FromClause) -> Delete:
    old = aliased(BoilerplateBlock)
    is_old = (asked.c.source == old.source) & (old.last_article <= asked.c.until)
    found = select(old.source, old.key).join_from(asked, old, is_old)
    return delete(BoilerplateBlock).where(tuple_(BoilerplateBlock.source, BoilerplateBlock.key).in_(found))


_FORGET = AskedRows(_old_blocks, source=Name(), until=Integer())


class Learnt(NamedTuple):
    """What is learnt of a block."""

    is_boilerplate: bool
    is_kept: bool


class Lesson(NamedTuple):
    """What a new article says about the boilerplate of its source."""

    source: str
    marks: Collection[str]
    site_blocks: Mapping[bytes, str]
    now: datetime


def count_later(connection: Connection, lesson: Lesson) -> None:
    """Have the blocks of a new article counted when the transaction ends."""
    deferred.collect(connection, Rank.BOILERPLATE, _Lessons).waiting.append(lesson)


class _Lessons:
    """New articles whose blocks a transaction has yet to count."""

    def __init__(self) -> None:
        self.waiting: list[Lesson] = []

    def write(self, connection: Connection) -> None:
        """Update the counts of all sources. This locks the row of each source until the commit."""
        by_source: dict[str, list[Lesson]] = defaultdict(list)
        for lesson in self.waiting:
            by_source[lesson.source].append(lesson)
        if not by_source:
            return
        sources = sorted(by_source)
        locks.note(connection, Rank.BOILERPLATE, sources)
        counts = [{"source": source, "article_count": len(by_source[source])} for source in sources]
        numbers = dict(map(tuple, _COUNT_MORE.returned(connection, counts)))
        stored = _counted(connection, self.waiting)
        rows: list[dict[str, Any]] = []
        for source in sources:
            rows += _count(by_source[source], numbers[source], stored)
        if rows:
            dialect.insert_or_renew(
                connection, BoilerplateBlock, rows, unique=("source", "key"), renewed=_RENEWED
            )
        _FORGET.run(connection, [(source, numbers[source] - MEMORY) for source in sources])


def _counted(connection: Connection, lessons: Iterable[Lesson]) -> dict[Block, tuple[Tally, datetime]]:
    """Return what is counted of the blocks of new articles, and when each was first seen."""
    keys = dict.fromkeys((lesson.source, key) for lesson in lessons for key in lesson.site_blocks)
    found = _COUNTED.rows(connection, keys)
    return {(source, key): (_tally(values), first_seen_at) for source, key, first_seen_at, *values in found}


def _count(
    lessons: Sequence[Lesson], number: int, stored: Mapping[Block, tuple[Tally, datetime]]
) -> Iterator[dict[str, Any]]:
    """Yield the rows of the blocks of new articles of a source, the last of which has this number."""
    rows: dict[bytes, tuple[Tally, datetime, datetime, str]] = {}
    for place, lesson in enumerate(lessons, number - len(lessons) + 1):
        for key, text in lesson.site_blocks.items():
            known = rows[key][:2] if key in rows else stored.get((lesson.source, key))
            if known is None or known[0].last_article < place - MEMORY:
                known = Tally(), lesson.now
            rows[key] = known[0].counted(place, lesson.marks), known[1], lesson.now, text
    for key, (tally, first_seen_at, last_seen_at, text) in sorted(rows.items()):
        yield {
            "source": lessons[0].source,
            "key": key,
            "text": text,
            "first_seen_at": first_seen_at,
            "last_seen_at": last_seen_at,
            **{name: getattr(tally, name) for name in _TALLY},
        }


class _Known:
    """The blocks that a transaction has looked up, and what is learnt of them."""

    def __init__(self) -> None:
        self.blocks: dict[Block, Learnt | None] = {}

    def see(self, statement: str) -> None:
        """Forget everything if a statement changes blocks."""
        if _CHANGE.search(statement):
            self.blocks.clear()


def look_up(connection: Connection, blocks: Collection[Block]) -> Mapping[Block, Learnt | None]:
    """Return what is learnt of blocks, and perhaps of others; None: nothing. The transaction remembers it."""
    known = memory.of(connection, _Known).blocks
    asked = [block for block in blocks if block not in known]
    known.update(dict.fromkeys(asked))
    for source, key, number, is_kept, *values in _LEARNT.rows(connection, asked):
        known[source, key] = Learnt(_tally(values).is_boilerplate(number), bool(is_kept))
    return known


def _tally(values: Iterable[Any]) -> Tally:
    return Tally(**dict(zip(_TALLY, values, strict=True)))
