"""Counts by which a search can be narrowed: by source, tag, country and language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from newsbot.store.counts.count_groups import By, counted, regrouped, wanted_for_counts
from newsbot.store.search.filters import Filters
from newsbot.store.search.matching import ask, count_matching

MAX_VALUES = 200
"""Maximum number of values of a filter that are returned: those with most articles."""


def narrowing_counts(session: Session, query: str, filters: Filters) -> dict[str, Sequence[tuple[str, int]]]:
    """Return filter -> its values with the exact numbers of articles, the greatest first.

    The values of a filter are counted as if it had none, so that other ones can be chosen beside those that it has.
    Raises QueryError and FilterError."""
    others: dict[By, Filters] = {
        "source": replace(filters, source=()),
        "tag": replace(filters, tag=()),
        "country": replace(filters, country=()),
        "language": replace(filters, language=()),
    }
    numbers = {
        without: count_matching(session, ask(session, query, without), without) for without in others.values()
    }
    by_sources: dict[Filters, Counter[str | None]] = {}
    found: dict[str, Sequence[tuple[str, int]]] = {}
    for field, without in others.items():
        wanted = wanted_for_counts(session, query, without, numbers[without])
        if field == "language":
            counts = counted(session, field, wanted)
        else:
            if without not in by_sources:
                by_sources[without] = counted(session, "source", wanted)
            sources = by_sources[without]
            counts = sources if field == "source" else regrouped(session, field, sources)
        found[field] = _greatest(counts)
    return found


def _greatest(counts: Counter[str | None]) -> list[tuple[str, int]]:
    known = [(value, number) for value, number in counts.items() if value is not None]
    return sorted(known, key=lambda pair: (-pair[1], pair[0]))[:MAX_VALUES]
