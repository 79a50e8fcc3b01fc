"""`newsbot sources` against a real site."""

import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from newsbot.ingest.envelope import Envelope
from newsbot.ingest.record import lock_items, record_article, record_reject
from newsbot.items import Article, Fetched, Reject
from newsbot.sources.model import Source
from newsbot.store.crawl import feed_rows, polling
from newsbot.store.crawl.run_rows import start_run
from newsbot.store.crawl.sharing.due_work import due_feeds
from newsbot.store.crawl.sharing.wanted_work import Wanted
from newsbot.store.crawl.source_health import source_health
from newsbot.store.database import Database
from newsbot.store.queries import source_detail
from newsbot.store.schema.models import ArticleRow, Feed
from tests.pages import article_page, paragraphs, rss
from tests.site import Answer, Site, running_site

NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)


@pytest.fixture
def site() -> Iterator[Site]:
    with running_site("127.0.0.5") as running:
        yield running


def newsbot(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    variables = os.environ | {"NEWSBOT_ALLOWED_NETWORKS": "127.0.0.0/8", **environment}
    command = [sys.executable, "-m", "newsbot", *arguments]
    return subprocess.run(command, env=variables, capture_output=True, text=True, timeout=600, check=False)


def test_a_homepage_with_a_feed_becomes_a_source_with_three_previews(site: Site) -> None:
    links = [site.html(f"/2026/05/story-{n}", article_page(n)) for n in range(5)]
    site.pages["/rss.xml"] = Answer(rss(*links).encode())
    link = '<link rel="alternate" type="application/rss+xml" href="/rss.xml">'
    site.html(
        "/", f'<html lang="en"><head><meta property="og:site_name" content="The Test">{link}</head></html>'
    )
    done = newsbot("sources", "add", site.url + "/")
    assert done.returncode == 0, done.stderr
    [source] = tomllib.loads(done.stdout)["source"]
    assert source["name"] == "The Test"
    assert source["feeds"] == [f"{site.url}/rss.xml"]
    assert done.stderr.count("words") == 3
    assert "reopens, number" in done.stderr


def xml(text: str) -> Answer:
    return Answer(text.encode(), headers={"Content-Type": "application/xml"})


def index(*urls: str) -> Answer:
    return xml(
        f"<sitemapindex>{''.join(f'<sitemap><loc>{url}</loc></sitemap>' for url in urls)}</sitemapindex>"
    )


def urlset(*urls: str) -> Answer:
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    entries = (f"<url><loc>{url}</loc><lastmod>{today}</lastmod></url>" for url in urls)
    return xml(f"<urlset>{''.join(entries)}</urlset>")


@pytest.mark.slow
def test_articles_below_an_index_of_robots_txt_are_counted_and_previewed(site: Site) -> None:
    links = [site.html(f"/2026/05/story-{n}", article_page(n)) for n in range(5)]
    site.html("/", '<a href="/no/feed">Feed</a>')  # so that none is guessed
    site.pages["/robots.txt"] = Answer(
        f"Sitemap: {site.url}/robots.txt\nSitemap: {site.url}/index.xml".encode()
    )
    site.pages["/index.xml"] = index(f"{site.url}/index.xml", f"{site.url}/articles.xml")
    site.pages["/articles.xml"] = index(f"{site.url}/1.xml", f"{site.url}/2.xml", f"{site.url}/missing.xml")
    site.pages["/1.xml"], site.pages["/2.xml"] = urlset(*links[:3]), urlset(*links[3:])
    done = newsbot("sources", "add", site.url + "/")
    assert done.returncode == 0, done.stderr
    assert tomllib.loads(done.stdout)["source"][0]["sitemaps"] == [f"{site.url}/index.xml"]
    assert "articles: 5 found" in done.stderr
    assert done.stderr.count("words") == 3


@pytest.mark.slow
def test_an_index_that_never_ends_is_followed_for_five_sitemaps(site: Site) -> None:
    site.html("/", '<a href="/no/feed">Feed</a>')  # so that none is guessed
    site.pages["/robots.txt"] = Answer(f"Sitemap: {site.url}/index.xml".encode())
    site.pages["/index.xml"] = index(*(f"{site.url}/{n}.xml" for n in range(5)))
    for n in range(200):
        site.pages[f"/{n}.xml"] = index(*(f"{site.url}/{5 * n + k}.xml" for k in range(5)))
    done = newsbot("sources", "add", site.url + "/")
    assert done.returncode == 0, done.stderr
    assert "articles: 0 found" in done.stderr
    numbered = [path for path in site.paths() if path[1:-4].isdigit()]
    assert len(numbered) == 5


@pytest.mark.slow
def test_a_homepage_with_nothing_but_links_gets_sections(site: Site) -> None:
    story = site.html("/2026/05/03/the-long-way-home-again", article_page(1))
    site.html("/politics/", "<html></html>")
    body = f'<nav><a href="/politics/">Politics</a></nav><h2><a href="{story}">The long way home again, and why</a></h2>'
    site.html("/", f"<html><body>{body}</body></html>")
    done = newsbot("sources", "add", site.url + "/")
    assert done.returncode == 0, done.stderr
    assert tomllib.loads(done.stdout)["source"][0]["sections"] == [f"{site.url}/politics/"]


@pytest.mark.parametrize(
    ("url", "status", "told"),
    [
        ("news.example", 2, "http://"),
        ("http://127.0.0.5:1/", 1, "127.0.0.5"),
    ],
)
def test_homepage_that_cannot_be_fetched_prints_one_line(url: str, status: int, told: str) -> None:
    done = newsbot("sources", "add", url)
    assert done.returncode == status
    assert told in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


def test_a_private_homepage_is_refused(site: Site) -> None:
    site.html("/", "<html></html>")
    done = newsbot("sources", "add", site.url + "/", NEWSBOT_ALLOWED_NETWORKS="")
    assert done.returncode == 1
    assert "has no public address; NEWSBOT_ALLOWED_NETWORKS names private networks" in done.stderr
    assert site.asked == []


def envelope(number: int, day: datetime) -> Envelope:
    url = f"https://news.example/{number}"
    article = Article(
        url=url,
        source="one",
        title=f"Number {number}",
        authors=["Ann Lee"],
        published_at=day,
        body="\n\n".join(paragraphs(number)),
        word_count=150,
    )
    return Envelope(article=article, fetched=Fetched(url=url, status=200))


def crawled(database: Database, days: int, *, a_day: int, silent: int = 0) -> None:
    """Fill a database with `days` of one source up to NOW; in the last `silent` of them nothing was published."""
    source = Source(
        key="one", name="One", homepage="https://news.example/", feeds=("https://news.example/rss",)
    )
    with database.write() as session:
        feed_rows.sync_sources(session, [source], now=NOW - timedelta(days=days))
    for ago in range(days, -1, -1):
        day = NOW - timedelta(days=ago)
        items = [envelope(ago * 100 + number, day) for number in range(a_day if ago >= silent else 0)]
        with database.write() as session:
            lock_items(session, items, now=day)
            run_id = start_run(session, spider="news", arguments={}, version="1", now=day)
            [feed] = due_feeds(session, Wanted(began=day, only_due=False, sources=("one",)), now=day)
            polling.save_failed_poll(
                session, feed, now=day, error="-", status=500, chance=0
            ) if ago < silent else None
            for item in items:
                record_article(session, item, run_id=run_id, now=day)
    with database.write() as session:
        session.execute(update(Feed).values(last_polled_at=NOW))


def kinds(database: Database) -> list[str]:
    with database.read() as session:
        return [flag.kind for report in source_health(session, ["one"], now=NOW) for flag in report.flags]


def test_source_that_keeps_publishing_is_not_flagged(database: Database) -> None:
    crawled(database, 20, a_day=4)
    assert kinds(database) == []
    with database.read() as session:
        [report] = source_health(session, ["one"], now=NOW)
    assert (report.articles_today, report.articles_a_day) == (4, 4.0)


def test_stubs_are_counted_apart_from_articles(database: Database) -> None:
    crawled(database, 20, a_day=4)
    with database.write() as session:
        session.execute(update(ArticleRow).where(ArticleRow.id % 4 == 0).values(kind="stub"))
    with database.read() as session:
        [report] = source_health(session, ["one"], now=NOW)
        detail = source_detail(session, "one", now=NOW)
    assert (report.articles_today, report.articles_a_day) == (3, 3.0)
    assert (report.stubs_today, report.stubs_a_day) == (1, 1.0)
    assert detail is not None
    assert (detail.article_count, detail.stub_count) == (63, 21)
    assert sum(count for _, count in detail.days) == 63


def test_silence_and_a_failing_feed_are_flagged(database: Database) -> None:
    crawled(database, 20, a_day=4, silent=6)
    assert sorted(kinds(database)) == ["failing feed", "silence"]


def test_a_bot_wall_is_flagged(database: Database) -> None:
    crawled(database, 20, a_day=1)
    for number in range(8):
        url = f"https://news.example/wall-{number}"
        reject = Reject(url=url, source="one", reason="error", fetched=Fetched(url=url, status=200))
        with database.write() as session:
            record_reject(session, reject, run_id=None, now=NOW)
    assert kinds(database) == ["bot wall"]


@pytest.mark.slow
def test_check_exits_with_3_and_the_webhook_gets_json(tmp_path: Path, site: Site) -> None:
    site.pages["/hook"] = Answer(b"thanks")
    url = f"sqlite:///{tmp_path / 'newsbot.db'}"
    database = Database(url).open()
    crawled(database, 20, a_day=4, silent=6)
    database.close()
    (tmp_path / "s.toml").write_text('[[source]]\nkey = "one"\nhomepage = "https://news.example/"\n')
    environment = {"NEWSBOT_DATABASE_URL": url, "NEWSBOT_SOURCES": str(tmp_path / "s.toml")}
    assert newsbot("sources", "health", **environment).returncode == 0
    done = newsbot("sources", "health", "--check", "--json", "--webhook", f"{site.url}/hook", **environment)
    assert done.returncode == 3, done.stderr
    assert {flag["kind"] for flag in json.loads(done.stdout)["flags"]} >= {"failing feed"}
    assert [asked.path for asked in site.asked] == ["/hook"]
    assert json.loads(site.asked[0].body)["flags"][0]["source"] == "one"


def test_the_shipped_catalog_is_listed_and_valid() -> None:
    listed = newsbot("sources", "list", "--json")
    assert len(listed.stdout.splitlines()) >= 60
    checked = newsbot("sources", "check")
    assert (checked.returncode, checked.stdout) == (
        0,
        f"{len(listed.stdout.splitlines())} sources, all valid\n",
    )


def test_check_of_one_source_speaks_of_one(tmp_path: Path) -> None:
    path = tmp_path / "one.toml"
    path.write_text('[[source]]\nkey = "one"\nhomepage = "https://news.example/"\n')
    assert newsbot("sources", "check", str(path)).stdout == "1 source, valid\n"


def test_list_shows_what_a_live_check_has_found(tmp_path: Path) -> None:
    found = 'verified = true\nrobots = "partly"\nchecked_on = 2026-11-29\n'
    path = tmp_path / "two.toml"
    path.write_text(
        f'[[source]]\nkey = "one"\nhomepage = "https://news.example/"\n{found}'
        '[[source]]\nkey = "two"\nhomepage = "https://two.example/"\n'
    )
    listed = newsbot("sources", "list", "--json", NEWSBOT_SOURCES=str(path)).stdout.splitlines()
    shown = [[json.loads(line)[name] for name in ("verified", "robots", "checked_on")] for line in listed]
    assert shown == [[True, "partly", "2026-11-29"], [False, None, None]]


def test_check_of_a_file_without_sources_says_so(tmp_path: Path) -> None:
    (tmp_path / "empty.toml").write_text("")
    done = newsbot("sources", "check", str(tmp_path / "empty.toml"))
    assert done.returncode == 2
    assert (
        done.stderr
        == f"newsbot: {tmp_path}/empty.toml: no [[source]] table; a file needs one for every source\n"
    )


@pytest.mark.parametrize("arguments", [["a.toml", "b.toml"], ["--write", "folder"]])
def test_check_without_live_takes_one_path_and_writes_nothing(arguments: list[str]) -> None:
    done = newsbot("sources", "check", *arguments)
    assert (done.returncode, done.stderr) == (2, "newsbot: --write and several names need --live\n")


def test_wrong_source_prints_one_line_and_exits_with_2(tmp_path: Path) -> None:
    path = tmp_path / "bad.toml"
    path.write_text('[[source]]\nkey = "one"\nhomepage = "https://news.example/"\nfeds = []\n')
    done = newsbot("sources", "check", str(path))
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "feds" in done.stderr
    assert '"one"' in done.stderr
