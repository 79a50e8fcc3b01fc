"""Which place a name means, and what that depends on."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import pytest

from newsbot.entities import tables
from newsbot.entities.keys import place_key
from newsbot.entities.places import demonyms_in, locate, place_in
from newsbot.entities.places.beside import areas_beside
from newsbot.entities.places.gazetteer import areas_named

NAMES = {
    "country": ("Russia", ("country", "RU")),
    "country by alias": ("U.S.", ("country", "US")),
    "capital": ("Brussels", ("capital", "BE")),
    "capital in german": ("Moskau", ("capital", "RU")),
    "capital in japanese": ("モスクワ", ("capital", "RU")),
    "city in russian": ("Казань", ("city", "RU")),
    "old spelling": ("Kiev", ("capital", "UA")),
    "bigger city if nothing is named": ("Birmingham", ("city", "GB")),
    "capital unless another country is named": ("Tripoli", ("capital", "LY")),
    "country before state": ("Georgia", ("country", "GE")),
    "state": ("Texas", ("state", "US")),
    "nation of the kingdom": ("Wales", ("state", "GB")),
    "region": ("Bavaria", ("region", "DE")),
    "english name of a city": ("Cologne", ("city", "DE")),
    "short name of a city": ("Frankfurt", ("city", "DE")),
    "city of New York": ("New York", ("city", "US")),
    "town, not a city that once had its name": ("Salisbury", ("city", "GB")),
}


def read_brackets(marked: str) -> tuple[str, dict[str, list[tuple[int, int]]]]:
    """Return the text without brackets, and name -> offsets of the names in brackets."""
    spans: dict[str, list[tuple[int, int]]] = defaultdict(list)
    text = ""
    for part in re.split(r"(\[.*?\])", marked):
        name = part.strip("[]")
        if part.startswith("["):
            spans[name].append((len(text), len(text) + len(name)))
        text += name if part.startswith("[") else part
    return text, spans


def countries_of(marked: str) -> dict[str, str]:
    text, spans = read_brackets(marked)
    return {name: place.country for name, place in locate(spans, text).items()}


def sentences() -> list[tuple[str, ...]]:
    lines = Path(__file__).with_name("place_cases.tsv").read_text("utf-8").splitlines()
    return [tuple(line.split("\t")) for line in lines if not line.startswith("#")]


@pytest.mark.parametrize(("kind", "country", "name", "marked"), sentences())
def test_place_of_an_ambiguous_or_well_known_name(kind: str, country: str, name: str, marked: str) -> None:
    expected = {"-": {None}}.get(country, {country.rstrip("?"), None} if "?" in country else {country})
    assert countries_of(marked).get(name) in expected


@pytest.mark.parametrize(("name", "expected"), NAMES.values(), ids=NAMES)
def test_place_that_a_name_means_in_a_text_without_other_places(name: str, expected: tuple[str, str]) -> None:
    place = locate({name: [(0, len(name))]}, name)[name]
    assert (place.kind, place.country) == expected


@pytest.mark.parametrize("name", ["Nowhereville", "", "port", "Kremlin", "Black Sea", "Sub-Saharan Africa"])
def test_unknown_place_and_one_in_no_country_are_not_located(name: str) -> None:
    assert locate({name: [(0, len(name))]}, name) == {}


def test_coordinates_are_those_of_the_place() -> None:
    place = locate({"Brussels": [(0, 8)]}, "Brussels")["Brussels"]
    assert (place.latitude, place.longitude) == (50.85, 4.35)


def test_place_in_a_country_is_none_if_the_table_has_none_there() -> None:
    assert place_in("Hull", "GB") is not None
    assert place_in("Moscow", "GB") is None


def test_demonyms_relate_to_a_country() -> None:
    assert list(demonyms_in("The South Korean and Syrian envoys met two Germans; polish the table.")) == [
        "KR",
        "SY",
        "DE",
    ]


def test_places_of_an_article_are_located_together() -> None:
    located = countries_of(
        "Lebanese officials said in [Beirut] that [Tripoli] and [Nowhereville] were quiet."
    )
    assert located == {"Tripoli": "LB", "Beirut": "LB"}


def test_small_namesake_abroad_is_not_meant() -> None:
    assert "Altamont" not in countries_of("The ferry from [Altamont] was late, [Scotland] said.")
    assert countries_of("Music from [Altamont] filled the street.") == {"Altamont": "US"}


def test_names_with_and_without_hyphens_are_one() -> None:
    assert countries_of("They met in [Port Vila] and [Port au Prince].") == {
        "Port Vila": "VU",
        "Port au Prince": "HT",
    }


def test_town_that_has_the_name_of_its_region_counts_as_its_capital() -> None:
    assert countries_of("[Argentina]'s president spoke in [San Juan].")["San Juan"] == "AR"
    assert countries_of("The governor spoke in [San Juan].") == {"San Juan": "PR"}


def test_town_and_region_may_be_one_name() -> None:
    assert countries_of("A tornado hit [Paris, Texas] and [Paris, Ontario].") == {
        "Paris, Texas": "US",
        "Paris, Ontario": "CA",
    }


def test_town_that_the_table_lacks_is_in_the_region_beside_it() -> None:
    located = countries_of(
        "A barn burned in [Little Snoring], [Norfolk], and in [Hogsmouth], a village in [Ireland]."
    )
    assert (located["Little Snoring"], located["Hogsmouth"]) == ("GB", "IE")


BESIDE = {
    "after a comma": ("A fire in [London], Ontario, spread.", True),
    "abbreviated": ("A fire in [London], Ont., spread.", True),
    "in brackets": ("A fire in [London] (Ontario) spread.", True),
    "in": ("A fire in [London] in southern Ontario spread.", True),
    "apposition": ("A fire in [London], a city in Ontario, spread.", True),
    "owner": ("A fire in Ontario's [London] spread.", True),
    "subject of the next clause": ("In [London], Ontario's premier spoke.", False),
    "far away": ("In [London] he spoke about trade and then flew home to Ontario.", False),
    "owner of somebody": ("Ontario's premier flew to [London].", False),
}


@pytest.mark.parametrize(("marked", "expected"), BESIDE.values(), ids=BESIDE)
def test_region_beside_a_name(marked: str, expected: bool) -> None:
    text, spans = read_brackets(marked)
    beside = areas_beside(text, *spans["London"][0])
    assert (beside is not None and ("CA", "ON") in beside.areas) == expected


def test_name_of_several_areas_stands_for_all() -> None:
    assert set(areas_named("Georgia")) >= {("GE", ""), ("US", "GA")}
    assert areas_named("Nowhereville") == ()


def test_every_first_name_leads_to_its_line() -> None:
    for line in tables.places()[::97]:
        assert (line, True) in tables.places_called(place_key(line.name))


def test_curated_regions_are_on_earth() -> None:
    for names, place in tables.regions():
        assert all(names)
        assert -90 <= place.latitude <= 90
        assert -180 <= place.longitude <= 180
        assert place.country == "" or place.country.isupper()


def test_hostile_number_of_places_takes_bounded_time() -> None:
    marked = "[Springfield], [Paris], [Georgia]'s " * 3_000
    text, spans = read_brackets(marked)
    assert locate(spans, text)
