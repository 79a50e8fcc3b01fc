"""What is learnt to be boilerplate, what is kept, and what was removed: by source and by article."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsbot.cleaning.boilerplate import Tally
from newsbot.items import Removed
from newsbot.store.boilerplate.removed_blocks import removed_of
from newsbot.store.schema.models import (
    BoilerplateBlock,
    BoilerplateSite,
    KeptBlock,
    RemovedBlock,
    RemovedText,
)

ID_DIGITS = 12
"""Number of digits of the id of a block: the beginning of its key, in hexadecimal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceBlock:
    """A block of a source that is learnt to be boilerplate, is kept, or was removed from articles."""

    id: str
    text: str
    is_learnt: bool
    """Whether it is removed from new articles, unless it is kept."""
    is_kept: bool
    removed_count: int
    """Number of stored articles from which it is removed."""
    key: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class BoilerplateCount:
    """Numbers of the blocks of one source."""

    source: str
    learnt_count: int
    """Number of blocks that are learnt to be boilerplate."""
    kept_count: int
    removed_count: int
    """Number of paragraphs that are removed from its articles."""


def removed_json(session: Session, article_id: int) -> list[dict[str, Any]]:
    """Return what was removed from an article, in its order, as JSON objects."""
    return [
        {
            "place": removed.place,
            "block": _id(removed.key),
            "by": "site" if removed.is_learnt else "phrase",
            "text": removed.text,
        }
        for removed in removed_paragraphs(session, article_id)
    ]


def removed_paragraphs(session: Session, article_id: int) -> list[Removed]:
    """Return what was removed from an article, in its order."""
    return removed_of(session.connection(), article_id)


def source_blocks(session: Session, source: str) -> list[SourceBlock]:
    """Return the blocks of a source, those that most articles lost first."""
    learnt = {key: text for _, key, text in _learnt(session, source)}
    kept = _texts(session, select(KeptBlock.key, KeptBlock.text).where(KeptBlock.source == source))
    removed_texts = select(RemovedText.key, func.max(RemovedText.text), func.sum(RemovedText.article_count))
    removed_texts = removed_texts.where(RemovedText.source == source, RemovedText.article_count > 0)
    removed = {
        key: (text, count) for key, text, count in session.execute(removed_texts.group_by(RemovedText.key))
    }
    texts = {key: text for key, (text, _) in removed.items()} | kept | learnt
    blocks = [
        SourceBlock(
            id=_id(key),
            text=text,
            is_learnt=key in learnt,
            is_kept=key in kept,
            removed_count=removed[key][1] if key in removed else 0,
            key=key,
        )
        for key, text in texts.items()
    ]
    return sorted(blocks, key=lambda block: (-block.removed_count, block.text, block.id))


def boilerplate_counts(session: Session, source: str | None = None) -> list[BoilerplateCount]:
    """Return the numbers of one source, or of all that have any, in the order of their keys."""
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for key, _, _ in _learnt(session, source):
        counts[key]["learnt_count"] += 1
    kept = select(KeptBlock.source, func.count()).group_by(KeptBlock.source)
    removed = select(RemovedText.source, func.sum(RemovedText.article_count)).group_by(RemovedText.source)
    removed = removed.where(RemovedText.source.is_not(None))
    if source is not None:
        kept, removed = kept.where(KeptBlock.source == source), removed.where(RemovedText.source == source)
    for key, count in session.execute(kept):
        counts[key]["kept_count"] = count
    for name, count in session.execute(removed):
        counts[str(name)]["removed_count"] = count
    return [
        BoilerplateCount(
            source=key,
            learnt_count=numbers["learnt_count"],
            kept_count=numbers["kept_count"],
            removed_count=numbers["removed_count"],
        )
        for key, numbers in sorted(counts.items())
    ]


def count_touched(session: Session, source: str) -> int:
    """Return the number of articles of a source from which something is removed."""
    query = select(func.count(RemovedBlock.article_id.distinct())).join(
        RemovedText, RemovedText.digest == RemovedBlock.digest
    )
    return session.scalar(query.where(RemovedText.source == source)) or 0


def _learnt(session: Session, source: str | None) -> Iterator[tuple[str, bytes, str]]:
    """Yield source, key and text of the blocks that are boilerplate now."""
    tally = ("article_count", "weight", "last_article", "marks", "is_learnt")
    columns = [getattr(BoilerplateBlock, name) for name in tally]
    query = (
        select(
            BoilerplateBlock.source,
            BoilerplateBlock.key,
            BoilerplateBlock.text,
            BoilerplateSite.article_count,
            *columns,
        )
        .join(BoilerplateSite, BoilerplateSite.source == BoilerplateBlock.source)
        .where(BoilerplateBlock.is_learnt)
    )
    if source is not None:
        query = query.where(BoilerplateBlock.source == source)
    for key_of_source, key, text, number, *values in session.execute(query):
        if Tally(**dict(zip(tally, values, strict=True))).is_boilerplate(number):
            yield key_of_source, key, text


def _texts(session: Session, query: Any) -> dict[bytes, str]:
    return {row.key: row.text for row in session.execute(query)}


def _id(key: bytes) -> str:
    return key.hex()[:ID_DIGITS]
