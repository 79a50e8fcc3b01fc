"""Links that may lead to articles, with the metadata of the page, feed or sitemap that lists them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from urllib.parse import urljoin, urlsplit

from newsbot.languages.calendar.dates import Moment, parse_moment
from newsbot.text import one_line
from newsbot.urls import repaired, source_of

MAX_URL_LENGTH = 2_083
"""Longest URL that browsers and caches support; longer ones are crawler traps or embedded files."""
MAX_TEXT_LENGTH = 500
"""Maximum length of a headline or guid."""
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MAX_DATED_PATH = 300
"""Number of characters of a path that are searched for a date: nearly all paths are shorter."""
_DAYS_IN_PATH = (
    re.compile(
        rf"(?<!\d)(?P<year>(?:19|20)\d\d)(?P<mark>[/_-])(?P<month>\d\d?|{'|'.join(_MONTHS)})(?P=mark)(?P<day>\d\d?)(?!\d)"
    ),
    re.compile(
        r"(?<!\d)(?P<year>20\d\d)(?P<month>[01]\d)(?P<day>[0-3]\d)"
    ),  # the number of the article may follow
)
_UNSEEN = re.compile("[\x00-\x1f\x7f\u200b-\u200f\u2060\ufeff\ud800-\udfff]")
"""Invisible characters that copying leaves in URLs, and characters that cannot be stored or sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link to an absolute http or https URL. Times are aware and in UTC; None means not given."""

    url: str
    title: str | None = None
    published_at: datetime | None = None
    published_offset_min: int | None = None
    """Minutes east of UTC that go with `published_at`."""
    modified_at: datetime | None = None
    guid: str | None = None
    """The feed's identifier of the entry, which stays the same when the URL changes."""
    authors: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    language: str | None = None
    """ISO 639-1 code."""
    summary: str | None = None
    """The beginning of the entry's description or text, without tags. It shows whether an entry has changed."""


def web_url(href: str | None, base: str) -> str | None:
    """Return `href` resolved against `base`, without its fragment; None if it is no http or https URL.

    Spaces around it and invisible characters inside are dropped, as browsers do; a broken scheme and wrapping are repaired. URLs with a password and overlong ones
    give None too, because they do not lead to articles.
    """
    if not href or len(href) > MAX_URL_LENGTH:
        return None
    try:
        url = urljoin(base, _UNSEEN.sub("", repaired(href))).partition("#")[0].replace(" ", "%20")
        parts = urlsplit(url)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return None
    return url if valid and "@" not in parts.netloc and len(url) <= MAX_URL_LENGTH else None


def short_text(text: str | None) -> str | None:
    """Return the beginning of a text, cleaned and on one line; None if it is empty."""
    return one_line((text or "")[: 8 * MAX_TEXT_LENGTH])[:MAX_TEXT_LENGTH] or None


def date_in_path(url: str) -> date | None:
    """Return the first day that the path of a URL contains as 2026/11/28, 2026/nov/28, 2026-11-28 or 20261128."""
    path = urlsplit(url).path[:_MAX_DATED_PATH].lower()
    for match in (match for pattern in _DAYS_IN_PATH for match in pattern.finditer(path)):
        month = match["month"]
        with suppress(ValueError):  # digits that are no date
            number = int(month) if month.isdecimal() else _MONTHS.index(month) + 1
            return date(int(match["year"]), number, int(match["day"]))
    return None


def same_site(url: str, homepage: str) -> bool:
    """Return whether the host of `url` is that of the homepage or below it; a leading `www.` is ignored."""
    return f".{source_of(url)}".endswith(f".{source_of(homepage)}")


def newest_first(links: Iterable[Link]) -> list[Link]:
    """Return the links by their dates, the newest first; those without a date come last, in their order."""

    def date(link: Link) -> datetime:
        return link.published_at or link.modified_at or datetime.min.replace(tzinfo=UTC)

    return sorted(links, key=date, reverse=True)


@dataclass(slots=True)
class DateReader:
    """Parses the dates of one feed or sitemap; a date without an offset is in `timezone`, one after `now` is ignored."""

    timezone: tzinfo = UTC
    now: datetime | None = None
    unreadable_left: int = 5_000
    """Number of unreadable dates after which parsing stops: one costs up to 0.1 ms, and a document may have 50,000."""

    def read(self, text: str | None) -> datetime | None:
        """Return the moment in UTC; None if the date cannot be parsed."""
        moment = self.read_moment(text)
        return moment and moment.at

    def read_moment(self, text: str | None) -> Moment | None:
        """Return the moment with its offset; None if the date cannot be parsed."""
        if not text or not self.unreadable_left:
            return None
        moment = parse_moment(text, self.timezone, self.now)
        self.unreadable_left -= moment is None
        return moment
