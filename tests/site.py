"""A web site for tests: a real server on a loopback address, that remembers what it was asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BufferedIOBase
from threading import Thread


@dataclass(frozen=True)
class Asked:
    path: str
    headers: dict[str, str]
    body: bytes = b""


@dataclass(frozen=True)
class Answer:
    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    send: Callable[[BufferedIOBase], None] | None = None
    """Writes the body in place of `body`, as slowly, long or wrongly as it likes."""


Page = Answer | Callable[[Asked], Answer]


class Site:
    """Serves `pages` by path; everything else, robots.txt too unless given, is 404."""

    def __init__(self, server: ThreadingHTTPServer) -> None:
        host, port = server.server_address[:2]
        self.url = f"http://{host!s}:{port}"
        self.pages: dict[str, Page] = {}
        self.asked: list[Asked] = []

    def html(self, path: str, body: str) -> str:
        """Serve a page of HTML; return its URL."""
        self.pages[path] = Answer(body.encode(), headers={"Content-Type": "text/html; charset=utf-8"})
        return self.url + path

    def redirect(self, path: str, target: str, status: int = 302) -> str:
        self.pages[path] = Answer(status=status, headers={"Location": target})
        return self.url + path

    def paths(self) -> list[str]:
        """What was asked for, in order, without robots.txt."""
        return [asked.path for asked in self.asked if asked.path != "/robots.txt"]


@contextmanager
def running_site(address: str = "127.0.0.1") -> Iterator[Site]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            asked = Asked(self.path, dict(self.headers), sent)
            site.asked.append(asked)
            page = site.pages.get(self.path, Answer(b"not here", status=404))
            answer = page(asked) if callable(page) else page
            self.send_response(answer.status)
            for name, value in {"Content-Length": str(len(answer.body)), **answer.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            if answer.send:
                answer.send(self.wfile)
                self.close_connection = True
            else:
                self.wfile.write(answer.body)

        do_POST = do_GET  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Keep the test's output clean."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            """A client that breaks off, or is killed, is part of what is tested."""

    server = Server((address, 0), Handler)
    server.daemon_threads = True
    site = Site(server)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
