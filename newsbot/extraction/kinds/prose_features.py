"""Features of the extracted text of a page, and of its place among the other texts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from newsbot.extraction.body.blocks import Block
from newsbot.extraction.body.containers import HEADINGS
from newsbot.extraction.body.word_lists import words
from newsbot.extraction.kinds.content_features import MAX_BLOCKS, prose_chars
from newsbot.extraction.kinds.kind_words import PRONOUNS
from newsbot.extraction.kinds.signs import Signs
from newsbot.languages.word_patterns import entries_of

_LONG_CHARS: Final = 200
_SAMPLE_CHARS: Final = 3000
_MIN_REPEATS: Final = 4
_ENDS = tuple(".!?…。！？।۔؟։።。:;\"”»’'")
_PRONOUNS: Final = {
    language: {
        word: number
        for number, lists in enumerate(PRONOUNS.values())
        for word in entries_of({language: lists.get(language, "")})
    }
    for language in {language for lists in PRONOUNS.values() for language in lists}
}
NAMES: Final = (
    *words("body_chars body_share body_of_prose paragraphs mean_paragraph longest long_paragraphs ends_full"),
    *words("body_links body_headings body_lists body_gaps body_start body_repeats teaser_share links_around"),
    *words("questions quotes digits exclamations body_prose"),
    *(f"pronoun_{name}" for name in PRONOUNS),
)
"""Names of the numbers that `prose_row` returns."""


def prose_row(signs: Signs) -> list[float]:
    """Return the numbers of `NAMES`."""
    lines = [line for line in signs.body.text.split("\n") if line]
    blocks = signs.blocks[:MAX_BLOCKS]
    return [
        *_lengths(signs, lines, blocks),
        *_places(signs, blocks),
        *_characters(signs),
        *_pronouns(signs),
    ]


def _lengths(signs: Signs, lines: Sequence[str], blocks: Sequence[Block]) -> list[float]:
    size = len(signs.body.text)
    sizes = [len(line) for line in lines] or [0]
    total = sum(len(block.text) for block in blocks) or 1
    return [
        math.log1p(size),
        min(size / total, 2),
        min(size / (prose_chars(blocks) or 1), 3),
        math.log1p(len(lines)),
        sum(sizes) / len(sizes),
        max(sizes),
        math.log1p(sum(one >= _LONG_CHARS for one in sizes)),
        sum(line.endswith(_ENDS) for line in lines) / (len(lines) or 1),
    ]


def _places(signs: Signs, blocks: Sequence[Block]) -> list[float]:
    """Return numbers of the blocks that the text consists of."""
    places = [place for place in signs.chosen if place < len(blocks)]
    chosen = [blocks[place] for place in places]
    own = sum(len(block.text) for block in chosen) or 1
    first, last = (places[0], places[-1]) if places else (0, -1)
    span = sum(len(block.text) for block in blocks[first : last + 1]) or 1
    return [
        sum(block.link_chars for block in chosen) / own,
        sum(block.container.tag in HEADINGS for block in chosen) / (len(chosen) or 1),
        sum(len(block.text) for block in chosen if block.container.tag == "li") / own,
        1 - min(own / span, 1),
        first / (len(blocks) or 1),
        sum(len(block.text) for block in chosen if block.container.repeats >= _MIN_REPEATS) / own,
        signs.body.teaser_share,
        math.log1p(signs.body.links),
    ]


def _characters(signs: Signs) -> list[float]:
    text = signs.body.text[: 2 * _SAMPLE_CHARS]
    size = len(text) or 1
    lines = text.split("\n")
    return [
        1000 * sum(map(text.count, "?？؟")) / size,
        1000 * sum(map(text.count, "“”«»„「」")) / size,
        sum(map(text.count, "0123456789")) / size,
        1000 * sum(map(text.count, "!！")) / size,
        sum(len(line) for line in lines if len(line) >= _LONG_CHARS) / size,
    ]


def _pronouns(signs: Signs) -> list[float]:
    """Return how many of a hundred words are pronouns of each person."""
    numbers = _PRONOUNS.get(signs.article.language or "", {})
    found = [0] * len(PRONOUNS)
    said = signs.body.text[:_SAMPLE_CHARS].lower().replace("’", "'").split()
    for word in said:
        number = numbers.get(word)
        if number is not None:
            found[number] += 1
    return [100 * count / (len(said) or 1) for count in found]
