"""Conversions of settings: from what a file or a variable says to the value that newsbot uses.

All raise ValueError for what is not accepted. Where a file has a list, a variable has commas.
"""

from __future__ import annotations

import ipaddress
import os
import re
from typing import Any
from urllib.parse import urlsplit

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

MAX_PORT = 65_535
MIN_DAYS_KEPT = 14
"""Number of days of answers and rejects that `newsbot sources health` compares."""

_MAIL = re.compile(r"[^\s@()<>,;]+@[^\s@()<>,;]+\.[^\s@()<>,;]+")
_HOST = re.compile(r"[\w.:\[\]-]+")
_PATH = re.compile(r"(?:/[\w.~-]+)*", re.ASCII)
_ORIGIN = re.compile(r"https?://(?:[\w.-]+|\[[0-9a-f:]+\])(?::[0-9]{1,5})?", re.ASCII)


def parts(value: Any) -> Any:
    """Return the parts of a text that are separated by commas, without empty ones; anything else as it is."""
    if not isinstance(value, str):
        return value
    return tuple(part.strip() for part in value.split(",") if part.strip())


def joined(value: Any) -> Any:
    """Return a list of texts as one, separated by commas; anything else as it is."""
    if isinstance(value, list | tuple) and all(isinstance(part, str) for part in value):
        return ",".join(value)
    return value


def filled(value: str) -> str:
    """Return a text that is not empty."""
    if not value.strip():
        raise ValueError("empty")
    return value


def number(value: Any) -> Any:
    """Return anything but a truth value, which Python counts among the whole numbers."""
    if isinstance(value, bool):
        raise ValueError("not a number")
    return value


def days_kept(value: Any) -> int:
    """Return a number of days: 0 for ever (an empty text too), or at least two weeks, which the health of sources looks at."""
    days = 0 if isinstance(value, str) and not value.strip() else int(number(value))
    if days < 0 or 0 < days < MIN_DAYS_KEPT:
        raise ValueError("too few days")
    return days


def one_line_text(value: str) -> str:
    """Return a text of printable characters, as a header of HTTP needs it."""
    if not value.isprintable():
        raise ValueError("not printable")
    return value


def contact(value: str) -> str:
    """Return the address of a page or a mail address; or an empty text."""
    address = value.strip()
    if not address or _MAIL.fullmatch(address.removeprefix("mailto:")):
        return address
    url = urlsplit(address)
    if url.scheme not in {"http", "https"} or not url.hostname or re.search(r"[\s()<>]", address):
        raise ValueError("neither a page nor a mail address")
    return address


def network(value: Any) -> Network:
    """Return a network written as an address and a length (10.1.0.0/16)."""
    if not isinstance(value, str | ipaddress.IPv4Network | ipaddress.IPv6Network):
        raise ValueError("not a network")
    return ipaddress.ip_network(value)


def store_url(value: str) -> str:
    """Return the URL of a place in an object store, without a slash at the end; or an empty text."""
    url = value.strip().rstrip("/")
    scheme, separator, rest = url.partition("://")
    if url and (not separator or not rest or "::" in url or scheme in {"http", "https"}):
        raise ValueError("not the URL of an object store")
    return url


def site_urls(urls: tuple[str, ...]) -> tuple[str, ...]:
    """Return URLs of a site, without a slash at the end. All must have the same path."""
    bare = tuple(url.strip().rstrip("/") for url in urls)
    split = [urlsplit(url) for url in bare]
    for url in split:
        is_plain = not (url.query or url.fragment or "@" in url.netloc)
        if url.scheme not in {"http", "https"} or not url.hostname or url.port == 0 or not is_plain:
            raise ValueError("not the URL of a site")
        if not _HOST.fullmatch(url.netloc) or not _PATH.fullmatch(url.path):
            raise ValueError("not the URL of a site")
    if len({url.path for url in split}) > 1:
        raise ValueError("several paths")
    return bare


def origins(values: tuple[str, ...]) -> tuple[str, ...]:
    """Return origins as browsers write them in `Origin`, or "*"."""
    found = tuple(value.strip().rstrip("/").lower() for value in values)
    for origin in found:
        if origin != "*" and not _ORIGIN.fullmatch(origin):
            raise ValueError("not an origin")
    return found


def listen_address(value: str) -> str:
    """Return an address to listen at as `HOST:PORT`; an empty text as it is."""
    text = value.strip()
    if not text:
        return ""
    host, _, port = text.rpartition(":")
    if not (port.isascii() and port.isdigit() and int(port) <= MAX_PORT):
        raise ValueError("not an address")
    if host and not _HOST.fullmatch(host):
        raise ValueError("not a host")
    return f"{host or '127.0.0.1'}:{int(port)}"


def other_cores() -> int:
    """Return how many cores this process may use besides one; at least 1."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(cores - 1, 1)
