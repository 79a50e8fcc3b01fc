"""Sketches: small fingerprints that estimate how much two texts share, without the texts.

A sketch answers two questions about a pair of texts: what share of their word pairs they have in common, and whether
they have the same numbers and names in the same positions. The second question separates stories written to one
template: there every sentence agrees and every fact differs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import blake2b
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from newsbot.dedupe.words import MAX_CHARS, Words, flags_of, plain_alone, words
from newsbot.text.compiled_core import load_core

MIN_WORDS = 20
"""Minimum length of a body that can have near duplicates; shorter ones are a sentence under a video."""
BODY_KEYS = 8
"""Number of keys taken from the whole text."""
LEAD_KEYS = 2
"""Number of keys taken from the first `LEAD_WORDS` words."""
LEAD_WORDS = 40
"""Words at the beginning that every excerpt contains, so that an excerpt shares a lead key with its text."""
KEY_WORDS = 5
"""Words in a row that two texts must share to become candidates for a comparison."""

SHINGLE_WORDS = 2
"""Words per shingle: pairs survive synonyms and misprints better than longer runs do."""
SHINGLE_BINS = 512
"""Sample size of the shingles, four bits each."""
SLOT_WORDS = 2
"""Words before a fact that identify it ("rose by 4.2"): its slot."""
SLOT_BINS = 96
"""Sample size of the slots, two bytes each."""
MAX_RUN = 2
"""Maximum number of facts in a row that count: further ones are cells of a table and shift when one is left out."""

MIN_SHARED_OF_LARGER = 0.53
"""Minimum share of the larger text in a near duplicate. Follow-ups repeat up to half of the previous story as background."""
MIN_SHARED_OF_EXCERPT = 0.7
"""Minimum share of the smaller text in an excerpt."""
MIN_FACT_AGREEMENT = 0.65
"""Minimum share of common slots with the same fact, if the texts also differ in other words."""
MORE_AGREEMENT = 0.15
"""Added to `MIN_FACT_AGREEMENT` if the texts differ only in facts, as stories of one template do; a part of it is added if
they differ in other words too. One different fact is a correction and does not count."""

_MAX_KNOWN_WORDS = 1 << 16
"""Number of words whose hashes are kept."""
EMPTY = (1 << 64) - 1
"""Value of an empty bin."""

RelationKind = Literal["near", "excerpt"]
Hashes = NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Sketch:
    """The stored fingerprint of a text, by which near duplicates are found and compared."""

    keys: tuple[int | None, ...]
    """Signed 32-bit integers. Near duplicates almost certainly share one at the same position. None in a short text."""
    content: bytes
    """`CONTENT_BYTES` bytes, compared by `relation`."""


class Relation(NamedTuple):
    """The relation of two texts, and the share of each that the other contains (0..1)."""

    kind: RelationKind
    """`near`: the same story. `excerpt`: the smaller one is a part of the larger one."""
    of_smaller: float
    of_larger: float


def sketch(body: str) -> Sketch:
    """Return the sketch of a text; the same on every machine."""
    core = compiled_sketches()
    found: tuple[tuple[int | None, ...], bytes] | None = None if core is None else core.sketch(body)
    return sketch_in_python(body) if found is None else Sketch(*found)


@cache
def compiled_sketches() -> Any:
    """Return what makes sketches in the compiled core; None without it."""
    core = load_core()
    return core and core.sketches.Sketches(
        plain_alone,
        flags_of,
        str.casefold,
        max_chars=MAX_CHARS,
        min_words=MIN_WORDS,
        body_keys=BODY_KEYS,
        lead_keys=LEAD_KEYS,
        key_words=KEY_WORDS,
        lead_words=LEAD_WORDS,
        shingle_bins=SHINGLE_BINS,
        slot_bins=SLOT_BINS,
        max_run=MAX_RUN,
    )


def sketch_in_python(body: str) -> Sketch:
    """Return what `sketch` returns, without the compiled core."""
    text = words(body)
    hashes = _word_hashes(text.texts)
    shingles = np.sort(_runs(hashes, SHINGLE_WORDS))
    size = 1 + np.count_nonzero(shingles[1:] != shingles[:-1])  # np.unique takes twenty times as long
    content = int(size).to_bytes(_SIZE_BYTES) + _shingle_bins(shingles) + _slot_bins(text)
    return Sketch(_keys(hashes), content)


def relation(one: bytes, other: bytes) -> Relation | None:
    """Return the relation of two texts, given the contents of their sketches; None for different stories."""
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
    """Return whether the text of the first sketch is the smaller one, given the contents of two sketches."""
    return one[:_SIZE_BYTES] < other[:_SIZE_BYTES]


# ------------------------------------------------------------------ hashes


def _hash(text: str) -> int:
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest())


class _HashesOfWords(dict[str, int]):
    """The hashes of the words that were seen: a look-up takes half the time of one in an `lru_cache`."""

    def __missing__(self, word: str) -> int:
        if len(self) >= _MAX_KNOWN_WORDS:
            self.clear()
        number = self[word] = _hash(word)
        return number


_word_hash = _HashesOfWords().__getitem__


def _word_hashes(texts: Sequence[str]) -> Hashes:
    """Return one hash per word, shape (words,); a text without words has the hash of the empty string."""
    return np.array(list(map(_word_hash, texts or [""])), np.uint64)


def _runs(hashes: Hashes, length: int) -> Hashes:
    """Return one hash per run of `length` words; a shorter text is one run."""
    length = min(length, len(hashes))
    count = len(hashes) - length + 1
    numbers = np.zeros(count, np.uint64)
    for offset in range(length):
        numbers = _mixed(numbers ^ hashes[offset : offset + count])
    return numbers


def _mixed(numbers: Hashes) -> Hashes:
    """Return mixed hashes: a bijection in which every bit of the result depends on every bit of the input.

    Source: the finaliser of SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014)."""
    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return numbers ^ (numbers >> np.uint64(31))


def _smallest(numbers: Hashes, bins: int) -> Hashes:
    """Return the smallest hash of every bin, `EMPTY` for an empty bin: one permutation hashing, an unbiased sample of a set."""
    smallest = np.full(bins, EMPTY, np.uint64)
    np.minimum.at(smallest, (numbers % np.uint64(bins)).astype(np.intp), numbers)
    return smallest


# ------------------------------------------------------------------ building a sketch


def _keys(hashes: Hashes) -> tuple[int | None, ...]:
    if len(hashes) < MIN_WORDS:
        return (None,) * (BODY_KEYS + LEAD_KEYS)
    runs = _runs(hashes, KEY_WORDS)
    body = _smallest(runs, BODY_KEYS)
    lead = _smallest(runs[: LEAD_WORDS - KEY_WORDS + 1], LEAD_KEYS)
    return tuple(
        None if smallest == EMPTY else _signed(smallest >> 8 & 0xFFFFFFFF)
        for smallest in [*body.tolist(), *lead.tolist()]
    )


def _signed(number: int) -> int:
    """Return a 32-bit integer as a signed one (two's complement)."""
    return number - (1 << 32) if number >> 31 else number


def _shingle_bins(shingles: Hashes) -> bytes:
    """Return four bits per bin: 0 if it is empty, else 1 to 15, derived from its smallest hash."""
    smallest = _smallest(shingles, SHINGLE_BINS)
    fours = np.where(smallest == EMPTY, 0, 1 + smallest // SHINGLE_BINS % 15).astype(np.uint8)
    return (fours[::2] << 4 | fours[1::2]).tobytes()


def _slot_bins(text: Words) -> bytes:
    """Return one byte per bin for the slot (0 if empty), followed by one byte per bin for the fact in it."""
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
    """Return slot -> fact. A slot is the pair of common words before a fact, and the position of the fact in its run.

    If a slot occurs several times, the fact with the smallest hash is kept, so the order of paragraphs does not matter."""
    slots: dict[str, str] = {}
    before: list[str] = [""] * SLOT_WORDS
    after, run = 0, 0
    for place in text.facts:
        if place > after:
            before, run = [*before, *text.texts[max(after, place - SLOT_WORDS) : place]][-SLOT_WORDS:], 0
        if run < MAX_RUN:
            slot, fact = f"{before[0]} {before[1]} {run}", text.texts[place]
            known = slots.setdefault(slot, fact)
            if known != fact:
                slots[slot] = min(known, fact, key=_word_hash)
        after, run = place + 1, run + 1
    return slots


# ------------------------------------------------------------------ comparing two sketches

_SIZE_BYTES = 4
_SHINGLES_END = _SIZE_BYTES + SHINGLE_BINS // 2
_SLOTS_END = _SHINGLES_END + SLOT_BINS
CONTENT_BYTES = _SLOTS_END + SLOT_BINS
_FOURS = int("1" * SHINGLE_BINS, 16)
_EIGHTS = int("01" * SLOT_BINS, 16)


@lru_cache(
    maxsize=1024
)  # a text is compared with up to fifty others, most of which the next ones are compared with, too
def _parts(content: bytes) -> tuple[int, int, int, int]:
    return (
        int.from_bytes(content[:_SIZE_BYTES]),
        int.from_bytes(content[_SIZE_BYTES:_SHINGLES_END]),
        int.from_bytes(content[_SHINGLES_END:_SLOTS_END]),
        int.from_bytes(content[_SLOTS_END:]),
    )


def _filled_fours(bins: int) -> int:
    """Return an integer with one bit set per four-bit bin that is not 0."""
    bins |= bins >> 2
    return (bins | bins >> 1) & _FOURS


def _filled_eights(bins: int) -> int:
    """Return an integer with one bit set per eight-bit bin that is not 0."""
    bins |= bins >> 4
    bins |= bins >> 2
    return (bins | bins >> 1) & _EIGHTS


def _shared(size: int, shingles: int, other_size: int, other_shingles: int) -> float:
    """Return the estimated number of shingles that two sets share, from the share of their filled bins that is equal."""
    filled, other_filled = _filled_fours(shingles), _filled_fours(other_shingles)
    both = (filled & other_filled).bit_count()
    equal = both - (filled & other_filled & _filled_fours(shingles ^ other_shingles)).bit_count()
    by_chance = (both - equal) / 14  # one of 15 unequal shingles looks equal
    resemblance = max(0.0, equal - by_chance) / max(1, (filled | other_filled).bit_count())
    return min(resemblance / (1 + resemblance) * (size + other_size), size, other_size)


def _common_facts(slots: int, facts: int, other_slots: int, other_facts: int) -> tuple[int, int]:
    """Return the number of slots that both texts have, and the number of these with the same fact."""
    common = _filled_eights(slots) & ~_filled_eights(slots ^ other_slots)
    return common.bit_count(), (common & ~_filled_eights(facts ^ other_facts)).bit_count()
