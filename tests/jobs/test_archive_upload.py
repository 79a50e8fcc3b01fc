"""Files of the archive are uploaded once, compared, and then read from where they are, whatever is killed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from newsbot.archive.warc_writer import Exchange, WarcWriter, payload_digest
from newsbot.errors import InputError, UsageError
from newsbot.ingest.envelope import Envelope
from newsbot.ingest.process import Processor
from newsbot.ingest.record import record_article
from newsbot.items import Fetched
from newsbot.jobs.archive_prune import PruneRules, prune_archive
from newsbot.jobs.archive_stats import read_archive_stats, verify_archive
from newsbot.jobs.archive_upload import upload_archive
from newsbot.jobs.reextract import ReextractWorker
from newsbot.jobs.remote.objects import file_system, list_objects, object_url
from newsbot.settings import read_settings
from newsbot.store.articles.reextraction import list_extracted
from newsbot.store.crawl.fetches import find_kept
from newsbot.store.database import Database
from newsbot.store.schema.models import Fetch
from tests.pages import article_page
from tests.store.samples import article

NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)


class Spool:
    """The folder of an archive with files of articles, and rows that refer to them."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database, self.folder = database, folder
        self.writer = WarcWriter(folder, "newsbot-test", software="newsbot/test", max_file_bytes=4_000)

    def crawl(self, numbers: range, *, at: datetime = NOW, store: str = "") -> None:
        for number in numbers:
            self.keep(number, at + timedelta(seconds=number), store=store)
        self.writer.close()

    def keep(self, number: int, at: datetime, *, store: str = "") -> None:
        page = article(number, retrieved_at=at, published_at=None)
        body = article_page(number).encode()
        exchange = Exchange(
            url=page.url,
            method="GET",
            request_headers=[(b"Host", b"news.example")],
            request_body=b"",
            status=200,
            reason="OK",
            headers=[(b"Content-Type", b"text/html; charset=utf-8")],
            body=body,
            fetched_at=at,
        )
        with self.database.read() as session:
            earlier = find_kept(session, page.url, payload_digest(body), store)
        kept = self.writer.write(exchange, earlier)
        fetched = Fetched(
            url=page.url,
            status=200,
            warc_file=kept.file,
            warc_offset=kept.offset,
            payload_digest=kept.digest,
            is_repeat=kept.is_repeat,
        )
        with self.database.write() as session:
            record_article(session, Envelope(article=page, fetched=fetched), run_id=None, now=at)

    def files(self) -> list[str]:
        return sorted(path.name for path in self.folder.glob("newsbot-*"))

    def places(self) -> set[str]:
        with self.database.read() as session:
            return {file for file in session.scalars(select(Fetch.warc_file)) if file}


@pytest.fixture
def spool(database: Database, tmp_path: Path) -> Spool:
    return Spool(database, tmp_path / "archive")


@pytest.fixture(params=["file", "memory", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an object store of each kind."""
    if request.param == "s3":
        yield f"{request.getfixturevalue('bucket')}/warc"
    elif request.param == "file":
        yield (tmp_path / "store").as_uri()
    else:
        yield "memory://newsbot/warc"
        files, _ = file_system("memory://newsbot")
        files.store.clear()


def upload(spool: Spool, store: str) -> list[str]:
    found = upload_archive(spool.database, spool.folder, store, pause=lambda seconds: None)
    return [uploaded.name for uploaded in found if uploaded.url]


def readable(spool: Spool, **given: str) -> dict[str, int]:
    """Return the outcomes of reading every article again, where the database says that its page is."""
    settings = {"NEWSBOT_ENTITY_ENGINE": "none", "NEWSBOT_ARCHIVE_DIR": str(spool.folder), **given}
    processor = Processor(read_settings(settings), spool.database)
    with spool.database.read() as session:
        articles = list_extracted(session, is_stale=False)
    return dict(ReextractWorker(processor, spool.folder, None).reextract(articles).outcomes)


def test_files_are_uploaded_and_read_from_there(spool: Spool, store: str) -> None:
    spool.crawl(range(6))
    names = spool.files()
    assert len(names) > 1
    assert upload(spool, store) == names
    assert spool.files() == []
    assert list(list_objects(object_url(store, "newsbot-*"))) == [object_url(store, name) for name in names]
    assert spool.places() == {object_url(store, name) for name in names}
    assert readable(spool) == {"changed": 6}
    assert upload(spool, store) == []
    assert [
        problem for found in verify_archive(spool.database, spool.folder, store) for problem in found
    ] == []
    *_, stats = read_archive_stats(spool.database, spool.folder, store)
    assert (stats.files, stats.of_articles.records, stats.open_files) == (len(names), 6, 0)


def test_a_body_that_is_in_the_store_is_not_kept_twice(spool: Spool, store: str) -> None:
    spool.crawl(range(2))
    upload(spool, store)
    places = spool.places()
    spool.crawl(range(2), at=NOW + timedelta(hours=1), store=store)
    assert spool.places() == places, "the new rows refer to the uploaded records"
    upload(spool, store)
    assert spool.places() == places


def test_a_missing_object_and_a_changed_one_are_found(spool: Spool, store: str) -> None:
    spool.crawl(range(4))
    names = upload(spool, store)
    files, path = file_system(store)
    files.rm_file(f"{path}/{names[0]}")
    files.pipe_file(f"{path}/{names[1]}", b"nothing")
    problems = [problem for found in verify_archive(spool.database, spool.folder, store) for problem in found]
    assert {problem.file for problem in problems} == {object_url(store, name) for name in names[:2]}


def test_objects_are_pruned_except_what_articles_were_read_from(spool: Spool, store: str) -> None:
    spool.crawl(range(4))
    upload(spool, store)
    with spool.database.write() as session:
        session.delete(session.scalars(select(Fetch).order_by(Fetch.id)).first())
    rules = PruneRules(older_than=NOW + timedelta(days=1))
    found = list(prune_archive(spool.database, spool.folder, rules, store=store))
    assert sum(pruned.dropped for pruned in found) == 2, "a response and its request"
    assert readable(spool) == {"changed": 3}
    assert set(list_objects(object_url(store, "newsbot-*"))) == spool.places()


def test_a_copy_that_is_not_whole_is_sent_again_and_the_file_stays_if_it_never_is(
    spool: Spool, store: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool.crawl(range(2))
    names = spool.files()
    files, path = file_system(store)
    files.makedirs(path, exist_ok=True)
    size = (spool.folder / names[0]).stat().st_size
    files.pipe_file(f"{path}/{names[0]}", b"x" * size)  # as long, and something else
    monkeypatch.setattr(shutil, "copyfileobj", lambda source, target, size: target.write(b"cut"))
    with pytest.raises(InputError, match="content is not that of the file"):
        upload(spool, store)
    assert spool.files() == names
    assert spool.places() == set(names)
    monkeypatch.undo()
    assert readable(spool) == {"changed": 2}


def test_a_file_that_a_crawl_writes_to_stays(spool: Spool, store: str) -> None:
    spool.keep(1, NOW)
    assert upload(spool, store) == []
    assert readable(spool) == {"changed": 1}
    spool.writer.close()
    assert len(upload(spool, store)) == 1


def test_rows_that_are_stored_after_the_upload_are_repointed_by_the_next(spool: Spool, store: str) -> None:
    spool.crawl(range(1))
    [name] = spool.files()
    upload(spool, store)
    with spool.database.write() as session:
        session.execute(update(Fetch).values(warc_file=name))
    assert upload(spool, store) == [name]
    assert spool.places() == {object_url(store, name)}


UPLOAD = """
import sys
from pathlib import Path
from newsbot.jobs.archive_upload import upload_archive
from newsbot.store.database import Database
for uploaded in upload_archive(Database(sys.argv[1]).open(), Path(sys.argv[2]), sys.argv[3]):
    print(uploaded.name, flush=True)
"""


@pytest.mark.parametrize("store", ["s3"], indirect=True)
def test_an_upload_that_is_killed_again_and_again_is_completed_by_the_next(
    spool: Spool, store: str, database_url: str
) -> None:
    spool.crawl(range(12))
    names = spool.files()
    for turn in range(3):
        command = [sys.executable, "-c", UPLOAD, database_url, str(spool.folder), store]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert process.stdout
        for _ in range(turn):
            process.stdout.readline()
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        assert readable(spool) == {"changed": 12}
    upload(spool, store)
    assert spool.files() == []
    assert list(list_objects(object_url(store, "newsbot-*"))) == [object_url(store, name) for name in names]
    assert readable(spool) == {"changed": 12}


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("s3://no-such-bucket/warc", "there is no such object or bucket"),
        ("gs://bucket", "gs"),
        ("nonsense://bucket", "of an unknown kind"),
        ("simplecache::https://10.0.0.1/x", "URLs inside URLs are not read"),
    ],
)
def test_a_store_that_cannot_be_used_is_one_clear_line(
    spool: Spool, bucket: str, url: str, message: str
) -> None:
    spool.crawl(range(1))
    with pytest.raises((InputError, UsageError), match=message) as error:
        upload(spool, url)
    assert "\n" not in str(error.value)
    assert len(spool.files()) == 1


def test_missing_credentials_are_named(
    spool: Spool, bucket: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    spool.crawl(range(1))
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("HOME", str(tmp_path))
    files, _ = file_system(bucket)
    type(files).clear_instance_cache()
    with pytest.raises(InputError, match="credentials are missing"):
        upload(spool, bucket)
    type(files).clear_instance_cache()


def test_a_missing_package_is_named_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "s3fs", None)
    from fsspec.registry import _registry

    monkeypatch.delitem(_registry, "s3", raising=False)
    with pytest.raises(UsageError, match=r"pip install 'newsbot\[s3\]'"):
        file_system("s3://bucket/warc")
