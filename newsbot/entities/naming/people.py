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
        """Short form -> the full names that it abbreviates, with the genders of the person."""
        self._forms_of_bases: dict[Words, dict[Words, frozenset[str]]] = defaultdict(dict)
        """The same for the names of which a full name of the article may be a form."""
        for full in dict.fromkeys(self._joins.get(words, words) for words in counts):
            self._add_short_forms(full, family_first, (nicknames or {}).get(full, ()))
        self._fuller = _fuller_names(self._offsets)
        self._matches: dict[Words, tuple[set[Words], set[Words]]] = {}
        self._is_inflected = grammar(language).words != "none" and len(counts) <= MAX_NAMES

    def _add_short_forms(
        self, full: Words, family_first: frozenset[str], nicknames: Collection[Words]
    ) -> None:
        own = genders_of(full, self._language)
        for short in short_forms(full, self._language, family_first):
            self._full_forms[short][full] = own
        for nickname in nicknames:
            self._full_forms[nickname][full] = own
        others = person_readings(full, self._language) if len(full) > 1 else {}
        for reading, genders in others.items():
            for short in short_forms(reading, self._language, family_first):
                known = self._forms_of_bases[short].get(full, frozenset())
                self._forms_of_bases[short][full] = known | genders

    def full_name(self, words: Words, offset: int) -> Words:
        """Return the fullest name of the person whom the name at `offset` means; the name itself if there is no fuller one.

        The full form of a surname may itself be short for a longer one, so the look-up is repeated until nothing changes:
        in "S Orlan Petrakis ... Orlan Petrakis ... Petrakis" a single step would put the last mention into a group that
        no mention gives a name to.
        """
        # "Котовым" is of Котов, whom the article names in full, rather than of "Котовой".
        name = words if len(words) == 1 and any(self._matching(words)) else self._joins.get(words, words)
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
        if short not in self._matches:
            self._matches[short] = self._find_matching(short)
        return self._matches[short]

    def _find_matching(self, short: Words) -> tuple[set[Words], set[Words]]:
        """Return the full names that a name abbreviates as it is, and those that a base of it abbreviates.

        Full names in the nominative go before those that may be forms: "Котовым" is Игорь Котов, and not "Анн Котов", of
        whom "Анна Котова" might be the genitive."""
        exact = self._full_forms.get(short, {}).keys() - {short}
        if not self._is_inflected:
            return exact, set()
        exact = exact or self._forms_of_bases.get(short, {}).keys() - {short}
        readings = person_readings(short, self._language)
        for forms in (self._full_forms, self._forms_of_bases):
            inflected = {
                full
                for base, genders in readings.items()
                for full, others in forms.get(base, {}).items()
                if full != short and genders & others
            }
            if inflected:
                return exact, inflected
        return exact, set()

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
