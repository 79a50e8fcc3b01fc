"""Articles and revisions from before the evidence of edits was stored."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text

from newsbot.store.database import Database
from newsbot.store.queries import evidence_json, history
from newsbot.store.schema import migrations
from tests.store.samples import load

ARTICLE = """
INSERT INTO articles (id, url, title, dated_at, word_count, kind, rules, text_key, content_key, revision, first_seen_at,
    last_seen_at, body)
VALUES (1, 'https://news.example/1', 'Harbour opened', '2026-03-01 12:00:00+00:00', 3, 'article', '{}', :key, :key, 2,
    '2026-03-01 12:00:00+00:00', '2026-03-01 12:00:00+00:00', 'It is open.')
"""
REVISION = """
INSERT INTO revisions (article_id, revision, replaced_at, title_changed, body_changed, content_key, changes, by_rules,
    is_silent)
VALUES (1, 1, '2026-03-01 12:00:00+00:00', :no, :yes, :key, '{"body": "It is shut."}', :no, :yes)
"""


def test_rows_from_before_have_no_notes_and_an_unknown_reason(bare_database_url: str) -> None:
    engine = create_engine(bare_database_url)
    with engine.begin() as connection:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(Path(migrations.__file__).parent))
        command.upgrade(config, "0002")
        values = {"key": b"0" * 16, "yes": True, "no": False}
        connection.execute(text(ARTICLE), values)
        connection.execute(text(REVISION), values)
    engine.dispose()
    database = Database(bare_database_url).open()
    assert load(database, 1).article.notes == []
    with database.read() as session:
        [change] = history(session, 1) or []
    assert change.is_silent
    assert evidence_json(change)["verdict"] is None
    assert (change.words_removed, change.words_added) == (1, 1)
    database.close()
