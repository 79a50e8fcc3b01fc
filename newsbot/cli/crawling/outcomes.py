"""The outcome of every article of a crawl, as JSON."""

from __future__ import annotations

import sys
from typing import Any

from scrapy import signals
from scrapy.crawler import Crawler

from newsbot.cli.output import discard_output, print_json
from newsbot.commands.run_lines import outcome_counts
from newsbot.extensions.keep_rejects import Rejected
from newsbot.items import Article, Reject
from newsbot.signals import article_stored

_HANDLERS: list[Any] = []
"""Scrapy holds handlers of signals weakly."""


def print_outcomes(crawler: Crawler) -> None:
    """Print one JSON object for every article that is stored, and every page that is rejected, as the crawl goes on."""

    def stored(article: Article, outcome: str) -> None:
        _print({"outcome": outcome, "id": article.id, "url": article.url, "title": article.title})

    def dropped(exception: Exception) -> None:
        if isinstance(exception, Rejected):
            reject = exception.reject
            _print(
                {"outcome": "rejected", "url": reject.url, "reason": reject.reason, "detail": reject.detail}
            )

    _HANDLERS.extend((stored, dropped))
    crawler.signals.connect(stored, signal=article_stored)
    crawler.signals.connect(dropped, signal=signals.item_dropped)


def rejects_of(crawler: Crawler) -> list[Reject]:
    """Return a list that has the rejects of a crawl when it has ended."""
    rejects: list[Reject] = []

    def dropped(exception: Exception) -> None:
        if isinstance(exception, Rejected):
            rejects.append(exception.reject)

    _HANDLERS.append(dropped)
    crawler.signals.connect(dropped, signal=signals.item_dropped)
    return rejects


def print_summary(crawler: Crawler) -> None:
    """Print the counts of a crawl and why it ended, as one JSON object."""
    stats = crawler.stats.get_stats() if crawler.stats else {}
    ended = {"spider": crawler.spidercls.name, "finish_reason": stats.get("finish_reason", "failed")}
    _print({"summary": ended | outcome_counts(stats)})


def _print(line: dict[str, Any]) -> None:
    """Print a line. If its reader stops early (`| head`), the crawl goes on without one."""
    try:
        print_json(line)
        sys.stdout.flush()
    except BrokenPipeError:
        discard_output()
