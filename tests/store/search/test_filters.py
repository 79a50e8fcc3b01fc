"""What filters name is looked up: several values, tags and countries of sources, values that are not known."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update

from newsbot.store.database import Database
from newsbot.store.queries import FilterError, Filters, find_articles, iter_articles, languages_of
from newsbot.store.schema.models import Source
from tests.store.samples import article, save

SOURCES: dict[str, dict[str, Any]] = {
    "news.example": {"country": "GB", "tags": ["uk", "daily"]},
    "other.example": {"country": "GB", "tags": ["uk", "tabloid"]},
    "zeitung.example": {"country": "DE", "tags": ["daily"]},
}


@pytest.fixture
def three(database: Database) -> Database:
    for number, source in enumerate(SOURCES, 1):
        save(database, article(number, source=source, language="de" if number == 3 else "en"))
    save(database, article(4, source=None, language=None))
    with database.write() as session:
        for key, values in SOURCES.items():
            session.execute(update(Source).where(Source.key == key).values(values))
    return database


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"tag": ("uk",)}, [1, 2]),
        ({"tag": ("tabloid", "daily")}, [1, 2, 3]),
        ({"country": ("gb",)}, [1, 2]),
        ({"country": ("de", "GB")}, [1, 2, 3]),
        ({"tag": ("daily",), "country": ("de",)}, [3]),
        ({"tag": ("tabloid",), "country": ("de",)}, []),
        ({"tag": ("uk",), "exclude_source": ("other.example",)}, [1]),
        ({"source": ("zeitung.example", "other.example")}, [2, 3]),
        ({"source": ("zeitung.example",), "tag": ("uk",)}, []),
        ({"exclude_source": ("news.example", "other.example")}, [3, 4]),
        ({"language": ("de", "en")}, [1, 2, 3]),
        ({"language": ("fi",)}, []),
    ],
)
def test_filters_of_several_values(three: Database, given: dict[str, Any], expected: list[int]) -> None:
    filters = Filters(**given)
    with three.read() as session:
        assert [stored.id for stored in iter_articles(session, filters)] == expected
        for query in ("", "harbour"):
            found = find_articles(session, query, filters, limit=10).listing.articles
            assert sorted(listed.article.id for listed in found) == expected


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        (
            {"source": ("news.exampel",)},
            "source: no source 'news.exampel'; did you mean news.example or other.example?"
            " accepted: news.example, other.example, zeitung.example",
        ),
        ({"source": ("nobody\x00\ud800",)}, "source: no source"),
        ({"exclude_source": ("x",)}, "exclude_source: no source 'x'; accepted: news.example"),
        ({"tag": ("UK",)}, "tag: no source with the tag 'UK'; did you mean uk? accepted: daily, tabloid, uk"),
        ({"country": ("fr",)}, "country: no source of the country 'FR'; accepted: DE, GB"),
        ({"language": ("english",)}, "language: no language 'english'; accepted: de, en"),
    ],
)
def test_unknown_value_is_an_error_that_lists_what_is_accepted(
    three: Database, given: dict[str, Any], problem: str
) -> None:
    filters = Filters(**given)
    with three.read() as session:
        for ask in (
            lambda: list(iter_articles(session, filters)),
            lambda: find_articles(session, "harbour", filters, limit=1),
        ):
            with pytest.raises(FilterError) as error:
                ask()
            assert problem in str(error.value)


def test_languages_are_found_in_the_index(three: Database) -> None:
    with three.read() as session:
        assert languages_of(session) == ["de", "en"]
