"""Refuses connections to private addresses: after DNS, and for every redirect.

A page or feed must not make the crawler connect to its own machine, its network, or the metadata service of a cloud
(server-side request forgery). It is not enough to check the host name in a URL: any name can resolve to any address.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import socket
from collections.abc import Sequence
from typing import Any, Self, cast
from urllib.parse import urlsplit

from OpenSSL import SSL
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import CannotResolveHostError, IgnoreRequest
from scrapy.resolver import CachingHostnameResolver, HostResolution
from scrapy.utils.url import add_http_if_no_scheme
from twisted.internet.base import ReactorBase
from twisted.internet.interfaces import IAddress, IHostResolution, IResolutionReceiver
from twisted.python.failure import Failure
from zope.interface import implementer

from newsbot.public_addresses import is_allowed, refusal
from newsbot.settings import Network, read_settings
from newsbot.text import one_line

logger = logging.getLogger(__name__)

EVERY_ADDRESS = (ipaddress.ip_network("0.0.0.0/0"), ipaddress.ip_network("::/0"))
RESOLVE_S = 10.0
MAX_NAME_CHARS, MAX_LABEL_CHARS = 253, 63


class PrivateNetworkError(IgnoreRequest):
    """Raised for a request that a proxy would send to a private address."""


@implementer(IResolutionReceiver)
class _AllowedOnly:
    """Passes on the addresses that may be fetched, and records hosts that have other addresses."""

    def __init__(self, receiver: Any, host: str, resolver: GuardedResolver) -> None:
        self.receiver = receiver
        self.host = host
        self.resolver = resolver

    def resolutionBegan(self, resolution: IHostResolution) -> None:
        self.receiver.resolutionBegan(resolution)

    def addressResolved(self, address: IAddress) -> None:
        if is_allowed(address.host, self.resolver.networks):
            self.receiver.addressResolved(address)
        else:
            self.resolver.refuse(self.host)

    def resolutionComplete(self) -> None:
        self.receiver.resolutionComplete()


class GuardedResolver(CachingHostnameResolver):
    """Scrapy's caching DNS resolver, without private addresses. No connection is made to a host that has no others.

    Settings: `NEWSBOT_ALLOWED_NETWORKS`, the private networks that may be fetched; `DNSCACHE_SIZE`. It is set by
    `TWISTED_DNS_RESOLVER`."""

    def __init__(self, reactor: ReactorBase, cache_size: int, networks: Sequence[Network]) -> None:
        super().__init__(reactor, cache_size)
        self.networks = networks
        self.proxies: set[str] = set()
        """Hosts of proxies. Whoever runs newsbot has named them, so that they may have private addresses."""
        self.refused: set[str] = set()
        """Hosts with an address that was refused. A failure of such a host is not a failure of DNS."""

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: ReactorBase) -> Self:
        """Return a resolver with the allowed networks of the settings."""
        settings = crawler.settings
        return cls(reactor, settings.getint("DNSCACHE_SIZE"), read_settings(settings).allowed_networks)

    def refuse(self, host: str) -> None:
        """Record that an address of a host was refused, and log the reason once."""
        if host not in self.refused:
            logger.info("%s", refusal(host))
        self.refused.add(host)

    def resolveHostName(
        self,
        resolutionReceiver: Any,
        hostName: str,
        *args: Any,
        **kwargs: Any,
    ) -> IHostResolution:
        """Resolve a host name, or an IP address in a URL."""
        if not is_host_name(hostName):
            return _nowhere(resolutionReceiver, hostName)
        if hostName in self.proxies:
            return super().resolveHostName(resolutionReceiver, hostName, *args, **kwargs)
        receiver: Any = _AllowedOnly(resolutionReceiver, hostName, self)
        return super().resolveHostName(receiver, hostName, *args, **kwargs)


def is_host_name(host: str) -> bool:
    """Return whether a host can be asked for: for other names Twisted logs an error, and the request waits for its timeout.

    Labels have 1 to 63 characters, names 253 (RFC 1035, section 2.3.4)."""
    labels = host.rstrip(".").split(".")
    return len(host) <= MAX_NAME_CHARS and all(0 < len(label) <= MAX_LABEL_CHARS for label in labels)


def _nowhere(receiver: Any, host: str) -> IHostResolution:
    """Resolve a host to no address."""
    resolution = cast("IHostResolution", HostResolution(host))
    receiver.resolutionBegan(resolution)
    receiver.resolutionComplete()
    return resolution


async def check_address(request: Request, networks: Sequence[Network]) -> None:
    """Raise PrivateNetworkError if a request that the resolver does not judge is for a private address.

    A proxy connects to the host of a request by itself, and the resolver sees the address of the proxy alone. So the host
    is resolved here. CannotResolveHostError is raised if that is not possible, because only the proxy knows the names of
    the Internet; networks that hold every address leave the judgement to the proxy. The host of a proxy may be asked
    to be a proxy, but not for pages."""
    host = urlsplit(request.url).hostname or ""
    resolver = _resolver()
    proxy = request.meta.get("proxy")
    if proxy and resolver is not None:
        resolver.proxies.add(urlsplit(add_http_if_no_scheme(proxy)).hostname or "")
    is_seen = not proxy and not (resolver is not None and host in resolver.proxies)
    if is_seen or all(any(net == every for net in networks) for every in EVERY_ADDRESS):
        return
    try:
        addresses = await addresses_of(host)
    except OSError as error:
        raise CannotResolveHostError(
            f"{host} has no address here, and is not asked for through the proxy, which might find a private one; "
            "NEWSBOT_ALLOWED_NETWORKS=0.0.0.0/0,::/0 leaves that to the proxy"
        ) from error
    if not all(is_allowed(address, networks) for address in addresses):
        raise PrivateNetworkError(refusal(host))


async def addresses_of(host: str) -> list[str]:
    """Return the IP addresses of a host, without repeats. Raises OSError if it has none."""
    try:
        async with asyncio.timeout(RESOLVE_S):
            found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except UnicodeError as error:  # a label of more than 63 characters
        raise OSError(f"{host} is no host name") from error
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def is_refused(url: str, error: BaseException | None) -> bool:
    """Return whether a request for a URL failed because the addresses of its host are private."""
    if isinstance(error, PrivateNetworkError):
        return True
    resolver = _resolver()
    if resolver is None or not isinstance(error, CannotResolveHostError):
        return False
    return (urlsplit(url).hostname or "") in resolver.refused


def _resolver() -> GuardedResolver | None:
    from twisted.internet import reactor  # importing it installs it; a crawl has done that before

    resolver = getattr(reactor, "nameResolver", None)
    return resolver if isinstance(resolver, GuardedResolver) else None


def root_cause(error: BaseException | None) -> BaseException | None:
    """Return the exception for which a connection failed, without the classes of Twisted and Scrapy that carry it."""
    reasons = getattr(error, "reasons", None) or getattr(getattr(error, "__cause__", None), "reasons", None)
    return root_cause(reasons[0].value) if reasons and isinstance(reasons[0], Failure) else error


def error_text(error: BaseException | None) -> str:
    """Return in one line why a connection failed."""
    cause = root_cause(error)
    if isinstance(cause, SSL.Error):
        return f"TLS: {_tls_text(cause)}"
    return one_line(str(cause)) or type(cause).__name__


def _tls_text(error: SSL.Error) -> str:
    """Return the reasons of OpenSSL in one line. Its errors are lists of (library, function, reason)."""
    queue = error.args[0] if error.args and isinstance(error.args[0], list) else []
    return (
        ", ".join(str(entry[-1]) for entry in queue if entry) or one_line(str(error)) or type(error).__name__
    )
