"""Counts by which a search can be narrowed: by source, tag, country and language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from newsbot.store.counts.count_groups import By, Tallies
from newsbot.store.search.filters import Filters

NARROWING: tuple[By, ...] = ("source", "tag", "country", "language")
MAX_VALUES = 200
"""Maximum number of values of a filter that are returned: those with most articles."""


def narrowing_counts(
    session: Session, query: str, filters: Filters, *, tallies: Tallies | None = None
) -> dict[str, Sequence[tuple[str, int]]]:
    """Return filter -> its values with the exact numbers of articles, the greatest first.

    The values of a filter are counted as if it had none, so that other ones can be chosen beside those that it has.
    `tallies` has what the same answer has counted already. Raises QueryError and FilterError."""
    counts = tallies or Tallies(session)
    others: dict[By, Filters] = {
        "source": replace(filters, source=()),
        "tag": replace(filters, tag=()),
        "country": replace(filters, country=()),
        "language": replace(filters, language=()),
    }
    counts.read(query, filters, NARROWING)
    return {field: _greatest(counts.by(field, query, without)) for field, without in others.items()}


def _greatest(counts: Counter[str | None]) -> list[tuple[str, int]]:
    known = [(value, number) for value, number in counts.items() if value is not None]
    return sorted(known, key=lambda pair: (-pair[1], pair[0]))[:MAX_VALUES]
