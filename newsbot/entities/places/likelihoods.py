"""Weigh which countries and regions an article is about, as seen from one of its places.

A country that is named weighs 1; one that only owns something ("Spain's king", "US officials") or lends its people their
name ("American tourists") weighs less. What is said before the place, in the same clause, weighs most.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from newsbot.entities import tables
from newsbot.entities.places.gazetteer import (
    Area,
    Candidate,
    areas_around,
    areas_named,
    candidates,
    population,
)
from newsbot.entities.tables import Place

Spans = Sequence[tuple[int, int]]
"""Start and end offsets of the mentions of a place."""

NAMED, OWNER, PEOPLE, NEIGHBOUR = 1.0, 0.4, 0.15, 0.5
"""Weight of an area that is named, of one that owns something, of a demonym, and of the area around another place."""
COUNTRY_OF_REGION = 0.5
"""Weight of the country of a region that is named, compared with the region."""
NEXT_TO, SAME_CLAUSE, LATER, SAME_SENTENCE, ELSEWHERE = 8.0, 4.0, 1.0, 0.2, 0.2
"""Factors by distance: "near X" or "south of X", before the place in its clause, after it, in another clause of the sentence, elsewhere."""
MAX_WEIGHT = 4.0
"""What all mentions of an area weigh together at most."""
CLEAR = 4.0
"""How many times likelier than its namesakes a place must be to count as a neighbour."""
WORLD = 1.36e-7
"""Likelihood of a place without evidence, per inhabitant of a country of one inhabitant; sets evidence against size."""
CAPITAL = 3.0
"""Factor of capitals, whose names stand for governments too."""
REGION, KNOWN = 0.3, 3.0
"""Factors of the size of a region, and of a place of the curated table."""
LEAST_KNOWN = 70_000.0
"""Size that a place of the curated table has at least: it is there because it is known."""
LEAST_SHARE = 0.05
"""Share of a region in its country at least: India's Punjab is no less the subject of news for its small share of India."""
LARGEST_REGION = 3_000_000.0
"""Size of regions up to which size makes them known."""
MAX_MENTIONS = 300
"""Maximum number of mentions of areas that are weighed; bounds the time on hostile texts."""
MAX_BETWEEN = 60
"""Maximum number of characters between two places that stand next to each other."""
MAX_SPANS = 5
"""Maximum number of mentions of one place that are looked at."""

_BREAK = re.compile(
    r"([.!?…][\"”’)]*\s|\n)|[;:—–]|,\s+(?:and|but|while|as|which|who|when|where|after|with)\b|\s(?:while|but|whereas)\s"
)
_NEAR = re.compile(
    r",?\s(?:[\w-]+\s){0,3}(?:near|outside|off|(?:north|south|east|west|north-?east|north-?west|south-?east|south-?west)\sof)\s(?:the\s)?"
)
_LISTED = re.compile(r",? (?:and|or|&) |, ")
_OWNS = re.compile(r"['’]s?\s")
_NEXT_WORD = re.compile(r"[\s-]+([A-Za-z]+)")
_ADJECTIVES = frozenset(("US", "U.S.", "UK", "U.K.", "EU", "UN"))
"""Names of countries that stand before a noun like an adjective: "US officials"."""
_NO_NOUNS = frozenset(
    """
    a about after again against agreed also am an and announced are as at back before began but by called can could did do
    does during ended for from gave had has have if in into is it its joined left lost made may might must no not of on
    or over plans refused rejected said saw say says sent should since so than that the their then there they this to under
    until wants was went were when where which while who will with without won would
    """.split()  # noqa: SIM905
)
_INSTITUTIONS = frozenset(
    """
    airport army authorities border capital cities city coast coastguard court courts government island judge
    judges law military ministry mp mps navy parliament police port prosecutors province region senate state territory
    town village voters
    """.split()  # noqa: SIM905
)
"""Nouns after a demonym that belong to the country, unlike its people abroad."""


class AreaMention(NamedTuple):
    """A mention of areas in an article."""

    name: str
    start: int
    end: int
    weights: tuple[tuple[Area, float], ...]
    depends_on_distance: bool = True
    may_be_listed: bool = True


class Evidence:
    """The mentions of areas in an article."""

    def __init__(self, names: Mapping[str, Spans], text: str) -> None:
        self._text = text
        breaks = list(_BREAK.finditer(text))
        self._clauses = [match.start() for match in breaks]
        self._sentences = [match.start() for match in breaks if match[1]]
        found = [*_of_names(names, text), *_of_demonyms(text)]
        self._mentions = found[:MAX_MENTIONS]

    def seen_from(self, name: str, spans: Spans, countries: Collection[str]) -> dict[Area, float]:
        """Return area -> weight, from the mentions of areas in `countries`, without those that have the place's own name."""
        weights: dict[Area, float] = defaultdict(float)
        for mention in self._mentions:
            within = [(area, weight) for area, weight in mention.weights if area[0] in countries]
            if within and mention.name != name:
                factor = max((self._factor(mention, span) for span in spans[:MAX_SPANS]), default=ELSEWHERE)
                for area, weight in within:
                    weights[area] = min(MAX_WEIGHT, weights[area] + weight * factor)
        return dict(weights)

    def names_other_areas(self, name: str) -> bool:
        """Return whether the article mentions an area by another name than `name`."""
        return any(mention.name != name for mention in self._mentions)

    def _factor(self, mention: AreaMention, span: tuple[int, int]) -> float:
        start, end = span
        between = (
            self._text[mention.end : start] if mention.start < start else self._text[end : mention.start]
        )
        if mention.may_be_listed and len(between) < MAX_BETWEEN:
            if _NEAR.fullmatch(between):
                return NEXT_TO
            if _LISTED.fullmatch(between):
                return SAME_CLAUSE
        is_same_sentence = self._is_same(self._sentences, mention.start, start)
        if not mention.depends_on_distance:
            return 1.0 if is_same_sentence else ELSEWHERE
        if not is_same_sentence:
            return ELSEWHERE
        if not self._is_same(self._clauses, mention.start, start):
            return SAME_SENTENCE
        return SAME_CLAUSE if mention.start < start else LATER

    @staticmethod
    def _is_same(breaks: Sequence[int], one: int, other: int) -> bool:
        return bisect_right(breaks, one) == bisect_right(breaks, other)


def likelihood(candidate: Candidate, weights: Mapping[Area, float]) -> float:
    """Return how likely a place is meant: by its share of the people of the areas that weigh, and by its size in the world.

    A large country is not named in proportion to its people, hence the root.
    """
    place = candidate.place
    people, least = size(candidate), LEAST_SHARE if place.kind in ("region", "state") else 0.0
    share = sum(
        weights[area] * (1.0 if candidate.is_area(area) else max(least, min(1.0, people / population(area))))
        for area in areas_around(place)
        if area in weights
    )
    return share + known_in_the_world(candidate)


def known_in_the_world(candidate: Candidate) -> float:
    """Return how likely a place is meant in a text of which nothing else is known."""
    place = candidate.place
    standing = CAPITAL if place.kind in ("capital", "country") else 1.0
    people = size(candidate)
    if place.kind in ("region", "known"):
        people = min(people, LARGEST_REGION)
    return WORLD * standing * people / math.sqrt(math.sqrt(population((place.country, ""))))


def size(candidate: Candidate) -> float:
    """Return the number of inhabitants, times what makes a place better known than others of its size."""
    place = candidate.place
    people = 1000.0 * max(1, place.population)
    if place.kind == "country":
        return people
    if place.kind == "region":
        return REGION * people
    if place.kind == "known":
        return max(people, LEAST_KNOWN) * KNOWN
    return people * (1 + math.pow(place.fame / 20, 1.5))


def _of_names(names: Mapping[str, Spans], text: str) -> Iterator[AreaMention]:
    for name, spans in names.items():
        areas = areas_named(name)
        if areas:
            for start, end in spans[:MAX_SPANS]:
                yield _of_area(name, areas, start, end, text)
        elif place := _clear(name):
            weights = tuple((area, NEIGHBOUR) for area in areas_around(place))
            yield from (AreaMention(name, start, end, weights) for start, end in spans[:MAX_SPANS])


def _of_area(name: str, areas: Sequence[Area], start: int, end: int, text: str) -> AreaMention:
    weight, depends_on_distance, may_be_listed = NAMED, True, True
    following = _NEXT_WORD.match(text, end)
    if _OWNS.match(text, end):
        weight, may_be_listed = OWNER, False
    elif text[start:end] in _ADJECTIVES and following and following[1].lower() not in _NO_NOUNS:
        depends_on_distance = following[1].lower() in _INSTITUTIONS
        weight = OWNER if depends_on_distance else PEOPLE
    weight /= len({country for country, _ in areas})
    weights: dict[Area, float] = {}
    for country, code in areas:
        weights[country, code] = weight
        weights.setdefault((country, ""), weight * COUNTRY_OF_REGION)
    return AreaMention(name, start, end, tuple(weights.items()), depends_on_distance, may_be_listed)


def _clear(name: str) -> Place | None:
    """Return the place that a name means in most texts; None if its namesakes in other countries are about as well known."""
    found = sorted(candidates(name), key=known_in_the_world, reverse=True)
    if not found or not found[0].place.country:
        return None
    rival = next((other for other in found if other.place.country != found[0].place.country), None)
    is_clear = rival is None or known_in_the_world(found[0]) >= CLEAR * known_in_the_world(rival)
    return found[0].place if is_clear else None


def _of_demonyms(text: str) -> Iterator[AreaMention]:
    known = tables.demonyms()
    for match in demonym_pattern().finditer(text):
        following = _NEXT_WORD.match(text, match.end())
        of_state = bool(following and following[1].lower() in _INSTITUTIONS)
        weight = OWNER if of_state else PEOPLE
        yield AreaMention("", match.start(), match.end(), (((known[match[0]], ""), weight),), of_state, False)


@cache
def demonym_pattern() -> re.Pattern[str]:
    """Return a pattern of all demonyms, the longest first, divided by their first letters, so that few are tried."""
    by_start: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for word in sorted(tables.demonyms(), key=len, reverse=True):
        by_start[word[0]][word[:2]].append(word[2:])
    letters = (
        first + _any_of(second[1] + _any_of(endings) for second, endings in seconds.items())
        for first, seconds in by_start.items()
    )
    return re.compile(rf"\b(?=[A-Z]){_any_of(letters)}\b")


def _any_of(patterns: Iterable[str]) -> str:
    return f"(?:{'|'.join(patterns)})"
