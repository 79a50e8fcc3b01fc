"""Crawl 50 made-up sites for a simulated week, and tell what was stored, missed, asked too often, and flagged.

    python -m benchmarks.week [--days 7] [--sites 50] [--seed 1] [--database URL]

The spider `news` runs every 15 minutes of a fake clock, with the settings of the project and a real database. Only the time of
day is faked: monotonic clocks stay real, so that timeouts are those of a real crawl. Where the spider sleeps until a host is
free again, the clock is moved on in place of waiting. `benchmarks.week_sites` has the sites: their rhythms, what is odd about
them, and when they fail.

Prints the tables of `benchmarks/week.md`, and what went wrong, by site. Exits with 1 if an article was stored twice, or missed
without an excuse, or a host was asked before the time that it had named. Needs time-machine (extra `bench`).
"""

from __future__ import annotations

import argparse
import logging
import os
import platform
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles
from types import SimpleNamespace
from typing import Any, NamedTuple
from unittest.mock import patch

import time_machine
from scrapy.crawler import CrawlerRunner
from scrapy.utils.defer import deferred_from_coro
from scrapy.utils.reactor import install_reactor
from sqlalchemy import select

from benchmarks.week_sites import (
    DAY_S,
    ENDS_H,
    HOUR_S,
    MONDAY,
    MOVES_H,
    NEVER_S,
    OWN_OUTAGE,
    Asked,
    Serving,
    Site,
    Story,
    Trouble,
    moment,
    number_of,
    update_of,
)
from newsbot.items import STUB
from newsbot.sources.health import Flag, outage, without_outage
from newsbot.sources.walls import WALL_PAGES
from newsbot.store.database import Database
from newsbot.store.queries import source_health
from newsbot.store.schema.models import ArticleRow, FrontierRow, Revision
from tests.crawling import project_settings

STEP_S = 900
"""Time between the starts of two runs."""
MAX_COPIES = 2
"""Number of marked copies of an article that are accepted: so many show which parameter of a URL means nothing."""
CLOCKS_DIFFER_S = 1
"""Difference between the clocks of the crawls and of the sites that is ignored."""
GRACE_S = 2 * STEP_S
"""Time in which a page that was listed just before the end need not have been fetched."""


# ------------------------------------------------------------------ the clock


class Clock:
    """The fake clock of the crawls and of the sites. Between moves it goes on as fast as the real one."""

    def __init__(self, serving: Serving, travel: time_machine.Traveller) -> None:
        self.serving = serving
        self.travel = travel

    @property
    def now_s(self) -> float:
        """Seconds since Monday."""
        return (datetime.now(UTC) - MONDAY).total_seconds()

    def move_to(self, at_s: float) -> None:
        """Move the clock on; it never goes back."""
        at_s = max(at_s, self.now_s)
        self.travel.move_to(moment(at_s))
        self.serving.set_clock(at_s)

    async def sleep(self, duration_s: float) -> None:
        """Move the clock on in place of sleeping."""
        self.move_to(self.now_s + duration_s)


@contextmanager
def fake_clock(serving: Serving) -> Iterator[Clock]:
    """Give a clock that stands at Monday 00:00 UTC, and that the spider `news` sleeps by."""
    from newsbot.spiders.news_work import news

    with time_machine.travel(MONDAY, tick=True) as travel:
        clock = Clock(serving, travel)
        clock.move_to(0.0)
        with patch.object(news, "asyncio", SimpleNamespace(sleep=clock.sleep)):
            yield clock


# ------------------------------------------------------------------ the week


class Report(NamedTuple):
    """What `newsbot sources health` says at a time."""

    at_s: float
    flags: list[Flag]


@dataclass
class Week:
    """What has happened."""

    sites: list[Site]
    seconds: float
    """Length of the simulated time."""
    database_url: str
    asked: list[Asked] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)
    """Messages that were logged as errors."""
    reasons: Counter[str] = field(default_factory=Counter)
    """How the runs have ended."""


async def simulate(
    *, seed: int, number: int, days: float, database_url: str, folder: Path, say: Callable[[str], None]
) -> Week:
    """Return what happens in a number of days, with so many sites."""
    with Serving(seed=seed, number=number, days=days) as serving:
        catalog = folder / "sources.toml"
        catalog.write_text("\n".join(site.toml for site in serving.sites))
        week = Week(serving.sites, days * DAY_S, database_url)
        settings = project_settings(
            NEWSBOT_DATABASE_URL=database_url,
            NEWSBOT_SOURCES=str(catalog),
            NEWSBOT_ENTITY_ENGINE="none",
            NEWSBOT_ALLOWED_NETWORKS="127.0.0.0/8",
            AUTOTHROTTLE_ENABLED=False,
        )
        begun = time.monotonic()
        with _errors(week.errors), fake_clock(serving) as clock:
            for run in range(round(week.seconds / STEP_S)):
                clock.move_to(run * STEP_S)
                crawler = CrawlerRunner(settings).create_crawler("news")
                await crawler.crawl_async()
                assert crawler.stats is not None
                week.reasons[crawler.stats.get_value("finish_reason")] += 1
                is_evening = (run + 1) % (DAY_S / STEP_S) == 0 or run + 1 == round(week.seconds / STEP_S)
                if is_evening:
                    week.reports.append(Report(clock.now_s, flags_of(week)))
                    say(f"{moment(clock.now_s):%a %H:%M}, {time.monotonic() - begun:.0f} s")
        week.asked = serving.asked()
    return week


@contextmanager
def _errors(errors: Counter[str]) -> Iterator[None]:
    """Count the messages that are logged as errors."""

    class Counting(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            errors[f"{record.name}: {record.getMessage()[:300]}"] += 1

    counting = Counting(level=logging.ERROR)
    logging.getLogger().addHandler(counting)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(counting)


def flags_of(week: Week) -> list[Flag]:
    """Return the flags of `newsbot sources health` now."""
    with _reading(week) as session:
        reports = source_health(session, [site.key for site in week.sites], now=datetime.now(UTC))
    flags = [flag for report in reports for flag in report.flags]
    everything = outage({report.source: report.unreached for report in reports if report.was_polled})
    return [everything, *without_outage(flags)] if everything else flags


@contextmanager
def _reading(week: Week) -> Iterator[Any]:
    database = Database(week.database_url).open(migrate=False)
    try:
        with database.read() as session:
            yield session
    finally:
        database.close()


# ------------------------------------------------------------------ articles


class Outcome(NamedTuple):
    """What has become of a story."""

    site: Site
    story: Story
    name: str
    """`stored`, `copied` (with rows that are marked as copies of it), `twice`, `missed`, or why it could not be stored."""
    detail: str = ""
    row: Any = None


def outcomes(week: Week) -> list[Outcome]:
    """Return what has become of each story that was published in the simulated time."""
    rows: dict[int, list[Any]] = defaultdict(list)
    with _reading(week) as session:
        for row in session.scalars(select(ArticleRow).order_by(ArticleRow.id)):
            rows[number_of(row.url) or 0].append(row)
        frontier = {number_of(row.url): row for row in session.scalars(select(FrontierRow))}
        session.expunge_all()
    polls = good_polls(week)
    found = []
    for site in week.sites:
        for story in site.stories:
            stored = rows.get(story.number, [])
            if story.published_s < 0 and not stored:
                continue
            unmarked = [row for row in stored if row.duplicate_of is None]
            if len(unmarked) > 1 or len(stored) > 1 + MAX_COPIES:
                urls = ", ".join(row.url for row in stored[:3])
                found.append(Outcome(site, story, "twice", f"{len(stored)} times, {urls}", stored[0]))
            elif stored and stored[0].kind != STUB:
                name = "backlog" if story.published_s < 0 else "stored" if len(stored) == 1 else "copied"
                found.append(Outcome(site, story, name, _differences(site, story, stored[0]), stored[0]))
            else:
                name, detail = _excuse(week, site, story, polls[site.place])
                queued = frontier.get(story.number)
                state = (
                    f"{queued.state}, {queued.attempts} attempts, {queued.last_error}"
                    if queued
                    else "never listed"
                )
                state += "; only a stub is stored" if stored else ""
                found.append(Outcome(site, story, name, f"{detail}; frontier: {state}"))
    return found


def _differences(site: Site, story: Story, row: Any) -> str:
    """Return which fields of a stored article are wrong."""
    wrong = []
    if row.title != story.title:
        wrong.append(f"title {row.title!r}")
    if row.source != site.key:
        wrong.append(f"source {row.source}")
    if row.published_at != moment(story.published_s):
        wrong.append(f"date {row.published_at}")
    if row.duplicate_of is not None:
        wrong.append(f"copy of {row.duplicate_of}")
    return ", ".join(wrong)


def good_polls(week: Week) -> dict[int, list[tuple[float, str]]]:
    """Return time and path of the lists that were sent, by the place of the site."""
    found: dict[int, list[tuple[float, str]]] = defaultdict(list)
    for asked in week.asked:
        is_list = asked.role == "day" or (
            asked.role == "list" and week.sites[asked.place - 1].kind != "index"
        )
        if is_list and asked.status in (200, 304):
            found[asked.place].append((asked.at_s, asked.path))
    return found


def _excuse(week: Week, site: Site, story: Story, polls: Sequence[tuple[float, str]]) -> tuple[str, str]:
    """Return why a story was not stored: a name, `missed` if there is no excuse, and in detail."""
    until_s = min(site.listed_until_s(story), week.seconds)
    listed = [
        at_s for at_s, path in polls if story.published_s <= at_s < until_s and _lists(site, story, path)
    ]
    if story.is_paid:
        return "paid", ""
    if site.trait == "ended" and story.published_s >= ENDS_H * HOUR_S:
        return "feed has ended", ""
    if listed:
        if listed[0] > week.seconds - GRACE_S:
            return "too new", ""
        if story.deleted_s < listed[0] + GRACE_S:
            return "deleted at once", ""
        return "missed", f"listed at {_hours(listed[0])}" + _trouble_then(site, story, until_s)
    if story.published_s > max((at_s for at_s, _ in polls), default=0) and until_s >= week.seconds:
        return "too new", "no poll since"
    if _open_s(site, story.published_s, until_s) < GRACE_S:
        return "unseen in outage", ""
    return (
        "missed",
        f"listed from {_hours(story.published_s)} to {_hours(until_s)}, never polled"
        + _trouble_then(site, story, until_s),
    )


def _lists(site: Site, story: Story, path: str) -> bool:
    return site.kind != "index" or f"{moment(story.published_s):%Y-%m-%d}" in path


def _trouble_then(site: Site, story: Story, until_s: float) -> str:
    troubles = [
        trouble
        for trouble in outages(site)
        if trouble.begin_h * HOUR_S < until_s and trouble.end_h * HOUR_S + DAY_S > story.published_s
    ]
    return "".join(f"; {trouble.kind} from {trouble.begin_h} h to {trouble.end_h} h" for trouble in troubles)


def outages(site: Site) -> list[Trouble]:
    """Return when a site had troubles."""
    return [*([site.trouble] if site.trouble else []), OWN_OUTAGE]


def _open_s(site: Site, begin_s: float, end_s: float) -> float:
    """Return for how many seconds of a period the lists of a site could be read."""
    moments = [
        at_s
        for at_s in range(int(begin_s), int(end_s), 60)
        if not any(trouble.is_at(at_s) and trouble.kind not in WALLS for trouble in outages(site))
    ]
    return 60.0 * len(moments)


def _hours(seconds: float) -> str:
    return f"{moment(seconds):%a %H:%M}" if seconds != NEVER_S else "never"


# ------------------------------------------------------------------ updates


class Update(NamedTuple):
    """A real update of a stored article."""

    site: Site
    story: Story
    name: str
    """`found`, `missed`, `not due` (the last look is after the end), or `stored after it`."""
    delay_s: float = 0.0


def updates(week: Week, found: Iterable[Outcome]) -> tuple[list[Update], list[str]]:
    """Return the real updates of stored articles, and the revisions of articles that were not updated."""
    with _reading(week) as session:
        replaced: dict[int, list[datetime]] = defaultdict(list)
        for revision in session.scalars(select(Revision).where(~Revision.by_rules)):
            replaced[revision.article_id].append(revision.replaced_at)
    real, invented = [], []
    for outcome in found:
        story, row = outcome.story, outcome.row
        if row is None:
            continue
        updated = moment(story.updated_s) if story.updated_s < week.seconds else None
        if updated is None or row.first_seen_at >= updated:
            invented += [f"{outcome.site.name}: {row.url} at {at}" for at in replaced[row.id]]
        if updated is None or story.deleted_s < story.updated_s + 4 * DAY_S:
            continue
        if row.first_seen_at >= updated:
            real.append(Update(outcome.site, story, "stored after it"))
        elif update_of(story) in row.body:
            delay_s = (min(replaced[row.id]) - updated).total_seconds() if replaced[row.id] else 0.0
            real.append(Update(outcome.site, story, "found", delay_s))
        else:
            is_due = story.published_s + 3 * DAY_S + HOUR_S < week.seconds
            real.append(Update(outcome.site, story, "missed" if is_due else "not due"))
    return real, invented


# ------------------------------------------------------------------ requests


def asked_while_held(week: Week) -> list[str]:
    """Return the requests to hosts before the time that they had named, and to the stranger's host."""
    free_at: dict[str, tuple[float, float]] = {}
    found = []
    for asked in week.asked:
        said_at, free = free_at.get(asked.host, (0.0, 0.0))
        if said_at < asked.at_s < free - CLOCKS_DIFFER_S:
            found.append(
                f"{asked.host} {asked.path} at {_hours(asked.at_s)}, {free - asked.at_s:.0f} s too early"
            )
        if not asked.place:
            found.append(f"{asked.host} {asked.path}: a stranger's")
        if asked.wait_s:
            free_at[asked.host] = (asked.at_s, asked.at_s + asked.wait_s)
    return found


# ------------------------------------------------------------------ health

EXPECTED: dict[str, set[str]] = {
    "5xx": {"failing feed", "held", "not reached"},
    "refused": {"failing feed", "held", "not reached"},
    "robots": {"held", "failing feed", "not reached"},
    "feed 404": {"failing feed"},
    "busy 60": {"held"},
    "busy 7200": {"held"},
    "403": {"bot wall"},
    "challenge": {"bot wall"},
    "moved": {"moved feed"},
    "moved host": {"moved feed"},
    "ended": {"ended feed"},
}
"""What is wrong -> the flags that say so."""
WALLS = ("403", "challenge")
NOTICED_S = 4 * HOUR_S
"""Time after which a trouble must be flagged."""
FORGOTTEN_S = DAY_S
"""Time after the end of a trouble for which it may still be flagged."""


class Judged(NamedTuple):
    """The flags at the end of a day, against what was wrong."""

    at_s: float
    right: list[str]
    missed: list[str]
    false: list[str]


def judge(week: Week, report: Report, lost: Collection[str] = ()) -> Judged:
    """Compare the flags of a day with what was wrong; `lost` are the sites of which stories were missed until then."""
    right: list[str] = []
    missed: list[str] = []
    false: list[str] = []
    is_cut_off = OWN_OUTAGE.is_at(report.at_s)
    is_said = any(flag.source is None for flag in report.flags)
    if is_cut_off:
        kinds = Counter(flag.kind for flag in report.flags)
        said = ", ".join(f"{number} {kind}" for kind, number in kinds.items())
        (right if is_said else missed).append(f"all sources: own network is down; said: {said or 'nothing'}")
        return Judged(report.at_s, right, missed, false)
    if is_said:
        false.append("all sources: not reached")
    for site in week.sites:
        flags = {flag.kind: flag.detail for flag in report.flags if flag.source == site.key}
        for kind in expected_flags(site, report.at_s):
            shown = EXPECTED[kind] & flags.keys()
            (right if shown else missed).append(f"{site.key} ({site.name}): {', '.join(shown) or kind}")
        accepted = accepted_flags(site, report.at_s, is_lost=site.key in lost)
        wrong = {kind: detail for kind, detail in flags.items() if kind not in accepted}
        false += [f"{site.key} ({site.name}): {kind}: {detail}" for kind, detail in wrong.items()]
    return Judged(report.at_s, right, missed, false)


def expected_flags(site: Site, now_s: float) -> Iterator[str]:
    """Yield what is wrong with a site for so long that it must be flagged."""
    for kind, begin_s, end_s in wrongs(site):
        is_wall = kind in WALLS and _new_stories(site, begin_s, now_s - HOUR_S) < WALL_PAGES
        if begin_s + NOTICED_S <= now_s < end_s and not kind.startswith("busy") and not is_wall:
            yield kind


def accepted_flags(site: Site, now_s: float, *, is_lost: bool) -> set[str]:
    """Return the flags that are no mistake."""
    accepted: set[str] = set()
    if is_lost or _new_stories(site, -NEVER_S, now_s) == 0:
        accepted.add("silence")
    for kind, begin_s, end_s in wrongs(site):
        is_unknown = kind in WALLS and _new_stories(site, end_s, now_s) < WALL_PAGES
        if begin_s <= now_s and (now_s < end_s + FORGOTTEN_S or is_unknown):
            accepted |= EXPECTED[kind] | {"silence"}
    if OWN_OUTAGE.end_h * HOUR_S <= now_s < (OWN_OUTAGE.end_h + 1) * HOUR_S:
        accepted |= {"failing feed", "not reached", "held"}
    return accepted


def wrongs(site: Site) -> Iterator[tuple[str, float, float]]:
    """Yield what is wrong with a site: its name, begin and end in seconds."""
    if site.trouble:
        yield site.trouble.kind, site.trouble.begin_h * HOUR_S, site.trouble.end_h * HOUR_S
    if site.trait in ("moved", "moved host"):
        yield site.trait, MOVES_H * HOUR_S, NEVER_S
    if site.trait == "ended":
        yield site.trait, ENDS_H * HOUR_S, NEVER_S


def _new_stories(site: Site, begin_s: float, end_s: float) -> int:
    return sum(begin_s <= story.published_s < end_s for story in site.stories)


# ------------------------------------------------------------------ tables


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def _minutes(delays_s: Sequence[float]) -> list[str]:
    """Return median and 90th percentile in minutes."""
    if len(delays_s) < 2:
        return [f"{delays_s[0] / 60:.0f}" if delays_s else "-", "-"]
    return [f"{median(delays_s) / 60:.0f}", f"{quantiles(delays_s, n=10)[-1] / 60:.0f}"]


def article_table(found: Sequence[Outcome]) -> str:
    """Return the outcomes and delays of the articles, by kind of site, and with and without troubles."""
    names = [
        "stored",
        "copied",
        "twice",
        "missed",
        "unseen in outage",
        "feed has ended",
        "paid",
        "deleted at once",
        "too new",
        "backlog",
    ]
    groups: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in found:
        groups[outcome.site.kind].append(outcome)
        groups["sites in trouble" if outcome.site.trouble else "sites without trouble"].append(outcome)
        groups["all"].append(outcome)
    rows = []
    for name, group in groups.items():
        counts = Counter(outcome.name for outcome in group)
        delays_s = [
            (o.row.first_seen_at - moment(o.story.published_s)).total_seconds()
            for o in group
            if o.name in ("stored", "copied")
        ]
        published = sum(outcome.story.published_s >= 0 for outcome in group)
        rows.append([name, published, *(counts[each] for each in names), *_minutes(delays_s)])
    return table(["sites", "published", *names, "delay p50 min", "p90"], rows)


def request_table(week: Week, found: Sequence[Outcome], real: Sequence[Update]) -> str:
    """Return how many requests were made, by what a site is like, against the fewest that could be enough."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    sites: Counter[str] = Counter(site.name for site in week.sites)
    for asked in week.asked:
        if asked.place:
            name, role = (
                week.sites[asked.place - 1].name,
                "poll" if asked.role in ("list", "day") else asked.role,
            )
            counts[name][role] += 1
            counts[name][f"{role} {asked.status}"] += 1
    needed = Counter(outcome.site.name for outcome in found if outcome.row is not None)
    needed.update(update.site.name for update in real if update.name != "stored after it")
    rows = []
    for name in [*sites, "all"]:
        count = counts[name] if name != "all" else sum(counts.values(), Counter())
        least = needed[name] if name != "all" else needed.total()
        number = sites[name] if name != "all" else len(week.sites)
        days = week.seconds / DAY_S
        pages = count["page"]
        rows.append(
            [
                name,
                number,
                count["poll"],
                f"{count['poll'] / number / days:.1f}",
                count["poll 304"],
                pages,
                count["page 304"],
                least,
                f"{pages / least:.2f}" if least else "-",
                count["robots"],
                count["other"],
            ]
        )
    header = [
        "site",
        "number",
        "polls",
        "a day",
        "304",
        "page requests",
        "304",
        "minimum",
        "ratio",
        "robots.txt",
        "other",
    ]
    return table(header, rows)


def update_table(real: Sequence[Update]) -> str:
    rows = []
    for is_told in (True, False):
        group = [update for update in real if update.story.tells_update is is_told]
        counts = Counter(update.name for update in group)
        delays_s = [update.delay_s for update in group if update.name == "found"]
        rows.append(
            [
                "with date" if is_told else "without",
                len(group),
                counts["found"],
                counts["missed"],
                counts["not due"],
                counts["stored after it"],
                *_minutes(delays_s),
            ]
        )
    return table(
        ["updates", "number", "found", "missed", "not due", "stored after it", "delay p50 min", "p90"], rows
    )


def health_table(judged: Sequence[Judged]) -> str:
    rows = [
        [f"{moment(day.at_s):%a %H:%M}", len(day.right), len(day.missed), len(day.false)] for day in judged
    ]
    return table(["end of day", "flagged rightly", "not flagged", "flagged wrongly"], rows)


def by_site(bad: Sequence[Outcome]) -> list[str]:
    """Return a line for each site and kind of fault, with the first and the last story."""
    groups: dict[tuple[str, str], list[Outcome]] = defaultdict(list)
    for outcome in bad:
        groups[f"{outcome.site.key} ({outcome.site.name})", outcome.name].append(outcome)
    return [
        f"{site}: {len(group)} {name}, published {_hours(group[0].story.published_s)} to {_hours(group[-1].story.published_s)}; "
        f"the first: {group[0].detail}"
        for (site, name), group in groups.items()
    ]


def _lost_sites(bad: Iterable[Outcome], now_s: float) -> set[str]:
    return {
        outcome.site.key for outcome in bad if outcome.name == "missed" and outcome.story.published_s < now_s
    }


def tell(week: Week) -> tuple[str, int]:
    """Return the tables, and the number of faults that count."""
    found = outcomes(week)
    real, invented = updates(week, found)
    held = asked_while_held(week)
    bad = [outcome for outcome in found if outcome.name in ("missed", "twice")]
    judged = [judge(week, report, _lost_sites(bad, report.at_s)) for report in week.reports]
    wrong = [
        outcome for outcome in found if outcome.name in ("stored", "copied", "backlog") and outcome.detail
    ]
    late = [update for update in real if update.name == "missed"]
    parts = [article_table(found), update_table(real), request_table(week, found, real), health_table(judged)]
    lists = {
        "Missed or stored twice": by_site(bad),
        "Stored with wrong fields": [
            f"{o.site.key} ({o.site.name}) {o.story.number}: {o.detail}" for o in wrong
        ],
        "Updates that were not found": [
            f"{u.site.key} ({u.site.name}) {u.story.number}, published {_hours(u.story.published_s)}, updated {_hours(u.story.updated_s)}"
            for u in late
        ],
        "Revisions without an update": invented,
        "Requests to hosts that asked to be left alone": held,
        "Not flagged": [f"{moment(day.at_s):%a %H:%M} {line}" for day in judged for line in day.missed],
        "Flagged wrongly": [f"{moment(day.at_s):%a %H:%M} {line}" for day in judged for line in day.false],
        "Errors in the log": [f"{number} times {message}" for message, number in week.errors.items()],
        "Ends of runs": [f"{reason}: {number}" for reason, number in week.reasons.items()],
    }
    for title, lines in lists.items():
        shown = [*lines[:60], *([f"and {len(lines) - 60} more"] if len(lines) > 60 else [])]
        parts.append("\n".join([f"{title}: {len(lines)}", *(f"- {line}" for line in shown)]))
    return "\n\n".join(parts), len(bad) + len(held)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--days", type=float, default=7)
    parser.add_argument("--sites", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--database", help="URL of an empty SQLite database (default: a file that is deleted)"
    )
    options = parser.parse_args()
    if options.database and not options.database.startswith("sqlite:"):
        parser.error("--database: accepted: sqlite:///FILE; the clock of a server cannot be moved")
    install_reactor("twisted.internet.asyncioreactor.AsyncioSelectorReactor")
    from twisted.internet import task

    status: list[int] = []

    async def run() -> None:
        with tempfile.TemporaryDirectory() as name:
            begun, cpu = time.monotonic(), time.process_time()
            week = await simulate(
                seed=options.seed,
                number=options.sites,
                days=options.days,
                database_url=options.database or f"sqlite:///{Path(name) / 'week.db'}",
                folder=Path(name),
                say=lambda line: print(line, file=sys.stderr, flush=True),
            )
            text, faults = tell(week)
            print(text)
            print(
                f"\n{time.monotonic() - begun:.0f} s by the clock, {time.process_time() - cpu:.0f} s of CPU time of the crawls, "
                f"{len(week.asked):,} requests; {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
            )
            status.append(1 if faults else 0)

    try:
        task.react(lambda _: deferred_from_coro(run()))
    except SystemExit as end:
        sys.exit(end.code or status[0])


if __name__ == "__main__":
    main()
