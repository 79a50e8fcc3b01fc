"""The parts of a full name that abbreviate it: a surname, a given name where people are called by it, a nickname."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from newsbot.entities.naming.readings import Words

MAX_NAME_WORDS = 8
_GENERATIONS = frozenset(("jr", "sr", "ii", "iii", "iv"))
_MIN_IBERIAN_WORDS = 3
_MAX_HAN_NAME = 4
_FAMILY_OF_TWO = 2


def short_forms(words: Words, language: str, family_first: frozenset[str] = frozenset()) -> set[Words]:
    """Return the names that abbreviate a full name; none for one that is none, or is implausibly long.

    `family_first` are family names that precede the given name in every language ("xi")."""
    if len(words) == 1:
        return set(_spaceless(words[0], language)) if _is(language, "spaceless") else set()
    if len(words) > MAX_NAME_WORDS:
        return set()
    core = words[:-1] if words[-1] in _GENERATIONS and len(words) > 2 else words
    if _is(language, "last_only"):
        return {core[i:] for i in range(max(1, len(core) - 2), len(core))}
    if _is(language, "first_only"):
        return {core[:1]}
    shorts = set(_endings(core))
    if core[0] in family_first or _is(language, "first") or _is_hungarian(core, language):
        shorts.add(core[:1])
    if len(core) == 2 and _is(language, "spaceless"):
        shorts.add(core[:1])
    shorts |= set(_first_surnames(core, language))
    shorts.discard(words)
    return shorts


def means_one_person(short: Words, language: str) -> bool:
    """Return whether a short name may be used for several people of an article, so that the nearest is meant.

    Where a few family names are shared by all, it may not."""
    return len(short) == 1 and _is(language, "spaceless")


def _endings(core: Words) -> Iterator[Words]:
    for start in range(1, len(core)):
        if core[start - 1] in _word_list("patronyms") and (start > 1 or core[0] != "ben"):
            continue
        ending = core[start:]
        yield ending
        article, hyphen, rest = ending[0].partition("-")
        if hyphen and article in _word_list("articles") and len(rest) > 2:
            yield (rest, *ending[1:])
            yield (article, rest, *ending[1:])
        elif ending[0].startswith("ال") and len(ending[0]) > 4:
            yield (ending[0][2:], *ending[1:])


def _first_surnames(core: Words, language: str) -> Iterator[Words]:
    """Yield the first of two surnames: "Sheinbaum" of "Claudia Sheinbaum Pardo"."""
    given = _word_list("iberian")
    if len(core) < _MIN_IBERIAN_WORDS or not (_is(language, "middle") or core[0] in given):
        return
    middle = [word for word in core[1:-1] if word not in given and len(word) > _MIN_IBERIAN_WORDS]
    if middle:
        yield (middle[-1],)


def _is_hungarian(core: Words, language: str) -> bool:
    return _is(language, "family_first") and core[-1] in _word_list("hungarian")


def _spaceless(name: str, language: str) -> Iterator[Words]:
    """Yield family name and given name of a name in Chinese, Japanese or Korean script."""
    if not 1 < len(name) <= _MAX_HAN_NAME + (language == "ja") or not all(map(_is_east_asian, name)):
        return
    if language == "ja":
        yield from _japanese(name)
        return
    family = 2 if name[:2] in _word_list("long_family_names") and len(name) > _FAMILY_OF_TWO else 1
    yield (name[:family],)
    if language == "zh" and len(name) - family > 1:
        yield (name[family:],)


def _japanese(name: str) -> Iterator[Words]:
    if not "\u4e00" <= name[0] <= "\u9fff":
        return
    one, two = name[0] in _word_list("one_character_ja"), name[:2] in _word_list("two_characters_ja")
    if len(name) > 2:
        yield (name[:2],)
    if len(name) > _MAX_HAN_NAME:
        yield (name[:3],)
    if one and not two:
        yield (name[:1],)


def _is_east_asian(letter: str) -> bool:
    return "\u3400" <= letter <= "\u9fff" or "\uac00" <= letter <= "\ud7a3" or letter == "々"


def _is(language: str, group: str) -> bool:
    return language in _word_list(group)


@cache
def _word_list(name: str) -> frozenset[str]:
    return frozenset(_lists()[name].split())


@cache
def _lists() -> dict[str, str]:
    text = files("newsbot.entities").joinpath("data", "short_forms.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
