from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from pathlib import Path
from threading import Thread
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select
from sqlalchemy import update as update_rows
from sqlalchemy.engine import Engine

from newsbot.items import Article
from newsbot.store.articles.writer import save_article
from newsbot.store.database import Database
from newsbot.store.queries import Filters, biggest_stories, story_members
from newsbot.store.schema.identity import article_keys
from newsbot.store.schema.models import ArticleRow, Story
from tests.dedupe.texts import follow_up, market_report, reprint, text, update
from tests.store.articles.chain_writer import LINKS
from tests.store.articles.chain_writer import write as write_chains
from tests.store.articles.story_writer import versions_of, write
from tests.store.samples import LATER, NOW, article, load, save

ROOT = Path(__file__).parents[3]
BODY = text(1, 24)


def _by(site: str, body: str, minute: int = 0, **given: Any) -> Article:
    return article(
        url=f"https://{site}.example/harbour",
        source=f"{site}.example",
        body=body,
        published_at=NOW + timedelta(minutes=minute),
        **given,
    )


def _relations(database: Database) -> set[tuple[Any, ...]]:
    """Return the story columns of all articles, by URLs, since ids follow the order of arrival."""
    columns = (
        ArticleRow.id,
        ArticleRow.url,
        ArticleRow.story_id,
        ArticleRow.story_role,
        ArticleRow.duplicate_of,
        ArticleRow.duplicate_kind,
    )
    with database.read() as session:
        rows = session.execute(select(*columns)).all()
        counts = dict(session.execute(select(Story.id, Story.member_count)).all())
    members: dict[int, list[str]] = {}
    for row in rows:
        if row.story_id is not None:
            members.setdefault(row.story_id, []).append(row.url)
    assert counts == {story_id: len(urls) for story_id, urls in members.items()}
    urls = {row.id: row.url for row in rows}
    return {
        (
            row.url,
            tuple(sorted(members.get(row.story_id, ()))),
            row.story_role,
            urls.get(row.duplicate_of),
            row.duplicate_kind,
        )
        for row in rows
    }


def test_copies_on_other_sites_make_a_story_whatever_their_order(database_url: str) -> None:
    articles = [_by("a", BODY), _by("b", reprint(BODY), 5), _by("c", BODY, 9)]
    urls = tuple(sorted(one.url for one in articles))
    first = articles[0].url
    database = Database(database_url).open()
    for one in articles[::-1]:
        save(database, one)
    assert _relations(database) == {
        (first, urls, "original", None, None),
        (articles[1].url, urls, "copy", first, "near"),
        (articles[2].url, urls, "copy", first, "exact"),
    }
    database.close()


def test_saved_article_and_its_html_copy_are_one_story_with_both_urls(database: Database) -> None:
    urls = ["https://a.example/saved", "https://b.example/copied"]
    for url, name in zip(urls, ("saved-article", "saved-article-html"), strict=True):
        expected = json.loads((ROOT / "fixtures" / name / "expected.json").read_text(encoding="utf-8"))
        save(database, article(url=url, body=expected["body"]))
    assert {row[1] for row in _relations(database)} == {tuple(urls)}


def test_own_later_version_at_another_address_is_an_update(database: Database) -> None:
    save(database, _by("a", BODY))
    later = article(2, body=update(BODY, 9), source="a.example", published_at=NOW + timedelta(hours=1))
    saved = save(database, later)
    assert {row[2] for row in _relations(database)} == {"original", "update"}
    assert load(database, saved.article_id).duplicate_of == 1


def test_follow_ups_and_texts_of_one_template_are_no_story(database: Database) -> None:
    for number, body in enumerate([BODY, follow_up(BODY, 7), market_report(1), market_report(2)]):
        save(database, _by(f"site{number}", body))
    assert {row[1:] for row in _relations(database)} == {((), None, None, None)}


def test_stories_are_found_by_query_and_filters(database: Database) -> None:
    other = "The museum of trams opens its depot.\n\n" + BODY[::-1]
    for number, body in enumerate([BODY, BODY, other, other, other]):
        save(database, _by(f"site{number}", body, number))
    with database.read() as session:
        biggest, smaller = (story.id for story in biggest_stories(session))
        assert [story.id for story in biggest_stories(session, "museum trams")] == [biggest]
        assert [s.id for s in biggest_stories(session, "", Filters(source=("site1.example",)))] == [smaller]
        assert biggest_stories(session, "museum", Filters(source=("site1.example",))) == []


@pytest.mark.parametrize("order", [*permutations(range(3))])
def test_excerpt_is_noted_and_not_joined(database: Database, order: tuple[int, ...]) -> None:
    articles = [
        _by("a", BODY),
        _by("b", reprint(BODY), 5),
        _by("c", BODY.partition("\n\n")[0] + " Read on at A.", 9),
    ]
    for number in order:
        save(database, articles[number])
    excerpt = next(row for row in _relations(database) if row[0] == articles[2].url)
    assert excerpt[1:3] == ((), "excerpt")
    assert excerpt[3] in {articles[0].url, articles[1].url}
    assert excerpt[4] == "excerpt"
    with database.read() as session:
        stories = [story.id for story in biggest_stories(session)]
        roles = [member.story_role for member in story_members(session, stories[0])]
    assert roles == ["original", "copy", "excerpt"]


def test_excerpts_are_not_looked_for_along_the_dates_of_all_articles(database: Database) -> None:
    """As SQLite did once it had counted that no article repeats another."""
    sent: dict[str, Any] = {}

    def keep(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        sent[statement] = parameters

    for number, body in enumerate([BODY, reprint(BODY), *map(market_report, range(20))]):
        save(database, _by(f"site{number}", body))
    with database.write() as session:
        session.execute(update_rows(ArticleRow).values(duplicate_of=None, duplicate_kind=None))
        session.connection().exec_driver_sql("ANALYZE")
    event.listen(Engine, "before_cursor_execute", keep)
    with database.read() as session:
        assert len(story_members(session, biggest_stories(session)[0].id)) == 2
        event.remove(Engine, "before_cursor_execute", keep)
        [(statement, parameters)] = [item for item in sent.items() if "duplicate_of IN" in item[0]]
        explain = "EXPLAIN QUERY PLAN" if session.connection().dialect.name == "sqlite" else "EXPLAIN"
        plan = session.connection().exec_driver_sql(f"{explain} {statement}", parameters).all()
    assert "dated_at" not in str(plan)


def test_text_between_two_stories_joins_them(database: Database) -> None:
    paragraphs = BODY.split("\n\n")
    beginning, middle, end = ("\n\n".join(paragraphs[cut]) for cut in (slice(5), slice(1, 7), slice(3, 8)))
    save(database, _by("a", beginning))
    save(database, _by("b", reprint(beginning)))
    save(database, _by("c", end))
    save(database, _by("d", reprint(end)))
    assert len({row[1] for row in _relations(database)}) == 2
    save(database, _by("e", middle))
    assert len({row[1] for row in _relations(database)}) == 1


def test_article_that_tells_another_story_leaves_its_own(database: Database) -> None:
    for site in "abc":
        save(database, _by(site, BODY))
    other = [_by("d", text(2)), _by("e", reprint(text(2)))]
    for one in (*other, _by("a", text(2))):
        save(database, one, now=LATER)
    stories = {tuple(url[8] for url in row[1]) for row in _relations(database)}
    assert stories == {("b", "c"), ("a", "d", "e")}
    for site in "bc":
        save(database, _by(site, text(ord(site))), now=LATER)
    assert sum(row[1] == () for row in _relations(database)) == 2


def test_parts_follow_when_a_date_or_byline_is_corrected(database: Database) -> None:
    first, second = _by("a", BODY), _by("b", reprint(BODY), 60)
    save(database, first)
    save(database, second)
    assert load(database, 2).duplicate_of == 1
    save(database, replace(first, published_at=NOW + timedelta(days=3)), now=LATER)
    assert load(database, 1).duplicate_of == 2
    save(database, _by("b", reprint(BODY), 60, authors=["A"]), now=LATER)
    assert load(database, 2).duplicate_of == 1, "it credits the other one"


def test_excerpt_is_none_any_longer_once_the_whole_has_changed(database: Database) -> None:
    lead = BODY.partition("\n\n")[0]
    whole, excerpt = _by("a", BODY), _by("b", f"{lead} Read on at A.", 5)
    save(database, whole)
    save(database, excerpt)
    assert load(database, 2).duplicate_kind == "excerpt"
    save(database, _by("a", text(77, 24)), now=LATER)
    assert load(database, 2).duplicate_kind is None
    save(database, whole, now=LATER + timedelta(hours=1))
    assert (load(database, 2).duplicate_of, load(database, 2).duplicate_kind) == (1, "excerpt")


@pytest.mark.parametrize("byline", [True, False])
def test_copies_are_labelled_with_the_agency_that_they_credit(database: Database, byline: bool) -> None:
    given: dict[str, Any] = {"authors": ["Reuters"]} if byline else {}
    body = BODY if byline else f"PORT LINDOW (Reuters) - {BODY}"
    save(database, _by("a", BODY))
    save(database, _by("b", body, 5, **given))
    save(
        database,
        article(
            7,
            url="https://www.reuters.example/1",
            source="reuters.example",
            body=BODY,
            published_at=NOW + timedelta(hours=9),
        ),
    )
    with database.read() as session:
        members = {member.id: member for member in story_members(session, load(database, 1).story_id or 0)}
    assert [members[number].agency for number in (1, 2, 3)] == [None, "Reuters", None]
    assert members[3].story_role == "original", "whom they credit, though it is later"


VERSIONS = {
    "whole": (BODY, update(BODY, 8)),
    "copy": (reprint(BODY),),
    "lower": (BODY.lower(), reprint(BODY)),
    "excerpt": (BODY.partition("\n\n")[0] + " Read on.",),
    "other": (text(5, 24), BODY),
    "follow": (follow_up(BODY, 6),),
}


def _final(folder: Path, steps: list[tuple[int, str, str]]) -> set[tuple[Any, ...]]:
    """Return the story columns of all articles after versions of them were stored in an order."""
    path = folder / f"{uuid4().hex}.db"
    database = Database(f"sqlite:///{path}").open()
    for hours, (minute, site, body) in enumerate(steps):
        save(database, _by(site, body, minute), now=NOW + timedelta(hours=hours))
    found = {(*row[:3], row[4]) for row in _relations(database)}
    database.close()
    return found


@settings(max_examples=8, deadline=None)
@given(st.data())
def test_order_of_arrival_and_of_changes_makes_no_difference(
    tmp_path_factory: Any, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("orders")
    waiting = {name: list(bodies) for name, bodies in VERSIONS.items()}
    minutes = {name: minute for minute, name in enumerate(waiting)}
    steps = []
    while any(waiting.values()):
        name = data.draw(st.sampled_from([name for name, left in waiting.items() if left]))
        steps.append((minutes[name], name, waiting[name].pop(0)))
    last = [(minutes[name], name, bodies[-1]) for name, bodies in VERSIONS.items()]
    assert _final(folder, steps) == _final(folder, last)


def test_one_text_alone_is_no_story(database: Database) -> None:
    save(database, _by("a", BODY))
    assert save(database, _by("a", reprint(BODY))).outcome == "changed"
    assert {row[1:] for row in _relations(database)} == {((), None, None, None)}


def test_short_texts_are_a_story_only_if_they_are_the_same(database: Database) -> None:
    for site, body in (("a", "Watch the video."), ("b", "Watch the video."), ("c", "Watch the video again.")):
        save(database, _by(site, body))
    assert sorted(len(row[1]) for row in _relations(database)) == [0, 2, 2]


def test_copies_stored_at_the_same_time_find_each_other(database_url: str) -> None:
    one, other = Database(database_url).open(), Database(database_url).open()
    bare: dict[str, Any] = {"topics": [], "entities": []}  # no row of theirs that both would write
    first, second = _by("a", BODY, authors=[], **bare), _by("b", reprint(BODY), 5, authors=[], **bare)
    with one.write() as session:
        save_article(session, first, keys=article_keys(first), run_id=None, now=NOW)
        writer = Thread(target=save, args=(other, second))
        writer.start()
        writer.join(timeout=0.3)  # not committed yet: the second one must wait
        assert writer.is_alive()
    writer.join()
    assert {row[1] for row in _relations(one)} == {(first.url, second.url)}
    one.close()
    other.close()


BARE: dict[str, Any] = {"authors": [], "topics": [], "entities": []}
"""No row of theirs that two writers would write."""


def _save_while(database_url: str, first: Article, second: Article, *, waits: bool) -> None:
    """Store an article while another transaction that has stored one is open."""
    one, other = Database(database_url).open(), Database(database_url).open()
    with one.write() as session:
        save_article(session, first, keys=article_keys(first), run_id=None, now=NOW)
        writer = Thread(target=save, args=(other, second))
        writer.start()
        writer.join(timeout=0.3 if waits else 20)
        assert writer.is_alive() == waits
    writer.join()
    one.close()
    other.close()


def test_articles_of_different_stories_are_stored_at_the_same_time(
    database: Database, database_url: str
) -> None:
    if database.has_one_writer:
        pytest.skip("SQLite has one writer")
    bodies = [BODY, text(2, 24)]
    for number, body in enumerate([*bodies, *map(reprint, bodies)]):
        save(database, _by(f"site{number}", body, **BARE))
    first, second = (_by(f"more{number}", body, 5, **BARE) for number, body in enumerate(bodies))
    _save_while(database_url, first, second, waits=False)
    assert sorted(len(row[1]) for row in _relations(database)) == [3] * 6


def test_story_that_has_grown_while_a_writer_waited_is_locked_anew(
    database: Database, database_url: str
) -> None:
    parts = [text(number, 4) for number in range(10, 20)]
    whole, excerpt = "\n\n".join(parts), "\n\n".join(parts[6:])
    grown = "\n\n".join([*parts[:6], text(30, 12)])  # has no word of the excerpt
    save(database, _by("a", whole, **BARE))
    first, second = _by("b", grown, 5, **BARE), _by("c", excerpt, 9, **BARE)
    _save_while(database_url, first, second, waits=True)
    found = {row[0]: (len(row[1]), row[2]) for row in _relations(database)}
    assert found[first.url][0] == 2
    assert found[second.url] == (0, "excerpt")


@pytest.mark.slow
@pytest.mark.parametrize("size", [1, 6])
def test_processes_that_store_links_of_the_same_chains_make_the_stories_of_one(
    database_url: str, tmp_path: Path, size: int
) -> None:
    chains, processes = 8, 4
    alone = f"sqlite:///{tmp_path / 'alone.db'}"
    write_chains(alone, 0, 1, chains, size)
    command = [sys.executable, "-m", "tests.store.articles.chain_writer", database_url]
    writers = [
        subprocess.Popen(
            [*command, str(part), str(processes), str(chains), str(size)],
            cwd=ROOT,
            stderr=subprocess.PIPE,
            text=True,
        )
        for part in range(processes)
    ]
    assert [(writer.communicate()[1], writer.returncode) for writer in writers] == [("", 0)] * processes
    relations = []
    for url in (alone, database_url):
        database = Database(url).open()
        relations.append(_relations(database))
        database.close()
    assert relations[0] == relations[1]
    assert max(len(row[1]) for row in relations[0]) >= LINKS


@pytest.mark.slow
def test_processes_that_write_the_same_articles_at_once_make_the_stories_of_one(
    database_url: str, tmp_path: Path
) -> None:
    stories = 10
    alone = f"sqlite:///{tmp_path / 'alone.db'}"
    write(alone, 1, stories)
    command = [sys.executable, "-m", "tests.store.articles.story_writer", database_url]
    writers = [
        subprocess.Popen([*command, str(seed), str(stories)], cwd=ROOT, stderr=subprocess.PIPE, text=True)
        for seed in range(4)
    ]
    assert [(writer.communicate()[1], writer.returncode) for writer in writers] == [("", 0)] * 4
    relations = []
    for url in (alone, database_url):
        database = Database(url).open()
        relations.append(_relations(database))
        database.close()
    assert relations[0] == relations[1]
    assert len(relations[0]) == sum(len(versions_of(number)) for number in range(stories))
    assert {len(row[1]) for row in relations[0]} == {4}
