"""A server for tests that sends bytes as they are, be they HTTP or not."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from ssl import SSLContext
from threading import Thread

Send = Callable[[socket.socket], None]
"""Writes the answer to one request."""


class RawSite:
    """Answers a request for a path with the bytes of `answers`, and every other one with 404; then it closes."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.answers: dict[str, bytes | Send] = {}
        self.asked: list[str] = []
        """The first lines of the requests."""

    def serve(self, connection: socket.socket) -> None:
        with suppress(OSError), connection:
            head = b""
            while b"\r\n\r\n" not in head and (part := connection.recv(65_536)):
                head += part
            line = head.partition(b"\r\n")[0].decode("latin-1")
            self.asked.append(line)
            path = line.split(" ")[1] if line.count(" ") > 1 else ""
            answer = self.answers.get(
                path, b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            )
            if callable(answer):
                answer(connection)
            else:
                connection.sendall(answer)
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(65_536):
                continue


@contextmanager
def running_raw_site(address: str, tls: SSLContext | None = None) -> Iterator[RawSite]:
    """Give a server at an address until the end of the block."""
    listener = socket.create_server((address, 0), backlog=128)
    scheme = "https" if tls else "http"
    site = RawSite(f"{scheme}://{address}:{listener.getsockname()[1]}")

    def handle(connection: socket.socket) -> None:
        connection.settimeout(60)
        with suppress(OSError):
            site.serve(tls.wrap_socket(connection, server_side=True) if tls else connection)
        connection.close()

    def accept() -> None:
        with suppress(OSError):  # it is closed
            while True:
                connection, _ = listener.accept()
                Thread(target=handle, args=(connection,), daemon=True).start()

    Thread(target=accept, daemon=True).start()
    try:
        yield site
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
