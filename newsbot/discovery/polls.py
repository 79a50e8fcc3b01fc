"""Read the response to a poll of a feed, sitemap, section page or homepage into links."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from newsbot.discovery.feeds import parse_feed
from newsbot.discovery.homepages import advertised_feeds
from newsbot.discovery.links import Link
from newsbot.discovery.sections import article_links, next_page
from newsbot.discovery.sitemaps import parse_sitemap
from newsbot.extraction.page.page import Page
from newsbot.sources.model import Source

MAX_AGE = timedelta(days=7)
"""Maximum age of a page in a sitemap; older ones are the site's archive, since many sitemaps list every page ever."""
MAX_UNDATED = 1_000
"""Maximum number of links in a sitemap whose undated pages are taken; a longer one lists the site's archive."""
MAX_CHILDREN = 5
"""Maximum number of sitemaps of an index that are polled: the newest. Sitemaps of past months do not change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PollResult:
    """The links and further polls that the response to a poll contains."""

    links: tuple[Link, ...] = ()
    feeds: tuple[tuple[str, str], ...] = ()
    """Kind and URL of further feeds and sitemaps to poll."""
    next_url: str | None = None
    """URL of the next page of a section."""
    ttl_s: int | None = None
    """Seconds that the feed asks to wait before the next poll."""
    whole: bool = True
    """False if something is missing; then the validators must not be stored, because a 304 would hide the rest."""
    listed: frozenset[str] = frozenset()
    """URLs of all sitemaps that an index lists."""
    child_dates: Mapping[str, datetime] = field(default_factory=dict)
    """URL of a sitemap that an index lists -> when it was last modified, if the index says so."""
    note: str | None = None
    """What was left out, and why, in one line; None if nothing was."""
    problem: str | None = None
    """Reason why the response is not of the polled kind; None if it is."""


def read_poll(
    kind: str, body: bytes, url: str, source: Source, *, now: datetime, content_type: str | None = None
) -> PollResult:
    """Return the contents of the response to a poll; `kind` is `feed`, `sitemap`, `section` or `homepage`."""
    if kind == "feed":
        return _read_feed(body, url, source, content_type)
    if kind == "sitemap":
        return _read_sitemap(body, url, source, now)
    page = Page.from_bytes(body, url)
    feeds = tuple(("feed", feed) for feed in advertised_feeds(page)) if kind == "homepage" else ()
    next_url = next_page(page) if kind == "section" else None
    return PollResult(links=tuple(article_links(page, source)), feeds=feeds, next_url=next_url)


def _read_feed(body: bytes, url: str, source: Source, content_type: str | None) -> PollResult:
    feed = parse_feed(body, url, content_type, timezone=source.timezone)
    if feed.kind is None:
        return PollResult(problem="neither RSS, Atom nor JSON Feed")
    return PollResult(links=feed.links, ttl_s=feed.ttl_s, whole=feed.whole)


def _read_sitemap(body: bytes, url: str, source: Source, now: datetime) -> PollResult:
    sitemap = parse_sitemap(body, url, timezone=source.timezone)
    if sitemap.kind is None:
        return PollResult(problem="not a sitemap")
    if sitemap.kind == "index":
        children = tuple(("sitemap", link.url) for link in newest(sitemap.links))
        dates = {link.url: link.modified_at for link in sitemap.links if link.modified_at}
        listed = frozenset(link.url for link in sitemap.links)
        return PollResult(feeds=children, listed=listed, child_dates=dates, whole=sitemap.whole)
    undated = len(sitemap.links) <= MAX_UNDATED
    links = tuple(link for link in sitemap.links if _is_news(link, now, undated=undated))
    return PollResult(links=links, whole=sitemap.whole)


def _is_news(link: Link, now: datetime, *, undated: bool) -> bool:
    dated = link.published_at or link.modified_at
    return dated > now - MAX_AGE if dated else undated


def newest(children: tuple[Link, ...]) -> list[Link]:
    """Return the sitemaps of an index that may list new articles: the last modified; of undated ones, both ends."""
    pairs = ((child.modified_at, child) for child in children if child.modified_at)
    dated = sorted(pairs, key=lambda pair: pair[0], reverse=True)
    undated = [child for child in children if not child.modified_at]
    ends = undated if len(undated) <= MAX_CHILDREN else [*undated[:2], *undated[-3:]]
    return [child for _, child in dated[:MAX_CHILDREN]] + ends
