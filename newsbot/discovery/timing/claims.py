"""Which pages to fetch again because a feed or sitemap says that they have changed. Pure: reads and writes nothing.

Many systems write the current time as the date of change of every page, at every request. Believed, such a feed makes
every page be fetched at every poll. So a date is believed only as far as it has been right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from newsbot.discovery.timing.schedule import DAY_S, HOUR_S

RESOLUTION = timedelta(seconds=1)
"""Resolution of dates in feeds and sitemaps: a change in the second of the last fetch may be later than the fetch."""
MIN_AT_ONCE, SHARE_AT_ONCE = 3, 0.8
"""Minimum number, and minimum share of a document's known pages, whose dates (or texts) move from one poll to the next for
them to say nothing: a newsroom does not edit all of its articles at once."""
MIN_AT_ONE_MOMENT, MOMENT = 2, timedelta(minutes=2)
"""The same minimum for dates that are not further apart than this: they were written when the document was made."""
REFETCHES_A_DAY = 50.0
"""Budget of a source: how many pages are fetched again in a day because of claims that turn out to be false."""
MAX_WAIT_S = 7 * DAY_S

Claim = Literal["none", "waits", "due"]
"""`none`: the page does not claim to have changed, or is not believed. `waits`: it is believed later. `due`: it is fetched."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What is known of a listed page that was fetched before, and what the feed says of it now."""

    done_at: datetime
    """Time of the last fetch."""
    false_claims: int
    """Number of claims in a row that were false."""
    was_dated: datetime | None
    """The date of change at the last poll."""
    dated: datetime | None
    """The date of change now; None if it gives none, or one in the future."""
    has_other_text: bool
    """Whether the feed gives another headline or summary than at the last poll."""

    @property
    def has_moved(self) -> bool:
        """Whether the date of change is later than the last fetch, and than the date at the last poll."""
        if self.dated is None or self.dated + RESOLUTION <= self.done_at:
            return False
        return self.was_dated is None or self.dated > self.was_dated


def judge_claims(pages: Sequence[Seen], *, now: datetime) -> list[Claim]:
    """Return for each of the known pages of a document whether it claims to have changed, and whether that is believed.

    Not believed are dates or texts that change on nearly all pages at once. A page whose last claims were false waits for a
    time that doubles with each."""
    moved = [page.dated for page in pages if page.dated and page.has_moved]
    is_one_moment = bool(moved) and max(moved) - min(moved) <= MOMENT
    enough = MIN_AT_ONE_MOMENT if is_one_moment else MIN_AT_ONCE
    are_dates_meant = not _are_at_once(len(moved), sum(page.dated is not None for page in pages), enough)
    others = sum(page.has_other_text for page in pages)
    are_texts_meant = not _are_at_once(others, len(pages), MIN_AT_ONCE)
    return [
        _claim(page, now)
        if (page.has_moved and are_dates_meant) or (page.has_other_text and are_texts_meant)
        else "none"
        for page in pages
    ]


def _claim(page: Seen, now: datetime) -> Claim:
    return "due" if now >= page.done_at + timedelta(seconds=_wait_s(page.false_claims)) else "waits"


def is_tried_again(done_at: datetime, tries: int, *, now: datetime) -> bool:
    """Return whether a page that could not be read, and that its feed still lists, is fetched again.

    `tries` is the number of times that this was in vain; the wait begins with an hour and doubles with each. Walls fall, and
    pages are listed before they are published."""
    return now >= done_at + timedelta(seconds=_wait_s(tries + 1))


def _are_at_once(moved: int, known: int, enough: int) -> bool:
    return moved >= enough and moved >= SHARE_AT_ONCE * known


def _wait_s(false_claims: int) -> float:
    """Return the seconds after a fetch before another claim of a page is believed: an hour, doubled with every false one."""
    return min(HOUR_S * 2.0 ** min(false_claims - 1, 20), MAX_WAIT_S) if false_claims else 0.0


def refilled(left: float | None, at: datetime | None, *, now: datetime) -> float:
    """Return the number of refetches that a source may make now; `left` is what it had at the time `at`."""
    if left is None or at is None:
        return REFETCHES_A_DAY
    gained = REFETCHES_A_DAY * max((now - at).total_seconds(), 0.0) / DAY_S
    return min(left + gained, REFETCHES_A_DAY)
