"""One page gives the same article, or the same reject, through every way into newsbot."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from newsbot.archive.files import is_warc
from newsbot.items import Mention, article_json
from newsbot.store.database import Database
from newsbot.store.queries import Filters, iter_articles
from newsbot.store.schema.models import ArticleRow, RejectRow
from tests.archive.warcs import packed, record, write
from tests.crawling import crawl, in_reactor, reading
from tests.pages import paragraphs
from tests.site import Answer, Site, running_site

PROJECT = Path(__file__).parents[2]
Result = dict[str, Any]
"""URL path -> the article as JSON, or the reject."""


class Engine:
    """Recognises one place, and raises on one text."""

    name = "doors"
    version = "1"

    def supports(self, language: str) -> bool:
        return True

    def recognize(self, text: str, language: str = "en") -> list[Mention]:
        if "Kaboom" in text:
            raise ValueError("the engine cannot read this")
        start = text.find("Norwich")
        return [Mention(start=start, end=start + 7, text="Norwich", type="LOC")] if start >= 0 else []


def html(number: int, *more: str) -> bytes:
    """Return a page whose source says where its title and body are, and in which zone its time is."""
    texts = "".join(f"<p>{text}</p>" for text in (*paragraphs(number), *more))
    return (
        f"<!doctype html><html lang=en><head><title>General title of {number}</title>"
        f'<meta property="og:type" content="article">'
        f'<meta property="article:published_time" content="2026-05-{number + 1:02d}T10:00:00"></head><body><main>'
        f'<h1>General title of {number}</h1><h2 class="own">Own title of number {number}</h2>'
        f'<div class="story">{texts}<p class="ad">Buy a boat today, while the boats last, at the harbour.</p></div>'
        f"</main></body></html>"
    ).encode()


SOURCE = """
[[source]]
key = "harbour"
homepage = "{homepage}/"
timezone = "America/New_York"
[source.extract]
title = "h2.own"
body = "div.story"
remove = [".ad"]
"""
TEXT = "\n\n".join(["A plain text about the railway", "By Ada Kovac", "May 9, 2026 10:00", *paragraphs(3)])
PAGES = {
    "/page": ("text/html; charset=utf-8", html(0)),
    "/plain": ("text/plain; charset=utf-8", TEXT.encode()),
    "/binary": ("text/html", bytes(range(256)) * 80),
    "/raises": ("text/html; charset=utf-8", html(1, "Kaboom said the engine, and nobody heard it.")),
}


@dataclass
class House:
    """A web site, its source in a catalog, and the same pages as files and in an archive."""

    site: Site
    folder: Path
    database_url: str

    @property
    def settings(self) -> dict[str, Any]:
        return {
            "NEWSBOT_DATABASE_URL": self.database_url,
            "NEWSBOT_ENTITY_ENGINE": f"{__name__}:Engine",
            "NEWSBOT_SOURCES": str(self.folder / "sources.toml"),
            "NEWSBOT_ALLOWED_NETWORKS": "127.0.0.0/8",
            "NEWSBOT_ARCHIVE_DIR": str(self.folder / "archive"),
            "NEWSBOT_WORKERS": "0",
        }

    def newsbot(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("NEWSBOT_")}
        return subprocess.run(
            [sys.executable, "-m", "newsbot", *arguments],
            env=environment | self.settings,
            cwd=PROJECT,
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def house(tmp_path: Path, database_url: str) -> Any:
    with running_site() as site:
        (tmp_path / "sources.toml").write_text(SOURCE.format(homepage=site.url))
        for path, (content_type, body) in PAGES.items():
            site.pages[path] = Answer(body, headers={"Content-Type": content_type})
            name = path.removeprefix("/")
            suffix = "txt" if "plain" in content_type else "html"
            write(tmp_path / "pages" / f"{name}.{suffix}", body)
            write(tmp_path / "pages" / f"{name}.url", (site.url + path).encode())
        records = [
            record(site.url + path, body, headers=[f"Content-Type: {content_type}"])
            for path, (content_type, body) in PAGES.items()
        ]
        write(tmp_path / "past" / "pages.warc.gz", packed(*records))
        yield House(site, tmp_path, database_url)


def stored(house: House) -> Result:
    """Return what the database holds, by the path of the page."""
    site = house.site.url
    with reading(house.database_url) as session:
        articles = {
            stored.article.url.removeprefix(site): article_json(stored.article)
            | {
                "kind": stored.article.kind,
                "engine": stored.article.entity_engine,
                "rules": stored.article.rules,
            }
            for stored in iter_articles(session, Filters())
        }
        columns = (RejectRow.stage, RejectRow.reason, RejectRow.detail, RejectRow.source)
        rejects = {
            url.removeprefix(site): tuple(reject)
            for url, *reject in session.execute(select(RejectRow.url, *columns))
        }
    return articles | rejects


async def live(house: House) -> Result:
    await crawl("article", house.settings, url=",".join(house.site.url + path for path in PAGES))
    return stored(house)


async def saved(house: House) -> Result:
    await crawl("saved", house.settings, path=str(house.folder / "pages"))
    return stored(house)


async def saved_warc(house: House) -> Result:
    await crawl("saved", house.settings, path=str(house.folder / "past"))
    return stored(house)


async def backfill(house: House) -> Result:
    done = house.newsbot("backfill", str(house.folder / "past"), "--workers", "1")
    assert done.returncode == 0, done.stderr
    return stored(house)


async def workers(house: House) -> Result:
    """The same crawl with worker processes from the first page on."""
    from newsbot.ingest import pool

    before, pool.TASKS_BEFORE_START = pool.TASKS_BEFORE_START, 0
    try:
        await crawl("saved", house.settings | {"NEWSBOT_WORKERS": "2"}, path=str(house.folder / "pages"))
    finally:
        pool.TASKS_BEFORE_START = before
    return stored(house)


async def import_(house: House) -> Result:
    """Import what another newsbot without entities has exported."""
    url = f"sqlite:///{house.folder / 'other.db'}"
    other = house.settings | {"NEWSBOT_DATABASE_URL": url, "NEWSBOT_ENTITY_ENGINE": "none"}
    await crawl("saved", other, path=str(house.folder / "pages"))
    lines = house.newsbot("export", "--database", url, "-o", str(house.folder / "export.jsonl"))
    assert lines.returncode == 0, lines.stderr
    done = house.newsbot("import", str(house.folder / "export.jsonl"))
    assert done.returncode == 0, done.stderr
    return stored(house)


async def reextract(house: House) -> Result:
    """Extract anew what an older version has read otherwise from the archived pages."""
    await crawl(
        "article",
        house.settings | {"NEWSBOT_ENTITY_ENGINE": "none"},
        url=",".join(house.site.url + path for path in ("/page", "/raises")),
    )
    database = Database(house.database_url).open()
    with database.write() as session:
        older = {"title": "An older title", "content_key": bytes(16), "extractor_version": "older"}
        session.execute(update(ArticleRow).values(older))
    database.close()
    done = house.newsbot("reextract", "--workers", "1", "--json")
    assert done.returncode == 0, done.stderr
    return stored(house)


async def extract(house: House) -> Result:
    """The command that stores nothing; it says what a crawl of the file would store."""
    result: Result = {}
    for path in sorted((house.folder / "pages").iterdir()):
        if path.suffix == ".url" or is_warc(path.name):
            continue
        done = house.newsbot("extract", str(path), "--json", "--explain")
        assert "Traceback" not in done.stderr.splitlines()[-1:]
        key = "/" + path.stem
        result[key] = (
            json.loads(done.stdout) if done.returncode == 0 else done.stderr.strip().splitlines()[-1]
        )
    return result


Door = Callable[[House], Awaitable[Result]]
ALL = set(PAGES)
DOORS: dict[str, tuple[Door, set[str]]] = {
    "live": (live, ALL),
    "saved": (saved, ALL),
    "workers": (workers, ALL),
    "saved WARC": (saved_warc, ALL - {"/plain"}),  # archives hold pages of HTML
    "backfill": (backfill, ALL - {"/plain"}),
    "import": (import_, {"/page", "/plain", "/raises"}),
    "reextract": (reextract, {"/page"}),
}
FIELDS = (
    "url",
    "canonical_url",
    "source",
    "title",
    "description",
    "authors",
    "published_at",
    "modified_at",
    "language",
    "section",
    "topics",
    "image_url",
    "body",
    "body_markdown",
    "images",
    "links",
    "word_count",
    "entities",
    "kind",
)
RAISED = ("entities", "stage-failed", "ValueError: the engine cannot read this", "harbour")
BINARY = ("extract", "binary", "not a text in any encoding", "harbour")


def check_page(article: dict[str, Any], url: str) -> None:
    assert article["title"] == "Own title of number 0"
    assert article["source"] == "harbour"
    assert article["published_at"] == "2026-05-01T14:00:00Z"  # 10:00 in New York
    assert article["body"] == "\n\n".join(paragraphs(0))
    assert article["url"] == url
    assert [entity["name"] for entity in article["entities"]] == ["Norwich"]


def check_plain(article: dict[str, Any]) -> None:
    assert (article["title"], article["authors"]) == ("A plain text about the railway", ["Ada Kovac"])
    assert (article["source"], article["published_at"]) == ("harbour", "2026-05-09T14:00:00Z")
    assert article["body"] == "\n\n".join(paragraphs(3))


@pytest.mark.slow_on_postgresql
@pytest.mark.parametrize("door", DOORS)
@in_reactor
async def test_a_page_gives_the_same_rows_through_every_door(house: House, door: str) -> None:
    enter, pages = DOORS[door]
    found = await enter(house)
    if (
        door == "reextract"
    ):  # the article whose entities cannot be found again stays as it was, beside its reject
        assert found.keys() >= {"/page", "/raises"}
        assert found["/raises"] == RAISED
    else:
        assert found.keys() == pages
    check_page(found["/page"], house.site.url + "/page")
    if "/plain" in pages:
        check_plain(found["/plain"])
    if "/binary" in pages:
        assert found["/binary"] == BINARY
    if "/raises" in pages:
        assert found["/raises"] == RAISED


@pytest.mark.slow_on_postgresql
@in_reactor
async def test_the_fields_are_the_same_through_every_door(house: House) -> None:
    expected = await saved(house)
    doors = {"backfill": backfill, "import": import_, "extract": extract}
    for name, enter in doors.items():
        _empty(house.database_url)
        found = await enter(house)
        for path in ("/page", "/plain"):
            if path in found:
                assert {field: found[path][field] for field in FIELDS if field != "kind"} == {
                    field: expected[path][field] for field in FIELDS if field != "kind"
                }, (name, path)
    said = await extract(house)
    assert "binary" in said["/binary"]
    assert "stage-failed in the stage entities: ValueError: the engine cannot read this" in said["/raises"]


def _empty(url: str) -> None:
    database = Database(url).open()
    with database.write() as session:
        for model in (RejectRow, ArticleRow):
            for row in session.scalars(select(model)):
                session.delete(row)
    database.close()
