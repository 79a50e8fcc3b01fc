"""A source: the crawl configuration of one publisher."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args
from zoneinfo import ZoneInfo

UTC = ZoneInfo("UTC")

Offsite = Literal["store", "skip"]
"""What is done with links of a source's feeds to other sites."""
Robots = Literal["allowed", "partly", "refused"]
"""Whether robots.txt lets newsbot fetch the articles of a source: all, some, or none of those that its feeds list."""
ROBOTS: tuple[Robots, ...] = get_args(Robots)


@dataclass(frozen=True, slots=True, kw_only=True)
class Selectors:
    """CSS selectors of one site (`[source.extract]`), tried before the general rules of extraction."""

    title: str | None = None
    """The element of the headline."""
    body: str | None = None
    """The element that contains the text of the article."""
    remove: tuple[str, ...] = ()
    """Elements that are removed from the page before extraction."""
    valid_until: date | None = None
    """Last day on which these selectors are used, if a redesign of the site is expected or known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The crawl configuration of one publisher. All URLs are absolute http or https URLs."""

    key: str
    """Unique key, `[a-z0-9-]+`; stored with every article."""
    name: str
    """Display name of the publisher."""
    homepage: str
    """The homepage. If nothing else is given, feeds, sitemaps and sections are discovered from it."""
    feeds: tuple[str, ...] = ()
    """Feeds: RSS, Atom, RDF or JSON Feed."""
    sitemaps: tuple[str, ...] = ()
    """News sitemaps or sitemap indexes."""
    sections: tuple[str, ...] = ()
    """Pages that list articles, for articles that are missing from feeds and sitemaps."""
    article_urls: tuple[re.Pattern[str], ...] = ()
    """Patterns that are searched in the URLs of section pages to recognise articles; if empty, `url_score` and the link's text
    and position decide."""
    language: str | None = None
    """Main language of the site: ISO 639-1, or ISO 639-3 for a language without such a code. It describes the source; the
    language of an article is detected in its text."""
    country: str | None = None
    """Country of the publisher: ISO 3166-1 alpha-2. It describes the source."""
    tags: tuple[str, ...] = ()
    """Tags by which sources are grouped, such as "uk" or "tabloid": `--tag` and `tag=` choose the articles of all of them."""
    timezone: ZoneInfo = UTC
    """Time zone of dates without an offset, and of the days of dates in UTC."""
    hosts: tuple[str, ...] = ()
    """Further hosts whose pages belong to the source, with everything below them."""
    offsite: Offsite | None = None
    """Whether pages of other sites that its feeds link to are stored, as pages of those sites. None: they are skipped, unless
    the feed links nowhere else."""
    delay_s: float = 0.0
    """Minimum number of seconds between two requests to its hosts; robots.txt may require more."""
    enabled: bool = True
    """Whether `scrapy crawl news` crawls it without being asked for it (`-a source=KEY`), and `newsbot sources health`
    reports on it. Saved and archived pages get its key, time zone and selectors in any case."""
    verified: bool = False
    """Whether somebody, or a live check, has fetched its feeds and read the articles that came out."""
    robots: Robots | None = None
    """Whether robots.txt lets newsbot fetch its articles, as the last live check found; None if it is not known. Crawls
    do not rely on it: they ask robots.txt itself."""
    checked_on: date | None = None
    """Day (UTC) of the last live check, `newsbot sources check --live --write`."""
    render: bool = False
    """Whether scripts make the text of its pages, so that they are rendered in a browser. Needs the extra `render`."""
    tls_verify: bool = True
    """Whether the certificates of its hosts are verified. If not, whoever is on the way to them can change what they say;
    `newsbot sources health` lists such sources."""
    selectors: Selectors = Selectors()
    """CSS selectors of the site; in TOML the table `[source.extract]`."""
