"""Health, summaries and logs after consecutive crawls of local sites that hide their pages, fail, move, end or are dead."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from newsbot.store.database import Database
from newsbot.store.queries import source_health
from newsbot.store.schema.models import Feed, Host
from tests.crawling import crawl, in_reactor, reading
from tests.pages import article_page, rss
from tests.site import Answer, Site, running_site

pytestmark = pytest.mark.slow

PROJECT = Path(__file__).parents[2]
CHALLENGE = (
    "<html><head><title>Just a moment...</title></head><body><h1>Checking your browser</h1></body></html>"
)
ESCAPE = "\x1b]0;owned\x07\x1b[31mred \u202egnp"


@pytest.fixture
def sites() -> Iterator[list[Site]]:
    with ExitStack() as stack:
        yield [stack.enter_context(running_site(f"127.0.2.{number}")) for number in (2, 3, 4)]


class Newsroom:
    """A catalog of sites, its database, and the commands that crawl it and report on it."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self.catalog = folder / "sources.toml"
        self.catalog.write_text("")
        self.environment = {
            "NEWSBOT_DATABASE_URL": database_url,
            "NEWSBOT_SOURCES": str(self.catalog),
            "NEWSBOT_ENTITY_ENGINE": "none",
            "NEWSBOT_ARCHIVE_DIR": "",
            "NEWSBOT_ALLOWED_NETWORKS": "127.0.0.0/8",
        }
        self.database_url = database_url

    def add(self, key: str, *feeds: str, homepage: str = "") -> None:
        home = homepage or feeds[0].rpartition("/")[0] + "/"
        lines = f'[[source]]\nkey = "{key}"\nhomepage = "{home}"\nfeeds = {json.dumps(feeds)}\n'
        self.catalog.write_text(self.catalog.read_text() + lines)

    async def crawl(self, due: str = "0") -> dict[str, object]:
        settings = {**self.environment, "AUTOTHROTTLE_ENABLED": False, "RETRY_TIMES": 0}
        outcome = await crawl("news", settings, due=due)
        return outcome.stats

    def run(self, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
        variables = {**os.environ, **self.environment, **environment}
        return subprocess.run(
            [sys.executable, "-m", *command],
            cwd=PROJECT,
            env=variables,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )

    def crawl_in_shell(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        fast = ("-s", "DOWNLOAD_DELAY=0", "-s", "AUTOTHROTTLE_ENABLED=0")
        return self.run("scrapy", "crawl", "news", *fast, *arguments, **environment)

    def flags(self, *keys: str) -> list[tuple[str, str]]:
        with reading(self.database_url) as session:
            reports = source_health(session, keys, now=datetime.now(UTC))
        return [(flag.kind, flag.detail) for report in reports for flag in report.flags]


@pytest.fixture
def newsroom(tmp_path: Path, database_url: str) -> Newsroom:
    return Newsroom(tmp_path, database_url)


@pytest.fixture
def lite(tmp_path: Path) -> Newsroom:
    """On SQLite only: for what has nothing to do with the database."""
    return Newsroom(tmp_path, f"sqlite:///{tmp_path / 'newsbot.db'}")


def feed_of(site: Site, answer: Callable[[int], Answer], count: int = 6, path: str = "/rss.xml") -> str:
    """Serve a feed of pages, and an answer at each of them; return the URL of the feed."""
    for number in range(count):
        site.pages[f"/story-{number}"] = answer(number)
    links = [f"{site.url}/story-{number}" for number in range(count)]
    site.pages[path] = Answer(rss(*links).encode(), headers={"Content-Type": "application/rss+xml"})
    return site.url + path


def story(number: int) -> Answer:
    return Answer(article_page(number).encode(), headers={"Content-Type": "text/html; charset=utf-8"})


@in_reactor
async def test_a_wall_of_200_answers_is_told_however_often_the_feed_is_polled(
    newsroom: Newsroom, sites: list[Site]
) -> None:
    newsroom.add(
        "walled",
        feed_of(sites[0], lambda _: Answer(CHALLENGE.encode(), headers={"Content-Type": "text/html"})),
    )
    newsroom.add("open", feed_of(sites[1], story))
    for _ in range(4):
        await newsroom.crawl()
    [(kind, detail)] = newsroom.flags("open", "walled")
    assert kind == "bot wall"
    assert detail.startswith("6 of 6 pages")
    assert detail.endswith("6 without an article")


@in_reactor
async def test_a_wall_of_refusals_is_told_with_its_statuses(newsroom: Newsroom, sites: list[Site]) -> None:
    newsroom.add(
        "refusing", feed_of(sites[0], lambda _: Answer(status=403, headers={"cf-mitigated": "challenge"}))
    )
    for _ in range(2):
        await newsroom.crawl()
    [(kind, detail)] = newsroom.flags("refusing")
    assert kind == "bot wall"
    assert "6 answered with 403" in detail
    done = newsroom.run("newsbot", "rejects", "--source", "refusing", "--json")
    details = {json.loads(line)["detail"] for line in done.stdout.splitlines()}
    assert details == {"answered with 403 (cf-mitigated: challenge)"}
    assert newsroom.run("newsbot", "rejects", "--source", "refusin").stderr == (
        "newsbot: no source 'refusin'; did you mean refusing?\n"
    )


@in_reactor
async def test_a_held_host_a_moved_feed_and_an_ended_feed_are_told(
    newsroom: Newsroom, sites: list[Site]
) -> None:
    busy, moved, ended = sites
    newsroom.add("busy", feed_of(busy, lambda _: Answer(status=429, headers={"Retry-After": "86400"})))
    target = feed_of(moved, story)
    newsroom.add("moved", moved.redirect("/old.xml", target, 301))
    ended.pages["/rss.xml"] = Answer(status=410)
    newsroom.add("ended", f"{ended.url}/rss.xml")
    await newsroom.crawl()
    assert [kind for kind, _ in newsroom.flags("busy", "moved", "ended")] == ["held", "ended feed"]
    await newsroom.crawl()
    found = dict(newsroom.flags("busy", "moved", "ended"))
    assert set(found) == {"held", "moved feed", "ended feed"}
    assert busy.url.removeprefix("http://") in found["held"]
    assert ": 429, since " in found["held"]
    assert f"{moved.url}/old.xml has moved to {target}" in found["moved feed"]
    assert ended.paths() == ["/rss.xml"]


@in_reactor
async def test_a_feed_that_fails_for_good_is_told_after_the_second_failure_with_its_reason(
    newsroom: Newsroom, sites: list[Site]
) -> None:
    sites[0].html("/page.xml", "<html><body>Our feeds have moved</body></html>")
    newsroom.add("missing", f"{sites[0].url}/missing.xml", f"{sites[0].url}/page.xml")
    sites[1].pages["/rss.xml"] = Answer(status=500)
    newsroom.add("broken", f"{sites[1].url}/rss.xml")
    await newsroom.crawl()
    assert newsroom.flags("missing", "broken") == []
    await newsroom.crawl()
    missing, page = newsroom.flags("missing", "broken")
    assert missing[0] == page[0] == "failing feed"
    assert "HTTP 404, 2 failures in a row, never a success" in missing[1]
    assert "neither RSS, Atom nor JSON Feed" in page[1]


@in_reactor
async def test_pages_that_robots_txt_forbids_are_told(newsroom: Newsroom, sites: list[Site]) -> None:
    newsroom.add("forbidden", feed_of(sites[0], story, count=3))
    sites[0].pages["/robots.txt"] = Answer(b"User-agent: *\nDisallow: /story")
    await newsroom.crawl()
    [(kind, detail)] = newsroom.flags("forbidden")
    assert kind == "robots refusal"
    assert detail.startswith("robots.txt forbids 3 of 3 pages")


def test_a_run_ends_with_a_few_lines_on_what_it_has_met(lite: Newsroom, sites: list[Site]) -> None:
    refusing, moved, busy = sites
    lite.add("refusing", feed_of(refusing, lambda _: Answer(status=403)))
    lite.add("moved", moved.redirect("/old.xml", feed_of(moved, story, 2), 301))
    lite.add("busy", feed_of(busy, lambda _: Answer(status=503, headers={"Retry-After": "7200"})))
    done = lite.crawl_in_shell()
    assert done.returncode == 0, done.stderr
    told = [line for line in done.stderr.splitlines() if line.startswith("newsbot news: ")]
    assert told[-1].startswith("newsbot news: 2 new, ")
    assert told[-1].endswith("(finished)")
    text = "\n".join(told)
    assert "feeds: 3 polled" in text
    assert f"{moved.url}/old.xml has moved to {moved.url}/rss.xml" in text
    assert f"{busy.url.removeprefix('http://')} is held until " in text
    assert "refusing: bot wall: 6 of 6 pages" in text
    again = lite.crawl_in_shell()
    assert "nothing is due; the next poll is in " in again.stderr
    assert lite.run("newsbot", "sources", "health", "--check").returncode == 3


@pytest.mark.slow
def test_a_healthy_run_says_nothing_but_its_numbers(lite: Newsroom, sites: list[Site]) -> None:
    lite.add("open", feed_of(sites[0], story, 2))
    done = lite.crawl_in_shell(NEWSBOT_CONTACT="desk@news.example")
    told = [line for line in done.stderr.splitlines() if line.startswith("newsbot news: ")]
    assert [line.removeprefix("newsbot news: ") for line in told] == [
        "feeds: 1 polled",
        "2 new, 0 changed, 0 unchanged, 0 duplicate, 0 conflict, 0 gone, 0 rejected (finished)",
    ]
    assert lite.run("newsbot", "sources", "health", "--check").returncode == 0


def test_without_a_network_a_run_fails_in_a_few_lines(lite: Newsroom) -> None:
    for number in range(30):
        lite.add(f"dead-{number}", f"http://127.0.3.{number + 1}:9/rss.xml")
    done = lite.crawl_in_shell("-s", "RETRY_TIMES=1")
    assert done.returncode == 1
    assert "no source could be reached" in done.stderr
    assert "is there a network?" in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) < 30
    health = lite.run("newsbot", "sources", "health", "--check")
    assert health.returncode == 3
    [line] = [line for line in health.stdout.splitlines() if "reached" in line]
    assert line == "not reached: no source could be reached so far: is there a network?"


def test_a_source_that_stops_answering_is_not_reached_since_its_last_answer(
    lite: Newsroom, sites: list[Site]
) -> None:
    lite.add("open", feed_of(sites[0], story, 1))
    with running_site("127.0.2.9") as site:
        lite.add("lost", feed_of(site, story, 1))
        assert lite.crawl_in_shell().returncode == 0
    for _ in range(2):
        release(lite.database_url)
        assert lite.crawl_in_shell("-a", "due=0", "-s", "RETRY_TIMES=0").returncode == 0
    [(kind, detail)] = lite.flags("open", "lost")
    assert kind == "not reached"
    assert detail.startswith("nothing of it could be reached since 2")


def release(database_url: str) -> None:
    """End all holds, and make every feed due."""
    database = Database(database_url).open()
    with database.write() as session:
        session.execute(update(Host).values(held_until=datetime.now(UTC) - timedelta(seconds=1)))
        session.execute(update(Feed).values(next_poll_at=None))
    database.close()


def test_neither_a_log_nor_a_command_passes_on_escape_sequences(lite: Newsroom, sites: list[Site]) -> None:
    site = sites[0]
    lite.add("hostile", feed_of(site, story, 2))
    site.html("/story-0", article_page(0, title=f"News {ESCAPE}"))
    site.pages["/story-1"] = Answer(status=302, headers={"Location": f"http://127.0.2.2:9/{ESCAPE[:7]}"})
    site.pages["/story-2"] = Answer(status=403, headers={"cf-mitigated": ESCAPE[:-5]})
    site.pages["/rss.xml"] = Answer(rss(*(f"{site.url}/story-{n}?\x1b[31m" for n in range(3))).encode())
    site.pages["/odd.xml"] = Answer(b"x", headers={"Content-Encoding": "\x1b[31m"})
    outputs = [lite.crawl_in_shell("-s", "LOG_LEVEL=DEBUG").stderr]
    for command in (["sources", "show", "hostile"], ["rejects"], ["sources", "health"]):
        outputs.append(lite.run("newsbot", *command).stdout)
    assert "hostile" in outputs[1]
    for output in outputs:
        assert not set(output) & {"\x1b", "\x07", "\u202e", "\x9b"}


@pytest.mark.slow
def test_a_source_is_shown_with_all_that_is_known_of_it(lite: Newsroom, sites: list[Site]) -> None:
    lite.add("open", feed_of(sites[0], story, 3), f"{sites[0].url}/missing.xml")
    lite.add("new", "http://127.0.2.9:9/rss.xml")
    before = lite.run("newsbot", "sources", "show", "new")
    lite.crawl_in_shell("-a", "source=open")
    done = lite.run("newsbot", "sources", "show", "open")
    assert done.returncode == 0, done.stderr
    for known in (
        f"homepage: {sites[0].url}/",
        "articles: 3, 3 today",
        f"feed {sites[0].url}/rss.xml: answers",
        f"feed {sites[0].url}/missing.xml: failed once: HTTP 404",
        "done: 3",
        "author: 0%",
        "The harbour of Norwich reopens, number 0",
    ):
        assert known in done.stdout
    found = json.loads(lite.run("newsbot", "sources", "show", "open", "--json").stdout)
    assert found["article_count"] == found["articles_today"] == 3
    assert found["definition"]["feeds"][0] == f"{sites[0].url}/rss.xml"
    assert [len(found["newest"]), found["frontier"][0]["pages"]] == [3, 3]
    assert before.returncode == 0  # there was no database yet
    assert "homepage: http://127.0.2.9:9/" in before.stdout
    new = lite.run("newsbot", "sources", "show", "new")
    assert (new.returncode, "It has never been polled." in new.stdout) == (0, True)
    wrong = lite.run("newsbot", "sources", "show", "opne")
    assert (wrong.returncode, wrong.stderr) == (2, "newsbot: no source 'opne'; did you mean open?\n")


@pytest.mark.slow
def test_a_source_that_was_never_polled_says_so_and_is_not_flagged(lite: Newsroom, sites: list[Site]) -> None:
    lite.add("open", feed_of(sites[0], story, 1))
    lite.add("new", "http://127.0.2.9:9/rss.xml")
    lite.crawl_in_shell("-a", "source=open")
    done = lite.run("newsbot", "sources", "health", "--check")
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1] == "never polled: new"
    reports = [
        json.loads(line) for line in lite.run("newsbot", "sources", "health", "--json").stdout.splitlines()
    ]
    assert {report["source"]: report["last_poll_at"] is None for report in reports} == {
        "new": True,
        "open": False,
    }
    assert all((report["last_poll_at"] or "Z").endswith("Z") for report in reports)


@pytest.mark.slow
def test_a_bug_keeps_its_traceback(lite: Newsroom, sites: list[Site], tmp_path: Path) -> None:
    (tmp_path / "broken_stage.py").write_text(
        "class Broken:\n    def process_item(self, item):\n        raise RuntimeError('\\x1b[31ma bug\\nof ours')\n"
    )
    lite.add("open", feed_of(sites[0], story, 1))
    done = lite.crawl_in_shell(
        "-s",
        'ITEM_PIPELINES={"broken_stage.Broken": 100, "newsbot.pipelines.store.Store": 900}',
        PYTHONPATH=str(tmp_path),
    )
    assert "Traceback" in done.stderr
    assert "RuntimeError: \\x1b[31ma bug" in done.stderr
    assert "\x1b" not in done.stderr
