"""The endings of names, by language, from `data/endings.toml`: which bases a form may have."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from newsbot.entities.naming.folding import words_of

BOTH = frozenset("mf")
"""Genders of a form that may be either."""
_MIN_STEM = 3
_MIN_STEM_OF_SCRIPT = {"ko": 2, "ja": 2, "hi": 2, "bn": 2, "mr": 2}
_MAX_MARKED_ENDING = 6
_MIN_MARKED_STEM = 2
_DOUBLED = re.compile(
    r"([^\W\d_aeiou])\1(?:al|el|a|e)$|(?:c(cs)|g(gy)|l(ly)|n(ny)|s(sz)|t(ty)|z(zs))(?:al|el|a|e)$"
)
"""The last consonant of a Hungarian name, doubled before an ending that begins with v: "Gergellyel"."""

Reading = tuple[str, frozenset[str]]
"""A base and the genders that the person then may have."""


@dataclass(frozen=True, slots=True)
class Grammar:
    """The endings of a language. A form has the bases that one of them may have been put to."""

    language: str
    words: str = "none"
    """Words of a person's name that change: "all", "last", "first" (by prefixes), or "none"."""
    vowels: str = ""
    invariable: str = ""
    masculine: frozenset[str] = frozenset()
    feminine: frozenset[str] = frozenset()
    alike: str = ""
    prefixes: tuple[tuple[str, str], ...] = ()
    """What precedes a form, and what then precedes its base in place of it."""
    marks: str = ""
    doubles: bool = False
    endings: Mapping[str, tuple[tuple[str, frozenset[str]], ...]] | None = None
    """Ending -> the endings of the base, with the genders."""
    base_endings: tuple[tuple[str, str], ...] = ()
    """Endings of bases that have a gender, the longest first, with it."""
    longest: int = 0
    countries: frozenset[str] = frozenset()
    """Countries whose smaller cities, too, are known to newspapers in the language (ISO 3166-1 alpha-2)."""

    @property
    def min_stem(self) -> int:
        """Minimum number of letters of a base."""
        return _MIN_STEM_OF_SCRIPT.get(self.language, _MIN_STEM)

    @property
    def has_genders(self) -> bool:
        """Whether an ending may say of whom a name is."""
        return bool(self.base_endings)

    def bases(self, word: str, shortest_stem: int = 2) -> Iterator[Reading]:
        """Yield the other bases that a word may be a form of.

        `shortest_stem` is the number of letters before the ending, unless the base has an ending of two letters and more."""
        for prefix, before_base in self.prefixes:
            if word.startswith(prefix) and len(word) - len(prefix) >= _MIN_STEM:
                yield before_base + word[len(prefix) :], BOTH
        min_stem = self.min_stem
        for length in range(1, min(self.longest, len(word) - 1) + 1):
            stem, ending = word[:-length], word[-length:]
            for base_ending, genders in (self.endings or {}).get(ending, ()):
                base = stem + base_ending
                is_long = len(base) >= min_stem and (len(stem) >= shortest_stem or len(base_ending) > 1)
                if is_long and (base_ending or stem[-1] not in self.vowels):
                    yield base, genders
        if self.doubles and (found := _DOUBLED.search(word)) and found.start() >= min_stem - 1:
            yield word[: found.start()] + next(group for group in found.groups() if group), BOTH

    def genders(self, word: str) -> frozenset[str]:
        """Return the genders of a person with a name whose base is this word."""
        if word in self.masculine or word in self.feminine:
            return frozenset("m" if word in self.masculine else "f")
        for ending, gender in self.base_endings:
            if word.endswith(ending):
                both = {g for e, g in self.base_endings if e == ending}
                return BOTH if len(both) > 1 else frozenset(gender)
        return BOTH

    def may_be_unchanged(self, word: str, gender: str, *, is_first: bool) -> bool:
        """Return whether a word may stay as it is where the others have an ending: "Джо Байдена", "Ангелы Меркель"."""
        if len(word) <= _MIN_STEM or word[-1] in self.invariable:
            return True
        if gender != "f":
            return False
        ends_in_consonant = word[-1] not in self.vowels or word[-1] in "ьй"
        return word[-1] in self.alike or (not is_first and ends_in_consonant)

    def without_marked_ending(self, name: str) -> str:
        """Return a name without an ending that a mark parts from it: "Merkel'in", "EU:n"."""
        if not self.marks:
            return name
        cut = max(name.rfind(mark) for mark in self.marks)
        ending = _plain(name[cut + 1 :])
        if cut < _MIN_MARKED_STEM or len(ending) > _MAX_MARKED_ENDING:
            return name
        if name[cut] == "-" and not name[:cut].rpartition(" ")[2].isupper():
            return name  # only acronyms are parted so: "NATO-a", but not "Holm-Berg"
        return name[:cut] if ending in (self.endings or {}) else name


@cache
def grammar(language: str) -> Grammar:
    """Return the grammar of a language (ISO 639-1); one without endings for a language that the table does not have."""
    table = _tables().get(language, {})
    if "like" in table:
        table = _tables()[table["like"]]
    if not table:
        return Grammar(language)
    endings: dict[str, list[tuple[str, frozenset[str]]]] = defaultdict(list)
    for gender in ("m", "f", "any"):
        genders = BOTH if gender == "any" else frozenset(gender)
        for base, forms in table.get(gender, {}).items():
            for form in _expanded(forms.split(), base, table):
                endings[_plain(form)].append((_plain(base), genders))
    base_endings = {(_plain(base), gender) for gender in "mf" for base in table.get(gender, {}) if base}
    return Grammar(
        language,
        words=table["words"],
        vowels=table.get("vowels", ""),
        invariable=table.get("invariable", ""),
        masculine=frozenset(table.get("masculine", "").split()),
        feminine=frozenset(table.get("feminine", "").split()),
        alike=table.get("alike", ""),
        prefixes=tuple(_replaced(prefix) for prefix in table.get("prefixes", "").split()),
        marks=table.get("marks", ""),
        doubles=table.get("doubles", False),
        endings={form: tuple(dict.fromkeys(bases)) for form, bases in endings.items()},
        base_endings=tuple(sorted(base_endings, key=lambda row: (-len(row[0]), row))),
        longest=max(map(len, endings), default=0),
        countries=frozenset(table.get("countries", "").split()),
    )


def _expanded(forms: list[str], base: str, table: Mapping[str, Any]) -> set[str]:
    """Return endings with those that a vowel joins to a consonant: Finnish "Lindgren-i-n", Estonian "Saar-e-ga"."""
    joints = table.get("joints", "") if not base else ""
    return {*forms, *(joint + form for joint in joints for form in forms)}


def _replaced(prefix: str) -> tuple[str, str]:
    form, _, base = prefix.partition("=")
    return _plain(form), _plain(base)


def _plain(ending: str) -> str:
    return ending if ending.isascii() else "".join(words_of(ending))


@cache
def _tables() -> dict[str, dict[str, Any]]:
    text = files("newsbot.entities").joinpath("data", "endings.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
