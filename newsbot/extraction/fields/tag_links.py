"""Tags and section of an article, read from the links of its page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import islice, takewhile

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
    grouped = _first_group(links, _is_marked_as_tag) or _first_group(links, _leads_to_tag)
    return [text for link in grouped if (text := short_text(link))]


def _first_group(
    links: Sequence[etree._Element], is_tag: Callable[[etree._Element], bool]
) -> list[etree._Element]:
    """Return the first of the links that are of a tag and in no menu, and those in the same group behind it."""
    place = next((place for place, link in enumerate(links) if is_tag(link) and not is_aside(link)), None)
    if place is None:
        return []
    group = _group(links[place])
    behind = iter(links[place:])
    if group is not None:
        inside = set(group.iter("a"))
        behind = takewhile(inside.__contains__, behind)
    found = (link for link in behind if _group(link) is group and is_tag(link) and not is_aside(link))
    return list(islice(found, _MAX_TAGS))


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


def _is_marked_as_tag(link: etree._Element) -> bool:
    if attribute := link.get("rel"):
        rel = attribute.split()
        if "category" in rel or "tag" in rel:
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
    return names is not None and _has_tag(names) and _TAG_CLASS.search(names[:MAX_NAMES_CHARS]) is not None


@lru_cache(maxsize=512)
def _is_class_of_tags(names: str | None) -> bool:
    """Return whether a class is that of an element around links to tags."""
    return names is not None and _has_tag(names) and _TAGS_CLASS.search(names[:MAX_NAMES_CHARS]) is not None


def _has_tag(names: str) -> bool:
    """Return whether a class has any of the words for a tag, which few classes have: found faster than by a pattern."""
    return "tag" in names or "Tag" in names or "opic" in names or "keyword" in names


def _leads_to_tag(link: etree._Element) -> bool:
    return _TAG_PATH.search(link.get("href") or "") is not None


def _group(link: etree._Element) -> etree._Element | None:
    """Return the element around the list of a link: its parent, or its grandparent if the parent has no other child."""
    parent = link.getparent()
    # Not the length of the parent, which takes time to count.
    is_alone = link.getprevious() is None and link.getnext() is None
    return parent.getparent() if parent is not None and is_alone else parent
