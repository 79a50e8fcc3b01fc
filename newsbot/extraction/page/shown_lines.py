"""The lines that a reader sees: text nodes joined by block, and cut at line breaks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain, groupby, islice
from typing import NamedTuple, cast

from lxml import etree

from newsbot.text import collapse_space

TextNode = etree._ElementUnicodeResult
HIDDEN_TAGS = frozenset({"script", "style", "noscript", "template", "option", "svg", "title"})
MAX_DEPTH = 40
"""Maximum number of ancestors that are examined."""
_INLINE_TAGS = frozenset(
    """a abbr b bdi bdo cite data em font i ins label mark q s small span strong sub sup time tt u var""".split()  # noqa: SIM905
)


class ShownLine(NamedTuple):
    """A line of a page, and the block that it is in."""

    text: str
    block: etree._Element


def text_nodes(found: object) -> list[TextNode]:
    """Return the text nodes that an XPath expression found, without those that are only white space."""
    return [node for node in cast("list[TextNode]", found) if node.strip()]


def upwards(element: etree._Element) -> Iterator[etree._Element]:
    """Yield an element and the elements that contain it, from the inside out."""
    return islice(chain([element], element.iterancestors()), MAX_DEPTH)


def container_of(node: TextNode) -> etree._Element | None:
    """Return the element that contains a text node, for which `getparent` of a tail gives the element before it."""
    parent = node.getparent()
    return parent.getparent() if parent is not None and node.is_tail else parent


def shown_lines(
    nodes: Iterable[TextNode], read: Callable[[TextNode, etree._Element], str]
) -> Iterator[ShownLine]:
    """Yield the lines of text nodes, which are in page order. `read` returns the text of a node in a block."""
    for block, group in nodes_by_line(nodes):
        if line := shown_line(block, group, read):
            yield line


def shown_line(
    block: etree._Element, nodes: Iterable[TextNode], read: Callable[[TextNode, etree._Element], str]
) -> ShownLine | None:
    """Return the line of text nodes of a block, without repeats; None if it is empty. See `shown_lines`."""
    pieces = dict.fromkeys(piece for node in nodes if (piece := read(node, block)))
    return ShownLine(collapse_space(" ".join(pieces)), block) if pieces else None


def nodes_by_line(nodes: Iterable[TextNode]) -> Iterator[tuple[etree._Element, Iterator[TextNode]]]:
    """Yield the block and the text nodes of each line."""
    for (block, _), group in groupby(_placed(nodes), key=lambda place_and_node: place_and_node[0]):
        yield block, (node for _, node in group)


def _placed(nodes: Iterable[TextNode]) -> Iterator[tuple[tuple[etree._Element, int], TextNode]]:
    """Yield text nodes with the block that each is in, and the number of line breaks before."""
    breaks = 0
    for node in nodes:
        parent, is_tail = node.getparent(), node.is_tail
        container = parent.getparent() if parent is not None and is_tail else parent
        if parent is None or container is None or container.tag in HIDDEN_TAGS:
            continue
        breaks += is_tail and parent.tag == "br"
        yield (_block_around(container), breaks), node


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
