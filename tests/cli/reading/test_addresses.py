"""What `show` and `history` say of an address that is used again."""

from __future__ import annotations

import json

from click.testing import CliRunner, Result

from newsbot.cli import newsbot
from newsbot.store.articles.presence import mark_gone
from newsbot.store.database import Database
from tests.dedupe.texts import text
from tests.store.samples import LATER, NOW, article, save

LATEST = "https://news.example/latest"


def run(database_url: str, *arguments: str) -> Result:
    result = CliRunner().invoke(newsbot, [*arguments, "--database", database_url])
    assert result.exit_code == 0, result.output
    return result


def test_show_and_history_say_what_was_at_an_address(database: Database, database_url: str) -> None:
    for number, now in ((1, NOW), (2, LATER)):
        page = article(number, url=LATEST, title=f"Briefing {number}", body=text(number, 30))
        save(database, page, now=now)
    moved = f"{LATEST} until 2026-03-01T12:00:00Z; article 2 is there now"
    for command in ("show", "history"):
        assert moved in run(database_url, command, "1").output
        before = "article 1, until 2026-03-01T12:00:00Z: Briefing 1"
        assert before in run(database_url, command, LATEST).output
    shown = json.loads(run(database_url, "show", LATEST, "--json").stdout)
    assert (shown["id"], shown["addresses"][0]["until"]) == (2, None)
    assert [other["id"] for other in shown["former_articles"]] == [1]
    assert run(database_url, "history", LATEST, "--json").stdout == ""


def test_history_says_that_a_page_is_gone(database: Database, database_url: str) -> None:
    save(database, article(1))
    with database.write() as session:
        mark_gone(session, 1, now=LATER)
    assert "gone: its page was not there any more at 2026-03-01T" in run(database_url, "history", "1").stdout
