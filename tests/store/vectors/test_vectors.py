"""Vectors are stored with articles, follow their text, and lead to related articles."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from newsbot.embeddings import VERSION
from newsbot.items import STUB, Article
from newsbot.store.articles.precomputed import Vector, precompute
from newsbot.store.articles.writer import Saved, save_article
from newsbot.store.database import Database
from newsbot.store.queries import RecentVectors, Related, related_articles
from newsbot.store.schema.identity import article_keys
from newsbot.store.schema.models import ArticleRow, ArticleVector
from newsbot.store.vectors.unembedded import add_vector, without_vector
from tests.embeddings.made_vectors import vector
from tests.store.samples import LATER, NOW, article, save

BRIDGE, BRIDGES, TRAM = vector(100, 10), vector(100, 20), vector(0, 100)


def save_with(
    database: Database, saved: Article, numbers: bytes | None, *, now: datetime = NOW, version: str = VERSION
) -> Saved:
    """Store an article with a vector."""
    found = None if numbers is None else Vector(numbers, version)
    with database.write() as session:
        return save_article(
            session,
            saved,
            keys=article_keys(saved),
            run_id=None,
            now=now,
            precomputed=precompute(saved, found),
        )


def longer(number: int, sentence: str) -> Article:
    """Return an article with one more paragraph."""
    return article(number, body=f"{article(number).body}\n\n{sentence}")


def stored(database: Database) -> dict[int, bytes]:
    with database.read() as session:
        return {row.article_id: row.vector for row in session.scalars(select(ArticleVector))}


def related_to(
    database: Database,
    article_id: int,
    recent: RecentVectors | None = None,
    *,
    now: datetime = NOW,
    limit: int = 5,
) -> list[Related] | None:
    with database.read() as session:
        return related_articles(session, recent or RecentVectors(), article_id, now=now, limit=limit)


def ids(found: list[Related] | None) -> list[int]:
    assert found is not None
    return [each.article.id for each in found]


def test_a_vector_is_stored_and_replaced_with_the_text(database: Database) -> None:
    save_with(database, article(1), BRIDGE)
    assert stored(database) == {1: BRIDGE}
    changed = longer(1, "The bridge is closed again, the city says.")
    save_with(database, changed, TRAM, now=LATER)
    assert stored(database) == {1: TRAM}
    save(database, longer(1, "The tram has stopped, too."), now=LATER)
    assert stored(database) == {}


def test_an_unchanged_article_keeps_its_vector(database: Database) -> None:
    save_with(database, article(1), BRIDGE)
    save(database, article(1), now=LATER)
    assert stored(database) == {1: BRIDGE}


def test_related_articles_come_from_the_vectors(database: Database) -> None:
    save_with(database, article(1), BRIDGE)
    save_with(database, article(2), BRIDGES)
    save_with(database, article(3), TRAM)
    save(database, article(4))
    [found] = related_to(database, 1) or []
    assert found.article.id == 2
    assert found.similarity == pytest.approx(0.995, abs=0.001)
    assert related_to(database, 3) == []
    assert related_to(database, 4) is None
    assert related_to(database, 99) is None


def test_vectors_of_another_version_are_not_compared(database: Database) -> None:
    save_with(database, article(1), BRIDGE)
    save_with(database, article(2), BRIDGE, version="older 1")
    assert related_to(database, 1) == []
    assert related_to(database, 2) is None


def test_what_is_stored_later_is_found_by_the_same_reader(database: Database) -> None:
    recent = RecentVectors()
    save_with(database, article(1), BRIDGE)
    assert related_to(database, 1, recent) == []
    save_with(database, article(2), BRIDGES)
    assert ids(related_to(database, 1, recent)) == [2]
    save_with(database, longer(2, "The tram is back, the city says."), TRAM, now=LATER)
    assert related_to(database, 1, recent) == []


def test_articles_that_are_gone_from_the_database_are_not_shown(database: Database) -> None:
    recent = RecentVectors()
    save_with(database, article(1), BRIDGE)
    save_with(database, article(2), BRIDGES)
    assert ids(related_to(database, 1, recent)) == [2]
    with database.write() as session:
        row = session.get(ArticleRow, 2)
        session.delete(row)
    assert related_to(database, 1, recent) == []


def test_only_the_last_thirty_days_or_those_around_an_older_article(database: Database) -> None:
    for number, days in ((1, 0), (2, 29), (3, 31), (4, 60), (5, 100)):
        save_with(database, article(number, published_at=NOW - timedelta(days=days)), BRIDGE)
    assert ids(related_to(database, 1)) == [2]
    assert ids(related_to(database, 3)) == [2, 4]
    assert related_to(database, 5) == []


def test_copies_and_the_story_of_an_article_are_left_out(database: Database) -> None:
    first = article(1)
    save_with(database, first, BRIDGE)
    copy = replace(article(2), body=first.body, title=first.title)
    assert save_with(database, copy, BRIDGE).outcome == "duplicate"
    save_with(database, article(3), BRIDGES)
    assert ids(related_to(database, 1)) == [3]
    assert ids(related_to(database, 2)) == [3]
    assert len(ids(related_to(database, 3))) == 1  # the article and its copy are told once


def test_missing_vectors_are_listed_from_the_newest_on(database: Database) -> None:
    for number in (1, 2, 3, 4):
        save_with(database, article(number), BRIDGE if number == 3 else None)
    save(database, article(5, kind=STUB, body="", word_count=0, entities=[], body_markdown=""))
    with database.read() as session:
        assert [found.id for found in without_vector(session, VERSION, before=None, limit=10)] == [4, 2, 1]
        assert [found.id for found in without_vector(session, VERSION, before=4, limit=1)] == [2]
        assert len(without_vector(session, "e5-large 1", before=None, limit=10)) == 4


def test_a_vector_is_not_added_to_a_text_that_has_changed(database: Database) -> None:
    save(database, article(1))
    with database.read() as session:
        [found] = without_vector(session, VERSION, before=None, limit=1)
    with database.write() as session:
        assert add_vector(session, found, Vector(BRIDGE, VERSION))
        assert add_vector(session, found, Vector(TRAM, VERSION))
    assert stored(database) == {1: TRAM}
    save(database, longer(1, "It has been closed for a year."), now=LATER)
    with database.write() as session:
        assert not add_vector(session, found, Vector(BRIDGE, VERSION))
    assert stored(database) == {}
