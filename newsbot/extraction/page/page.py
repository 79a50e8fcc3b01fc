"""A page, parsed once: the tree and what it declares about itself, for every extraction rule to ask."""

from __future__ import annotations

from functools import cached_property
from typing import Any
from urllib.parse import urljoin

from lxml import etree

from newsbot.extraction.page.decoding import decode
from newsbot.extraction.page.jsonld import read_json_ld
from newsbot.extraction.page.limits import bounded
from newsbot.extraction.page.microdata import read_microdata
from newsbot.extraction.page.tree import raw_text
from newsbot.text import one_line

MAX_CONTENTS = 200
"""So many meta elements of one name are read: a page of tags has fifty."""
MAX_TITLE_CHARS = 2000
_EMPTY = b"<html><body></body></html>"
_META_NAMES = ("name", "property", "itemprop")
_ITEM_TYPE = ("itemtype", "itemType", "ITEMTYPE")
"""As React and others write it."""
_DECLARING = ("base", "h1", "link", "meta", "script")


class Page:
    """One HTML page. What is asked of it is worked out on first use and kept.

    `tree` holds plain lxml elements (no `lxml.html` methods), comments and processing instructions left out.
    """

    def __init__(self, html: str, url: str | None = None) -> None:
        self.html = html
        """The decoded page, without NUL characters."""
        self.url = url

    @classmethod
    def from_bytes(cls, body: bytes, url: str | None = None, charset: str | None = None) -> Page:
        """Return the page of a response; `charset` is the one of its Content-Type header."""
        return cls(decode(body, charset), url)

    @classmethod
    def from_text(cls, html: str, url: str | None = None) -> Page:
        """Return the page of text that is already decoded."""
        return cls(html.replace("\0", "") if "\0" in html else html, url)

    @cached_property
    def tree(self) -> etree._Element:
        """The `html` element; an empty document's for a page that has none."""
        parser = etree.HTMLParser(
            encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True, collect_ids=False
        )
        markup = bounded(self.html)
        try:
            root = etree.fromstring(markup, parser)
        except (etree.LxmlError, ValueError):
            root = None
        return root if root is not None else etree.fromstring(_EMPTY, parser)

    @cached_property
    def _declaring(self) -> dict[str, list[etree._Element]]:
        """Name -> the elements in which pages declare things, found in one pass."""
        found: dict[str, list[etree._Element]] = {name: [] for name in _DECLARING}
        for element in self.tree.iter(*_DECLARING):
            found[element.tag].append(element)
        return found

    @property
    def headings(self) -> list[etree._Element]:
        """The h1 elements, in order."""
        return self._declaring["h1"]

    @cached_property
    def title(self) -> str:
        """The text of the title element on one line; "" for none."""
        element = self.tree.find(".//title")
        return "" if element is None else one_line(raw_text(element)[:MAX_TITLE_CHARS])

    @cached_property
    def base_url(self) -> str | None:
        """What relative links are relative to: the base element if there is one, else the page's URL."""
        hrefs = (base.get("href") for base in self._declaring["base"])
        href = next((href.strip() for href in hrefs if href is not None), "")
        return _join(self.url, href) or self.url

    @cached_property
    def html_lang(self) -> str | None:
        """The lang attribute of the page, as written."""
        for name in ("lang", "xml:lang", "{http://www.w3.org/XML/1998/namespace}lang"):
            if value := (self.tree.get(name) or "").strip():
                return value
        return None

    @cached_property
    def meta(self) -> dict[str, list[str]]:
        """Lower-cased name, property or itemprop of every meta element -> its first contents, in order, none empty."""
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
        """Return the absolute URLs of the link elements of a relation, which is given in lower case, in order."""
        return [url for href in self._hrefs.get(rel, ()) if (url := self.absolute(href))]

    @cached_property
    def _hrefs(self) -> dict[str, list[str]]:
        """Lower-cased rel of every link element -> addresses as written: most are style sheets that nobody asks for."""
        found: dict[str, list[str]] = {}
        for element in self._declaring["link"]:
            for rel in (element.get("rel") or "").lower().split():
                found.setdefault(rel, []).append(element.get("href") or "")
        return found

    @cached_property
    def json_ld(self) -> list[dict[str, Any]]:
        """Every JSON-LD object of the page, lists and @graph opened."""
        scripts = self._declaring["script"]
        return read_json_ld(raw_text(script) for script in scripts if "ld+json" in (script.get("type") or ""))

    @cached_property
    def microdata(self) -> dict[str, list[str]]:
        """The itemprop -> values of the page's article item."""
        # Few pages have any, and a look at the text is ten times faster than one at every attribute.
        return read_microdata(self.tree) if any(name in self.html for name in _ITEM_TYPE) else {}

    def absolute(self, href: str | None) -> str:
        """Return the URL that a link of this page leads to; "" for none or nonsense."""
        return _join(self.base_url, (href or "").strip())


def _join(base: str | None, href: str) -> str:
    if not href:
        return ""
    try:
        return urljoin(base or "", href)
    except ValueError:  # "http://[broken"
        return ""
