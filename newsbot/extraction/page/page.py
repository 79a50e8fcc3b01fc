"""A page that is parsed once: its tree and its declarations, for all extraction rules."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property, lru_cache
from typing import Any
from urllib.parse import urljoin

from lxml import etree

from newsbot.extraction.page.browser_view import reveal, show
from newsbot.extraction.page.decoding import decode
from newsbot.extraction.page.jsonld import read_json_ld
from newsbot.extraction.page.limits import bounded
from newsbot.extraction.page.markup_repair import needs_repair, with_implied_ends
from newsbot.extraction.page.microdata import read_microdata
from newsbot.extraction.page.schema_org import ARTICLE_TYPES, is_a
from newsbot.extraction.page.state.embedded_article import (
    Candidate,
    Clues,
    EmbeddedArticle,
    candidates_in,
    find_article,
)
from newsbot.extraction.page.state.embedded_state import read_state, state_scripts
from newsbot.extraction.page.tree import raw_text, text_of
from newsbot.text import one_line

MAX_CONTENTS = 200
"""Maximum number of meta elements that are read of one name; pages with many tags have fifty."""
MAX_TITLE_CHARS = 2000
MIN_SHOWN_CHARS = 600
"""Number of characters in paragraphs from which a page shows its text itself."""
_EMPTY = b"<html><body></body></html>"
_META_NAMES = ("name", "property", "itemprop")
_DECLARING_TAGS = ("base", "h1", "link", "meta", "script", "title")
"""Elements in which a page makes declarations."""


class Page:
    """One HTML page. Its properties are computed on first use and kept.

    `tree` consists of plain lxml elements (without the methods of `lxml.html`), without comments and processing
    instructions.
    """

    def __init__(self, html: str, url: str | None = None) -> None:
        self.html = html
        """The decoded page, without NUL characters."""
        self.url = url

    @classmethod
    def from_bytes(cls, body: bytes, url: str | None = None, charset: str | None = None) -> Page:
        """Return the page of a response; `charset` is the one in its Content-Type header."""
        return cls(decode(body, charset), url)

    @classmethod
    def from_text(cls, html: str, url: str | None = None) -> Page:
        """Return the page of HTML that is already decoded."""
        return cls(html.replace("\0", "") if "\0" in html else html, url)

    @cached_property
    def tree(self) -> etree._Element:
        """The `html` element; that of an empty document if the page cannot be parsed."""
        markup = bounded(self.html)
        root, messages = _parse(markup)
        if needs_repair(self.html, root, messages):
            read = markup.decode("utf-8", "replace")
            repaired = with_implied_ends(read)
            if len(repaired) > len(read):
                root, _ = _parse(bounded(repaired))
        show(root)
        return root

    @cached_property
    def _declaring(self) -> dict[str, list[etree._Element]]:
        """Tag -> its elements, for all tags in which pages make declarations; found in one pass."""
        found: dict[str, list[etree._Element]] = {name: [] for name in _DECLARING_TAGS}
        for element in self.tree.iter(*_DECLARING_TAGS):
            found[element.tag].append(element)
        return found

    @property
    def headings(self) -> list[etree._Element]:
        """The h1 elements in page order."""
        return self._declaring["h1"]

    @cached_property
    def title(self) -> str:
        """The text of the title element on one line; "" if there is none."""
        first = next(iter(self._declaring["title"]), None)
        return "" if first is None else one_line(raw_text(first)[:MAX_TITLE_CHARS])

    @cached_property
    def base_url(self) -> str | None:
        """The URL that relative links are resolved against: that of the base element, else that of the page."""
        hrefs = (base.get("href") for base in self._declaring["base"])
        href = next((href.strip() for href in hrefs if href is not None), "")
        return _join(self.url, href) or self.url

    @cached_property
    def html_lang(self) -> str | None:
        """The lang attribute of the html element, as written; None if there is none."""
        for name in ("lang", "xml:lang", "{http://www.w3.org/XML/1998/namespace}lang"):
            if value := (self.tree.get(name) or "").strip():
                return value
        return None

    @cached_property
    def meta(self) -> dict[str, list[str]]:
        """Name, property or itemprop of meta elements in lower case -> their first non-empty contents in page order."""
        found: dict[str, list[str]] = {}
        for element in self._declaring["meta"]:
            content = (element.get("content") or "").strip()
            names = map(element.get, _META_NAMES) if content else ()
            for key in {name.strip().lower() for name in names if name} - {""}:
                contents = found.setdefault(key, [])
                if len(contents) < MAX_CONTENTS:
                    contents.append(content)
        return found

    def related(self, rel: str) -> list[str]:
        """Return the absolute URLs of the link elements with a `rel`, which is given in lower case, in page order."""
        return [url for href in self._hrefs.get(rel, ()) if (url := self.absolute(href))]

    @cached_property
    def _hrefs(self) -> dict[str, list[str]]:
        """Rel of link elements in lower case -> hrefs as written; most are of style sheets and never resolved."""
        found: dict[str, list[str]] = {}
        for element in self._declaring["link"]:
            for rel in (element.get("rel") or "").lower().split():
                found.setdefault(rel, []).append(element.get("href") or "")
        return found

    @cached_property
    def json_ld(self) -> list[dict[str, Any]]:
        """All JSON-LD objects of the page, including those in lists and in @graph."""
        scripts = self._declaring["script"]
        return read_json_ld(raw_text(script) for script in scripts if "ld+json" in (script.get("type") or ""))

    @cached_property
    def state_scripts(self) -> list[tuple[bool, str]]:
        """The scripts that contain prose, each with whether it is JSON."""
        return state_scripts(self.html)

    @cached_property
    def _candidates(self) -> list[Candidate]:
        return candidates_in(read_state(self.state_scripts, self.html))

    @cached_property
    def embedded_article(self) -> EmbeddedArticle | None:
        """The article in the state of a page that shows hardly any text; None if it shows some, or has no state."""
        return None if self._shows_text else self.article_in_state("")

    def article_in_state(self, shown: str) -> EmbeddedArticle | None:
        """Return the article in the state of the page that agrees best with what it shows."""
        titles = [*self.meta.get("og:title", ())[:1], *map(text_of, self.headings[:3]), self.title]
        titles = [title for title in titles if title]
        return find_article(self._candidates, Clues(titles, self.url or "", shown, self._declares_article))

    @property
    def _declares_article(self) -> bool:
        """Whether the page declares that it is an article; forums have dates, too, but declare another type."""
        types = self.meta.get("og:type", ())
        is_article = "article" in types or (not types and "article:published_time" in self.meta)
        return is_article or any(is_a(item, ARTICLE_TYPES) for item in self.json_ld)

    @property
    def may_be_article(self) -> bool:
        """Whether the page declares that it is an article, or does not declare what it is."""
        is_silent = "og:type" not in self.meta and not any(map(_type_of, self.json_ld))
        return is_silent or self._declares_article

    def revealed(self) -> Iterator[tuple[str, Page]]:
        """Yield the name of a place where the page hides text, and the page with the texts there made visible."""
        return ((place, Page(markup, self.url)) for place, markup in reveal(self.html))

    @property
    def _shows_text(self) -> bool:
        """Whether the paragraphs of the page have some text."""
        chars = 0
        for element in self.tree.iter("p"):
            chars += len(raw_text(element))
            if chars >= MIN_SHOWN_CHARS:
                return True
        return False

    @cached_property
    def microdata(self) -> dict[str, list[str]]:
        """Microdata of the page's article item: itemprop -> values."""
        return read_microdata(self.tree)

    def absolute(self, href: str | None) -> str:
        """Return the absolute URL of a link on this page; "" if there is no href or it is not a URL."""
        return _join(self.base_url, (href or "").strip())


def _type_of(item: dict[str, Any]) -> Any:
    return item.get("@type")


def _parse(markup: bytes) -> tuple[etree._Element, etree._ListErrorLog]:
    """Return the tree of a page, and the messages of the parser."""
    parser = etree.HTMLParser(
        encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True, collect_ids=False
    )
    try:
        root = etree.fromstring(markup, parser)
    except (etree.LxmlError, ValueError):
        root = None
    return root if root is not None else etree.fromstring(_EMPTY, parser), parser.error_log


@lru_cache(maxsize=64)
def _join(base: str | None, href: str) -> str:
    """Return `href` resolved against `base`; "" if it is empty or not a URL."""
    if not href:
        return ""
    try:
        return urljoin(base or "", href)
    except ValueError:  # "http://[broken"
        return ""
