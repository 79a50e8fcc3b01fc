"""Scrapy's protocol for HTTP/1, with a limit on what a server may send before the body of a response."""

from __future__ import annotations

from typing import Any

from scrapy.core.downloader.handlers.http11 import (
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
    _LenientHTTPClientParser,
)
from scrapy.exceptions import IgnoreRequest
from twisted.web._newclient import ParseError

MAX_HEAD_BYTES = 256 * 1024
"""Size of status lines and headers above which a request fails; the limit of Chromium."""
MAX_HEAD_LINES = 1000
MAX_LINE_BYTES = 64 * 1024
MAX_SHOWN_BYTES = 100


class HeadersTooLargeError(IgnoreRequest):
    """A response with more or longer lines before its body than the limits."""

    def __init__(self, what: str) -> None:
        super().__init__(f"the headers have more than {what}")


class BoundedParser(_LenientHTTPClientParser):
    """Scrapy's parser of responses, which raises HeadersTooLargeError. All interim responses (1xx) count together."""

    MAX_LENGTH = MAX_LINE_BYTES
    head_bytes = 0
    head_lines = 0

    def lineReceived(self, line: bytes) -> None:
        """Parse a line of the head, if it is within the limits."""
        self.head_bytes += len(line) + 1
        self.head_lines += 1
        if self.head_bytes > MAX_HEAD_BYTES:
            self._refuse(f"{MAX_HEAD_BYTES} bytes")
        if self.head_lines > MAX_HEAD_LINES:
            self._refuse(f"{MAX_HEAD_LINES} lines")
        super().lineReceived(line)

    def statusReceived(self, status: bytes) -> None:
        """Parse a status line. Raises ParseError for a status that is not of three digits, which no column can hold."""
        super().statusReceived(status)  # type: ignore[no-untyped-call]
        if not 100 <= self.response.code <= 999:
            shown = status[:MAX_SHOWN_BYTES]
            raise ParseError("the status has not three digits", shown)  # type: ignore[no-untyped-call]

    def lineLengthExceeded(self, line: bytes) -> None:
        """Refuse a line that is too long."""
        self._refuse(f"{MAX_LINE_BYTES} bytes in a line")

    def _refuse(self, what: str) -> None:
        # Twisted would wait for the server to close a TLS connection, and read what it sends until then.
        assert self.transport is not None
        self.transport._producer.abortConnection()
        raise HeadersTooLargeError(what)


class BoundedProtocol(_LenientHTTP11ClientProtocol):
    """Scrapy's protocol, with `BoundedParser`."""

    def request(self, request: Any) -> Any:
        """Send a request. The parser gets its class as Scrapy gives it one: Twisted's is fixed."""
        response = super().request(request)
        assert self._parser is not None
        self._parser.__class__ = BoundedParser
        return response


class BoundedFactory(_LenientHTTP11ClientFactory):
    """Builds `BoundedProtocol`."""

    def buildProtocol(self, addr: Any) -> BoundedProtocol:
        """Return the protocol of a new connection."""
        return BoundedProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]
