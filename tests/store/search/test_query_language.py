"""Queries of all operators, on both databases: compared with `plain_matching`, which looks at the articles one by one."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from newsbot.items import Article
from newsbot.query.parser import parse
from newsbot.query.query_error import QueryError
from newsbot.store.database import Database
from newsbot.store.queries import Filters, check_query, find_articles, matching_ids
from tests.store.samples import article, save_all
from tests.store.search.plain_matching import matches

WORDS = {
    "en": "protest protests protesting bank banks banking city cities fine Fines universe flood floods 2024 die dies",
    "de": "Protest Protests Proteste Bank Banken Häuser Haus hauser Städte Stadt die dies 2024 Flut",
    "fr": "élections élection elections banque banques protester ville villes l'eau 2024",
    "ru": "выборы выборов банк банка банки город города протест протесты 2024",
    "uk": "вибори виборів банк місто міста",
    "zh": "東京都 選挙 2024",
    None: "protest protests bank die",
}
AUTHORS = ("Mira Holt", "Jon Abe", "Ada von Holt", "Émile Zola")
TOPICS = ("City protests", "Banks", "Élections", "Flood control")
SECTIONS = ("World News", "City", None)
SOURCES = ("a.example", "b.example")


@pytest.fixture(scope="module")
def newsroom(module_database_url: str) -> Iterator[tuple[Database, dict[int, Article]]]:
    """Articles of few words in several languages. Only for reading."""
    database = Database(module_database_url).open()
    chance = random.Random(5)
    told = [_article(number, chance) for number in range(1, 121)]
    save_all(database, told)
    yield database, dict(enumerate(told, 1))
    database.close()


def _article(number: int, chance: random.Random) -> Article:
    language = chance.choice(list(WORDS))
    words = WORDS[language].split()
    body = " ".join(chance.choices(words, k=chance.randrange(1, 14)))
    if chance.random() < 0.2:
        body += " Ada Kovac"
    return article(
        number,
        title=" ".join(chance.choices(words, k=chance.randrange(1, 4))),
        body=body,
        language=language,
        source=chance.choice(SOURCES),
        section=chance.choice(SECTIONS),
        authors=chance.sample(AUTHORS, k=chance.randrange(3)),
        topics=chance.sample(TOPICS, k=chance.randrange(3)),
    )


def _found(database: Database, query: str) -> set[int]:
    with database.read() as session:
        return set(session.scalars(matching_ids(session, query, Filters())))


def _expected(stored: dict[int, Article], query: str) -> set[int]:
    tree = parse(query)
    return {number for number, told in stored.items() if matches(tree, told)}


@pytest.mark.parametrize(
    "query",
    [
        "protest",
        "protesting bank",
        "=protests",
        "=Fines OR =fine",
        "haus",
        "hauser",
        "HÄUSER",
        "election",
        "elections",
        "élection",
        "выборы",
        "вибори",
        "prot*",
        "выб*",
        "2024",
        "東京",
        "都",
        '"die dies"',
        "title:protest",
        'title:"bank city"',
        "title:=banks",
        "title:ban*",
        "title:(bank OR flood) -city",
        "-protest",
        "protest -lang:en",
        "-protest -bank",
        "protest OR -bank",
        "NOT (protest OR bank)",
        "author:holt",
        'author:"mira holt"',
        'author:"holt jon"',
        "author:emile",
        "author:(zola OR abe)",
        "topic:protests",
        "topic:protest",
        'topic:"flood control"',
        "section:news",
        "section:wor*",
        "source:a.example",
        "source:a.example,b.example lang:ru",
        "lang:de,fr",
        'entity:"Ada Kovac"',
        'entity:"Ada Kovac" OR lang:ru',
        '-entity:"Ada Kovac" bank',
        '(entity:"Ada Kovac" OR lang:ru) (bank OR protest)',
        "protest NEAR/1 bank",
        "protest NEAR/20 bank",
        "(protest OR flood) NEAR/2 (bank OR city)",
        '"bank city" NEAR/3 protest',
        "=protests NEAR/3 ban*",
        "title:(bank NEAR/2 city)",
        "2024 NEAR/3 bank",
        "die",
        "dies",
        "universe",
        "absent",
        "absent OR protest",
        "-absent",
        "&& protest".removeprefix("&& ") + " && bank || +flood",
        "!protest",
        "l'eau",
    ],
)
def test_query_finds_what_a_reader_of_all_articles_would(
    newsroom: tuple[Database, dict[int, Article]], query: str
) -> None:
    database, stored = newsroom
    assert _found(database, query) == _expected(stored, query)


def test_most_queries_find_something_but_not_everything(
    newsroom: tuple[Database, dict[int, Article]],
) -> None:
    _, stored = newsroom
    assert 0 < len(_expected(stored, "protesting bank")) < len(stored)
    assert _expected(stored, "protest NEAR/1 bank") < _expected(stored, "protest NEAR/20 bank")


def _random_query(chance: random.Random, depth: int = 3) -> str:
    kind = chance.random()
    if depth and kind < 0.5:
        parts = [_random_query(chance, depth - 1) for _ in range(chance.randrange(1, 4))]
        return "(" + chance.choice((" ", " OR ", " AND ", " | ")).join(parts) + ")"
    if depth and kind < 0.6:
        return "-" + _random_query(chance, 0)
    if depth and kind < 0.68:
        return f"({_random_word(chance)} NEAR/{chance.randrange(1, 6)} {_random_word(chance)})"
    if kind < 0.75:
        field = chance.choice(("author", "topic", "section"))
        values = {"author": AUTHORS, "topic": TOPICS, "section": SECTIONS[:2]}[field]
        value = chance.choice(values)
        return f'{field}:"{value}"' if chance.random() < 0.5 else f"{field}:{value.split()[-1]}"
    if kind < 0.8:
        return chance.choice(("source:a.example", "lang:en", 'entity:"Ada Kovac"'))
    word = _random_word(chance)
    return f"title:{word}" if chance.random() < 0.2 else word


def _random_word(chance: random.Random) -> str:
    words = WORDS[chance.choice(list(WORDS))].split()
    word = chance.choice(words)
    kind = chance.random()
    if kind < 0.15:
        return f'"{word} {chance.choice(words)}"'
    if kind < 0.25:
        return f"={word}"
    return f"{word[:3]}*" if kind < 0.35 and word.isalpha() and len(word) > 3 and word.isascii() else word


@pytest.mark.parametrize("seed", range(12))
def test_random_queries(newsroom: tuple[Database, dict[int, Article]], seed: int) -> None:
    database, stored = newsroom
    chance = random.Random(seed)
    for _ in range(25):
        query = _random_query(chance)
        try:
            found = _found(database, query)
        except QueryError:
            assert "NEAR" in query, query  # its two sides may be forms of one word
        else:
            assert found == _expected(stored, query), query


def test_total_and_list_are_those_of_matching_ids(newsroom: tuple[Database, dict[int, Article]]) -> None:
    database, stored = newsroom
    for query in ("protest", "-protest", 'entity:"Ada Kovac" OR lang:ru', "bank lang:en", ""):
        with database.read() as session:
            result = find_articles(session, query, Filters(sort="date"), limit=200)
        assert {listed.article.id for listed in result.listing.articles} == _expected(stored, query)
        assert result.total == len(_expected(stored, query))


@pytest.mark.parametrize(
    ("query", "position", "accepted"),
    [
        pytest.param("bank lang:english", 11, "en", id="language"),
        pytest.param("source:a.exampel", 8, "a.example", id="source"),
        pytest.param('bank OR entity:"Ada Kovacs"', 16, "Ada Kovac", id="entity"),
        pytest.param("protest NEAR/2 protests", 9, "two different words", id="near-itself"),
    ],
)
def test_names_that_do_not_exist_are_errors_with_a_place(
    newsroom: tuple[Database, dict[int, Article]], query: str, position: int, accepted: str
) -> None:
    database, _ = newsroom
    with database.read() as session, pytest.raises(QueryError) as error:
        check_query(session, query)
    assert error.value.position == position
    assert accepted in error.value.accepted
