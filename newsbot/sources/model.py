"""A source: the crawl configuration of one publisher."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

UTC = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True, kw_only=True)
class Selectors:
    """CSS selectors of one site (`[source.extract]`), tried before the general rules of extraction."""

    title: str | None = None
    """Where the headline is."""
    body: str | None = None
    """The element that holds the text of the article."""
    remove: tuple[str, ...] = ()
    """What is cut out of the page before anything is read from it."""
    valid_until: date | None = None
    """Last day on which these selectors are meant to be used: a redesign is expected or known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What to crawl of one publisher, and how. All URLs are absolute, http or https."""

    key: str
    """Unique, `[a-z0-9-]+`; stored with every article."""
    name: str
    """The publisher's name as readers know it."""
    homepage: str
    """Enough on its own: feeds, sitemaps and sections are then discovered."""
    feeds: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    """News sitemaps or sitemap indexes."""
    sections: tuple[str, ...] = ()
    """Pages that list articles, for what feeds and sitemaps leave out."""
    article_urls: tuple[re.Pattern[str], ...] = ()
    """Searched in the URLs found on section pages; empty: articles are told by general signs."""
    language: str | None = None
    """A hint, ISO 639-1 (639-3 where that has no code)."""
    country: str | None = None
    """Where the publisher is at home, ISO 3166-1 alpha-2."""
    timezone: ZoneInfo = UTC
    """For dates without an offset."""
    delay_s: float = 0.0
    """At least this many seconds between two requests to its host; robots.txt may ask for more."""
    enabled: bool = True
    verified: bool = False
    """Whether somebody has fetched its feeds and read the articles that came out."""
    selectors: Selectors = Selectors()
