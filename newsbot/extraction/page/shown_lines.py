"""The lines that a reader sees: text nodes joined by block, and cut at line breaks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice

from lxml import etree

from newsbot.text import collapse_space

TextNode = tuple[str, etree._Element, etree._Element | None]
"""A text, the element that contains it, and the element that it follows there; None if it precedes all of them."""
HIDDEN_TAGS = frozenset({"script", "style", "noscript", "template", "option", "svg", "title"})
MAX_DEPTH = 40
"""Maximum number of ancestors that are examined."""
_INLINE_TAGS = frozenset(
    """a abbr b bdi bdo cite data em font i ins label mark q s small span strong sub sup time tt u var""".split()  # noqa: SIM905
)
_Reader = Callable[[TextNode, etree._Element], str]
"""What returns the text of a node in a block."""


class ShownLine:
    """A line of a page, and the block that it is in. Its text is read on first use: many lines are passed over."""

    __slots__ = ("_read", "_text", "block", "nodes")

    def __init__(self, block: etree._Element, nodes: list[TextNode], read: _Reader) -> None:
        self.block = block
        self.nodes = nodes
        """The text nodes of the line."""
        self._read = read
        self._text: str | None = None

    @property
    def text(self) -> str:
        """The texts of the nodes without repeats; "" if none of them is to be read."""
        if self._text is None:
            pieces = dict.fromkeys(piece for node in self.nodes if (piece := self._read(node, self.block)))
            self._text = collapse_space(" ".join(pieces))
        return self._text


def upwards(element: etree._Element) -> Iterator[etree._Element]:
    """Yield an element and the elements that contain it, from the inside out."""
    return islice(chain([element], element.iterancestors()), MAX_DEPTH)


def texts_inside(root: etree._Element) -> Iterator[TextNode]:
    """Yield the text nodes in an element in page order, with those that are only white space."""
    if (text := root.text) is not None:
        yield text, root, None
    last = root
    for element in root.iterdescendants():
        container = element.getparent()
        while last is not container and (above := last.getparent()) is not None:
            if (tail := last.tail) is not None:
                yield tail, above, last
            last = above
        if (text := element.text) is not None:
            yield text, element, None
        last = element
    while last is not root and (above := last.getparent()) is not None:
        if (tail := last.tail) is not None:
            yield tail, above, last
        last = above


def texts_after(element: etree._Element) -> Iterator[TextNode]:
    """Yield the text nodes after an element in page order, with those that are only white space.

    What XPath calls `following::text()`; but only what is asked for is read, which few rules do to the end."""
    last = element
    while True:
        container = last.getparent()
        if container is not None and (tail := last.tail) is not None:
            yield tail, container, last
        following = last.getnext()
        if following is not None:  # also an element after `</html>`, which the parser leaves there
            yield from texts_inside(following)
            last = following
        elif container is not None:
            last = container
        else:
            return


def texts_before(element: etree._Element) -> Iterator[TextNode]:
    """Yield the text nodes before an element, the nearest first, with those that are only white space."""
    last = element
    while (container := last.getparent()) is not None:
        before = last.getprevious()
        if before is None:
            if (text := container.text) is not None:
                yield text, container, None
            last = container
        else:
            if (tail := before.tail) is not None:
                yield tail, container, before
            yield from _texts_inside_from_end(before)
            last = before


def _texts_inside_from_end(root: etree._Element) -> Iterator[TextNode]:
    """Yield the text nodes in an element, the last one first."""
    part = root
    while True:
        if (child := next(part.iterchildren(reversed=True), None)) is not None:
            if (tail := child.tail) is not None:
                yield tail, part, child
            part = child
            continue
        while True:
            if (text := part.text) is not None:
                yield text, part, None
            above = part.getparent()
            if part is root or above is None:
                return
            if (before := part.getprevious()) is not None:
                if (tail := before.tail) is not None:
                    yield tail, above, before
                part = before
                break
            part = above


def shown_lines(nodes: Iterable[TextNode], read: _Reader) -> Iterator[ShownLine]:
    """Yield the lines of text nodes, which are in page order and not only white space."""
    block: etree._Element | None = None
    line: list[TextNode] = []
    for node in nodes:
        _, container, before = node
        if container.tag in HIDDEN_TAGS:
            continue
        around = _block_around(container)
        if block is not None and (around is not block or (before is not None and before.tag == "br")):
            yield ShownLine(block, line, read)
            line = []
        block = around
        line.append(node)
    if block is not None:
        yield ShownLine(block, line, read)


def _block_around(container: etree._Element) -> etree._Element:
    """Return the innermost element around a text that is no inline element; most texts are directly in it."""
    part: etree._Element | None = container
    for _ in range(MAX_DEPTH):
        if part is None:
            break
        if part.tag not in _INLINE_TAGS:
            return part
        part = part.getparent()
    return container
