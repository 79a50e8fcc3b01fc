"""Where a block is between the landmarks of a page: headlines, `article` elements, lines with a date, talk of consent.

They tell a second article and readers' comments from the first article where class names say nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from newsbot.extraction.body.blocks import Block, Container
from newsbot.extraction.body.features.characters import has_digit
from newsbot.extraction.body.word_lists import words

_MAX_STAMP_CHARS: Final = 50
"""Maximum number of characters of a line with a date or a number."""
_MAX_COUNT: Final = 12
"""Upper limit of the counts."""
_MAX_DISTANCE: Final = 30
_CONSENT_BLOCKS: Final = 4
"""Number of blocks before and after a block in which words of consent count."""
CONSENT: Final = ("ookie", "クッキー", "쿠키", "куки", "GDPR", "DSGVO", "RGPD")
"""Words of consent to tracking, in the languages that do not say "cookie" too."""
NAMES: Final = words("h1_after in_article headline_article article_number stamps since_stamp consent")
"""Names of the columns of `landmark_rows`."""


def landmark_rows(blocks: Sequence[Block], headline: int | None) -> NDArray[np.float32]:
    """Return the features of the blocks; `headline` is the position of the headline. Shape (blocks, `NAMES`)."""
    start = headline if headline is not None else -1
    positions = np.arange(len(blocks))
    is_h1 = np.array([block.container.tag == "h1" for block in blocks]) & (positions > start)
    is_stamp = np.array([_is_stamp(block.text) for block in blocks])
    last_stamp = np.maximum.accumulate(np.where(is_stamp, positions, -_MAX_DISTANCE))
    says_consent = np.array(_says_consent([block.text for block in blocks]))
    columns = (
        np.minimum(np.cumsum(is_h1), _MAX_COUNT),
        *_article_columns(blocks, headline),
        np.minimum(np.cumsum(is_stamp & (positions > start)), _MAX_COUNT),
        np.minimum(positions - last_stamp, _MAX_DISTANCE),
        _around(says_consent, _CONSENT_BLOCKS),
    )
    return np.stack(columns, axis=1).astype(np.float32)


def _is_stamp(text: str) -> bool:
    """Return whether a line is short and has a number, as dates, times and counts have."""
    return len(text) <= _MAX_STAMP_CHARS and has_digit(text)


def _says_consent(texts: Sequence[str]) -> list[bool]:
    """Return which of the texts have a word of consent. Most pages have none, which one search for each word shows."""
    whole = "\n".join(texts)
    found = [word for word in CONSENT if word in whole]
    return [any(word in text for word in found) for text in texts] if found else [False] * len(texts)


def _article_columns(blocks: Sequence[Block], headline: int | None) -> tuple[list[int], list[int], list[int]]:
    """Return for each block whether it is in an `article` element; whether the headline is in the same one (1), or in
    another one or none (-1); and how many of these elements have begun before."""
    articles = [block.container.article for block in blocks]
    own = articles[headline] if headline is not None else None
    numbers: dict[Container, int] = {}
    places = [numbers.setdefault(article, len(numbers)) if article else 0 for article in articles]
    return (
        [article is not None for article in articles],
        [0 if article is None else 1 if article is own else -1 for article in articles],
        [min(place, _MAX_COUNT) for place in places],
    )


def _around(flags: NDArray[np.bool_], distance: int) -> NDArray[np.int64]:
    """Return how many of the blocks up to `distance` before and after each block have the flag."""
    sums = np.concatenate([np.zeros(distance + 1), np.cumsum(flags), np.full(distance, flags.sum())])
    around: NDArray[np.int64] = (sums[2 * distance + 1 :] - sums[: len(flags)]).astype(np.int64)
    return around
