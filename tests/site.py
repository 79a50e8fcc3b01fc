"""A web site for tests: a server on a loopback address that records its requests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BufferedIOBase
from ssl import SSLContext
from threading import Thread


@dataclass(frozen=True)
class Asked:
    """A request that the site has received."""

    path: str
    headers: dict[str, str]
    body: bytes = b""


@dataclass(frozen=True)
class Answer:
    """A response of the site."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    send: Callable[[BufferedIOBase], None] | None = None
    """Writes the body in place of `body`, as slowly, long or wrongly as it likes."""


Page = Answer | Callable[[Asked], Answer]


class Site:
    """Serves `pages` by path, and 404 for every other path. This includes robots.txt."""

    def __init__(self, server: ThreadingHTTPServer) -> None:
        host, port = server.server_address[:2]
        self.url = f"http://{host!s}:{port}"
        self.pages: dict[str, Page] = {}
        self.asked: list[Asked] = []

    def html(self, path: str, body: str) -> str:
        """Serve a page of HTML at a path; return its URL."""
        self.pages[path] = Answer(body.encode(), headers={"Content-Type": "text/html; charset=utf-8"})
        return self.url + path

    def redirect(self, path: str, target: str, status: int = 302) -> str:
        """Redirect a path to a URL; return the URL that is redirected."""
        self.pages[path] = Answer(status=status, headers={"Location": target})
        return self.url + path

    def paths(self) -> list[str]:
        """Return the paths of the requests in their order, without robots.txt."""
        return [asked.path for asked in self.asked if asked.path != "/robots.txt"]


@contextmanager
def running_site(address: str = "127.0.0.1", tls: SSLContext | None = None) -> Iterator[Site]:
    """Give a site that is served at an address until the end of the block, over TLS if there is a context for it."""

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
            """Write nothing to the output of the test."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            """Ignore errors: in some tests the client breaks off or is killed."""

    server = Server((address, 0), Handler)
    server.daemon_threads = True
    site = Site(server)
    if tls:
        # A handshake in the thread of its connection: one that fails must not end the server.
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        site.url = site.url.replace("http:", "https:")
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
