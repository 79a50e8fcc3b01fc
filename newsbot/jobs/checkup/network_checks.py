"""Checks of the network: names are found, a site of a source answers, and the clock is right."""

from __future__ import annotations

import socket
import ssl
from datetime import UTC, datetime, timedelta
from email.message import Message
from email.utils import parsedate_to_datetime
from http.client import HTTPException, HTTPMessage
from typing import IO
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, HTTPSHandler, Request, build_opener, getproxies

from newsbot.discovery.homepages import robots_url
from newsbot.errors import NewsbotError
from newsbot.jobs.checkup.findings import Finding, Findings
from newsbot.settings import Configuration
from newsbot.sources.catalog import load_sources

TIMEOUT_S = 10
GOOD_CLOCK = timedelta(minutes=1)
"""Difference of two clocks up to which the answer of a site may just have taken long, or its own clock be wrong."""
BAD_CLOCK = timedelta(hours=1)
"""Difference from which feeds are polled and articles are dated at wrong times."""


def check_network(settings: Configuration, now: datetime) -> Findings:
    """Yield whether the first enabled source can be reached, and whether the clock is right."""
    url = _asked_url(settings)
    if url is None:
        yield Finding("network", "skipped", "there is no source to ask")
        return
    host = urlsplit(url).hostname or ""
    if not getproxies().get(urlsplit(url).scheme) and (problem := _name_problem(host)):
        yield Finding(
            "network", "problem", problem, "see whether there is a network, and what resolves names"
        )
        return
    try:
        headers = _head(url, settings)
    except (OSError, HTTPException, ValueError) as error:
        advice = "see whether there is a network, a proxy (https_proxy) or a firewall"
        yield Finding("network", "problem", f"{url}: {getattr(error, 'reason', None) or error}", advice)
        return
    yield Finding("network", "ok", f"{host} answers")
    yield from check_clock(headers.get("Date"), host, now)


def check_clock(date: str | None, host: str, now: datetime) -> Findings:
    """Yield whether the clock agrees with the header `Date` of an answer."""
    try:
        told = parsedate_to_datetime(date or "")
    except (ValueError, OverflowError):
        yield Finding("clock", "skipped", f"{host} does not say what time it is")
        return
    away = abs(now - (told if told.tzinfo else told.replace(tzinfo=UTC)))
    if away <= GOOD_CLOCK:
        yield Finding("clock", "ok", f"as at {host}")
        return
    detail = f"differs from that of {host} by {timedelta(seconds=round(away.total_seconds()))}"
    yield Finding("clock", "problem" if away >= BAD_CLOCK else "warning", detail, "set the clock (NTP)")


def _asked_url(settings: Configuration) -> str | None:
    """Return the robots.txt of the first enabled source; None if there is none."""
    try:
        sources = load_sources(settings.sources).values()
    except NewsbotError:
        return None
    return next((robots_url(source.homepage) for source in sources if source.enabled), None)


def _name_problem(host: str) -> str | None:
    try:
        socket.getaddrinfo(host, None)
    except OSError as error:
        return f"the name {host} is not found: {error.strerror or error}"
    return None


class _NoRedirects(HTTPRedirectHandler):
    """Takes a redirect for an answer."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        """Follow no redirect."""


def _head(url: str, settings: Configuration) -> Message:
    """Return the headers of an answer, whatever its status. Raises OSError or HTTPException if there is none."""
    context = ssl.create_default_context()
    if not settings.tls_verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    opener = build_opener(_NoRedirects, HTTPSHandler(context=context))
    request = Request(url, headers={"User-Agent": settings.user_agent}, method="HEAD")  # noqa: S310 - a source's
    try:
        with opener.open(request, timeout=TIMEOUT_S) as answer:
            headers: Message = answer.headers
            return headers
    except HTTPError as error:
        return error.headers
