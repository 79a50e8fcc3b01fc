"""Read what is written right beside the name of a place: "London, Ontario", "Lagos in the Algarve", "the Syrian city of X"."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from newsbot.entities import tables
from newsbot.entities.places.gazetteer import Area, areas_named

_REACH = 90
"""Number of characters before and after a name that are looked at."""
_MAX_WORDS = 5
"""Maximum number of words of the name of an area."""
_NOUN = (
    r"(?:capital|cit(?:y|ies)|towns?|villages?|ports?|provinces?|regions?|states?|districts?|suburbs?|islands?|county"
    r"|municipality|resort|neighbou?rhood|enclave|township|hamlet|settlement|stronghold|base|area|hub|community)"
)
_DIRECTION = r"(?:(?:(?:north|south|east|west)(?:ern|[- ]?(?:east|west)(?:ern)?)?|central|rural|nearby|upper|lower)\s+)?"
_PART = r"(?:coast|shores?|north|south|east|west|centre|center|heart|outskirts|edge|border|banks?)"
_AFTER = re.compile(
    rf"(?P<comma>,\s+)(?P<area>[A-Z])|(?P<bracket>\s+\()(?:in\s+)?(?P<in_bracket>[A-Z])"
    rf"|,?\s+in\s+(?:the\s+)?{_DIRECTION}(?P<inside>[A-Z])"
    rf"|,?\s+(?:in|on|off|near)\s+the\s+(?:[\w-]+\s+){{0,2}}?{_PART}\s+of\s+(?:the\s+)?(?P<part>[A-Z])"
    rf"|,?\s+(?:(?:a|an|the|its)\s+)?(?:[\w’'-]+\s+){{0,3}}?{_NOUN}\s+(?:in|of)\s+(?:the\s+)?{_DIRECTION}(?P<of>[A-Z])"
)
_CAPITALISED = re.compile(
    r"[^\W\d_a-zß-ÿ][\w.'’-]*(?:\s+(?:(?:of|and|the|de|do|da|del|la)\s+)*[^\W\d_a-zß-ÿ][\w.'’-]*)*"
)
_POSSESSIVE = re.compile(r"['’]s?\b")
_COMPLETE = re.compile(
    r"\s*(?:$|[,.;:)!?\]\n\"”—–])|\s+(?:on|in|at|after|before|when|where|who|which|to|for|from|by|with|and|over|as"
    r"|during|this|last|next|late|early|since|until|while|but|or|is|was|were|are|has|had|have|will)\b"
)
_VERB = re.compile(r"\s+(?:is|was|were|are|has|had|have|will)\b")
_END_OF_APPOSITION = re.compile(r"\s*(?:$|[,.;:)!?\n]\s*(?!and\b|or\b))")
_IN_LIST = re.compile(r"(?:,|\band|\bor)\s+$")
_OWNER = re.compile(
    rf"([A-Z][\w. ]{{0,40}}?)['’]s\s+(?:(?:[\w-]+\s+){{0,4}}?{_NOUN},?\s+(?:of\s+)?)?{_DIRECTION}$"
)

_ENDS_IN_NOUN = re.compile(rf"{_NOUN},?\s+(?:of\s+)?$")


class Beside(NamedTuple):
    """What is written beside one mention of a place."""

    areas: tuple[Area, ...]
    """The areas that may be meant by the name of the area."""
    is_apposition: bool
    """Whether the name and the area read as one: "Moscow, Idaho," between commas and not in a list."""
    is_certain: bool = False
    """Whether that is so even for a country: "X, a town in Honduras", unlike "talks with X in Honduras"."""


def areas_beside(text: str, start: int, end: int) -> Beside | None:
    """Return the areas named right beside the place named by `text[start:end]`; None if there are none."""
    _, comma, rest = text[start:end].partition(", ")
    if comma and (areas := areas_named(rest)):
        return Beside(areas, is_apposition=True)
    return _after(text, start, end) or _before(text, start)


def _after(text: str, start: int, end: int) -> Beside | None:
    match = _AFTER.match(text, end, min(len(text), end + _REACH))
    if not match:
        return None
    group = next(name for name in ("area", "in_bracket", "inside", "part", "of") if match[name])
    areas, after = _area_at(text, match.start(group))
    if not areas:
        return None
    if group == "area":
        is_region = any(code for _, code in areas)
        complete = _COMPLETE.match(text, after)
        if not complete or (not is_region and _VERB.match(text, after)):
            return None
        is_list = bool(_IN_LIST.search(text, max(0, start - 6), start))
        return Beside(areas, is_region and not is_list and bool(_END_OF_APPOSITION.match(text, after)))
    return Beside(areas, is_apposition=True, is_certain=group in ("part", "of"))


def _area_at(text: str, start: int) -> tuple[tuple[Area, ...], int]:
    """Return the areas of the longest name of an area that begins at an offset, and the offset after it."""
    match = _CAPITALISED.match(text, start, min(len(text), start + _REACH))
    words = match[0].split(" ")[:_MAX_WORDS] if match else []
    for count in range(len(words), 0, -1):
        phrase = " ".join(words[:count])
        owner = _POSSESSIVE.search(phrase)
        for name in (phrase, phrase.rstrip("."), phrase[: owner.start()] if owner else ""):
            if name and (areas := areas_named(name)):
                return areas, start + len(name)
    return (), start


def _before(text: str, start: int) -> Beside | None:
    """Return the areas of "Alabama's Birmingham", "Ukraine's second city, Kharkiv" and "the Syrian city of Aleppo"."""
    before = text[max(0, start - _REACH) : start]
    if match := _OWNER.search(before):
        words = match[1].split(" ")
        for first in range(len(words)):
            if areas := areas_named(" ".join(words[first:])):
                return Beside(areas, is_apposition=True)
    if _ENDS_IN_NOUN.search(before, max(0, len(before) - 30)) and (match := _of_demonym().search(before)):
        return Beside(((tables.demonyms()[match[1]], ""),), is_apposition=True, is_certain=True)
    return None


@cache
def _of_demonym() -> re.Pattern[str]:
    longest_first = sorted(tables.demonyms(), key=len, reverse=True)
    return re.compile(rf"\b({'|'.join(longest_first)})\s+(?:[\w-]+\s+){{0,3}}?{_NOUN},?\s+(?:of\s+)?$")
