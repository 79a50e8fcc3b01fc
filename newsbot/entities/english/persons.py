"""Tell people from storms, places and titles by the words around a name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from newsbot.entities import tables
from newsbot.entities.english.mention_set import mention
from newsbot.entities.places.gazetteer import places_by_first_name
from newsbot.items import Mention

_HOME = re.compile(r", \d{1,2}, (?:of|from) $|\baged \d{1,2}, (?:of|from) $")

_ROAD = re.compile(r"[ABM]\d{1,4}(?:\(M\))?")
_THING = re.compile(r"(?:['’]s?)? ([a-z]+)\b")
_WHERE = re.compile(r"\b(?:in|near|outside|around|shelled|bombed|besieged|recaptured) $")
_BEFORE_HOME = frozenset((" of ", "rom "))
_TOWNS_FIRST = frozenset(("Paris", "Sydney", "Chelsea", "Victoria"))
"""First names that are towns more often."""


def with_persons_settled(mentions: list[Mention], text: str) -> list[Mention]:
    """Return the mentions without storms and lone titles, and with people and places distinguished by the words beside them."""
    storms = {match[1] for match in _storm().finditer(text)}
    surnames = {one.text.rpartition(" ")[2] for one in mentions if one.type == "PER" and " " in one.text}
    return [
        settled
        for one in mentions
        if not (one.type == "PER" and one.text in storms) and not _is_no_name(one, text)
        for settled in _settled(one, text, surnames)
    ]


def _settled(one: Mention, text: str, surnames: set[str]) -> Iterator[Mention]:
    if (
        one.type != "LOC"
        and text[max(0, one.start - 4) : one.start] in _BEFORE_HOME
        and _is_home(text, one.start)
    ):
        yield mention(text, one.start, one.end, "LOC")
    elif one.type == "PER":
        words = one.text.split(" ")
        if len(words) > 1 and words[-1] in tables.words("after_names"):
            yield mention(text, one.start, one.end - len(words[-1]) - 1, "PER")
        elif one.text not in surnames and _is_where(one, text):
            yield mention(text, one.start, one.end, "LOC")
        elif one.text.lower() not in tables.words("lone_titles") or one.text in surnames:
            yield one
    elif one.type == "LOC" and _is_person(one.text):
        yield mention(text, one.start, one.end, "PER")
    else:
        yield one


@cache
def _storm() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(sorted(tables.words('storms')))}) ([A-Z][\w-]+)")


def _is_no_name(one: Mention, text: str) -> bool:
    """Return whether a mention is a word such as Brexit, a road ("M25"), or names a thing: "the Elizabeth line"."""
    if one.text in tables.words("no_names") or (one.type != "LOC" and _ROAD.fullmatch(one.text)):
        return True
    thing = _THING.match(text, one.end, one.end + 20) if " " not in one.text else None
    return thing is not None and thing[1] in tables.words("foods" if one.type == "LOC" else "named_things")


def _is_well_known(name: str) -> bool:
    """Return whether a place of the curated table has this name, and hardly any person."""
    if name in tables.words("places_and_people") or name in tables.first_names():
        return False
    return any(place.kind == "known" for place in places_by_first_name(name))


def _is_home(text: str, start: int) -> bool:
    return bool(_HOME.search(text, max(0, start - 20), start))


def _is_where(one: Mention, text: str) -> bool:
    """Return whether a network took a known place for a person: "in Kramatorsk", "Whitehall"."""
    return _is_well_known(one.text) or (
        bool(_WHERE.search(text, max(0, one.start - 12), one.start)) and bool(places_by_first_name(one.text))
    )


def _is_person(name: str) -> bool:
    """Return whether what a network took for a place is a person: "Duke of Sussex", "Denzel Washington"."""
    first, _, rest = name.partition(" ")
    if first in tables.words("peers") and rest.startswith("of "):
        return True
    if " " in rest or not rest or not name.replace(" ", "").isalpha() or name.isupper():
        return False
    if first not in tables.first_names() or first in _TOWNS_FIRST:
        return False
    place_words = tables.words("place_words")
    return first not in place_words and rest not in place_words and not places_by_first_name(name)
