"""Locate the places of an article: country and coordinates, from a table derived from GeoNames.

A name that several places have means the likeliest of them:

- the one in the region or country that is written right beside the name ("London, Ontario", "the Syrian city of X");
- else the one with the greatest sum of its size in the world, and its share of the people of each country and region
  that the article names (`likelihoods`).

So a capital is not drawn to a village of its name because the article also names the village's country.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from newsbot.entities import tables
from newsbot.entities.places.beside import Beside, areas_beside
from newsbot.entities.places.gazetteer import Area, Candidate, area_place, areas_named, candidates
from newsbot.entities.places.likelihoods import (
    MAX_SPANS,
    Evidence,
    Spans,
    demonym_pattern,
    known_in_the_world,
    likelihood,
)
from newsbot.entities.tables import Place

_BESIDE = 3.0
"""Weight of a town before the region of its name: "Athens, Georgia" for the state."""
_SURE = 3e-5
"""How well known a place must be if the article names other countries and not its own."""
_WELL_KNOWN = 25
"""Number of names in other languages from which on a place is known even if it is small."""


def locate(mentions: Mapping[str, Spans], text: str) -> dict[str, Place]:
    """Return name -> place, for the names of places in an article that can be located.

    `mentions` is name -> offsets in `text`, the body of the article. Names of places in no country ("Black Sea") are left
    out; so is a place that can only be a small namesake abroad, and a word in small letters ("port").
    """
    evidence: Evidence | None = None
    found: dict[str, Place] = {}
    for name, spans in mentions.items():
        if name.islower():
            continue
        beside = _beside(spans, text)
        if name in tables.words("place_words") or (not beside and not candidates(name)):
            continue
        evidence = evidence or Evidence(mentions, text)
        place = _located(name, spans, text, beside, evidence)
        if place and place.country:
            found[name] = place
    return found


def place_in(name: str, country: str) -> Place | None:
    """Return the best-known place of a name in a country (ISO 3166-1); None if the table has none there."""
    inside = (candidate for candidate in candidates(name) if candidate.place.country == country)
    best = max(inside, key=known_in_the_world, default=None)
    return best.place if best else None


def demonyms_in(text: str) -> Iterator[str]:
    """Yield the country of every demonym in `text`, which relates the article to the country but is no mention of a place."""
    known = tables.demonyms()
    return (known[match[0]] for match in demonym_pattern().finditer(text))


def _beside(spans: Spans, text: str) -> Beside | None:
    found = (areas_beside(text, start, end) for start, end in spans[:MAX_SPANS])
    return next(filter(None, found), None)


def _located(name: str, spans: Spans, text: str, beside: Beside | None, evidence: Evidence) -> Place | None:
    known = candidates(name)
    weights = evidence.seen_from(name, spans, {one.place.country for one in known})
    for area in _named_after_town(name, spans, text):
        weights[area] = weights.get(area, 0) + _BESIDE
    if beside:
        inside = [
            one for one in known if any(one.is_in(area) and not one.is_area(area) for area in beside.areas)
        ]
        if inside:
            return max(inside, key=lambda one: likelihood(one, weights)).place
        is_town_there = beside.is_certain or not known or any(code for _, code in beside.areas)
        if beside.is_apposition and is_town_there:
            return _somewhere_in(name, beside.areas)
    best = max(known, key=lambda one: likelihood(one, weights), default=None)
    if best is None or (evidence.names_other_areas(name) and _is_doubtful(best, weights)):
        return None
    return best.place


def _somewhere_in(name: str, areas: Iterable[Area]) -> Place | None:
    """Return a place of this name at the centre of the largest of the areas that may be meant, for a town that the table lacks."""
    around = [place for area in areas if (place := area_place(area))]
    if not around:
        return None
    inside = max(around, key=lambda place: place.population)
    return Place("city", name, inside.country, inside.latitude, inside.longitude, 0, inside.regions)


def _named_after_town(name: str, spans: Spans, text: str) -> Iterator[Area]:
    """Yield the areas called `name` that contain the town before a mention: the US state for "Athens, Georgia"."""
    areas = areas_named(name)
    if len(areas) < 2:
        return
    for start, _ in spans[:MAX_SPANS]:
        before = text[max(0, start - 40) : start]
        words = before[:-2].split(" ") if before.endswith(", ") else []
        for count in range(1, min(4, len(words)) + 1):
            towns = candidates(" ".join(words[-count:]))
            yield from (area for area in areas if any(town.is_in(area) for town in towns))


def _is_doubtful(best: Candidate, weights: Mapping[Area, float]) -> bool:
    """Return whether a place is little known, and the article does not name its country."""
    place = best.place
    is_known = (
        place.kind in ("known", "capital") or place.fame >= _WELL_KNOWN or known_in_the_world(best) >= _SURE
    )
    return not is_known and not any(country == place.country for country, _ in weights)
