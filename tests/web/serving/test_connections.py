"""Connections of clients that send or read too slowly, with real sockets."""

from __future__ import annotations

import http.client
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, contextmanager, suppress

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from newsbot.web.serving.server import MAX_CONNECTIONS, listening, server_config

PATIENCE_S = 0.2
WHOLE = b"GET /short HTTP/1.1\r\nHost: x\r\n\r\n"
LONG = 8_000_000


async def _short(_request: Request) -> Response:
    return PlainTextResponse("short")


async def _long(_request: Request) -> Response:
    return PlainTextResponse("x" * LONG)


async def _streamed(_request: Request) -> Response:
    async def parts() -> AsyncIterator[bytes]:
        for _ in range(LONG // 10_000):
            yield b"x" * 10_000

    return StreamingResponse(parts())


APP = Starlette(
    routes=[Route("/short", _short), Route("/long", _long), Route("/streamed", _streamed)],
)


@contextmanager
def serving(patience_s: float) -> Iterator[int]:
    with listening("127.0.0.1", 0) as listener:
        server = uvicorn.Server(server_config(APP, patience_s=patience_s))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        server.should_exit = True
        thread.join(10)


@pytest.fixture(scope="module")
def impatient() -> Iterator[int]:
    with serving(PATIENCE_S) as port:
        yield port


def connected(port: int) -> socket.socket:
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    client.settimeout(30)
    client.connect(("127.0.0.1", port))
    return client


def read_all(client: socket.socket) -> bytes:
    """Return what the server sends until it ends the connection. Raises TimeoutError if it does not."""
    parts = []
    with suppress(ConnectionResetError):
        while part := client.recv(65_536):
            parts.append(part)
    return b"".join(parts)


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"GET /sh",
        b"GET /short HTTP/1.1\r\nHost: x\r\nX-Slow: ",
        WHOLE,
        b"POST /short HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nhalf",
        WHOLE + b"GET /sh",
    ],
    ids=[
        "nothing",
        "half a line",
        "half the headers",
        "no further request",
        "half a body",
        "half a further request",
    ],
)
def test_client_that_sends_no_whole_request_is_not_waited_for(impatient: int, sent: bytes) -> None:
    with connected(impatient) as client:
        client.sendall(sent)
        read_all(client)


def test_client_that_sends_a_byte_now_and_then_is_not_waited_for(impatient: int) -> None:
    with connected(impatient) as client:
        client.settimeout(PATIENCE_S / 8)
        for number in range(1_000):
            with suppress(TimeoutError):
                try:
                    client.sendall(b"G" if number == 0 else b"a")
                    if not client.recv(1):
                        break
                except ConnectionError:
                    break
        assert 0 < number < 100


@pytest.mark.parametrize("path", ["long", "streamed"])
def test_client_that_does_not_read_its_answer_is_not_waited_for(impatient: int, path: str) -> None:
    with connected(impatient) as client:
        client.sendall(b"GET /%s HTTP/1.1\r\nHost: x\r\n\r\n" % path.encode())
        assert client.recv(1)
        for _ in range(2):  # others that begin to be waited for later, one after the other
            with connected(impatient) as other:
                assert not read_all(other)
        assert len(read_all(client)) < LONG


@pytest.mark.parametrize("path", ["long", "streamed"])
def test_client_that_reads_steadily_gets_all_of_its_answer(impatient: int, path: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", impatient, timeout=30)
    for _ in range(2):
        connection.request("GET", f"/{path}")
        assert len(connection.getresponse().read()) == LONG
    connection.close()


@pytest.mark.parametrize("sent", [b"", b"GET /half", WHOLE], ids=["nothing", "half", "kept alive"])
def test_idle_connections_lock_nobody_out(sent: bytes) -> None:
    with serving(600) as port, ExitStack() as stack:
        for _ in range(2 * MAX_CONNECTIONS):
            client = stack.enter_context(connected(port))
            client.sendall(sent)
            if sent == WHOLE:
                assert client.recv(1)  # answered: it is kept alive, and not at work any more
        reader = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        reader.request("GET", "/short")
        assert reader.getresponse().status == 200
        reader.close()
