"""Saved pages are stored in the order in which they were fetched, whatever their files are called."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import select

from newsbot.store.schema.models import ArticleRow, ChangeRow, Revision
from tests.crawling import crawl, in_reactor, reading
from tests.pages import article_page

URL = "https://news.example/harbour"


def saved_version(
    folder: Path, body: str, *, url: str = URL, fetched_at: str | None = None, status: int = 200
) -> None:
    """Save a page in a folder of its own, with what is known of it."""
    folder.mkdir(parents=True)
    (folder / "page.html").write_text(body, "utf-8")
    notes = {"url": url, "fetched_at": fetched_at, "status": status}
    (folder / "meta.json").write_text(json.dumps(notes), "utf-8")


def settings(url: str, workers: int) -> dict[str, object]:
    return {"NEWSBOT_DATABASE_URL": url, "NEWSBOT_ENTITY_ENGINE": "none", "NEWSBOT_WORKERS": workers}


def edited(title: str) -> str:
    return article_page(1, url=URL).replace("<h1>", f"<h1>{title} ")


@pytest.mark.parametrize("workers", [0, 1])
@in_reactor
async def test_the_version_that_was_fetched_last_counts_and_the_others_are_its_history(
    database_url: str, tmp_path: Path, workers: int
) -> None:
    pages = tmp_path / "pages"
    for name, day in (("a", 3), ("b", 1), ("c", 2)):
        page = article_page(1, url=URL).replace("river", f"river of day {day}")
        saved_version(pages / name, page, fetched_at=f"2026-05-0{day}T10:00:00Z")
    for number in range(10, 40):  # enough for processes to start, and for pages to overtake each other
        url = f"https://news.example/{number}"
        saved_version(
            pages / f"{number}", article_page(number, url=url), url=url, fetched_at="2026-05-02T09:00:00Z"
        )
    outcome = await crawl("saved", settings(database_url, workers), path=str(pages))
    assert (outcome.stats["newsbot/store/new"], outcome.stats["newsbot/store/changed"]) == (31, 2)
    with reading(database_url) as session:
        article = session.scalars(select(ArticleRow).where(ArticleRow.url == URL)).one()
        replaced = session.scalars(select(Revision.replaced_at).order_by(Revision.revision)).all()
    assert "river of day 3" in article.body
    assert [f"{article.first_seen_at:%d}", f"{article.last_seen_at:%d}"] == ["01", "03"]
    assert [f"{moment:%d}" for moment in replaced] == ["02", "03"]


@in_reactor
async def test_articles_have_the_numbers_of_their_order_in_time(database_url: str, tmp_path: Path) -> None:
    for number in range(20):
        url = f"https://news.example/{number}"
        at = f"2026-05-{28 - number:02}T10:00:00Z"
        saved_version(tmp_path / f"{number:02}", article_page(number, url=url), url=url, fetched_at=at)
    await crawl("saved", settings(database_url, 0), path=str(tmp_path))
    with reading(database_url) as session:
        urls = session.scalars(select(ArticleRow.url).order_by(ArticleRow.id)).all()
    assert urls == [f"https://news.example/{number}" for number in reversed(range(20))]


@in_reactor
async def test_a_page_that_cannot_be_read_holds_up_no_other(database_url: str, tmp_path: Path) -> None:
    saved_version(
        tmp_path / "a", article_page(1), url="https://news.example/1", fetched_at="2026-05-01T10:00:00Z"
    )
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "page.html.gz").write_bytes(b"no gzip")
    (tmp_path / "b" / "meta.json").write_text('{"fetched_at": "2026-05-01T11:00:00Z"}')
    saved_version(
        tmp_path / "c", article_page(3), url="https://news.example/3", fetched_at="2026-05-01T12:00:00Z"
    )
    outcome = await crawl("saved", settings(database_url, 0), path=str(tmp_path))
    assert [article.url for article in outcome.articles] == [
        "https://news.example/1",
        "https://news.example/3",
    ]
    assert outcome.stats["newsbot/rejected/fetch/unreadable"] == 1


@in_reactor
async def test_pages_of_unknown_time_follow_by_name_across_paths(database_url: str, tmp_path: Path) -> None:
    saved_version(tmp_path / "x" / "2", article_page(2), url="https://news.example/2")
    saved_version(tmp_path / "x" / "1", article_page(1), url="https://news.example/1", fetched_at="yesterday")
    saved_version(
        tmp_path / "y", article_page(3), url="https://news.example/3", fetched_at="2026-05-01T12:00:00Z"
    )
    paths = f"{tmp_path / 'x'},{tmp_path / 'y'}"
    outcome = await crawl("saved", settings(database_url, 0), path=paths)
    assert [article.url[-1] for article in outcome.articles] == ["3", "1", "2"]


@in_reactor
async def test_article_whose_page_was_saved_as_gone_stays_gone(database_url: str, tmp_path: Path) -> None:
    pages = tmp_path / "pages"
    saved_version(pages / "a", article_page(1, url=URL), fetched_at="2026-05-01T10:00:00Z")
    saved_version(pages / "b", "<h1>Not found</h1>", fetched_at="2026-05-02T10:00:00Z", status=410)
    for _ in range(2):
        outcome = await crawl("saved", settings(database_url, 0), path=str(pages))
        assert outcome.stats["newsbot/store/gone"] == 1
    with reading(database_url) as session:
        assert session.scalars(select(ArticleRow.gone_at)).one()
        changes = session.scalars(select(ChangeRow.change).order_by(ChangeRow.number)).all()
    assert changes == ["new", "gone"]
    saved_version(pages / "c", edited("Again:"))
    await crawl("saved", settings(database_url, 0), path=str(pages / "c"))
    with reading(database_url) as session:
        assert session.scalars(select(ArticleRow.gone_at)).one() is None
