"""Pages of many sites in random orders of arrival: the same articles, stories and roles at the end, on both databases."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from newsbot.ingest.envelope import Envelope
from newsbot.ingest.record import record_article
from newsbot.items import Article, Fetched
from newsbot.store.database import Database
from newsbot.store.schema.models import ArticleRow, ArticleUrl, Revision
from newsbot.urls import canonicalize
from tests.dedupe.texts import text
from tests.store.samples import NOW, article, load, save

STORIES = 4


def pages_of(number: int) -> list[Article]:
    """Return the pages about one story: the original and its forms, copies, hostile pages, and a fixed address."""
    host = f"paper{number}.example"
    url = f"https://www.{host}/news/story-{number}"
    body = text(number, 24)

    def page(address: str, site: str, said: str = body, **given: Any) -> Article:
        return article(number, url=address, source=site, body=said, **{"title": f"Story {number}"} | given)

    original = page(url, host, published_at=NOW)
    later = NOW + timedelta(hours=1)
    return [
        original,
        replace(original, url=f"https://amp.{host}/news/story-{number}", canonical_url=url),
        replace(original, url=f"https://www.{host}/news/amp/story-{number}", canonical_url=url),
        replace(original, aliases=[f"https://short.example/{number}"]),
        # a partner with its own headline, a copy that names a page of a third site, and one that names nobody
        page(
            "https://portal.example/x" + str(number),
            "portal.example",
            canonical_url=url,
            title="Ours",
            published_at=later,
        ),
        page("https://mirror.example/m" + str(number), "mirror.example", published_at=later),
        # hostile pages: another text, and the text with a sentence more, under the address of the original
        page(
            f"https://evil.example/{number}",
            "evil.example",
            text(100 + number, 24),
            canonical_url=url,
            title="Evil",
        ),
        page(
            f"https://evil.example/r{number}",
            "evil.example",
            body + "\n\nThe minister took bribes.",
            aliases=[url],
            published_at=later,
        ),
        page(f"https://evil.example/2026/{url}", "evil.example", text(200 + number, 24), title="Archived"),
        # a template that calls one page of the site the canonical address of others
        page(f"https://www.{host}/b", host, text(300 + number, 24), canonical_url=url, title="Another page"),
        # one address with a new article every day
        *(
            page(
                f"https://www.{host}/latest",
                host,
                text(400 + 10 * number + day, 24),
                title="The briefing",
                published_at=NOW + timedelta(days=day),
            )
            for day in range(3)
        ),
    ]


def told(database: Database) -> set[tuple[Any, ...]]:
    """Return what is stored of every article, but for ids and times."""
    original = ArticleRow.__table__.alias()
    columns = (ArticleRow.url, ArticleRow.source, ArticleRow.title, ArticleRow.body, ArticleRow.story_role)
    query = select(*columns, original.c.body).outerjoin(original, original.c.id == ArticleRow.duplicate_of)
    with database.read() as session:
        assert session.scalars(select(Revision.article_id)).all() == []
        rows = [tuple(row) for row in session.execute(query)]
    assert len(rows) == len(set(rows))
    return {(canonicalize(url), *rest) for url, *rest in rows}


@pytest.mark.parametrize("seed", range(2))
def test_pages_end_as_the_same_articles_in_any_order_of_arrival(database: Database, seed: int) -> None:
    pages = [page for number in range(STORIES) for page in pages_of(number)]
    for number in range(STORIES):  # every story in an order of its own
        mine = pages_of(number)
        random.Random(10 * seed + number).shuffle(mine)
        for minute, page in enumerate(mine):
            save(database, page, now=NOW + timedelta(minutes=minute))
    expected = expected_of(pages)
    found = told(database)
    assert {row[:4] for row in found} == expected
    for number in range(STORIES):
        story = {row for row in found if row[3] in {page.body for page in pages_of(number)} and row[4]}
        roles = {(row[1], row[4]) for row in story}
        assert (f"paper{number}.example", "original") in roles
        assert len(story) == 4
        assert load(database, pages_of(number)[0].url).article.body == pages_of(number)[0].body


def expected_of(pages: list[Article]) -> set[tuple[Any, ...]]:
    """Return what must be stored: one article for each text of a site."""
    return {(canonicalize(page.url), page.source, page.title, page.body) for page in pages}


@pytest.mark.parametrize("seed", range(2))
def test_fetched_pages_in_any_order_leave_the_addresses_of_others_alone(
    database: Database, seed: int
) -> None:
    pages = pages_of(1)
    random.Random(seed).shuffle(pages)
    for minute, page in enumerate(pages):
        now = NOW + timedelta(minutes=minute)
        fetched = Fetched(url=(page.aliases or [page.url])[0], status=200)
        with database.write() as session:
            record_article(session, Envelope(article=page, fetched=fetched), run_id=None, now=now)
    with database.read() as session:
        rows = session.execute(
            select(ArticleUrl.url, ArticleRow.source).join(ArticleRow, ArticleRow.id == ArticleUrl.article_id)
        ).all()
    assert len(rows) > 5
    assert [(url, source) for url, source in rows if source and source not in url] == []
