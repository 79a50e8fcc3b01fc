"""Small fingerprints of texts that tell how much two texts share without the texts.

A sketch answers two questions about a pair: which share of their word pairs do they have in common, and do they
name the same numbers and names in the same places. The second keeps stories apart that are written to one
template: there every sentence agrees, and every fact differs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from newsbot.dedupe.words import Words, words

MIN_WORDS = 20
"""A shorter body (one sentence under a video) is nobody's near duplicate."""
BODY_KEYS = 8
LEAD_KEYS = 2
LEAD_WORDS = 40
"""The words that an excerpt has with certainty: two of the keys are theirs."""
KEY_WORDS = 5
"""Words in a row that two texts must share to be compared at all."""

SHINGLE_WORDS = 2
"""Words in a row that count as shared: pairs survive synonyms and misprints better than longer runs do."""
SHINGLE_BINS = 512
SLOT_WORDS = 2
"""Words before a fact that say which fact it is ("rose by 4.2")."""
SLOT_BINS = 96
MAX_RUN = 2
"""Facts in a row that count: further ones are cells of a table, and shift when one is left out."""

MIN_SHARED_OF_LARGER = 0.53
"""Follow-ups share up to half of their words with the story before, as background."""
MIN_SHARED_OF_EXCERPT = 0.7
MIN_FACT_AGREEMENT = 0.65
MORE_AGREEMENT = 0.15
"""Is asked for where other facts alone make the texts differ, as they do in stories of one template; less, the more
else differs. One other fact is a correction."""

EMPTY = (1 << 64) - 1
"""Of a bin."""

Kind = Literal["near", "excerpt"]
Numbers = NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Sketch:
    """What is stored of a text to find and compare its near duplicates."""

    keys: tuple[int | None, ...]
    """Signed 32-bit; near duplicates share one at the same place with near certainty. None where a short text has none."""
    content: bytes
    """`CONTENT_BYTES` bytes for `relation`."""


class Relation(NamedTuple):
    """How two texts are related, and the shares of each that the other holds (0..1)."""

    kind: Kind
    """`near`: the same story. `excerpt`: the smaller one is a part of the larger one."""
    of_smaller: float
    of_larger: float


def sketch(body: str) -> Sketch:
    """Return the sketch of a text; the same on every machine."""
    text = words(body)
    hashes = _word_hashes(text.texts)
    shingles = np.unique(_runs(hashes, SHINGLE_WORDS))
    content = len(shingles).to_bytes(_SIZE_BYTES) + _shingle_bins(shingles) + _slot_bins(text)
    return Sketch(_keys(hashes), content)


def relation(one: bytes, other: bytes) -> Relation | None:
    """Return how the texts of two sketches' contents are related; None if they tell different stories."""
    size, shingles, slots, facts = _parts(one)
    other_size, other_shingles, other_slots, other_facts = _parts(other)
    larger = max(size, other_size)
    shared = _shared(size, shingles, other_size, other_shingles)
    of_smaller, of_larger = shared / min(size, other_size), shared / larger
    if of_smaller < MIN_SHARED_OF_LARGER:
        return None
    common, agreeing = _common_facts(slots, facts, other_slots, other_facts)
    by_facts = min(1.0, SHINGLE_WORDS * max(0, common - agreeing - 1) / max(1.0, larger - shared))
    if agreeing < (MIN_FACT_AGREEMENT + MORE_AGREEMENT * by_facts) * common:
        return None
    if of_larger >= MIN_SHARED_OF_LARGER:
        return Relation("near", of_smaller, of_larger)
    return Relation("excerpt", of_smaller, of_larger) if of_smaller >= MIN_SHARED_OF_EXCERPT else None


def is_smaller(one: bytes, other: bytes) -> bool:
    """Tell whether the text of the first sketch's content is the smaller one."""
    return one[:_SIZE_BYTES] < other[:_SIZE_BYTES]


# ------------------------------------------------------------------ hashes


def _hash(text: str) -> int:
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest())


_word_hash = lru_cache(maxsize=1 << 16)(_hash)


def _word_hashes(texts: Sequence[str]) -> Numbers:
    """Return a number for every word; for a text without words, one for none."""
    return np.fromiter(map(_word_hash, texts or [""]), np.uint64, max(1, len(texts)))


def _runs(hashes: Numbers, length: int) -> Numbers:
    """Return a number for every run of so many words, or for all words of a shorter text."""
    length = min(length, len(hashes))
    count = len(hashes) - length + 1
    numbers = np.zeros(count, np.uint64)
    for place in range(length):
        numbers = _mixed(numbers ^ hashes[place : place + count])
    return numbers


def _mixed(numbers: Numbers) -> Numbers:
    """Return numbers each of whose bits depends on all of theirs, one to one.

    Source: the finaliser of SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014)."""
    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return numbers ^ (numbers >> np.uint64(31))


def _smallest(numbers: Numbers, bins: int) -> Numbers:
    """Return the smallest number of every bin, `EMPTY` without one: one permutation hashing, a fair sample of a set."""
    smallest = np.full(bins, EMPTY, np.uint64)
    np.minimum.at(smallest, (numbers % np.uint64(bins)).astype(np.intp), numbers)
    return smallest


# ------------------------------------------------------------------ making a sketch


def _keys(hashes: Numbers) -> tuple[int | None, ...]:
    if len(hashes) < MIN_WORDS:
        return (None,) * (BODY_KEYS + LEAD_KEYS)
    runs = _runs(hashes, KEY_WORDS)
    body = _smallest(runs, BODY_KEYS)
    lead = _smallest(runs[: LEAD_WORDS - KEY_WORDS + 1], LEAD_KEYS)
    return tuple(
        None if each == EMPTY else _signed(each >> 8 & 0xFFFFFFFF)
        for each in [*body.tolist(), *lead.tolist()]
    )


def _signed(number: int) -> int:
    return number - (1 << 32) if number >> 31 else number


def _shingle_bins(shingles: Numbers) -> bytes:
    """Return four bits for every bin: 0 if it is empty, else 1 to 15 of its smallest number."""
    smallest = _smallest(shingles, SHINGLE_BINS)
    fours = np.where(smallest == EMPTY, 0, 1 + smallest // SHINGLE_BINS % 15).astype(np.uint8)
    return (fours[::2] << 4 | fours[1::2]).tobytes()


def _slot_bins(text: Words) -> bytes:
    """Return two bytes for every bin: which slot (0 if empty), and after all bins so, which fact fills it."""
    filled = {_hash(slot): fact for slot, fact in _slots(text).items()}
    slots, facts = bytearray(SLOT_BINS), bytearray(SLOT_BINS)
    for place, number in enumerate(
        _smallest(np.fromiter(filled, np.uint64, len(filled)), SLOT_BINS).tolist()
    ):
        if number != EMPTY:
            slots[place] = 1 + number // SLOT_BINS % 255
            facts[place] = _word_hash(filled[number]) & 0xFF
    return bytes(slots + facts)


def _slots(text: Words) -> dict[str, str]:
    """Return the fact that follows every pair of common words, and the one behind it; of several the one of the
    smallest hash, whatever the order of paragraphs."""
    slots: dict[str, str] = {}
    before: list[str] = [""] * SLOT_WORDS
    after, run = 0, 0
    for place in text.facts:
        if place > after:
            before, run = [*before, *text.texts[max(after, place - SLOT_WORDS) : place]][-SLOT_WORDS:], 0
        if run < MAX_RUN:
            slot, fact = " ".join((*before, str(run))), text.texts[place]
            slots[slot] = min(slots.get(slot, fact), fact, key=_hash)
        after, run = place + 1, run + 1
    return slots


# ------------------------------------------------------------------ comparing two

_SIZE_BYTES = 4
_SHINGLES_END = _SIZE_BYTES + SHINGLE_BINS // 2
_SLOTS_END = _SHINGLES_END + SLOT_BINS
CONTENT_BYTES = _SLOTS_END + SLOT_BINS
_FOURS = int("1" * SHINGLE_BINS, 16)
_EIGHTS = int("01" * SLOT_BINS, 16)


def _parts(content: bytes) -> tuple[int, int, int, int]:
    return (
        int.from_bytes(content[:_SIZE_BYTES]),
        int.from_bytes(content[_SIZE_BYTES:_SHINGLES_END]),
        int.from_bytes(content[_SHINGLES_END:_SLOTS_END]),
        int.from_bytes(content[_SLOTS_END:]),
    )


def _filled_fours(bins: int) -> int:
    """Return a number with one bit set for every bin of four bits that is not 0."""
    bins |= bins >> 2
    return (bins | bins >> 1) & _FOURS


def _filled_eights(bins: int) -> int:
    bins |= bins >> 4
    bins |= bins >> 2
    return (bins | bins >> 1) & _EIGHTS


def _shared(size: int, shingles: int, other_size: int, other_shingles: int) -> float:
    """Return about how many shingles two sets share, from the part of their filled bins that is equal."""
    filled, other_filled = _filled_fours(shingles), _filled_fours(other_shingles)
    both = (filled & other_filled).bit_count()
    equal = both - (filled & other_filled & _filled_fours(shingles ^ other_shingles)).bit_count()
    by_chance = (both - equal) / 14  # one of 15 unequal shingles looks equal
    resemblance = max(0.0, equal - by_chance) / max(1, (filled | other_filled).bit_count())
    return min(resemblance / (1 + resemblance) * (size + other_size), size, other_size)


def _common_facts(slots: int, facts: int, other_slots: int, other_facts: int) -> tuple[int, int]:
    """Return how many slots both texts have, and how many of these are filled with the same fact."""
    common = _filled_eights(slots) & ~_filled_eights(slots ^ other_slots)
    return common.bit_count(), (common & ~_filled_eights(facts ^ other_facts)).bit_count()
