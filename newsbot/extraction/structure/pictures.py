"""The pictures of an article: those between the blocks of its body, and its lead image."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Final

from lxml import etree

from newsbot.extraction.body.blocks import Block
from newsbot.extraction.body.class_words import FAMILY_BITS, family_bits
from newsbot.extraction.structure import markdown
from newsbot.extraction.structure.captions import read_caption
from newsbot.extraction.structure.image_files import file_key, largest_file
from newsbot.extraction.structure.link_targets import Resolve
from newsbot.items import Image
from newsbot.text import one_line

MAX_IMAGES: Final = 100
"""Number of pictures of an article that are kept."""
MAX_EXAMINED: Final = 500
"""Number of pictures that are looked at."""
MAX_BLOCKS_BEFORE: Final = 12
"""Number of blocks between a lead picture and the text: caption, credit, byline, date."""
MAX_LEVELS: Final = 12
"""Number of elements around a picture that are asked whether it is of the article."""
MAX_FIGURE_LEVELS: Final = 5
MAX_ALT_CHARS: Final = 300
_OUTSIDE: Final = sum(
    FAMILY_BITS[family]
    for family in ("related", "promo", "share", "comments", "byline", "bio", "tags", "footer", "popup")
)
"""Families of words in the names of elements whose pictures are not of the article."""
_OUTSIDE_TAGS: Final = frozenset(("nav", "footer", "form", "button", "aside"))
_IMAGE_FILE: Final = re.compile(r"\.(?:jpe?g|png|webp|avif|gif)(?:$|[?#])", re.IGNORECASE)


class Gallery:
    """Collects the pictures of an article in page order, and writes their lines of Markdown."""

    def __init__(
        self, resolve: Resolve, blocks: Sequence[Block], body: Sequence[Block], lead_url: str | None
    ) -> None:
        self._resolve = resolve
        self._lead_url = markdown.safe_url(lead_url or "")
        self._images: dict[str, Image] = {}
        """By what their files have in common."""
        self._lead_key = file_key(self._lead_url)
        self._between = _between(blocks, body)
        self._around = _elements_around(body) if any(self._between.values()) else set()
        self._leading = set(self._between.get(id(body[0]), ())) if body else set()
        self._examined = 0

    def lines_before(self, block: Block) -> Iterable[str]:
        """Yield the lines of the pictures between the block before and this one."""
        pictures = self._between.get(id(block))
        return self._lines(pictures) if pictures else ()

    def lines_after(self) -> Iterator[str]:
        """Yield the lines of the pictures directly after the last block."""
        return self._lines(self._between.get(0, ()))

    def images(self) -> list[Image]:
        """Return the pictures found, with the lead image: first if it is none of them."""
        found = list(self._images.values())
        if self._lead_url and file_key(self._lead_url) not in self._images:
            found.insert(0, Image(url=self._lead_url))
        return found[:MAX_IMAGES]

    def _lines(self, pictures: Iterable[etree._Element]) -> Iterator[str]:
        for picture in pictures:
            image = self._read(picture)
            if image is not None and len(self._images) < MAX_IMAGES:
                self._images[file_key(image.url)] = image
                yield markdown.image(image.url, image.caption or _alt(picture))

    def _read(self, picture: etree._Element) -> Image | None:
        """Return a picture of the article that has not occurred before; None for others."""
        self._examined += 1
        if picture.tag in ("video", "iframe") or self._examined > MAX_EXAMINED:
            return None
        is_in_figure = _is_in_figure(picture)
        if not self._is_inside(picture, is_in_figure=is_in_figure):
            return None
        url = self._resolve(largest_file(picture))
        if not url.startswith("http") or (key := file_key(url)) in self._images:
            return None
        if picture in self._leading and not is_in_figure and key != self._lead_key:
            return None  # before the text, a page has other pictures, too
        caption, credit = read_caption(picture)
        return Image(url=url, caption=caption, credit=credit)

    def _is_inside(self, picture: etree._Element, *, is_in_figure: bool) -> bool:
        """Return whether a picture is of the article: nothing says otherwise up to an element around text of the body."""
        for level, element in enumerate(picture.iterancestors()):
            if element in self._around or level == MAX_LEVELS:
                break
            names = f"{element.get('class', '')} {element.get('id', '')}"
            if element.tag in _OUTSIDE_TAGS or family_bits(names) & _OUTSIDE:
                return False
            if element.tag == "a" and not is_in_figure and not _shows_picture(element.get("href")):
                return False
        return True


def _is_in_figure(picture: etree._Element) -> bool:
    return any(element.tag == "figure" for element in islice(picture.iterancestors(), MAX_FIGURE_LEVELS))


def _shows_picture(href: str | None) -> bool:
    """Return whether a link leads to a file of a picture, or nowhere, and not to another page."""
    return not href or href.startswith("#") or _IMAGE_FILE.search(href) is not None


def _alt(picture: etree._Element) -> str:
    image = picture if picture.tag == "img" else picture.find(".//img")
    return "" if image is None else one_line((image.get("alt") or "")[:MAX_ALT_CHARS])


def _elements_around(blocks: Iterable[Block]) -> set[etree._Element]:
    """Return all elements around the beginnings of blocks."""
    around: set[etree._Element] = set()
    for block in blocks:
        element = block.start
        if element is not None and block.is_after:
            element = element.getparent()
        while element is not None and element not in around:
            around.add(element)
            element = element.getparent()
    return around


def _between(blocks: Sequence[Block], body: Sequence[Block]) -> dict[int, list[etree._Element]]:
    """Return the pictures before each block of the body, by the id of the block; by 0 those directly after the last one."""
    chosen = set(map(id, body))
    between: dict[int, list[etree._Element]] = {}
    waiting: list[tuple[int, etree._Element]] = []
    last = -1
    for place, block in enumerate(blocks):
        if block.pictures:
            waiting += ((place, picture) for picture in block.pictures)
        if id(block) in chosen:
            nearest = place - MAX_BLOCKS_BEFORE if last < 0 else 0
            if waiting:
                between[id(block)] = [picture for at, picture in waiting if at >= nearest]
                waiting = []
            last = place
    if 0 <= last < len(blocks) - 1:
        between[0] = [picture for picture in blocks[last + 1].pictures if _is_in_figure(picture)]
    return between
