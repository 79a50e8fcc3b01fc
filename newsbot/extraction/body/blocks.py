"""The text of a page, cut into blocks in one walk: what stands between two borders of block-level elements."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, cast

from lxml import etree

from newsbot.extraction.body.class_words import FAMILIES, families, word_set

MAX_BLOCKS = 12_000
LINKED: Final = 0.9
"""Share of a block's characters from which it is a link as a whole."""
SKIPPED: Final = word_set(
    """
    script style noscript template svg math iframe object embed video audio canvas map select option
    datalist button input textarea head link meta title base param source track img picture area progress
    meter
    """
)
INLINE: Final = word_set(
    """
    a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark nobr q rb rp rt rtc ruby
    s samp small span strike strong sub sup time tt u var wbr output
    """
)
MEDIA: Final = frozenset(("img", "picture", "video", "iframe"))
FAR: Final = 30


# What the walk does at an element: plain numbers, as enumerations cost a fifth of the walk.
_OPEN_BLOCK, _READ_ON, _LINK, _BOLD, _ITALIC, _BREAK, _SKIP, _SKIP_MEDIA, _SKIP_MENU = range(9)
_ACTS: Final = (
    dict.fromkeys(INLINE, _READ_ON)
    | dict.fromkeys(SKIPPED, _SKIP)
    | dict.fromkeys(MEDIA, _SKIP_MEDIA)
    | dict.fromkeys(("b", "strong"), _BOLD)
    | dict.fromkeys(("i", "em", "cite"), _ITALIC)
    | {"a": _LINK, "br": _BREAK, "nav": _SKIP_MENU}
)
"""By name; elements of any other name are block-level."""
# Set on a frame by its element's name; inherited like the families of words, in the bits above them.
TAG_BITS: Final = {
    name: 1 << (len(FAMILIES) + position)
    for position, name in enumerate(
        ("aside", "footer", "header", "figure", "form", "table", "ul", "blockquote", "article", "main", "pre", "dialog")
    )
}  # fmt: skip
TAG_BITS["ol"] = TAG_BITS["dl"] = TAG_BITS["ul"]
TAG_BITS["figcaption"] = TAG_BITS["figure"]
CONCEALED: Final = 1 << (len(FAMILIES) + 12)
_LINE: Final = "\v"
_STYLE_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden")


class Frame:
    """A block-level element with text in it, and counts over all blocks inside it."""

    __slots__ = (
        "blocks", "chars", "depth", "flags", "inherited", "item_chars", "item_links", "link_chars", "names", "near", "parent",
        "prose_blocks", "prose_chars", "repeats", "tag",
    )  # fmt: skip

    def __init__(self, tag: str, names: str, flags: int, parent: Frame | None) -> None:
        self.tag = tag
        self.names = names
        self.flags = flags
        """Families of the element's own names, and its tag's bit."""
        self.parent = parent
        self.depth: int = 0
        self.near: int = flags
        """`flags` of the element and of the two around it."""
        self.inherited: int = flags
        if parent:
            self.depth = parent.depth + 1
            self.near |= parent.flags | (parent.parent.flags if parent.parent else 0)
            self.inherited |= parent.inherited
        self.blocks = self.chars = self.link_chars = self.prose_blocks = self.prose_chars = 0
        self.repeats = 1
        """How many siblings of the same make this element, or one around it, has: the mark of lists of teasers."""
        self.item_chars = 0.0
        """Mean length of those siblings."""
        self.item_links = 0.0
        """Share of their text that is linked."""


class Block:
    """A run of text without a block border in it; line breaks of the page are line feeds, other space is folded."""

    __slots__ = (
        "bold_chars",
        "frame",
        "is_link",
        "italic_chars",
        "link_chars",
        "links",
        "media_depth",
        "since_media",
        "text",
    )

    def __init__(
        self,
        text: str,
        frame: Frame,
        links: int,
        link_chars: int,
        bold_chars: int,
        italic_chars: int,
        is_link: bool,
    ) -> None:
        self.text = text
        self.frame = frame
        self.links = links
        self.link_chars = link_chars
        self.bold_chars = bold_chars
        self.italic_chars = italic_chars
        self.is_link = is_link
        """Whether it is all link, and no paragraph: its frame is then the one around its own element."""
        self.since_media = FAR
        """Blocks since the last picture or film: 0 is right after it, where captions stand."""
        self.media_depth = 0
        """How much deeper in the tree the block stands than that picture."""


class _Walk:
    """The state of one walk: the open elements and the text collected since the last border."""

    __slots__ = (
        "after_break", "blocks", "bold_chars", "bold_depth", "elements", "frames", "italic_chars", "italic_depth", "link_chars",
        "link_depth", "links", "marked", "media_at", "media_depth", "pieces",
    )  # fmt: skip

    def __init__(self, root: etree._Element) -> None:
        self.blocks: list[Block] = []
        self.elements = [root]
        """The open block-level elements."""
        self.frames = [Frame("html", "", 0, None)]
        """The frames of the first of them; most elements hold no text of their own and never need one."""
        self.pieces: list[str] = []
        """Texts since the last border; the first is not blank."""
        self.links = self.link_depth = self.link_chars = 0
        self.bold_depth = self.bold_chars = self.italic_depth = self.italic_chars = 0
        self.marked = self.after_break = False
        self.media_at = -FAR
        """How many blocks there were when the last picture came."""
        self.media_depth = 0

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
        if len(self.frames) > len(self.elements):
            self.frames.pop()

    def open(self, act: int) -> bool:
        """Enter an element of another kind; return whether what is in it is to be read."""
        if act >= _SKIP:
            if act == _SKIP_MEDIA:
                self.media_at, self.media_depth = len(self.blocks), len(self.elements)
            elif act == _SKIP_MENU:
                self.flush()
            return False
        if act == _BREAK:
            self.line_break()
        else:
            self.links += act == _LINK
            self.mark(act, 1)
        return True

    def mark(self, act: int, step: int) -> None:
        if act == _LINK:
            self.link_depth += step
        elif act == _BOLD:
            self.bold_depth += step
        else:
            self.italic_depth += step
        self.marked = bool(self.link_depth or self.bold_depth or self.italic_depth)

    def add(self, text: str) -> None:
        """Take a text that is not blank, or follows one that is not."""
        self.pieces.append(text)
        if self.marked:
            self.count(len(text))
        if self.after_break and not text.isspace():
            self.after_break = False

    def count(self, size: int) -> None:
        if self.link_depth:
            self.link_chars += size
        if self.bold_depth:
            self.bold_chars += size
        if self.italic_depth:
            self.italic_chars += size

    def line_break(self) -> None:
        """One break parts lines, two part paragraphs."""
        if self.after_break:
            self.flush()
        elif self.pieces:
            self.pieces.append(_LINE)
            self.after_break = True

    def flush(self) -> None:
        """End a block, if there is any text."""
        if not self.pieces:
            return
        text = _folded("".join(self.pieces))
        is_link = self.link_chars >= LINKED * len(text) and self.elements[-1].tag != "p"
        frame = self.frame(len(self.elements) - is_link)
        block = Block(text, frame, self.links, self.link_chars, self.bold_chars, self.italic_chars, is_link)
        block.since_media = min(len(self.blocks) - self.media_at, FAR)
        block.media_depth = len(self.elements) - self.media_depth
        self.blocks.append(block)
        self.pieces.clear()
        self.links = self.link_chars = self.bold_chars = self.italic_chars = 0
        self.after_break = False

    def frame(self, depth: int) -> Frame:
        """Return the frame of the open element at that depth, counted from 1, or of the root."""
        frames = self.frames
        for element in self.elements[len(frames) : depth]:
            frames.append(_frame(element, frames[-1]))
        return frames[max(depth, 1) - 1]


def _folded(text: str) -> str:
    if _LINE not in text:
        return " ".join(text.split())
    lines = (" ".join(line.split()) for line in text.split(_LINE))
    return "\n".join(line for line in lines if line)


def read_blocks(root: etree._Element) -> list[Block]:
    """Return the blocks of visible text below `root`, menus left out, in the order of the page; at most `MAX_BLOCKS`."""
    walk = _Walk(root)
    pieces, blocks = walk.pieces, walk.blocks
    walker = etree.iterwalk(root, events=("start", "end"))
    next(walker)  # the root, where the walk already is
    if root.text and not root.text.isspace():
        walk.add(root.text)
    for event, element in walker:
        act = _ACTS.get(element.tag, _OPEN_BLOCK)
        if event == "start":
            if act == _OPEN_BLOCK:
                walk.enter(element)
            elif act != _READ_ON and not walk.open(act):
                walker.skip_subtree()
                continue
            text = element.text
        else:
            if act == _OPEN_BLOCK:
                walk.leave()
            elif _LINK <= act <= _ITALIC:
                walk.mark(act, -1)
            text = element.tail
        if text and (pieces or not text.isspace()):
            walk.add(text)
        if len(blocks) > MAX_BLOCKS:
            break
    walk.flush()
    return blocks


def _frame(element: etree._Element, parent: Frame) -> Frame:
    tag = element.tag
    flags = TAG_BITS.get(tag, 0)
    attributes = dict(cast("list[tuple[str, str]]", element.items()))
    if not attributes or tag == "body":
        return Frame(tag, "", flags, parent)
    names = f"{attributes.get('class', '')} {attributes.get('id', '')}".strip()
    if names:
        flags |= families(names)
    if _is_hidden(attributes):
        flags |= CONCEALED
    return Frame(tag, names, flags, parent)


def _is_hidden(attributes: Mapping[str, str]) -> bool:
    """Tell whether the element starts out hidden; scripts may show it later, so its text is read all the same."""
    style = attributes.get("style")
    return "hidden" in attributes or (style is not None and _STYLE_HIDDEN.search(style) is not None)
