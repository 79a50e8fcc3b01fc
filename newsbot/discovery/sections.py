"""Section pages and homepages -> links to articles, told from all other links by their URL, text and place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from urllib.parse import unquote, urlsplit

from lxml import etree

from newsbot.discovery.links import Link, same_site, short_text, web_url
from newsbot.extraction.page.page import Page
from newsbot.sources.model import Source
from newsbot.text import word_count
from newsbot.urls import canonicalize

MIN_SCORE = 3
MAX_ANCHORS = 5_000
MAX_STEPS = 80
"""Tags that are looked at inside a link: teasers have few."""
MAX_PATH_LENGTH = 500

# Year and month, perhaps day, as folders or with hyphens (2026/11/23, 2026-11-23, 2026/nov/23), or as 20261123.
_DATE = re.compile(
    r"(?<!\d)(?:19|20)\d\d(?:[/-](?:0?[1-9]|1[0-2]|[a-z]{3})(?:[/-]\d{1,2})?(?=[/-])|(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])(?!\d))"
)
# A number of an article, a UUID, or a last segment that mixes letters and digits.
_ID = re.compile(r"\d{5,}|[0-9a-f]{8}-[0-9a-f]{4}-|(?<![a-z0-9])(?=[a-z]*\d)[a-z0-9]{10,}$")
_FILE = re.compile(
    r"\.(?:jpe?g|png|gif|webp|svg|pdf|mp[34]|xml|rss|json|zip|ics|docx?|css|js)$", re.IGNORECASE
)
_DOCUMENT = re.compile(r"\.(?:s?html?|php|aspx?|ece|amp)$")
# Folders of pages about a topic or person, of lists, of media without text, of services: sites of many languages share them.
_LISTING_FOLDERS = (
    "tags?", "topics?", "themen?", "themes?", "temas?", "categor(?:y|ies|ias?)", "kategorien?", "rubri(?:k|ques?)", "sections?",
    "sekce", "emne", "dossiers?", "collections?", "authors?", "autor(?:en|es)?", "auteurs?", "profiles?", "people", "page",
    "seite", "search", "suche", r"archives?(?!/\d)", "newsletters?", "podcasts?", "videos?", "galler(?:y|ies)", "photos?",
    "login", "sign-?in", "register", "account", "user", "subscri(?:be|ptions?)", "abo", "donate", "shop", "products?",
    "services?", "jobs?", "advertise", "about(?:-us)?", "contact", "kontakt", "impressum", "privacy", "datenschutz", "terms",
    "agb", "cookies?", "policies", "legal", "help", "faq", "rss", "feeds?", "share", "print", "comments?", "cdn-cgi",
    "wp-(?:login|admin|content)",
)  # fmt: skip
_LISTING = re.compile(rf"/(?:{'|'.join(_LISTING_FOLDERS)})(?:[/.]|$)")
_SECTION = re.compile(r"(?:/[^\W\d_]{2,}(?:-[^\W\d_]+){0,2}){1,2}(?:/|\.html?)?")
_NAVIGATION_TAGS = frozenset({"nav", "footer"})
_NAVIGATION_NAMES = frozenset({
    "nav", "navbar", "navigation", "main-nav", "menu", "breadcrumb", "breadcrumbs", "banner", "site-header", "footer",
    "site-footer", "contentinfo",
})  # fmt: skip
_HEADING_TAGS = frozenset({"h1", "h2", "h3", "h4", "article"})


@dataclass(slots=True)
class _Anchor:
    """What all the links of a page to one address say together."""

    url: str
    text: str
    place_score: int


def article_links(page: Page, source: Source | None = None) -> list[Link]:
    """Return the links of a section page that lead to articles of the same site, in the order of the page.

    Where the source gives `article_urls`, these decide; else the URL (date, id, long slug; no tag, author or
    service page), the text (a headline has several words) and the place (headings for, navigation against).
    """
    anchors = _merged_anchors(page, source.homepage if source else page.url or "")
    if source and source.article_urls:
        chosen = [each for each in anchors if any(p.search(each.url) for p in source.article_urls)]
    else:
        chosen = [each for each in anchors if _score(each) >= MIN_SCORE]
    return [Link(url=each.url, title=each.text or None) for each in chosen]


def section_links(page: Page) -> list[str]:
    """Return the links of a homepage that lead to its sections, main sections first.

    A section has a path of one or two plain words (/politics/, /world/asia) and a name as short.
    """
    sections = [each.url for each in _merged_anchors(page, page.url or "") if _is_section(each)]
    return sorted(sections, key=lambda url: urlsplit(url).path.strip("/").count("/"))


def next_page(page: Page) -> str | None:
    """Return the URL of the next page of a listing (`rel=next` of a link or an anchor), or None."""
    base = page.base_url or ""
    for element in page.tree.iter("link", "a"):
        if "next" in (element.get("rel") or "").lower().split():
            url = web_url(element.get("href"), base)
            return url if url and url != page.url else None
    return None


def url_score(url: str) -> int:
    """Return how much a URL alone looks like that of an article: 3 and more is likely, 0 and less is not."""
    parts = urlsplit(url)
    path = unquote(parts.path).lower()
    if len(path) > MAX_PATH_LENGTH or _FILE.search(path) or not path.strip("/"):
        return -5
    segments = path.strip("/").split("/")
    slug = _DOCUMENT.sub("", max(segments[-2:], key=len))
    words = len([word for word in re.split(r"[-_+ ]", slug) if word.isalpha()])
    score = 3 if _DATE.search(path) else 0
    score += (
        2
        if any(_ID.search(segment) for segment in (slug, segments[-1])) or re.search(r"\d{5,}", parts.query)
        else 0
    )
    score += min(words - 2, 3) if words > 2 or len(segments) == 1 else 0
    score += 1 if _DOCUMENT.search(segments[-1]) else 0
    return score - (4 if _LISTING.search(path) else 0)


def _score(anchor: _Anchor) -> int:
    words = word_count(anchor.text)
    text_score = 2 if words >= 5 else (words >= 3) - (0 < words < 3)
    return url_score(anchor.url) + text_score + anchor.place_score


def _is_section(anchor: _Anchor) -> bool:
    parts = urlsplit(anchor.url)
    path = unquote(parts.path).lower()
    named = _SECTION.fullmatch(path) and not parts.query and 0 < len(anchor.text.split()) <= 3
    return bool(named) and not _LISTING.search(path)


def _merged_anchors(page: Page, homepage: str) -> list[_Anchor]:
    """Return one anchor for each address of the site but the page's own, with its longest text and best place.

    Of the site is what is on the homepage's host or, after a redirect, on the page's.
    """
    own, sites = canonicalize(page.url or ""), {homepage, page.url or homepage}
    merged: dict[str, _Anchor] = {}
    for anchor in islice(_anchors(page), MAX_ANCHORS):
        identity = canonicalize(anchor.url)
        if identity != own and any(same_site(anchor.url, site) for site in sites):
            first = merged.setdefault(identity, anchor)
            first.text = max(first.text, anchor.text, key=len)
            first.place_score = max(first.place_score, anchor.place_score)
    return list(merged.values())


def _anchors(page: Page) -> Iterator[_Anchor]:
    """Yield the web links of a page with their place: walks the tree once, whatever its depth."""
    base = page.base_url or ""
    navigation = headings = 0
    for event, element in etree.iterwalk(page.tree, events=("start", "end")):
        step = 1 if event == "start" else -1
        if _is_navigation(element):
            navigation += step
        if element.tag in _HEADING_TAGS:
            headings += step
        if event == "start" and element.tag == "a" and (url := web_url(element.get("href"), base)):
            place_score = -2 if navigation else int(headings > 0 or _holds_heading(element))
            yield _Anchor(url, _text(element), place_score)


def _is_navigation(element: etree._Element) -> bool:
    if element.tag in _NAVIGATION_TAGS:
        return True
    names = f"{element.get('class') or ''} {element.get('role') or ''} {element.get('id') or ''}"
    return element.tag != "body" and not _NAVIGATION_NAMES.isdisjoint(names.lower().split())


def _holds_heading(anchor: etree._Element) -> bool:
    return any(child.tag in _HEADING_TAGS for child in islice(anchor.iterdescendants(), MAX_STEPS))


def _text(anchor: etree._Element) -> str:
    steps = islice(etree.iterwalk(anchor, events=("start", "end")), MAX_STEPS)
    parts = (
        each.text if event == "start" else each.tail
        for event, each in steps
        if (event, each) != ("end", anchor)
    )
    return short_text(" ".join(part for part in parts if part)) or ""
