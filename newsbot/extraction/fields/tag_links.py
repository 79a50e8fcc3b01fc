"""What the links of a page tell of its article: the tags it bears and the section it is in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice

from lxml import etree

from newsbot.extraction.fields.layout_hints import MAX_NAMES_CHARS, is_aside, short_text
from newsbot.extraction.page.tree import select

_MAX_TAGS = 20

_LINKS_BELOW = "(following::a[@href])[position() <= 1000]"
_NAMES = "concat(@class, ../@class, ../../@class)"
_LINKS = etree.XPath(_LINKS_BELOW)
_MAYBE_TAGS = etree.XPath(  # narrows the links down cheaply; _is_marked_as_tag decides
    f"{_LINKS_BELOW}[contains(@rel, 'tag') or contains({_NAMES}, 'ag') or contains({_NAMES}, 'opic') or contains({_NAMES}, 'eyword')]"
)
_TAG_PATH = re.compile(
    r"/(?:tags?|topics?|themen?|thema|keywords?|etiquetas?|temas?|mots?-cles?|argomenti|tema|emne|schlagwort\w*|stichwort\w*|label)/[^/]"
)
_TAG_CLASS = re.compile(
    r"(?:^|[\s_-])(?:tags?|topics?|keywords?)(?=$|[\s_-]|[A-Z])|[a-z](?:Tags?|Topics?)(?=$|[\s_-])"
)
_TAGS_CLASS = re.compile(
    r"(?:^|[\s_-])(?:tags|topics|keywords|tag-?list)(?=$|[\s_-]|[A-Z])|[a-z](?:Tags|Topics|TagList)(?=$|[\s_-])"
)
_CATEGORY_LINKS = etree.XPath("//a[@rel][contains(@rel, 'category')]")
_SECTION_PATH = re.compile(  # the first folder of an address, unless every article is in one of that name
    r"(https?://[^/]+)(/(?!(?:news|nachrichten|noticias|articles?|artikel|story|stories|archive|content)/)[a-z][a-z-]{2,40})/.",
    re.IGNORECASE,
)


def tag_links(heading: etree._Element) -> list[str]:
    """Return the texts of links to tags below a heading, outside of menus: those together with the first one.

    Links that the page marks as tags count before links whose address is a tag's, which may stand in the text.
    """
    marked = filter(_is_marked_as_tag, select(_MAYBE_TAGS, heading))
    found = _outside_menus(marked) or _outside_menus(filter(_leads_to_tag, select(_LINKS, heading)))
    first = _group(found[0]) if found else None
    together = [link for link in found if _group(link) is first]
    return [text for link in together[:_MAX_TAGS] if (text := short_text(link))]


def section_texts(tree: etree._Element, url: str) -> Iterator[str]:
    """Yield the texts of links to categories, then the menu's name for the first folder of the page's address."""
    for link in islice(select(_CATEGORY_LINKS, tree), _MAX_TAGS):
        if not is_aside(link):
            yield short_text(link)
    if match := _SECTION_PATH.match(url):
        site, path = match.groups()
        addresses = {path, f"{path}/", f"{site}{path}", f"{site}{path}/"}
        links = (link for link in tree.iter("a") if link.get("href") in addresses)
        yield from map(short_text, islice(links, _MAX_TAGS))


def _outside_menus(links: Iterable[etree._Element]) -> list[etree._Element]:
    return [link for link in links if not is_aside(link)]


def _is_marked_as_tag(link: etree._Element) -> bool:
    rel = (link.get("rel") or "").split()
    elements = islice(chain([link], link.iterancestors()), 3)
    own, *around = ((element.get("class") or "")[:MAX_NAMES_CHARS] for element in elements)
    return "category" not in rel and (
        "tag" in rel
        or _TAG_CLASS.search(own) is not None
        or any(names and _TAGS_CLASS.search(names) for names in around)
    )


def _leads_to_tag(link: etree._Element) -> bool:
    return _TAG_PATH.search(link.get("href") or "") is not None


def _group(link: etree._Element) -> etree._Element | None:
    """Return what holds the list that a link is in: its parent, or that one's parent if it holds the link alone."""
    parent = link.getparent()
    is_alone = (
        link.getprevious() is None and link.getnext() is None
    )  # the parent's length takes time to count
    return parent.getparent() if parent is not None and is_alone else parent
