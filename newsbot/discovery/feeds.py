"""Parse feeds into links to articles: RSS 0.9x, 1.0 and 2.0, Atom 0.3 and 1.0, JSON Feed.

Only what discovery needs is read: general feed parsers also clean the HTML of every entry, which takes most of their
time. Sources: RSS 2.0 (rssboard.org), RFC 4287, jsonfeed.org 1.1.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import Literal

from lxml import etree

from newsbot.discovery.documents import decode, elements, from_root, is_whole, unpack
from newsbot.discovery.links import DateReader, Link, short_text, web_url

MAX_FEED_BYTES = 10 * 1024 * 1024
MAX_ENTRIES = 2_000

FeedKind = Literal["rss", "rdf", "atom", "json"]
_KINDS: dict[str, FeedKind] = {"rss": "rss", "RDF": "rdf", "feed": "atom"}
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_PERIODS_S = {"hourly": 3_600, "daily": 86_400, "weekly": 604_800, "monthly": 2_592_000, "yearly": 31_536_000}

# Namespaces that are read besides the feed's own. Others are not, because media:title and itunes:title are other titles.
_EXTENSIONS = frozenset(
    {
        "",
        "http://www.w3.org/2005/Atom",
        "http://purl.org/dc/elements/1.1/",
        "http://purl.org/dc/terms/",
        "http://purl.org/rss/1.0/modules/syndication/",
        "http://rssnamespace.org/feedburner/ext/1.0",
        *("dc", "dcterms", "atom", "sy", "feedburner"),  # prefixes that some feeds do not declare
    }
)
Children = Mapping[str, list[etree._Element]]
"""Local name in lower case -> child elements of that name."""

_PUBLISHED = ("pubdate", "published", "issued", "created", "date")
_MODIFIED = ("updated", "modified")


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """The contents of a feed; `kind` is None if the bytes are no feed."""

    kind: FeedKind | None = None
    title: str | None = None
    links: tuple[Link, ...] = ()
    """One link for each entry with a usable URL, in the order of the feed, without duplicates."""
    ttl_s: int | None = None
    """Seconds that the publisher asks readers to wait between two polls (ttl, sy:updatePeriod)."""
    whole: bool = True
    """False if the end is missing, or if entries or bytes beyond the limits were left out."""


def parse_feed(
    body: bytes,
    url: str,
    content_type: str | None = None,
    *,
    timezone: tzinfo = UTC,
    max_bytes: int = MAX_FEED_BYTES,
) -> ParsedFeed:
    """Return the contents of the feed fetched from `url`; `ParsedFeed(kind=None)` if the bytes are no feed.

    `body` may be a gzip file; `max_bytes` limits its decompressed size. Broken, truncated and wrongly declared feeds give
    their complete entries. Never raises, fetches nothing, expands no entity.
    """
    unpacked, complete = unpack(body, max_bytes)
    text = decode(unpacked, content_type)
    if text.lstrip().startswith("{"):
        return _json_feed(text, url, DateReader(timezone), complete)
    found = from_root(text, *_KINDS)
    if found is None:
        return ParsedFeed(whole=complete)
    root, document = found
    return _xml_feed(document, root, url, DateReader(timezone), complete and is_whole(document, root))


def _xml_feed(document: str, root: str, url: str, dates: DateReader, whole: bool) -> ParsedFeed:
    entry_name = "entry" if root == "feed" else "item"
    links: list[Link | None] = []
    channel: Children = {}
    for element in elements(document, entry_name, "channel", "feed"):
        if element.tag.endswith(entry_name):
            links.append(_entry_link(_children(element), url, dates))
            element.clear()
        else:
            channel = _children(element)
        if len(links) > MAX_ENTRIES:
            whole = False
            break
    return ParsedFeed(
        kind=_KINDS[root],
        title=_title(_text(channel, "title")),
        links=_usable(links[:MAX_ENTRIES], url),
        ttl_s=_ttl_s(channel),
        whole=whole,
    )


def _entry_link(entry: Children, url: str, dates: DateReader) -> Link | None:
    target = web_url(_text(entry, "origlink", "link"), url) or _alternate_url(entry, url)
    target = target or web_url(_permalink(entry), url)
    if target is None:
        return None
    return Link(
        url=target,
        title=_title(_text(entry, "title")),
        published_at=dates.read(_text(entry, *_PUBLISHED)),
        modified_at=dates.read(_text(entry, *_MODIFIED)),
        guid=short_text(_text(entry, "guid", "id", "identifier")),
    )


def _permalink(entry: Children) -> str | None:
    """Return the guid (RSS) or id (Atom) if it is a URL; `isPermaLink="false"` in RSS means that it only looks like one."""
    for name in ("guid", "id"):
        for element in entry.get(name, ()):
            if element.get("isPermaLink", "true").lower() != "false":
                text = (element.text or "").strip()
                return text if text.startswith(("http://", "https://")) else None
    return None


def _children(element: etree._Element) -> Children:
    own = _namespace_and_name(element)[0]
    children: dict[str, list[etree._Element]] = {}
    for child in element.iterchildren("*"):
        namespace, name = _namespace_and_name(child)
        if namespace == own or namespace in _EXTENSIONS:
            children.setdefault(name.lower(), []).append(child)
    return children


def _namespace_and_name(element: etree._Element) -> tuple[str, str]:
    """Return namespace and local name; an undeclared prefix is used as the namespace."""
    namespace, _, name = element.tag.removeprefix("{").rpartition("}")
    prefix, _, local_name = name.rpartition(":")
    return namespace or prefix, local_name


def _text(children: Children, *names: str) -> str | None:
    """Return the first text that is not empty, trying the names in order."""
    for name in names:
        for element in children.get(name, ()):
            if text := "".join(map(str, element.itertext())).strip():
                return text
    return None


def _alternate_url(children: Children, url: str) -> str | None:
    """Return the URL of Atom's `<link rel="alternate" href>` (other formats use it too), resolved against xml:base."""
    for element in children.get("link", ()):
        is_page = element.get("rel", "alternate") == "alternate" and "html" in element.get("type", "html")
        if is_page and (target := web_url(element.get("href"), web_url(element.base, url) or url)):
            return target
    return None


def _ttl_s(channel: Children) -> int | None:
    """Return the polling interval that a feed asks for: RSS's `ttl`, else `sy:updatePeriod` / `sy:updateFrequency`."""
    ttl_minutes = _number(_text(channel, "ttl"), max_digits=6)
    if ttl_minutes is not None:
        return ttl_minutes * 60 or None
    period_s = _PERIODS_S.get(_text(channel, "updateperiod") or "")
    if period_s is None:
        return None
    times_per_period = _number(_text(channel, "updatefrequency"), max_digits=4) or 1
    return period_s // times_per_period


def _number(text: str | None, *, max_digits: int) -> int | None:
    return int(text) if text and re.fullmatch(rf"\d{{1,{max_digits}}}", text) else None


def _title(text: str | None) -> str | None:
    """Return a headline on one line; some feeds escape its HTML twice or put tags into it."""
    return short_text(html.unescape(_TAG.sub(" ", text or "")))


def _usable(links: Iterable[Link | None], url: str) -> tuple[Link, ...]:
    """Return the links without duplicates and without the feed's own URL, to which an empty URL resolves."""
    first: dict[str, Link] = {}
    for link in links:
        if link and link.url != url:
            first.setdefault(link.url, link)
    return tuple(first.values())


def _json_feed(text: str, url: str, dates: DateReader, whole: bool) -> ParsedFeed:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        document, whole = _cut_off_json(text), False
    if "jsonfeed.org" not in str(document.get("version")):
        return ParsedFeed(whole=whole)
    entries = [entry for entry in _list(document, "items") if isinstance(entry, dict)]
    return ParsedFeed(
        kind="json",
        title=_title(_string(document, "title")),
        links=_usable((_json_link(entry, url, dates) for entry in entries[:MAX_ENTRIES]), url),
        whole=whole and len(entries) <= MAX_ENTRIES,
    )


def _json_link(entry: dict[str, object], url: str, dates: DateReader) -> Link | None:
    target = web_url(_string(entry, "url") or _string(entry, "external_url"), url)
    if target is None:
        return None
    return Link(
        url=target,
        title=_title(_string(entry, "title")),
        published_at=dates.read(_string(entry, "date_published")),
        modified_at=dates.read(_string(entry, "date_modified")),
        guid=short_text(_string(entry, "id")),
    )


def _cut_off_json(text: str) -> dict[str, object]:
    """Return the version and the complete entries of a truncated JSON Feed."""
    version = re.search(r'"version"\s*:\s*"([^"]{1,100})"', text)
    start = re.search(r'"items"\s*:\s*\[', text)
    entries: list[object] = []
    position = start.end() if start else len(text)
    with suppress(ValueError, RecursionError):  # the first incomplete entry ends the loop
        while len(entries) <= MAX_ENTRIES:
            entry, position = json.JSONDecoder().raw_decode(text, _next_value(text, position))
            entries.append(entry)
    return {"version": version and version[1], "items": entries}


def _next_value(text: str, position: int) -> int:
    while text[position : position + 1] in tuple(" \t\r\n,"):
        position += 1
    return position


def _string(document: Mapping[str, object], key: str) -> str | None:
    value = document.get(key)
    return value if isinstance(value, str) else None


def _list(document: Mapping[str, object], key: str) -> list[object]:
    value = document.get(key)
    return value if isinstance(value, list) else []
