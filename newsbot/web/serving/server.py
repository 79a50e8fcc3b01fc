"""The HTTP server of the site: its socket, its limits, and who may read at which address."""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Sequence
from urllib.parse import urlsplit

import uvicorn
from starlette.types import ASGIApp

from newsbot.errors import NewsbotError
from newsbot.web.serving.connections import PATIENCE_S, connection_class
from newsbot.web.serving.guard import Access

MAX_CONNECTIONS = 100
"""Maximum number of connections. A further one takes the place of an idle one, or is answered with 503 if all are served."""
LOCAL_NAMES = ("localhost", "127.0.0.1", "::1")


def access_for(host: str, token: str, urls: Sequence[str] = ()) -> Access:
    """Return who may read a site that listens at `host` and that proxies show at `urls`.

    With URLs, the site answers to their names and to this machine's own. Without them and without a token, a site on a
    loopback address answers only to this machine's own names; see `Access.hosts`."""
    sites = [urlsplit(url) for url in urls]
    has_names = bool(sites) or (is_loopback(host) and not token)
    hosts = {*LOCAL_NAMES, host, *(site.hostname or "" for site in sites)} if has_names else set()
    return Access(token=token, hosts=hosts, prefix=sites[0].path if sites else "")


def server_config(app: ASGIApp, *, patience_s: float = PATIENCE_S) -> uvicorn.Config:
    """Return the configuration of the server: no access log, a bounded number of connections that wait `patience_s`."""
    return uvicorn.Config(
        app,
        http=connection_class(patience_s),
        ws="none",
        log_level="error",  # what clients do wrong does not fill the log
        access_log=False,
        server_header=False,
        limit_concurrency=MAX_CONNECTIONS,
        timeout_keep_alive=5,
        lifespan="off",
        proxy_headers=False,  # NEWSBOT_WEB_URL says what they would
    )


def listening(host: str, port: int) -> socket.socket:
    """Return a socket that listens at `host` and `port` (0: any free port); raise NewsbotError if that fails."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family)
    except OSError as error:
        number = error.errno or 0  # below 0 if the host name cannot be resolved
        reason = os.strerror(number) if number > 0 else error.strerror
        raise NewsbotError(f"cannot listen at {host}, port {port}: {reason}") from error
    # Connections inherit it. Without it the body of an answer waits 40 ms for the header to be acknowledged.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def address_of(listener: socket.socket) -> str:
    """Return the URL of the site that a socket serves."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def is_loopback(host: str) -> bool:
    """Return whether only this machine can reach `host`."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
