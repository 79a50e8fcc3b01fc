"""The tables of endings, titles and well-known names say what they are read as."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from importlib.resources import files

import pytest

from newsbot.entities import tables
from newsbot.entities.keys import canonical_name, entity_key
from newsbot.entities.naming import known
from newsbot.entities.naming.folding import fold
from newsbot.entities.naming.grammar import grammar
from newsbot.entities.naming.name_titles import without_titles
from newsbot.items import EntityType

DATA = files("newsbot.entities").joinpath("data")
ENDINGS = tomllib.loads(DATA.joinpath("endings.toml").read_text(encoding="utf-8"))
TITLES = tomllib.loads(DATA.joinpath("titles.toml").read_text(encoding="utf-8"))
KEYS = {
    *("words", "vowels", "invariable", "masculine", "m", "f", "any"),
    *("prefixes", "joints", "doubles", "marks", "like", "countries", "feminine", "alike"),
}


@pytest.mark.parametrize("language", ENDINGS)
def test_endings_have_known_fields_and_no_form_is_its_own_base(language: str) -> None:
    table = ENDINGS[language]
    assert table.keys() <= KEYS
    assert table.get("words", "all") in {"all", "last", "first"}
    for gender in ("m", "f", "any"):
        for base, forms in table.get(gender, {}).items():
            assert base not in forms.split(), (gender, base)
    assert grammar(language).words != "none"


@pytest.mark.parametrize("language", TITLES)
def test_titles_are_in_lower_case(language: str) -> None:
    for place, titles in TITLES[language].items():
        assert place in {"before", "after", "articles", "like"}
        assert titles == titles.lower()


def test_ids_are_wikidata_ids_and_each_belongs_to_one_name() -> None:
    names: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for one in (*known.known_names(), *known.country_names()):
        if one.wikidata:
            assert re.fullmatch(r"Q[1-9]\d*", one.wikidata), one.name
            names[one.wikidata].add((one.kind, one.name))
    assert {wikidata: found for wikidata, found in names.items() if len(found) > 1} == {}


def test_no_name_is_that_of_two() -> None:
    bearers: dict[tuple[str, str], set[str]] = defaultdict(set)
    for one in (*known.known_names(), *known.country_names()):
        for other in one.others:
            bearers[one.kind, fold(other.lstrip("~"))].add(one.name)
    assert {name: found for name, found in bearers.items() if len(found) > 1} == {}


def test_names_of_cities_and_countries_are_folded() -> None:
    assert all(fold(name) == name for country in known.country_names() for name in country.others)
    for name in tables.city_names():
        assert fold(name) == name


SAME: list[tuple[EntityType, str, str]] = [
    ("PER", "Владимир Путин", "Vladimir Putin"),
    ("PER", "習近平", "Xi Jinping"),
    ("PER", "Volodymyr Zelensky", "Володимир Зеленський"),
    ("ORG", "北約", "NATO"),
    ("ORG", "Organisation des Nations unies", "UN"),
    ("ORG", "Всемирный банк", "Weltbank"),
    ("LOC", "慕尼黑", "Munich"),
    ("LOC", "Monaco di Baviera", "München"),
    ("LOC", "北京", "Beijing"),
    ("LOC", "জার্মানি", "Germany"),
    ("LOC", "جرمنی", "Deutschland"),
    ("LOC", "Алжир", "Algeria"),
    ("LOC", "突尼斯", "Tunisia"),
]
DIFFERENT: list[tuple[EntityType, str, str]] = [
    ("PER", "Путин", "Vladimir Putin"),
    ("PER", "Людмила Путина", "Vladimir Putin"),
    ("ORG", "BM", "UN"),
    ("ORG", "FN", "UN"),
    ("LOC", "Monaco", "Munich"),
    ("LOC", "Kongo", "Democratic Republic of the Congo"),
    ("LOC", "Kongo", "Republic of the Congo"),
]


@pytest.mark.parametrize(("kind", "one", "other"), SAME)
def test_name_in_another_script_has_the_same_key(kind: EntityType, one: str, other: str) -> None:
    assert entity_key(one, kind) == entity_key(other, kind)
    assert canonical_name(one, kind) or canonical_name(other, kind)


@pytest.mark.parametrize(("kind", "one", "other"), DIFFERENT)
def test_name_that_may_be_another_has_a_key_of_its_own(kind: EntityType, one: str, other: str) -> None:
    assert entity_key(one, kind) != entity_key(other, kind)


@pytest.mark.parametrize(
    ("language", "name", "bare"),
    [
        ("de", "Herr", "Herr"),
        ("de", "Frau Dr. Ina Pohl", "Ina Pohl"),
        ("ko", "김군", "김군"),
        ("ko", "김민수 전 대통령", "김민수"),
        ("th", "นางสาวมาลี", "มาลี"),
        ("th", "คุณากร", "คุณากร"),
        ("vi", "Phó Thủ tướng Lê Minh", "Lê Minh"),
        ("ja", "田中前首相", "田中"),
        ("en", "Don Draper", "Don Draper"),
        ("und", "Präsident Kahl", "Präsident Kahl"),
        ("xx", "", ""),
    ],
)
def test_titles_are_taken_off_if_a_name_is_left(language: str, name: str, bare: str) -> None:
    assert without_titles(name, language) == bare
