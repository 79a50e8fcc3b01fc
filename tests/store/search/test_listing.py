from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from newsbot.items import Article
from newsbot.query.parser import parse
from newsbot.query.query_error import QueryError
from newsbot.query.query_words import words
from newsbot.store.database import Database
from newsbot.store.index.filter_terms import filter_terms_of, period_terms
from newsbot.store.queries import Filters, Position, SearchResult, find_articles
from newsbot.store.search import listing, windows
from tests.store.samples import NOW, article, save
from tests.store.search.plain_matching import matches

pytestmark = pytest.mark.slow_on_postgresql

VOCABULARY = [
    "alder",
    "birch",
    "cedar",
    "elm",
    "fir",
    "hazel",
    "larch",
    "maple",
    "oak",
    "pine",
    "rowan",
    "willow",
]
SOURCES, LANGUAGES, SECTIONS = ("a.example", "b.example"), ("en", "de"), ("City", "World", None)
ARTICLES = 90
QUERIES = (
    "pine",
    "pine oak",
    '"pine oak"',
    "pine -oak",
    'pine -"oak elm"',
    "Pine willow -fir",
    "absent",
    "pine -pine",
    "-pine",
    "pine OR (oak -elm)",
    "title:pine OR -willow",
    "pines",
    "=pines",
    "pin*",
    "pine NEAR/3 oak",
    'entity:"Ada Kovac" OR pine',
    '-(oak OR entity:"Ada Kovac")',
    'elm entity:"Ada Kovac" lang:de',
    "",
)
FILTERS: tuple[dict[str, Any], ...] = (
    {},
    {"source": ("a.example",)},
    {"language": ("de",)},
    {"section": ("City",)},
    {"section": ("Nowhere",)},
    {"source": ("a.example", "b.example"), "language": ("de", "en", "fr")},
    {"exclude_source": ("a.example",)},
    {"entity": ("Ada Kovac",)},
    {"source": ("b.example",), "language": ("en",), "section": ("World",)},
    {"since": NOW - timedelta(days=40)},
    {"until": NOW - timedelta(days=40)},
    {"since": NOW - timedelta(days=60), "until": NOW - timedelta(days=5, hours=3)},
    {"until": datetime.max.replace(tzinfo=UTC)},
    {"since": datetime.min.replace(tzinfo=UTC)},
    {"source": ("a.example",), "entity": ("Ada Kovac",), "since": NOW - timedelta(days=80)},
)


@pytest.fixture(scope="module")
def wood(module_database_url: str) -> Iterator[tuple[Database, dict[int, Article]]]:
    """Articles of few words, several at one time and some of long ago; and the same by their ids. Only for reading."""
    database = Database(module_database_url).open()
    chance = random.Random(3)
    stored = {}
    for number in range(1, ARTICLES + 1):
        body = " ".join(chance.choices(VOCABULARY, k=chance.randrange(2, 12))) + "."
        if chance.random() < 0.3:
            body += " Ada Kovac was there."
        at = NOW - timedelta(
            hours=chance.choice((1, 5, 5, 30, 200, 700, 1400, 2100, 40_000)) * chance.randrange(1, 3)
        )
        told = article(
            number,
            title=chance.choice(VOCABULARY),
            body=body,
            published_at=at,
            source=chance.choice(SOURCES),
            language=chance.choice(LANGUAGES),
            section=chance.choice(SECTIONS),
        )
        stored[save(database, told).article_id] = told
    yield database, stored
    database.close()


@pytest.fixture(autouse=True)
def small_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a search go through many periods, and rank few articles."""
    monkeypatch.setattr(windows, "PERIOD_ARTICLES", 4)
    monkeypatch.setattr(listing, "MAX_RANKED", 12)


def _expected(stored: dict[int, Article], query: str, filters: Filters) -> list[int]:
    """Return the ids of the articles that are to be found, newest first, by checking every article."""
    tree = parse(query)
    found = []
    for article_id, told in stored.items():
        assert told.published_at
        alike = all(
            not wanted or getattr(told, name) in wanted
            for name, wanted in (
                ("source", filters.source),
                ("language", filters.language),
                ("section", filters.section),
            )
        )
        alike = alike and told.source not in filters.exclude_source
        in_time = (filters.since is None or told.published_at >= filters.since) and (
            filters.until is None or told.published_at <= filters.until
        )
        named = not filters.entity or {entity.name for entity in told.entities} & set(filters.entity)
        if alike and in_time and named and matches(tree, told):
            found.append((told.published_at, article_id))
    return [article_id for _, article_id in sorted(found, reverse=True)]


def _parts(database: Database, query: str, filters: Filters, *, limit: int) -> Iterator[SearchResult]:
    after: Position | None = None
    while True:
        with database.read() as session:
            found = find_articles(session, query, filters, after=after, limit=limit)
        yield found
        after = found.listing.after
        if after is None:
            return


def _ids(found: SearchResult) -> list[int]:
    return [listed.article.id for listed in found.listing.articles]


@pytest.mark.parametrize("given", FILTERS, ids=[" ".join(options) or "all" for options in FILTERS])
@pytest.mark.parametrize("query", QUERIES)
def test_lists_by_date_contain_every_article_once(
    wood: tuple[Database, dict[int, Article]], query: str, given: dict[str, Any]
) -> None:
    database, stored = wood
    filters = Filters(sort="date", **given)
    expected = _expected(stored, query, filters)
    parts = list(_parts(database, query, filters, limit=7))
    assert [article_id for part in parts for article_id in _ids(part)] == expected
    assert {part.total for part in parts} == {len(expected)}


@pytest.mark.parametrize("given", FILTERS, ids=[" ".join(options) or "all" for options in FILTERS])
@pytest.mark.parametrize("query", [words for words in QUERIES if words])
def test_lists_by_relevance_are_the_newest_best_first(
    wood: tuple[Database, dict[int, Article]], query: str, given: dict[str, Any]
) -> None:
    database, stored = wood
    filters = Filters(**given)
    parts = list(_parts(database, query, filters, limit=5))
    shown = [article_id for part in parts for article_id in _ids(part)]
    assert sorted(shown) == sorted(_expected(stored, query, filters)[:12])
    positions = [
        (listed.score, listed.article.dated_at, listed.article.id)
        for part in parts
        for listed in part.listing.articles
    ]
    assert positions == sorted(positions, reverse=True)
    assert all(part.facets == parts[0].facets for part in parts)


@pytest.mark.parametrize("query", ["🚢", "- !", '""'])
def test_query_of_punctuation_alone_is_an_error(
    wood: tuple[Database, dict[int, Article]], query: str
) -> None:
    database, _ = wood
    with database.read() as session, pytest.raises(QueryError):
        find_articles(session, query, Filters(), limit=3)


def test_facets_count_all_articles_that_were_found(wood: tuple[Database, dict[int, Article]]) -> None:
    database, stored = wood
    filters = Filters(sort="date", source=("a.example",))
    counted = [stored[article_id] for article_id in _expected(stored, "willow", filters)[:12]]
    with database.read() as session:
        found = find_articles(session, "willow", filters, limit=3)
    assert dict(found.facets.section) == {
        section: sum(article.section == section for article in counted) for section in ("City", "World")
    }
    assert found.facets.source == [("a.example", len(counted))]


def test_filter_terms_are_not_words() -> None:
    labels = filter_terms_of(source="a", language="en", section="City", kind="article", dated_at=NOW)
    assert len(labels) >= 4
    for label in labels:
        assert [word.text for word in words(label)] != [label]


@pytest.mark.parametrize("hours", [0, 1, 7, 35, 36, 24 * 10, 24 * 34, 24 * 36, 24 * 400, 24 * 366 * 8])
def test_every_moment_of_a_period_has_one_of_its_filter_terms(hours: int) -> None:
    chance = random.Random(hours)
    for _ in range(20):
        since = datetime(2019, 1, 1, tzinfo=UTC) + timedelta(minutes=chance.randrange(10**6))
        period = timedelta(hours=hours)
        wanted = set(period_terms(since, since + period))
        assert len(wanted) <= 40
        for share in (0, 1, chance.random(), chance.random()):
            at = since + period * share
            assert wanted & set(
                filter_terms_of(source=None, language=None, section=None, kind="article", dated_at=at)
            )


def test_period_of_centuries_has_no_filter_terms() -> None:
    assert period_terms(datetime(1, 1, 1, tzinfo=UTC), datetime.max.replace(tzinfo=UTC)) == []
