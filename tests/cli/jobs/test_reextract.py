"""`newsbot reextract`: stored articles are read again from the archive with today's rules."""

import json
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import ColumnElement, select, update

from newsbot import rule_versions
from newsbot.archive.warc_pages import read_pages, warc_spans
from newsbot.cli import newsbot
from newsbot.ingest.envelope import Envelope
from newsbot.ingest.process import CONTENT_STAGES, Processor
from newsbot.ingest.record import record_article
from newsbot.items import Article
from newsbot.jobs import reextract as reextract_job
from newsbot.jobs.reextract import ReextractWorker
from newsbot.settings import read_settings
from newsbot.store.articles.reextraction import list_extracted
from newsbot.store.database import Database
from newsbot.store.queries import Filters, get_article, search, stats
from newsbot.store.queries.article_history import history
from newsbot.store.schema.models import ArticleRow, Revision, Run
from tests.archive.warcs import packed, record, write
from tests.crawling import reading
from tests.pages import article_page, paragraphs

pytestmark = pytest.mark.slow

PAGES = 6
OLD_RULES = "extraction-0 cleaning-0"
PROJECT = Path(__file__).parents[3]


def by_older_rules(article: Article) -> None:
    """Change some articles to what older rules would have read: a teaser as a paragraph, and a wrong title."""
    number = int(article.url.rpartition("/")[2])
    if number % 2:
        article.body += "\n\nRead also: the fountain of the old town."
    if number == 3:
        article.title = "Example"


@pytest.fixture
def archived(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return a database of articles that older rules have read from an archive."""
    for name in ("NEWSBOT_SOURCES", "NEWSBOT_ARCHIVE_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NEWSBOT_ENTITY_ENGINE", "rules")
    records = [
        record(f"https://site{number % 2}.example/{number}", article_page(number).encode())
        for number in range(PAGES)
    ]
    path = write(tmp_path / "past.warc.gz", packed(*records))
    store(database_url, path, by_older_rules)
    return database_url


def store(url: str, path: Path, alter: Callable[[Article], None]) -> None:
    processor = Processor.with_database(
        read_settings({"NEWSBOT_DATABASE_URL": url, "NEWSBOT_ENTITY_ENGINE": "none"})
    )
    assert processor.database
    database = processor.database.open()
    for _, page in read_pages(path, warc_spans(path)[0], max_bytes=10**6, skipped=Counter()):
        item = processor.prepare(processor.read(page), ("validate", "clean"))
        assert isinstance(item, Envelope)
        alter(item.article)
        with database.write() as session:
            record_article(session, item, run_id=None, now=datetime.now(UTC))
    database.close()
    set_rules(url, OLD_RULES)


def set_rules(url: str, label: str | None, *conditions: ColumnElement[bool]) -> None:
    """Set the rules that stored articles were read with."""
    database = Database(url).open()
    with database.write() as session:
        session.execute(update(ArticleRow).where(*conditions).values(extractor_version=label))
    database.close()


def reextract(url: str, *arguments: str) -> dict[str, Any]:
    result = run("reextract", "--database", url, "--workers", "1", "--json", *arguments)
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(newsbot, arguments)
    assert result.exit_code == 0, result.output
    return result


def rows(url: str) -> list[Any]:
    with reading(url) as session:
        return [
            tuple(row)
            for row in session.execute(select(*ArticleRow.__table__.columns).order_by(ArticleRow.id))
        ]


@pytest.mark.slow_on_postgresql
def test_dry_run_shows_what_would_change_and_changes_nothing(archived: str) -> None:
    before = rows(archived)
    found = reextract(archived, "--dry-run")
    assert found["dry_run"] is True
    assert (found["changed"], found["unchanged"]) == (3, 3)
    assert found["fields"] == {"body": 3, "title": 1}
    assert found["samples"]["title"] == [
        {
            "url": "https://site1.example/3",
            "before": "Example",
            "after": "The railway of Norwich reopens, number 3",
        }
    ]
    assert rows(archived) == before


def test_changes_by_rules_are_stored_and_marked_and_are_no_edits_by_the_publisher(archived: str) -> None:
    seen = [(row.first_seen_at, row.last_seen_at, row.retrieved_at) for row in articles(archived)]
    found = reextract(archived)
    assert (found["changed"], found["unchanged"]) == (3, 3)
    assert [(row.first_seen_at, row.last_seen_at, row.retrieved_at) for row in articles(archived)] == seen
    with reading(archived) as session:
        stored = get_article(session, "https://site1.example/3")
        changes = history(session, "https://site1.example/3")
        assert {row.by_rules for row in session.scalars(select(Revision))} == {True}
        assert stats(session).revision_count == 0
        assert [hit.url for hit in search(session, "fountain", Filters())] == []
        assert session.scalars(select(Run.spider)).all() == ["reextract"]
    assert stored is not None
    assert changes is not None
    assert stored.article.body.split("\n\n")[-1] == paragraphs(3)[-1]
    assert stored.article.entity_engine
    assert [(change.by_rules, sorted(change.fields)) for change in changes] == [(True, ["body", "title"])]
    assert "by newsbot's rules" in run("history", "https://site1.example/3", "--database", archived).output


def articles(url: str) -> list[ArticleRow]:
    with reading(url) as session:
        return list(session.scalars(select(ArticleRow).order_by(ArticleRow.id)))


def test_unchanged_article_only_gets_the_new_version_of_the_rules(archived: str) -> None:
    before = {row.id: row for row in articles(archived)}
    assert len(before) == PAGES
    reextract(archived)
    for row in articles(archived):
        assert row.extractor_version == rule_versions.label()
        if row.id % 2:
            assert (row.revision, row.content_key, row.body) == (
                1,
                before[row.id].content_key,
                before[row.id].body,
            )


@pytest.mark.slow_on_postgresql
def test_articles_read_with_todays_rules_are_not_read_again(archived: str) -> None:
    reextract(archived, "--source", "site1.example")
    assert reextract(archived)["unchanged"] == 3
    assert reextract(archived) == {"dry_run": False, "fields": {}, "samples": {}}
    assert "nothing to do" in run("reextract", "--database", archived, "--workers", "1").stderr
    assert reextract(archived, "--all")["unchanged"] == PAGES


@pytest.mark.slow_on_postgresql
@pytest.mark.parametrize(
    ("label", "count"),
    [
        pytest.param("extraction-0 cleaning-1", 2, id="older rules"),
        pytest.param("0.1.0", 2, id="a package version, as stored before rules had versions"),
        pytest.param(None, 2, id="unknown"),
        pytest.param(rule_versions.label(), 0, id="today's rules"),
    ],
)
def test_articles_are_stale_if_other_rules_than_todays_have_read_them(
    archived: str, label: str | None, count: int
) -> None:
    reextract(archived)
    set_rules(archived, label, ArticleRow.id <= 2)
    with reading(archived) as session:
        assert [stale.article_id for stale in list_extracted(session)] == [1, 2][:count]
    assert reextract(archived, "--dry-run").get("unchanged", 0) == count


@pytest.mark.slow_on_postgresql
@pytest.mark.parametrize(
    ("arguments", "count"),
    [
        (["--source", "site0.example"], 3),
        (["--source", "nowhere"], 0),
        (["--since", "2026-05-04"], 3),
    ],
    ids=str,
)
def test_only_selected_articles_are_read_again(archived: str, arguments: list[str], count: int) -> None:
    found = reextract(archived, *arguments)
    assert found.get("changed", 0) + found.get("unchanged", 0) == count


@pytest.mark.slow
def test_later_edit_is_an_edit_by_the_publisher(archived: str, tmp_path: Path) -> None:
    reextract(archived)
    edited = record(
        "https://site1.example/1",
        article_page(1, extra="The mayor has left since.").encode(),
        date="2024-05-02T10:00:00Z",
    )
    store(archived, write(tmp_path / "later.warc.gz", packed(edited)), lambda article: None)
    with reading(archived) as session:
        changes = history(session, "https://site1.example/1")
        assert stats(session).revision_count == 1
    assert changes is not None
    assert [change.by_rules for change in changes] == [True, False]
    assert reextract(archived, "--all")["unchanged"] == PAGES


def test_a_stage_that_changes_a_field_is_applied_to_stored_articles(
    archived: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def shout(self: Processor, envelope: Envelope) -> None:
        envelope.article.title = (envelope.article.title or "").upper()

    monkeypatch.setattr(Processor, "shout", shout, raising=False)
    monkeypatch.setattr(reextract_job, "CONTENT_STAGES", (*CONTENT_STAGES, "shout"))
    processor = Processor.with_database(
        read_settings({"NEWSBOT_DATABASE_URL": archived, "NEWSBOT_ENTITY_ENGINE": "none"})
    )
    assert processor.database
    with processor.database.open().read() as session:
        stored = list_extracted(session)
    findings = ReextractWorker(processor, Path(), run_id=None).reextract(stored)
    processor.close()
    assert findings.fields["title"] == PAGES


KILLED = """
import os, signal, sys
import newsbot.jobs.reextract as reextraction
from newsbot.store.articles.reextraction import list_extracted
from newsbot.store.database import Database
act, left = reextraction.apply_rules, int(sys.argv[1])
def apply(*arguments, **given):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return act(*arguments, **given)
reextraction.apply_rules = apply
def in_this_process(method, tasks, *, workers, make_worker, arguments):
    worker = make_worker(*arguments)
    return ([getattr(worker, method)(task)] for task in tasks)
reextraction.in_processes = in_this_process
from newsbot.cli import main
main(["reextract", "--database", sys.argv[2]])
"""


@pytest.mark.slow
def test_killed_run_is_continued_by_the_next_one(archived: str) -> None:
    for _ in range(2):
        killed = subprocess.run([sys.executable, "-c", KILLED, "2", archived], cwd=PROJECT, check=False)
        assert killed.returncode == -signal.SIGKILL
    found = reextract(archived)
    assert found["changed"] == 1  # of 3: the other two were changed before the kills
    with reading(archived) as session:
        assert sorted(session.scalars(select(Revision.article_id))) == [2, 4, 6]
        reasons = [run.finish_reason for run in session.scalars(select(Run).order_by(Run.id))]
    assert reasons == [None, None, "finished"]
    assert {row.extractor_version for row in articles(archived)} == {rule_versions.label()}
    assert reextract(archived) == {"dry_run": False, "fields": {}, "samples": {}}


@pytest.mark.slow_on_postgresql
def test_a_database_without_its_archive_and_an_archive_without_a_database_cost_no_traceback(
    archived: str, tmp_path: Path
) -> None:
    assert reextract(archived, "--source", "site0.example", "--dry-run")["unchanged"] == 3
    (tmp_path / "past.warc.gz").rename(tmp_path / "elsewhere.warc.gz")
    assert reextract(archived, "--dry-run")["missing"] == PAGES
    empty = f"sqlite:///{tmp_path / 'empty.db'}"
    assert reextract(empty) == {"dry_run": False, "fields": {}, "samples": {}}


@pytest.mark.slow_on_postgresql
def test_pages_that_are_gone_or_broken_leave_their_articles_alone(archived: str, tmp_path: Path) -> None:
    before = [(row.title, row.body) for row in articles(archived)]
    archive = tmp_path / "past.warc.gz"
    archive.write_bytes(archive.read_bytes()[:20])
    assert reextract(archived)["missing"] == PAGES
    archive.unlink()
    assert reextract(archived)["missing"] == PAGES
    assert [(row.title, row.body) for row in articles(archived)] == before


def test_article_that_todays_rules_do_not_find_is_kept(archived: str, tmp_path: Path) -> None:
    empty = [record(f"https://site{number % 2}.example/{number}", b"<p>x") for number in range(PAGES)]
    set_rules(archived, OLD_RULES)
    path = tmp_path / "past.warc.gz"
    content = path.read_bytes()
    path.write_bytes(packed(*empty)[: len(content)])
    found = reextract(archived)
    assert len(articles(archived)) == PAGES
    assert "changed" not in found
