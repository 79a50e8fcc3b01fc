"""Crawls in processes of their own, which can be killed and stopped."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from pathlib import Path

from scrapy.cmdline import execute

STARTED = multiprocessing.get_context("forkserver")
"""Context that starts processes as copies of a process which has imported the modules of a crawl."""
STARTED.set_forkserver_preload(
    [
        "pytest",
        "scrapy.commands",
        "scrapy.core.downloader.handlers.http11",
        "newsbot.commands.crawl",
        "newsbot.spiders.news_work.news",
        "newsbot.pipelines.store",
    ]
)


@contextmanager
def crawling(database_url: str, catalog: Path, **settings: object) -> Iterator[BaseProcess]:
    """Start a crawl; kill it at the end of the block if it has not ended."""
    chosen = {
        "NEWSBOT_DATABASE_URL": database_url,
        "NEWSBOT_SOURCES": catalog,
        "NEWSBOT_ENTITY_ENGINE": "none",
        "NEWSBOT_ARCHIVE_DIR": "",
        "NEWSBOT_ALLOWED_NETWORKS": "127.0.0.0/8",
        "DOWNLOAD_DELAY": 0,
        "AUTOTHROTTLE_ENABLED": 0,
        "ROBOTSTXT_OBEY": 0,
        "LOG_LEVEL": "ERROR",
        **settings,
    }
    options = [option for name, value in chosen.items() for option in ("-s", f"{name}={value}")]
    crawl = STARTED.Process(target=execute, args=(["scrapy", "crawl", "news", *options],))
    crawl.start()
    try:
        yield crawl
    finally:
        crawl.kill()
        crawl.join()
