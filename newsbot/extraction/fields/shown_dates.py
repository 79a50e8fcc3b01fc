"""Dates that a page shows: in the lines around the headline, at the start of the text, and in elements marked as dates.

Most dates of a page are those of other things: embedded posts, comments, teasers, events. That of the article stands
beside its headline, between the menu and the text.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain, groupby, islice, takewhile
from typing import NamedTuple, cast

from lxml import etree

from newsbot.extraction.fields.layout_hints import (
    HIDDEN_TAGS,
    MAX_LINE_CHARS,
    MAX_NAMES_CHARS,
    OTHER_PARTS,
    marked_elements,
    short_text,
)
from newsbot.languages.dates import labelled_moments, names_date
from newsbot.languages.written_days import days_in, plain_text
from newsbot.text import collapse_space, one_line, word_count

_MAX_LINES_BELOW = 60
"""Maximum number of lines below the headline that are read; where the text begins, they end earlier."""
_MAX_LINES_ABOVE = 8
_MAX_NODES_ABOVE = 60
_MAX_ELEMENTS = 60
"""Maximum number of time elements, and of elements marked as dates, that are examined."""
_MAX_DEPTH = 40
_MAX_CARD_DEPTH = 6
"""Maximum number of ancestors that may be the teaser of another article."""
_MAX_CARD_CHARS = 1000
_MIN_PROSE_CHARS = 110
"""Length from which a line is a paragraph of the text, or a lead."""
_MAX_STARTS = 5
"""Number of paragraphs that are examined to find the first one of the text."""
_MAX_PROSE_LINES = 2
"""Number of paragraphs after which the text has begun: the date may follow a lead, and a caption or a summary."""
_MIN_EAST_ASIAN_CHARS = 45
_MAX_LABEL_WORDS = 3
_MAX_LABELLED_WORDS = 25
"""Maximum number of words of a line with a date and its label; for lines without a label see `names_date`."""
_MAX_DATELINE_CHARS = 70
_FEW_WORDS = 6
"""Maximum number of words of a line that is nothing but a date."""
_SENTENCE_END = re.compile(r"[.!?。।][\"'”’»)]*$")

_BEFORE = etree.XPath(f"preceding::text()[position() <= {_MAX_NODES_ABOVE}]")
_INSIDE = etree.XPath(".//text()")
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_INLINE = frozenset(
    "a abbr b bdi bdo cite data em font i ins label mark q s small span strong sub sup time tt u var".split()
)
_EAST_ASIAN = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u4e00-\u9fff]")
_LINKED_HEADING = etree.XPath(
    f"(.//h2//a|.//h3//a|.//h4//a|.//h5//a|.//a//h2|.//a//h3|.//a//h4|.//a//h5) and string-length(.) < {_MAX_CARD_CHARS}"
)
_DATED = {
    "class": ("date", "Date", "time", "Time", "ublish", "posted"),
    "id": ("date",),
    "itemprop": ("datePublished", "dateModified"),
}
"""Attribute -> parts of its value that mark a date."""
_PUBLISHED_MARK = re.compile(
    r"publish|pubdate|posted|entry-date|post-?date|datePublished|dateCreated|date-?line", re.IGNORECASE
)
_UPDATED_MARK = re.compile(r"updat|modif|last-?mod|revised|dateModified", re.IGNORECASE)
_OTHER_MARK = re.compile(
    r"event|start-?(?:date|time)|end-?(?:date|time)|expire|valid|deadline|birth|death|comment|repl(?:y|ies)|discuss|respond"
    r"|current-?(?:date|time)|today|copyright|countdown",
    re.IGNORECASE,
)
"""Marks of dates of other things: events, comments, the day of the visit."""
_EMBED = re.compile(r"tweet|twitter|instagram|facebook|tiktok|embed|fb-post", re.IGNORECASE)
_ELEMENTOR = re.compile("elementor-[a-z]*widget[a-z-]*")
"""Names that a page builder gives to all elements."""
_MASTHEAD = re.compile(r"masthead|site-?header|top-?bar|nav-?bar|header-?top|main-?menu", re.IGNORECASE)
_DATELINE_END = re.compile(r"\s{0,2}[-–—−:|•·)/„“\"«]")
_PLACE = re.compile(r"(?:[(\[]?[^\W\d_][\w .'’/-]{1,30}[,:(–—-]\s?){0,2}")


class ShownLine(NamedTuple):
    """A line of a page."""

    text: str
    """The line, with the machine-readable form of a date where the page has one, and its mark as a label."""
    element: etree._Element


def lines_beside(
    heading: etree._Element, below: Sequence[etree._ElementUnicodeResult], language: str
) -> list[str]:
    """Return the lines with a date in the headline, below it down to the text, and above it, the likeliest first.

    `below` are the text nodes after the headline.
    """
    around = containers(heading, below)
    inside = (ShownLine(_piece(node, heading, language), heading) for node in _nodes(_INSIDE(heading)))
    above = reversed(list(_lines_above(heading, around, language)))
    lines = chain(inside, _lines_below(below, around, language), above)
    found = [(rank, line.text) for line in lines if (rank := _rank(line.text, language)) is not None]
    return [line for _, line in sorted(found, key=lambda pair: pair[0])]


def containers(
    heading: etree._Element | None, below: Iterable[etree._ElementUnicodeResult]
) -> frozenset[etree._Element]:
    """Return the elements that contain the headline or the first paragraph below it: those of the article."""
    if heading is None:
        return frozenset()
    own = frozenset(_upwards(heading))
    starts = [element for node in below if _is_prose(node) and (element := _container(node)) is not None]
    starts = [element for element in starts[:_MAX_STARTS] if element.tag != "figcaption"]
    first = next((element for element in starts if not is_of_other(element, own)), next(iter(starts), None))
    return own if first is None else own | frozenset(_upwards(first))


def _rank(line: str, language: str) -> int | None:
    """Return how likely a date of a line is of the article, from 0 on; None if the line is not about a date.

    The best lines have a label, the next ones are nothing but a date, the last ones have other words."""
    dates = labelled_moments(line, language=language)
    words = word_count(line)
    if not dates or words > _MAX_LABELLED_WORDS:
        return None
    if any(date.label == "published" for date in dates):
        return 0
    if words <= _FEW_WORDS or all(date.label for date in dates):
        return 1
    return 2 if names_date(line, language) and not _SENTENCE_END.search(line) else None


def _lines_below(
    nodes: Iterable[etree._ElementUnicodeResult], around: Collection[etree._Element], language: str
) -> Iterator[ShownLine]:
    """Yield the lines below the headline until the text or a teaser begins."""
    prose, label = 0, ""
    for line in islice(_lines(nodes, language), _MAX_LINES_BELOW):
        if prose >= _MAX_PROSE_LINES or (
            line.element.tag in _HEADINGS and (prose or _has_link(line.element))
        ):
            return
        has_digit = any(map(str.isdigit, line.text))
        if _is_prose(line.text):
            prose += 1
        elif has_digit and not is_of_other(line.element, around):
            yield ShownLine(f"{label} {line.text}".strip(), line.element)
        label = "" if has_digit or word_count(line.text) > _MAX_LABEL_WORDS else line.text


def _has_link(element: etree._Element) -> bool:
    return element.find(".//a") is not None or next(element.iterancestors("a"), None) is not None


def _lines_above(
    heading: etree._Element, around: Collection[etree._Element], language: str
) -> Iterator[ShownLine]:
    """Yield the lines above the headline, in the part of the page that is about the article."""
    lines = list(_lines(_nodes(_BEFORE(heading)), language))[-_MAX_LINES_ABOVE:]
    starts = (
        place for place, line in enumerate(lines, 1) if _is_prose(line.text) or _is_title(line, language)
    )
    for line in lines[max(starts, default=0) :]:
        is_sibling = line.element.getparent() in around and not _LINKED_HEADING(line.element)
        if any(map(str.isdigit, line.text)) and (
            is_sibling or not (is_of_other(line.element, around) or _is_in_masthead(line.element, around))
        ):
            yield line


def _is_prose(text: str) -> bool:
    return len(text) >= _MIN_PROSE_CHARS or (
        len(text) >= _MIN_EAST_ASIAN_CHARS and len(_EAST_ASIAN.findall(text)) >= _MIN_EAST_ASIAN_CHARS
    )


def _is_title(line: ShownLine, language: str) -> bool:
    return line.element.tag in _HEADINGS and not names_date(line.text, language)


def _nodes(found: object) -> list[etree._ElementUnicodeResult]:
    return [node for node in cast("list[etree._ElementUnicodeResult]", found) if node.strip()]


def _lines(nodes: Iterable[etree._ElementUnicodeResult], language: str) -> Iterator[ShownLine]:
    """Yield the lines that a reader sees: the text nodes of a block up to a line break."""
    for (block, _), group in groupby(_placed(nodes), key=lambda pair: pair[0]):
        pieces = [piece for _, node in group if (piece := _piece(node, block, language))]
        if pieces:
            yield ShownLine(collapse_space(" ".join(dict.fromkeys(pieces))), block)


def _placed(
    nodes: Iterable[etree._ElementUnicodeResult],
) -> Iterator[tuple[tuple[etree._Element, int], etree._ElementUnicodeResult]]:
    """Yield text nodes with the block that each is in, and the number of its line in the block."""
    line = 0
    for node in nodes:
        parent = node.getparent()
        line += parent is not None and node.is_tail and parent.tag == "br"
        start = _container(node)
        if start is not None and start.tag not in HIDDEN_TAGS and start.tag != "title":
            yield (next((part for part in _upwards(start) if part.tag not in _INLINE), start), line), node


def _container(node: etree._ElementUnicodeResult) -> etree._Element | None:
    """Return the element that contains a text node; `getparent` gives the element before a tail."""
    parent = node.getparent()
    return parent.getparent() if parent is not None and node.is_tail else parent


def _piece(node: etree._ElementUnicodeResult, block: etree._Element, language: str) -> str:
    """Return the part of a line that a text node gives, its date in machine-readable form and with a label for its mark."""
    text = one_line(node[: 4 * MAX_LINE_CHARS])
    start = _container(node)
    if start is None or len(text) > 2 * MAX_LINE_CHARS:
        return text
    parts = [start]
    while (
        parts[-1] is not block
        and len(parts) < _MAX_CARD_DEPTH
        and (above := parts[-1].getparent()) is not None
    ):
        parts.append(above)
    machine = next((value for part in parts if (value := _machine_date(part))), "")
    if not machine and not any(map(str.isdigit, text)):
        return text
    names = " ".join(map(_names_of, parts))
    if _OTHER_MARK.search(names):
        return ""
    if (
        len(labelled_moments(text, language=language)) > 1
    ):  # "18/11/2026 01:57 | Actualizado a 20/11/2026 19:20"
        return text
    if machine and labelled_moments(machine):
        text = machine
    return f"{_label_of(names)} {text}".strip()


def _machine_date(element: etree._Element) -> str:
    title = element.get("title") if element.tag == "abbr" else ""
    return (element.get("datetime") or title or "")[:MAX_LINE_CHARS]


def _names_of(element: etree._Element) -> str:
    return " ".join((element.get(name) or "")[:MAX_NAMES_CHARS] for name in ("class", "itemprop", "id"))


def _label_of(names: str) -> str:
    """Return a label for the names of an element: "updated:" if it is marked as the time of the last change."""
    if _PUBLISHED_MARK.search(names):
        return "published:"
    return "updated:" if _UPDATED_MARK.search(names) else ""


def is_of_other(element: etree._Element, around: Collection[etree._Element]) -> bool:
    """Return whether an element belongs to something else: an aside, an embedded post, comments, a teaser.

    `around` are the elements that contain the headline: they cannot be of something else."""
    parts = takewhile(lambda part: part not in around and part.tag != "body", _upwards(element))
    return any(_is_other(part, depth if around else _MAX_DEPTH) for depth, part in enumerate(parts))


def _is_other(part: etree._Element, depth: int) -> bool:
    names = _names_of(part)
    return (
        part.tag in ("aside", "nav", "blockquote")
        or OTHER_PARTS.search(_ELEMENTOR.sub("", names)) is not None
        or _OTHER_MARK.search(names) is not None
        or _EMBED.search(names) is not None
        or (part.tag == "a" and not short_text(part))
        or (depth < _MAX_CARD_DEPTH and bool(_LINKED_HEADING(part)))
    )


def _upwards(element: etree._Element) -> Iterator[etree._Element]:
    """Yield an element and the elements that contain it."""
    return islice(chain([element], element.iterancestors()), _MAX_DEPTH)


def _is_in_masthead(element: etree._Element, around: Collection[etree._Element]) -> bool:
    parts = takewhile(lambda part: part not in around, _upwards(element))
    return any(part.tag in ("header", "nav") or _MASTHEAD.search(_names_of(part)) for part in parts)


def marked_dates(tree: etree._Element, around: Collection[etree._Element]) -> list[str]:
    """Return the dates of small elements marked as a date, those of the publication first."""
    found = []
    for element in islice(marked_elements(tree, _DATED), _MAX_ELEMENTS):
        text = element.get("content") or _machine_date(element) or short_text(element)
        if any(map(str.isdigit, text)) and not is_of_other(element, around):
            found.append(f"{_label_of(_names_of(element))} {text[:MAX_LINE_CHARS]}".strip())
    return sorted(found, key=lambda text: not text.startswith("published:"))


def time_elements(tree: etree._Element, around: Collection[etree._Element]) -> list[str]:
    """Return the dates of time elements, those below the headline first, outside of parts that are about other things."""
    above: list[str] = []
    below: list[str] = []
    found = above
    for element in islice(tree.iter("h1", "time"), _MAX_ELEMENTS):
        if element.tag == "h1":
            found = below
        elif (text := _machine_date(element) or short_text(element)) and not is_of_other(element, around):
            found.append(f"{_label_of(_names_of(element))} {text}".strip())
    return below + above


def dateline(nodes: Sequence[etree._ElementUnicodeResult], language: str) -> str | None:
    """Return the date with which the text begins: "27.1.2022 - Bei ...", "MARROW, March 10, 2026 – ..."; None if none."""
    for _, group in groupby(_placed(nodes), key=lambda pair: pair[0]):
        texts = [one_line(node[: 4 * MAX_LINE_CHARS]) for _, node in group]
        if _is_prose(" ".join(texts)):
            break
    else:
        return None
    if _rank(texts[0], language) == 1:
        return texts[0]
    text = plain_text(texts[0][:_MAX_DATELINE_CHARS], language)
    day = next(iter(days_in(text, language)), None)
    is_first = day is not None and _PLACE.fullmatch(text, 0, day.start) and _DATELINE_END.match(text, day.end)
    return text[: day.end] if day is not None and is_first else None
