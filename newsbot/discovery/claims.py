"""Which pages to fetch again because a feed or sitemap says that they have changed. Pure: reads and writes nothing.

Many systems write the current time as the date of change of every page, at every request. Believed, such a feed makes
every page be fetched at every poll. So a date is believed only as far as it has been right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from newsbot.discovery.schedule import DAY_S, HOUR_S

RESOLUTION = timedelta(seconds=1)
"""Resolution of dates in feeds and sitemaps: a change in the second of the last fetch may be later than the fetch."""
MOMENT = timedelta(minutes=2)
"""Dates that are no further apart were written at one moment, when the document was made."""
MIN_AT_ONCE, SHARE_AT_ONCE = 3, 0.8
"""Minimum number, and minimum share of a document's known pages, whose dates (or texts) move from one poll to the next for
them to say nothing: a newsroom does not edit all of its articles at once."""
REFETCHES_A_DAY = 50.0
"""Budget of a source: how many pages are fetched again in a day because of claims that turn out to be false."""
MAX_WAIT_S = 7 * DAY_S


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
    def is_redated(self) -> bool:
        """Whether the date of change is later than the last fetch."""
        return self.dated is not None and self.dated + RESOLUTION > self.done_at

    @property
    def has_moved(self) -> bool:
        """Whether the date of change is later than the last fetch, and than the date at the last poll."""
        return self.is_redated and (self.was_dated is None or (self.dated or self.was_dated) > self.was_dated)


def believed(pages: Sequence[Seen], dates: Sequence[datetime], *, now: datetime) -> list[bool]:
    """Return for each of the known pages of a document whether its claim to have changed is believed.

    `dates` are the dates of change of all pages of the document, also of new ones. Not believed are dates that were
    written when the document was made, dates or texts that change on nearly all pages at once, and pages whose last
    claims were false, for a time that doubles with each."""
    are_dates_meant = not _are_of_one_moment(dates) and not _are_at_once(
        sum(page.has_moved for page in pages), sum(page.dated is not None for page in pages)
    )
    are_texts_meant = not _are_at_once(sum(page.has_other_text for page in pages), len(pages))
    return [
        ((page.is_redated and are_dates_meant) or (page.has_other_text and are_texts_meant))
        and now >= page.done_at + timedelta(seconds=_wait_s(page.false_claims))
        for page in pages
    ]


def _are_of_one_moment(dates: Sequence[datetime]) -> bool:
    return len(dates) > 1 and max(dates) - min(dates) <= MOMENT


def _are_at_once(moved: int, known: int) -> bool:
    return moved >= MIN_AT_ONCE and moved >= SHARE_AT_ONCE * known


def _wait_s(false_claims: int) -> float:
    """Return the seconds after a fetch before another claim of a page is believed: an hour, doubled with every false one."""
    return min(HOUR_S * 2.0 ** min(false_claims - 1, 20), MAX_WAIT_S) if false_claims else 0.0


def refilled(left: float | None, at: datetime | None, *, now: datetime) -> float:
    """Return the number of refetches that a source may make now; `left` is what it had at the time `at`."""
    if left is None or at is None:
        return REFETCHES_A_DAY
    gained = REFETCHES_A_DAY * max((now - at).total_seconds(), 0.0) / DAY_S
    return min(left + gained, REFETCHES_A_DAY)
