"""The text of a page, cut into blocks in one walk: what stands between two borders of block-level elements."""

from __future__ import annotations

import re
from typing import Final

from lxml import etree

from newsbot.extraction.words import FAMILIES, families, word_set

MAX_BLOCKS = 12_000
SKIPPED: Final = word_set(
    """
    script style noscript template svg math iframe object embed video audio canvas map select option
    datalist button input textarea head link meta title base param source track img picture area progress
    meter
    """
)
INLINE: Final = word_set(
    """
    a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark nobr q rp rt ruby s
    samp small span strike strong sub sup time tt u var wbr output
    """
)
_STRONG: Final = frozenset(("b", "strong"))
_EMPHASIS: Final = frozenset(("i", "em", "cite"))
# Set on a frame by its element's name; inherited like the families of words, in the bits above them.
TAG_BITS: Final = {
    name: 1 << (len(FAMILIES) + position)
    for position, name in enumerate(
        ("nav", "aside", "footer", "header", "figure", "form", "table", "ul", "blockquote", "article", "main", "pre", "dialog")
    )
}  # fmt: skip
TAG_BITS["ol"] = TAG_BITS["dl"] = TAG_BITS["ul"]
TAG_BITS["figcaption"] = TAG_BITS["figure"]
CONCEALED: Final = 1 << (len(FAMILIES) + 13)
_BREAK: Final = "\v"
_STYLE_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden")


class Frame:
    """A block-level element with text in it, and counts over all blocks inside it."""

    __slots__ = (
        "blocks", "chars", "depth", "element", "flags", "inherited", "item_chars", "link_chars", "names", "near", "parent",
        "prose_blocks", "prose_chars", "repeats", "tag",
    )  # fmt: skip

    def __init__(
        self, element: etree._Element, tag: str, names: str, flags: int, parent: Frame | None
    ) -> None:
        self.element = element
        self.tag = tag
        self.names = names
        self.flags = flags
        """Families of the element's own names, and its tag's bit."""
        self.parent = parent
        self.depth: int = parent.depth + 1 if parent else 0
        above = parent.flags if parent else 0
        self.near: int = flags | above | (parent.parent.flags if parent and parent.parent else 0)
        """`flags` of the element and of the two around it."""
        self.inherited: int = flags | (parent.inherited if parent else 0)
        self.blocks = self.chars = self.link_chars = self.prose_blocks = self.prose_chars = 0
        self.repeats = 1
        """How many siblings of the same make this element, or one around it, has: the mark of lists of teasers."""
        self.item_chars = 0.0
        """Mean length of those siblings."""


class Block:
    """A run of text without a block border in it; line breaks of the page are line feeds, other space is folded."""

    __slots__ = ("bold_chars", "frame", "italic_chars", "link_chars", "links", "text")

    def __init__(
        self, text: str, frame: Frame, links: int, link_chars: int, bold_chars: int, italic_chars: int
    ) -> None:
        self.text = text
        self.frame = frame
        self.links = links
        self.link_chars = link_chars
        self.bold_chars = bold_chars
        self.italic_chars = italic_chars


class _Walk:
    """The state of one walk: the open frame and the text collected since the last border."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.pieces: list[str] = []
        self.links = self.link_depth = self.link_chars = 0
        self.bold_depth = self.bold_chars = self.italic_depth = self.italic_chars = 0
        self.after_break = False

    def add(self, text: str) -> None:
        self.pieces.append(text)
        size = len(text)
        if self.link_depth:
            self.link_chars += size
        if self.bold_depth:
            self.bold_chars += size
        if self.italic_depth:
            self.italic_chars += size
        if self.after_break and not text.isspace():
            self.after_break = False

    def line_break(self, frame: Frame) -> None:
        """One break parts lines, two part paragraphs."""
        if self.after_break:
            self.flush(frame)
        elif self.pieces:
            self.pieces.append(_BREAK)
            self.after_break = True

    def flush(self, frame: Frame) -> None:
        if not self.pieces:
            return
        text = _folded("".join(self.pieces))
        if text:
            self.blocks.append(
                Block(text, frame, self.links, self.link_chars, self.bold_chars, self.italic_chars)
            )
        self.pieces = []
        self.links = self.link_chars = self.bold_chars = self.italic_chars = 0
        self.after_break = False


def _folded(text: str) -> str:
    if _BREAK not in text:
        return " ".join(text.split())
    lines = (" ".join(line.split()) for line in text.split(_BREAK))
    return "\n".join(line for line in lines if line)


def read_blocks(root: etree._Element) -> list[Block]:
    """Return the blocks of visible text below `root`, in the order of the page; at most `MAX_BLOCKS`."""
    walk = _Walk()
    frame = Frame(root, "html", "", 0, None)
    walker = etree.iterwalk(root, events=("start", "end"))
    for event, element in walker:
        if event == "end":
            frame = _close(walk, element, frame, root)
        elif element.tag in SKIPPED:
            walker.skip_subtree()
        else:
            frame = _open(walk, element, frame, root)
        if len(walk.blocks) > MAX_BLOCKS:
            break
    walk.flush(frame)
    return walk.blocks


def _open(walk: _Walk, element: etree._Element, frame: Frame, root: etree._Element) -> Frame:
    tag = element.tag
    if tag in INLINE:
        _open_inline(walk, tag)
    elif tag == "br":
        walk.line_break(frame)
    elif element is not root:
        walk.flush(frame)
        frame = _frame(element, tag, frame)
    if element.text:
        walk.add(element.text)
    return frame


def _close(walk: _Walk, element: etree._Element, frame: Frame, root: etree._Element) -> Frame:
    if element.tag in INLINE:
        _close_inline(walk, element.tag)
    elif element is frame.element and frame.parent is not None:
        walk.flush(frame)
        frame = frame.parent
    if element.tail and element is not root:
        walk.add(element.tail)
    return frame


def _open_inline(walk: _Walk, tag: str) -> None:
    if tag == "a":
        walk.links += 1
        walk.link_depth += 1
    elif tag in _STRONG:
        walk.bold_depth += 1
    elif tag in _EMPHASIS:
        walk.italic_depth += 1


def _close_inline(walk: _Walk, tag: str) -> None:
    if tag == "a":
        walk.link_depth -= 1
    elif tag in _STRONG:
        walk.bold_depth -= 1
    elif tag in _EMPHASIS:
        walk.italic_depth -= 1


def _frame(element: etree._Element, tag: str, parent: Frame) -> Frame:
    names = "" if tag == "body" else f"{element.get('class', '')} {element.get('id', '')}"
    flags = TAG_BITS.get(tag, 0)
    if len(names) > 1:
        flags |= families(names)
    if _is_hidden(element):
        flags |= CONCEALED
    return Frame(element, tag, names, flags, parent)


def _is_hidden(element: etree._Element) -> bool:
    """Tell whether the element starts out hidden; scripts may show it later, so its text is read all the same."""
    if element.get("hidden") is not None:
        return True
    style = element.get("style")
    return style is not None and _STYLE_HIDDEN.search(style) is not None
