"""The people of an article: which full name a form or a short name means."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from newsbot.entities.naming.grammar import grammar
from newsbot.entities.naming.joining import MAX_NAMES, joined
from newsbot.entities.naming.readings import Words, genders_of, person_readings
from newsbot.entities.naming.short_forms import means_one_person, short_forms

_MIN_FAMOUS_LETTERS = 3


class People:
    """The people whom an article names.

    `named` has offset and name of every mention in the order of the text; a name that only the headline has comes first,
    with the offset -1. `main` are the people whom the article is about. `nicknames` are further short forms of full names. `famous` has the
    names of well-known people, full ones and surnames that are used alone, with the canonical name.
    """

    def __init__(
        self,
        named: Sequence[tuple[int, Words]],
        language: str,
        *,
        family_first: frozenset[str] = frozenset(),
        main: Collection[Words] = (),
        nicknames: Mapping[Words, Collection[Words]] | None = None,
        famous: Mapping[Words, str] | None = None,
    ) -> None:
        self._language = language
        counts = Counter(words for _, words in named)
        self._joins = joined(counts, language, "PER")
        self._offsets: dict[Words, list[int]] = defaultdict(list)
        for offset, words in named:
            self._offsets[self._joins.get(words, words)].append(offset)
        self._famous = famous or {}
        self._main = {self._joins.get(words, words) for words in main}
        self._full_forms: dict[Words, dict[Words, frozenset[str]]] = defaultdict(dict)
        for full in dict.fromkeys(self._joins.get(words, words) for words in counts):
            self._add_short_forms(full, family_first, (nicknames or {}).get(full, ()))
        self._fuller = _fuller_names(self._offsets)
        self._is_inflected = grammar(language).words != "none" and len(counts) <= MAX_NAMES

    def _add_short_forms(
        self, full: Words, family_first: frozenset[str], nicknames: Collection[Words]
    ) -> None:
        readings = {full: genders_of(full, self._language)}
        if len(full) > 1:
            readings |= person_readings(full, self._language)
        for reading, genders in readings.items():
            for short in short_forms(reading, self._language, family_first):
                known = self._full_forms[short].get(full, frozenset())
                self._full_forms[short][full] = known | genders
        for nickname in nicknames:
            self._full_forms[nickname].setdefault(full, readings[full])

    def full_name(self, words: Words, offset: int) -> Words:
        """Return the fullest name of the person whom the name at `offset` means; the name itself if there is no fuller one.

        The full form of a surname may itself be short for a longer one, so the look-up is repeated until nothing changes:
        in "S Orlan Petrakis ... Orlan Petrakis ... Petrakis" a single step would put the last mention into a group that
        no mention gives a name to.
        """
        name = self._joins.get(words, words)
        if name in self._famous:
            if self.is_famous_alone(name):
                return name
            name = next(iter(self._famous_candidates(name)), name)
        seen = {name}
        while True:
            longer = self._nearest(self._candidates(name), offset) or name
            longer = self._fuller.get(longer, longer)
            if longer in seen:
                return name
            seen.add(longer)
            name = longer

    def is_famous_alone(self, short: Words) -> bool:
        """Return whether a surname means a well-known person whom the article does not name in full.

        "Trump" is Donald Trump also if the article names Melania Trump, unless it is about her."""
        candidates = self._candidates(short)
        if candidates and len(short[0]) < _MIN_FAMOUS_LETTERS:
            return False  # "Xi", "王": family names of very many
        if short not in self._famous or any(name in self._main for name in candidates):
            return False
        return not self._famous_candidates(short)

    def _famous_candidates(self, short: Words) -> list[Words]:
        """Return the full names of the well-known person in the article, if it is not about another of that name."""
        candidates = self._candidates(short)
        if any(name in self._main for name in candidates):
            return []
        return [name for name in candidates if self._famous.get(name) == self._famous[short]]

    def may_be_somebody(self, short: Words) -> bool:
        """Return whether a name may abbreviate a full name of the article, though perhaps it is open which."""
        return any(found - {short} for found in self._matching(short))

    def _candidates(self, short: Words) -> Collection[Words]:
        """Return the full names that a short one may stand for; none if its form leaves open which."""
        exact, inflected = self._matching(short)
        if exact and not inflected <= exact and grammar(self._language).has_genders:
            return ()  # "Иванова": of Мария Иванова, or the genitive of Алексей Иванов
        found = exact or inflected
        return () if len(found) > 1 and means_one_person(short, self._language) else found

    def _matching(self, short: Words) -> tuple[set[Words], set[Words]]:
        """Return the full names that a name abbreviates as it is, and those that a base of it abbreviates."""
        exact = self._full_forms.get(short, {}).keys() - {short}
        if not self._is_inflected:
            return exact, set()
        inflected = {
            full
            for base, genders in person_readings(short, self._language).items()
            for full, others in self._full_forms.get(base, {}).items()
            if full != short and genders & others
        }
        return exact, inflected

    def _nearest(self, candidates: Collection[Words], offset: int) -> Words | None:
        """Return whom the article is about, else the last one named before `offset`, else the first one after it."""
        if len(candidates) < 2:
            return next(iter(candidates), None)
        main = [name for name in candidates if name in self._main]
        if len(main) == 1:
            return main[0]
        named = sorted((start, name) for name in candidates for start in self._offsets[name])
        return named[max(0, bisect_left(named, (offset, ())) - 1)][1]


def _fuller_names(names: Iterable[Words]) -> dict[Words, Words]:
    """Return name -> fuller name, for names that differ only between first and last word ("George W. Bush").

    Names are left apart if the article has several people with the same first and last word.
    """
    variants: dict[tuple[str, str], set[Words]] = defaultdict(set)
    for words in names:
        if len(words) > 1:
            variants[words[0], words[-1]].add(words)
    fuller: dict[Words, Words] = {}
    for group in variants.values():
        initials = {"".join(word[0] for word in words[1:-1]) for words in group} - {""}
        if len(initials) == 1:
            fullest = max(group, key=lambda words: (len(" ".join(words)), words))
            fuller |= dict.fromkeys(group, fullest)
    return fuller
