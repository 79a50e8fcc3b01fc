"""What is around the headline of a page: the texts after it and before it, and which elements are of the article."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from itertools import islice, takewhile, tee

from lxml import etree

from newsbot.extraction.fields.shown.element_marks import OtherParts
from newsbot.extraction.fields.shown.line_ranks import is_prose
from newsbot.extraction.page.shown_lines import TextNode, texts_after, texts_before, upwards

_MAX_NODES_BELOW = 300
_MAX_NODES_ABOVE = 60
"""Number of text nodes that are read, with those that are only white space."""
_MAX_NODES_AFTER = 1000
"""Number of text nodes after the headline that rules of other fields search."""
_MAX_STARTS = 5
"""Number of paragraphs that are examined to find the first one of the text."""


class HeadlineArea:
    """The surroundings of a headline. Texts are read once, and only as far as a rule asks for them."""

    def __init__(self, heading: etree._Element | None) -> None:
        self.heading = heading
        """The element with the headline; without one, there are no texts after it or before it."""
        self._others = OtherParts()
        self._unread: Iterator[TextNode] = iter(())
        if heading is not None:
            self._unread = islice(texts_after(heading), _MAX_NODES_AFTER)

    def _after(self) -> Iterator[TextNode]:
        nodes, self._unread = tee(self._unread)
        return nodes

    def following(self) -> Iterator[TextNode]:
        """Yield the text nodes after the headline without those that are only white space."""
        return _shown(self._after())

    def below(self) -> Iterator[TextNode]:
        """Yield the first of the text nodes after the headline: those in which dates are searched."""
        return _shown(islice(self._after(), _MAX_NODES_BELOW))

    def above(self) -> list[TextNode]:
        """Return the last text nodes before the headline, in page order."""
        if self.heading is None:
            return []
        return list(_shown(islice(texts_before(self.heading), _MAX_NODES_ABOVE)))[::-1]

    @cached_property
    def around(self) -> frozenset[etree._Element]:
        """The elements that contain the headline or the first paragraph below it: those of the article."""
        if self.heading is None:
            return frozenset()
        own = frozenset(upwards(self.heading))
        paragraphs = (container for text, container, _ in self.below() if is_prose(text))
        starts = list(islice(paragraphs, _MAX_STARTS))
        text = [part for part in starts if part.tag != "figcaption"]
        first = next((part for part in text if not self._others.contain(part, own)), next(iter(text), None))
        return own if first is None else own | frozenset(upwards(first))

    def is_of_other(self, element: etree._Element) -> bool:
        """Return whether an element belongs to something else than the article: see `OtherParts`."""
        return self._others.contain(element, self.around)

    def is_sibling(self, element: etree._Element) -> bool:
        """Return whether an element is directly in one of the article, and no teaser."""
        return element.getparent() in self.around and not self._others.has_linked_heading(element)

    def parts_above(self, element: etree._Element) -> Iterator[etree._Element]:
        """Yield an element and those that contain it, up to one of the article."""
        return takewhile(lambda part: part not in self.around, upwards(element))


def _shown(nodes: Iterator[TextNode]) -> Iterator[TextNode]:
    return (node for node in nodes if node[0] and not node[0].isspace())
