"""`WorkerStage`, the base class of stages that run in the workers of the crawl."""

from __future__ import annotations

from typing import Self

from scrapy.crawler import Crawler

from newsbot.extensions.keep_rejects import Rejected
from newsbot.ingest.envelope import Envelope
from newsbot.items import Reject
from newsbot.session import CrawlSession


class WorkerStage:
    """Base class of item pipelines that run stages of `newsbot.ingest.process` in a worker of the crawl.

    A subclass sets `stage` and `worker_stages`. Setting: `NEWSBOT_WORKERS`."""

    stage: str
    """Name of the stage in rejects and stats."""
    worker_stages: tuple[str, ...]
    """The stages of `newsbot.ingest.process` that it runs."""

    def __init__(self, session: CrawlSession) -> None:
        self.session = session

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return a stage that uses the session of the crawl."""
        return cls(CrawlSession.of(crawler))

    async def process_item(self, envelope: Envelope) -> Envelope:
        """Return the article after the stages; raise Rejected if one of them fails on it."""
        item = await self.session.attempt(self.worker_stages, envelope)
        if isinstance(item, Reject):
            raise Rejected(item)
        return item
