"""What a run of the news spider has met: feeds that failed, moved or ended, hosts that are held, walls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsbot.sources.health import Flag
from newsbot.sources.reach import FeedState, Hold
from newsbot.store.crawl.sharing.due_work import next_poll
from newsbot.store.crawl.sharing.wanted_work import Wanted, is_wanted
from newsbot.store.crawl.source_health import (
    SourceHealth,
    has_only_hosts,
    source_health,
    troubled_feeds,
    wanted_holds,
)
from newsbot.store.schema.models import Fetch, Run

TROUBLES = ("reject", "held")
"""Outcomes of fetches that may be signs of a wall."""
WALLS = ("bot wall", "robots refusal")


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport:
    """What a run has met."""

    failed: Sequence[FeedState] = ()
    """Feeds whose poll failed in this run, without those that only wait for a host that is held."""
    moved: Sequence[FeedState] = ()
    """Feeds that were polled in this run and redirect permanently."""
    ended: Sequence[FeedState] = ()
    """Feeds that ended (410) in this run."""
    holds: Sequence[Hold] = ()
    """Hosts of its sources that are held now."""
    walls: Sequence[Flag] = ()
    """Walls, and robots.txt files that forbid most pages, of sources that gave a reject in this run."""
    is_cut_off: bool = False
    """Whether all hosts of its feeds are held because they gave no answer to earlier runs."""
    next_poll: tuple[datetime, str] | None = None
    """Time of the next poll of one of its sources, and the key of that source."""


def run_report(session: Session, run_id: int, wanted: Wanted, *, now: datetime) -> RunReport:
    """Return what a run over the sources that are wanted has met so far."""
    began = session.scalar(select(Run.started_at).where(Run.id == run_id)) or now
    feeds = troubled_feeds(session, wanted, since=began)
    health = _health_of_suspects(session, run_id, wanted, now)
    holds = {hold.host: hold for hold in wanted_holds(session, wanted)}
    holds |= {hold.host: hold for report in health for hold in report.holds}
    held = sorted((hold for hold in holds.values() if hold.until > now), key=lambda hold: hold.host)
    failed = [feed for feed in feeds if feed.failure_count and not feed.gone_at]
    return RunReport(
        failed=[feed for feed in failed if not feed.is_waiting_for(held)],
        moved=[feed for feed in feeds if feed.moved_to and not feed.gone_at],
        ended=[feed for feed in feeds if feed.gone_at and feed.gone_at >= began],
        holds=held,
        walls=[flag for report in health for flag in report.flags if flag.kind in WALLS],
        is_cut_off=has_only_hosts(session, wanted, [hold.host for hold in held if hold.is_unreached]),
        next_poll=next_poll(session, wanted),
    )


def _health_of_suspects(session: Session, run_id: int, wanted: Wanted, now: datetime) -> list[SourceHealth]:
    """Return the health of the sources that gave a reject in this run, or whose hosts asked to wait."""
    troubled = select(Fetch.source).where(
        Fetch.run_id == run_id, Fetch.outcome.in_(TROUBLES), is_wanted(wanted, Fetch.source)
    )
    return source_health(session, [key for key in session.scalars(troubled.distinct()) if key], now=now)
