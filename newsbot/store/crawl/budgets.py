"""The budget of a source for fetching pages again because a feed says that they have changed.

A claim costs one refetch, and a claim that was true gives it back: an honest source is never short of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from newsbot.discovery.timing.claims import REFETCHES_A_DAY, refilled
from newsbot.store.schema.models import FrontierRow, Source

_FRONTIER = FrontierRow.metadata.tables["frontier"]


def take_refetches(session: Session, source: str, wanted: int, now: datetime) -> int:
    """Take refetches from the budget of a source; return how many there are, `wanted` at most."""
    left, at = session.execute(
        select(Source.refetches_left, Source.refetches_at).where(Source.key == source)
    ).one_or_none() or (None, None)
    budget = refilled(left, at, now=now)
    taken = min(wanted, int(budget))
    values = {"refetches_left": budget - taken, "refetches_at": now}
    session.execute(update(Source).where(Source.key == source).values(values))
    return taken


def return_refetches(session: Session, hashes: Sequence[bytes]) -> None:
    """Return to the budgets of sources the refetches of pages that had really changed."""
    claimed = select(_FRONTIER.c.source).where(_FRONTIER.c.url_hash.in_(hashes), _FRONTIER.c.has_claim)
    for source in set(session.scalars(claimed)):
        is_short = Source.refetches_left <= REFETCHES_A_DAY - 1
        query = update(Source).where(Source.key == source, is_short)
        session.execute(query.values(refetches_left=Source.refetches_left + 1))
