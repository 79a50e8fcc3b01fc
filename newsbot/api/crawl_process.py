"""The process of `newsbot.crawl`: runs the spider `news`, and sends what it stores to the process that has started it.

Sent are pickled articles, and at the end None or a NewsbotError."""

from __future__ import annotations

import json
import os
import pickle
import sys
from collections.abc import Mapping
from threading import Thread
from typing import Any, BinaryIO

from newsbot.commands.crawl_run import report_of
from newsbot.commands.run_lines import no_network
from newsbot.errors import InputError, NewsbotError
from newsbot.ingest.envelope import Envelope
from newsbot.session import CrawlSession
from newsbot.spiders.news_work.news import NewsSpider
from newsbot.spiders.spider_run import run_spider

NEW = frozenset({"new", "duplicate"})
"""Outcomes of articles that are sent: the others were sent before."""


def main() -> None:
    """Crawl the sources that the first line of stdin names, with the settings there."""
    task = json.loads(sys.stdin.buffer.readline())
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(
        sys.stderr.fileno(), sys.stdout.fileno()
    )  # what is printed by others must not be among the articles
    Thread(target=_end_with_listener, daemon=True).start()
    try:
        _crawl(out, task["keys"], task["settings"])
    except NewsbotError as error:
        _send(out, InputError(str(error), url=error.url, source=error.source))
    else:
        _send(out, None)


def _crawl(out: BinaryIO, keys: str, settings: Mapping[str, Any]) -> None:
    count = 0

    def send(item: Any) -> None:
        nonlocal count
        if isinstance(item, Envelope) and item.article.outcome in NEW:
            count += 1
            _send(out, item.article)

    spider, _ = run_spider("news", send, settings=settings, source=keys, due="0")
    assert isinstance(spider, NewsSpider)
    if not count and (problem := _problem(spider)):
        raise InputError(problem)


def _problem(spider: NewsSpider) -> str | None:
    """Return why a crawl has found nothing; None if the sites have answered."""
    stats = spider.crawler.stats
    assert stats is not None
    report = report_of(CrawlSession.of(spider.crawler), spider)
    if problem := no_network(stats.get_stats(), report):
        return problem
    refused = [f"{feed.url}: {feed.reason}" for feed in report.failed]
    refused += [f"{flag.source}: {flag.kind}: {flag.detail}" for flag in report.walls]
    return refused[0] if refused else None


def _send(out: BinaryIO, sent: object) -> None:
    try:
        pickle.dump(sent, out)
        out.flush()
    except BrokenPipeError:
        os._exit(0)


def _end_with_listener() -> None:
    """End this process when the one that has started it ends, or listens no more: then stdin ends."""
    os.read(sys.stdin.fileno(), 1)  # not sys.stdin, whose lock Python cannot take when it ends
    os._exit(0)


if __name__ == "__main__":
    main()
