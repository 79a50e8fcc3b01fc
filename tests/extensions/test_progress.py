"""The progress of a crawl: a line on a terminal that no log line runs into, and that Ctrl-C removes."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from pathlib import Path
from threading import Event

import pytest

from newsbot.extensions.progress import CLEAR, progress_line
from tests.pages import article_page, rss
from tests.site import Answer, Asked, Site, running_site

PROJECT = Path(__file__).parents[2]
PROGRESS = re.compile(r"\d/1 hosts, \d+ pages, \d+ new, \d+ rejected, [\d.]+ pages/s")


def test_progress_names_sources_pages_articles_rejects_and_the_rate() -> None:
    counts = {
        "response_received_count": 9,
        "newsbot/store/new": 4,
        "newsbot/rejected/fetch/http-404": 2,
        "newsbot/rejected/validate/list": 1,
    }
    assert progress_line(counts, 1.25, (3, 7)) == "3/7 hosts, 9 pages, 4 new, 3 rejected, 1.2 pages/s"
    assert progress_line({}, 0.0, None) == "0 pages, 0 new, 0 rejected, 0.0 pages/s"


def crawl_of(site: Site, folder: Path, *arguments: str) -> tuple[list[str], dict[str, str]]:
    catalog = folder / "sources.toml"
    catalog.write_text(f'[[source]]\nkey = "one"\nhomepage = "{site.url}/"\nfeeds = ["{site.url}/rss.xml"]\n')
    environment = {
        "NEWSBOT_DATABASE_URL": f"sqlite:///{folder / 'newsbot.db'}",
        "NEWSBOT_SOURCES": str(catalog),
        "NEWSBOT_ENTITY_ENGINE": "none",
        "NEWSBOT_ARCHIVE_DIR": "",
        "NEWSBOT_ALLOWED_NETWORKS": "127.0.0.0/8",
        "TERM": "xterm",
    }
    command = [sys.executable, "-m", "scrapy", "crawl", "news", "-s", "DOWNLOAD_DELAY=0", *arguments]
    return command, {**os.environ, **environment}


@pytest.mark.parametrize("is_stopped", [False, True], ids=["to the end", "Ctrl-C"])
def test_a_terminal_shows_progress_that_is_gone_at_the_end(tmp_path: Path, is_stopped: bool) -> None:
    go_on = Event()

    def slow(asked: Asked) -> Answer:
        go_on.wait(60)
        return Answer(article_page(1).encode(), headers={"Content-Type": "text/html"})

    with running_site("127.0.2.30") as site:
        site.pages["/rss.xml"] = Answer(rss(f"{site.url}/1").encode())
        site.pages["/1"] = slow
        command, environment = crawl_of(site, tmp_path)
        ours, theirs = pty.openpty()
        crawl = subprocess.Popen(
            command,
            cwd=PROJECT,
            env=environment,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)
        shown = ""
        try:
            while text := read(ours):
                shown += text
                if PROGRESS.search(shown) and not go_on.is_set():
                    if is_stopped:
                        os.killpg(crawl.pid, 2)
                        is_stopped = False
                    else:
                        go_on.set()
            crawl.wait(60)
        finally:
            crawl.kill()
            go_on.set()
            os.close(ours)
    assert "Traceback" not in shown
    # Nothing is left of a progress line when its line ends: each is followed by the sequence that clears it.
    for line in shown.split("\n"):
        assert not PROGRESS.search(line.rpartition(CLEAR)[2])
    assert re.search(r"newsbot news: \d new, .*\((finished|shutdown)\)\s*$", shown)


def read(terminal: int) -> str:
    """Return what was written to a terminal; "" once nobody writes to it any more."""
    try:
        return os.read(terminal, 100_000).decode(errors="replace")
    except OSError:  # the other end is closed
        return ""


def test_a_pipe_gets_a_log_line_now_and_then_and_no_escape_sequence(tmp_path: Path) -> None:
    go_on = Event()

    def slow(asked: Asked) -> Answer:
        go_on.wait(60)
        return Answer(article_page(1).encode(), headers={"Content-Type": "text/html"})

    with running_site("127.0.2.31") as site:
        site.pages["/rss.xml"] = Answer(rss(f"{site.url}/1").encode())
        site.pages["/1"] = slow
        command, environment = crawl_of(site, tmp_path, "-s", "LOGSTATS_INTERVAL=0.5")
        lines = []
        with subprocess.Popen(
            command, cwd=PROJECT, env=environment, stderr=subprocess.PIPE, text=True
        ) as crawl:
            assert crawl.stderr is not None
            for line in crawl.stderr:
                lines.append(line)
                if PROGRESS.search(line):
                    go_on.set()
    assert any("[newsbot.extensions.progress] INFO: 0/1 hosts, " in line for line in lines)
    assert not [line for line in lines if "\x1b" in line]
