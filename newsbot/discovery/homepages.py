"""Find the likely feeds and sitemaps of a homepage, and propose a source for it in TOML."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from urllib.parse import urljoin, urlsplit

from lxml import etree

from newsbot.discovery.links import same_site, web_url
from newsbot.extraction.page.page import Page
from newsbot.text import one_line
from newsbot.urls import source_of

MAX_FOUND = 20
"""Maximum number of feeds returned for a page."""
FEED_PATHS = (
    "/feed/",
    "/rss",
    "/rss.xml",
    "/feed.xml",
    "/atom.xml",
    "/index.xml",
    "/rss/",
    "/feeds/all.rss.xml",
    "/feed.json",
)
SITEMAP_PATHS = (
    "/news-sitemap.xml",
    "/sitemap-news.xml",
    "/sitemap_news.xml",
    "/sitemap.xml",
    "/sitemap_index.xml",
)
"""Default paths of publishers' content management systems; worth a request each if the site advertises none."""

_FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml")
_FEED_PATH = re.compile(
    r"(?:/rss[\w-]*(?:\.xml)?|/feeds?|/feed\.(?:xml|json)|/atom(?:\.xml)?|\.(?:rss|atom|rdf))/?$",
    re.IGNORECASE,
)
_COMMENTS = re.compile(r"comment|kommentar|comentario|commentaire", re.IGNORECASE)
_NEWS_SITEMAP = re.compile(r"news|latest|recent|today|aktuell|noticias|actu", re.IGNORECASE)


def advertised_feeds(page: Page) -> list[str]:
    """Return the feeds that a page advertises: `<link rel=alternate>` first, then links of its site that look like feeds.

    Feeds of comments are left out. The URLs have not been fetched, so any may be something else.
    """
    base = page.base_url or ""
    declared = _unique_urls(
        (link.get("href") for link in page.tree.iter("link") if _declares_feed(link)), base
    )
    linked = _unique_urls((anchor.get("href") for anchor in page.tree.iter("a")), base)
    fitting = (url for url in linked if _FEED_PATH.search(urlsplit(url).path) and same_site(url, base))
    feeds = dict.fromkeys([*declared, *fitting])
    return [url for url in feeds if not _COMMENTS.search(urlsplit(url).path)][:MAX_FOUND]


def _declares_feed(link: etree._Element) -> bool:
    declared_type = (link.get("type") or "").partition(";")[0].strip().lower()
    return declared_type in _FEED_TYPES and not _COMMENTS.search(link.get("title") or "")


def likely_feeds(homepage: str) -> list[str]:
    """Return URLs to try for a feed if the homepage advertises none, most likely first."""
    return _unique_urls(FEED_PATHS, homepage)


def likely_sitemaps(homepage: str) -> list[str]:
    """Return URLs to try for a sitemap if robots.txt names none, news sitemaps first."""
    return _unique_urls(SITEMAP_PATHS, homepage)


def news_sitemaps_first(sitemaps: Iterable[str]) -> list[str]:
    """Return the sitemaps, those first whose path suggests recent news."""
    return sorted(sitemaps, key=lambda url: not _NEWS_SITEMAP.search(urlsplit(url).path))


def robots_url(homepage: str) -> str:
    """Return the URL of the robots.txt of the homepage's host (RFC 9309)."""
    return urljoin(homepage, "/robots.txt")


def propose_source(
    page: Page, *, feeds: Sequence[str] = (), sitemaps: Sequence[str] = (), sections: Sequence[str] = ()
) -> str:
    """Return the TOML of a source for a homepage, with the given (checked) feeds, sitemaps and sections.

    Key and name come from the host and og:site_name; the user has to add the time zone.
    """
    homepage = page.url or ""
    language = re.match(r"[a-z]{2,3}\b", (page.html_lang or "").lower())
    lines = {
        "key": proposed_key(homepage),
        "name": one_line(" ".join(page.meta.get("og:site_name", [])[:1]))[:100] or source_of(homepage),
        "homepage": homepage,
        "feeds": list(feeds),
        "sitemaps": list(sitemaps),
        "sections": list(sections),
        "language": language and language[0],
    }
    return "[[source]]\n" + "".join(f"{key} = {_toml(value)}\n" for key, value in lines.items() if value)


def proposed_key(homepage: str) -> str:
    """Return the host without a public suffix of one or two labels, joined by hyphens: news.example.co.uk -> news-example."""
    labels = source_of(homepage).split(".")
    if labels[-1].isdigit():  # an IP address
        return "-".join(labels)
    suffix = 2 if len(labels) > 2 and len(labels[-2]) <= 3 and len(labels[-1]) == 2 else 1
    return re.sub(r"[^a-z0-9]+", "-", "-".join(labels[:-suffix] or labels)).strip("-") or "source"


def _toml(value: str | list[str]) -> str:
    """Return a TOML string or list of strings; JSON's escapes are valid TOML if there is no control character."""
    return json.dumps(value, ensure_ascii=False)


def _unique_urls(hrefs: Iterable[str | None], base: str) -> list[str]:
    return list(dict.fromkeys(url for href in hrefs if (url := web_url(href, base))))
