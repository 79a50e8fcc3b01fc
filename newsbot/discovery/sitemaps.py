"""Parse sitemaps into links: urlset with the news extension, sitemap index, plain text; `Sitemap:` lines of robots.txt.

Sources: sitemaps.org protocol 0.9, Google's news sitemap 0.9, RFC 9309.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from itertools import islice
from typing import Literal
from urllib.parse import urlsplit

from lxml import etree

from newsbot.discovery.documents import decode, elements, from_root, is_whole, unpack
from newsbot.discovery.entries import headline, language_code, topic_names
from newsbot.discovery.links import DateReader, Link, web_url

MAX_SITEMAP_BYTES = 50 * 1024 * 1024
MAX_SITEMAP_LINKS = 50_000
"""Both limits are those of the protocol."""

SitemapKind = Literal["urlset", "index", "text"]
_ROOTS: dict[str, tuple[SitemapKind, str]] = {
    "urlset": ("urlset", "url"),
    "sitemapindex": ("index", "sitemap"),
}
_HOST_AND_PATH = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,}/", re.IGNORECASE)
_ROBOTS_SITEMAP = re.compile(r"^[ \t\ufeff]*sitemap[ \t]*:[ \t]*(\S+)", re.IGNORECASE | re.MULTILINE)
_MAX_ROBOTS_CHARS = 500 * 1024  # RFC 9309, section 2.5: what a crawler must at least read


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitemap:
    """The contents of a sitemap; `kind` is None if the bytes are no sitemap."""

    kind: SitemapKind | None = None
    links: tuple[Link, ...] = ()
    """Pages, or sitemaps if `kind` is "index". `modified_at` is lastmod; the other fields come from news sitemaps."""
    whole: bool = True
    """False if the end is missing, or if links or bytes beyond the limits were left out."""


def parse_sitemap(
    body: bytes,
    url: str,
    max_bytes: int = MAX_SITEMAP_BYTES,
    *,
    timezone: tzinfo = UTC,
    now: datetime | None = None,
) -> Sitemap:
    """Return the contents of the sitemap fetched from `url`, in order; `Sitemap(kind=None)` if the bytes are no sitemap.

    `body` may be a gzip file; `max_bytes` limits its decompressed size. Broken and truncated sitemaps give their complete
    links. Dates more than a day after `now` are ignored. Never raises, fetches nothing, expands no entity.
    """
    unpacked, whole = unpack(body, max_bytes)
    text = decode(unpacked)
    found = from_root(text, *_ROOTS)
    if found is None:
        return _text_sitemap(text, url, whole)
    root, document = found
    kind, name = _ROOTS[root]
    entries = _entries(document, name)
    links = _links(islice(entries, MAX_SITEMAP_LINKS), url, DateReader(timezone, now))
    whole = whole and is_whole(document, root) and next(entries, None) is None
    return Sitemap(kind=kind, links=links, whole=whole)


def sitemaps_of_robots(text: str, url: str) -> list[str]:
    """Return the sitemaps that the robots.txt fetched from `url` lists: absolute URLs, without duplicates.

    Words that are no address ("Sitemap: none") and a robots.txt, which some sites name here, are left out.
    """
    named = (match[1] for match in _ROBOTS_SITEMAP.finditer(text[:_MAX_ROBOTS_CHARS]))
    targets = (web_url(_with_host(name), url) for name in named if "/" in name or "." in name)
    return list(dict.fromkeys(target for target in targets if target and not _is_robots(target)))


def _with_host(name: str) -> str:
    """Return a URL; courier.example/sitemap.xml lacks its scheme only."""
    return f"//{name}" if _HOST_AND_PATH.match(name) else name


def _is_robots(url: str) -> bool:
    return urlsplit(url).path.lower().endswith("/robots.txt")


def _entries(document: str, name: str) -> Iterator[dict[str, str]]:
    """Yield local name -> text of every entry: loc, lastmod and the elements inside news:news."""
    for element in elements(document, name):
        texts: dict[str, str] = {}
        for child in element.iterchildren("*"):
            name = _local_name(child)
            for leaf in child.iterdescendants("*") if name == "news" else [child]:
                texts.setdefault(_local_name(leaf), (leaf.text or "").strip())
        element.clear()
        yield texts


def _local_name(element: etree._Element) -> str:
    """Return the name without namespace, and without a prefix that the sitemap does not declare."""
    return element.tag.rpartition("}")[2].rpartition(":")[2]


def _links(entries: Iterator[dict[str, str]], url: str, dates: DateReader) -> tuple[Link, ...]:
    links = {}
    for entry in entries:
        if target := web_url(entry.get("loc"), url):
            published = dates.read_moment(entry.get("publication_date"))
            links[target] = Link(
                url=target,
                title=headline(entry.get("title")),
                published_at=published and published.at,
                published_offset_min=published and published.offset_min,
                modified_at=dates.read(entry.get("lastmod")),
                topics=topic_names((keywords,)) if (keywords := entry.get("keywords")) else (),
                language=language_code(entry.get("language")),
            )
    return tuple(links.values())


def _text_sitemap(text: str, url: str, whole: bool) -> Sitemap:
    """Return the links of a plain text sitemap, which has one absolute URL per line and nothing else."""
    lines = text.split()
    if not lines or not all(line.startswith(("http://", "https://")) for line in lines):
        return Sitemap(whole=whole)
    if not (whole or text[-1].isspace()):
        lines.pop()  # the last URL is truncated
    links = _links(({"loc": line} for line in lines[:MAX_SITEMAP_LINKS]), url, DateReader())
    return Sitemap(kind="text", links=links, whole=whole and len(lines) <= MAX_SITEMAP_LINKS)
