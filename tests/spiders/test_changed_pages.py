"""Stored pages that change in various ways and are crawled again: only edits change the stored articles."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select, update

from newsbot.commands.crawl_run import summary
from newsbot.store.database import Database
from newsbot.store.queries import get_article, history, list_rejects
from newsbot.store.schema.models import ArticleRow, FrontierRow, Host
from tests.crawling import Crawl, crawl, in_reactor, reading
from tests.dedupe.texts import text
from tests.site import Answer, Site, running_site

pytestmark = pytest.mark.slow

NAMES = (
    "edited",
    "quoted",
    "counted",
    "gone",
    "walled",
    "locked",
    "replaced",
    "redirected",
    "failed",
    "kept",
)
BOT_WALL = "<title>Just a moment...</title><h1>Just a moment...</h1><p>Checking your browser. Enable JavaScript and cookies."


def page(name: str, body: str, **ld: object) -> str:
    title = str(ld.get("headline", f"The harbour of {name.title()} opened on Monday"))
    said = {"@type": "NewsArticle", "headline": title, "datePublished": "2026-03-01T08:00:00Z", **ld}
    paragraphs = "".join(f"<p>{paragraph}</p>" for paragraph in body.split("\n\n"))
    head = f"<title>{title}</title><script type='application/ld+json'>{json.dumps(said)}</script>"
    return f"<html lang='en'><head>{head}</head><body><article><h1>{title}</h1>{paragraphs}</article></body></html>"


def body(name: str) -> str:
    return text(NAMES.index(name) + 50, 24)


def change(site: Site) -> None:
    """Change every page of the site but one."""
    html = {"Content-Type": "text/html; charset=utf-8"}
    edited = body("edited").replace(" was ", " had been ", 1).replace(" of ", " off ", 1)
    site.html("/2026/edited", page("edited", edited))
    site.html(
        "/2026/quoted",
        page("quoted", body("quoted").replace(" ", "\u00a0", 9), dateModified="2026-03-02T08:00:00Z"),
    )
    site.html(
        "/2026/counted", page("counted", f"{body('counted')}\n\n12 comments\n\nUpdated 2 March 2026, 14:05")
    )
    site.pages["/2026/gone"] = Answer(b"gone", status=410)
    site.pages["/2026/walled"] = Answer(BOT_WALL.encode(), headers=html)
    site.html("/2026/locked", page("locked", body("locked")[:500], isAccessibleForFree=False))
    site.html("/2026/replaced", page("replaced", text(99, 24), headline="Seven soups for cold evenings"))
    site.redirect("/2026/redirected", site.url + "/")
    site.pages["/2026/failed"] = Answer(b"busy", status=500)


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> dict[str, object]:
    return {
        "NEWSBOT_DATABASE_URL": database_url,
        "NEWSBOT_SOURCES": str(tmp_path / "sources.toml"),
        "NEWSBOT_ENTITY_ENGINE": "none",
        "NEWSBOT_ALLOWED_NETWORKS": "127.0.0.0/8",
        "AUTOTHROTTLE_ENABLED": False,
        "RETRY_TIMES": 0,
    }


async def crawled(settings: dict[str, object]) -> Crawl:
    """Crawl every page again, whether it is due or not."""
    database = Database(str(settings["NEWSBOT_DATABASE_URL"])).open()
    with database.write() as session:
        session.execute(update(FrontierRow).values(next_try_at=datetime(2026, 3, 1, tzinfo=UTC)))
        session.execute(update(Host).values(held_until=None))
    database.close()
    return await crawl("news", settings, due="0")


@in_reactor
async def test_only_edits_change_stored_articles(settings: dict[str, object], tmp_path: Path) -> None:
    with running_site("127.0.0.7") as site:
        links = [site.html(f"/2026/{name}", page(name, body(name))) for name in NAMES]
        items = "".join(f"<item><title>News</title><link>{link}</link></item>" for link in links)
        site.pages["/rss.xml"] = Answer(f"<rss><channel>{items}</channel></rss>".encode())
        site.html(
            "/",
            "<title>Front page</title>" + "".join(f"<a href='/{n}'>Story number {n}</a>" for n in range(40)),
        )
        (tmp_path / "sources.toml").write_text(
            f'[[source]]\nkey = "site"\nhomepage = "{site.url}/"\nfeeds = ["{site.url}/rss.xml"]\n'
        )
        url = str(settings["NEWSBOT_DATABASE_URL"])
        await crawled(settings)
        with reading(url) as session:
            before = dict(session.execute(select(ArticleRow.id, ArticleRow.body)).all())
            first_id = session.scalars(select(ArticleRow.id).where(ArticleRow.url == links[0])).one()
        assert len(before) == len(NAMES)
        pages = dict(site.pages)
        change(site)
        second = await crawled(settings)
        with reading(url) as session:
            after = dict(session.execute(select(ArticleRow.id, ArticleRow.body)).all())
            replaced = get_article(session, links[NAMES.index("replaced")])
            kept_from = {
                row.url.rpartition("/")[2]: row.reason for row in list_rejects(session) if row.article_id
            }
            gone = session.scalars(select(ArticleRow.url).where(ArticleRow.gone_at.is_not(None))).all()
            changes = history(session, links[0])
        assert {number for number in before if before[number] != after[number]} == {first_id}
        assert replaced is not None
        assert {replaced.id} == after.keys() - before.keys()
        assert [change.is_silent for change in changes or []] == [True]
        assert gone == [links[NAMES.index("gone")]]
        assert kept_from == {
            "gone": "http-410",
            "walled": "error",
            "locked": kept_from["locked"],
            "redirected": "list",
        }
        assert kept_from["locked"] in {"paywall", "teaser"}
        assert "1 new, 1 changed, 3 unchanged, 0 duplicate, 3 conflict, 1 gone, 1 rejected" in summary(
            second.crawler
        )
        site.pages = pages
        third = await crawled(settings)
        with reading(url) as session:
            assert list_rejects(session) == []
            again = get_article(session, links[NAMES.index("replaced")])
            assert again is not None
            assert again.id in before
            assert (
                session.scalars(select(ArticleRow.gone_at).where(ArticleRow.gone_at.is_not(None))).all() == []
            )
        assert "0 new, 1 changed, 9 unchanged" in summary(third.crawler)
