"""A page that tries to reach a private network in every way that a browser has."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest

from newsbot.rendering import browser as bounds
from newsbot.rendering.browser import Chromium
from newsbot.settings import Network, read_settings
from tests.crawling import in_reactor
from tests.site import Answer, Site, running_site

ATTEMPTS = Path(__file__).with_name("guard_page.js").read_text()
PAGE = "<!doctype html><html><head></head><body><p>A page</p><script>%s</script></body></html>"


class Secret:
    """A port of a private network, which counts who connects to it and closes at once."""

    def __init__(self, address: str) -> None:
        self.tcp = socket.create_server((address, 0))
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.bind(self.tcp.getsockname())
        self.udp.setblocking(False)
        self.port: int = self.tcp.getsockname()[1]
        self.requests: list[str] = []

    def serve(self) -> None:
        """Record the paths that are asked for, until the socket is closed."""
        while True:
            try:
                connection, _ = self.tcp.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(5)
                try:
                    head = connection.recv(4096)
                except OSError:
                    head = b""
                self.requests.append((head + b" ").split(b" ")[1].decode("latin-1"))

    def datagrams(self) -> int:
        """Return the number of datagrams that have arrived."""
        count = 0
        while True:
            try:
                self.udp.recv(4096)
            except OSError:
                return count
            count += 1


@contextmanager
def listening(address: str) -> Iterator[Secret]:
    secret = Secret(address)
    thread = Thread(target=secret.serve, daemon=True)
    thread.start()
    yield secret
    secret.tcp.shutdown(socket.SHUT_RDWR)
    secret.tcp.close()
    secret.udp.close()
    thread.join(10)


def networks(text: str) -> tuple[Network, ...]:
    return read_settings({"NEWSBOT_ALLOWED_NETWORKS": text}).allowed_networks


async def visit(
    monkeypatch: pytest.MonkeyPatch, browser: str, site: Site, reached: str, allowed: str
) -> None:
    """Render a page of a site that tries to reach a host and port."""
    for path in ("/control", "/tried"):
        site.pages[path] = Answer(b"here")
    site.redirect("/redirect", f"http://{reached}/redirected")
    monkeypatch.setattr(bounds, "SETTLE_S", 60.0)
    chromium = Chromium(browser, user_agent="newsbot", networks=networks(allowed), max_bytes=10_000_000)
    try:
        html = await chromium.render(
            site.url + "/page", "text/html", (PAGE % (ATTEMPTS % reached)).encode(), timeout_s=120
        )
    finally:
        await chromium.close()
    assert b"A page" in html


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "127.1", "2130706433", "[::ffff:127.0.0.1]", "0.0.0.0"]
)
@in_reactor
async def test_no_way_leads_to_a_private_network(
    monkeypatch: pytest.MonkeyPatch, browser: str, host: str
) -> None:
    with running_site("127.0.0.7") as site, listening("127.0.0.1") as secret:
        await visit(monkeypatch, browser, site, f"{host}:{secret.port}", "127.0.0.7/32")
        assert secret.requests == []
        assert secret.datagrams() == 0
        assert {"/control", "/redirect", "/tried"} <= set(site.paths())


@in_reactor
async def test_the_same_ways_lead_to_a_network_that_is_allowed(
    monkeypatch: pytest.MonkeyPatch, browser: str
) -> None:
    with running_site("127.0.0.7") as site, listening("127.0.0.1") as secret:
        await visit(monkeypatch, browser, site, f"127.0.0.1:{secret.port}", "127.0.0.0/8")
        ways = {
            "/fetch",
            "/redirected",
            "/xhr",
            "/websocket",
            "/events",
            "/script.js",
            "/style.css",
            "/worker",
        }
        assert ways <= set(secret.requests)
        assert not {"/frame", "/image.png", "/popup", "/navigation"} & set(secret.requests)
        assert secret.datagrams() == 0
