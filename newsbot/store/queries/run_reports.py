"""What a run of the news spider has met: feeds that failed, moved or ended, hosts that are held, walls."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsbot.sources.health import Flag
from newsbot.sources.reach import FeedState, Hold
from newsbot.store.crawl.polling import next_poll
from newsbot.store.crawl.source_health import feed_states, source_health, source_holds
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


def run_report(session: Session, run_id: int, sources: Collection[str], *, now: datetime) -> RunReport:
    """Return what a run over these sources has met so far."""
    began = session.scalar(select(Run.started_at).where(Run.id == run_id)) or now
    feeds = feed_states(session, sources)
    polled = [
        feed
        for states in feeds.values()
        for feed in states
        if feed.last_polled_at and feed.last_polled_at >= began
    ]
    troubled = select(Fetch.source).where(Fetch.run_id == run_id, Fetch.outcome.in_(TROUBLES)).distinct()
    suspects = set(session.scalars(troubled)) & set(sources)
    health = source_health(session, [key for key in suspects if key], now=now) if suspects else []
    holds = {hold.host: hold for of_source in source_holds(session, feeds).values() for hold in of_source}
    holds |= {hold.host: hold for report in health for hold in report.holds}
    held = sorted((hold for hold in holds.values() if hold.until > now), key=lambda hold: hold.host)
    hosts = {feed.host for states in feeds.values() for feed in states if not feed.gone_at}
    silent = {hold.host for hold in held if hold.is_unreached}
    failed = [feed for feed in polled if feed.failure_count and not feed.gone_at]
    return RunReport(
        failed=[feed for feed in failed if not feed.is_waiting_for(held)],
        moved=[feed for feed in polled if feed.moved_to and not feed.gone_at],
        ended=[feed for feed in polled if feed.gone_at and feed.gone_at >= began],
        holds=held,
        walls=[flag for report in health for flag in report.flags if flag.kind in WALLS],
        is_cut_off=bool(hosts) and hosts <= silent,
        next_poll=next_poll(session, sources),
    )
