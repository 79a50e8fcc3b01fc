"""`newsbot.crawl` against a local site, in a process of its own."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

import newsbot
from newsbot.api import crawling
from newsbot.sources.catalog import load_sources
from newsbot.sources.model import Selectors, Source
from newsbot.sources.written_toml import source_toml
from tests.site import Site, running_site
from tests.sites import feed_of

SETTINGS: dict[str, Any] = {
    "DOWNLOAD_DELAY": 0,
    "AUTOTHROTTLE_ENABLED": False,
    "NEWSBOT_ALLOWED_NETWORKS": "127.0.0.0/8",
    "NEWSBOT_ENTITY_ENGINE": "none",
}
HOMEPAGE = "http://a.example/"


@pytest.fixture
def site() -> Iterator[Site]:
    with running_site("127.0.0.71") as running:
        yield running


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    """The processes that crawls start."""
    processes: list[subprocess.Popen[bytes]] = []
    start = crawling._start

    def remembered(task: dict[str, Any]) -> subprocess.Popen[bytes]:
        processes.append(start(task))
        return processes[-1]

    monkeypatch.setattr(crawling, "_start", remembered)
    return processes


def test_articles_of_a_source_come_without_a_database(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    source = Source(key="s", name="S", homepage=site.url + "/", feeds=(feed_of(site, 1, 2),))
    found = list(newsbot.crawl(source, settings=SETTINGS))
    assert sorted(article.url for article in found) == [f"{site.url}/2026/05/story-{n}" for n in (1, 2)]
    assert {article.source for article in found} == {"s"}
    assert all(article.body and article.outcome == "new" for article in found)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_crawl_ends_after_as_many_articles_as_are_wanted(
    site: Site, started: list[subprocess.Popen[bytes]]
) -> None:
    site.html(
        "/", f"<html><head><link rel=alternate type=application/rss+xml href={feed_of(site, *range(9))}>"
    )
    [article] = newsbot.crawl(site.url, max_articles=1, settings=SETTINGS)
    assert article.source == "127-0-0-71"
    assert started[0].poll() is not None


def test_iterator_that_is_given_up_ends_the_process(
    site: Site, started: list[subprocess.Popen[bytes]]
) -> None:
    source = Source(key="s", name="S", homepage=site.url + "/", feeds=(feed_of(site, *range(9)),))
    articles = newsbot.crawl(source, settings=SETTINGS | {"DOWNLOAD_DELAY": 0.2})
    next(articles)
    assert started[0].poll() is None
    del articles
    assert started[0].poll() is not None


@pytest.mark.slow
def test_site_that_cannot_be_reached_is_an_error_of_one_line(site: Site) -> None:
    site.pages.clear()
    source = Source(key="s", name="S", homepage=site.url + "/", feeds=(site.url + "/rss.xml",))
    with pytest.raises(newsbot.NewsbotError, match="404") as error:
        list(newsbot.crawl(source, settings=SETTINGS))
    assert "\n" not in str(error.value)


def test_process_ends_by_itself_while_somebody_listens(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "newsbot.api.crawl_process"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    assert process.stdin
    assert process.stderr
    settings = SETTINGS | {"NEWSBOT_DATABASE_URL": f"sqlite:///{tmp_path}/crawl.db"}
    process.stdin.write(json.dumps({"keys": "no-such-source", "settings": settings}).encode() + b"\n")
    process.stdin.flush()  # and it stays open
    with process:
        assert b"Fatal Python error" not in process.stderr.read()
        assert process.wait(30) == 0


SCRIPT = """
import newsbot
for article in newsbot.crawl({url!r}, settings={settings!r}):
    print(article.url, flush=True)
"""


@pytest.mark.slow
def test_ctrl_c_ends_the_crawl(site: Site) -> None:
    site.html(
        "/", f"<html><head><link rel=alternate type=application/rss+xml href={feed_of(site, *range(9))}>"
    )
    script = SCRIPT.format(url=site.url + "/", settings=SETTINGS | {"DOWNLOAD_DELAY": 1})
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout
    assert process.stdout.readline()
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    assert process.returncode == -signal.SIGINT
    assert children
    for child in children:
        with pytest.raises(ProcessLookupError):
            os.kill(int(child), 0)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        pytest.param("gaurdian", r"no source 'gaurdian'; did you mean guardian", id="key"),
        pytest.param("none.toml", r"none\.toml: no sources", id="file"),
        pytest.param(7, r"7 is no source; accepted: a key", id="number"),
        pytest.param(None, r"None is no source; accepted: a key", id="nothing"),
        pytest.param(
            Source(key="Bad Key", name="S", homepage="nope"),
            r"^Source with the key 'Bad Key': key: .* digits and hyphens .*; homepage: 'nope' is not accepted",
            id="values",
        ),
        pytest.param(
            Source(key="s", name="S", homepage=HOMEPAGE, feeds=HOMEPAGE),  # type: ignore[arg-type]
            r"feeds: 'http://a\.example/' is not accepted; a list is",
            id="type",
        ),
        pytest.param(
            Source(key="s", name="S", homepage=HOMEPAGE, selectors=Selectors(title="<h1>")),
            r"selectors: title: '<h1>' is not accepted; a CSS selector is",
            id="selectors",
        ),
    ],
)
def test_wrong_source_is_an_error_at_once(source: Any, message: str) -> None:
    with pytest.raises(newsbot.NewsbotError, match=message) as error:
        newsbot.crawl(source)
    assert "\n" not in str(error.value)


def test_wrong_numbers_and_settings_are_errors_at_once() -> None:
    with pytest.raises(newsbot.NewsbotError, match="max_articles is 0; accepted: a number above 0"):
        newsbot.crawl("guardian", max_articles=0)
    with pytest.raises(newsbot.NewsbotError, match=r"settings: .* accepted: texts"):
        newsbot.crawl("guardian", settings={"DOWNLOAD_DELAY": object()})


def test_source_is_the_same_after_it_was_written_as_toml(tmp_path: Path) -> None:
    full = Source(
        key="full",
        name='A "Post"',
        homepage="https://full.example/",
        article_urls=(re.compile(r"/\d{4}/'a'"),),
        timezone=ZoneInfo("Europe/London"),
        delay_s=1.5,
        enabled=False,
        checked_on=date(2026, 11, 1),
        selectors=Selectors(title="h1", remove=(".a", ".b"), valid_until=date(2026, 12, 31)),
    )
    shipped = load_sources() | {"full": full}
    file = tmp_path / "all.toml"
    file.write_text("\n".join(map(source_toml, shipped.values())), encoding="utf-8")
    assert load_sources(str(file)) == shipped
