"""Log lines that name an item by its URL, not by its whole text."""

from __future__ import annotations

import logging
from typing import Any

from scrapy import Spider
from scrapy.http import Response
from scrapy.logformatter import LogFormatter, LogFormatterResult
from twisted.python.failure import Failure


class OneLine(LogFormatter):
    """Items are stored, and rejects too: their log lines are for debugging, one short line each."""

    def scraped(self, item: Any, response: Response | Failure | None, spider: Spider) -> LogFormatterResult:
        """Tell which article went through."""
        return {"level": logging.DEBUG, "msg": "Stored %(url)s", "args": {"url": item.url}}

    def dropped(
        self, item: Any, exception: BaseException, response: Response | Failure | None, spider: Spider
    ) -> LogFormatterResult:
        """Tell which page is no article, and why."""
        args = {"url": item.url, "reason": str(exception)}
        return {"level": logging.DEBUG, "msg": "Rejected %(url)s: %(reason)s", "args": args}

    def item_error(
        self, item: Any, exception: BaseException, response: Response | Failure | None, spider: Spider
    ) -> LogFormatterResult:
        """Tell at which page a stage failed; the traceback follows."""
        return {"level": logging.ERROR, "msg": "A stage failed on %(url)s", "args": {"url": item.url}}
