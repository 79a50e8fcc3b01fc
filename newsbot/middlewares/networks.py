"""Refuses connections to private addresses: after DNS, and for every redirect.

A page or feed must not make the crawler connect to its own machine, its network, or the metadata service of a cloud
(server-side request forgery). It is not enough to check the host name in a URL: any name can resolve to any address.
"""

from __future__ import annotations

import ipaddress
import logging
from collections.abc import Iterable, Sequence
from typing import Any, Self
from urllib.parse import urlsplit

from scrapy.crawler import Crawler
from scrapy.exceptions import CannotResolveHostError
from scrapy.resolver import CachingHostnameResolver
from twisted.internet.base import ReactorBase
from twisted.internet.interfaces import IAddress, IHostResolution, IResolutionReceiver
from twisted.python.failure import Failure
from zope.interface import implementer

from newsbot.settings import Network, read_settings
from newsbot.text import one_line

logger = logging.getLogger(__name__)

NAT64 = ipaddress.ip_network("64:ff9b::/96")
"""Network of IPv6 addresses whose last 32 bits are an IPv4 address (RFC 6052)."""


def is_allowed(address: str, networks: Iterable[Network]) -> bool:
    """Return whether an IP address is public, or in one of the allowed networks."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        ip = ip.ipv4_mapped or ip.sixtofour or ip
    if ip in NAT64:
        ip = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return (ip.is_global and not ip.is_multicast) or any(ip in network for network in networks)


def refusal(host: str) -> str:
    """Return why no connection is made to a host, and which setting allows it, in one line."""
    return (
        f"{host} has no public address; NEWSBOT_ALLOWED_NETWORKS names private networks that may be fetched"
    )


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
        receiver: Any = _AllowedOnly(resolutionReceiver, hostName, self)
        return super().resolveHostName(receiver, hostName, *args, **kwargs)


def is_refused(url: str, error: BaseException | None) -> bool:
    """Return whether a request for a URL failed because the addresses of its host are private."""
    from twisted.internet import reactor  # importing it installs it; a crawl has done that before

    if not isinstance(error, CannotResolveHostError):
        return False
    resolver = getattr(reactor, "nameResolver", None)
    return isinstance(resolver, GuardedResolver) and (urlsplit(url).hostname or "") in resolver.refused


def error_text(error: BaseException | None) -> str:
    """Return in one line why a connection failed, without the classes of Twisted that carry the reason."""
    reasons = getattr(error, "reasons", None) or getattr(getattr(error, "__cause__", None), "reasons", None)
    if reasons and isinstance(reasons[0], Failure):
        return error_text(reasons[0].value)
    return one_line(str(error)) or type(error).__name__
