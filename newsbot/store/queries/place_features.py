"""Places as GeoJSON (RFC 7946)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict

from newsbot.entities.places import place_in
from newsbot.entities.tables import Place
from newsbot.store.queries.entity_queries import PlaceCount


def feature_collection(counts: Iterable[PlaceCount]) -> dict[str, object]:
    """Return the places as a GeoJSON FeatureCollection, located by the gazetteer.

    Places that the gazetteer does not have in their country are left out."""
    located = ((count, place_in(count.name, count.country)) for count in counts)
    return {
        "type": "FeatureCollection",
        "features": [_feature(count, place) for count, place in located if place],
    }


def _feature(count: PlaceCount, place: Place) -> dict[str, object]:
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [place.longitude, place.latitude]},
        "properties": asdict(count) | {"type": "LOC", "kind": place.kind},
    }
