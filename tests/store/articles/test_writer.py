from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event, select

from newsbot.items import Article, Entity, Fetched, Image, Link, Mention, Reject
from newsbot.store.articles.existing import known_unchanged
from newsbot.store.articles.writer import Saved, save_article
from newsbot.store.crawl.fetches import save_fetch
from newsbot.store.crawl.rejects import save_reject
from newsbot.store.crawl.run_rows import finish_run, start_run
from newsbot.store.database import Database
from newsbot.store.queries import article_urls, get_article
from newsbot.store.schema.identity import article_keys
from newsbot.store.schema.models import ArticleRow, EntityRow, RejectRow, Revision, Run, Source
from tests.store.samples import BODY, LATER, NOW, article, dump, entities_of, load, save

NOT_STORED = {"aliases", "claims", "removed", "id", "outcome"}
"""Stored in `article_urls` and not in the article, or not stored at all."""


def _rows(database: Database, model: Any) -> list[Any]:
    with database.read() as session:
        return list(session.scalars(select(model)))


def test_every_field_of_an_article_comes_back(database: Database) -> None:
    full = article(
        canonical_url="https://news.example/harbour/1",
        published_offset_min=-300,
        modified_at=NOW,
        image_url="https://news.example/harbour.jpg",
        images=[Image(url="https://news.example/harbour.jpg", caption="The harbour", credit="Ada Kovac")],
        links=[Link(url="https://board.example/", text="Harbour Board")],
        kind="live_blog",
        is_free=True,
        notes=["Correction: It is called Lindow."],
        retrieved_at=NOW + timedelta(seconds=1, microseconds=5),
        rules={"title": "json-ld headline"},
        extractor_version="extraction-1 cleaning-1",
        entities=[
            replace(entity, role="mayor" if entity.type == "PER" else None) for entity in entities_of(BODY)
        ],
    )
    empty = {field.name for field in fields(Article) if not getattr(full, field.name)}
    assert empty == NOT_STORED
    assert save(database, full) == Saved(1, "new")
    assert load(database, 1).article == full


def test_article_with_nothing_but_a_url_comes_back(database: Database) -> None:
    bare = Article(url="https://news.example/bare")
    save(database, bare)
    assert load(database, 1).article == bare


def test_saving_again_changes_nothing_but_last_seen(database: Database) -> None:
    for number in (1, 2):
        save(database, article(number))
    before = dump(database)
    assert [save(database, article(number), now=LATER).outcome for number in (1, 2)] == ["unchanged"] * 2
    after = dump(database)
    assert {row["last_seen_at"] for row in after["articles"]} == {LATER}
    for row in (*before["articles"], *after["articles"]):
        del row["last_seen_at"]
    assert after == before


def test_last_seen_never_goes_back(database: Database) -> None:
    save(database, article(), now=LATER)
    save(database, article(), now=NOW)
    assert load(database, 1).last_seen_at == LATER


def test_where_and_when_it_was_fetched_is_no_change(database: Database) -> None:
    save(database, article())
    again = article(
        url="https://www.news.example/harbour/1?utm_source=feed", retrieved_at=LATER, rules={"title": "h1"}
    )
    assert save(database, again).outcome == "unchanged"


def test_every_url_leads_to_the_article(database: Database) -> None:
    save(database, article(canonical_url="https://news.example/c", aliases=["https://short.example/x"]))
    save(database, article(url="https://news.example/c", aliases=["https://short.example/y"]))
    for url in ("https://news.example/c", "http://short.example/x", "https://short.example/y#top"):
        assert load(database, url).id == 1
    with database.read() as session:
        assert len(article_urls(session, 1)) == 4


def test_article_that_moved_is_the_same(database: Database) -> None:
    save(database, article(1))
    moved = article(1, url="https://news.example/moved", aliases=[article(1).url], body="Corrected.")
    assert save(database, moved) == Saved(1, "changed")


@pytest.mark.parametrize("own", ["url", "aliases"])
def test_url_that_leads_to_one_article_after_the_other_joins_none(database: Database, own: str) -> None:
    latest = "https://news.example/latest"
    for number in (1, 2):
        canonical = f"https://news.example/{number}"
        where = {"url": latest} if own == "url" else {"url": canonical, "aliases": [latest]}
        saved = save(database, article(number, canonical_url=canonical, **where))
        assert (saved.article_id, saved.outcome) == (number, "new")
    assert load(database, latest).id == 2


def test_front_page_is_no_article_address(database: Database) -> None:
    for number in (1, 2):
        assert save(database, article(number, canonical_url="https://www.news.example/")).outcome == "new"


def test_canonical_url_decides_where_urls_lead_to_two_articles(database: Database) -> None:
    save(database, article(1))
    save(database, article(2))
    both = article(3, url=article(1).url, canonical_url=article(2).url)
    assert save(database, both) == Saved(2, "changed", replaced_id=1)
    assert load(database, article(1).url).id == 2


def test_changed_article_keeps_what_it_said(database: Database) -> None:
    save(database, article())
    new = article(title="Harbour closed", body="It is closed.", authors=["Jon Abe"], topics=[])
    assert save(database, new, now=LATER) == Saved(1, "changed")
    stored = load(database, 1)
    assert stored.article == new
    assert (stored.revision, stored.first_seen_at, stored.last_seen_at) == (2, NOW, LATER)
    (revision,) = _rows(database, Revision)
    assert revision.changes == {
        "title": article().title,
        "body": revision.changes["body"],
        "authors": article().authors,
        "topics": article().topics,
    }
    assert (revision.revision, revision.title_changed, revision.body_changed) == (1, True, True)


def test_two_forms_seen_by_turns_make_two_revisions(database: Database) -> None:
    forms = [article(title="Long form"), article(title="Short form")]
    outcomes = [save(database, forms[i % 2], now=NOW + timedelta(hours=i)).outcome for i in range(5)]
    assert outcomes == ["new", "changed", "changed", "unchanged", "unchanged"]
    assert load(database, 1).article.title == "Long form"


def test_same_text_elsewhere_is_stored_as_its_duplicate(database: Database) -> None:
    save(database, article(4, body=BODY * 2))  # the earliest
    for number in (2, 3):
        copy = article(number, body=BODY * 2, url=f"https://other.example/{number}", source="other.example")
        assert save(database, copy) == Saved(number, "duplicate", story_id=1)
        stored = load(database, number)
        assert (stored.duplicate_of, stored.duplicate_kind) == (1, "exact")


def test_duplicate_that_changes_is_one_no_more(database: Database) -> None:
    texts = [article(number).body for number in range(10, 14)]
    save(database, article(2, body=texts[0]))
    save(database, article(1, body=texts[0]))
    assert load(database, 2).duplicate_of == 1
    assert save(database, article(1, body=texts[1])).outcome == "changed"
    assert load(database, 2).duplicate_of is None
    assert save(database, article(1, body=texts[2])).outcome == "changed"
    save(database, article(0, body=texts[3]))
    assert save(database, article(0, body=texts[2])).outcome == "changed"
    assert load(database, 3).duplicate_of == 2


def test_unchanged_article_is_known_before_its_entities_are(database: Database) -> None:
    save(database, article())
    plain = article(entities=[], entity_engine=None)
    with database.read() as session:
        keys = article_keys(plain)
        assert known_unchanged(session, plain, keys=keys) == 1
        assert known_unchanged(session, plain, keys=keys, entity_engine="rules 1") == 1
        assert known_unchanged(session, plain, keys=keys, entity_engine="rules 2") is None
        assert known_unchanged(session, article(title="Other"), keys=keys) is None
        assert known_unchanged(session, article(2), keys=article_keys(article(2))) is None


def test_unchanged_article_without_entities_keeps_those_it_has(database: Database) -> None:
    save(database, article())
    save(database, article(entities=[], entity_engine=None))
    assert load(database, 1).article == article()


def test_better_engine_replaces_entities_without_a_revision(database: Database) -> None:
    save(database, article())
    better = article(entities=entities_of(BODY)[:1], entity_engine="rules 2")
    assert save(database, better).outcome == "unchanged"
    assert load(database, 1).article == better
    assert load(database, 1).revision == 1


def test_entity_is_one_row_in_all_articles(database: Database) -> None:
    save(database, article(1))
    shouted = Mention(start=0, end=3, text="Ada", type="PER")
    save(database, article(2, entities=[Entity(name="ADA KOVAC", type="PER", mentions=[shouted])]))
    assert sorted((row.type, row.name) for row in _rows(database, EntityRow)) == [
        ("LOC", "Port Lindow"),
        ("ORG", "Harbour Board"),
        ("PER", "Ada Kovac"),
    ]


def test_entities_of_one_key_and_repeated_mentions_become_one(database: Database) -> None:
    mention = Mention(start=0, end=9, text="Ada Kovac", type="PER")
    twice = [Entity(name=name, type="PER", mentions=[mention]) for name in ("Ada Kovac", "ada kovac")]
    save(database, article(entities=twice))
    (entity,) = load(database, 1).article.entities
    assert entity.mentions == [mention]


def test_names_of_any_length_and_repeats_are_stored(database: Database) -> None:
    long = "東" * 10_000
    save(
        database,
        article(
            authors=[long, "Jon Abe", "Jon Abe"], topics=[long], section=long, source=long, language=long
        ),
    )
    stored = load(database, 1).article
    assert [len(name) for name in stored.authors] == [250, 7]


def test_any_character_can_be_stored(database: Database) -> None:
    for number, char in enumerate(["\x00", "\ud800", "\U0010ffff", "'", '"', "\\", "%s", ":x", "\u202e"], 1):
        text = f"a{char}{number}"
        body = f"{text} Ada Kovac"
        odd = article(
            number,
            title=text,
            body=body,
            authors=[text],
            topics=[text],
            section=text,
            source=text,
            rules={text: text},
            canonical_url=f"https://news.example/{text}",
        )
        saved = save(database, odd)
        assert saved.outcome == "new"
        assert save(database, odd).outcome == "unchanged"
        stored = load(database, saved.article_id).article
        (mention,) = stored.entities[0].mentions
        assert stored.body[mention.start : mention.end] == "Ada Kovac"


@pytest.mark.slow
def test_bodies_of_any_size_are_stored(database: Database) -> None:
    for number, body in enumerate(
        ["word " * 110_000, "".join(f"w{i} " for i in range(90_000)), "東京" * 110_000], 1
    ):
        assert save(database, article(number, body=body, entities=[])).outcome == "new"
        assert save(database, article(number, body=f"{body} end", entities=[])).outcome == "changed"


def test_source_of_an_article_has_a_row(database: Database) -> None:
    save(database, article(1))
    save(database, article(2))
    assert [(row.key, row.first_seen_at) for row in _rows(database, Source)] == [("news.example", NOW)]


def _reject(database: Database, *, now: Any = NOW, **given: Any) -> None:
    reject = Reject(**{"url": article().url, "reason": "list", "stage": "validate"} | given)
    with database.write() as session:
        save_reject(session, reject, run_id=None, now=now)


def test_reject_is_one_row_for_each_reason(database: Database) -> None:
    _reject(database)
    _reject(database, url=f"{article().url}?utm_source=x", now=LATER)
    _reject(database, reason="gallery", detail="9 images")
    assert [(row.reason, row.first_seen_at, row.last_seen_at) for row in _rows(database, RejectRow)] == [
        ("list", NOW, LATER),
        ("gallery", NOW, NOW),
    ]


def test_stored_article_clears_its_rejects(database: Database) -> None:
    _reject(database)
    _reject(database, url="https://news.example/other")
    save(database, article())
    assert [row.url for row in _rows(database, RejectRow)] == ["https://news.example/other"]


def test_run_is_stored_with_its_start_and_its_end(database: Database) -> None:
    with database.write() as session:
        run_id = start_run(session, spider="saved", arguments={"path": "a\udcff"}, version="1.0", now=NOW)
        save_article(session, article(), keys=article_keys(article()), run_id=run_id, now=NOW)
        fetched = Fetched(url=article().url, status=200)
        save_fetch(session, fetched, outcome="article", source=None, run_id=run_id, now=NOW)
        finish_run(session, run_id, finish_reason="finished", counts={"new": 1}, now=LATER)
    (run,) = _rows(database, Run)
    assert (run.spider, run.counts, run.started_at, run.finished_at) == ("saved", {"new": 1}, NOW, LATER)
    assert [row.run_id for row in _rows(database, ArticleRow)] == [run_id]


@contextmanager
def _counted_statements() -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("PRAGMA", "BEGIN")):
            statements.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield statements
    event.remove(Engine, "before_cursor_execute", note)


def test_saving_takes_few_statements(database: Database) -> None:
    save(database, article(1))
    with _counted_statements() as new:
        save(database, article(2))
    with _counted_statements() as again:
        save(database, article(2))
    assert len(new) <= 24
    assert len(again) <= 5


def test_failure_leaves_no_part_of_an_article(database: Database) -> None:
    before = dump(database)

    def save_and_fail() -> None:
        with database.write() as session:
            save_article(session, article(), keys=article_keys(article()), run_id=None, now=NOW)
            raise KeyError("killed")

    with pytest.raises(KeyError):
        save_and_fail()
    assert dump(database) == before
    with database.read() as session:
        assert get_article(session, article().url) is None
