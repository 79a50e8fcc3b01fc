"""A crawl after one whose clock was a year ahead, a record of the future, and what is kept of where articles come from."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastwarc.warc import ArchiveIterator
from sqlalchemy import select, update

from newsbot.archive.warc_writer import Exchange, WarcWriter, payload_digest
from newsbot.items import ArchivedPage
from newsbot.store.articles.loading import StoredArticle
from newsbot.store.database import Database
from newsbot.store.queries import Filters, history, iter_articles
from newsbot.store.schema.models import Base, Feed, FrontierRow
from newsbot.store.schema.types import UtcDateTime
from tests.crawling import crawl, in_reactor, reading
from tests.pages import article_page, rss
from tests.site import Answer, Site, running_site

YEAR, DAY = timedelta(days=365), timedelta(days=1)
CORRECTION = (
    "The bridge is closed until Friday, not until Sunday, as this newspaper wrote in its first edition."
)


@pytest.fixture
def site() -> Iterator[Site]:
    with running_site() as running:
        yield running


def list_pages(site: Site, *numbers: int) -> None:
    links = [f"{site.url}/{number}" for number in numbers]
    site.pages["/rss.xml"] = Answer(rss(*links).encode(), headers={"Content-Type": "application/rss+xml"})


def put(site: Site, number: int, **given: str) -> None:
    """Put an article on the site that was published half an hour ago, so that its page is fetched again."""
    published = f"{datetime.now(UTC) - timedelta(minutes=30):%Y-%m-%dT%H:%M:00+02:00}"
    page = article_page(number, **given).replace(f"2026-05-{number % 28 + 1:02d}T08:00:00Z", published)
    site.pages[f"/{number}"] = Answer(page.encode(), headers={"Content-Type": "text/html"})


def body_of(site: Site) -> bytes:
    """Return the body of the first article's page."""
    answer = site.pages["/1"]
    assert isinstance(answer, Answer)
    return answer.body


def shift(database_url: str, by: timedelta) -> None:
    """Change all times in a database, as if the clock had been wrong."""
    database = Database(database_url).open()
    with database.write() as session:
        for table in Base.metadata.sorted_tables:
            times = [column for column in table.columns if isinstance(column.type, UtcDateTime)]
            keys = list(table.primary_key.columns)
            for row in session.execute(select(*keys, *times)).mappings().all() if times else ():
                values = {time.name: row[time.name] + by for time in times if row[time.name]}
                its = [key == row[key.name] for key in keys]
                if values:
                    session.execute(update(table).where(*its).values(values))
    database.close()


async def run(database_url: str, site: Site, spider: str = "news", folder: str = "", **given: Any) -> None:
    catalog = f'[[source]]\nkey = "paper"\nhomepage = "{site.url}/"\nfeeds = ["{site.url}/rss.xml"]\n'
    path = Path(given.pop("sources"))
    path.write_text(catalog)
    settings: dict[str, Any] = {
        "NEWSBOT_DATABASE_URL": database_url,
        "NEWSBOT_SOURCES": str(path),
        "NEWSBOT_ENTITY_ENGINE": "none",
        "NEWSBOT_ALLOWED_NETWORKS": "127.0.0.0/8",
        "NEWSBOT_ARCHIVE_DIR": folder,
        "AUTOTHROTTLE_ENABLED": False,
        "RETRY_TIMES": 0,
    }
    await crawl(spider, settings, **given)


def stored(database_url: str) -> dict[str, StoredArticle]:
    with reading(database_url) as session:
        return {
            article.article.url.rpartition("/")[2]: article for article in iter_articles(session, Filters())
        }


@in_reactor
async def test_after_a_crawl_with_a_clock_a_year_ahead_everything_goes_on(
    tmp_path: Path, database_url: str, site: Site
) -> None:
    for number in (1, 2):
        put(site, number)
    list_pages(site, 1, 2)
    await run(database_url, site, sources=str(tmp_path / "sources.toml"))
    shift(database_url, YEAR)
    put(site, 1, extra=CORRECTION)
    put(site, 3)
    list_pages(site, 1, 2, 3)
    await run(database_url, site, sources=str(tmp_path / "sources.toml"))
    articles, limit = stored(database_url), datetime.now(UTC) + DAY
    assert set(articles) == {"1", "2", "3"}
    assert articles["1"].article.body.endswith(CORRECTION)
    assert all(article.last_seen_at < limit for article in articles.values())
    with reading(database_url) as session:
        changes = history(session, articles["1"].id)
        assert changes is not None
        assert [change.revision for change in changes] == [2]
        (next_poll_at,) = session.scalars(select(Feed.next_poll_at).where(Feed.kind == "feed"))
        assert next_poll_at is not None
        assert next_poll_at < limit
        due = session.scalars(select(FrontierRow.next_try_at)).all()
        assert all(at is None or at < limit + DAY for at in due)


@in_reactor
async def test_provenance_names_the_record_that_holds_the_page(
    tmp_path: Path, database_url: str, site: Site
) -> None:
    put(site, 1)
    list_pages(site, 1)
    folder = tmp_path / "archive"
    await run(database_url, site, folder=str(folder), sources=str(tmp_path / "sources.toml"))
    article = stored(database_url)["1"]
    archived = article.archived
    assert archived is not None
    assert archived.digest == payload_digest(body_of(site))
    with (folder / archived.file).open("rb") as file:
        file.seek(archived.offset or 0)
        record = next(iter(ArchiveIterator(file, parse_http=False)))
        assert record.record_id == archived.record_id
    assert article.article.extractor_version is not None
    assert article.article.rules["published_at"] == "meta"
    assert article.article.published_offset_min == 120


@pytest.mark.parametrize("year", [9999, datetime.now(UTC).year + 1])
@in_reactor
async def test_a_record_of_the_future_does_not_hide_a_correction(
    tmp_path: Path, database_url: str, site: Site, year: int
) -> None:
    put(site, 1)
    writer = WarcWriter(tmp_path / "old", "newsbot-test", software="test")
    kept = writer.write(
        Exchange(
            url=f"{site.url}/1",
            method="GET",
            request_headers=[],
            request_body=b"",
            status=200,
            reason="OK",
            headers=[(b"Content-Type", b"text/html")],
            body=body_of(site),
            fetched_at=datetime(year, 12, 31, 23, 59, 59, tzinfo=UTC),
        )
    )
    writer.close()
    sources = str(tmp_path / "sources.toml")
    await run(database_url, site, "saved", sources=sources, path=str(tmp_path / "old" / kept.file))
    first = stored(database_url)["1"]
    assert first.last_seen_at < datetime.now(UTC)
    assert first.archived == ArchivedPage(
        file=str(tmp_path / "old" / kept.file),
        offset=kept.offset,
        record_id=kept.record_id,
        digest=kept.digest,
    )
    put(site, 1, extra=CORRECTION)
    await run(database_url, site, "article", sources=sources, url=f"{site.url}/1")
    assert stored(database_url)["1"].article.body.endswith(CORRECTION)
    assert stored(database_url)["1"].revision == 2
