"""`OneLine`, a log formatter that shows the URL of an item in place of its text."""

from __future__ import annotations

import logging
from typing import Any

from scrapy import Spider
from scrapy.http import Response
from scrapy.logformatter import LogFormatter, LogFormatterResult
from twisted.python.failure import Failure


class OneLine(LogFormatter):
    """Formats one short line per item. Items and rejects are stored, so that their lines are for debugging.

    Set by `LOG_FORMATTER`."""

    def scraped(self, item: Any, response: Response | Failure | None, spider: Spider) -> LogFormatterResult:
        """Return the line for an article that was stored."""
        return {"level": logging.DEBUG, "msg": "Stored %(url)s", "args": {"url": _url(item)}}

    def dropped(
        self, item: Any, exception: BaseException, response: Response | Failure | None, spider: Spider
    ) -> LogFormatterResult:
        """Return the line for a page that was rejected, with the reason."""
        args = {"url": _url(item), "reason": str(exception)}
        return {"level": logging.DEBUG, "msg": "Rejected %(url)s: %(reason)s", "args": args}

    def item_error(
        self, item: Any, exception: BaseException, response: Response | Failure | None, spider: Spider
    ) -> LogFormatterResult:
        """Return the line for a page on which a stage failed. Scrapy adds the traceback."""
        return {"level": logging.ERROR, "msg": "A stage failed on %(url)s", "args": {"url": _url(item)}}


def _url(item: Any) -> str:
    """Return the URL of an article or reject; the class of an item that is neither."""
    return getattr(item, "url", None) or type(item).__name__
