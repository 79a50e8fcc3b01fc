"""A crawl of servers with hostile answers, in a process of its own, and what is wrong with its outcome."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections import Counter
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from socket import socket

from sqlalchemy import select
from warcio.archiveiterator import ArchiveIterator

from newsbot.store.queries import list_rejects
from newsbot.store.schema.models import Fetch
from tests.archive.test_warc_writer import files
from tests.certificates import Authority
from tests.crawling import reading
from tests.hostile_answers import hostile_answer
from tests.raw_site import RawSite, running_raw_site

PROJECT = Path(__file__).parents[1]
HOSTS = tuple(f"127.0.1.{number}" for number in range(1, 9))
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
MAX_LOG_CHARS = 200_000


@dataclass
class Outcome:
    """What a crawl has left."""

    log: str
    status: int
    seconds: float
    peak_mb: dict[int, int]
    """Process -> peak of its memory, in MB."""
    reasons: Counter[str] = field(default_factory=Counter)
    """Reasons of the rejects, and "article"."""
    problems: list[str] = field(default_factory=list)


def hostile_crawl(
    folder: Path, *, seed: int, count: int, timeout_s: int, database_url: str | None = None
) -> Outcome:
    """Crawl `count` answers with the spider `article`; return the outcome with what is wrong in it."""
    authority = Authority(folder)
    database_url = database_url or f"sqlite:///{folder / 'newsbot.db'}"
    with ExitStack() as stack:
        sites = [stack.enter_context(running_raw_site(host)) for host in HOSTS]
        sites += [
            stack.enter_context(running_raw_site(host, tls))
            for host, tls in (
                ("127.0.2.1", authority.server("127.0.2.1")),
                ("127.0.2.2", authority.server("127.0.2.2", ends_in_days=-1)),
                ("127.0.2.3", authority.server("wrong.example")),
                ("127.0.2.4", Authority(folder, "own").server("127.0.2.4", is_self_signed=True)),
                ("127.0.2.5", Authority(folder, "stranger").server("127.0.2.5")),
            )
        ]
        urls = [_place(sites[number % len(sites)], seed, number) for number in range(count)]
        urls += [sites[0].url.replace("http:", "https:") + "/plain"]  # a server without TLS
        outcome = _run(folder, database_url, urls, authority, timeout_s)
    _judge(outcome, folder, database_url, urls)
    return outcome


def _place(site: RawSite, seed: int, number: int) -> str:
    def send(connection: socket) -> None:
        _, answer = hostile_answer(seed, number)  # made when it is asked for: bombs are large
        answer(connection)

    site.answers[f"/{number}"] = send
    return f"{site.url}/{number}"


def _run(folder: Path, database_url: str, urls: list[str], authority: Authority, timeout_s: int) -> Outcome:
    environment = os.environ | {
        "NEWSBOT_DATABASE_URL": database_url,
        "NEWSBOT_ARCHIVE_DIR": str(folder / "archive"),
        "NEWSBOT_ALLOWED_NETWORKS": "127.0.0.0/8",
        "NEWSBOT_ENTITY_ENGINE": "none",
        "NEWSBOT_WORKERS": "1",
        "SSL_CERT_FILE": str(authority.path),
    }
    command = [sys.executable, "-m", "scrapy", "crawl", "article", "-a", "url=" + ",".join(urls)]
    for setting in (
        "DOWNLOAD_DELAY=0",
        "AUTOTHROTTLE_ENABLED=0",
        "CONCURRENT_REQUESTS_PER_DOMAIN=4",
        "DOWNLOAD_TIMEOUT=8",
        "RETRY_TIMES=0",
    ):
        command += ["-s", setting]
    began, peaks = time.monotonic(), dict[int, int]()
    with (folder / "log").open("wb") as log:
        crawl = subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=log, stderr=log)
        while crawl.poll() is None and time.monotonic() - began < timeout_s:
            peaks |= _peaks(crawl.pid)
            with suppress(subprocess.TimeoutExpired):
                crawl.wait(0.25)
        if crawl.poll() is None:
            crawl.kill()
            crawl.wait()
    text = (folder / "log").read_text("utf-8", "surrogateescape")
    return Outcome(text, crawl.returncode, time.monotonic() - began, peaks)


def _peaks(pid: int) -> dict[int, int]:
    """Return the peak memory of a process and those below it, in MB."""
    found = {}
    for process in (pid, *_children(pid)):
        try:
            status = Path(f"/proc/{process}/status").read_text()
        except OSError:  # it has ended
            continue
        if peak := re.search(r"VmHWM:\s*(\d+) kB", status):
            found[process] = int(peak[1]) // 1024
    return found


def _children(pid: int) -> list[int]:
    try:
        lists = [path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/children")]
    except OSError:
        return []
    children = [int(child) for text in lists for child in text.split()]
    return children + [below for child in children for below in _children(child)]


def _judge(outcome: Outcome, folder: Path, database_url: str, urls: list[str]) -> None:
    with reading(database_url) as session:
        fetched = {fetch.url: fetch.outcome for fetch in session.scalars(select(Fetch))}
        outcome.reasons = Counter(reject.reason for reject in list_rejects(session, limit=100_000))
    outcome.reasons["article"] = sum(found == "article" for found in fetched.values())
    problems = [f"neither an article nor a reject: {url}" for url in urls if url not in fetched]
    if outcome.status != 0:
        problems.append(f"exit status {outcome.status}")
    if "Traceback" in outcome.log:
        problems.append("a traceback in the log")
    if found := _CONTROLS.findall(outcome.log):
        problems.append(f"control characters in the log: {set(found)!r}")
    if len(outcome.log) > MAX_LOG_CHARS:
        problems.append(f"a log of {len(outcome.log)} characters")
    problems += [
        f"{path.name} is no whole WARC file" for path in files(folder / "archive") if not _is_whole(path)
    ]
    outcome.problems = problems


def _is_whole(path: Path) -> bool:
    """Return whether every record of a file can be read, and has the digests that it says."""
    with path.open("rb") as file:
        for record in ArchiveIterator(file, check_digests=True):
            record.raw_stream.read()  # as it was sent: many are in no coding that they declare
            if record.digest_checker.passed is False:
                return False
    return True
