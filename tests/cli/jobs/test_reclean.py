from __future__ import annotations

import json
from pathlib import Path

import pytest

from newsbot.cli import main
from newsbot.ingest.envelope import Envelope
from newsbot.ingest.record import record_article
from newsbot.store.database import Database
from tests.dedupe.texts import text
from tests.store.samples import NOW, article, load

SHARE = "Like this story? Share it with a friend!"
TITLES = ("Harbour", "Railway", "Bakery", "Museum", "Orchard", "Theatre", "Library")


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """Return a database with seven articles. The first five contain boilerplate that the last two were stored without."""
    url = f"sqlite:///{tmp_path / 'newsbot.db'}"
    database = Database(url).open()
    for number, title in enumerate(TITLES, 1):
        body = f"{text(number)}\n\n{SHARE}"
        row = article(number, title=title, authors=[title], section=title, topics=[], body=body)
        with database.write() as session:
            record_article(session, Envelope(article=row), run_id=None, now=NOW)
    database.close()
    return url


def _run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    return int(ended.value.code or 0)


def _bodies(url: str) -> list[str]:
    database = Database(url).open()
    bodies = [load(database, number).article.body for number in range(1, len(TITLES) + 1)]
    database.close()
    return bodies


def test_dry_run_shows_what_would_be_removed_and_changes_nothing(
    database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = _bodies(database_url)
    assert _run("reclean", "--dry-run", "--json", "--database", database_url) == 0
    shown = capsys.readouterr()
    assert [json.loads(line)["removed"] for line in shown.out.splitlines()] == [[SHARE]] * 5
    assert shown.err == "5 articles would be recleaned\n"
    assert _bodies(database_url) == before


def test_boilerplate_that_was_learnt_later_is_removed(
    database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run("reclean", "--source", "news.example", "--database", database_url) == 0
    assert not any(SHARE in body for body in _bodies(database_url))
    assert _run("reclean", "--database", database_url) == 0
    assert capsys.readouterr().err.splitlines() == ["5 articles were recleaned", "0 articles were recleaned"]


def test_other_sources_stay_as_they_are(database_url: str) -> None:
    before = _bodies(database_url)
    assert _run("reclean", "--source", "bbc", "--database", database_url) == 0
    assert _bodies(database_url) == before
