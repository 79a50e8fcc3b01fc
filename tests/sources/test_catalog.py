"""Sources in TOML: values and error messages. All publishers are invented."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from newsbot.errors import UsageError
from newsbot.sources.catalog import catalog_of, load_sources, source_for
from newsbot.sources.model import Selectors, Source

FULL = r"""
[[source]]
key = "courier"
name = "The Courier"
homepage = "https://courier.example/"
feeds = ["https://courier.example/rss.xml"]
sitemaps = ["https://courier.example/news-sitemap.xml"]
sections = ["https://courier.example/politics/"]
article_urls = ['/\d{4}/\d{2}/']
language = "en"
country = "GB"
tags = ["uk", "daily"]
timezone = "Europe/London"
delay_s = 1
enabled = false
verified = true
robots = "partly"
checked_on = 2026-11-29
render = true
[source.extract]
title = "h1.headline"
body = "div.article__text"
remove = [".related", ".newsletter"]
valid_until = 2026-12-31

[[source]]
key = "herald"
homepage = "http://127.0.0.1:8000/"
"""


def write(folder: Path, text: str, name: str = "sources.toml") -> str:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_every_key_of_a_source_is_read(tmp_path: Path) -> None:
    assert load_sources(write(tmp_path, FULL))["courier"] == Source(
        key="courier",
        name="The Courier",
        homepage="https://courier.example/",
        feeds=("https://courier.example/rss.xml",),
        sitemaps=("https://courier.example/news-sitemap.xml",),
        sections=("https://courier.example/politics/",),
        article_urls=(re.compile(r"/\d{4}/\d{2}/"),),
        language="en",
        country="GB",
        tags=("uk", "daily"),
        timezone=ZoneInfo("Europe/London"),
        delay_s=1.0,
        enabled=False,
        verified=True,
        robots="partly",
        checked_on=date(2026, 11, 29),
        render=True,
        selectors=Selectors(
            title="h1.headline",
            body="div.article__text",
            remove=(".related", ".newsletter"),
            valid_until=date(2026, 12, 31),
        ),
    )


def test_key_and_homepage_are_enough(tmp_path: Path) -> None:
    assert load_sources(write(tmp_path, FULL))["herald"] == Source(
        key="herald", name="herald", homepage="http://127.0.0.1:8000/"
    )


def test_folder_is_read_file_by_file_in_the_order_of_names(tmp_path: Path) -> None:
    for key in ("b", "a"):
        write(tmp_path, f'[[source]]\nkey = "{key}"\nhomepage = "https://{key}.example/"', f"{key}.toml")
    write(tmp_path, "no TOML", "notes.txt")
    assert list(load_sources(str(tmp_path))) == ["a", "b"]


@pytest.mark.parametrize("path", [None, ""])
def test_without_a_path_the_shipped_catalog_is_read(path: str | None) -> None:
    assert len(load_sources(path)) >= 60


@pytest.mark.parametrize(
    ("line", "key", "accepted"),
    [
        ('nmae = "x"', "nmae", "accepted are key, name"),
        ("key = 7", "key", "lower-case letters"),
        ('key = "The Courier"', "key", "lower-case letters"),
        ('name = ""', "name", "a text that is not empty"),
        ('homepage = "courier.example"', "homepage", "http or https URL"),
        ('homepage = "file:///etc/passwd"', "homepage", "http or https URL"),
        ('homepage = "https://[::1"', "homepage", "http or https URL"),
        ('feeds = "https://courier.example/rss"', "feeds", "a list"),
        ('feeds = ["/rss"]', "feeds", "http or https URL"),
        ('sitemaps = ["https://courier.example/a b.xml"]', "sitemaps", "http or https URL"),
        ("sections = [1]", "sections", "http or https URL"),
        ("article_urls = ['(']", "article_urls", "a regular expression"),
        ('language = "English"', "language", "ISO 639"),
        ('country = "gb"', "country", "ISO 3166"),
        ('tags = "uk"', "tags", "a list"),
        ('tags = ["UK"]', "tags", "a tag in lower case"),
        ('tags = ["two words"]', "tags", "a tag in lower case"),
        ('timezone = "London"', "timezone", "IANA time zone"),
        ('timezone = "../../etc/passwd"', "timezone", "IANA time zone"),
        ('delay_s = "1"', "delay_s", "a number of seconds"),
        ("delay_s = true", "delay_s", "a number of seconds"),
        ("delay_s = -1", "delay_s", "a number of seconds"),
        ("delay_s = inf", "delay_s", "a number of seconds"),
        ("enabled = 1", "enabled", "true or false"),
        ('robots = "yes"', "robots", "one of allowed, partly, refused"),
        ('robots = ["allowed"]', "robots", "one of allowed, partly, refused"),
        ('checked_on = "2026-11-29"', "checked_on", "a date"),
        ("render = 1", "render", "true or false"),
        ('extract = "h1"', "extract", "[source.extract]"),
        ('[source.extract]\ntitle = "h1["', "extract: title", "a CSS selector"),
        ('[source.extract]\nremove = ".ad"', "extract: remove", "a list"),
        ('[source.extract]\nauthor = ".by"', "extract: author", "accepted are title, body"),
        ('[source.extract]\nvalid_until = "2026"', "extract: valid_until", "a date"),
        ("[source.extract]\nvalid_until = 2026-12-31T10:00:00", "extract: valid_until", "a date"),
    ],
)
def test_error_is_one_line_with_file_source_key_and_accepted_values(
    line: str, key: str, accepted: str, tmp_path: Path
) -> None:
    given = {"key": 'key = "courier"', "homepage": 'homepage = "https://courier.example/"'}
    given.pop(key, None)
    path = write(tmp_path, "\n".join(["[[source]]", *given.values(), line]))
    with pytest.raises(UsageError) as caught:
        load_sources(path)
    message = str(caught.value)
    assert message.startswith(f'{path}: source "')
    assert f"{key}: " in message
    assert accepted in message
    assert "\n" not in message
    assert caught.value.path == path


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[[source]]\nkey = ", "not readable as TOML"),
        ('[source]\nkey = "a"', "only [[source]] tables"),
        ('[[sources]]\nkey = "a"', "sources: only [[source]] tables"),
        ("", "no [[source]] table"),
        ("# a comment alone", "no [[source]] table"),
        ("source = []", "no [[source]] table"),
        ("source = {}", "only [[source]] tables"),
        ('[[source]]\nhomepage = "https://a.example/"', 'source "number 1": key: missing'),
        ('[[source]]\nkey = "a"', 'source "a": homepage: missing'),
    ],
)
def test_file_without_sources_is_an_error(text: str, problem: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=re.escape(problem)):
        load_sources(write(tmp_path, text))


def test_an_address_that_two_sources_poll_is_an_error(tmp_path: Path) -> None:
    url = "https://a.example/rss.xml"
    tables = [
        f'[[source]]\nkey = "{key}"\nhomepage = "https://{key}.example/"\n{kind} = ["{url}"]'
        for key, kind in (("a", "feeds"), ("b", "sitemaps"))
    ]
    path = write(tmp_path, "\n".join(tables))
    with pytest.raises(UsageError, match=f'source "b": {url} is already polled for source "a"'):
        load_sources(path)


def test_undecodable_file_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match="not readable as TOML"):
        load_sources(str(tmp_path))


@pytest.mark.parametrize("name", ["missing.toml", "."], ids=["missing", "empty folder"])
def test_path_without_sources_is_an_error(name: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no sources"):
        load_sources(str(tmp_path / name))


def test_duplicate_key_is_an_error_that_names_both_files(tmp_path: Path) -> None:
    for name in ("a.toml", "b.toml"):
        write(tmp_path, '[[source]]\nkey = "courier"\nhomepage = "https://courier.example/"', name)
    with pytest.raises(UsageError, match=r'b\.toml: source "courier": key is already used in .*a\.toml'):
        load_sources(str(tmp_path))


HOMEPAGES = {
    "courier": "https://www.courier.example/",
    "local": "https://local.courier.example/",
    "world": "https://world.example/",
    "world-de": "https://www.world.example/de/",
    "loopback": "http://127.0.0.1:8000/",
}
HOSTS = catalog_of({key: Source(key=key, name=key, homepage=url) for key, url in HOMEPAGES.items()})


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://courier.example/a", "courier"),
        ("http://WWW.courier.example:80/a", "courier"),
        ("https://amp.m.courier.example/a", "courier"),
        ("https://local.courier.example/a", "local"),
        ("https://world.example/de/a", "world-de"),
        ("https://world.example/fr/a", "world"),
        ("http://127.0.0.1:8000/a", "loopback"),
        ("http://127.0.0.1:8001/a", None),
        ("https://notcourier.example/a", None),
        ("https://example/", None),
        ("file:///tmp/courier.example.html", None),
        ("http://[broken", None),
        ("", None),
    ],
)
def test_source_is_found_by_host(url: str, key: str | None) -> None:
    source = source_for(url, HOSTS)
    assert (source and source.key) == key
