"""`newsbot archive`: counts, verifies and prunes the stored responses."""

import gzip
import json
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from newsbot.archive.warc_pages import read_page_at
from newsbot.archive.warc_writer import Exchange, WarcWriter, payload_digest
from newsbot.capture import Capture
from newsbot.cli import newsbot, run
from newsbot.ingest.envelope import Envelope
from newsbot.ingest.process import Processor
from newsbot.ingest.record import record_article, record_poll, record_reject
from newsbot.items import Fetched, Reject
from newsbot.settings import read_settings
from newsbot.store.crawl.fetches import find_kept
from newsbot.store.schema.models import Fetch
from tests.archive.test_warc_writer import check, types
from tests.crawling import reading
from tests.pages import article_page

pytestmark = pytest.mark.slow

PROJECT = Path(__file__).parents[3]
NOW = (datetime.now(UTC) - timedelta(days=1)).replace(hour=12, minute=0, second=0, microsecond=0)
"""A time far from midnight."""
OLD = NOW - timedelta(days=100)
LATER = NOW - timedelta(days=10)


class Crawler:
    """Stores made-up pages as a crawl does, without a network."""

    def __init__(self, url: str, folder: Path) -> None:
        settings = {"NEWSBOT_DATABASE_URL": url, "NEWSBOT_ENTITY_ENGINE": "none"}
        self.processor = Processor.with_database(read_settings(settings))
        assert self.processor.database
        self.database = self.processor.database.open()
        self.writer = WarcWriter(folder, "newsbot-test", software="newsbot/test")

    def fetch(self, url: str, body: str, at: datetime) -> Fetched:
        """Archive a response and return what a crawl would store of it."""
        exchange = Exchange(
            url=url,
            method="GET",
            request_headers=[(b"Host", b"site")],
            request_body=b"",
            status=200,
            reason="OK",
            headers=[(b"Content-Type", b"text/html; charset=utf-8")],
            body=body.encode(),
            fetched_at=at,
        )
        with self.database.read() as session:
            kept = self.writer.write(exchange, find_kept(session, url, payload_digest(body.encode())))
        return Fetched(
            url=url,
            status=200,
            warc_file=kept.file,
            warc_offset=kept.offset,
            payload_digest=kept.digest,
            is_repeat=kept.is_repeat,
        )

    def article(self, number: int, at: datetime, *, extra: str = "") -> None:
        url = f"https://site{number % 2}.example/{number}"
        body = article_page(number, extra=extra)
        fetched = self.fetch(url, body, at)
        item = self.processor.prepare(
            self.processor.read(Capture(body=body.encode(), url=url, retrieved_at=at, charset="utf-8")),
            ("validate", "clean"),
        )
        assert isinstance(item, Envelope)
        item.fetched = fetched
        with self.database.write() as session:
            record_article(session, item, run_id=None, now=at)

    def reject(self, number: int, at: datetime) -> None:
        url = f"https://site0.example/list/{number}"
        reject = Reject(
            url=url, reason="list", source="site0.example", fetched=self.fetch(url, f"<p>{number}", at)
        )
        with self.database.write() as session:
            record_reject(session, reject, run_id=None, now=at)

    def feed(self, body: str, at: datetime) -> None:
        fetched = self.fetch("https://site0.example/feed", body, at)
        with self.database.write() as session:
            record_poll(session, fetched, source="site0.example", run_id=None, now=at)

    def orphan(self, at: datetime) -> None:
        self.fetch("https://site0.example/robots.txt", f"{at}", at)

    def close(self) -> None:
        self.writer.close()
        self.database.close()


@pytest.fixture
def folder(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("NEWSBOT_ARCHIVE_DIR", str(tmp_path / "archive"))
    monkeypatch.setenv("NEWSBOT_DATABASE_URL", database_url)
    monkeypatch.setenv("NEWSBOT_ENTITY_ENGINE", "none")
    return tmp_path / "archive"


@pytest.fixture
def crawled(folder: Path, database_url: str) -> Path:
    """Return an archive of two days: 4 articles, one of which changes, and on both days a feed, 2 rejects and 2 orphans."""
    crawler = Crawler(database_url, folder)
    for at in (OLD, LATER):
        crawler.orphan(at)
        crawler.orphan(at + timedelta(seconds=1))
        crawler.feed("the feed", at)
        if at is OLD:
            for number in range(4):
                crawler.article(number, at)
        else:
            crawler.article(1, at, extra="The mayor has left since.")
        for number in range(2):
            crawler.reject(number if at is OLD else number + 2, at)
    crawler.close()
    return folder


def invoke(*arguments: str) -> Result:
    result = CliRunner().invoke(newsbot, ["archive", *arguments])
    assert result.exit_code == 0, result.output
    return result


def found(*arguments: str) -> dict[str, Any]:
    values: dict[str, Any] = json.loads(invoke(*arguments, "--json").stdout)
    return values


def problems() -> list[dict[str, Any]]:
    lines = CliRunner().invoke(newsbot, ["archive", "verify", "--json"], standalone_mode=False)
    assert lines.exception is None, lines.exception
    problems_found = [json.loads(line) for line in lines.stdout.splitlines()]
    assert lines.return_value == (1 if problems_found else 0)
    return problems_found


def files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.warc.gz"))


def kept_pages(url: str, folder: Path) -> dict[str, bytes]:
    """Return the pages of all fetches with a place in the archive, read from there."""
    pages = {}
    with reading(url) as session:
        for fetch in session.scalars(select(Fetch).where(Fetch.warc_file.is_not(None))):
            page = read_page_at(folder / str(fetch.warc_file), fetch.warc_offset or 0, max_bytes=10**6)
            assert page is not None
            assert page.url == fetch.url
            pages[f"{fetch.url} {fetch.fetched_at:%j}"] = page.body
    return pages


def test_stats_count_files_records_sources_and_what_articles_were_read_from(crawled: Path) -> None:
    stats = found("stats")
    assert (stats["files"], stats["open_files"], stats["damaged_places"]) == (2, 0, 0)
    assert stats["bytes"] == sum(path.stat().st_size for path in files(crawled))
    assert {kind: count["records"] for kind, count in stats["by_type"].items()} == {
        "request": 15,
        "response": 14,
        "revisit": 1,
        "warcinfo": 2,
    }
    assert sum(count["bytes"] for count in stats["by_type"].values()) == stats["bytes"]
    assert {source: count["records"] for source, count in stats["by_source"].items()} == {
        "site0.example": 7,
        "site1.example": 3,
    }
    assert (stats["of_articles"]["records"], stats["orphans"]["records"]) == (4, 4)
    assert stats["first"] == f"{OLD:%Y-%m-%dT%H:%M:%SZ}"
    assert stats["last"] == f"{LATER + timedelta(seconds=1):%Y-%m-%dT%H:%M:%SZ}"
    assert "that articles were read from\t4\t" in invoke("stats").stdout


def test_archive_without_damage_is_reported_as_whole(crawled: Path) -> None:
    assert problems() == []
    assert "the archive is whole" in invoke("verify").stderr


def flip(path: Path, at: int) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 0xFF
    path.write_bytes(content)


def test_verify_names_the_file_and_the_byte_of_what_is_damaged_or_missing(
    crawled: Path, database_url: str
) -> None:
    first, second = files(crawled)
    with reading(database_url) as session:
        offsets = sorted(
            {
                fetch.warc_offset or 0
                for fetch in session.scalars(select(Fetch).where(Fetch.warc_file == first.name))
            }
        )
    flip(first, offsets[2] + 100)
    assert [(problem["file"], problem["offset"]) for problem in problems()] == [(first.name, offsets[2])]
    flip(first, offsets[2] + 100)
    first.write_bytes(first.read_bytes()[:-10])
    (torn,) = problems()
    assert (torn["file"], torn["what"]) == (first.name, "the file ends within the record")
    second.unlink()
    assert problems()[-1] == {
        "file": second.name,
        "offset": None,
        "what": "missing; the database refers to 3 of its records",
    }


def test_verify_finds_records_that_are_not_where_the_database_says(crawled: Path, database_url: str) -> None:
    first, second = files(crawled)
    content = first.read_bytes()
    first.write_bytes(second.read_bytes())
    second.write_bytes(content)
    found = problems()
    assert {problem["file"] for problem in found} == {first.name, second.name}
    assert all("the database refers to it" in problem["what"] for problem in found)


def test_verify_compares_contents_with_their_digests(crawled: Path) -> None:
    path = files(crawled)[1]
    members = path.read_bytes().split(b"\x1f\x8b\x08")
    changed = [
        gzip.decompress(b"\x1f\x8b\x08" + member).replace(b"mayor has", b"mayor had")
        for member in members[1:]
    ]
    path.write_bytes(b"".join(gzip.compress(member, 6, mtime=0) for member in changed))
    assert "its content is not that of its digest" in {
        problem["what"].partition(";")[0] for problem in problems()
    }


def test_an_archive_that_is_being_written_is_whole(folder: Path, database_url: str) -> None:
    crawler = Crawler(database_url, folder)
    crawler.article(1, OLD)
    with files(folder)[0].open("ab") as file:
        file.write(b"\x1f\x8b\x08")  # the beginning of the next record
    assert problems() == []
    assert found("stats")["open_files"] == 1
    crawler.close()


def test_pruning_keeps_what_articles_were_read_from_and_what_servers_still_answer(
    crawled: Path, database_url: str
) -> None:
    before = kept_pages(database_url, crawled)
    size = sum(path.stat().st_size for path in files(crawled))
    pruned = found("prune", "--older-than", "50d")
    assert (pruned["files_removed"], pruned["files_rewritten"], pruned["files_skipped"]) == (0, 1, 0)
    assert pruned["freed_bytes"] == size - sum(path.stat().st_size for path in files(crawled)) > 0
    after = kept_pages(database_url, crawled)
    gone = {f"https://site0.example/list/{number} {OLD:%j}" for number in range(2)} | {
        f"https://site1.example/1 {OLD:%j}"
    }
    assert after == {name: page for name, page in before.items() if name not in gone}
    assert problems() == []
    old, new = files(crawled)
    assert types(old) == ["warcinfo", *["response", "request"] * 4]
    assert types(new).count("revisit") == 1
    assert [check(path) for path in (old, new)] == [0, 0]
    assert found("prune", "--older-than", "50d")["freed_bytes"] == 0


def test_dry_run_of_pruning_reports_the_same_and_changes_nothing(crawled: Path, database_url: str) -> None:
    before = [(path.name, path.read_bytes()) for path in files(crawled)]
    planned = found("prune", "--older-than", "50d", "--dry-run")
    assert [(path.name, path.read_bytes()) for path in files(crawled)] == before
    done = found("prune", "--older-than", "50d")
    assert {**planned, "dry_run": False} == done


def test_all_old_records_are_pruned_with_the_option_all(crawled: Path, database_url: str) -> None:
    pruned = found("prune", "--older-than", "1d", "--all")
    assert pruned["files_removed"] == 2
    assert files(crawled) == []
    assert kept_pages(database_url, crawled) == {}
    assert problems() == []
    assert found("prune", "--older-than", "1d", "--all")["freed_bytes"] == 0


def test_only_one_source_is_pruned(crawled: Path, database_url: str) -> None:
    before = kept_pages(database_url, crawled)
    found("prune", "--older-than", "1d", "--all", "--source", "site1.example")
    assert kept_pages(database_url, crawled) == {
        name: page for name, page in before.items() if "site1" not in name
    }
    assert found("stats")["orphans"]["records"] == 4


def test_a_file_that_a_crawl_has_open_is_left_alone_also_once_it_is_full(
    folder: Path, database_url: str
) -> None:
    crawler = Crawler(database_url, folder)
    crawler.article(1, OLD)
    crawler.article(2, OLD + timedelta(days=1))
    before = [(path.name, path.read_bytes()) for path in files(folder)]
    pruned = found("prune", "--older-than", "1d", "--all")
    assert (len(before), pruned["files_skipped"], pruned["freed_bytes"]) == (2, 2, 0)
    assert [(path.name, path.read_bytes()) for path in files(folder)] == before
    crawler.close()
    assert found("prune", "--older-than", "1d", "--all")["files_removed"] == 2


def test_damaged_file_is_reported_and_not_pruned(crawled: Path) -> None:
    path = files(crawled)[0]
    flip(path, 500)
    before = path.read_bytes()
    result = CliRunner().invoke(newsbot, ["archive", "prune", "--older-than", "50d"], standalone_mode=False)
    assert result.return_value == 1
    assert f"{path}: left as it is: damaged at byte" in result.stderr
    assert path.read_bytes() == before


def test_repeat_of_a_response_whose_record_is_pruned_is_stored_without_a_place(
    crawled: Path, database_url: str
) -> None:
    crawler = Crawler(database_url, crawled)
    fetched = crawler.fetch("https://site0.example/list/0", "<p>0", NOW)
    assert fetched.is_repeat
    found("prune", "--older-than", "50d")
    reject = Reject(url=fetched.url, reason="list", fetched=fetched)
    with crawler.database.write() as session:
        record_reject(session, reject, run_id=None, now=NOW)
    crawler.close()
    assert problems() == []
    crawler = Crawler(database_url, crawled)
    assert not crawler.fetch(fetched.url, "<p>0", NOW).is_repeat
    crawler.close()


def test_archive_that_was_backfilled_from_itself_is_pruned_too(folder: Path, database_url: str) -> None:
    other = Crawler(f"sqlite:///{folder.parent / 'other.db'}", folder)
    for number in range(3):
        other.article(number, OLD)
    other.orphan(OLD)
    other.close()
    assert run(newsbot, ["backfill", str(folder), "--workers", "1"]) == 0
    before = kept_pages(database_url, folder)
    assert found("prune", "--older-than", "1d")["records_removed"] == 2  # robots.txt and its request
    after = kept_pages(database_url, folder)
    assert len(after) == 3
    assert after.items() <= before.items()


KILLED = """
import os, signal, sys
from pathlib import Path
import newsbot.jobs.archive_prune as pruning
from newsbot.cli import main
def before(place, name):
    def kill(*arguments, **given):
        os.kill(os.getpid(), signal.SIGKILL)
    setattr(place, name, kill)
def after(place, name):
    act = getattr(place, name)
    def kill(*arguments, **given):
        act(*arguments, **given)
        os.kill(os.getpid(), signal.SIGKILL)
    setattr(place, name, kill)
exec(sys.argv[1])
main(["archive", "prune", "--older-than", *sys.argv[2:]])
"""
INSTANTS = [
    "before(Path, 'rename')",
    "after(Path, 'rename')",
    "after(pruning, 'move_references')",
    "before(pruning.Database, 'sync')",
    "after(Path, 'unlink')",
]
"""Moments while a file is replaced: its copy is partial, complete, not yet referred to, referred to, the only file."""
KILLS = [(instant, ["50d"]) for instant in INSTANTS] + [
    (instant, ["1d", "--all"]) for instant in INSTANTS[2:4]
]


@pytest.mark.parametrize(("instant", "arguments"), KILLS, ids=str)
def test_kill_at_any_moment_leaves_files_and_database_consistent(
    crawled: Path, database_url: str, instant: str, arguments: list[str]
) -> None:
    before = kept_pages(database_url, crawled)
    kill(instant, arguments)
    assert kept_pages(database_url, crawled).items() <= before.items()
    assert problems() == []
    found("prune", "--older-than", *arguments)
    assert problems() == []
    left = kept_pages(database_url, crawled)
    if "--all" in arguments:
        assert (left, list(crawled.iterdir())) == ({}, [])
    else:
        gone = [f"https://site0.example/list/{number} {OLD:%j}" for number in range(2)]
        gone.append(f"https://site1.example/1 {OLD:%j}")
        assert left == {name: page for name, page in before.items() if name not in gone}
        assert len(list(crawled.iterdir())) == 2


def kill(instant: str, arguments: list[str]) -> None:
    command = [sys.executable, "-c", KILLED, instant, *arguments]
    killed = subprocess.run(command, cwd=PROJECT, env=os.environ, capture_output=True, text=True, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        (["prune"], 2, "--older-than"),
        (["prune", "--older-than", "soon"], 2, "'soon' is no date; accepted: 2026-11-23"),
        (["prune", "--older-than", "99999999999y"], 2, "is no date"),
        (["prune", "--older-than", "-3d"], 2, "is no date"),
        (["prune", "--older-than", "2026-13-01"], 2, "is no date"),
        (["stats"], 1, "no such folder; NEWSBOT_ARCHIVE_DIR"),
        (["verify"], 1, "no such folder"),
        (["prune", "--older-than", "2024-01-01"], 1, "no such folder"),
        (["mend"], 2, "No such command"),
    ],
    ids=str,
)
def test_mistakes_cost_one_line(
    folder: Path,
    database_url: str,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    status: int,
    told: str,
) -> None:
    Crawler(database_url, folder).close()
    assert run(newsbot, ["archive", *arguments]) == status
    error = capsys.readouterr().err
    assert told in error
    assert error.count("\n") == 1


def test_empty_setting_and_missing_database_print_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NEWSBOT_DATABASE_URL", f"sqlite:///{tmp_path / 'none.db'}")
    monkeypatch.setenv("NEWSBOT_ARCHIVE_DIR", "")
    assert run(newsbot, ["archive", "stats"]) == 2
    assert "NEWSBOT_ARCHIVE_DIR is empty" in capsys.readouterr().err
    monkeypatch.setenv("NEWSBOT_ARCHIVE_DIR", str(tmp_path))
    assert run(newsbot, ["archive", "verify"]) == 1
    assert "stored nothing there yet" in capsys.readouterr().err


def test_a_folder_without_archives_is_an_empty_archive(folder: Path, database_url: str) -> None:
    Crawler(database_url, folder).close()
    folder.mkdir()
    (folder / "CC-NEWS-1.warc.gz").write_bytes(b"of somebody else")
    assert (found("stats")["files"], problems()) == (0, [])
    assert found("prune", "--older-than", "0d", "--all")["files"] == []
    assert len(list(folder.iterdir())) == 1
