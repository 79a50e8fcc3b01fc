"""Parse feeds into links to articles: RSS 0.9x, 1.0 and 2.0, Atom 0.3 and 1.0, JSON Feed.

Only what discovery and articles need is read: general feed parsers also clean the HTML of every entry, which takes most
of their time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from newsbot.discovery.documents import decode, unpack
from newsbot.discovery.entries import Entry, FeedKind, headline, link_of
from newsbot.discovery.json_feeds import read_json_feed
from newsbot.discovery.links import DateReader, Link
from newsbot.discovery.xml_feeds import read_xml_feed

MAX_FEED_BYTES = 10 * 1024 * 1024
MAX_ENTRIES_READ = 50_000
"""Number of entries that are read; more fit into the maximum size only if they have hardly a text."""
MAX_ENTRIES = 2_000
"""Maximum number of links of a feed: those of the newest entries, wherever in the feed they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """The contents of a feed; `kind` is None if the bytes are no feed."""

    kind: FeedKind | None = None
    title: str | None = None
    links: tuple[Link, ...] = ()
    """One link for each entry with a usable URL, in the order of the feed, without duplicates."""
    left_out: int = 0
    """Number of entries that are older than the `MAX_ENTRIES` newest."""
    ttl_s: int | None = None
    """Seconds that the publisher asks readers to wait between two polls (ttl, sy:updatePeriod)."""
    whole: bool = True
    """False if the end is missing, or if entries or bytes beyond the limits were not read."""


def parse_feed(
    body: bytes,
    url: str,
    content_type: str | None = None,
    *,
    timezone: tzinfo = UTC,
    now: datetime | None = None,
    max_bytes: int = MAX_FEED_BYTES,
) -> ParsedFeed:
    """Return the contents of the feed fetched from `url`; `ParsedFeed(kind=None)` if the bytes are no feed.

    `body` may be a gzip file; `max_bytes` limits its decompressed size. Broken, truncated and wrongly declared feeds give
    their complete entries. Dates more than a day after `now` are ignored. Never raises, fetches nothing, expands no entity.
    """
    unpacked, complete = unpack(body, max_bytes)
    text = decode(unpacked, content_type)
    read = read_json_feed if text.lstrip().startswith("{") else read_xml_feed
    feed = read(text, url, MAX_ENTRIES_READ)
    if feed is None:
        return ParsedFeed(whole=complete)
    dates = DateReader(timezone, now)
    entries = _newest(feed.entries, dates)
    return ParsedFeed(
        kind=feed.kind,
        title=headline(feed.title),
        links=_usable((link_of(entry, feed, dates) for entry in entries), url),
        left_out=len(feed.entries) - len(entries),
        ttl_s=feed.ttl_s,
        whole=complete and feed.whole,
    )


def _newest(entries: list[Entry], dates: DateReader) -> list[Entry]:
    """Return the entries with the latest dates, in the order of the feed; without dates, those at both ends."""
    if len(entries) <= MAX_ENTRIES:
        return entries
    undated: list[int] = []
    dated: list[tuple[datetime, int]] = []
    for place, entry in enumerate(entries):
        moments = list(filter(None, (dates.read(entry.published), dates.read(entry.modified))))
        if moments:
            dated.append((max(moments), place))
        else:
            undated.append(place)
    chosen = [place for _, place in sorted(dated, reverse=True)[:MAX_ENTRIES]]
    free = MAX_ENTRIES - len(chosen)
    if len(undated) > free:
        undated = undated[: free - free // 2] + undated[len(undated) - free // 2 :]
    return [entries[place] for place in sorted(chosen + undated)]


def _usable(links: Iterable[Link | None], url: str) -> tuple[Link, ...]:
    """Return the links without the feed's own URL, to which an empty URL resolves; of duplicates, the latest."""
    by_url: dict[str, Link] = {}
    for link in links:
        if link and link.url != url and _is_later(link, by_url.get(link.url)):
            by_url[link.url] = link
    return tuple(by_url.values())


def _is_later(link: Link, other: Link | None) -> bool:
    if other is None:
        return True
    moment, known = link.modified_at or link.published_at, other.modified_at or other.published_at
    return moment is not None and (known is None or moment > known)
