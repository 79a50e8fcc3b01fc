"""Feature vectors of the blocks of a page: the input of the first of the two models that choose the body.

A block is described by its text, its place, the containers around it, and how it compares with what the page declares.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from newsbot.extraction.body.blocks import FLAG_NAMES, Block, Container
from newsbot.extraction.body.class_words import FAMILIES
from newsbot.extraction.body.containers import HEADINGS, count_containers, larger_container
from newsbot.extraction.body.features import landmark_features, text_features
from newsbot.extraction.body.word_lists import words

MAX_CANDIDATES: Final = 4000
"""Maximum number of blocks that are scored; no article has a quarter of that."""
TAGS: Final = ("p", "div", "li", "h1", "h2", "h3", "h4", "td", "tr", "pre", "blockquote", "other")
TAG_NUMBERS: Final = {tag: number for number, tag in enumerate(TAGS)}
_OTHER: Final = TAG_NUMBERS["other"]
_ONE_HOT: Final = np.eye(len(TAGS), dtype=np.float32)

# Texts are compared by their keys: the letters of their first words. A short key occurs in another text by chance:
# "photo", "news", a name. The models were trained with these limits.
_MIN_TITLE_KEY: Final = 12
"""Keys with at most this number of letters are not compared with parts of the title."""
_MIN_DESCRIPTION_KEY: Final = 20
"""The same for the description, which is longer and contains more keys by chance."""
_MIN_BODY_KEY: Final = 8
"""The same for the declared body: it is lower because a whole body confirms short paragraphs, too."""
_COMPARED_KEY: Final = 60
"""Number of letters compared with the description: one of the two is often cut off, or continues differently."""
_MIN_BODY_CHARS: Final = 400
"""A declared body with at most this number of characters is a teaser and not compared."""
_NO_HEADLINE: Final = -99
"""Value of `after_headline` on pages without a headline: it is below any distance that matters."""

_PLACE_NAMES: Final = words("prose since_media media_depth")
_DECLARED_NAMES: Final = words("is_title shares_title in_description author_share seen in_declared")
_PAGE_NAMES: Final = words("place after_headline prose_before page_prose has_declared declared_share")
CONTAINER_NAMES: Final = words("chars links prose blocks long")
"""Names of the numbers that `container_numbers` returns."""
_CONTAINER_ROW_NAMES: Final = (
    *words("depth repeats item_chars own_blocks"),
    *(f"{container}_{name}" for container in ("element", "outer") for name in CONTAINER_NAMES),
    *(f"signature_{name}" for name in ("blocks", "mean", "links", "prose", "share")),
)
NAMES: Final = (
    *text_features.NAMES,
    *_PLACE_NAMES,
    *_DECLARED_NAMES,
    *_PAGE_NAMES,
    *landmark_features.NAMES,
    *_CONTAINER_ROW_NAMES,
    *(f"tag_{tag}" for tag in TAGS),
    *(f"near_{name}" for name in FAMILIES),
    *(f"in_{name}" for name in FLAG_NAMES),
)
"""Names of the columns of `block_rows`."""


@dataclass(slots=True, frozen=True)
class DeclaredMetadata:
    """The metadata that a page declares, for comparison with its blocks."""

    title: str = ""
    description: str = ""
    authors: Sequence[str] = ()
    body: str = ""
    """JSON-LD articleBody. It is often a teaser, and sometimes the only text of the page."""


class _SignatureCounts:
    """Counts over all blocks of a page whose containers have the same signature (tag and names)."""

    __slots__ = ("blocks", "chars", "link_chars", "prose_chars")

    def __init__(self) -> None:
        self.blocks = self.chars = self.link_chars = self.prose_chars = 0


def candidate_blocks(blocks: Sequence[Block]) -> tuple[list[Block], list[bool]]:
    """Return the blocks to score, and for each of them whether it looks like running text.

    Leaves out blocks that are one link: half the blocks of a page are, and one in 120 of a body. Fills the counts of
    the containers around all blocks."""
    prose = [text_features.is_prose(block) for block in blocks]
    count_containers(blocks, prose)
    kept = [pair for pair in zip(blocks, prose, strict=True) if not pair[0].is_link][:MAX_CANDIDATES]
    return [block for block, _ in kept], [is_prose for _, is_prose in kept]


def _key(text: str) -> str:
    """Return the letters of the first words of a text: enough to compare two texts."""
    return "".join(text_features.first_words(text))


def bits_of(flags: Sequence[int], count: int) -> NDArray[np.float32]:
    """Return the lowest bits of each number, the lowest first. Shape (numbers, count)."""
    bits = np.array(flags, dtype=np.int64)[:, None] >> np.arange(count) & 1
    return bits.astype(np.float32)


def container_numbers(container: Container) -> tuple[float, ...]:
    """Return the counts and shares of a container, in the order of `CONTAINER_NAMES`."""
    chars = container.chars or 1
    return (
        container.chars,
        container.link_chars / chars,
        container.prose_chars / chars,
        container.blocks,
        container.prose_blocks,
    )


def _count_by_signature(
    blocks: Sequence[Block], prose: Sequence[bool]
) -> dict[tuple[str, str], _SignatureCounts]:
    counts: dict[tuple[str, str], _SignatureCounts] = {}
    for block, is_prose in zip(blocks, prose, strict=True):
        container = block.container
        size = len(block.text)
        own = counts.get((container.tag, container.names))
        if own is None:
            own = counts[container.tag, container.names] = _SignatureCounts()
        own.blocks += 1
        own.chars += size
        own.link_chars += block.link_chars
        if is_prose:
            own.prose_chars += size
    return counts


class DeclaredKeys:
    """Compares the keys of blocks with those of the declared metadata."""

    def __init__(self, declared: DeclaredMetadata) -> None:
        self.title = _key(declared.title)
        self.description = _key(declared.description)
        self.authors = [key for key in map(_key, declared.authors) if key]
        is_long = len(declared.body) > _MIN_BODY_CHARS
        self.body = "".join(text_features.words_of(declared.body)) if is_long else ""
        self.seen: dict[str, int] = {}
        """Key -> number of earlier blocks with this key."""

    def row(self, key: str) -> tuple[float, ...]:
        """Return the numbers of the next block, in the order of `_DECLARED_NAMES`."""
        size = len(key)
        times = self.seen.get(key, 0) if size else 0
        self.seen[key] = times + 1
        title = self.title
        return (
            bool(key) and key == title,
            size > _MIN_TITLE_KEY and bool(title) and (key in title or title in key),
            size > _MIN_DESCRIPTION_KEY and self._is_in_description(key),
            sum(len(author) for author in self.authors if author in key) / (size or 1),
            times,
            size > _MIN_BODY_KEY and bool(self.body) and key in self.body,
        )

    def _is_in_description(self, key: str) -> bool:
        description = self.description
        return bool(description) and (
            key[:_COMPARED_KEY] in description or description[:_COMPARED_KEY] in key
        )


def block_rows(
    blocks: Sequence[Block], prose: Sequence[bool], declared: DeclaredMetadata
) -> NDArray[np.float32]:
    """Return the feature vectors of the blocks, at least one. Shape (blocks, `NAMES`).

    `prose` says which blocks look like running text. The containers must have been counted."""
    beginnings = [text_features.first_words(block.text) for block in blocks]
    keys = ["".join(beginning) for beginning in beginnings]
    compared = DeclaredKeys(declared)
    prose_chars = np.array(
        [len(block.text) if is_prose else 0 for block, is_prose in zip(blocks, prose, strict=True)]
    )
    page_prose = int(prose_chars.sum()) or 1
    places = (
        (is_prose, block.since_media, block.media_depth)
        for block, is_prose in zip(blocks, prose, strict=True)
    )
    headline = _headline(blocks, keys, compared.title)
    on_page = np.empty((len(blocks), len(_PAGE_NAMES)), dtype=np.float32)
    on_page[:, 0] = np.arange(len(blocks)) / len(blocks)
    on_page[:, 1] = _distances(headline, len(blocks))
    on_page[:, 2] = (np.cumsum(prose_chars) - prose_chars) / page_prose
    on_page[:, 3:] = page_prose, bool(compared.body), len(compared.body) / page_prose
    columns = (
        text_features.text_rows(blocks, beginnings),
        text_features.array_of(places, len(_PLACE_NAMES)),
        text_features.array_of(map(compared.row, keys), len(_DECLARED_NAMES)),
        on_page,
        landmark_features.landmark_rows(blocks, headline),
        _container_rows(blocks, prose, page_prose),
    )
    return np.hstack(columns)


def _container_rows(blocks: Sequence[Block], prose: Sequence[bool], page_prose: int) -> NDArray[np.float32]:
    """Return the features of the containers around the blocks, computed once for blocks that share all of them."""
    counts = _count_by_signature(blocks, prose)
    places: dict[object, int] = {}
    containers: list[Container] = []
    own: list[int] = []
    for block in blocks:
        container = block.container
        # Siblings of one signature with one block each have the same features: most paragraphs of a body.
        is_sibling = container.blocks == 1
        shared: object = (
            (container.parent, container.tag, container.names, container.flags) if is_sibling else container
        )
        if shared not in places:
            places[shared] = len(places)
            containers.append(container)
        own.append(places[shared])
    rows = (
        _container_row(container, counts[container.tag, container.names], page_prose)
        for container in containers
    )
    columns = (
        text_features.array_of(rows, len(_CONTAINER_ROW_NAMES)),
        _ONE_HOT[[TAG_NUMBERS.get(container.tag, _OTHER) for container in containers]],
        bits_of([container.near for container in containers], len(FAMILIES)),
        bits_of([container.inherited for container in containers], len(FLAG_NAMES)),
    )
    return np.hstack(columns)[own]


def _container_row(container: Container, counts: _SignatureCounts, page_prose: int) -> tuple[float, ...]:
    """Return the numbers of the container of a block, in the order of `_CONTAINER_ROW_NAMES`."""
    element = larger_container(container, 1)
    outer = larger_container(element, element.blocks)
    return (
        container.depth,
        container.repeats,
        container.item_chars,
        container.blocks,
        *container_numbers(element),
        *container_numbers(outer),
        counts.blocks,
        counts.chars / counts.blocks,
        counts.link_chars / counts.chars,
        counts.prose_chars / counts.chars,
        counts.prose_chars / page_prose,
    )


def _headline(blocks: Sequence[Block], keys: Sequence[str], title: str) -> int | None:
    """Return the position of the headline: the heading that equals the title, else the first h1; None if absent."""
    first = None
    for position, block in enumerate(blocks):
        if block.container.tag in HEADINGS:
            if title and keys[position] == title:
                return position
            if first is None and block.container.tag == "h1":
                first = position
    return first


def _distances(headline: int | None, count: int) -> NDArray[np.int64] | int:
    """Return how many blocks after the headline each of `count` blocks is; negative before it."""
    return _NO_HEADLINE if headline is None else np.arange(count) - headline
