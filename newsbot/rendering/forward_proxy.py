"""The way of a browser into the network: a SOCKS proxy that connects to the addresses that it has checked itself.

A browser resolves names on its own, and a page can make it connect in many ways: elements, scripts, workers,
websockets, redirects. All of them go through the proxy of their page, so that there is one place to check and to count.
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Iterable
from contextlib import closing, suppress
from ipaddress import ip_address
from types import TracebackType
from typing import Self

from newsbot.middlewares.networks import addresses_of
from newsbot.public_addresses import is_allowed
from newsbot.settings import Network

MAX_CONNECTIONS = 64
"""Maximum number of connections at the same time; Chromium opens at most 32 to a proxy."""
CONNECT_TIMEOUT_S = 10.0
CHUNK_BYTES = 64 * 1024

VERSION = 5
CONNECT = 1
IPV4, NAME, IPV6 = 1, 3, 4
SUCCEEDED, NOT_ALLOWED, UNREACHABLE = 0, 2, 4
"""Numbers of SOCKS 5 (RFC 1928)."""


class RefusedError(OSError):
    """A host without an address that may be fetched."""


class ForwardProxy:
    """A SOCKS 5 proxy on the loopback interface, for one page: it ends with the block that it is used in.

    Hosts are resolved here, and connected to at an address that has been checked, so that a name cannot resolve to
    another address in between. Once `max_bytes` have been carried in both directions nothing is carried any more."""

    def __init__(self, networks: Iterable[Network], *, max_bytes: int) -> None:
        self.networks = tuple(networks)
        self.max_bytes = max_bytes
        self.carried_bytes = 0
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        """Listen on a free port."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop listening, and end all connections."""
        assert self._server is not None
        self._server.close()
        for connection in self._connections:
            connection.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    @property
    def url(self) -> str:
        """The address of the proxy, as browsers take it."""
        assert self._server is not None
        return f"socks5://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    @property
    def is_exhausted(self) -> bool:
        """Whether the page has carried all that it may."""
        return self.carried_bytes >= self.max_bytes

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._connections) >= MAX_CONNECTIONS or self.is_exhausted:
            writer.close()
            return
        connection = asyncio.ensure_future(self._serve(reader, writer))
        self._connections.add(connection)
        connection.add_done_callback(self._connections.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Connect a browser to the host that it asks for, and carry what they send to each other."""
        with (
            closing(writer),
            suppress(OSError, ValueError, asyncio.IncompleteReadError),
        ):  # no SOCKS, or broken off
            host, port = await _read_request(reader, writer)
            await self._carry_between(reader, writer, *await self._open(host, port, writer))

    async def _open(
        self, host: str, port: int, writer: asyncio.StreamWriter
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        try:
            opened = await self._connect(host, port)
        except RefusedError:
            writer.write(_reply(NOT_ALLOWED))
            raise
        except OSError:
            writer.write(_reply(UNREACHABLE))
            raise
        writer.write(_reply(SUCCEEDED))
        return opened

    async def _connect(self, host: str, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Return a connection to the first address of a host that may be fetched and answers. Raises OSError."""
        addresses = await addresses_of(host)
        allowed = [address for address in addresses if is_allowed(address, self.networks)]
        if addresses and not allowed:
            raise RefusedError(f"{host} has no public address")
        async with asyncio.timeout(CONNECT_TIMEOUT_S):
            for address in allowed:
                with suppress(OSError):
                    return await asyncio.open_connection(address, port)
        raise OSError(f"{host} cannot be reached")

    async def _carry_between(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        far_reader: asyncio.StreamReader,
        far_writer: asyncio.StreamWriter,
    ) -> None:
        """Carry both directions until one of them ends."""
        directions = [
            asyncio.ensure_future(self._carry(reader, far_writer)),
            asyncio.ensure_future(self._carry(far_reader, writer)),
        ]
        try:
            await asyncio.wait(directions, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for direction in directions:
                direction.cancel()
            await asyncio.gather(*directions, return_exceptions=True)
            far_writer.close()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while (chunk := await reader.read(CHUNK_BYTES)) and not self.is_exhausted:
            self.carried_bytes += len(chunk)
            writer.write(chunk)
            await writer.drain()


async def _read_request(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> tuple[str, int]:
    """Return the host and the port that a browser asks for. Raises ValueError for what is no SOCKS 5 request."""
    version, methods = await reader.readexactly(2)
    if version != VERSION:
        raise ValueError("not SOCKS 5")
    await reader.readexactly(methods)
    writer.write(bytes([VERSION, 0]))  # no authentication
    version, command, _, kind = await reader.readexactly(4)
    if version != VERSION or command != CONNECT:
        raise ValueError("not a request for a connection")
    if kind == NAME:
        (length,) = await reader.readexactly(1)
        host = (await reader.readexactly(length)).decode("ascii").strip("[]")
    elif kind in (IPV4, IPV6):
        host = str(ip_address(await reader.readexactly(4 if kind == IPV4 else 16)))
    else:
        raise ValueError("not an address")
    (port,) = struct.unpack("!H", await reader.readexactly(2))
    return host, port


def _reply(code: int) -> bytes:
    return bytes([VERSION, code, 0, IPV4]) + bytes(6)
