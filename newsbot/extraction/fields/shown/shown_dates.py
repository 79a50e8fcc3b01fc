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
from newsbot.extraction.fields.shown.element_marks import MAX_CARD_DEPTH, label_of, marks_of, names_of
from newsbot.extraction.fields.shown.headline_area import HeadlineArea
from newsbot.extraction.fields.shown.line_ranks import (
    GOOD_RANK,
    MIN_EAST_ASIAN_CHARS,
    is_label,
    is_prose,
    rank_of,
)
from newsbot.extraction.page.shown_lines import ShownLine, TextNode, shown_lines, texts_inside, upwards
from newsbot.extraction.page.tree import marked_elements
from newsbot.languages.calendar.dates import labelled_moments, names_date
from newsbot.languages.calendar.written_days import days_in, plain_text
from newsbot.text import collapse_space, one_line

_MAX_LINES_BELOW = 40
"""Maximum number of lines below the headline that are read; where the text begins, they end earlier."""
_MAX_LINES_ABOVE = 8
_MAX_ELEMENTS = 60
"""Maximum number of time elements, and of elements marked as dates, that are examined."""
_MAX_FIRST_NODES = 4
"""Number of text nodes that are read of a large element marked as a date."""
_MAX_PROSE_LINES = 2
"""Number of paragraphs after which the text has begun: the date may follow a lead, a caption or a summary."""
_MAX_FACT_CHARS = 80
_MAX_DATELINES = 3
"""Number of paragraphs that may begin with the date: a lead and a caption may precede the text."""
_MAX_DATELINE_CHARS = 70
_MAX_NODE_CHARS = 4 * MAX_LINE_CHARS
"""Number of characters that are read of a text node."""

_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_DATED_TAGS = ("time", "abbr")
_DIGIT = re.compile(r"\d")
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

    def __init__(self, tree: etree._Element, area: HeadlineArea, language: str) -> None:
        self.tree = tree
        self.area = area
        self.language = language
        self._unread: Iterator[ShownLine] = shown_lines(area.below(), self._read)

    def _lines(self) -> Iterator[ShownLine]:
        """Yield the lines after the headline. They are found once, and only as far as a rule needs them."""
        lines, self._unread = tee(self._unread)
        return lines

    @cached_property
    def beside_headline(self) -> list[str]:
        """Lines with a date in the headline, below it down to the text, and, if none of them is good, above it."""
        heading = self.area.heading
        if heading is None:
            return []
        inside = (self._read(node, heading) for node in texts_inside(heading) if node[0].strip())
        found = self._ranked(chain(inside, self._lines_below()))
        if not found or found[0][0] > GOOD_RANK:
            found += self._ranked(reversed([line.text for line in self._lines_above()]))
        return [line for _, line in sorted(found, key=itemgetter(0))]

    def _ranked(self, lines: Iterable[str]) -> list[tuple[int, str]]:
        """Return the lines with a date, each with its rank, the best first."""
        found = [(rank, line) for line in lines if (rank := rank_of(line, self.language)) is not None]
        return sorted(found, key=itemgetter(0))

    @cached_property
    def dateline(self) -> list[str]:
        """The date with which the text begins: "27.1.2022 - Bei ...", "MARROW, March 10, 2026 – ..."."""
        starts = (start for line in self._lines() if (start := _start_of_prose(line)) is not None)
        dates = (date for start in islice(starts, _MAX_DATELINES) if (date := self._first_date(start)))
        return list(islice(dates, 1))

    def _first_date(self, text: str) -> str:
        """Return the date with which a text begins; "" if it does not."""
        if rank_of(text, self.language) == GOOD_RANK:
            return text
        text = plain_text(text[:_MAX_DATELINE_CHARS], self.language)
        day = next(iter(days_in(text, self.language)), None)
        if day and _PLACE.fullmatch(text, 0, day.start) and _DATELINE_END.match(text, day.end):
            return text[: day.end]
        return ""

    @cached_property
    def labelled(self) -> list[str]:
        """Short lines below the headline, also below the text, that say when the article was published."""
        dated = (
            line
            for line in self._lines()
            if _may_have_digit(line) and len(line.text) <= _MAX_FACT_CHARS and _DIGIT.search(line.text)
        )
        return [
            line.text
            for line in islice(dated, _MAX_LINES_BELOW)
            if rank_of(line.text, self.language) == 0 and not self.area.is_of_other(line.block)
        ]

    @cached_property
    def marked(self) -> list[str]:
        """Small elements marked as a date, those of the publication first."""
        found = []
        for element in marked_elements(self.tree, _DATED, _MAX_ELEMENTS):
            text = element.get("content") or _machine_date(element) or _beginning(element)
            if _DIGIT.search(text) and not self.area.is_of_other(element):
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
            elif (text := _machine_date(element) or short_text(element)) and not self.area.is_of_other(
                element
            ):
                found.append(f"{label_of(names_of(element))} {text}".strip())
        found = below or above
        days = {
            date.moment.at.date() for text in found for date in labelled_moments(text, language=self.language)
        }
        return found if len(days) <= 1 else [text for text in found if text.startswith("published:")]

    def _lines_below(self) -> Iterator[str]:
        """Yield the lines with a digit below the headline until the text or a teaser begins, each with its label."""
        prose, last = 0, ""
        for line in islice((line for line in self._lines() if line.text), _MAX_LINES_BELOW):
            if prose >= _MAX_PROSE_LINES or (prose and line.block.tag in _HEADINGS):
                return
            has_digit = _DIGIT.search(line.text) is not None
            if is_prose(line.text):
                prose += 1
            elif has_digit and not self.area.is_of_other(line.block):
                yield f"{last if is_label(last) else ''} {line.text}".strip()
            last = "" if has_digit else line.text

    def _lines_above(self) -> Iterator[ShownLine]:
        """Yield the lines above the headline, in the part of the page that is about the article."""
        read = (line for line in reversed(list(shown_lines(self.area.above(), self._read))) if line.text)
        lines = list(islice(read, _MAX_LINES_ABOVE))[::-1]
        others = (
            place
            for place, line in enumerate(lines, 1)
            if is_prose(line.text)
            or (line.block.tag in _HEADINGS and not names_date(line.text, self.language))
        )
        for line in lines[max(others, default=0) :]:
            if _DIGIT.search(line.text) and (
                self.area.is_sibling(line.block)
                or not (self.area.is_of_other(line.block) or self._is_in_masthead(line.block))
            ):
                yield line

    def _is_in_masthead(self, element: etree._Element) -> bool:
        parts = self.area.parts_above(element)
        return any(part.tag in ("header", "nav") or _MASTHEAD.search(names_of(part)) for part in parts)

    def _read(self, node: TextNode, block: etree._Element) -> str:
        """Return the text of a node, its date in machine-readable form and with a label for its mark."""
        text, start, _ = node
        text = collapse_space(text[:_MAX_NODE_CHARS])
        if len(text) > 2 * MAX_LINE_CHARS:
            return text
        has_digit = _DIGIT.search(text) is not None
        if not has_digit and start.tag not in _DATED_TAGS:
            return text
        parts = list(takewhile(lambda part: part is not block, islice(upwards(start), MAX_CARD_DEPTH)))
        parts.append(block)
        machine = next((value for part in parts if (value := _machine_date(part))), "")
        if not machine and not has_digit:
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


def _may_have_digit(line: ShownLine) -> bool:
    """Return whether the text of a line may have a digit, of its own or in the machine-readable form of a date."""
    return any(
        start.tag in _DATED_TAGS or _DIGIT.search(text, 0, _MAX_NODE_CHARS) for text, start, _ in line.nodes
    )


def _start_of_prose(line: ShownLine) -> str | None:
    """Return the first text of a line that is a paragraph; None for any other line."""
    raw = [text[:_MAX_NODE_CHARS] for text, _, _ in line.nodes]
    if sum(map(len, raw)) + len(raw) <= MIN_EAST_ASIAN_CHARS and all(map(str.isascii, raw)):
        return None
    texts = [one_line(text) for text in raw]
    return texts[0] if is_prose(" ".join(texts)) else None


def _machine_date(element: etree._Element) -> str:
    title = element.get("title") if element.tag == "abbr" else ""
    return (element.get("datetime") or title or "")[:MAX_LINE_CHARS]


def _beginning(element: etree._Element) -> str:
    nodes = islice(cast("Iterator[str]", element.itertext()), _MAX_FIRST_NODES)
    return short_text(element) or one_line(" ".join(nodes)[:MAX_LINE_CHARS])
