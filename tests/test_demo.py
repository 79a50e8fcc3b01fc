"""The made-up newsroom of `make demo`, and every example of the documents that reads a database, run against it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import text

from fixtures.newsroom.__main__ import main as make_newsroom
from fixtures.newsroom.articles import all_articles
from fixtures.newsroom.edits import fetches, load_edits
from fixtures.newsroom.outlets import load_outlets
from fixtures.newsroom.pages import url_of
from fixtures.newsroom.texts import load_topics
from newsbot import cli
from newsbot.store.database import Database
from tests.docs.examples import DOCUMENTS, Example, examples

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
NOW = datetime(2026, 11, 29, 18, 0, tzinfo=UTC)
CRAWL_TIMEOUT_S = 600
READING = {
    "search", "show", "history", "stories", "story", "entity", "trends", "stats", "rejects", "export",
    "methods", "count", "changes",
}  # fmt: skip
"""Commands that only read the database."""
GROUPS = {"sources": {"boilerplate", "show", "health"}, "entities": {"corrections"}}
"""Groups of commands, and those of their commands that only read the database."""
ELSEWHERE = {
    ("sources", "show", "harbour"): "the source that the page adds",
    ("search", "--source", "dw-english"): "after a crawl of the network",
    ("changes", "--cursor", "1234-9f3ac1d2"): "the cursor of another database",
    ("sources", "show", "bbc"): "a source of the catalog",
    ("entities", "corrections"): "nobody has corrected a name yet",
}
"""Examples that find nothing in the newsroom, and why."""
ENDLESS_OR_WRITING = {"--follow", "--keep", "--release", "--live", "--write", "--webhook"}


def reading_examples() -> list[Example]:
    """Return the commands in documents that read a database; of equal ones the first."""
    found = {example.words: example for document in DOCUMENTS[::-1] for example in examples(document)}
    return [example for words, example in found.items() if _reads(words)]


def _reads(words: tuple[str, ...]) -> bool:
    if words in ELSEWHERE or ENDLESS_OR_WRITING & set(words):
        return False
    if words[0] in GROUPS:
        return words[1] in GROUPS[words[0]] or words[1].startswith("-")
    return words[0] in READING


@pytest.fixture(scope="session")
def newsroom(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a newsroom, made for `NOW`."""
    folder = tmp_path_factory.mktemp("demo") / "newsroom"
    assert make_newsroom([str(folder), "--now", NOW.isoformat()]) == 0
    return folder


@pytest.fixture(scope="session")
def demo_url(newsroom: Path) -> str:
    """The URL of a database with the newsroom, stored as `make demo` stores it; quick entity engines are enough."""
    url = f"sqlite:///{newsroom.parent / 'demo.db'}"
    os_settings = {
        "NEWSBOT_DATABASE_URL": url,
        "NEWSBOT_SOURCES": str(newsroom / "sources.toml"),
        "NEWSBOT_ENTITY_ENGINE": "fast,rules",
        "NEWSBOT_ARCHIVE_DIR": "",
    }
    for command in (
        ["newsbot", "import", str(newsroom / "stubs.jsonl")],
        ["scrapy", "crawl", "saved", "-a", f"path={newsroom / 'pages'}", "-L", "WARNING"],
    ):
        subprocess.run(
            [Path(sys.executable).with_name(command[0]), *command[1:]],
            cwd=ROOT,
            env={**os.environ, **os_settings},
            check=True,
            timeout=CRAWL_TIMEOUT_S,
        )
    return url


@pytest.fixture
def demo(demo_url: str) -> Iterator[Database]:
    database = Database(demo_url).open()
    yield database
    database.close()


def values(database: Database, query: str) -> list[tuple[object, ...]]:
    with database.read() as session:
        return [tuple(row) for row in session.execute(text(query))]


@pytest.mark.parametrize("example", reading_examples(), ids=lambda example: example.origin)
def test_example_of_a_document_finds_something(
    example: Example,
    demo_url: str,
    newsroom: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NEWSBOT_DATABASE_URL", demo_url)
    monkeypatch.setenv("NEWSBOT_SOURCES", str(newsroom / "sources.toml"))
    with time_machine.travel(NOW, tick=True):
        status = cli.run(cli.newsbot, list(example.words))
    printed, errors = capsys.readouterr()
    assert status == 0, errors
    written = [path.read_bytes() for path in tmp_path.iterdir()]
    found = max([printed.encode(), *written], key=len)
    assert found.strip(), errors


def test_documents_have_examples_that_read() -> None:
    assert len(reading_examples()) > 30


def test_the_same_time_gives_the_same_pages(newsroom: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    make_newsroom([str(again), "--now", NOW.isoformat()])
    files = sorted(path.relative_to(again) for path in again.rglob("*") if path.is_file())
    assert files == sorted(path.relative_to(newsroom) for path in newsroom.rglob("*") if path.is_file())
    assert all((again / file).read_bytes() == (newsroom / file).read_bytes() for file in files)


def test_a_folder_with_a_newsroom_is_left_as_it_is_on_a_later_day(newsroom: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in newsroom.rglob("*")}
    assert make_newsroom([str(newsroom)]) == 0
    assert {path: path.stat().st_mtime_ns for path in newsroom.rglob("*")} == before


def test_a_folder_with_something_else_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(SystemExit) as exit_:
        make_newsroom([str(tmp_path)])
    assert exit_.value.code == 2
    assert "neither empty nor a newsroom" in capsys.readouterr().err
    assert (tmp_path / "thesis.txt").exists()


def test_no_page_is_fetched_after_now_or_before_its_publication(newsroom: Path) -> None:
    fetched = [
        datetime.fromisoformat(json.loads(path.read_text())["fetched_at"])
        for path in newsroom.rglob("meta.json")
    ]
    assert max(fetched) <= NOW
    assert min(fetched) > NOW - timedelta(days=62)


@pytest.mark.parametrize("hours", [0, 37, 74, 111, 24 * 200], ids=str)
def test_every_edit_has_been_fetched_whatever_day_it_is(hours: int) -> None:
    now = NOW + timedelta(hours=hours)
    articles = all_articles(load_outlets(), load_topics(), now)
    edits = load_edits()
    assert len(fetches(articles, edits, now)) == len(articles) + len(edits)
    assert len({url_of(article) for article in articles}) == len(articles)


def test_newsroom_has_the_promised_size(demo: Database) -> None:
    [(articles, sources, languages)] = values(
        demo,
        "SELECT COUNT(*), COUNT(DISTINCT source), COUNT(DISTINCT language) FROM articles WHERE kind <> 'stub'",
    )
    assert (sources, languages) == (25, 12)
    assert 280 <= int(str(articles)) <= 330


def test_only_the_texts_of_agencies_are_stories(demo: Database) -> None:
    stories = values(
        demo, "SELECT COUNT(*) FROM articles GROUP BY story_id HAVING COUNT(*) > 1 AND story_id IS NOT NULL"
    )
    assert sorted(int(str(size)) for (size,) in stories) == [2, 2, 3, 3, 3, 4, 5, 6, 7, 8]


def test_edits_are_judged_as_they_were_made(demo: Database) -> None:
    judged = Counter(silent for (silent,) in values(demo, "SELECT is_silent FROM revisions"))
    assert judged[1] == 13
    assert judged[0] == 8


def test_article_whose_page_was_removed_is_gone(demo: Database) -> None:
    gone = values(demo, "SELECT url FROM articles WHERE gone_at IS NOT NULL")
    assert len(gone) == sum(edit.gone for edit in load_edits()) == 1


def test_articles_were_first_seen_when_their_pages_were_fetched(demo: Database) -> None:
    late = "SELECT COUNT(*) FROM articles WHERE first_seen_at < published_at OR first_seen_at > :now"
    with demo.read() as session:
        assert session.scalar(text(late), {"now": NOW.replace(tzinfo=None).isoformat(" ")}) == 0


def test_every_source_reads_as_it_should(demo: Database) -> None:
    wrong = """SELECT title FROM articles WHERE kind <> 'stub' AND
        (published_at IS NULL OR section IS NULL AND source NOT IN ('lakeside-tribune', 'eastern-mail', 'alpenbote',
        'skargardsbladet') OR word_count < 40)"""
    assert values(demo, wrong) == []
