"""Small fingerprints of texts that tell how much two texts share without the texts.

A sketch answers two questions about a pair: which share of their word pairs do they have in common, and do they
name the same numbers and names in the same places. The second keeps stories apart that are written to one
template: there every sentence agrees, and every fact differs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Literal, NamedTuple

from newsbot.dedupe.words import Word, words

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
_AGREED_BEFORE = (2, 3)
"""Facts that agree, of how many, before the first one is compared: few facts decide little."""

Kind = Literal["near", "excerpt"]


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
    spoken = [word.text for word in text]
    shingles = set(_hashes(spoken, SHINGLE_WORDS))
    content = len(shingles).to_bytes(_SIZE_BYTES) + _shingle_bins(shingles) + _slot_bins(text)
    return Sketch(_keys(spoken), content)


def relation(one: bytes, other: bytes) -> Relation | None:
    """Return how the texts of two sketches' contents are related; None if they tell different stories."""
    size, shingles, slots, facts = _parts(one)
    other_size, other_shingles, other_slots, other_facts = _parts(other)
    shared = _shared(size, shingles, other_size, other_shingles)
    of_smaller, of_larger = shared / min(size, other_size), shared / max(size, other_size)
    if of_smaller < MIN_SHARED_OF_LARGER or not _facts_agree(slots, facts, other_slots, other_facts):
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


def _hashes(spoken: Sequence[str], length: int) -> Iterator[int]:
    for start in range(max(1, len(spoken) - length + 1)):
        yield _hash(" ".join(spoken[start : start + length]))


def _smallest(hashes: Iterable[int], bins: int) -> dict[int, int]:
    """Return the smallest hash of every bin: one permutation hashing, a fair sample of the set."""
    smallest: dict[int, int] = {}
    for number in hashes:
        if number < smallest.get(number % bins, 1 << 64):
            smallest[number % bins] = number
    return smallest


# ------------------------------------------------------------------ making a sketch


def _keys(spoken: Sequence[str]) -> tuple[int | None, ...]:
    if len(spoken) < MIN_WORDS:
        return (None,) * (BODY_KEYS + LEAD_KEYS)
    body = _smallest(_hashes(spoken, KEY_WORDS), BODY_KEYS)
    lead = _smallest(_hashes(spoken[:LEAD_WORDS], KEY_WORDS), LEAD_KEYS)
    numbers = [body.get(each) for each in range(BODY_KEYS)] + [lead.get(each) for each in range(LEAD_KEYS)]
    return tuple(None if number is None else _signed(number >> 8 & 0xFFFFFFFF) for number in numbers)


def _signed(number: int) -> int:
    return number - (1 << 32) if number >> 31 else number


def _shingle_bins(shingles: Iterable[int]) -> bytes:
    """Return four bits for every bin: 0 if it is empty, else 1 to 15 of its smallest hash."""
    digits = ["0"] * SHINGLE_BINS
    for place, number in _smallest(shingles, SHINGLE_BINS).items():
        digits[place] = f"{1 + number // SHINGLE_BINS % 15:x}"
    return bytes.fromhex("".join(digits))


def _slot_bins(text: Iterable[Word]) -> bytes:
    """Return two bytes for every bin: which slot (0 if empty), and after all bins so, which fact fills it."""
    filled = {_hash(slot): fact for slot, fact in _slots(text).items()}
    slots, facts = bytearray(SLOT_BINS), bytearray(SLOT_BINS)
    for place, number in _smallest(filled, SLOT_BINS).items():
        slots[place] = 1 + number // SLOT_BINS % 255
        facts[place] = _hash(filled[number]) & 0xFF
    return bytes(slots + facts)


def _slots(text: Iterable[Word]) -> dict[str, str]:
    """Return the first fact that follows every pair of common words, and the second one."""
    slots: dict[str, str] = {}
    before: tuple[str, ...] = ("",) * SLOT_WORDS
    run = 0
    for word in text:
        if not word.is_fact:
            before, run = (*before[1:], word.text), 0
            continue
        if run < MAX_RUN:
            slots.setdefault(" ".join((*before, str(run))), word.text)
        run += 1
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


def _facts_agree(slots: int, facts: int, other_slots: int, other_facts: int) -> bool:
    """Tell whether the slots that both texts have are filled with the same facts, by and large."""
    common = _filled_eights(slots) & ~_filled_eights(slots ^ other_slots)
    agreeing = common & ~_filled_eights(facts ^ other_facts)
    agreed, of = _AGREED_BEFORE
    return (agreeing.bit_count() + agreed) / (common.bit_count() + of) >= MIN_FACT_AGREEMENT
