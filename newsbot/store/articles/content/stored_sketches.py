"""Finds the stored articles that are related to a text: its near duplicates, its excerpts, and texts that contain it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import Connection, bindparam, desc, func, select, union_all

from newsbot.dedupe.grouping import MAX_CANDIDATES, MAX_PER_KEY, SketchCandidate, relatives
from newsbot.dedupe.sketches import Relation, Sketch
from newsbot.store.articles.content.known_sketches import KEY_COLUMNS, KnownSketches
from newsbot.store.schema.models import ArticleSketch
from newsbot.store.sql import memory
from newsbot.store.sql.compiled import CompiledStatement

Related = Sequence[tuple[SketchCandidate, Relation]]
"""Stored articles with near duplicates or excerpts of a text, and how they are related to it."""


def _candidates() -> CompiledStatement:
    found = [
        select(ArticleSketch.article_id)
        .where(getattr(ArticleSketch, key) == bindparam(key))
        .order_by(getattr(ArticleSketch, key).desc(), ArticleSketch.article_id.desc())
        .limit(MAX_PER_KEY)
        .subquery()
        for key in KEY_COLUMNS
    ]
    shared = union_all(*(select(sharing.c.article_id) for sharing in found)).subquery()
    most = (
        select(shared.c.article_id)
        .group_by(shared.c.article_id)
        .order_by(desc(func.count()), shared.c.article_id.desc())
        .limit(MAX_CANDIDATES)
        .subquery()
    )
    query = select(ArticleSketch.article_id, ArticleSketch.content)
    return CompiledStatement(query.join(most, most.c.article_id == ArticleSketch.article_id))


_CANDIDATES = _candidates()  # built once: that takes longer than executing it


class StoredSketches:
    """The stored sketches as a `dedupe.grouping.NearDuplicateStore`."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def candidates(self, keys: tuple[int | None, ...]) -> Iterable[SketchCandidate]:
        """Return the articles that share a key at the same position, in one statement if they are not known."""
        known = memory.of(self.connection, KnownSketches)
        if known.has(keys):
            return known.candidates(keys)
        found = _CANDIDATES.rows(self.connection, dict(zip(KEY_COLUMNS, keys, strict=True)))
        return [SketchCandidate(*row) for row in found]


def related_to(connection: Connection, text: Sketch) -> Related:
    """Return the stored articles that are related to a text; none to one that is too short for keys."""
    return [] if set(text.keys) == {None} else relatives(text, StoredSketches(connection))


def sketches_of(connection: Connection, article_ids: Collection[int]) -> list[Sketch]:
    """Return the stored sketches of articles."""
    columns = (getattr(ArticleSketch, key) for key in KEY_COLUMNS)
    query = select(ArticleSketch.content, *columns).where(ArticleSketch.article_id.in_(article_ids))
    return [Sketch(tuple(keys), content) for content, *keys in connection.execute(query)]
