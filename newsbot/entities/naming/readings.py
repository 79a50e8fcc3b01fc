"""What the words of a name may be in the nominative, and for whom."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import islice, product

from newsbot.entities.naming.grammar import BOTH, Grammar, grammar

Words = tuple[str, ...]
"""A name as `folding.words_of` returns it."""
Readings = dict[Words, frozenset[str]]
"""The bases of a name, with the genders that the person may have then."""
_MAX_READINGS = 60
_MAX_OTHER_READINGS = 200
_ADJECTIVES_CHANGE = frozenset(("fi", "et"))
"""Languages in which only the last word of a person's name changes, but all words of "Suomalainen Tiedeakatemia"."""
_SHORTEST_STEM = 3
"""Number of letters before the ending of what is not a person's name: "WTA" is no form of "WTO"."""


@lru_cache(maxsize=20_000)
def person_readings(words: Words, language: str) -> Readings:
    """Return the bases that the name of a person may be a form of, without the name itself."""
    rules = grammar(language)
    found: Readings = {}
    if rules.words == "all":
        for gender in "mf":
            for base in islice(_inflected(words, rules, gender), _MAX_READINGS):
                found[base] = found.get(base, frozenset()) | {gender}
    else:
        found |= dict.fromkeys(islice(_one_changed(words, rules, 2), _MAX_READINGS), BOTH)
    found.pop(words, None)
    return found


def _inflected(words: Words, rules: Grammar, gender: str) -> Iterator[Words]:
    """Yield bases of a name all of whose words have endings of one gender, or are of a kind that has none."""
    options = []
    for place, word in enumerate(words):
        is_hers = gender == "m" and word in rules.feminine
        bases = [base for base, genders in rules.bases(word) if genders == {gender} and not is_hers]
        is_unchanged = rules.may_be_unchanged(word, gender, is_first=place == 0 and len(words) > 1)
        options.append([*bases, word] if is_unchanged else bases)
    yield from product(*options)


def _one_changed(words: Words, rules: Grammar, shortest_stem: int) -> Iterator[Words]:
    if rules.words == "first":
        yield from ((base, *words[1:]) for base, _ in rules.bases(words[0], shortest_stem))
    elif rules.words == "last":
        yield from ((*words[:-1], base) for base, _ in rules.bases(words[-1], shortest_stem))


@lru_cache(maxsize=20_000)
def other_readings(words: Words, language: str) -> Readings:
    """Return the bases that the name of a place or an organisation may be a form of, without the name itself.

    Any of its words may have an ending: in "Верховного суда" both, in "Банка России" the first."""
    rules = grammar(language)
    if rules.words in {"first", "last"} and language not in _ADJECTIVES_CHANGE:
        stem = min(_SHORTEST_STEM, rules.min_stem)
        found = dict.fromkeys(islice(_one_changed(words, rules, stem), _MAX_READINGS), BOTH)
    else:
        options = [[word, *(base for base, _ in rules.bases(word, _SHORTEST_STEM))] for word in words]
        found = dict.fromkeys(islice(product(*options), _MAX_OTHER_READINGS), BOTH)
    found.pop(words, None)
    return found


def genders_of(words: Words, language: str) -> frozenset[str]:
    """Return the genders of a person with this name in the nominative."""
    rules = grammar(language)
    if not rules.has_genders:
        return BOTH
    genders = BOTH
    for word in words:
        genders &= rules.genders(word)
    return genders or BOTH
