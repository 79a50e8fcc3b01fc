"""`newsbot.crawl`: the articles of a source, one after the other, without a database."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from collections.abc import Iterator, Mapping
from os import PathLike, fspath
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any
from urllib.parse import urlsplit

from newsbot.discovery.homepages import proposed_key
from newsbot.errors import InputError, NewsbotError, UsageError
from newsbot.items import Article
from newsbot.query.written_values import unknown_value
from newsbot.settings import configuration
from newsbot.sources.catalog import load_sources
from newsbot.sources.model import Source
from newsbot.sources.values import SOURCE_KEYS, read_table
from newsbot.sources.written_toml import plain_values, source_toml
from newsbot.urls import is_fetchable

ACCEPTED = "accepted: a key of the catalog, a Source, the path of a TOML file, or the URL of a homepage"
GRACE_S = 5.0
"""Seconds that the process of a crawl has to end, before it is killed."""
_FIELDS = {**SOURCE_KEYS, "selectors": SOURCE_KEYS["extract"]}
"""Fields of a `Source`: the keys of TOML, with its table `extract` under its name in Python."""


def crawl(
    source: str | PathLike[str] | Source,
    *,
    max_articles: int | None = None,
    settings: Mapping[str, Any] | None = None,
) -> Iterator[Article]:
    """Fetch the articles of a source, and yield each one when it has been read; no database is needed.

    `source` is a key of the catalog, a `Source`, the path of a TOML file, or the URL of a homepage, whose feeds, sitemaps and
    sections are then looked for. The configured settings hold (robots.txt, delays, private networks), and those in
    `settings`, which are Scrapy's or newsbot's. The crawl runs in a process of its own, which ends when you stop, so that it
    works in notebooks, and again and again.

    Raises NewsbotError, in one line: at once for a wrong argument, later if nothing can be fetched."""
    if max_articles is not None and (not isinstance(max_articles, int) or max_articles < 1):
        raise UsageError(f"max_articles is {max_articles!r}; accepted: a number above 0, or None")
    given = dict(settings or {})
    try:
        json.dumps(given)
    except TypeError as error:
        raise UsageError(f"settings: {error}; accepted: texts, numbers, lists and dictionaries") from error
    return _crawled(_sources(source), max_articles, given)


def _sources(source: str | PathLike[str] | Source) -> list[Source]:
    """Return the sources that an argument names. Raises UsageError."""
    if isinstance(source, Source):
        return [_checked(source)]
    if not isinstance(source, str | PathLike):
        raise UsageError(f"{source!r} is no source; {ACCEPTED}")
    text = fspath(source)
    if is_fetchable(text):
        return [Source(key=proposed_key(text), name=urlsplit(text).hostname or text, homepage=text)]
    if text.endswith(".toml") or isinstance(source, PathLike):
        return list(load_sources(text).values())
    known = load_sources(configuration().sources)
    if text not in known:
        problem = unknown_value("source", text, list(known), more="newsbot sources list")
        raise UsageError(
            f"{problem}; a Source, the path of a TOML file or the URL of a homepage will do, too"
        )
    return [known[text]]


def _checked(source: Source) -> Source:
    """Return a source whose values the catalog would accept. Raises UsageError that names the fields that it would not."""
    _, problems = read_table(plain_values(source), _FIELDS)
    if problems:
        raise UsageError(f"Source with the key {source.key!r}: {'; '.join(problems)}")
    return source


def _crawled(sources: list[Source], max_articles: int | None, settings: dict[str, Any]) -> Iterator[Article]:
    with TemporaryDirectory(prefix="newsbot-", ignore_cleanup_errors=True) as folder:
        catalog = Path(folder, "sources.toml")
        catalog.write_text("\n".join(map(source_toml, sources)), encoding="utf-8")
        own = {
            "NEWSBOT_DATABASE_URL": f"sqlite:///{folder}/crawl.db",
            "NEWSBOT_SOURCES": str(catalog),
            "NEWSBOT_ARCHIVE_DIR": "",
            "NEWSBOT_STUBS": 0,
            "NEWSBOT_WORKERS": 0,
            "CLOSESPIDER_ITEMCOUNT": max_articles or 0,
        }
        keys = ",".join(source.key for source in sources)
        process = _start({"keys": keys, "settings": {**settings, **own}})
        try:
            yield from _received(process, max_articles)
        finally:
            _end(process)


def _start(task: dict[str, Any]) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        [sys.executable, "-m", "newsbot.api.crawl_process"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,  # Ctrl-C reaches this process alone, which ends the other
    )
    assert process.stdin
    process.stdin.write(json.dumps(task).encode() + b"\n")
    process.stdin.flush()
    return process


def _received(process: subprocess.Popen[bytes], max_articles: int | None) -> Iterator[Article]:
    """Yield the articles that a crawl sends. Raises the error that it sends; InputError if it ends without a word."""
    assert process.stdout
    count = 0
    while max_articles is None or count < max_articles:
        sent = _receive(process.stdout)
        if isinstance(sent, NewsbotError):
            raise sent
        if sent is None:
            return
        yield sent
        count += 1


def _receive(pipe: IO[bytes]) -> Article | NewsbotError | None:
    """Return the next thing that a crawl sends; None at its end."""
    try:
        sent: Article | NewsbotError | None = pickle.load(pipe)  # noqa: S301 - of a process that this one has started
    except EOFError:
        raise InputError("the process of the crawl has ended before the crawl; out of memory?") from None
    return sent


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the process of a crawl, which may be at work."""
    assert process.stdin
    assert process.stdout
    process.stdin.close()  # by which it learns that nobody listens any more
    process.stdout.close()
    try:
        process.wait(GRACE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
