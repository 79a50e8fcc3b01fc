from __future__ import annotations

import random
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, select

from newsbot.cleaning.boilerplate import EDGE, MEMORY
from newsbot.ingest.envelope import Envelope
from newsbot.ingest.record import record_article
from newsbot.items import Article
from newsbot.store.articles.site_boilerplate import find_boilerplate, ids_of_source, reclean_article
from newsbot.store.articles.writer import Saved
from newsbot.store.database import Database
from newsbot.store.queries import history, search
from newsbot.store.schema.models import BoilerplateBlock, Revision
from tests.dedupe.texts import text
from tests.store.samples import NOW, article, entities_of, load

SHARE = "Like this story? Share it with a friend!"
PROMO = "Ada Kovac writes our weekly letter from Port Lindow."


def _article(number: int, *lines: str, body: str | None = None, **given: Any) -> Article:
    """Return an article with a text, title and author of its own, that ends in `lines`."""
    chance = random.Random(number)
    word = "".join(chance.choices("bcdfglmnprst", k=8))
    whole = "\n\n".join([body or text(number), *lines])
    named = {"title": f"{word} {word[::-1]}", "authors": [word], "section": word[:4], "topics": [word[4:]]}
    return article(number, **named | {"body": whole, "entities": entities_of(whole)} | given)


def _store(database: Database, saved: Article, hours: int = 0) -> Saved:
    return database.transact(
        lambda session: record_article(
            session, Envelope(article=saved), run_id=None, now=NOW + timedelta(hours=hours)
        )
    )


def _reclean(database: Database, source: str = "news.example") -> int:
    with database.read() as session:
        found = find_boilerplate(session, ids_of_source(session, source, after=0, limit=1000))
    for hit in found:
        now = NOW + timedelta(days=1)
        assert database.transact(partial(reclean_article, article_id=hit.article_id, run_id=None, now=now))
    return len(found)


def _holding(database: Database, line: str, count: int) -> list[int]:
    return [number for number in range(1, count + 1) if line in load(database, number).article.body]


def test_block_is_removed_from_the_sixth_article_on(database: Database) -> None:
    for number in range(1, 21):
        _store(database, _article(number, SHARE))
    assert _holding(database, SHARE, 20) == [1, 2, 3, 4, 5]
    assert load(database, 20).article.body == text(20)


def test_layers_of_blocks_are_removed_and_stay_learnt(database: Database) -> None:
    lines = [f"Follow page {letter} of our site." for letter in "abcdef"]
    for number in range(1, 31):
        _store(database, _article(number, *lines))
    assert load(database, 30).article.body == text(30)


def test_reclean_removes_what_was_learnt_later(database: Database) -> None:
    for number in range(1, 8):
        _store(database, _article(number, PROMO))
    assert _reclean(database) == 5
    assert _holding(database, PROMO, 7) == []
    first = load(database, 1).article
    assert (first.body, first.word_count) == (text(1), len(text(1).split()))
    assert all(first.body[m.start : m.end] == m.text for entity in first.entities for m in entity.mentions)
    assert first.entities == _article(1).entities
    assert _reclean(database) == 0


def test_recleaned_article_is_found_by_its_text_and_no_more_by_the_block(database: Database) -> None:
    for number in range(1, 8):
        _store(database, _article(number, SHARE))
    _reclean(database)
    with database.read() as session:
        assert search(session, "friend") == []
        assert search(session, load(database, 1).article.title or "")


def test_reclean_is_no_edit_by_the_publisher(database: Database) -> None:
    for number in range(1, 8):
        _store(database, _article(number, SHARE))
    _reclean(database)
    with database.read() as session:
        changes = history(session, 1)
        assert changes is not None
        assert [(change.by_rules, change.fields["body"][0].endswith(SHARE)) for change in changes] == [
            (True, True)
        ]


def test_page_seen_again_after_its_block_was_learnt_is_unchanged(database: Database) -> None:
    for number in range(1, 8):
        _store(database, _article(number, SHARE))
    assert _store(database, _article(1, SHARE), hours=5).outcome == "unchanged"
    assert load(database, 1).article.body == text(1)
    assert (
        _store(database, _article(2, SHARE, body=text(2) + "\n\nLater more."), hours=5).outcome == "changed"
    )
    with database.read() as session:
        edits = select(Revision.article_id).where(Revision.by_rules.is_(False))
        assert list(session.scalars(edits)) == [2]


def test_template_that_changes_is_unlearnt(database: Database) -> None:
    for number in range(1, 10):
        _store(database, _article(number, SHARE))
    for number in range(10, 60):
        _store(database, _article(number))
    _store(database, _article(60, SHARE))
    assert _holding(database, SHARE, 60)[-1] == 60


def test_articles_without_any_short_paragraph_count_too(database: Database) -> None:
    for number in range(1, 31):
        _store(
            database,
            _article(number, *([SHARE] if number % 5 == 0 else []), body=text(number).replace(". ", " ")),
        )
    assert len(_holding(database, SHARE, 30)) == 6


def test_revisions_and_copies_of_a_story_count_once(database: Database) -> None:
    for number in range(1, 12):
        _store(database, _article(number, SHARE, body=text(1, 24)))
        _store(database, _article(1, SHARE, f"Note {number}.", body=text(1, 24)), hours=number)
    with database.read() as session:
        counts = select(BoilerplateBlock.article_count, BoilerplateBlock.is_learnt)
        assert {(row.article_count, row.is_learnt) for row in session.execute(counts)} == {(1, False)}


def test_sources_learn_apart(database: Database) -> None:
    for number in range(1, 8):
        _store(database, _article(number, SHARE))
    _store(database, _article(8, SHARE, source="other.example"))
    assert _holding(database, SHARE, 8)[-1] == 8


@pytest.mark.parametrize(
    "line",
    [
        "“We shall not be moved,” they sang.",
        "„Wir bleiben hier“, riefen sie.",
        "— Nous restons ici.",
        "「我々はここに残る」と彼らは言った。",
    ],
    ids=["english", "german", "french", "japanese"],
)
def test_quotes_stay_however_often_they_recur(database: Database, line: str) -> None:
    for number in range(1, 11):
        _store(database, _article(number, line))
    assert len(_holding(database, line, 10)) == 10


def test_refrain_of_a_poem_stays(database: Database) -> None:
    refrain = "And still the river runs to sea."
    poem = f"{text(1, 3)}\n\n{refrain}\n\n{text(2, 3)}\n\n{refrain}\n\n{text(3, 3)}\n\n{refrain}"
    for number in range(1, 5):
        _store(database, _article(number, body=f"{text(number, 9)}\n\n{poem}"))
    for number in range(5, 30):
        _store(database, _article(number))
    _store(database, _article(30, body=poem))
    assert load(database, 30).article.body == poem


@pytest.mark.parametrize("every", [1, 2, 4], ids="every {}".format)
def test_lines_of_a_running_series_stay(database: Database, every: int) -> None:
    line = "In this series we visit a lighthouse keeper each week."
    for number in range(1, 31):
        in_series = number % every == 0
        given: dict[str, Any] = {"title": f"Lighthouses, part {number}"} if in_series else {}
        _store(database, _article(number, *([line] if in_series else []), **given))
    assert len(_holding(database, line, 30)) == 30 // every


def test_lines_of_a_column_stay_on_a_site_of_many_authors(database: Database) -> None:
    line = "Mira Holt answers your questions on money every Friday."
    for number in range(1, 31):
        is_column = number % 2 == 0
        given: dict[str, Any] = {"authors": ["Mira Holt"]} if is_column else {}
        _store(database, _article(number, *([line] if is_column else []), **given))
    assert len(_holding(database, line, 30)) == 15


def test_rows_of_a_source_are_bounded(database: Database) -> None:
    for number in range(1, 131):
        lines = [f"Line {number} {letter}." for letter in "abcdefgh"]
        _store(database, _article(number, *lines, body=f"Report {number}. " + text(number, 2)))
    with database.read() as session:
        rows = session.scalar(select(func.count()).select_from(BoilerplateBlock))
    assert rows is not None
    assert rows <= 2 * EDGE * MEMORY
