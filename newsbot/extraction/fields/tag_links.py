"""Tags and section of an article, read from the links of its page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice

from lxml import etree

from newsbot.extraction.fields.layout_hints import MAX_NAMES_CHARS, is_aside, short_text
from newsbot.extraction.page.tree import select
from newsbot.languages.word_patterns import any_of

_MAX_TAGS = 20

_LINKS = etree.XPath("(following::a[@href])[position() <= 1000]")
TAG_FOLDERS = {
    "en": "tags?, topics?, keywords?, label",
    "de": "themen?, thema, schlagwort\\w*, stichwort\\w*",
    "fr": "mots?-cles?",
    "es": "etiquetas?, temas?",
    "pt": "etiquetas?, temas?",
    "it": "argomenti, tema",
    "no": "emne",
}
"""Folders in the URLs of pages that list the articles of a tag."""
_GENERAL_FOLDERS = {
    "en": "news, articles?, story, stories, archive, content",
    "de": "nachrichten, artikel",
    "es": "noticias",
}
"""First folders of URLs that do not name a section, because all articles of a site are in them."""
_TAG_PATH = re.compile(rf"/{any_of(TAG_FOLDERS)}/[^/]")
_TAG_CLASS = re.compile(
    r"(?:^|[\s_-])(?:tags?|topics?|keywords?)(?=$|[\s_-]|[A-Z])|[a-z](?:Tags?|Topics?)(?=$|[\s_-])"
)
_TAGS_CLASS = re.compile(
    r"(?:^|[\s_-])(?:tags|topics|keywords|tag-?list)(?=$|[\s_-]|[A-Z])|[a-z](?:Tags|Topics|TagList)(?=$|[\s_-])"
)
_CATEGORY_LINKS = etree.XPath("/descendant::a/@rel[contains(., 'category')]/..")
_SECTION_PATH = re.compile(
    rf"(https?://[^/]+)(/(?!{any_of(_GENERAL_FOLDERS)}/)[a-z][a-z-]{{2,40}})/.", re.IGNORECASE
)
"""Site and first folder of a URL."""


def tag_links(heading: etree._Element) -> list[str]:
    """Return the texts of the first group of links to tags below a heading and outside of menus.

    Links that the page marks as tags are preferred to links whose URL is that of a tag, which may be in the text.
    """
    links = select(_LINKS, heading)
    found = _outside_menus(filter(_is_marked_as_tag, links)) or _outside_menus(filter(_leads_to_tag, links))
    first = _group(found[0]) if found else None
    grouped = [link for link in found if _group(link) is first]
    return [text for link in grouped[:_MAX_TAGS] if (text := short_text(link))]


def section_texts(tree: etree._Element, url: str) -> Iterator[str]:
    """Yield the texts of links to categories, then those of links to the first folder of the page's URL."""
    for link in islice(select(_CATEGORY_LINKS, tree), _MAX_TAGS):
        if not is_aside(link):
            yield short_text(link)
    if match := _SECTION_PATH.match(url):
        site, path = match.groups()
        hrefs = {path, f"{path}/", f"{site}{path}", f"{site}{path}/"}
        links = (link for link in tree.iter("a") if link.get("href") in hrefs)
        yield from map(short_text, islice(links, _MAX_TAGS))


def _outside_menus(links: Iterable[etree._Element]) -> list[etree._Element]:
    return [link for link in links if not is_aside(link)]


def _is_marked_as_tag(link: etree._Element) -> bool:
    rel = (link.get("rel") or "").split()
    if rel and ("category" in rel or "tag" in rel):
        return "category" not in rel
    if _is_class_of_tag(link.get("class")):
        return True
    around = link.getparent()
    for _ in range(2):
        if around is None:
            break
        if _is_class_of_tags(around.get("class")):
            return True
        around = around.getparent()
    return False


@lru_cache(maxsize=512)
def _is_class_of_tag(names: str | None) -> bool:
    """Return whether a class is that of a link to a tag; the links of a page have few different classes."""
    return names is not None and _TAG_CLASS.search(names[:MAX_NAMES_CHARS]) is not None


@lru_cache(maxsize=512)
def _is_class_of_tags(names: str | None) -> bool:
    """Return whether a class is that of an element around links to tags."""
    return names is not None and _TAGS_CLASS.search(names[:MAX_NAMES_CHARS]) is not None


def _leads_to_tag(link: etree._Element) -> bool:
    return _TAG_PATH.search(link.get("href") or "") is not None


def _group(link: etree._Element) -> etree._Element | None:
    """Return the element around the list of a link: its parent, or its grandparent if the parent has no other child."""
    parent = link.getparent()
    # Not the length of the parent, which takes time to count.
    is_alone = link.getprevious() is None and link.getnext() is None
    return parent.getparent() if parent is not None and is_alone else parent
