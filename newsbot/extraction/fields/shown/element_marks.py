"""What the names and the places of elements say of a date in them: of what it is, and whether of the article at all."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import lru_cache
from itertools import islice
from typing import cast

from lxml import etree

from newsbot.extraction.fields.layout_hints import MAX_NAMES_CHARS, OTHER_PARTS, short_text
from newsbot.extraction.fields.shown.name_marks import NameMark
from newsbot.extraction.page.shown_lines import upwards

MAX_CARD_DEPTH = 6
"""Maximum number of ancestors that may be the teaser of another article."""
_MAX_CARD_CHARS = 1000
_MIN_TITLE_CHARS = 25
"""Length from which a linked heading is the title of another article; a shorter one may name the author."""
_MAX_FACTS_CHARS = 250
"""Number of characters up to which an aside may be a list of facts about the article."""

_TITLE = f"[string-length(normalize-space(.)) >= {_MIN_TITLE_CHARS}]"
_TITLE_TAGS = ("h2", "h3", "h4", "h5")
_LINKED_HEADING = (
    etree.XPath(  # most elements with a heading are too long, which is found before links are searched
        f"string-length(.) < {_MAX_CARD_CHARS}"
        f" and ({' or '.join(f'descendant::{tag}{_TITLE}/descendant::a' for tag in _TITLE_TAGS)}"
        f" or {' or '.join(f'descendant::a/descendant::{tag}{_TITLE}' for tag in _TITLE_TAGS)})"
    )
)
_PUBLISHED_MARK = NameMark(
    r"publish|pubdate|posted|entry-date|post-?date|datePublished|dateCreated|date-?line",
    "publish date posted",
)
_UPDATED_MARK = NameMark(r"updat|modif|last-?mod|revised|dateModified", "updat mod revised")
_OTHER_MARK = NameMark(
    r"(?<![a-z])(?:event|valid|today|birth|death|expir|deadline|countdown|copyright|current-?(?:date|time)"
    r"|(?:start|end|door)[-_]?(?:date|time))",
    "event valid today birth death expir deadline countdown copyright current date time",
)
"""Marks of dates of other things than the article: events, the day of the visit."""
_OTHER_POST = NameMark(
    r"comment|repl(?:y|ies)|discuss|respond|tweet|twitter|instagram|facebook|tiktok|fb-post|oembed|(?:block|social|media)-embed",
    "comment repl discuss respond tweet twitter instagram facebook tiktok fb-post embed",
)
"""Marks of the posts of others: comments, embedded posts."""
_NEUTRAL = re.compile(
    r"elementor-[a-z]*widget[a-z-]*|(?:has|no|social)-comments?|comments?[-_](?:count|number|link|icon|open|closed|off|on)\b"
)
"""Names that hold a mark of something else, but are given to parts of the article, too."""


def names_of(element: etree._Element) -> str:
    """Return the class, the itemprop and the id of an element, cut where they are very long."""
    names = element.get("class") or "", element.get("itemprop") or "", element.get("id") or ""
    return f"{names[0][:MAX_NAMES_CHARS]} {names[1][:MAX_NAMES_CHARS]} {names[2][:MAX_NAMES_CHARS]}"


def label_of(names: str) -> str:
    """Return a label for the names of an element: "updated:" if it is marked as the time of the last change."""
    if _PUBLISHED_MARK.is_in(names):
        return "published:"
    return "updated:" if _UPDATED_MARK.is_in(names) else ""


@lru_cache(maxsize=512)
def marks_of(names: str) -> tuple[bool, str]:
    """Return whether the names of elements mark the date of something else, and their label."""
    return _OTHER_MARK.is_in(names), label_of(names)


class OtherParts:
    """Says which elements belong to something else than the article: an aside, an embedded post, comments, a teaser.

    What is found of an element is kept, because the lines of a page are in the same larger elements."""

    def __init__(self) -> None:
        self._are_other: dict[etree._Element, bool] = {}
        self._have_linked_heading: dict[etree._Element, bool] = {}

    def contain(self, element: etree._Element, around: Collection[etree._Element]) -> bool:
        """Return whether an element belongs to something else.

        `around` are the elements of the article, which cannot be of something else."""
        for depth, part in enumerate(upwards(element)):
            if part in around or part.tag == "body":
                break
            is_small = depth < MAX_CARD_DEPTH
            if not (
                around or is_small
            ):  # Without a headline, the names of the larger parts say nothing about a small one.
                break
            if self._is_other(part) or (around and is_small and self.has_linked_heading(part)):
                return True
        return False

    def _is_other(self, part: etree._Element) -> bool:
        if part not in self._are_other:
            self._are_other[part] = _is_other(part)
        return self._are_other[part]

    def has_linked_heading(self, part: etree._Element) -> bool:
        """Return whether a part is a teaser: short, with a heading that is a link."""
        if part not in self._have_linked_heading:
            self._have_linked_heading[part] = _has_linked_heading(part)
        return self._have_linked_heading[part]


def _is_other(part: etree._Element) -> bool:
    tag = part.tag
    return (
        tag in ("nav", "blockquote")
        or (tag == "aside" and not _is_list_of_facts(part))
        or (tag == "footer" and next(part.iterancestors("article"), None) is None)
        or _are_of_other(names_of(part))
        or (tag == "a" and not short_text(part))
    )


def _has_linked_heading(part: etree._Element) -> bool:
    # Most elements have no heading, which is found long before their text is counted.
    return next(part.iterdescendants(*_TITLE_TAGS), None) is not None and bool(_LINKED_HEADING(part))


@lru_cache(maxsize=512)
def _are_of_other(names: str) -> bool:
    """Return whether the names of an element mark something else; the elements of a page have few different names."""
    if "comment" in names or "elementor-" in names:
        names = _NEUTRAL.sub("", names)
    return OTHER_PARTS.is_in(names) or _OTHER_MARK.is_in(names) or _OTHER_POST.is_in(names)


def _is_list_of_facts(aside: etree._Element) -> bool:
    return len(
        "".join(islice(cast("Iterator[str]", aside.itertext()), _MAX_FACTS_CHARS))
    ) <= _MAX_FACTS_CHARS and not _has_linked_heading(aside)
