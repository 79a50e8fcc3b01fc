"""The form of the whole shipped catalog. That its feeds answer is not tested: nothing is fetched here."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from newsbot.sources.catalog import SHIPPED_CATALOG, load_sources
from newsbot.sources.model import Source

CATALOG = load_sources()
each_source = pytest.mark.parametrize("source", CATALOG.values(), ids=CATALOG)


def test_catalog_is_broad() -> None:
    assert len(CATALOG) >= 60
    assert len({source.language for source in CATALOG.values()}) >= 15
    assert len({source.country for source in CATALOG.values()}) >= 25


def test_every_publisher_has_one_file_named_by_its_key() -> None:
    assert {file.stem for file in SHIPPED_CATALOG.iterdir()} == CATALOG.keys()


def test_no_homepage_and_no_feed_is_listed_twice() -> None:
    for urls in (
        [source.homepage for source in CATALOG.values()],
        [url for source in CATALOG.values() for url in (*source.feeds, *source.sitemaps)],
    ):
        assert len(urls) == len(set(urls))


@each_source
def test_source_is_complete(source: Source) -> None:
    assert source.language
    assert source.country
    assert source.timezone.key != "UTC"
    assert source.feeds
    assert source.enabled


@each_source
def test_urls_of_a_source_are_https(source: Source) -> None:
    urls = (source.homepage, *source.feeds, *source.sitemaps, *source.sections)
    assert [url for url in urls if urlsplit(url).scheme != "https"] == []
