from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from newsbot.ingest.record import record_reject
from newsbot.items import Article, Reject
from newsbot.store.articles.presence import mark_gone, mark_seen
from newsbot.store.articles.writer import apply_rules_to, save_article
from newsbot.store.database import Database
from newsbot.store.entities.merging import merge_entities
from newsbot.store.queries import list_changes
from newsbot.store.schema.identity import article_keys
from newsbot.store.schema.models import ArticleRow, ChangeRow
from tests.store.changes.follower import Follower, all_states, kinds, numbers
from tests.store.samples import LATER, NOW, article, save

NOTE = "\n\nThe council will meet again on Thursday to vote on the cranes, a clerk said."


def stub(number: int = 1, **given: str) -> Article:
    values = {"url": f"https://news.example/harbour/{number}", "title": f"Harbour, part {number}"} | given
    return Article(source="news.example", kind="stub", published_at=NOW, **values)  # type: ignore[arg-type]


def save_stub(database: Database, left: Article) -> None:
    with database.write() as session:
        reject = Reject(url=left.url, reason="http-402", stub=left)
        record_reject(session, reject, run_id=None, now=NOW)


def test_new_article_is_new_and_seen_again_is_no_change(database: Database) -> None:
    save(database, article(1))
    save(database, article(1), now=LATER)
    assert kinds(database) == [("new", 1)]


def test_revision_names_its_number_its_fields_and_the_headlines(database: Database) -> None:
    save(database, article(1))
    save(database, article(1, title="Harbour opened to nobody"), now=LATER)
    save(database, article(1, title="Harbour opened to all"), now=LATER + timedelta(hours=1))
    with database.read() as session:
        first, second, third = list_changes(session, after=0, limit=9).changes
    assert (first.change, first.revision, first.fields, first.title) == ("new", 1, None, None)
    assert (second.change, second.revision, second.fields) == ("revised", 2, ["title"])
    assert second.title == ("Harbour opened, part 1", "Harbour opened to nobody")
    assert third.title == ("Harbour opened to nobody", "Harbour opened to all")
    assert second.is_silent is False
    assert second.reason == "headline-test"


def test_silent_edit_is_marked(database: Database) -> None:
    save(database, article(1))
    save(database, article(1, body=article(1).body + NOTE), now=LATER)
    with database.read() as session:
        [_, change] = list_changes(session, after=0, limit=9).changes
    assert (change.is_silent, change.reason) == (True, "nothing-found")


def test_other_reading_of_the_same_page_is_a_correction(database: Database) -> None:
    save(database, article(1))
    read_anew = article(1, description="A harbour.")
    with database.write() as session:
        apply_rules_to(session, 1, read_anew, keys=article_keys(read_anew), run_id=None, now=LATER)
    with database.read() as session:
        [_, change] = list_changes(session, after=0, limit=9).changes
    assert (change.change, change.revision, change.fields) == ("corrected", 2, ["description"])
    assert change.is_silent is None


def test_other_markdown_of_the_same_page_is_a_correction_without_a_revision(database: Database) -> None:
    save(database, article(1))
    marked = replace(article(1), body_markdown=article(1).body_markdown.replace("Kovac", "**Kovac**", 1))
    for _ in range(2):
        with database.write() as session:
            apply_rules_to(session, 1, marked, keys=article_keys(marked), run_id=None, now=LATER)
    with database.read() as session:
        [_, change] = list_changes(session, after=0, limit=9).changes
    assert (change.change, change.revision, change.fields) == ("corrected", 1, ["body_markdown"])


def test_entities_of_another_engine_are_a_correction(database: Database) -> None:
    save(database, article(1))
    save(database, article(1, entity_engine="rules 2"), now=LATER)
    assert kinds(database) == [("new", 1), ("corrected", 1)]


def test_merged_entity_corrects_every_article_that_named_it(database: Database) -> None:
    for number in (1, 2):
        save(database, article(number))
    with database.write() as session:
        merge_entities(session, "Harbour Board", "Ada Kovac")
    assert kinds(database, 2) == [("corrected", 1), ("corrected", 2)]


def test_gone_and_restored_count_once(database: Database) -> None:
    save(database, article(1))
    for _ in range(2):
        with database.write() as session:
            mark_gone(session, 1, now=LATER)
    for _ in range(2):
        with database.write() as session:
            mark_seen(session, 1, now=LATER)
    assert kinds(database) == [("new", 1), ("gone", 1), ("restored", 1)]


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (article(1), [("restored", 1)]),
        (article(1, body=article(1).body + NOTE), [("restored", 1), ("revised", 1)]),
    ],
    ids=["as before", "revised"],
)
def test_page_that_is_there_again_is_restored(
    database: Database, found: Article, expected: list[tuple[str, int]]
) -> None:
    save(database, article(1))
    with database.write() as session:
        mark_gone(session, 1, now=NOW)
    save(database, found, now=LATER)
    assert kinds(database, 2) == expected


def test_copy_regroups_the_original_and_is_itself_only_new(database: Database) -> None:
    save(database, article(1))
    save(database, article(1, url="https://copies.example/1"))
    assert kinds(database) == [("new", 1), ("new", 2), ("regrouped", 1)]


def test_story_that_falls_apart_regroups_who_is_left(database: Database) -> None:
    save(database, article(1))
    save(database, article(1, url="https://copies.example/1"))
    save(database, article(2, url="https://copies.example/1", title=article(1).title), now=LATER)
    assert kinds(database, 3) in (
        [("revised", 2), ("regrouped", 1)],
        [("new", 3)],  # judged to be another article
    )
    follower = Follower(database)
    follower.catch_up()
    assert follower.copy == all_states(database)


def test_stub_is_new_and_new_again_as_the_article(database: Database) -> None:
    save_stub(database, stub())
    save(database, article(1), now=LATER)
    with database.read() as session:
        first, second = list_changes(session, after=0, limit=9).changes
    assert [(change.change, change.article_id) for change in (first, second)] == [("new", 1), ("new", 1)]
    assert first.fields is None
    assert "kind" in (second.fields or [])


def test_stub_that_the_feed_words_anew_is_revised(database: Database) -> None:
    save_stub(database, stub())
    save_stub(database, stub(title="Harbour opens in the rain"))
    save_stub(database, stub(title="Harbour opens in the rain"))
    with database.read() as session:
        [_, change] = list_changes(session, after=0, limit=9).changes
    assert (change.change, change.revision, change.fields) == ("revised", 1, ["title"])


def test_stub_of_an_article_that_is_stored_elsewhere_is_deleted(database: Database) -> None:
    save(database, article(1))
    save_stub(database, stub(2))
    again = article(1, aliases=["https://news.example/harbour/2"])
    save(database, replace(again, title="Harbour opened at last"), now=LATER)
    assert kinds(database, 2) == [("revised", 1), ("deleted", 2)]
    with database.read() as session:
        *_, deleted = list_changes(session, after=0, limit=9).changes
    assert (deleted.article, deleted.revision) == (None, None)


def test_change_that_is_rolled_back_leaves_nothing(database: Database) -> None:
    def fail() -> None:
        with database.write() as session:
            save_article(session, article(1), keys=article_keys(article(1)), run_id=None, now=NOW)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    save(database, article(2))
    assert [kind for kind, _ in kinds(database)] == ["new"]


def test_number_is_not_given_again_after_its_row_was_deleted(database: Database) -> None:
    save(database, article(1))
    with database.write() as session:
        session.execute(delete(ChangeRow))
    save(database, article(2))
    assert numbers(database) == [2]


def test_article_that_a_person_deletes_does_not_break_the_log(database: Database) -> None:
    for number in (1, 2):
        save(database, article(number))
    with database.write() as session:
        session.execute(delete(ArticleRow).where(ArticleRow.id == 1))
    with database.read() as session:
        changes = list_changes(session, after=0, limit=9, full=True).changes
        assert session.scalars(select(ArticleRow.id)).all() == [2]
    assert [change.article and change.article["id"] for change in changes] == [None, 2]
