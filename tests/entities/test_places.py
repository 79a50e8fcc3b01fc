"""Which place a name means, and what that depends on."""

from __future__ import annotations

import pytest

from newsbot.entities.places import countries_named, demonyms_in, find_place, locate

CASES = {
    "country": ("Russia", [], ("country", "RU")),
    "country by alias": ("U.S.", [], ("country", "US")),
    "capital": ("Brussels", [], ("capital", "BE")),
    "capital in german": ("Moskau", [], ("capital", "RU")),
    "old spelling": ("Kiev", [], ("capital", "UA")),
    "bigger city if nothing is named": ("Birmingham", [], ("city", "GB")),
    "city of the country named": ("Birmingham", ["US"], ("city", "US")),
    "capital unless another country is named": ("Tripoli", [], ("capital", "LY")),
    "city beside a capital of that name": ("Tripoli", ["LB"], ("city", "LB")),
    "city in another continent": ("Hyderabad", ["PK"], ("city", "PK")),
    "spelt without accents": ("Cordoba", ["AR"], ("city", "AR")),
    "country before state": ("Georgia", [], ("country", "GE")),
    "state where only America is named": ("Georgia", ["US"], ("state", "US")),
    "country where both are named": ("Georgia", ["US", "GE"], ("country", "GE")),
    "country before a city of that name": ("Lebanon", ["US"], ("country", "LB")),
    "state": ("Texas", [], ("state", "US")),
    "nation of the kingdom": ("Wales", [], ("state", "GB")),
    "english name of a city": ("Cologne", [], ("city", "DE")),
    "short name of a city": ("Frankfurt", [], ("city", "DE")),
    "federal capital, not the state": ("Washington", ["US"], ("capital", "US")),
    "city of New York": ("New York", [], ("city", "US")),
}


@pytest.mark.parametrize(("name", "countries", "expected"), CASES.values(), ids=CASES)
def test_place_is_chosen_by_mentioned_countries_then_population(
    name: str, countries: list[str], expected: tuple[str, str]
) -> None:
    place = find_place(name, countries)
    assert place is not None
    assert (place.kind, place.country) == expected


@pytest.mark.parametrize("name", ["Nowhereville", "", "Kremlin"])
def test_unknown_place_is_none(name: str) -> None:
    assert find_place(name) is None


def test_coordinates_are_those_of_the_place() -> None:
    place = find_place("Brussels")
    assert place is not None
    assert (place.latitude, place.longitude) == (50.85, 4.35)


def test_demonyms_relate_to_a_country() -> None:
    assert list(demonyms_in("The South Korean and Syrian envoys met two Germans; polish the table.")) == [
        "KR",
        "SY",
        "DE",
    ]


def test_countries_are_counted_by_name_state_and_demonym() -> None:
    assert countries_named(["Alabama", "Georgia", "Holland"], "Dutch ships") == {"US": 1, "GE": 1, "NL": 2}


def test_places_of_an_article_are_located_together() -> None:
    located = locate(["Tripoli", "Beirut", "Nowhereville"], "Lebanese officials said")
    assert {name: found.country for name, found in located.items()} == {"Tripoli": "LB", "Beirut": "LB"}
