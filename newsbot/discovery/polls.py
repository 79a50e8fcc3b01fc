"""Read the response to a poll of a feed, sitemap, section page or homepage into links."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from newsbot.discovery.feeds import MAX_ENTRIES, ParsedFeed, parse_feed
from newsbot.discovery.homepages import advertised_feeds
from newsbot.discovery.links import Link, date_in_path
from newsbot.discovery.sections import article_links, next_page
from newsbot.discovery.sitemaps import MAX_SITEMAP_LINKS, Sitemap, parse_sitemap
from newsbot.extraction.page.page import Page
from newsbot.sources.model import Source

MAX_AGE = timedelta(days=7)
"""Maximum age of a page in a sitemap; older ones are the site's archive, since many sitemaps list every page ever."""
MAX_UNDATED = 1_000
"""Maximum number of undated links of a sitemap that are taken; one with more lists the site's archive."""
MAX_CHILDREN = 5
"""Maximum number of sitemaps of an index that are polled: the newest. Sitemaps of past months do not change."""

_KIND_BYTES = 65_536
"""Number of bytes that show what kind of document one is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PollResult:
    """The links and further polls that the response to a poll contains."""

    links: tuple[Link, ...] = ()
    feeds: tuple[tuple[str, str], ...] = ()
    """Kind and URL of further feeds and sitemaps to poll; of the sitemaps of an index, those that may have new articles."""
    listed: frozenset[str] | None = None
    """URLs of all sitemaps that the index lists; None if the document is no index. Some are missing if not `whole`."""
    child_dates: Mapping[str, datetime] = field(default_factory=dict)
    """When the sitemaps of the index were last modified, by URL; only where the index says it."""
    undated: tuple[Link, ...] = ()
    """Links of a long sitemap that have no date: only those are new that it did not list at the last poll."""
    next_url: str | None = None
    """URL of the next page of a section."""
    ttl_s: int | None = None
    """Seconds that the feed asks to wait before the next poll."""
    whole: bool = True
    """False if something is missing; then the validators must not be stored, because a 304 would hide the rest."""
    note: str | None = None
    """What was left out, on one line; None if nothing was."""
    problem: str | None = None
    """Reason why the response is not of the polled kind; None if it is."""


def read_poll(
    kind: str, body: bytes, url: str, source: Source, *, now: datetime, content_type: str | None = None
) -> PollResult:
    """Return the contents of the response to a poll; `kind` is `feed`, `sitemap`, `section` or `homepage`."""
    if kind == "feed":
        return _read_feed(body, url, source, now, content_type)
    if kind == "sitemap":
        return _read_sitemap(body, url, source, now, content_type)
    page = Page.from_bytes(body, url)
    feeds = tuple(("feed", feed) for feed in advertised_feeds(page)) if kind == "homepage" else ()
    next_url = next_page(page) if kind == "section" else None
    return PollResult(links=tuple(article_links(page, source)), feeds=feeds, next_url=next_url)


def _read_feed(body: bytes, url: str, source: Source, now: datetime, content_type: str | None) -> PollResult:
    feed = parse_feed(body, url, content_type, timezone=source.timezone, now=now)
    if feed.kind is not None:
        return _poll_of_feed(feed)
    is_sitemap = parse_sitemap(body, url, _KIND_BYTES).kind is not None
    return PollResult(problem="a sitemap, not a feed" if is_sitemap else "neither RSS, Atom nor JSON Feed")


def _poll_of_feed(feed: ParsedFeed) -> PollResult:
    count = MAX_ENTRIES + feed.left_out
    note = f"{count:,} entries: only the newest {MAX_ENTRIES:,} are taken" if feed.left_out else None
    return PollResult(links=feed.links, ttl_s=feed.ttl_s, whole=feed.whole, note=note)


def _read_sitemap(
    body: bytes, url: str, source: Source, now: datetime, content_type: str | None
) -> PollResult:
    sitemap = parse_sitemap(body, url, timezone=source.timezone, now=now)
    if sitemap.kind is None:
        feed = parse_feed(body, url, content_type, timezone=source.timezone, now=now)
        return _poll_of_feed(feed) if feed.kind else PollResult(problem="not a sitemap")
    return _poll_of_index(sitemap) if sitemap.kind == "index" else _poll_of_pages(sitemap, now)


def _poll_of_index(index: Sitemap) -> PollResult:
    return PollResult(
        feeds=tuple(("sitemap", link.url) for link in newest(index.links)),
        listed=frozenset(link.url for link in index.links),
        child_dates={link.url: link.modified_at for link in index.links if link.modified_at},
        whole=index.whole,
        note=_cut_note(index),
    )


def _poll_of_pages(sitemap: Sitemap, now: datetime) -> PollResult:
    undated_count = sum(1 for link in sitemap.links if not (link.published_at or link.modified_at))
    if undated_count <= MAX_UNDATED:
        links = (link for link in sitemap.links if _is_recent(link, now, undated=True))
        return PollResult(links=tuple(links), whole=sitemap.whole, note=_cut_note(sitemap))
    note = (
        f"{undated_count:,} links without dates: only those are taken that it adds from now on, or whose URL has a date of "
        f"the last {MAX_AGE.days} days"
    )
    recent = {
        link.url: link for link in sitemap.links if _is_recent(link, now, undated=_has_recent_path(link, now))
    }
    undated = (
        link
        for link in sitemap.links
        if not (link.published_at or link.modified_at or link.url in recent or date_in_path(link.url))
    )
    return PollResult(links=tuple(recent.values()), undated=tuple(undated), whole=sitemap.whole, note=note)


def _is_recent(link: Link, now: datetime, *, undated: bool) -> bool:
    dated = link.published_at or link.modified_at
    return dated > now - MAX_AGE if dated else undated


def _has_recent_path(link: Link, now: datetime) -> bool:
    """Return whether the URL contains one of the last days; tomorrow too, which has begun in the east."""
    day = date_in_path(link.url)
    return day is not None and (now - MAX_AGE).date() <= day <= (now + timedelta(days=1)).date()


def _cut_note(sitemap: Sitemap) -> str | None:
    if sitemap.whole or len(sitemap.links) < MAX_SITEMAP_LINKS:
        return None
    return f"more than {MAX_SITEMAP_LINKS:,} links: the rest is left out"


def newest(children: tuple[Link, ...]) -> list[Link]:
    """Return the sitemaps of an index that may list new articles: the last modified; of undated ones, both ends.

    Of those modified at the same time too: some sites give the time of the request for every sitemap.
    """
    pairs = [(child.modified_at, child) for child in children if child.modified_at]
    if len(pairs) > MAX_CHILDREN:  # last, first, last but one, second, and so on
        pairs = [pairs[place // 2] if place % 2 else pairs[-1 - place // 2] for place in range(len(pairs))]
    dated = sorted(pairs, key=lambda pair: pair[0], reverse=True)
    undated = [child for child in children if not child.modified_at]
    ends = undated if len(undated) <= MAX_CHILDREN else [*undated[:2], *undated[-3:]]
    return [child for _, child in dated[:MAX_CHILDREN]] + ends
