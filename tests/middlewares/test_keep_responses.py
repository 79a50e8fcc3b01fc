"""Crawls that write the responses to the archive."""

import base64
import gzip
import random
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from warcio.archiveiterator import ArchiveIterator

from newsbot.archive import warc_writer
from newsbot.archive.warc_pages import read_page_at
from newsbot.commands.run_lines import outcome_line
from newsbot.middlewares.keep_responses import KeepResponses
from newsbot.store.schema.models import Fetch
from tests.archive.test_warc_writer import check, files, types
from tests.crawling import crawl, in_reactor, reading
from tests.pages import article_page, rss
from tests.site import Answer, Site, running_site


@pytest.fixture
def site() -> Iterator[Site]:
    with running_site() as running:
        yield running


def settings(folder: Path, **others: object) -> dict[str, Any]:
    return {
        "NEWSBOT_DATABASE_URL": f"sqlite:///{folder / 'newsbot.db'}",
        "NEWSBOT_ARCHIVE_DIR": str(folder / "archive"),
        "NEWSBOT_ENTITY_ENGINE": "none",
        "NEWSBOT_ALLOWED_NETWORKS": "127.0.0.0/8",
        "AUTOTHROTTLE_ENABLED": False,
        **others,
    }


def fetches(folder: Path) -> list[Fetch]:
    with reading(f"sqlite:///{folder / 'newsbot.db'}") as session:
        return list(session.scalars(select(Fetch).order_by(Fetch.id)))


@in_reactor
async def test_responses_are_kept_unchanged_and_fetches_have_their_place(tmp_path: Path, site: Site) -> None:
    packed = gzip.compress(article_page(1).encode())
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Encoding": "gzip",
        "Content-Length": str(len(packed)),
    }
    site.pages["/1"] = Answer(packed, headers=headers)
    moved = site.redirect("/moved", "/1")
    outcome = await crawl("article", settings(tmp_path), url=f"{moved}")
    assert outcome.stats["newsbot/store/new"] == 1
    (path,) = files(tmp_path / "archive")
    assert check(path) == 0
    with path.open("rb") as file:
        kept = [
            (
                record.rec_headers.get_header("WARC-Target-URI").removeprefix(site.url),
                record.http_headers.get_statuscode(),
            )
            for record in ArchiveIterator(file)
            if record.rec_type == "response"
        ]
    assert kept == [("/robots.txt", "404"), ("/moved", "302"), ("/1", "200")]
    (fetch,) = fetches(tmp_path)
    assert fetch.warc_file is not None
    assert fetch.warc_offset is not None
    page = read_page_at(tmp_path / "archive" / fetch.warc_file, fetch.warc_offset, max_bytes=10**6)
    assert page is not None
    assert (page.url, page.body) == (f"{site.url}/1", article_page(1).encode())
    with path.open("rb") as file:
        file.seek(fetch.warc_offset)
        record = next(iter(ArchiveIterator(file)))
        assert record.rec_headers.get_header("WARC-Target-URI") == f"{site.url}/1"
        assert record.content_stream().read() == article_page(1).encode()


@in_reactor
async def test_response_that_is_the_same_again_is_kept_once(tmp_path: Path, site: Site) -> None:
    url = site.html("/1", article_page(1))
    await crawl("article", settings(tmp_path), url=url)
    await crawl("article", settings(tmp_path), url=url)
    first, again = fetches(tmp_path)
    assert (first.warc_file, first.warc_offset) == (again.warc_file, again.warc_offset)
    assert [types(path).count("revisit") for path in files(tmp_path / "archive")] == [0, 1]


@in_reactor
async def test_files_are_in_the_object_store_when_the_crawl_ends(tmp_path: Path, site: Site) -> None:
    url = site.html("/1", article_page(1))
    store = (tmp_path / "store").as_uri()
    outcome = await crawl("article", settings(tmp_path, NEWSBOT_ARCHIVE_URL=store), url=url)
    assert outcome.stats["newsbot/archive/uploaded"] == 1
    await crawl("article", settings(tmp_path, NEWSBOT_ARCHIVE_URL=store), url=url)
    assert files(tmp_path / "archive") == []
    first, again = fetches(tmp_path)
    assert first.warc_file == again.warc_file
    assert (first.warc_file or "").startswith(f"{store}/newsbot-")
    assert [types(path).count("revisit") for path in files(tmp_path / "store")] == [0, 1]


@in_reactor
async def test_full_files_of_a_long_crawl_are_uploaded_meanwhile(
    tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(warc_writer, "SETTLED_AFTER", timedelta(0))
    monkeypatch.setattr(
        warc_writer.WarcWriter.__init__, "__kwdefaults__", {"max_file_bytes": 10, "software": ""}
    )
    urls = [site.html(f"/{number}", article_page(number)) for number in range(6)]
    uploads: list[int] = []
    upload = KeepResponses._upload

    def noted(self: KeepResponses, folder: Path) -> None:
        uploads.append(len(fetches(tmp_path)))
        upload(self, folder)

    monkeypatch.setattr(KeepResponses, "_upload", noted)
    store = (tmp_path / "store").as_uri()
    await crawl("article", settings(tmp_path, NEWSBOT_ARCHIVE_URL=store), url=",".join(urls))
    assert len(uploads) > 1
    assert files(tmp_path / "archive") == []
    assert {(fetch.warc_file or "").rpartition("/")[0] for fetch in fetches(tmp_path)} == {store}


@in_reactor
async def test_a_store_that_cannot_be_used_leaves_the_files_for_the_next_run(
    tmp_path: Path, site: Site
) -> None:
    url = site.html("/1", article_page(1))
    (tmp_path / "store").write_text("no folder")
    outcome = await crawl(
        "article", settings(tmp_path, NEWSBOT_ARCHIVE_URL=(tmp_path / "store").as_uri()), url=url
    )
    assert outcome.stats["newsbot/store/new"] == 1
    [path] = files(tmp_path / "archive")
    assert [fetch.warc_file for fetch in fetches(tmp_path)] == [path.name]


@in_reactor
async def test_feeds_are_kept_too(tmp_path: Path, site: Site) -> None:
    story = site.html("/2026/05/story-1", article_page(1))
    site.pages["/rss.xml"] = Answer(rss(story).encode(), headers={"Content-Type": "application/rss+xml"})
    sources = tmp_path / "sources.toml"
    sources.write_text(
        f'[[source]]\nkey = "site"\nhomepage = "{site.url}/"\nfeeds = ["{site.url}/rss.xml"]\ndelay_s = 0.0\n'
    )
    await crawl("news", settings(tmp_path, NEWSBOT_SOURCES=str(sources)))
    assert [(fetch.outcome, fetch.url.removeprefix(site.url)) for fetch in fetches(tmp_path)] == [
        ("feed", "/rss.xml"),
        ("article", "/2026/05/story-1"),
    ]
    assert all(fetch.warc_file and fetch.warc_offset for fetch in fetches(tmp_path))


@in_reactor
async def test_one_answer_with_many_cookies_does_not_end_the_archive(tmp_path: Path, site: Site) -> None:
    cookies = {"Set-Cookie": "; ".join(["a" * 100] * 200), "X-Other": "b" * 20_000}
    site.pages["/1"] = Answer(article_page(1).encode(), headers={"Content-Type": "text/html"} | cookies)
    long_url = f"{site.url}/{'a' * 9000}"
    site.pages["/2"] = Answer(status=302, headers={"Location": long_url})
    site.html(long_url.removeprefix(site.url), article_page(2))
    urls = [f"{site.url}/1", f"{site.url}/2", site.html("/3", article_page(3))]
    outcome = await crawl("article", settings(tmp_path), url=",".join(urls))
    assert outcome.stats["newsbot/store/new"] == 3
    assert [outcome.stats[f"newsbot/archive/{event}"] for event in ("kept", "reduced", "skipped")] == [
        4,
        1,
        1,
    ]
    assert "newsbot/archive/stopped" not in outcome.stats
    line = outcome_line("article", outcome.stats)
    assert line.endswith("0 rejected, 1 archived without some of their headers, 1 not archived (finished)")
    assert sorted(fetch.warc_file is not None for fetch in fetches(tmp_path)) == [False, True, True]
    [path] = files(tmp_path / "archive")
    assert check(path) == 0


@in_reactor
async def test_an_archive_that_cannot_be_written_costs_one_error_and_no_article(
    tmp_path: Path, site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "archive").write_text("a file where the folder should be")
    urls = [site.html(f"/{number}", article_page(number)) for number in range(3)]
    outcome = await crawl("article", settings(tmp_path), url=",".join(urls))
    assert outcome.stats["newsbot/store/new"] == 3
    assert [record.message for record in caplog.records if "archive" in record.message.lower()] == [
        f"The archive cannot be written, and is not kept any longer: [Errno 17] File exists: '{tmp_path / 'archive'}'"
    ]


@in_reactor
async def test_a_full_disk_costs_one_error_and_no_article_and_what_is_kept_stays_whole(
    tmp_path: Path, site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    noise = [base64.b64encode(random.Random(number).randbytes(2_000_000)).decode() for number in range(4)]
    pages = [article_page(number) + f"<!-- {noise[number]} -->" for number in range(4)]
    urls = [site.html(f"/{number}", page) for number, page in enumerate(pages)]
    with no_file_beyond(5_000_000):
        outcome = await crawl("article", settings(tmp_path), url=",".join(urls))
    assert outcome.stats["newsbot/store/new"] == 4
    assert outcome.stats["newsbot/archive/stopped"] == 1
    assert "the archive could not be written to the end" in outcome_line("article", outcome.stats)
    errors = [record.message for record in caplog.records if record.levelname == "ERROR"]
    assert errors == ["The archive cannot be written, and is not kept any longer: [Errno 27] File too large"]
    (path,) = files(tmp_path / "archive")
    assert check(path) == 0
    kept = [fetch for fetch in fetches(tmp_path) if fetch.warc_file]
    assert 0 < len(kept) < 4
    assert types(path).count("response") == len(kept) + 1  # robots.txt


@contextmanager
def no_file_beyond(size: int) -> Iterator[None]:
    """Limit the size of files in this block, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@in_reactor
async def test_with_an_empty_setting_nothing_is_kept(tmp_path: Path, site: Site) -> None:
    await crawl("article", settings(tmp_path, NEWSBOT_ARCHIVE_DIR=""), url=site.html("/1", article_page(1)))
    assert not (tmp_path / "archive").exists()
    assert fetches(tmp_path)[0].warc_file is None


@in_reactor
async def test_pages_from_files_are_not_kept_again(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(article_page(1))
    outcome = await crawl("saved", settings(tmp_path), path=str(tmp_path / "page.html"))
    assert outcome.stats["newsbot/store/new"] == 1
    assert not (tmp_path / "archive").exists()
