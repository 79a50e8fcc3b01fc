"""The lines at the end of a run, from its stats and from what it has met. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from newsbot.items import utc_text
from newsbot.sources.health import cut
from newsbot.store.queries import RunReport

OUTCOMES = ("new", "changed", "unchanged", "duplicate", "conflict", "gone")
MAX_LINES = 3
"""Maximum number of lines about problems of one kind."""


def outcome_counts(stats: Mapping[str, Any]) -> dict[str, int]:
    """Return outcome -> number of articles, and `rejected`: the number of rejects."""
    counts = {outcome: stats.get(f"newsbot/store/{outcome}", 0) for outcome in OUTCOMES}
    counts["unchanged"] += stats.get("newsbot/store/not-modified", 0)
    counts["rejected"] = sum(count for name, count in stats.items() if name.startswith("newsbot/rejected/"))
    return counts


def outcome_line(spider: str, stats: Mapping[str, Any]) -> str:
    """Return the numbers of articles by outcome and of rejects, and the reason why the crawl ended."""
    counts = ", ".join(f"{count} {outcome}" for outcome, count in outcome_counts(stats).items())
    return f"newsbot {spider}: {counts}{_archive_note(stats)} ({stats.get('finish_reason', 'failed')})"


def _archive_note(stats: Mapping[str, Any]) -> str:
    """Return what the archive does not have of the responses; nothing if it has all of them."""
    reduced, skipped = (stats.get(f"newsbot/archive/{name}", 0) for name in ("reduced", "skipped"))
    notes = [f"{reduced} archived without some of their headers"] if reduced else []
    notes += [f"{skipped} not archived"] if skipped else []
    notes += ["the archive could not be written to the end"] if stats.get("newsbot/archive/stopped") else []
    return "".join(f", {note}" for note in notes)


def no_network(stats: Mapping[str, Any], report: RunReport) -> str | None:
    """Return the line for a run that got no answer at all, or is held because earlier ones got none.

    None for any other run, and for one that was stopped."""
    has_asked = bool(stats.get("downloader/request_count"))
    is_whole = stats.get("finish_reason") == "finished"
    if stats.get("newsbot/fetched") or not is_whole or not (has_asked or report.is_cut_off):
        return None
    reasons = [feed.reason for feed in report.failed]
    reasons += [hold.reason.rstrip(".") for hold in report.holds if hold.is_unreached]
    if report.failed and all(feed.is_lasting for feed in report.failed):
        return f"nothing could be requested: {reasons[0]}"
    why = f" ({reasons[0]})" if reasons else ""
    return f"no source could be reached{why}: is there a network?"


def report_lines(
    stats: Mapping[str, Any], report: RunReport, now: datetime, left: Sequence[str] = ()
) -> list[str]:
    """Return a few lines about feeds, hosts and walls; none if there is nothing to say.

    `left` are the hosts that were left to another run."""
    lines = _feed_counts(stats)
    problems = [
        [f"{feed.url}: {feed.reason}" for feed in report.failed],
        [f"{feed.url} has moved to {feed.moved_to}" for feed in report.moved],
        [f"{feed.url} has ended (410)" for feed in report.ended],
        [f"{hold.host} is held until {utc_text(hold.until)}: {hold.reason}" for hold in report.holds],
        [f"{flag.source}: {flag.kind}: {flag.detail}" for flag in report.walls],
    ]
    for found in problems:
        more = len(found) - MAX_LINES
        lines += found[:MAX_LINES] + ([f"and {more} more: newsbot sources health"] if more > 0 else [])
    if forbidden := stats.get("newsbot/rejected/fetch/robots", 0):
        lines.append(f"robots.txt forbids {forbidden} pages")
    if left:
        lines.append(f"left to another run: {', '.join(cut(left, MAX_LINES))}")
    elif not stats.get("downloader/request_count"):
        lines.append(_nothing_due(report, now))
    return lines


def _feed_counts(stats: Mapping[str, Any]) -> list[str]:
    names = ("polled", "unchanged", "failed", "moved", "gone")
    counts = {name: stats.get(f"newsbot/feeds/{name}", 0) for name in names}
    words = [f"{number} {name}" for name, number in counts.items() if number]
    lines = [f"feeds: {', '.join(words)}"] if words else []
    if strangers := stats.get("newsbot/links/offsite", 0):
        lines.append(f"links to other sites that were left out: {strangers} (offsite, hosts)")
    return lines


def _nothing_due(report: RunReport, now: datetime) -> str:
    if report.next_poll is None or report.next_poll[0] <= now:  # its host is held
        return "nothing is due"
    moment, source = report.next_poll
    return f"nothing is due; the next poll is in {duration(moment - now)} ({source})"


def duration(time: timedelta) -> str:
    """Return a duration in its greatest unit: 40 s, 12 min, 3 h, 2 days."""
    seconds = max(int(time.total_seconds()), 0)
    for size, unit in ((86400, "days"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size or (unit == "min" and seconds >= size):
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
