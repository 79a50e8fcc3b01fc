"""Cut the text of a page into blocks, in one walk over the tree: a block lies between two borders of block-level elements."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from lxml import etree

from newsbot.extraction.body.blocks import CONCEALED, MAX_MEDIA_DISTANCE, TAG_BITS, Block, Container
from newsbot.extraction.body.class_words import family_bits
from newsbot.extraction.page.data_tables import Row, data_rows
from newsbot.extraction.page.elements import (
    ACTIONS,
    BOLD,
    BREAK,
    ITALIC,
    LINK,
    OPEN_BLOCK,
    READ_ON,
    SKIP,
    SKIP_MEDIA,
    SKIP_MENU,
    TABLE,
)

MAX_BLOCKS: Final = 12_000
"""Number of blocks after which the rest of a page is ignored."""
MIN_LINK_SHARE: Final = 0.9
"""Share of linked characters from which a block counts as one link."""
_NO_LINKS: Final = frozenset(("p", "tr"))
"""Elements whose text does not count as one link, even if all of it is linked: paragraphs, rows of names."""
_SPACES: Final = frozenset((OPEN_BLOCK, BREAK))
"""What is a space in a cell of a table."""
CELL_BORDER: Final = " | "
"""What is between two cells of a row in the text of its block."""
_LINE: Final = "\v"
MAX_PICTURES: Final = 50
"""Number of pictures that are kept between two blocks."""
_STYLE_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden")


class _Walk:
    """The state of one walk: the open elements, and the text collected since the last border."""

    __slots__ = (
        "after_break",
        "blocks",
        "bold_chars",
        "bold_depth",
        "containers",
        "elements",
        "italic_chars",
        "italic_depth",
        "link_chars",
        "link_depth",
        "links",
        "marked",
        "media_at",
        "media_depth",
        "pictures",
        "pieces",
        "start",
        "start_event",
    )

    def __init__(self, root: etree._Element) -> None:
        self.blocks: list[Block] = []
        self.elements = [root]
        """The open block-level elements."""
        self.containers = [Container("html", "", 0, None)]
        """The containers of the first of these elements. Most elements contain no text of their own and never get one."""
        self.pieces: list[str] = []
        """Texts since the last border. The first is not blank."""
        self.links = self.link_depth = self.link_chars = 0
        self.bold_depth = self.bold_chars = self.italic_depth = self.italic_chars = 0
        self.marked = self.after_break = False
        self.media_at = -MAX_MEDIA_DISTANCE
        """Number of blocks before the last picture or video."""
        self.pictures: list[etree._Element] = []
        """Pictures and videos since the last block."""
        self.start, self.start_event = root, "start"
        """Where the text since the last border begins."""
        self.media_depth = 0
        if root.text and not root.text.isspace():
            self.add(root.text, root, "start")

    def enter(self, element: etree._Element) -> None:
        """Enter a block-level element."""
        if self.pieces:
            self.flush()
        self.elements.append(element)

    def leave(self) -> None:
        """Leave a block-level element."""
        if self.pieces:
            self.flush()
        self.elements.pop()
        if len(self.containers) > len(self.elements):
            self.containers.pop()

    def open(self, action: int, element: etree._Element) -> bool:
        """Enter a table, or an element that is not block-level, and return whether its content is still to be read."""
        if action >= SKIP:
            self.skip(action, element)
            return False
        if action == TABLE:
            self.enter(element)
            rows = data_rows(element)
            self.read_rows(rows)
            return not rows
        if action == BREAK:
            self.line_break()
        else:
            self.links += action == LINK
            self.mark(action, 1)
        return True

    def skip(self, action: int, element: etree._Element) -> None:
        """Pass an element whose content is not read."""
        if action == SKIP_MEDIA:
            if len(self.pictures) < MAX_PICTURES:
                self.pictures.append(element)
            self.media_at, self.media_depth = len(self.blocks), len(self.elements)
        elif action == SKIP_MENU:
            self.flush()

    def read_rows(self, rows: Sequence[Row]) -> None:
        """Read the rows of a table of data, each as a block of one line, with `CELL_BORDER` between its cells."""
        for row in rows:
            self.enter(row.element)
            column = 0
            for cell in row.cells:
                if self.read_cell(row.element, cell.element, cell.column - column):
                    column = cell.column
            self.leave()
            if len(self.blocks) > MAX_BLOCKS:
                break

    def read_cell(self, row: etree._Element, cell: etree._Element, borders: int) -> bool:
        """Read a cell of a row with the borders before it, and return whether it has a text."""
        is_empty = True
        walker = etree.iterwalk(cell, events=("start", "end"))
        for event, element in walker:
            action = ACTIONS.get(element.tag, OPEN_BLOCK)
            if action in _SPACES and self.pieces:
                self.pieces.append(" ")
            if event == "start":
                if action >= SKIP:
                    self.skip(action, element)
                    walker.skip_subtree()
                    continue
                self.links += action == LINK
                step, text = 1, element.text
            else:
                step, text = -1, element.tail
            if LINK <= action <= ITALIC:
                self.mark(action, step)
            if text and not text.isspace():
                if is_empty and borders:
                    self.add(CELL_BORDER * borders, row, "start")
                is_empty = False
                self.add(text, row, "start")
            elif text and self.pieces:
                self.pieces.append(" ")
        return not is_empty

    def mark(self, action: int, step: int) -> None:
        """Count an open link, bold or italic element (`step` 1), or a closed one (-1)."""
        if action == LINK:
            self.link_depth += step
        elif action == BOLD:
            self.bold_depth += step
        else:
            self.italic_depth += step
        self.marked = bool(self.link_depth or self.bold_depth or self.italic_depth)

    def add(self, text: str, element: etree._Element, event: str) -> None:
        """Add a text that follows on the start or the end of an element. The first of a block must not be blank."""
        if not self.pieces:
            self.start, self.start_event = element, event
        self.pieces.append(text)
        if self.marked:
            self.count(len(text))
        if self.after_break and not text.isspace():
            self.after_break = False

    def count(self, size: int) -> None:
        """Count characters as linked, bold and italic where such elements are open."""
        if self.link_depth:
            self.link_chars += size
        if self.bold_depth:
            self.bold_chars += size
        if self.italic_depth:
            self.italic_chars += size

    def line_break(self) -> None:
        """Read a line break: one separates lines, two separate blocks."""
        if self.after_break:
            self.flush()
        elif self.pieces:
            self.pieces.append(_LINE)
            self.after_break = True

    def flush(self) -> None:
        """End the block if there is any text."""
        if not self.pieces:
            return
        text = _folded("".join(self.pieces))
        is_link = self.link_chars >= MIN_LINK_SHARE * len(text) and self.elements[-1].tag not in _NO_LINKS
        container = self.container_at(len(self.elements) - is_link)
        counts = (self.links, self.link_chars, self.bold_chars, self.italic_chars)
        block = Block(text, container, *counts, is_link)
        block.since_media = min(len(self.blocks) - self.media_at, MAX_MEDIA_DISTANCE)
        block.media_depth = len(self.elements) - self.media_depth
        block.start, block.is_after = self.start, self.start_event == "end"
        if self.pictures:
            block.pictures, self.pictures = self.pictures, []
        self.blocks.append(block)
        self.pieces.clear()
        self.links = self.link_chars = self.bold_chars = self.italic_chars = 0
        self.after_break = False

    def container_at(self, depth: int) -> Container:
        """Return the container of the open element at a depth, counted from 1; that of the root for depth 0."""
        containers = self.containers
        for element in self.elements[len(containers) : depth]:
            containers.append(_container(element, containers[-1]))
        return containers[max(depth, 1) - 1]


def _folded(text: str) -> str:
    """Return a text with line breaks as line feeds and any other space as one space; empty lines are dropped."""
    if _LINE not in text:
        return " ".join(text.split())
    lines = (" ".join(line.split()) for line in text.split(_LINE))
    return "\n".join(line for line in lines if line)


def read_blocks(root: etree._Element) -> list[Block]:
    """Return the blocks of text below `root` in the order of the page, without menus.

    Stops after `MAX_BLOCKS`. Hidden elements are read: scripts may show them later."""
    walk = _Walk(root)
    pieces, blocks = walk.pieces, walk.blocks
    walker = etree.iterwalk(root, events=("start", "end"))
    next(walker)  # the root is open already
    for event, element in walker:
        action = ACTIONS.get(element.tag, OPEN_BLOCK)
        if event == "start":
            if action == OPEN_BLOCK:
                walk.enter(element)
            elif action != READ_ON and not walk.open(action, element):
                walker.skip_subtree()
                continue
            text = element.text
        else:
            if element is root:
                break  # what follows on it is not below it
            if action <= TABLE:
                walk.leave()
            elif LINK <= action <= ITALIC:
                walk.mark(action, -1)
            text = element.tail
        if text and (pieces or not text.isspace()):
            walk.add(text, element, event)
        if len(blocks) > MAX_BLOCKS:
            break
    walk.flush()
    return blocks


def _container(element: etree._Element, parent: Container) -> Container:
    """Return a new container for a block-level element."""
    tag = element.tag
    flags = TAG_BITS.get(tag, 0)
    if tag == "body":
        return Container(tag, "", flags, parent)
    get = element.get
    names = f"{get('class', '')} {get('id', '')}".strip()
    if names:
        flags |= family_bits(names)
    if get("hidden") is not None or is_hidden_by(get("style")):
        flags |= CONCEALED
    return Container(tag, names, flags, parent)


def is_hidden_by(style: str | None) -> bool:
    """Return whether a style hides an element when the page loads. Scripts may show it later, so its text is read anyway."""
    return style is not None and _STYLE_HIDDEN.search(style) is not None
