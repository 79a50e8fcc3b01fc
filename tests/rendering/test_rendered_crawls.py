"""Real crawls of pages whose text is made by scripts."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from threading import Event

import pytest
from click.testing import CliRunner
from sqlalchemy import select
from warcio.archiveiterator import ArchiveIterator

from newsbot.cli import newsbot
from newsbot.rendering import browser as bounds
from newsbot.store.queries import get_article, list_rejects
from newsbot.store.schema.models import ArticleRow
from tests.archive.test_warc_writer import files
from tests.crawling import crawl, in_reactor, reading
from tests.pages import article_page, paragraphs, rss
from tests.rendering.scripted import (
    SCRIPT,
    SHELL,
    answer_at,
    browsers,
    catalog,
    is_running,
    running_script,
    scripted_page,
    settings,
)
from tests.site import Answer, Asked, Site, running_site

PROJECT = Path(__file__).parents[2]


def rejects(folder: Path) -> dict[str, tuple[str, str | None]]:
    """Return URL -> reason and detail of the rejects."""
    with reading(f"sqlite:///{folder / 'newsbot.db'}") as session:
        return {row.url: (row.reason, row.detail) for row in list_rejects(session)}


def bodies(folder: Path) -> dict[str, str]:
    """Return URL -> text of the articles."""
    with reading(f"sqlite:///{folder / 'newsbot.db'}") as session:
        return {row.url: row.body for row in session.scalars(select(ArticleRow))}


@in_reactor
async def test_a_page_that_a_script_fills_is_stored_with_its_text(
    browser: str, tmp_path: Path, site: Site
) -> None:
    url = scripted_page(site, "/2026/05/story-1", 1)
    chosen = settings(tmp_path, catalog(tmp_path, site))
    outcome = await crawl("article", chosen, url=url)
    assert outcome.stats["newsbot/store/new"] == 1
    assert outcome.stats["newsbot/rendered"] == 1
    with reading(chosen["NEWSBOT_DATABASE_URL"]) as session:
        stored = get_article(session, url)
    assert stored is not None
    assert all(text in stored.article.body for text in paragraphs(1))
    assert "enable scripts" not in stored.article.body
    assert stored.article.source == "scripted"


@in_reactor
async def test_the_same_page_is_rejected_as_empty_without_a_browser(tmp_path: Path, site: Site) -> None:
    url = scripted_page(site, "/2026/05/story-1", 1)
    await crawl("article", settings(tmp_path, catalog(tmp_path, site, render=False)), url=url)
    assert rejects(tmp_path)[url][0] == "empty"
    assert site.paths() == ["/2026/05/story-1"]


@in_reactor
async def test_a_source_is_crawled_with_its_section_and_article_rendered_and_its_feed_not(
    browser: str, tmp_path: Path, site: Site
) -> None:
    listed = [scripted_page(site, f"/2026/05/story-{number}", number) for number in (1, 2)]
    feed = Answer(rss(listed[0]).encode(), headers={"Content-Type": "text/html", "ETag": '"1"'})
    site.pages["/rss.xml"] = feed
    links = "".join(f"<li><a href={url}>The story that only a script lists here</a></li>" for url in listed)
    running_script(site, "/news/", f"document.write('<main><ul>{links}</ul></main>')")
    lists = f'feeds = ["{site.url}/rss.xml"]\nsections = ["{site.url}/news/"]\narticle_urls = ["/story-"]\n'
    outcome = await crawl("news", settings(tmp_path, catalog(tmp_path, site, extra=lists)))
    assert outcome.stats["newsbot/store/new"] == 2
    assert outcome.stats["newsbot/rendered"] == 3
    assert set(bodies(tmp_path)) == set(listed)


@in_reactor
async def test_the_page_that_a_browser_made_is_archived_and_can_be_read_again(
    browser: str, tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = scripted_page(site, "/2026/05/story-1", 1, title="Über den Fluß")
    site.pages["/2026/05/story-1"] = Answer(
        answer_at(site, "/2026/05/story-1").body,
        headers={"Content-Type": "text/html; charset=iso-8859-1", "ETag": '"1"', "Last-Modified": "x"},
    )
    archive = tmp_path / "archive"
    sources = catalog(tmp_path, site)
    await crawl("article", settings(tmp_path, sources, NEWSBOT_ARCHIVE_DIR=str(archive)), url=url)
    (path,) = files(archive)
    with path.open("rb") as file:
        (headers,) = [
            record.http_headers
            for record in ArchiveIterator(file)
            if record.rec_type == "response" and record.rec_headers.get_header("WARC-Target-URI") == url
        ]
    assert headers.get_header("X-Newsbot-Rendered").startswith("Chromium/")
    assert headers.get_header("Content-Type") == "text/html; charset=utf-8"
    assert headers.get_header("ETag") is None
    other = tmp_path / "other"
    other.mkdir()
    monkeypatch.setenv("NEWSBOT_DATABASE_URL", f"sqlite:///{other / 'newsbot.db'}")
    monkeypatch.setenv("NEWSBOT_ENTITY_ENGINE", "none")
    done = CliRunner().invoke(newsbot, ["backfill", "--workers", "1", str(archive)])
    assert done.exit_code == 0, done.output
    assert bodies(other) == bodies(tmp_path)


@in_reactor
async def test_status_and_headers_are_those_of_the_page_and_only_a_page_with_status_200_is_rendered(
    browser: str, tmp_path: Path, site: Site
) -> None:
    shell = SHELL.format(head='<script src="/asked.js"></script>').encode()
    html = {"Content-Type": "text/html"}
    site.pages["/missing"] = Answer(shell, status=404, headers=html)
    site.pages["/forbidden"] = Answer(shell, status=403, headers=html)
    site.pages["/busy"] = Answer(shell, status=503, headers={**html, "Retry-After": "300"})
    urls = [f"{site.url}/{name}" for name in ("missing", "forbidden", "busy")]
    outcome = await crawl("article", settings(tmp_path, catalog(tmp_path, site)), url=",".join(urls))
    reasons = {url: reason for url, (reason, _) in rejects(tmp_path).items()}
    assert reasons == dict(zip(urls, ["http-404", "http-403", "http-503"], strict=True))
    assert "newsbot/rendered" not in outcome.stats
    assert "/asked.js" not in site.paths()


@in_reactor
async def test_a_page_that_robots_txt_forbids_is_not_rendered(
    browser: str, tmp_path: Path, site: Site
) -> None:
    site.pages["/robots.txt"] = Answer(b"User-agent: newsbot\nDisallow: /2026")
    url = scripted_page(site, "/2026/05/story-1", 1)
    moving = running_script(site, "/moving", f"location = '{url}'")
    await crawl("article", settings(tmp_path, catalog(tmp_path, site)), url=f"{url},{moving}")
    assert rejects(tmp_path)[url][0] == "robots"
    assert site.paths() == ["/moving"]


@in_reactor
async def test_the_browser_introduces_itself_as_the_spider_does(
    browser: str, tmp_path: Path, site: Site
) -> None:
    url = scripted_page(site, "/2026/05/story-1", 1)
    await crawl("article", settings(tmp_path, catalog(tmp_path, site), NEWSBOT_USER_AGENT="paper/2"), url=url)
    asked = {asked.path: asked.headers for asked in site.asked}
    assert asked.keys() == {"/robots.txt", "/2026/05/story-1", "/build.js", "/content/2026/05/story-1"}
    assert {headers["User-Agent"] for headers in asked.values()} == {"paper/2"}


@in_reactor
async def test_cookies_and_storage_of_a_page_are_unknown_to_the_next(
    browser: str, tmp_path: Path, site: Site
) -> None:
    script = (
        "fetch('/seen?' + [document.cookie, localStorage.length]);"
        "document.cookie = 'a=1'; localStorage.setItem('a', 1)"
    )
    urls = [running_script(site, f"/{number}", script) for number in range(2)]
    await crawl("article", settings(tmp_path, catalog(tmp_path, site)), url=",".join(urls))
    assert [path for path in site.paths() if path.startswith("/seen")] == ["/seen?,0", "/seen?,0"]


HOSTILE = {
    "hangs": ("while (true);", "fetch-failed", "not rendered within 10 seconds"),
    "grows": (
        "setInterval(() => document.body.append('x'.repeat(1e5)), 1)",
        "too-large",
        "the rendered page has more than 1000000 bytes",
    ),
    "fills memory": (
        "const all = []; while (true) all.push(new Array(1e6).fill(1.5))",
        "fetch-failed",
        "crashed",
    ),
    "fills its document": (
        "let n = 0; while (true) document.documentElement.append('x'.repeat(1e6) + n++)",
        "fetch-failed",
        "crashed",
    ),
}


@pytest.mark.parametrize("kind", HOSTILE)
@in_reactor
@pytest.mark.slow
async def test_a_page_that_hangs_grows_or_crashes_is_a_reject_and_the_next_is_stored(
    browser: str, tmp_path: Path, site: Site, kind: str
) -> None:
    script, reason, detail = HOSTILE[kind]
    hostile = running_script(site, "/hostile", script)
    good = scripted_page(site, "/2026/05/story-1", 1)
    timeout_s = 10 if kind == "hangs" else 60
    chosen = settings(
        tmp_path, catalog(tmp_path, site), DOWNLOAD_TIMEOUT=timeout_s, NEWSBOT_MAX_PAGE_BYTES=1_000_000
    )
    await crawl("article", chosen, url=f"{hostile},{good}")
    found = rejects(tmp_path)[hostile]
    assert found[0] == reason
    assert detail in str(found[1])
    assert list(bodies(tmp_path)) == [good]
    assert browsers(os.getpid()) == set()


@in_reactor
async def test_a_browser_that_dies_is_started_again(browser: str, tmp_path: Path, site: Site) -> None:
    killed = Event()

    def kill(_: Asked) -> Answer:
        for pid in browsers(os.getpid()):
            os.kill(pid, signal.SIGKILL)
        killed.set()
        return Answer()

    def after(_: Asked) -> Answer:
        killed.wait(60)
        return page

    site.pages["/kill"] = kill
    deadly = running_script(site, "/deadly", "fetch('/kill')")
    good = scripted_page(site, "/2026/05/story-1", 1)
    page = answer_at(site, "/2026/05/story-1")
    site.pages["/2026/05/story-1"] = after
    await crawl("article", settings(tmp_path, catalog(tmp_path, site)), url=f"{deadly},{good}")
    assert rejects(tmp_path)[deadly][0] == "fetch-failed"
    assert list(bodies(tmp_path)) == [good]


@in_reactor
async def test_a_page_that_never_stops_asking_is_read_as_it_is_after_a_while(
    browser: str, tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "SETTLE_S", 3.0)
    monkeypatch.setattr(bounds, "MAX_REQUESTS", 40)
    url = scripted_page(site, "/2026/05/story-1", 1)
    site.pages["/build.js"] = Answer(
        answer_at(site, "/build.js").body + b"setInterval(() => fetch('/more'), 20)", headers=SCRIPT
    )
    await crawl("article", settings(tmp_path, catalog(tmp_path, site)), url=url)
    assert list(bodies(tmp_path)) == [url]
    assert 0 < site.paths().count("/more") < 2 * 40  # a browser that is slow to start is asked twice


@in_reactor
async def test_what_a_page_carries_over_the_network_is_bounded(
    browser: str, tmp_path: Path, site: Site
) -> None:
    url = scripted_page(site, "/2026/05/story-1", 1)
    site.pages["/big"] = Answer(b"x" * 200_000)
    load = b"""
    const waiting = setInterval(async () => {
      if (!document.querySelector('main')) return;
      clearInterval(waiting);
      for (let n = 0; n < 20; n++) await (await fetch('/big')).text();
    }, 20)"""
    site.pages["/build.js"] = Answer(answer_at(site, "/build.js").body + load, headers=SCRIPT)
    chosen = settings(tmp_path, catalog(tmp_path, site), NEWSBOT_MAX_PAGE_BYTES=100_000)
    await crawl("article", chosen, url=url)
    assert list(bodies(tmp_path)) == [url]
    assert site.paths().count("/big") == 3  # 100 kB, five times


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
@pytest.mark.slow
def test_no_browser_outlives_a_crawl_that_is_ended(
    browser: str, tmp_path: Path, site: Site, signum: int
) -> None:
    running: set[int] = set()

    def end(_: Asked) -> Answer:
        running.update(browsers(crawling.pid))
        os.kill(crawling.pid, signum)
        return Answer()

    site.pages["/end"] = end
    url = running_script(site, "/waiting", "fetch('/end'); setInterval(() => fetch('/more'), 100)")
    chosen = {name: str(value) for name, value in settings(tmp_path, catalog(tmp_path, site)).items()}
    arguments = [f"-s{name}={value}" for name, value in chosen.items()]
    crawling = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "scrapy",
            "crawl",
            "article",
            "-a",
            f"url={url}",
            *arguments,
            "-sNEWSBOT_ARCHIVE_DIR=",
        ],
        cwd=PROJECT,
        stderr=subprocess.PIPE,
        text=True,
    )
    _, output = crawling.communicate(timeout=120)
    assert running
    while any(map(is_running, running)):
        time.sleep(0.1)
    assert "Traceback" not in output, output


WITHOUT_PLAYWRIGHT = (
    "import sys; sys.modules['playwright'] = None; from scrapy.cmdline import execute; execute()"
)


def without_playwright(folder: Path, sources: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `scrapy crawl` where the extra is not installed."""
    chosen = [f"-s{name}={value}" for name, value in settings(folder, sources).items()]
    return subprocess.run(
        [sys.executable, "-c", WITHOUT_PLAYWRIGHT, "crawl", *arguments, *chosen, "-sNEWSBOT_ARCHIVE_DIR="],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_an_article_that_cannot_be_rendered_costs_one_line_and_status_2(tmp_path: Path, site: Site) -> None:
    url = scripted_page(site, "/2026/05/story-1", 1)
    done = without_playwright(tmp_path, catalog(tmp_path, site), "article", "-a", f"url={url}")
    assert done.returncode == 2
    assert done.stderr.strip().splitlines()[-1] == (
        'scrapy crawl: source "scripted": render = true needs a browser: pip install newsbot[render]'
    )
    assert "Traceback" not in done.stderr
    assert site.asked == []


@pytest.mark.slow
def test_nothing_of_the_browser_is_loaded_without_a_source_that_is_rendered(
    tmp_path: Path, site: Site
) -> None:
    url = site.html("/2026/05/story-1", article_page(1))
    sources = catalog(tmp_path, site, render=False)
    done = without_playwright(tmp_path, sources, "article", "-a", f"url={url}")
    assert done.returncode == 0
    assert list(bodies(tmp_path)) == [url]


def test_a_browser_that_does_not_start_is_a_failure_of_the_run(
    browser: str, tmp_path: Path, site: Site
) -> None:
    url = scripted_page(site, "/2026/05/story-1", 1)
    chosen = settings(tmp_path, catalog(tmp_path, site), NEWSBOT_BROWSER="/bin/false", NEWSBOT_ARCHIVE_DIR="")
    arguments = [f"-s{name}={value}" for name, value in chosen.items()]
    done = subprocess.run(
        [sys.executable, "-m", "scrapy", "crawl", "article", "-a", f"url={url}", *arguments],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 1
    assert "scrapy crawl: the browser /bin/false does not start" in done.stderr
    assert "Traceback" not in done.stderr
    assert rejects(tmp_path)[url][0] == "fetch-failed"


@pytest.mark.slow
def test_a_new_source_is_proposed_from_pages_that_scripts_make(
    browser: str, tmp_path: Path, site: Site
) -> None:
    story = scripted_page(site, "/2026/05/story-of-the-harbour-and-its-island-1", 1)
    link = f"<a href={story}>The harbour of Norwich reopens after a long repair</a>"
    running_script(site, "/", f"document.write('<main><h2>{link}</h2></main>')")
    soft_error = site.pages["/"]
    site.pages["/feed"] = site.pages["/rss.xml"] = soft_error
    done = subprocess.run(
        [sys.executable, "-m", "newsbot", "sources", "add", f"{site.url}/"],
        cwd=PROJECT,
        env=os.environ
        | {"NEWSBOT_SOURCES": catalog(tmp_path, site), "NEWSBOT_ALLOWED_NETWORKS": "127.0.0.1/32"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert paragraphs(1)[0][:60] in done.stderr


def test_a_news_crawl_leaves_out_what_it_cannot_render_and_fails_if_it_was_asked_for(
    tmp_path: Path, site: Site
) -> None:
    with running_site() as other:
        url = other.html("/2026/05/story-1", article_page(1))
        other.pages["/rss.xml"] = Answer(rss(url).encode())
        plain = f'[[source]]\nkey = "plain"\nhomepage = "{other.url}/"\nfeeds = ["{other.url}/rss.xml"]\n'
        sources = catalog(tmp_path, site, extra=plain)
        done = without_playwright(tmp_path, sources, "news")
        assert done.returncode == 0
        assert done.stderr.count("pip install newsbot[render]; it is left out") == 1
        assert list(bodies(tmp_path)) == [url]
        asked = without_playwright(tmp_path, sources, "news", "-a", "source=plain,scripted")
    assert asked.returncode == 2
    assert "pip install newsbot[render]" in asked.stderr.splitlines()[-1]
    assert site.asked == []
