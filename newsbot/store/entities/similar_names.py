""" "Did you mean": names of entities that are written almost like one that nobody has."""

from __future__ import annotations

from difflib import get_close_matches

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsbot.store.entities.totals import EVERYWHERE
from newsbot.store.schema.models import EntityRow, EntityTotal

MAX_COMPARED = 10_000
"""Number of entities, the most mentioned ones, whose names are compared: more take longer than anybody waits."""
MIN_LIKENESS = 0.75
"""Share of letters that two names have in common, in the same order (difflib's ratio)."""
MAX_NAMED = 3


def similar_entities(session: Session, name: str) -> list[str]:
    """Return the names of well-known entities that resemble `name`, the most similar first."""
    query = (
        select(EntityRow.name)
        .join(EntityTotal, EntityTotal.entity_id == EntityRow.id)
        .where(EntityTotal.country == EVERYWHERE)
        .order_by(EntityTotal.mention_count.desc(), EntityRow.id)
        .limit(MAX_COMPARED)
    )
    written = {found.casefold(): found for found in reversed(session.scalars(query).all())}
    similar = get_close_matches(name.casefold(), written, n=MAX_NAMED, cutoff=MIN_LIKENESS)
    return [written[found] for found in similar]
