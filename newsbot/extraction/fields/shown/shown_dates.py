"""Dates that a page shows: in the lines around the headline, at the start of the text, and in elements marked as dates.

Most dates of a page are those of other things: embedded posts, comments, teasers, events. That of the article is
beside its headline, between the menu and the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import chain, islice, takewhile, tee
from operator import itemgetter
from typing import cast

from lxml import etree

from newsbot.extraction.fields.layout_hints import (
    MAX_LINE_CHARS,
    short_text,
)
from newsbot.extraction.fields.shown.element_marks import (
    LINKED_HEADING,
    MAX_CARD_DEPTH,
    is_of_other,
    label_of,
    marks_of,
    names_of,
)
from newsbot.extraction.page.shown_lines import (
    ShownLine,
    TextNode,
    container_of,
    nodes_by_line,
    shown_line,
    shown_lines,
    text_nodes,
    upwards,
)
from newsbot.extraction.page.tree import marked_elements
from newsbot.languages.calendar.date_labels import is_published_label, is_updated_label
from newsbot.languages.calendar.dates import labelled_moments, may_name_day, names_date
from newsbot.languages.calendar.written_days import days_in, plain_text
from newsbot.text import collapse_space, one_line, word_count

_MAX_LINES_BELOW = 40
"""Maximum number of lines below the headline that are read; where the text begins, they end earlier."""
_MAX_LINES_ABOVE = 8
_MAX_NODES_BELOW = 300
_MAX_NODES_ABOVE = 60
"""Number of text nodes that are read, with those that are only white space."""
_MAX_NODES_AFTER = 1000
"""Number of text nodes after the headline that rules of other fields search."""
_MAX_ELEMENTS = 60
"""Maximum number of time elements, and of elements marked as dates, that are examined."""
_MAX_FIRST_NODES = 4
"""Number of text nodes that are read of a large element marked as a date."""
_MIN_PROSE_CHARS = 110
"""Length from which a line is a paragraph of the text, or a lead."""
_MIN_EAST_ASIAN_CHARS = 45
_MAX_STARTS = 5
"""Number of paragraphs that are examined to find the first one of the text."""
_MAX_PROSE_LINES = 2
"""Number of paragraphs after which the text has begun: the date may follow a lead, a caption or a summary."""
_MAX_LABEL_WORDS = 3
_MAX_LABELLED_WORDS = 25
"""Maximum number of words of a line with a date and its label; for lines without a label see `names_date`."""
_MAX_FACT_CHARS = 80
_MAX_DATELINES = 3
"""Number of paragraphs that may begin with the date: a lead and a caption may precede the text."""
_MAX_DATELINE_CHARS = 70
_GOOD_RANK = 1
_FEW_WORDS = 6
"""Maximum number of words of a line that is nothing but a date."""

_AFTER = etree.XPath(f"following::text()[position() <= {_MAX_NODES_BELOW}]")
_FURTHER = etree.XPath(
    f"following::text()[position() > {_MAX_NODES_BELOW} and position() <= {_MAX_NODES_AFTER}]"
)
_BEFORE = etree.XPath(f"preceding::text()[position() <= {_MAX_NODES_ABOVE}]")
_INSIDE = etree.XPath(".//text()")
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_EAST_ASIAN = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u4e00-\u9fff]")
_DATED_TAGS = ("time", "abbr")
_DIGIT = re.compile(r"\d")
_DIVIDER = re.compile(r"\s[|·•–—/-]\s|[|·•]")
_SENTENCE_END = re.compile(r"[.!?。।][\"'”’»)]*$")
_DATED = {
    "class": ("date", "Date", "time", "Time", "ublish", "posted"),
    "id": ("date",),
    "itemprop": ("datePublished", "dateModified"),
}
"""Attribute -> parts of its value that mark a date."""
_MASTHEAD = re.compile(r"masthead|site-?header|top-?bar|nav-?bar|header-?top|main-?menu", re.IGNORECASE)
_DATELINE_END = re.compile(r"\s{0,2}[-–—−:|•·)/„“\"«]")
_PLACE = re.compile(r"(?:[(\[]?[^\W\d_][\w .'’/-]{1,30}[,:(–—-]\s?){0,2}")


class ShownDates:
    """The dates that a page shows. Each property is a list of lines with dates, the likeliest first.

    A line has the machine-readable form of a date where the page has one, and a label where an element is marked:
    "published: 2026-03-14T09:05:00Z".
    """

    def __init__(self, tree: etree._Element, heading: etree._Element | None, language: str) -> None:
        self.tree = tree
        self.heading = heading
        """The element with the headline."""
        self.language = language

    def following(self) -> Iterator[TextNode]:
        """Yield the text nodes after the headline, with those that are only white space. Few rules read the later ones."""
        if self.heading is not None:
            yield from self._following
            yield from cast("list[TextNode]", _FURTHER(self.heading))

    @cached_property
    def _following(self) -> list[TextNode]:
        return [] if self.heading is None else cast("list[TextNode]", _AFTER(self.heading))

    @cached_property
    def below(self) -> list[TextNode]:
        """The text nodes after the headline in which dates are searched."""
        return text_nodes(self._following)

    def _shown_below(self) -> Iterator[ShownLine]:
        """Yield the lines after the headline. They are read once, and only as far as a rule needs them."""
        lines, self._unread = tee(self._unread)
        return lines

    @cached_property
    def _unread(self) -> Iterator[ShownLine]:
        return shown_lines(self.below, self._read)

    @cached_property
    def beside_headline(self) -> list[str]:
        """Lines with a date in the headline, below it down to the text, and, if none of them is good, above it."""
        if self.heading is None:
            return []
        heading = self.heading
        inside = (ShownLine(self._read(node, heading), heading) for node in text_nodes(_INSIDE(heading)))
        found = self._ranked(chain(inside, self._lines_below()))
        if not found or found[0][0] > _GOOD_RANK:
            found += self._ranked(reversed(list(self._lines_above(heading))))
        return [line for _, line in sorted(found, key=itemgetter(0))]

    def _ranked(self, lines: Iterable[ShownLine]) -> list[tuple[int, str]]:
        """Return the lines with a date, each with its rank, the best first."""
        found = [(rank, line.text) for line in lines if (rank := _rank(line.text, self.language)) is not None]
        return sorted(found, key=itemgetter(0))

    @cached_property
    def dateline(self) -> list[str]:
        """The date with which the text begins: "27.1.2022 - Bei ...", "MARROW, March 10, 2026 – ..."."""
        lines = (
            [one_line(node[: 4 * MAX_LINE_CHARS]) for node in group] for _, group in nodes_by_line(self.below)
        )
        paragraphs = islice((texts for texts in lines if _is_prose(" ".join(texts))), _MAX_DATELINES)
        return [date for texts in paragraphs if (date := self._first_date(texts[0]))][:1]

    def _first_date(self, text: str) -> str:
        """Return the date with which a text begins; "" if it does not."""
        if _rank(text, self.language) == _GOOD_RANK:
            return text
        text = plain_text(text[:_MAX_DATELINE_CHARS], self.language)
        day = next(iter(days_in(text, self.language)), None)
        if day and _PLACE.fullmatch(text, 0, day.start) and _DATELINE_END.match(text, day.end):
            return text[: day.end]
        return ""

    @cached_property
    def labelled(self) -> list[str]:
        """Short lines below the headline, also below the text, that say when the article was published."""
        lines = self._shown_below()
        dated = (line for line in lines if len(line.text) <= _MAX_FACT_CHARS and _DIGIT.search(line.text))
        return [
            line.text
            for line in islice(dated, _MAX_LINES_BELOW)
            if _rank(line.text, self.language) == 0 and not self._is_of_other(line.block)
        ]

    @cached_property
    def marked(self) -> list[str]:
        """Small elements marked as a date, those of the publication first."""
        found = []
        for element in marked_elements(self.tree, _DATED, _MAX_ELEMENTS):
            text = element.get("content") or _machine_date(element) or _beginning(element)
            if _DIGIT.search(text) and not self._is_of_other(element):
                found.append(f"{label_of(names_of(element))} {text[:MAX_LINE_CHARS]}".strip())
        return sorted(found, key=lambda text: not text.startswith("published:"))

    @cached_property
    def times(self) -> list[str]:
        """Time elements below the headline, else above it. If they name several days, only those marked as publication."""
        above: list[str] = []
        below: list[str] = []
        found = above
        for element in islice(self.tree.iter("h1", "time"), _MAX_ELEMENTS):
            if element.tag == "h1":
                found = below
            elif (text := _machine_date(element) or short_text(element)) and not self._is_of_other(element):
                found.append(f"{label_of(names_of(element))} {text}".strip())
        found = below or above
        days = {
            date.moment.at.date() for text in found for date in labelled_moments(text, language=self.language)
        }
        return found if len(days) <= 1 else [text for text in found if text.startswith("published:")]

    def _lines_below(self) -> Iterator[ShownLine]:
        """Yield the lines below the headline until the text or a teaser begins."""
        prose, label = 0, ""
        for line in islice(self._shown_below(), _MAX_LINES_BELOW):
            if prose >= _MAX_PROSE_LINES or (prose and line.block.tag in _HEADINGS):
                return
            has_digit = _DIGIT.search(line.text) is not None
            if _is_prose(line.text):
                prose += 1
            elif has_digit and not self._is_of_other(line.block):
                yield ShownLine(f"{label} {line.text}".strip(), line.block)
            label = "" if has_digit or not _is_label(line.text) else line.text

    def _lines_above(self, heading: etree._Element) -> Iterator[ShownLine]:
        """Yield the lines above the headline, in the part of the page that is about the article."""
        groups = [(block, list(nodes)) for block, nodes in nodes_by_line(text_nodes(_BEFORE(heading)))]
        upwards_read = (shown_line(block, nodes, self._read) for block, nodes in reversed(groups))
        lines = list(islice(filter(None, upwards_read), _MAX_LINES_ABOVE))[::-1]
        others = (
            place
            for place, line in enumerate(lines, 1)
            if _is_prose(line.text)
            or (line.block.tag in _HEADINGS and not names_date(line.text, self.language))
        )
        for line in lines[max(others, default=0) :]:
            if _DIGIT.search(line.text) and (
                self._is_sibling(line.block)
                or not (self._is_of_other(line.block) or self._is_in_masthead(line.block))
            ):
                yield line

    @cached_property
    def _around(self) -> frozenset[etree._Element]:
        """The elements that contain the headline or the first paragraph below it: those of the article."""
        if self.heading is None:
            return frozenset()
        own = frozenset(upwards(self.heading))
        paragraphs = (container_of(node) for node in self.below if _is_prose(node))
        starts = list(islice((part for part in paragraphs if part is not None), _MAX_STARTS))
        text = [part for part in starts if part.tag != "figcaption"]
        first = next((part for part in text if not is_of_other(part, own)), next(iter(text), None))
        return own if first is None else own | frozenset(upwards(first))

    def _is_of_other(self, element: etree._Element) -> bool:
        return is_of_other(element, self._around)

    def _is_sibling(self, element: etree._Element) -> bool:
        return element.getparent() in self._around and not LINKED_HEADING(element)

    def _is_in_masthead(self, element: etree._Element) -> bool:
        parts = takewhile(lambda part: part not in self._around, upwards(element))
        return any(part.tag in ("header", "nav") or _MASTHEAD.search(names_of(part)) for part in parts)

    def _read(self, node: TextNode, block: etree._Element) -> str:
        """Return the text of a node, its date in machine-readable form and with a label for its mark."""
        text = collapse_space(node[: 4 * MAX_LINE_CHARS])
        start = container_of(node)
        if start is None or len(text) > 2 * MAX_LINE_CHARS:
            return text
        if start.tag not in _DATED_TAGS and not _DIGIT.search(text):
            return text
        parts = list(takewhile(lambda part: part is not block, islice(upwards(start), MAX_CARD_DEPTH)))
        parts.append(block)
        machine = next((value for part in parts if (value := _machine_date(part))), "")
        if not machine and not _DIGIT.search(text):
            return text
        is_other, label = marks_of(" ".join(map(names_of, parts)))
        if is_other:
            return ""
        if not machine and not label:
            return text
        if len(labelled_moments(text, language=self.language)) > 1:  # "18/11/2026 | Actualizado a 20/11/2026"
            return text
        if machine and labelled_moments(machine):
            text = machine
        return f"{label} {text}".strip()


def _rank(line: str, language: str) -> int | None:
    """Return how likely a date of a line is of the article, from 0 on; None if the line is not about a date.

    The best lines have a label, the next ones are nothing but a date, others have other words; the last ones are dates of
    the last change."""
    if not may_name_day(line):
        return None
    words = word_count(line)
    dates = labelled_moments(line, language=language) if words <= _MAX_LABELLED_WORDS else ()
    if not dates:
        return None
    if any(date.label == "published" for date in dates):
        return 0
    if all(date.label for date in dates):
        return 3
    if words <= _FEW_WORDS:
        return 1
    first = next((part for part in _DIVIDER.split(line) if labelled_moments(part, language=language)), line)
    is_divided = word_count(first) <= _FEW_WORDS
    return 2 if is_divided or (names_date(line, language) and not _SENTENCE_END.search(line)) else None


def _is_prose(text: str) -> bool:
    """Return whether a line is as long as a paragraph; less is needed in scripts that say much with few characters."""
    if len(text) < _MIN_EAST_ASIAN_CHARS:
        return False
    return len(text) >= _MIN_PROSE_CHARS or len(_EAST_ASIAN.findall(text)) >= _MIN_EAST_ASIAN_CHARS


def _is_label(line: str) -> bool:
    return word_count(line) <= _MAX_LABEL_WORDS and (is_published_label(line) or is_updated_label(line))


def _machine_date(element: etree._Element) -> str:
    title = element.get("title") if element.tag == "abbr" else ""
    return (element.get("datetime") or title or "")[:MAX_LINE_CHARS]


def _beginning(element: etree._Element) -> str:
    nodes = islice(cast("Iterator[str]", element.itertext()), _MAX_FIRST_NODES)
    return short_text(element) or one_line(" ".join(nodes)[:MAX_LINE_CHARS])
