import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from newsbot.errors import UsageError
from newsbot.session import CrawlSession
from newsbot.spiders.page_spider import PageSpider
from newsbot.store.database import Database
from newsbot.store.queries import get_article, list_rejects
from newsbot.store.schema.models import ArticleRow, Fetch, RejectRow, Run, Source
from tests.archive.warcs import packed, record, write
from tests.crawling import Crawl, crawl, in_reactor, reading
from tests.pages import article_page

FIXTURE = Path(__file__).parents[2] / "fixtures" / "saved-article" / "input.txt"


def settings(url: str, **others: object) -> dict[str, object]:
    return {"NEWSBOT_DATABASE_URL": url, "NEWSBOT_ENTITY_ENGINE": "rules", **others}


def saved_page(folder: Path, number: int, url: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{number}.html"
    path.write_text(article_page(number, url=url), "utf-8")
    return path


def failure_of(outcome: Crawl) -> str:
    spider = outcome.crawler.spider
    assert isinstance(spider, PageSpider)
    return str(spider.failure)


def rows(url: str) -> list[tuple[object, ...]]:
    with reading(url) as session:
        query = select(
            ArticleRow.id, ArticleRow.url, ArticleRow.title, ArticleRow.revision, ArticleRow.first_seen_at
        )
        return [tuple(row) for row in session.execute(query.order_by(ArticleRow.id))]


@in_reactor
async def test_the_saved_article_goes_through_spider_and_pipelines_into_the_database(
    database_url: str,
) -> None:
    outcome = await crawl("saved", settings(database_url), path=str(FIXTURE), url="https://news.example/nato")
    assert [article.title for article in outcome.articles] == [
        "NATO blames Russia for breakdown in relations as Moscow says expulsion of its diplomats "
        "has made tensions worse than in Cold War"
    ]
    with reading(database_url) as session:
        stored = get_article(session, "https://news.example/nato")
    assert stored is not None
    assert stored.article.language == "en"
    assert len(stored.article.body.split("\n\n")) == 10
    assert stored.article.body.startswith("A breakdown in relations")
    assert stored.article.body.endswith("Maas continued.")
    found = {(entity.type, entity.name) for entity in stored.article.entities}
    assert found >= {
        ("PER", "Jens Stoltenberg"),
        ("PER", "Sergey Lavrov"),
        ("PER", "Maria Zakharova"),
        ("PER", "Heiko Maas"),
        ("ORG", "NATO"),
        ("LOC", "Moscow"),
        ("LOC", "Russia"),
        ("LOC", "Brussels"),
        ("LOC", "Belgium"),
    }
    assert not {name for type_, name in found if type_ == "PER"} & {"Stoltenberg", "Maas"}


@in_reactor
async def test_a_page_without_an_address_has_no_source(database_url: str) -> None:
    await crawl("saved", settings(database_url), path=str(FIXTURE))
    with reading(database_url) as session:
        assert session.scalars(select(ArticleRow.source)).all() == [None]


@in_reactor
async def test_a_second_run_over_the_same_folder_changes_nothing_but_last_seen_at(
    database_url: str, tmp_path: Path
) -> None:
    for number in range(5):
        saved_page(tmp_path / "pages", number, f"https://news.example/{number}")
    first = await crawl("saved", settings(database_url), path=str(tmp_path / "pages"))
    before = rows(database_url)
    second = await crawl("saved", settings(database_url), path=str(tmp_path / "pages"))
    assert first.stats["newsbot/store/new"] == 5
    assert second.stats["newsbot/store/unchanged"] == 5
    assert "newsbot/store/new" not in second.stats
    assert rows(database_url) == before


@in_reactor
async def test_gzipped_pages_and_url_files_are_read(database_url: str, tmp_path: Path) -> None:
    (tmp_path / "a.html.gz").write_bytes(gzip.compress(article_page(1).encode()))
    (tmp_path / "a.url").write_text("https://news.example/from-url-file")
    outcome = await crawl("saved", settings(database_url), path=str(tmp_path))
    assert [article.url for article in outcome.articles] == ["https://news.example/from-url-file"]


@in_reactor
async def test_a_page_without_an_address_of_its_own_takes_its_canonical_link_or_its_file(
    database_url: str, tmp_path: Path
) -> None:
    saved_page(tmp_path, 1, "https://news.example/canonical")
    bare = saved_page(tmp_path, 2, "")
    outcome = await crawl("saved", settings(database_url), path=str(tmp_path))
    assert {article.url for article in outcome.articles} == {"https://news.example/canonical", bare.as_uri()}


@pytest.mark.parametrize(
    ("name", "body", "reason"),
    [
        ("empty.html", b"", "empty"),
        ("picture.html", b"\x89PNG\r\n\x1a\n" + bytes(range(32)) * 40, "binary"),
        ("torn.html.gz", gzip.compress(b"x" * 5000, mtime=0)[:-9], "unreadable"),
        ("large.html", b"<p>" + b"a" * 2_000_000, "too-large"),
    ],
)
@in_reactor
async def test_page_that_cannot_be_stored_becomes_a_reject_and_the_others_are_stored(
    tmp_path: Path, name: str, body: bytes, reason: str
) -> None:
    url = f"sqlite:///{tmp_path / 'newsbot.db'}"
    pages = tmp_path / "pages"
    saved_page(pages, 1, "https://news.example/1")
    (pages / name).write_bytes(body)
    await crawl("saved", settings(url, NEWSBOT_MAX_PAGE_BYTES=1_000_000), path=str(pages))
    with reading(url) as session:
        assert [reject.reason for reject in list_rejects(session)] == [reason]
        assert session.scalar(select(func.count()).select_from(ArticleRow)) == 1


@in_reactor
async def test_rejects_do_not_multiply_and_vanish_when_the_page_can_be_stored(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'newsbot.db'}"
    page = tmp_path / "pages" / "page.html"
    page.parent.mkdir()
    page.with_name("page.url").write_text("https://news.example/late")
    page.write_bytes(b"")
    for _ in range(2):
        await crawl("saved", settings(url), path=str(page))
    with reading(url) as session:
        assert session.scalar(select(func.count()).select_from(RejectRow)) == 1
    page.write_text(article_page(3))
    await crawl("saved", settings(url), path=str(page))
    with reading(url) as session:
        assert session.scalar(select(func.count()).select_from(RejectRow)) == 0


@in_reactor
async def test_a_hostile_page_is_stored_or_rejected_but_never_lost(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'newsbot.db'}"
    pages = tmp_path / "pages"
    pages.mkdir()
    text = article_page(4)
    hostile = {
        "deep": "<div>" * 200_000 + text,
        "nul": text.replace("engineers", "engi\x00neers").replace(" ", " \x00", 5),
        "surrogate": text.replace("river", "ri&#xD800;ver"),
        "scripts": text.replace("<h1>", "<h1><script>alert(1)</script>"),
    }
    for name, html in hostile.items():
        (pages / f"{name}.html").write_text(html, "utf-8")
    (pages / "lying.html").write_bytes(text.replace("river", "Ufer für").encode("latin-1"))
    outcome = await crawl("saved", settings(url), path=str(pages))
    rejected = sum(count for name, count in outcome.stats.items() if name.startswith("newsbot/rejected/"))
    assert len(outcome.articles) + rejected == 5
    assert "log_count/ERROR" not in outcome.stats
    assert len(outcome.articles) >= 4


@in_reactor
async def test_a_run_leaves_a_row_with_its_counts(database_url: str, tmp_path: Path) -> None:
    saved_page(tmp_path / "pages", 1, "https://news.example/1")
    await crawl("saved", settings(database_url), path=str(tmp_path / "pages"))
    with reading(database_url) as session:
        run = session.scalars(select(Run)).one()
    assert (run.spider, run.finish_reason) == ("saved", "finished")
    assert run.counts["store/new"] == 1
    assert run.finished_at is not None


@pytest.mark.parametrize("kind", ["pages", "archive"])
@in_reactor
async def test_a_database_that_fails_in_mid_run_ends_the_run_and_the_next_one_completes_it(
    tmp_path: Path, kind: str
) -> None:
    url = f"sqlite:///{tmp_path / 'newsbot.db'}"
    for number in range(30):
        if kind == "pages":
            saved_page(tmp_path / "pages", number, f"https://news.example/{number}")
    if kind == "archive":
        archive(tmp_path / "pages", *map(archived, range(30)))

    def execute(statement: str) -> None:
        database = Database(url)
        with database.write() as session:
            session.connection().exec_driver_sql(statement)
        database.close()

    broken: list[str] = []

    def break_it(article: object) -> None:
        if not broken:
            broken.append("broken")
            execute("ALTER TABLE articles RENAME TO elsewhere")

    Database(url).open().close()
    first = await crawl("saved", settings(url), path=str(tmp_path / "pages"), on_article=break_it)
    assert "cannot be used" in (CrawlSession.failure_of(first.crawler) or "")
    execute("ALTER TABLE elsewhere RENAME TO articles")
    await crawl("saved", settings(url), path=str(tmp_path / "pages"))
    assert len(rows(url)) == 30


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"path": ""},
        {"path": "x", "colour": "red"},
        {"path": "folder", "url": "https://news.example/"},
        {"path": str(FIXTURE), "url": "javascript:alert(1)"},
        {"path": str(FIXTURE), "since": "long ago"},
    ],
    ids=json.dumps,
)
@in_reactor
async def test_wrong_arguments_are_refused(tmp_path: Path, arguments: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="accepted"):
        await crawl("saved", settings(f"sqlite:///{tmp_path / 'newsbot.db'}"), **arguments)


def archive(folder: Path, *records: bytes) -> str:
    return str(write(folder / "news.warc.gz", packed(*records)))


def archived(number: int, **given: Any) -> bytes:
    return record(f"https://news.example/{number}", article_page(number).encode(), **given)


@in_reactor
async def test_the_pages_of_an_archive_are_stored_under_their_url_and_time(
    database_url: str, tmp_path: Path
) -> None:
    path = archive(tmp_path, *map(archived, range(40)), archived(41, status="404 Not Found"))
    outcome = await crawl("saved", settings(database_url), path=path)
    assert outcome.stats["newsbot/store/new"] == 40
    assert outcome.stats["newsbot/archive/skipped/status"] == 1
    assert {row[4] for row in rows(database_url)} == {datetime(2024, 5, 1, 10, tzinfo=UTC)}
    with reading(database_url) as session:
        fetch = session.scalars(select(Fetch).order_by(Fetch.warc_offset).limit(1)).one()
    assert (fetch.warc_file, fetch.warc_offset, fetch.url) == (path, 0, "https://news.example/0")
    assert fetch.fetched_at == datetime(2024, 5, 1, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("arguments", "taken"),
    [
        ({"host": "news.example"}, ["https://news.example/1"]),
        ({"host": "elsewhere.example, example"}, ["https://m.elsewhere.example/2", "https://news.example/1"]),
        ({"source": "elsewhere"}, ["https://m.elsewhere.example/2"]),
        ({"since": "2024-06-01"}, ["https://m.elsewhere.example/2"]),
        ({"until": "2024-05-01"}, ["https://news.example/1"]),
        ({"language": "de,fr"}, []),
        ({"language": "en", "until": "2024-05-01T10:00:00Z"}, ["https://news.example/1"]),
    ],
    ids=json.dumps,
)
@in_reactor
async def test_only_selected_pages_of_an_archive_are_stored(
    tmp_path: Path, arguments: dict[str, Any], taken: list[str]
) -> None:
    catalog = tmp_path / "sources.toml"
    catalog.write_text('[[source]]\nkey = "elsewhere"\nhomepage = "https://elsewhere.example/"\n')
    other = record("https://m.elsewhere.example/2", article_page(2).encode(), date="2024-06-01T00:00:00Z")
    path = archive(tmp_path, archived(1), other)
    url = f"sqlite:///{tmp_path / 'newsbot.db'}"
    outcome = await crawl("saved", settings(url, NEWSBOT_SOURCES=str(catalog)), path=path, **arguments)
    assert sorted(article.url for article in outcome.articles) == taken


@in_reactor
async def test_a_broken_archive_among_pages_fails_nothing_else(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'newsbot.db'}"
    folder = tmp_path / "pages"
    saved_page(folder, 1, "https://news.example/1")
    write(folder / "broken.warc.gz", packed(archived(2))[:-9])
    write(folder / "hollow.wacz", b"no zip")
    write(folder / "whole.warc", archived(3))
    outcome = await crawl("saved", settings(url), path=str(folder))
    assert "hollow.wacz" in failure_of(outcome)
    assert sorted(str(row[1]) for row in rows(url))[-1] == "https://news.example/3"
    assert "https://news.example/1" in {row[1] for row in rows(url)}
    assert outcome.stats["newsbot/archive/skipped/torn"] == 1


@in_reactor
async def test_absurd_addresses_in_an_archive_are_stored_or_rejected(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'newsbot.db'}"
    addresses = [
        "https://news.example/a b\udcff[",
        "https://news.example:99999/",
        "HTTPS://ü.example/%zz#<",
        "https://[x/",
    ]
    addresses.append("https://news.example/" + "a" * 50_000)
    records = [record(address, article_page(number).encode()) for number, address in enumerate(addresses)]
    outcome = await crawl("saved", settings(url), path=archive(tmp_path, *records))
    assert "log_count/ERROR" not in outcome.stats
    assert len(outcome.articles) + outcome.stats.get("newsbot/archive/skipped/no-web-page", 0) == 5


@in_reactor
async def test_a_run_describes_the_sources_of_its_articles_as_the_catalog_does(
    database_url: str, tmp_path: Path
) -> None:
    saved_page(tmp_path / "pages", 1, "https://news.example/1")
    saved_page(tmp_path / "pages", 2, "https://elsewhere.example/2")
    catalog = tmp_path / "sources.toml"
    text = '[[source]]\nkey = "news"\nhomepage = "https://news.example/"\nlanguage = "en"\ncountry = "GB"\ntags = ["{}"]\n'
    for tag in ("uk", "daily"):
        catalog.write_text(text.format(tag), "utf-8")
        await crawl(
            "saved", settings(database_url, NEWSBOT_SOURCES=str(catalog)), path=str(tmp_path / "pages")
        )
        with reading(database_url) as session:
            rows = session.execute(select(Source.key, Source.language, Source.country, Source.tags)).all()
        assert sorted(rows) == [("elsewhere.example", None, None, []), ("news", "en", "GB", [tag])]
