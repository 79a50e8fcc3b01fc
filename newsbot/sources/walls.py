"""Tell a bot wall, or a robots.txt that forbids a source's pages, from the answers to requests for its pages.

Pure: the counts and the current day are arguments.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

REFUSALS = (401, 403, 429, 451, 503)
"""HTTP statuses with which a server refuses a page that exists."""
WALL_DAYS = 14
"""Number of days of which the pages are examined: a source with a page every other day still has enough of them."""
WALL_PAGES, WALL_SHARE = 5, 0.8
"""Minimum number of pages, and minimum share of pages without an article, for a bot wall."""
FORBIDDEN_SHARE = 0.5
"""Minimum share of pages that robots.txt forbids: most sites forbid some pages, such as searches and comments."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageCounts:
    """The answers of one host to requests for pages of one source on one day (UTC). Polls of feeds are not counted."""

    articles: int = 0
    """Pages that are articles."""
    empty: int = 0
    """Pages that were answered, but are no article: lists, challenges of a bot wall, paywalls."""
    refused: Mapping[int, int] = field(default_factory=dict)
    """HTTP status -> number of pages; the statuses are those of `REFUSALS`."""

    @property
    def walled(self) -> int:
        """The number of pages that gave no article."""
        return self.empty + sum(self.refused.values())

    @property
    def pages(self) -> int:
        """The number of pages."""
        return self.articles + self.walled


Days = Mapping[date, PageCounts]


def bot_walls(hosts: Mapping[str, Days], today: date) -> list[str]:
    """Return a line for each host that hides its pages, and for the source if its hosts do so only together.

    `hosts` is host -> day -> counts. A host is named only if the source has pages on several hosts."""
    found = {host: line for host, days in hosts.items() if (line := _wall(days, today))}
    if found:
        return [f"{host}: {line}" if len(hosts) > 1 else line for host, line in found.items()]
    together: dict[date, PageCounts] = {}
    for days in hosts.values():
        for day, counts in days.items():
            together[day] = _sum(together.get(day, PageCounts()), counts)
    line = _wall(together, today)
    return [line] if line else []


def _wall(days: Days, today: date) -> str | None:
    """Return the figures of a wall: they are those of the newest days that have enough pages together."""
    total, since = PageCounts(), today
    for day in sorted(days, reverse=True):
        if not 0 <= (today - day).days < WALL_DAYS:
            continue
        total, since = _sum(total, days[day]), day
        if total.pages >= WALL_PAGES:
            break
    if total.pages < WALL_PAGES or total.walled < WALL_SHARE * total.pages:
        return None
    ways = [f"{number} answered with {status}" for status, number in sorted(total.refused.items())]
    ways += [f"{total.empty} without an article"] if total.empty else []
    return f"{total.walled} of {total.pages} pages since {since} are hidden: {', '.join(ways)}"


def _sum(one: PageCounts, other: PageCounts) -> PageCounts:
    return PageCounts(
        articles=one.articles + other.articles,
        empty=one.empty + other.empty,
        refused=Counter(one.refused) + Counter(other.refused),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Forbidden:
    """The pages of a source that robots.txt forbids, in the days of `WALL_DAYS`."""

    pages: int
    since: date
    example: str
    """URL of one of the pages."""


def robots_refusals(forbidden: Forbidden | None, hosts: Mapping[str, Days]) -> list[str]:
    """Return a line with the number of pages that robots.txt forbids, if they are most pages of the source."""
    if forbidden is None:
        return []
    answered = sum(counts.pages for days in hosts.values() for counts in days.values())
    asked = forbidden.pages + answered
    if forbidden.pages < FORBIDDEN_SHARE * asked:
        return []
    return [
        f"robots.txt forbids {forbidden.pages} of {asked} pages since {forbidden.since}, "
        f"for example {forbidden.example}"
    ]
