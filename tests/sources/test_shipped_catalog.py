"""The form of the whole shipped catalog. That its feeds answer is not tested: nothing is fetched here.

Countries and time zones are those of the IANA time zone database, which newsbot depends on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from importlib.resources import files
from urllib.parse import urlsplit

import pytest

from newsbot.sources.catalog import SHIPPED_CATALOG, load_sources
from newsbot.sources.model import Source

CATALOG = load_sources()
MAX_ADDRESSES = 5
"""Feeds and sitemaps of a source: its main ones, not those of all its sections."""
ISO_639_1 = """aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo
    es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg
    ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn
    no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta
    te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu"""
"""Codes of two letters (Library of Congress, 2023), parted by spaces."""
ISO_639_3 = frozenset({"pap", "pcm", "szl", "tet"})
"""Papiamento, Nigerian Pidgin, Silesian and Tetum, which have no code of two letters."""
NEWSROOM_ABROAD = {"bbc-hindi": "Asia/Kolkata"}
"""Key of a source -> time zone of its newsroom, where that is not in the country of the publisher."""


def rows(name: str) -> list[list[str]]:
    """Return the rows of a table of the time zone database."""
    lines = files("tzdata").joinpath("zoneinfo", name).read_text("utf-8").splitlines()
    return [line.split("\t") for line in lines if not line.startswith("#")]


COUNTRIES = {row[0] for row in rows("iso3166.tab")}
COUNTRY_OF_ZONE = {row[2]: row[0] for row in rows("zone.tab")}


def offences(find: Callable[[Source], object]) -> dict[str, object]:
    """Return key -> what `find` has against a source, for every source that it has something against."""
    return {key: found for key, source in CATALOG.items() if (found := find(source))}


def addresses(source: Source) -> list[str]:
    return [*source.feeds, *source.sitemaps, *source.sections]


def place(url: str) -> str:
    """Return host and path of a URL, the same for its forms with and without `www.` and a last slash."""
    parts = urlsplit(url)
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.netloc.removeprefix('www.')}{parts.path.rstrip('/')}{query}"


@pytest.mark.parametrize(("field", "least"), [("key", 250), ("country", 60), ("language", 45)])
def test_catalog_is_broad(field: str, least: int) -> None:
    assert len({getattr(source, field) for source in CATALOG.values()}) >= least


def test_every_publisher_has_one_file_named_by_its_key() -> None:
    assert {file.name for file in SHIPPED_CATALOG.iterdir()} == {f"{key}.toml" for key in CATALOG}
    assert (
        offences(lambda source: list(load_sources(f"{SHIPPED_CATALOG}/{source.key}.toml")) != [source.key])
        == {}
    )


def test_no_homepage_is_listed_twice() -> None:
    counts = Counter(place(source.homepage) for source in CATALOG.values())
    assert [homepage for homepage, count in counts.items() if count > 1] == []


def test_no_feed_and_no_sitemap_is_listed_twice() -> None:
    counts = Counter(place(url) for source in CATALOG.values() for url in addresses(source))
    assert [url for url, count in counts.items() if count > 1] == []


def test_every_source_has_a_few_addresses() -> None:
    assert offences(lambda source: not 1 <= len(addresses(source)) <= MAX_ADDRESSES) == {}


def test_every_source_is_enabled() -> None:
    assert offences(lambda source: not source.enabled) == {}


def test_every_language_has_an_iso_code() -> None:
    assert offences(lambda source: source.language not in {*ISO_639_1.split(), *ISO_639_3}) == {}


def test_every_country_has_an_iso_code() -> None:
    assert offences(lambda source: source.country not in COUNTRIES) == {}


def test_every_time_zone_is_that_of_the_newsroom() -> None:
    def elsewhere(source: Source) -> bool:
        zone = source.timezone.key
        return COUNTRY_OF_ZONE.get(zone) != source.country and NEWSROOM_ABROAD.get(source.key) != zone

    assert offences(elsewhere) == {}


def test_every_url_is_https() -> None:
    def others(source: Source) -> list[str]:
        return [url for url in (source.homepage, *addresses(source)) if urlsplit(url).scheme != "https"]

    assert offences(others) == {}
