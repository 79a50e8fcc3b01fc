"""The HTTP server of the site: its socket, its limits, and who may read at which address."""

from __future__ import annotations

import ipaddress
import os
import socket

import uvicorn
from starlette.types import ASGIApp

from newsbot.errors import NewsbotError
from newsbot.web.guard import Access
from newsbot.web.serving.connections import PATIENCE_S, connection_class

MAX_CONNECTIONS = 100
"""Maximum number of connections. A further one takes the place of an idle one, or is answered with 503 if all are served."""
LOCAL_NAMES = ("localhost", "127.0.0.1", "::1")


def access_for(host: str, token: str) -> Access:
    """Return who may read a site that listens at `host`.

    Without a token, a site on a loopback address answers only to this machine's own names; see `Access.hosts`."""
    has_own_names = is_loopback(host) and not token
    return Access(token=token, hosts={*LOCAL_NAMES, host} if has_own_names else set())


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
        proxy_headers=False,
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
