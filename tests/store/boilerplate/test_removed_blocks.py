"""What is removed from articles is kept, and comes back when a person keeps the block."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from newsbot.cleaning.article_fields import clean_article
from newsbot.cleaning.removed_paragraphs import put_back
from newsbot.ingest.envelope import Envelope
from newsbot.ingest.record import record_article
from newsbot.items import Article
from newsbot.jobs.reclean import find_recleanable, keep_block, reclean, release_block
from newsbot.store.articles.site_boilerplate import reclean_article
from newsbot.store.articles.writer import Saved
from newsbot.store.boilerplate import kept_blocks
from newsbot.store.boilerplate.removed_blocks import removed_of
from newsbot.store.database import Database
from newsbot.store.queries import (
    SourceBlock,
    boilerplate_counts,
    history,
    search,
    source_blocks,
    source_detail,
)
from newsbot.store.schema.models import RemovedBlock, RemovedText, Revision
from tests.dedupe.texts import text
from tests.store.articles.test_site_boilerplate import _article
from tests.store.samples import NOW, load

SOURCE = "news.example"
DENIAL = "Russia has denied targeting civilians."
LINE = "Our reporters never accept gifts."
STANDING = "The Gaza health ministry does not distinguish between civilians and combatants."


def _store(database: Database, article: Article, hours: int = 0) -> Saved:
    clean_article(article)
    now = NOW + timedelta(hours=hours)
    return database.transact(
        lambda session: record_article(session, Envelope(article=article), run_id=None, now=now)
    )


def _fill(database: Database, count: int = 8, line: str = LINE) -> None:
    for number in range(1, count + 1):
        _store(database, _article(number, line))


def _blocks(database: Database) -> list[SourceBlock]:
    with database.read() as session:
        return source_blocks(session, SOURCE)


def _full_text(database: Database, article_id: int) -> str:
    body = load(database, article_id).article.body
    with database.read() as session:
        removed = removed_of(session.connection(), article_id)
    return "\n\n".join(paragraph for _, paragraph in put_back(removed, body.split("\n\n")))


def _keep(database: Database) -> int:
    [block] = _blocks(database)
    return keep_block(database, SOURCE, block.key, block.text)


def test_standing_sentences_stay_in_all_of_sixty_pages(database: Database) -> None:
    for number in range(1, 61):
        lines = [STANDING, *([DENIAL] if number % 5 < 2 else []), LINE]
        _store(database, _article(number, *lines))
    bodies = [load(database, number).article.body for number in range(1, 61)]
    assert sum(STANDING in body for body in bodies) == 60
    assert sum(DENIAL in body for body in bodies) == 24
    assert sum(LINE in body for body in bodies) == 5


def test_text_can_be_restored_exactly(database: Database) -> None:
    odd = "OUR reporters never  accept gifts"
    _fill(database)
    _store(database, _article(9, odd, "Follow us on Telegram."))
    assert load(database, 9).article.body == text(9)
    assert _full_text(database, 9) == "\n\n".join([text(9), " ".join(odd.split()), "Follow us on Telegram."])
    assert _full_text(database, 1) == load(database, 1).article.body


def test_equal_texts_are_stored_once_and_counted(database: Database) -> None:
    _fill(database)
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(RemovedText)) == 1
        assert session.scalar(select(RemovedText.article_count)) == 3
        [count] = boilerplate_counts(session)
        detail = source_detail(session, SOURCE, now=NOW)
    assert (count.learnt_count, count.kept_count, count.removed_count) == (1, 0, 3)
    assert detail
    assert (detail.learnt_block_count, detail.removed_paragraph_count, detail.touched_article_count) == (
        1,
        3,
        3,
    )


def test_reclean_records_what_it_removes(database: Database) -> None:
    _fill(database)
    for found in find_recleanable(database, SOURCE):
        assert reclean(database, found)
    assert _full_text(database, 1) == f"{text(1)}\n\n{LINE}"
    [block] = _blocks(database)
    assert (block.is_learnt, block.is_kept, block.removed_count) == (True, False, 8)


def test_changed_page_replaces_what_was_removed(database: Database) -> None:
    _fill(database)
    longer = f"{text(8)}\n\nThe council adds that the ferry will stop, and that the bridge stays open."
    assert (
        _store(database, _article(8, LINE, "Follow us on Telegram.", body=longer), hours=5).outcome
        == "changed"
    )
    assert _full_text(database, 8) == f"{longer}\n\n{LINE}\n\nFollow us on Telegram."
    assert {block.text: block.removed_count for block in _blocks(database)} == {
        LINE: 3,
        "Follow us on Telegram.": 1,
    }
    assert (
        _store(database, _article(8, body=f"{longer}\n\nIt opened at nine on Monday."), hours=9).outcome
        == "changed"
    )
    assert {block.text: block.removed_count for block in _blocks(database)} == {LINE: 2}


def test_kept_block_comes_back_into_every_article(database: Database) -> None:
    for number in range(1, 9):
        _store(database, _article(number, LINE, entity_engine="rules-1"))
    assert _keep(database) == 3
    for number in range(1, 9):
        stored = load(database, number).article
        assert stored.body == f"{text(number)}\n\n{LINE}"
        assert stored.word_count == len(stored.body.split())
        assert (stored.entity_engine is None) == (number > 5)
        assert all(
            stored.body[m.start : m.end] == m.text for entity in stored.entities for m in entity.mentions
        )
    with database.read() as session:
        assert len(search(session, "gifts")) == 8
        assert session.scalar(select(func.count()).select_from(RemovedBlock)) == 0
        changes = history(session, 8)
    assert changes
    assert [(change.by_rules, change.is_silent) for change in changes] == [(True, False)]


def test_kept_block_stays_whatever_is_learnt(database: Database) -> None:
    _fill(database)
    _keep(database)
    for number in range(9, 30):
        _store(database, _article(number, LINE))
    assert all(LINE in load(database, number).article.body for number in range(1, 30))
    assert list(find_recleanable(database, SOURCE)) == []


def test_kept_invitation_comes_back_too(database: Database) -> None:
    line = "Subscribe to our newsletter."
    for number in range(1, 4):
        _store(database, _article(number, line))
    assert _keep(database) == 3
    _store(database, _article(4, line))
    assert [line in load(database, number).article.body for number in range(1, 5)] == [True] * 4


def test_released_block_is_removed_again(database: Database) -> None:
    _fill(database)
    _keep(database)
    [block] = _blocks(database)
    release_block(database, SOURCE, block.key)
    found = list(find_recleanable(database, None))
    assert len(found) == 8
    for hit in found:
        reclean(database, hit)
    assert load(database, 1).article.body == text(1)


def test_reclean_completes_what_an_interrupted_keep_left(database: Database) -> None:
    _fill(database)
    [block] = _blocks(database)
    database.transact(lambda session: kept_blocks.keep(session, SOURCE, block.key, LINE, now=NOW))
    database.transact(lambda session: reclean_article(session, 7, run_id=None, now=NOW))
    found = list(find_recleanable(database, None))
    assert [(hit.article_id, hit.texts, hit.restored) for hit in found] == [
        (6, [], [LINE]),
        (8, [], [LINE]),
    ]
    assert keep_block(database, SOURCE, block.key, LINE) == 2
    assert list(find_recleanable(database, None)) == []


def test_page_seen_again_during_a_keep_is_no_edit(database: Database) -> None:
    _fill(database)
    [block] = _blocks(database)
    database.transact(lambda session: kept_blocks.keep(session, SOURCE, block.key, LINE, now=NOW))
    assert _store(database, _article(8, LINE), hours=3).outcome == "unchanged"
    assert load(database, 8).article.body == f"{text(8)}\n\n{LINE}"
    with database.read() as session:
        assert list(session.scalars(select(Revision.by_rules))) == [True]
