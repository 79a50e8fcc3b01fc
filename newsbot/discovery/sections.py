"""Find the links to articles on section pages and homepages, by their URL, text and position."""

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
from newsbot.sources.ownership import is_own
from newsbot.text import word_count
from newsbot.urls import canonicalize

MIN_SCORE = 3
"""Minimum score of a link to an article: a date in the URL, or an id and a headline, or a long slug."""
DATE_SCORE = 3
"""A date in the path is enough: hardly any other page has one."""
ID_SCORE = 2
"""A number or UUID is not enough: products and authors have them too."""
DOCUMENT_SCORE = 1
"""A file name such as `.html` is a weak sign: whole sites have it on every page."""
LISTING_SCORE = -4
"""A folder of listings or services outweighs a date, because archives of topics have dates too."""
NO_PAGE_SCORE = -5
"""Files, the homepage and overlong paths are never articles, whatever the text of the link is."""
SECTION_SLUG_WORDS = 2
"""Names of sections have up to two words; slugs of articles are headlines."""
MAX_SLUG_SCORE = 3
HEADLINE_WORDS, HEADLINE_SCORE = 5, 2
SHORT_HEADLINE_WORDS, SHORT_HEADLINE_SCORE = 3, 1
LABEL_SCORE = -1
"""Link texts of one or two words are names of sections, authors and buttons."""
HEADING_SCORE = 1
NAVIGATION_SCORE = -2
MAX_SECTION_NAME_WORDS = 3
MAX_ANCHORS = 5_000
"""Maximum number of links of a page that are examined."""
MAX_STEPS = 80
"""Maximum number of tags examined inside a link; teasers have few."""
MAX_PATH_LENGTH = 500
"""Maximum length of the path of an article's URL."""

# Year and month, perhaps day, as folders or with hyphens (2026/11/23, 2026-11-23, 2026/nov/23), or as 20261123.
_DATE = re.compile(
    r"(?<!\d)(?:19|20)\d\d(?:[/-](?:0?[1-9]|1[0-2]|[a-z]{3})(?:[/-]\d{1,2})?(?=[/-])|(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])(?!\d))"
)
# The number of an article, a UUID, or a last segment that mixes letters and digits.
_ID = re.compile(r"\d{5,}|[0-9a-f]{8}-[0-9a-f]{4}-|(?<![a-z0-9])(?=[a-z]*\d)[a-z0-9]{10,}$")
_QUERY_ID = re.compile(r"\d{5,}")
_FILE = re.compile(
    r"\.(?:jpe?g|png|gif|webp|svg|pdf|mp[34]|xml|rss|json|zip|ics|docx?|css|js)$", re.IGNORECASE
)
_DOCUMENT = re.compile(r"\.(?:s?html?|php|aspx?|ece|amp)$")
_LISTING_FOLDERS = {
    "topics, people and lists": r"""tags? topics? themen? themes? temas? categor(?:y|ies|ias?) kategorien? rubri(?:k|ques?) sections?
        sekce emne dossiers? collections? authors? autor(?:en|es)? auteurs? profiles? people page seite search suche
        archives?(?!/\d)""",
    "media without text": "newsletters? podcasts? videos? galler(?:y|ies) photos?",
    "accounts and sales": """login sign-?in register account user subscri(?:be|ptions?) abo donate shop products? services? jobs?
        advertise""",
    "legal and technical": """about(?:-us)? contact kontakt impressum privacy datenschutz terms agb cookies? policies legal help
        faq rss feeds? share print comments? cdn-cgi wp-(?:login|admin|content)""",
}
"""Folders whose pages are no articles, as regular expressions; sites in many languages use the same ones."""
_LISTING = re.compile(rf"/(?:{'|'.join(' '.join(_LISTING_FOLDERS.values()).split())})(?:[/.]|$)")
_SECTION = re.compile(r"(?:/[^\W\d_]{2,}(?:-[^\W\d_]+){0,2}){1,2}(?:/|\.html?)?")
_NAVIGATION_TAGS = frozenset({"nav", "footer"})
_NAVIGATION_NAMES = frozenset(
    [
        "nav",
        "navbar",
        "navigation",
        "main-nav",
        "menu",
        "breadcrumb",
        "breadcrumbs",
        "banner",
        "site-header",
        "footer",
        "site-footer",
        "contentinfo",
    ]
)
"""Classes, ids and ARIA roles of navigation."""
_HEADING_TAGS = frozenset({"h1", "h2", "h3", "h4", "article"})


@dataclass(slots=True)
class _Anchor:
    """All links of a page to one URL."""

    url: str
    text: str
    place_score: int


def article_links(page: Page, source: Source | None = None) -> list[Link]:
    """Return the links of a section page that lead to articles of the same site, in the order of the page.

    The `article_urls` of the source decide if it has any. Otherwise a score decides: of the URL (date, id, long slug; no
    tag, author or service page), of the text (a headline has several words) and of the position (in a heading, or in
    navigation).
    """
    anchors = _merged_anchors(page, source)
    if source and source.article_urls:
        chosen = [a for a in anchors if any(pattern.search(a.url) for pattern in source.article_urls)]
    else:
        chosen = [anchor for anchor in anchors if _score(anchor) >= MIN_SCORE]
    return [Link(url=anchor.url, title=anchor.text or None) for anchor in chosen]


def section_links(page: Page) -> list[str]:
    """Return the links of a homepage that lead to its sections, main sections first.

    A section has a path of one or two plain words (/politics/, /world/asia) and a link text of up to three words.
    """
    sections = [anchor.url for anchor in _merged_anchors(page) if _is_section(anchor)]
    return sorted(sections, key=lambda url: urlsplit(url).path.strip("/").count("/"))


def next_page(page: Page) -> str | None:
    """Return the URL of the next page of a listing (`rel=next` of a link or an anchor); None if there is none."""
    base = page.base_url or ""
    for element in page.tree.iter("link", "a"):
        if "next" in (element.get("rel") or "").lower().split():
            url = web_url(element.get("href"), base)
            return url if url and url != page.url else None
    return None


def url_score(url: str) -> int:
    """Return how much a URL alone looks like that of an article: likely from 3 on, unlikely up to 0."""
    parts = urlsplit(url)
    path = unquote(parts.path).lower()
    if len(path) > MAX_PATH_LENGTH or _FILE.search(path) or not path.strip("/"):
        return NO_PAGE_SCORE
    segments = path.strip("/").split("/")
    slug = _DOCUMENT.sub("", max(segments[-2:], key=len))
    has_id = any(_ID.search(segment) for segment in (slug, segments[-1])) or _QUERY_ID.search(parts.query)
    return (
        (DATE_SCORE if _DATE.search(path) else 0)
        + (ID_SCORE if has_id else 0)
        + _slug_score(slug, is_only_segment=len(segments) == 1)
        + (DOCUMENT_SCORE if _DOCUMENT.search(segments[-1]) else 0)
        + (LISTING_SCORE if _LISTING.search(path) else 0)
    )


def _slug_score(slug: str, *, is_only_segment: bool) -> int:
    """Return a point for every word beyond two; below zero for a short slug that is the whole path ("/politics")."""
    words = len([word for word in re.split(r"[-_+ ]", slug) if word.isalpha()])
    if words > SECTION_SLUG_WORDS or is_only_segment:
        return min(words - SECTION_SLUG_WORDS, MAX_SLUG_SCORE)
    return 0


def _score(anchor: _Anchor) -> int:
    return url_score(anchor.url) + _text_score(anchor.text) + anchor.place_score


def _text_score(text: str) -> int:
    """Return how much a link text looks like a headline; a link without text (a picture) has no score."""
    words = word_count(text)
    if words >= HEADLINE_WORDS:
        return HEADLINE_SCORE
    if words >= SHORT_HEADLINE_WORDS:
        return SHORT_HEADLINE_SCORE
    return LABEL_SCORE if words else 0


def _is_section(anchor: _Anchor) -> bool:
    parts = urlsplit(anchor.url)
    path = unquote(parts.path).lower()
    named = (
        _SECTION.fullmatch(path)
        and not parts.query
        and 0 < len(anchor.text.split()) <= MAX_SECTION_NAME_WORDS
    )
    return bool(named) and not _LISTING.search(path)


def _merged_anchors(page: Page, source: Source | None = None) -> list[_Anchor]:
    """Return one anchor for every URL of the site except the page's own, with its longest text and best position.

    A URL belongs to the site if it is on the host of the page, or the source's own (`sources.ownership`).
    """
    own, address = canonicalize(page.url or ""), page.url or ""
    merged: dict[str, _Anchor] = {}
    for anchor in islice(_anchors(page), MAX_ANCHORS):
        identity = canonicalize(anchor.url)
        is_of_site = same_site(anchor.url, address) or (source is not None and is_own(anchor.url, source))
        if identity != own and is_of_site:
            first = merged.setdefault(identity, anchor)
            first.text = max(first.text, anchor.text, key=len)
            first.place_score = max(first.place_score, anchor.place_score)
    return list(merged.values())


def _anchors(page: Page) -> Iterator[_Anchor]:
    """Yield the web links of a page with their position, in one walk of the tree."""
    base = page.base_url or ""
    navigation = headings = 0
    for event, element in etree.iterwalk(page.tree, events=("start", "end")):
        step = 1 if event == "start" else -1
        if _is_navigation(element):
            navigation += step
        if element.tag in _HEADING_TAGS:
            headings += step
        if event == "start" and element.tag == "a" and (url := web_url(element.get("href"), base)):
            place_score = HEADING_SCORE if headings or _holds_heading(element) else 0
            place_score = NAVIGATION_SCORE if navigation else place_score
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
        element.text if event == "start" else element.tail
        for event, element in steps
        if (event, element) != ("end", anchor)
    )
    return short_text(" ".join(part for part in parts if part)) or ""
