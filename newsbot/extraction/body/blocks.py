"""The blocks of the text of a page, and the containers around them: block-level elements that contain text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from lxml import etree

from newsbot.extraction.body.class_words import FAMILIES
from newsbot.extraction.body.word_lists import words

MAX_MEDIA_DISTANCE: Final = 30
"""Upper limit of `Block.since_media`; also its value where no picture or video precedes."""
_FLAGGED_TAGS: Final = words("aside footer header figure form table ul blockquote article main pre dialog")
_TAG_SYNONYMS: Final = {"ol": "ul", "dl": "ul", "figcaption": "figure"}
_OWN_TAG_BITS: Final = {name: 1 << (len(FAMILIES) + position) for position, name in enumerate(_FLAGGED_TAGS)}
TAG_BITS: Final = _OWN_TAG_BITS | {name: _OWN_TAG_BITS[same] for name, same in _TAG_SYNONYMS.items()}
"""Element name -> its bit in `Container.flags`, above the bits of the word families."""
CONCEALED: Final = 1 << (len(FAMILIES) + len(_FLAGGED_TAGS))
"""Bit of elements that are hidden when the page loads."""
FLAG_NAMES: Final = (*FAMILIES, *_FLAGGED_TAGS, "concealed")
"""Names of the bits of `Container.flags`, the lowest first."""


class Container:
    """A block-level element that contains text, with counts over all blocks inside it."""

    __slots__ = (
        "blocks",
        "chars",
        "depth",
        "flags",
        "inherited",
        "item_chars",
        "item_links",
        "link_chars",
        "names",
        "near",
        "outer_article",
        "parent",
        "prose_blocks",
        "prose_chars",
        "repeats",
        "tag",
    )

    def __init__(self, tag: str, names: str, flags: int, parent: Container | None) -> None:
        self.tag = tag
        self.names = names
        """Class names and id, separated by spaces."""
        self.flags = flags
        """Bits of the families of the element's own names, of its tag, and `CONCEALED`."""
        self.parent = parent
        """The container around it; None for the root."""
        self.depth: int = 0
        """Number of containers around it."""
        self.near: int = flags
        """`flags` of the element and of the two containers around it."""
        self.inherited: int = flags
        """`flags` of the element and of all containers around it."""
        self.outer_article: Container | None = None
        """The innermost `article` element around it, without itself."""
        if parent:
            self.depth = parent.depth + 1
            self.near |= parent.flags | (parent.parent.flags if parent.parent else 0)
            self.inherited |= parent.inherited
            self.outer_article = parent.article
        self.blocks = self.chars = self.link_chars = self.prose_blocks = self.prose_chars = 0
        self.repeats = 1
        """Number of siblings with the same signature (tag and names), itself included, of this element or of the one
        around it where that has more: many in lists of teasers."""
        self.item_chars = 0.0
        """Mean number of characters of those siblings."""
        self.item_links = 0.0
        """Share of the characters of those siblings that is linked."""

    @property
    def article(self) -> Container | None:
        """The innermost `article` element around it, or itself."""
        return self if self.tag == "article" else self.outer_article


class Block:
    """A run of text without a block border in it. Line breaks of the page are line feeds, other space is one space."""

    __slots__ = (
        "bold_chars",
        "container",
        "is_after",
        "is_link",
        "italic_chars",
        "link_chars",
        "links",
        "media_depth",
        "pictures",
        "since_media",
        "start",
        "text",
    )

    def __init__(
        self,
        text: str,
        container: Container,
        links: int,
        link_chars: int,
        bold_chars: int,
        italic_chars: int,
        is_link: bool,
    ) -> None:
        self.text = text
        self.container = container
        self.links = links
        self.link_chars = link_chars
        self.bold_chars = bold_chars
        self.italic_chars = italic_chars
        self.is_link = is_link
        """Whether the block is one link and no paragraph. Its container is then the one around its own element."""
        self.start: etree._Element | None = None
        """The element in which the text begins, of a row of a table the row; None: the block comes from no walk."""
        self.is_after = False
        """Whether the text begins after that element instead."""
        self.pictures: Sequence[etree._Element] = ()
        """Pictures and videos between the block before and this one."""
        self.since_media = MAX_MEDIA_DISTANCE
        """Number of blocks since the last picture or video. It is 0 directly after one, where captions are."""
        self.media_depth = 0
        """Depth of the block in the tree minus the depth of that picture."""
