"""`newsbot serve`: the web page, the JSON API and the feeds."""

from __future__ import annotations

import ipaddress
import os
import socket

import click
import uvicorn
from starlette.types import ASGIApp

from newsbot.cli.options import database_option
from newsbot.errors import NewsbotError
from newsbot.settings import configuration
from newsbot.store.database import Database
from newsbot.web.app import create_app
from newsbot.web.guard import Access

MAX_CONNECTIONS = 100
"""Requests at a time; more are told to come back (503)."""
LOCAL_NAMES = ("localhost", "127.0.0.1", "::1")


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at.")
@click.option(
    "--port", type=click.IntRange(0, 65_535), default=8000, show_default=True, metavar="P", help="0: any."
)
@click.option("--images", is_flag=True, help="Let pages load the articles' images from their sites.")
@database_option
def serve(host: str, port: int, images: bool, database: str | None) -> None:
    """Show the database to browsers, feed readers and programs.

    Without NEWSBOT_WEB_TOKEN everybody who reaches the address may read; by default that is this machine alone.
    """
    settings = configuration()
    token = settings.web_token
    opened = Database(database or settings.database_url).open()
    is_local = _is_loopback(host)
    if not (is_local or token):
        click.echo(
            f"newsbot: everybody who reaches {host} may read; NEWSBOT_WEB_TOKEN asks for a token", err=True
        )
    names = {*LOCAL_NAMES, host} if is_local and not token else set()
    app = create_app(opened, access=Access(token=token, hosts=names), images=images)
    try:
        with listening(host, port) as listener:
            click.echo(f"newsbot: reading {opened.url} at {_address(listener)} (Ctrl-C ends it)", err=True)
            uvicorn.Server(server_config(app)).run(sockets=[listener])
    except KeyboardInterrupt:
        click.echo("newsbot: stopped", err=True)
    finally:
        opened.close()


def server_config(app: ASGIApp) -> uvicorn.Config:
    """Return how the server runs: quiet, and for a bounded number of readers."""
    return uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        limit_concurrency=MAX_CONNECTIONS,
        timeout_keep_alive=5,
        lifespan="off",
        proxy_headers=False,
    )


def listening(host: str, port: int) -> socket.socket:
    """Return a socket that listens there; raise NewsbotError if it cannot."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family)
    except OSError as error:
        number = error.errno or 0  # below 0 where a name leads nowhere
        reason = os.strerror(number) if number > 0 else error.strerror
        raise NewsbotError(f"cannot listen at {host}, port {port}: {reason}") from error
    # Inherited by connections. Without it the body of an answer waits 40 ms for the header to be acknowledged.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
