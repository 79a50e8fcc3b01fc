""" "Did you mean": names of entities that are written almost like one that nobody has."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from newsbot.store.entities.total_queries import of_totals
from newsbot.store.entities.totals import EVERYWHERE
from newsbot.store.schema.models import EntityRow

MAX_COMPARED = 10_000
"""Number of entities, the most mentioned ones, whose names are compared: more take longer than anybody waits."""
MIN_LIKENESS = 0.75
"""Share of letters that two names have in common, in the same order (difflib's ratio)."""
MAX_NAMED = 3


def similar_entities(session: Session, name: str) -> list[str]:
    """Return the names of well-known entities that resemble `name`, the most similar first."""

    def named(totals: Select[Any]) -> Select[Any]:
        total = totals.where(totals.selected_columns.country == EVERYWHERE).subquery()
        query = select(EntityRow.name, EntityRow.id, total.c.mention_count)
        query = query.join(total, total.c.entity_id == EntityRow.id)
        return query.order_by(total.c.mention_count.desc(), EntityRow.id).limit(MAX_COMPARED)

    named_most = of_totals(named)
    query = (
        select(named_most.c.name)
        .order_by(named_most.c.mention_count.desc(), named_most.c.id)
        .limit(MAX_COMPARED)
    )
    written = {found.casefold(): found for found in reversed(session.scalars(query).all())}
    similar = get_close_matches(name.casefold(), written, n=MAX_NAMED, cutoff=MIN_LIKENESS)
    return [written[found] for found in similar]
