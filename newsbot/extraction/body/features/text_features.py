"""Features of the text of a block: length, punctuation, and words in many languages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Final

import numpy as np
from numpy.typing import NDArray

from newsbot.extraction.body.blocks import Block
from newsbot.extraction.body.features.characters import (
    CJK_RANGES,
    HEAD_CHARS,
    LAST_CLASSES,
    count_characters,
    first_characters,
    last_characters,
)
from newsbot.extraction.body.word_lists import read_text_words, words

FIRST_WORDS_CHARS: Final = 120
"""Number of characters of a block whose words are compared with the word lists."""
MIN_PROSE_CHARS: Final = 80
"""Shorter blocks are headlines, captions and labels more often than paragraphs."""
MIN_CJK_PROSE_CHARS: Final = 30
"""The same for scripts that write a word with one to three characters."""
MIN_CHARS_PER_LINKED: Final = 3
"""Running text has more than this number of characters for each linked one: less than a third of it is linked."""

_CJK = re.compile(f"[{''.join(f'{chr(first)}-{chr(last)}' for first, last in CJK_RANGES)}]")
_LINK = re.compile(r"https?://")
_HANDLE = re.compile(r"@\w")
_DOMAIN = re.compile(r"\.(?<=\w\.)(?:com|de|net|org)\b")
_WORD = re.compile(r"[^\W\d_]+")


def _word_lists() -> dict[str, frozenset[str]]:
    lists: dict[str, set[str]] = {}
    for word in read_text_words():
        lists.setdefault(word.list_name, set()).add(word.text)
    return {name: frozenset(texts) for name, texts in lists.items()}


_LISTS: Final = _word_lists()
_POINTER: Final = _LISTS["pointer"]
"""Words that begin a reference to another page ("Read more", "Lesen Sie auch")."""
_CREDIT: Final = _LISTS["credit"]
"""Words that begin a line about the article ("By", "Published", "Stand")."""
_JOIN: Final = _LISTS["join"]
"""Words of subscriptions, newsletters, logins, apps, networks and donations, anywhere among the first words."""
_RIGHTS: Final = _LISTS["rights"]
"""Words of rights and picture credits."""
_TALK: Final = _LISTS["talk"]
"""Words of readers' comments and sharing."""
_AD: Final = _LISTS["ad"]
"""Words that mark advertising."""
_ANY_LIST: Final = _JOIN | _RIGHTS | _TALK | _AD
CJK_PHRASES = re.compile("|".join(map(re.escape, sorted(_LISTS["cjk"]))))
"""Phrases of all these kinds in scripts that do not separate words."""

_SIZE_NAMES: Final = words("size words link_share links bold_share italic_share")
_SHARE_COLUMNS: Final = tuple(_SIZE_NAMES.index(name) for name in words("link_share bold_share italic_share"))
_COUNT_NAMES: Final = words("digit_share capital_share commas bar cjk")
_PHRASE_NAMES: Final = words(
    "lower url opens_pointer opens_credit has_join has_rights has_talk has_ad has_cjk_phrase"
)
NAMES: Final = (*_SIZE_NAMES, *_COUNT_NAMES, *LAST_CLASSES, "opener", *_PHRASE_NAMES)
"""Names of the columns of `text_rows`."""


def is_prose(block: Block) -> bool:
    """Return whether a block looks like running text: long, and hardly linked."""
    size = len(block.text)
    if size <= MIN_CJK_PROSE_CHARS or block.link_chars * MIN_CHARS_PER_LINKED >= size:
        return False
    return size > MIN_PROSE_CHARS or _CJK.search(block.text) is not None


def words_of(text: str) -> list[str]:
    """Return the words of a text in lower case, letters only."""
    return _WORD.findall(text.lower())


def first_words(text: str) -> list[str]:
    """Return the words at the beginning of a text in lower case, letters only."""
    return words_of(text[:FIRST_WORDS_CHARS])


def text_rows(blocks: Sequence[Block], beginnings: Sequence[Sequence[str]]) -> NDArray[np.float32]:
    """Return the text features of the blocks. Shape (blocks, `NAMES`).

    `beginnings` are the first words of each block, as `first_words` returns them."""
    texts = [block.text for block in blocks]
    heads = [text[:HEAD_CHARS] for text in texts]
    digits, capitals, commas, cjk, spaces, bars = count_characters(heads).T
    head_sizes = array_of(((len(head),) for head in heads), 1)[:, 0]
    sizes = _size_rows(blocks)
    sizes[:, 0] += cjk  # CJK characters count twice: they say as much as several Latin letters
    counts = (digits / head_sizes, capitals / (spaces + 1), commas, bars > 0, cjk > 0)
    phrases = map(_phrase_flags, heads, beginnings, (cjk > 0).tolist())
    columns = (
        sizes,
        np.stack(counts, axis=1),
        last_characters(texts),
        first_characters(texts),
        array_of(phrases, len(_PHRASE_NAMES)),
    )
    return np.hstack(columns)


def _size_rows(blocks: Sequence[Block]) -> NDArray[np.float32]:
    """Return the numbers of characters, words and links of the blocks. Shape (blocks, `_SIZE_NAMES`)."""
    rows = (
        (
            len(block.text),
            block.text.count(" ") + 1,
            block.link_chars,
            block.links,
            block.bold_chars,
            block.italic_chars,
        )
        for block in blocks
    )
    sizes = array_of(rows, len(_SIZE_NAMES))
    sizes[:, _SHARE_COLUMNS] /= sizes[:, :1]
    return sizes


def array_of(rows: Iterable[Sequence[float]], width: int) -> NDArray[np.float32]:
    """Return an array of rows of `width` numbers."""
    return np.fromiter(chain.from_iterable(rows), dtype=np.float32).reshape(-1, width)


def _phrase_flags(head: str, beginning: Sequence[str], is_cjk: bool) -> tuple[bool, ...]:
    """Return which kinds of words the beginning of a text contains, in the order of `_PHRASE_NAMES`."""
    first = beginning[0] if beginning else ""
    has_join = has_rights = has_talk = has_ad = False
    if listed := _ANY_LIST.intersection(beginning):
        has_join = not _JOIN.isdisjoint(listed)
        has_rights = not _RIGHTS.isdisjoint(listed)
        has_talk = not _TALK.isdisjoint(listed)
        has_ad = not _AD.isdisjoint(listed)
    return (
        head[0].islower(),
        _has_address(head),
        first in _POINTER,
        first in _CREDIT,
        has_join,
        has_rights or "©" in head,
        has_talk,
        has_ad,
        is_cjk and CJK_PHRASES.search(head) is not None,
    )


def _has_address(head: str) -> bool:
    """Return whether a text contains a web address or an account name.

    Each pattern runs only if its rare first sign occurs, which is cheaper to test."""
    return (
        "www." in head
        or ("@" in head and _HANDLE.search(head) is not None)
        or ("." in head and _DOMAIN.search(head) is not None)
        or ("://" in head and _LINK.search(head) is not None)
    )
