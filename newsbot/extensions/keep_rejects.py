"""Keeps a row for every page that is not stored, whether a stage dropped it or failed on it."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from typing import Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem
from sqlalchemy.exc import OperationalError
from twisted.python.failure import Failure

from newsbot.ingest.record import record_reject
from newsbot.items import Article, Reject
from newsbot.session import Run
from newsbot.text import one_line


class Rejected(DropItem):
    """Raised by a stage for an item that is not to be stored."""

    def __init__(self, reject: Reject) -> None:
        super().__init__(reject.reason)
        self.reject = reject


class KeepRejects:
    """Writes rejects to the database, and counts them: by stage and reason, or as what became of a stored article."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Listen to what the pipelines drop and where they fail."""
        keep = cls(crawler)
        crawler.signals.connect(keep.item_dropped, signal=signals.item_dropped)
        crawler.signals.connect(keep.item_error, signal=signals.item_error)
        return keep

    async def item_dropped(self, item: Article | Reject, exception: DropItem) -> None:
        """Keep what a stage dropped."""
        if isinstance(exception, Rejected):
            await self._keep(exception.reject)

    async def item_error(self, item: Article | Reject, failure: Failure) -> None:
        """Keep an item on which a stage failed; where it was the database that failed, end the crawl."""
        if isinstance(failure.value, OperationalError):
            Run.of(self.crawler).give_up(f"the database failed: {one_line(str(failure.value.orig))}")
            return
        stage = _failed_stage(failure)
        detail = one_line(f"{failure.type.__name__}: {failure.getErrorMessage()}")  # type: ignore[union-attr]
        await self._keep(
            Reject(url=item.url, source=item.source, reason="stage-failed", detail=detail, stage=stage,
                   fetched=item.fetched)
        )  # fmt: skip

    async def _keep(self, reject: Reject) -> None:
        assert self.crawler.stats is not None
        run = Run.of(self.crawler)
        chance = random.random()  # noqa: S311 -- for jitter
        outcome = await run.write(
            record_reject, reject, run_id=run.run_id, now=datetime.now(UTC), chance=chance
        )
        is_new = outcome == "rejected"
        name = f"rejected/{reject.stage}/{reject.reason}" if is_new else f"store/{outcome}"
        self.crawler.stats.inc_value(f"newsbot/{name}")


def _failed_stage(failure: Failure) -> str:
    """Return the name of the pipeline module whose process_item raised."""
    modules = [frame[1] for frame in failure.frames]
    return next(
        (path.rpartition("/")[2].removesuffix(".py") for path in modules if "/pipelines/" in path), "unknown"
    )
