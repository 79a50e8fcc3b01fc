"""A link to what may be an article, and what the page, feed or sitemap that holds it says of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from urllib.parse import urljoin, urlsplit

from newsbot.dates import parse_date
from newsbot.text import one_line
from newsbot.urls import source_of

MAX_URL_LENGTH = 2_083
"""Longest URL that browsers and caches agreed to carry; longer ones are traps or embedded files."""


MAX_TEXT_LENGTH = 500
"""Longest headline, guid or keyword that is kept."""
_UNSEEN = re.compile("[\x00-\x1f\x7f\u200b-\u200f\u2060\ufeff\ud800-\udfff]")
"""What copying leaves in URLs, and what cannot be stored or sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An absolute http or https URL; times are aware and in UTC; None: not said."""

    url: str
    title: str | None = None
    published_at: datetime | None = None
    modified_at: datetime | None = None
    guid: str | None = None
    """The feed's own name of the entry: stays the same when the URL changes."""
    language: str | None = None
    keywords: tuple[str, ...] = ()


def web_url(href: str | None, base: str) -> str | None:
    """Return `href` resolved against `base`, without its fragment, or None unless it is an http or https URL.

    Spaces around it and invisible characters within are dropped as browsers do. `javascript:`, `file:` and
    `mailto:`, URLs with a password, and overlong ones are not links to articles.
    """
    if not href or len(href) > MAX_URL_LENGTH:
        return None
    try:
        url = urljoin(base, _UNSEEN.sub("", href).strip()).partition("#")[0].replace(" ", "%20")
        parts = urlsplit(url)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return None
    return url if valid and "@" not in parts.netloc and len(url) <= MAX_URL_LENGTH else None


def short_text(text: str | None) -> str | None:
    """Return the beginning of a text, cleaned and on one line, or None if there is none."""
    return one_line((text or "")[: 8 * MAX_TEXT_LENGTH])[:MAX_TEXT_LENGTH] or None


def same_site(url: str, homepage: str) -> bool:
    """Return whether the host of `url` is that of the homepage or below it; `www.` does not tell hosts apart."""
    return f".{source_of(url)}".endswith(f".{source_of(homepage)}")


@dataclass(slots=True)
class DateReader:
    """Reads the dates of one feed or sitemap; those without an offset are read in `timezone`."""

    timezone: tzinfo = UTC
    unreadable_left: int = 5
    """Dates in words cost 10 ms and more to give up on, so a document whose dates are none is not read to its end."""

    def read(self, text: str | None) -> datetime | None:
        """Return the moment in UTC, or None."""
        if not text or not self.unreadable_left:
            return None
        moment = parse_date(text, self.timezone)
        self.unreadable_left -= moment is None
        return moment
