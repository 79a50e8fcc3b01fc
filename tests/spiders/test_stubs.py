"""A crawl of a feed whose pages cannot all be read: what is kept of them, and what they become when they can be read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import Update, update

from newsbot.cli import newsbot
from newsbot.store.database import Database
from newsbot.store.queries import Filters, iter_articles, list_rejects, stats
from newsbot.store.schema.models import ArticleRow, Feed, FrontierRow
from tests.crawling import Crawl, crawl, in_reactor, reading
from tests.pages import article_page, paragraphs
from tests.site import Answer, Site, running_site

WALL = (
    '<!doctype html><html lang="en"><head><title>Walled</title><script type="application/ld+json">'
    '{"@type": "NewsArticle", "headline": "Subscribe now", "isAccessibleForFree": false}</script></head>'
    "<body><main><h1>Subscribe now</h1><p>This story is for subscribers of the paper.</p></main></body></html>"
)
PAGES = {
    "/open": Answer(article_page(1).encode(), headers={"Content-Type": "text/html"}),
    "/walled": Answer(WALL.encode(), headers={"Content-Type": "text/html"}),
    "/refused": Answer(b"no", status=403),
    "/private/forbidden": Answer(article_page(4).encode(), headers={"Content-Type": "text/html"}),
    "/missing": Answer(b"gone", status=404),
    "/broken": Answer(b"oops", status=500),
}
REASONS = {
    "/walled": "paywall",
    "/refused": "http-403",
    "/private/forbidden": "robots",
    "/missing": "http-404",
    "/broken": "http-500",
}
STUBS = {"/walled", "/refused", "/private/forbidden", "/missing"}
"""Pages of which a stub is kept. The server that fails is asked again before one is."""


@pytest.fixture
def site() -> Iterator[Site]:
    with running_site() as running:
        running.pages |= PAGES
        running.pages["/robots.txt"] = Answer(b"User-agent: *\nDisallow: /private/\n")
        items = "".join(
            f"<item><title>Feed headline of {path.rpartition('/')[2]}</title><link>{running.url}{path}</link>"
            "<pubDate>Fri, 01 May 2026 08:00:00 GMT</pubDate></item>"
            for path in PAGES
        )
        running.pages["/rss.xml"] = Answer(
            f'<rss version="2.0"><channel><title>Paper</title>{items}</channel></rss>'.encode(),
            headers={"Content-Type": "application/rss+xml"},
        )
        yield running


class Paper:
    """A source in a catalog, and the database of its crawls."""

    def __init__(self, folder: Path, database_url: str, site: Site) -> None:
        self.site, self.database_url = site, database_url
        self.catalog = folder / "sources.toml"
        self.catalog.write_text(
            f'[[source]]\nkey = "paper"\nhomepage = "{site.url}/"\nfeeds = ["{site.url}/rss.xml"]\n'
        )

    async def crawl(self, spider: str = "news", **given: Any) -> Crawl:
        settings = {
            "NEWSBOT_DATABASE_URL": self.database_url,
            "NEWSBOT_SOURCES": str(self.catalog),
            "NEWSBOT_ENTITY_ENGINE": "none",
            "NEWSBOT_ALLOWED_NETWORKS": "127.0.0.0/8",
            "AUTOTHROTTLE_ENABLED": False,
            "RETRY_TIMES": 0,
        }
        own = {name: given.pop(name) for name in list(given) if name.isupper()}
        return await crawl(spider, settings | own, **given)

    def execute(self, *statements: Update) -> None:
        database = Database(self.database_url).open()
        with database.write() as session:
            for statement in statements:
                session.execute(statement)
        database.close()

    def make_due(self) -> None:
        past = datetime(2020, 1, 1, tzinfo=UTC)
        self.execute(
            update(Feed).values(next_poll_at=None),
            update(FrontierRow).values(state="failed", next_try_at=past),
        )

    def stored(self, **given: Any) -> dict[str, Any]:
        """Return the stored articles by the path of their URL."""
        with reading(self.database_url) as session:
            found = list(iter_articles(session, Filters(**given)))
        return {stored.article.url.removeprefix(self.site.url): stored for stored in found}

    def rejects(self) -> dict[str, str]:
        with reading(self.database_url) as session:
            return {row.url.removeprefix(self.site.url): row.reason for row in list_rejects(session)}

    def newsbot(self, *arguments: str) -> list[Any]:
        """Return the lines of JSON that a command prints."""
        done = CliRunner().invoke(newsbot, [*arguments, "--database", self.database_url])
        assert done.exit_code == 0, done.output
        return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture
def paper(tmp_path: Path, database_url: str, site: Site) -> Paper:
    return Paper(tmp_path, database_url, site)


@in_reactor
async def test_pages_that_cannot_be_read_are_kept_as_stubs_until_they_can(paper: Paper) -> None:
    await paper.crawl()
    assert set(paper.stored(kind=("article",))) == {"/open"}
    stubs = paper.stored(kind=("stub",))
    assert set(stubs) == STUBS
    assert paper.rejects() == REASONS
    for path, stored in stubs.items():
        said = stored.article
        assert (said.title, said.rules["title"]) == (
            f"Feed headline of {path.rpartition('/')[2]}",
            "feed title",
        )
        assert (said.source, said.body, said.published_at) == (
            "paper",
            "",
            datetime(2026, 5, 1, 8, tzinfo=UTC),
        )
        assert stored.unread_reason == REASONS[path]
    with reading(paper.database_url) as session:
        counts = stats(session)
    assert (counts.article_count, counts.stub_count, counts.reject_count) == (1, 4, 5)

    hits = paper.newsbot("search", "headline walled", "--kind", "stub", "--json")
    assert [(hit["kind"], hit["unread_reason"]) for hit in hits] == [("stub", "paywall")]
    assert len(paper.newsbot("export", "--kind", "stub,live_blog")) == 4
    assert {line["kind"] for line in paper.newsbot("export")} == {"stub", "article"}

    ids = {path: stored.id for path, stored in stubs.items()}
    for number, path in enumerate(STUBS - {"/private/forbidden"}, start=11):
        paper.site.html(path, article_page(number, title=f"Own headline {number}"))
    paper.site.pages["/robots.txt"] = Answer(b"User-agent: *\nAllow: /\n")
    paper.make_due()
    second = await paper.crawl()
    assert second.stats["newsbot/store/new"] == 4
    read = paper.stored()
    assert {path: stored.id for path, stored in read.items() if path in STUBS} == ids
    assert {stored.article.kind for stored in read.values()} == {"article"}
    assert {stored.revision for stored in read.values()} == {1}
    assert all(stored.article.body for stored in read.values())
    assert paper.rejects() == {"/broken": "http-500"}


@in_reactor
async def test_an_article_that_a_wall_closes_on_stays_as_it_is(paper: Paper) -> None:
    await paper.crawl()
    before = paper.stored()["/open"]
    paper.site.pages["/open"] = PAGES["/walled"]
    paper.make_due()
    await paper.crawl()
    after = paper.stored()["/open"]
    assert (after.id, after.article, after.revision) == (before.id, before.article, 1)


@in_reactor
async def test_without_the_setting_no_stub_is_kept(paper: Paper) -> None:
    await paper.crawl(NEWSBOT_STUBS="0")
    assert set(paper.stored()) == {"/open"}
    assert paper.rejects() == REASONS


UNTITLED = (
    '<!doctype html><html lang="en"><head><meta property="og:type" content="article"></head><body><main><article>'
    + "".join(f"<p>{text}</p>" for text in paragraphs(1))
    + "</article></main></body></html>"
)


@pytest.mark.slow_on_postgresql
@in_reactor
async def test_what_the_feed_said_outlasts_every_reading_without_the_feed(
    paper: Paper, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = tmp_path / "archive"
    paper.site.html("/open", UNTITLED)
    await paper.crawl(NEWSBOT_ARCHIVE_DIR=str(archive))
    before = paper.stored()["/open"]
    assert before.article.title == "Feed headline of open"
    assert before.article.rules["published_at"] == "feed date"

    await paper.crawl("article", url=paper.site.url + "/open")
    assert paper.stored()["/open"].article == before.article

    monkeypatch.setenv("NEWSBOT_ARCHIVE_DIR", str(archive))
    monkeypatch.setenv("NEWSBOT_SOURCES", str(paper.catalog))
    monkeypatch.setenv("NEWSBOT_ENTITY_ENGINE", "none")
    paper.execute(update(ArticleRow).values(extractor_version="older"))
    [found] = paper.newsbot("reextract", "--workers", "1", "--json")
    assert found["unchanged"] == 1
    paper.execute(update(FrontierRow).values(entry=None))
    paper.newsbot("backfill", str(archive), "--workers", "1", "--json")
    after = paper.stored()["/open"]
    assert (after.id, after.article, after.revision) == (before.id, before.article, 1)
    assert "/open" not in paper.rejects()
