"""What the proxy of a page connects to, and what it refuses."""

from __future__ import annotations

import asyncio
import socket
import struct

import pytest

from newsbot.rendering.forward_proxy import ForwardProxy
from newsbot.settings import Network, read_settings
from tests.crawling import in_reactor
from tests.site import Site

GREETING = bytes([5, 1, 0])


def networks(text: str) -> tuple[Network, ...]:
    return read_settings({"NEWSBOT_ALLOWED_NETWORKS": text}).allowed_networks


def by_name(host: str, port: int) -> bytes:
    return bytes([5, 1, 0, 3, len(host)]) + host.encode() + struct.pack("!H", port)


def by_address(host: str, port: int) -> bytes:
    return bytes([5, 1, 0, 1]) + socket.inet_aton(host) + struct.pack("!H", port)


async def talk(proxy: ForwardProxy, *sent: bytes) -> bytes:
    """Send bytes to a proxy, and return what it answers until it ends the connection."""
    port = int(proxy.url.rpartition(":")[2])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"".join(sent))
    answer = await reader.read()
    writer.close()
    return answer


def port_of(site: Site) -> int:
    return int(site.url.rpartition(":")[2])


@in_reactor
async def test_a_host_that_may_be_fetched_is_connected(site: Site) -> None:
    site.html("/page", "<p>A page</p>")
    request = b"GET /page HTTP/1.0\r\n\r\n"
    async with ForwardProxy(networks("127.0.0.1/32"), max_bytes=10_000) as proxy:
        for host in (by_name("localhost", port_of(site)), by_address("127.0.0.1", port_of(site))):
            answer = await talk(proxy, GREETING, host, request)
            assert answer.startswith(bytes([5, 0, 5, 0]))
            assert answer.endswith(b"<p>A page</p>")


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1", "127.1", "::1", "[::1]", "::ffff:127.0.0.1", "0.0.0.0"]
)
@in_reactor
async def test_a_private_address_is_refused_by_whatever_name(site: Site, host: str) -> None:
    async with ForwardProxy((), max_bytes=10_000) as proxy:
        assert (await talk(proxy, GREETING, by_name(host, port_of(site))))[:4] == bytes([5, 0, 5, 2])
        assert (await talk(proxy, GREETING, by_address("127.0.0.1", port_of(site))))[:4] == bytes(
            [5, 0, 5, 2]
        )
    assert site.asked == []


@pytest.mark.parametrize("host", ["nowhere.invalid", "a" * 64 + ".example", "", "a b"])
@in_reactor
async def test_a_host_without_addresses_is_not_reached(host: str) -> None:
    async with ForwardProxy((), max_bytes=10_000) as proxy:
        assert (await talk(proxy, GREETING, by_name(host, 80)))[:4] in (
            bytes([5, 0, 5, 4]),
            bytes([5, 0, 5, 2]),
        )


@pytest.mark.parametrize(
    "sent",
    [
        b"GET http://127.0.0.1/ HTTP/1.1\r\n\r\n",
        bytes([4, 1, 0, 80, 127, 0, 0, 1, 0]),
        GREETING + bytes([5, 2, 0, 1, 127, 0, 0, 1, 0, 80]),
        GREETING + bytes([5, 3, 0, 1, 127, 0, 0, 1, 0, 80]),
        GREETING + bytes([5, 1, 0, 9, 0, 0]),
        GREETING + bytes([5, 1, 0, 3, 4]) + "\u00fc\u00fc".encode() + b"\0\x50",
    ],
    ids=["HTTP", "SOCKS 4", "bind", "UDP", "unknown address", "not ASCII"],
)
@in_reactor
async def test_what_is_no_request_for_a_connection_ends_it(sent: bytes) -> None:
    async with ForwardProxy(networks("127.0.0.0/8"), max_bytes=10_000) as proxy:
        assert await talk(proxy, sent) in (b"", bytes([5, 0]))


@in_reactor
async def test_nothing_is_carried_above_the_limit(site: Site) -> None:
    site.html("/page", "x" * 500_000)
    request = b"GET /page HTTP/1.0\r\n\r\n"
    async with ForwardProxy(networks("127.0.0.1/32"), max_bytes=100_000) as proxy:
        host = by_address("127.0.0.1", port_of(site))
        assert len(await talk(proxy, GREETING, host, request)) < 200_000
        assert proxy.is_exhausted
        assert await talk(proxy, GREETING, host) == b""


@in_reactor
async def test_connections_end_with_the_page(site: Site) -> None:
    async with ForwardProxy(networks("127.0.0.1/32"), max_bytes=10_000) as proxy:
        port = int(proxy.url.rpartition(":")[2])
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(GREETING + by_address("127.0.0.1", port_of(site)))
        await reader.readexactly(12)
    assert await reader.read() == b""
    writer.close()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", port)
