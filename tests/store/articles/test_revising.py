"""A stored article whose page has changed, has become another page, or is gone."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import select, text

from newsbot.discovery.links import Link
from newsbot.ingest.envelope import Envelope
from newsbot.ingest.record import record_article, record_not_modified, record_reject
from newsbot.items import Article, Fetched, Reject
from newsbot.store.articles.existing import known_unchanged
from newsbot.store.crawl import discovered
from newsbot.store.crawl.frontier import Leased
from newsbot.store.database import Database
from newsbot.store.queries import history, list_rejects
from newsbot.store.schema.identity import article_keys
from newsbot.store.schema.models import FrontierRow, RejectRow, Revision
from tests.dedupe.texts import text as made_up
from tests.store.samples import LATER, NOW, article, entities_of, load, save

LONG = made_up(1, 30)


def long(body: str = LONG, **given: Any) -> Article:
    return article(body=body, **given)


def _revisions(database: Database) -> list[Revision]:
    with database.read() as session:
        return list(session.scalars(select(Revision).order_by(Revision.revision)))


def test_immaterial_change_moves_last_seen_only(database: Database) -> None:
    save(database, article())
    stored = load(database, 1)
    body = stored.article.body.replace(".\n\n", ".\n\nRead also: Ferry sold\n\n", 1) + "\n\n12 comments"
    other = article(body=body.replace("'", "’"), entities=entities_of(body), modified_at=LATER)
    with database.read() as session:
        assert known_unchanged(session, other, keys=article_keys(other)) == 1
    assert save(database, other, now=LATER).outcome == "unchanged"
    assert load(database, 1) == replace(stored, last_seen_at=LATER)
    assert _revisions(database) == []


def test_a_changed_word_costs_few_bytes_and_every_revision_can_be_restored(database: Database) -> None:
    chance, body = random.Random(3), LONG
    bodies = [body]
    save(database, long())
    for number in range(1, 8):
        words = body.split(" ")
        for _ in range(1 if number < 7 else 60):
            words[chance.randrange(len(words))] = f"Kuxo{number}"
        body = " ".join(words) if number < 7 else made_up(1, 36)
        bodies.append(body)
        assert save(database, long(body), now=NOW + timedelta(hours=number)).outcome == "changed"
    rows = _revisions(database)
    assert all(len(json.dumps(row.changes)) < 100 for row in rows[:6])
    with database.read() as session:
        changes = history(session, 1) or []
    assert [change.fields["body"] for change in changes] == list(pairwise(bodies))


def test_text_that_is_written_anew_is_kept_whole(database: Database) -> None:
    save(database, long(made_up(5, 8), title="Harbour"))
    save(database, long(made_up(6, 8), title="Harbour"))
    assert [row.changes["body"] for row in _revisions(database)] == [made_up(5, 8)]


def test_edit_without_a_date_of_modification_is_silent(database: Database) -> None:
    save(database, long())
    save(database, long(LONG + "\n\nOne more thing was said.", modified_at=NOW), now=NOW)
    save(database, long(LONG + "\n\nAnother thing was said.", modified_at=NOW), now=LATER)
    assert [row.is_silent for row in _revisions(database)] == [False, True]


def test_edit_that_is_taken_back_is_an_edit(database: Database) -> None:
    save(database, long())
    for hours, title in ((1, "Harbour closed"), (2, long().title)):
        assert save(database, long(title=title), now=NOW + timedelta(hours=hours)).outcome == "changed"
    assert load(database, 1).article.title == long().title


TEASER: dict[str, Any] = {"body": LONG[:400], "is_free": False}


def _record(
    database: Database, found: Article | Reject, hours: int, *, fetched: Fetched | None = None
) -> Any:
    now = NOW + timedelta(hours=hours)
    with database.write() as session:
        if isinstance(found, Reject):
            return record_reject(session, found, run_id=None, now=now)
        return record_article(session, Envelope(article=found, fetched=fetched), run_id=None, now=now)


def _fetched(**given: Any) -> Fetched:
    defaults: dict[str, Any] = {"url": article().url, "status": 200, "etag": '"1"'}
    return Fetched(**defaults | given)


def test_page_that_is_only_a_teaser_replaces_nothing(database: Database) -> None:
    _add_to_frontier(database)
    _record(database, long(), 0, fetched=_fetched())
    before = load(database, 1)
    assert _record(database, long(**TEASER), 1, fetched=_fetched()).outcome == "conflict"
    assert load(database, 1) == before
    with database.read() as session:
        assert [(row.reason, row.article_id) for row in list_rejects(session, article_id=1)] == [
            ("teaser", 1)
        ]
        page = session.scalars(select(FrontierRow)).one()
        assert (page.state, page.article_id, page.etag) == ("done", 1, None)
        assert page.next_try_at is not None
    assert _record(database, long(), 2, fetched=_fetched()).outcome == "unchanged"
    with database.read() as session:
        assert list_rejects(session) == []


def _add_to_frontier(database: Database) -> None:

    with database.write() as session:
        discovered.add_links(session, [Link(url=article().url)], source="news.example", feed_id=None, now=NOW)


def _rejected(reason: str, **given: Any) -> Reject:
    stage = "fetch" if reason.startswith(("http", "fetch")) else "validate"
    return Reject(
        url=article().url, reason=reason, stage=stage, source="news.example", fetched=_fetched(**given)
    )


@pytest.mark.parametrize("reason", ["http-404", "http-410"])
def test_page_that_is_gone_is_marked_and_looked_at_again_until_it_is_back(
    database: Database, reason: str
) -> None:
    _add_to_frontier(database)
    _record(database, long(), 0, fetched=_fetched())
    for hours in (1, 2, 3):
        assert _record(database, _rejected(reason, status=int(reason[-3:])), hours) == "gone"
    gone = load(database, 1)
    assert (gone.gone_at, gone.last_seen_at) == (NOW + timedelta(hours=1), NOW)
    assert gone.article.body == LONG
    with database.read() as session:
        assert session.scalars(select(FrontierRow.next_try_at)).one() is not None
    _record(database, long(), 4, fetched=_fetched())
    assert load(database, 1).gone_at is None


def test_page_that_is_gone_is_back_when_the_server_says_that_it_has_not_changed(database: Database) -> None:
    _record(database, long(), 0, fetched=_fetched())
    _record(database, _rejected("http-404", status=404), 1)
    site = "news.example"
    leased = Leased(url=article().url, source=site, host=site, etag='"1"', last_modified=None, article_id=1)
    with database.write() as session:
        record_not_modified(session, leased, _fetched(status=304), run_id=None, now=LATER)
    assert load(database, 1).gone_at is None
    with database.read() as session:
        assert list_rejects(session) == []


@pytest.mark.parametrize("reason", ["error", "paywall", "list", "empty", "http-403"])
def test_wall_at_the_address_of_an_article_is_a_conflict(database: Database, reason: str) -> None:
    _add_to_frontier(database)
    _record(database, long(), 0, fetched=_fetched())
    before = load(database, 1)
    for hours in (1, 2, 3):
        assert _record(database, _rejected(reason), hours) == "conflict"
    assert load(database, 1) == before
    with database.read() as session:
        page = session.scalars(select(FrontierRow)).one()
        assert page.article_id == 1
        assert page.next_try_at is not None


@pytest.mark.parametrize("reason", ["fetch-failed", "http-503", "http-429", "robots", "parse-failed"])
def test_failed_fetch_says_nothing_of_the_article(database: Database, reason: str) -> None:
    _record(database, long(), 0, fetched=_fetched())
    before = load(database, 1)
    assert _record(database, _rejected(reason), 1) == "rejected"
    assert load(database, 1) == before
    with database.read() as session:
        assert list_rejects(session, article_id=1) == []


def test_redirect_to_the_front_page_is_a_conflict_with_the_article_that_was_asked_for(
    database: Database,
) -> None:
    _record(database, long(), 0, fetched=_fetched())
    front = Reject(url="https://news.example/", reason="list", stage="validate", fetched=_fetched())
    assert _record(database, front, 1) == "conflict"
    with database.read() as session:
        assert [row.url for row in list_rejects(session, article_id=1)] == [article().url]


def test_pages_of_the_past_say_nothing_of_today(database: Database) -> None:
    _record(database, long(), 5, fetched=_fetched())
    assert _record(database, _rejected("error", archived_at=NOW), 6) == "rejected"
    old = long(made_up(2, 30), title="Ferry sold")
    assert _record(database, old, 0, fetched=_fetched(archived_at=NOW)).outcome == "new"
    _record(database, _rejected("error"), 7)
    assert _record(database, long(), 1, fetched=_fetched(archived_at=NOW)).outcome == "unchanged"
    with database.read() as session:
        assert session.scalars(select(RejectRow.article_id)).all() == [1]


def test_headlines_that_changed_most_can_be_asked_for(database: Database) -> None:
    for hours, title in enumerate(("One harbour", "Two harbours", "Three harbours", "Four harbours")):
        save(database, long(title=title), now=NOW + timedelta(hours=hours))
    query = "SELECT COUNT(*), MIN(old_title), MAX(revision) FROM v_revisions WHERE title_changed GROUP BY article_id"
    with database.read() as session:
        assert [tuple(row) for row in session.execute(text(query))] == [(3, "One harbour", 4)]
