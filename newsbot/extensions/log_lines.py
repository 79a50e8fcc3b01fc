"""`LogLines`, which makes the log safe to show on a terminal and short enough to be mailed.

What comes from the web (URLs, headers, titles, texts of exceptions) may hold escape sequences of terminals and line feeds.
"""

from __future__ import annotations

import logging
import sys
from contextlib import suppress
from typing import Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)
from scrapy.utils.log import get_scrapy_root_handler
from twisted.internet.error import ConnectError, ConnectionClosed, DNSLookupError
from twisted.internet.error import TimeoutError as TxTimeoutError
from twisted.web.client import ResponseFailed

from newsbot.errors import DatabaseError, UsageError
from newsbot.masking import masked
from newsbot.metrics import EXTRA
from newsbot.settings import read_settings
from newsbot.text import escape_controls

NETWORK_ERRORS = (
    CannotResolveHostError,
    ConnectError,
    ConnectionClosed,
    ConnectionError,
    DNSLookupError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
    ResponseFailed,
    TimeoutError,
    TxTimeoutError,
)
"""Exceptions of hosts that refuse, are dead or unknown. In Scrapy's records they need no traceback."""
RETRY_LOGGER = "scrapy.downloadermiddlewares.retry"
MAX_GIVEN_UP = 5
"""Maximum number of lines about requests that were given up. Without a network there is one for every source."""
MAX_MESSAGE_CHARS = 2000
"""Maximum length of a message; longer ones are cut. A URL has up to 2,048 characters, a header more."""


class LogLines:
    """Extension that installs `SafeFormatter` in Scrapy's log handler, and `FewGivenUp` in the logger of retries.

    With the setting `NEWSBOT_LOG_FORMAT` = json a record is an object in one line."""

    def __init__(self, json_formatter: logging.Formatter | None = None) -> None:
        self.given_up = FewGivenUp()
        self.json_formatter = json_formatter

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return an extension that is connected to the start and the end of the crawl.

        Raises UsageError for JSON without the package that writes it."""
        is_json = read_settings(crawler.settings).log_format == "json"
        lines = cls(_json_formatter(crawler.settings["BOT_NAME"]) if is_json else None)
        # Scrapy makes a new handler just before the spider opens; nothing has come from the web until then.
        crawler.signals.connect(lines.install, signal=signals.spider_opened)
        crawler.signals.connect(lines.remove, signal=signals.spider_closed)
        return lines

    def install(self) -> None:
        """Install the formatter and the filter."""
        handler = get_scrapy_root_handler()
        if handler is not None:
            inner = self.json_formatter or handler.formatter or logging.Formatter()
            handler.setFormatter(SafeFormatter(inner))
            handler.addFilter(_is_no_failure_of_the_database)
            handler.handleError = FirstError()  # type: ignore[method-assign]
        logging.getLogger(RETRY_LOGGER).addFilter(self.given_up)

    def remove(self) -> None:
        """Remove the filter: another crawl of this process counts anew. The handler keeps the formatter."""
        logging.getLogger(RETRY_LOGGER).removeFilter(self.given_up)


def _json_formatter(service: str) -> logging.Formatter:
    """Return a formatter that writes a record as a JSON object in one line."""
    try:
        from pythonjsonlogger.json import JsonFormatter
    except ImportError as error:
        raise UsageError(f"NEWSBOT_LOG_FORMAT=json needs the package {error.name}: {EXTRA}") from error
    names = {"levelname": "level", "name": "logger"}
    return JsonFormatter(
        "{levelname}{name}{process}{message}",
        style="{",
        rename_fields=names,
        static_fields={"service": service},
        timestamp=True,
    )


class SafeFormatter(logging.Formatter):
    """Formats records as another formatter does, without characters that control a terminal or reorder its text.

    They are shown as escapes (`\\x1b`). Warnings and errors are one line, longer messages are cut, and an error of the
    network is one line without a traceback. Lines that follow the first one are indented: none looks like a record."""

    def __init__(self, inner: logging.Formatter) -> None:
        super().__init__()
        self.inner = inner

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as text."""
        safe = logging.makeLogRecord(record.__dict__)
        message, error = record.getMessage(), record.exc_info[1] if record.exc_info else None
        if isinstance(error, NETWORK_ERRORS) and record.name.startswith("scrapy."):
            message, safe.exc_info = f"{message}: {error}", None
        if record.levelno >= logging.WARNING:
            message = " ".join(message.split())
        if len(message) > MAX_MESSAGE_CHARS:
            message = f"{message[:MAX_MESSAGE_CHARS]}..."
        safe.msg, safe.args = _indented(message), None
        # The inner formatter appends this text as it is.
        safe.exc_text = _indented(self.formatException(safe.exc_info)) if safe.exc_info else None
        safe.exc_info = None
        return self.inner.format(safe)


def _is_no_failure_of_the_database(record: logging.LogRecord) -> bool:
    """Return whether to log a record. That the database has failed is said once, in the last line of the command."""
    return not (record.exc_info and isinstance(record.exc_info[1], DatabaseError))


class FirstError:
    """Called when a record cannot be written: prints why, the first time. Python would print a traceback every time."""

    def __init__(self) -> None:
        self.is_known = False

    def __call__(self, record: logging.LogRecord) -> None:
        """Print the exception that is being handled."""
        if not self.is_known and sys.stderr is not None:
            self.is_known = True
            with suppress(OSError):  # stderr may be the log
                sys.stderr.write(f"scrapy: the log cannot be written: {sys.exc_info()[1]}\n")


def _indented(text: str) -> str:
    """Return the text without control characters and secrets, and with the lines that follow the first one indented."""
    return "\n  ".join(escape_controls(line) for line in masked(text).split("\n"))


class FewGivenUp(logging.Filter):
    """Lets the first records about requests that were given up pass; their number and reasons are in the summary."""

    def __init__(self) -> None:
        super().__init__()
        self.number = 0

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether to log the record; the last one that is logged says that others are left out."""
        if record.levelno < logging.ERROR:
            return True
        self.number += 1
        if self.number == MAX_GIVEN_UP:
            record.msg, record.args = f"{record.getMessage()} (others that fail are not logged)", None
        return self.number <= MAX_GIVEN_UP
