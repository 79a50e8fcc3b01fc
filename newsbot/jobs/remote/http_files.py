"""Files on servers of HTTP, read in blocks by range; without private addresses, unless they are allowed."""

from __future__ import annotations

import http.client
import os
import re
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import BinaryIO, TypeVar, cast
from urllib.parse import urljoin, urlsplit

from newsbot.errors import InputError
from newsbot.outputs.http_post import connection_to
from newsbot.settings import Network
from newsbot.text import one_line

T = TypeVar("T")

BLOCK_BYTES = 4 * 2**20
KEPT_BLOCKS = 3
"""Blocks that are kept in memory: readers of archives go back by a few bytes, and rarely by more."""
TIMEOUT_S = 60.0
MAX_REDIRECTS = 5
PAUSES_S = (0.5, 2.0, 8.0)
"""Pauses before a request is repeated."""
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Statuses of answers that may be another one a moment later."""
_TOTAL = re.compile(r"bytes \d+-\d+/(\d+)")


@dataclass(frozen=True, slots=True)
class Client:
    """How servers are asked: which private networks may be connected to, and by whom it is asked."""

    networks: Sequence[Network]
    user_agent: str


@dataclass(frozen=True, slots=True)
class RemoteSize:
    """What a server says of a file."""

    size: int
    has_ranges: bool
    """Whether the server sends parts of the file."""


def ask_size(url: str, client: Client) -> RemoteSize:
    """Return the size of a file. Raises InputError if the server has none, does not say it, or is private."""
    return _patiently(url, lambda: _ask_size(url, client))


def _ask_size(url: str, client: Client) -> RemoteSize:
    answer = _ask(url, client, {"Range": "bytes=0-0"})
    answer.close()
    if answer.total is not None:
        return RemoteSize(answer.total, has_ranges=True)
    length = answer.response.headers.get("Content-Length", "")
    if answer.response.status == 200 and length.isdigit():
        return RemoteSize(int(length), has_ranges=False)
    raise InputError(f"{url}: the server does not say how long it is", url=url)


def open_http(url: str, client: Client) -> BinaryIO:
    """Open a file to be read from any position. Raises InputError.

    If the server does not send ranges, positions far behind the last one cannot be read."""
    about = ask_size(url, client)
    if about.has_ranges:
        return cast(BinaryIO, BlockFile(_RangeSource(url, client, about.size), about.size))
    return cast(BinaryIO, BlockFile(_StreamSource(url, client), about.size))


class BlockFile:
    """A file that is read in blocks, of which the last ones are kept."""

    def __init__(self, source: _RangeSource | _StreamSource, size: int) -> None:
        self._source = source
        self._size = size
        self._place = 0
        self._blocks: OrderedDict[int, bytes] = OrderedDict()

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes; fewer only at the end of the file. Raises InputError."""
        end = self._size if size < 0 else min(self._place + size, self._size)
        parts = []
        while self._place < end:
            start = self._place % BLOCK_BYTES
            part = self._block(self._place // BLOCK_BYTES)[start : start + end - self._place]
            parts.append(part)
            self._place += len(part)
        return b"".join(parts)

    def _block(self, number: int) -> bytes:
        block = self._blocks.get(number)
        if block is None:
            start = number * BLOCK_BYTES
            block = self._source.block(start, min(start + BLOCK_BYTES, self._size))
            self._blocks[number] = block
            if len(self._blocks) > KEPT_BLOCKS:
                self._blocks.popitem(last=False)
        return block

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to a position, and return it."""
        self._place = {os.SEEK_SET: 0, os.SEEK_CUR: self._place, os.SEEK_END: self._size}[whence] + offset
        return self._place

    def tell(self) -> int:
        """Return the position."""
        return self._place

    def seekable(self) -> bool:
        """Return that positions may be chosen."""
        return True

    def close(self) -> None:
        """Close the connection."""
        self._source.close()

    def __enter__(self) -> BlockFile:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _RangeSource:
    """Asks for one range after the other, over one connection while the server keeps it."""

    def __init__(self, url: str, client: Client, size: int) -> None:
        self._url, self._client, self._size = url, client, size
        self._last: _Answer | None = None

    def block(self, start: int, end: int) -> bytes:
        """Return a range of bytes; raises InputError."""
        return _patiently(self._url, lambda: self._read(start, end), self.close)

    def _read(self, start: int, end: int) -> bytes:
        headers = {"Range": f"bytes={start}-{end - 1}"}
        self._last = _ask(self._url, self._client, headers, self._last)
        if self._last.response.status != 206 or self._last.total != self._size:
            raise InputError(f"{self._url}: it has changed while it was read", url=self._url)
        content = self._last.response.read()
        if len(content) != end - start:
            raise http.client.IncompleteRead(content, end - start - len(content))
        return content

    def close(self) -> None:
        """Close the connection."""
        if self._last:
            self._last.close()
        self._last = None


class _StreamSource:
    """Reads a file from its beginning, for servers that do not send ranges."""

    def __init__(self, url: str, client: Client) -> None:
        self._url, self._client = url, client
        self._answer: _Answer | None = None
        self._place = 0

    def block(self, start: int, end: int) -> bytes:
        """Return a range of bytes that begins at or behind the last one; raises InputError."""
        if start < self._place:
            raise InputError(f"{self._url}: damaged, and the server does not send parts of it", url=self._url)
        try:
            if self._answer is None:
                self._answer = _patiently(self._url, lambda: _ask(self._url, self._client, {}))
            while self._place < start:
                self._read(self._answer, min(BLOCK_BYTES, start - self._place))
            return self._read(self._answer, end - start)
        except (OSError, http.client.HTTPException) as error:
            raise InputError(f"{self._url}: {one_line(str(error))}", url=self._url) from error

    def _read(self, answer: _Answer, size: int) -> bytes:
        content = answer.response.read(size)
        self._place += len(content)
        if len(content) != size:
            raise http.client.IncompleteRead(content, size - len(content))
        return content

    def close(self) -> None:
        """Close the connection."""
        if self._answer:
            self._answer.close()


# ------------------------------------------------------------------ requests


@dataclass(frozen=True, slots=True)
class _Answer:
    """An answer, and the connection that it comes over."""

    url: str
    """The URL after redirects."""
    connection: http.client.HTTPConnection
    response: http.client.HTTPResponse

    @property
    def total(self) -> int | None:
        """Size of the whole file, of which a range was sent; None if it was not."""
        found = _TOTAL.match(self.response.headers.get("Content-Range", ""))
        return int(found[1]) if found and self.response.status == 206 else None

    def close(self) -> None:
        """Close the connection, read or not."""
        self.response.close()
        self.connection.close()


def _patiently(url: str, ask: Callable[[], T], reset: Callable[[], object] = lambda: None) -> T:
    """Return `ask()`; if the connection or the server fails, it is called again. Raises InputError."""
    for pause_s in (*PAUSES_S, None):
        try:
            return ask()
        except PermissionError as error:  # a private address
            raise InputError(f"{url}: {one_line(str(error))}", url=url) from error
        except (OSError, http.client.HTTPException) as error:
            reset()
            if pause_s is None:
                raise InputError(f"{url}: {one_line(str(error))}", url=url) from error
            time.sleep(pause_s)
    raise AssertionError


def _ask(url: str, client: Client, headers: dict[str, str], last: _Answer | None = None) -> _Answer:
    """Return the answer to a GET, after redirects. Raises InputError, OSError and HTTPException.

    With the last answer of the same file, its connection is used again."""
    connection = last.connection if last else None
    url = last.url if last else url
    for _ in range(MAX_REDIRECTS + 1):
        answer = _get(url, client, headers, connection)
        if answer.response.status not in _REDIRECTS:
            return answer
        answer.close()
        connection, url = None, urljoin(url, answer.response.headers.get("Location", ""))
    raise InputError(f"{url}: too many redirects", url=url)


def _get(
    url: str, client: Client, headers: dict[str, str], connection: http.client.HTTPConnection | None
) -> _Answer:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise InputError(f"{url}: not a web address", url=url)
    connection = connection or connection_to(
        parts.scheme, parts.hostname, parts.port, client.networks, TIMEOUT_S
    )
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    sent = {"User-Agent": client.user_agent, "Accept-Encoding": "identity", **headers}
    try:
        connection.request("GET", path, headers=sent)
        answer = _Answer(url, connection, connection.getresponse())
    except (OSError, http.client.HTTPException):
        connection.close()
        raise
    try:
        _check(url, answer.response)
    except (OSError, InputError):
        answer.close()
        raise
    return answer


def _check(url: str, response: http.client.HTTPResponse) -> None:
    if response.status in _PASSING:
        raise ConnectionError(f"HTTP {response.status}")
    if response.status not in {200, 206} | _REDIRECTS:
        raise InputError(f"{url}: HTTP {response.status}", url=url)
