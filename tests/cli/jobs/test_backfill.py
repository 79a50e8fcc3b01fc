"""`newsbot backfill` in a shell, killed and run again."""

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from newsbot.store.database import Database
from newsbot.store.schema.models import ArticleRow, ArticleUrl, BackfillPart, Fetch, RejectRow, Revision, Run
from tests.archive.warcs import packed, record, write
from tests.crawling import reading
from tests.pages import article_page

PROJECT = Path(__file__).parents[3]


def command(url: str, *arguments: str) -> tuple[list[str], dict[str, str]]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NEWSBOT_")}
    environment |= {"NEWSBOT_DATABASE_URL": url, "NEWSBOT_ENTITY_ENGINE": "none"}
    return [sys.executable, "-m", "newsbot", "backfill", *arguments], environment


def backfill(url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    line, environment = command(url, *arguments)
    return subprocess.run(
        line, env=environment, cwd=PROJECT, capture_output=True, text=True, timeout=600, check=False
    )


def counts(done: subprocess.CompletedProcess[str]) -> dict[str, int]:
    found: dict[str, int] = json.loads(done.stdout)
    return found


def archives(folder: Path, files: int, pages: int) -> Path:
    """Write archives of pages, among them missing pages, pages without an article, and repeats."""
    for file in range(files):
        numbers = range(file * pages, (file + 1) * pages)
        records = [
            record(
                f"https://site{number % 5}.example/{number}",
                page(number),
                status="404 Not Found" if number % 9 == 8 else "200 OK",
            )
            for number in numbers
        ]
        write(folder / f"{file}.warc.gz", packed(*records, records[0]))
    return folder


def page(number: int) -> bytes:
    return b"<html><p>Nothing here" if number % 11 == 10 else article_page(number).encode()


def stored(url: str) -> dict[str, Any]:
    """Return the rows of a database, without ids and runs, which depend on the order of work."""
    with reading(url) as session:
        articles = select(
            ArticleRow.url,
            ArticleRow.title,
            ArticleRow.body,
            ArticleRow.first_seen_at,
            ArticleRow.last_seen_at,
            ArticleRow.revision,
            ArticleRow.published_at,
        )
        fetches = select(Fetch.url, Fetch.outcome, Fetch.fetched_at, Fetch.warc_file, Fetch.warc_offset)
        return {
            "articles": sorted(map(tuple, session.execute(articles))),
            "urls": sorted(session.scalars(select(ArticleUrl.url))),
            "fetches": sorted(map(tuple, session.execute(fetches))),
            "rejects": sorted(
                map(tuple, session.execute(select(RejectRow.url, RejectRow.stage, RejectRow.reason)))
            ),
            "revisions": session.scalar(select(func.count()).select_from(Revision)),
            "parts": sorted(
                (part.path, part.state, sorted(part.counts.items()))
                for part in session.scalars(select(BackfillPart))
            ),
        }


@pytest.mark.slow
def test_archives_are_stored_once(tmp_path: Path, database_url: str) -> None:
    folder = archives(tmp_path / "past", 2, 30)
    first = counts(backfill(database_url, str(folder), "--workers", "2", "--json"))
    before = stored(database_url)
    again = counts(backfill(database_url, str(folder), "--workers", "2", "--json"))
    assert (
        first == again == {"archives": 2, "new": 49, "rejected/empty": 5, "skipped/status": 6, "unchanged": 2}
    )
    assert stored(database_url) == before
    with reading(database_url) as session:
        assert [(run.spider, run.finish_reason) for run in session.scalars(select(Run))] == [
            ("backfill", "finished")
        ] * 2


@pytest.mark.slow
def test_a_backfill_killed_five_times_ends_like_an_undisturbed_one(tmp_path: Path) -> None:
    folder = archives(tmp_path / "past", 4, 150)
    urls = [f"sqlite:///{tmp_path / name}.db" for name in ("undisturbed", "killed")]
    assert backfill(urls[0], str(folder), "--workers", "2").returncode == 0
    chance = random.Random(1)
    # After 3 articles nothing is stored yet, after 17 the first records are.
    for turn, articles in enumerate([3, 17, 9, 17, 15]):
        kill(urls[1], folder, f"{'group' if turn % 5 else 'parent'}:{articles}:{chance.random() * 0.02}")
    assert 0 < done(urls[1]) < done(urls[0])
    assert backfill(urls[1], str(folder), "--workers", "2").returncode == 0
    assert stored(urls[1]) == stored(urls[0])


def done(url: str) -> int:
    with reading(url) as session:
        return sum(sum(part.counts.values()) for part in session.scalars(select(BackfillPart)))


def kill(url: str, folder: Path | str, killed: str) -> None:
    """Start a backfill that is killed by `tests.cli.jobs.killer`, and wait until all of its processes are gone."""
    line, environment = command(url, str(folder), "--workers", "2")
    environment |= {"NEWSBOT_ENTITY_ENGINE": "tests.cli.jobs.killer:Killer", "KILLED": killed}
    with subprocess.Popen(
        line,
        env=environment,
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as running:
        running.communicate()
    assert running.returncode == -signal.SIGKILL


def test_page_that_cannot_be_stored_is_rejected_and_the_others_are_stored(tmp_path: Path) -> None:
    folder = archives(tmp_path / "past", 1, 30)
    url = f"sqlite:///{tmp_path / 'newsbot.db'}"
    Database(url).open().close()
    with closing(sqlite3.connect(tmp_path / "newsbot.db")) as connection:
        connection.execute(
            "CREATE TRIGGER refuse BEFORE INSERT ON articles WHEN new.url LIKE '%/5' BEGIN SELECT RAISE(ABORT, 'no'); END"
        )
    found = counts(backfill(url, str(folder), "--workers", "1", "--json"))
    assert found == {
        "archives": 1,
        "new": 24,
        "rejected/empty": 2,
        "rejected/stage-failed": 1,
        "skipped/status": 3,
        "unchanged": 1,
    }
    with reading(url) as session:
        refused = session.scalars(select(RejectRow).where(RejectRow.reason == "stage-failed")).one()
    assert (refused.url, refused.stage) == ("https://site0.example/5", "store")


@pytest.mark.parametrize(
    ("arguments", "new"),
    [
        (["--host", "site1.example"], 2),
        pytest.param(["--language", "de"], 0, marks=pytest.mark.slow),
        pytest.param(["--until", "2024-04-30"], 0, marks=pytest.mark.slow),
        (["--since", "2024-05-01"], 8),
    ],
    ids=str,
)
def test_filters_select_the_pages_to_store(tmp_path: Path, arguments: list[str], new: int) -> None:
    folder = archives(tmp_path / "past", 1, 8)
    url = f"sqlite:///{tmp_path / 'newsbot.db'}"
    found = counts(backfill(url, str(folder), "--workers", "1", "--json", *arguments))
    assert Counter(found)["new"] == new


def test_broken_archives_are_reported_and_the_others_are_stored(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'newsbot.db'}"
    folder = archives(tmp_path / "past", 1, 8)
    write(folder / "no.wacz", b"no zip")
    write(folder / "torn.warc.gz", packed(record("https://torn.example/1", page(1)))[:-20])
    write(folder / "noise.warc", os.urandom(100_000))
    finished = backfill(url, str(folder), "--workers", "1", "--json")
    assert finished.returncode == 1
    assert finished.stderr.splitlines() == [
        f"newsbot: {folder / 'no.wacz'}: cannot be read: File is not a zip file",
        f"newsbot: {folder / 'noise.warc'}: no WARC record in it",
    ]
    assert counts(finished)["skipped/torn"] == 1
    assert counts(finished)["new"] >= 8


def test_a_file_without_any_record_is_reported(tmp_path: Path) -> None:
    junk = tmp_path / "junk.warc.gz"
    junk.write_text("hello")
    done = backfill(f"sqlite:///{tmp_path / 'newsbot.db'}", str(junk))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"newsbot: {junk}: no WARC record in it\n"


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        (["missing"], 1, "missing: no such file"),
        ([], 2, "Missing argument"),
        (["fixtures", "--workers", "0"], 2, "--workers"),
        (["fixtures", "--since", "soon"], 2, "'soon' is no date"),
        (["fixtures"], 1, "no archive in it"),
    ],
    ids=str,
)
def test_mistakes_cost_one_line(tmp_path: Path, arguments: list[str], status: int, told: str) -> None:
    finished = backfill(f"sqlite:///{tmp_path / 'newsbot.db'}", *arguments)
    assert finished.returncode == status
    assert told in finished.stderr
    assert "Traceback" not in finished.stderr
