"""Whose page a link leads to: the source's that lists it, another source's, or a stranger's.

Feeds also link to adverts, sponsors and other media. Their pages must not appear under the name of the publisher.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import cache, lru_cache
from ipaddress import ip_address
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from newsbot.sources.catalog import Catalog, source_for
from newsbot.sources.model import Source
from newsbot.urls import authority_of, host_of

if TYPE_CHECKING:
    from tldextract import TLDExtract

MAIN_SHARE = 0.5
"""Share of the links of a feed above which the pages of one other site belong to the source of the feed: some publishers keep
their articles at another domain than their homepage, and no advertiser has more than half of a feed."""


class Listed(NamedTuple):
    """The links of a feed, by whose pages they lead to."""

    own: list[str]
    other: list[str]
    strangers: list[str]


def site_of(url: str) -> str:
    """Return the registrable domain of a URL (news.bbc.co.uk -> bbc.co.uk); for an IP address, the host with its port."""
    return _site_of(host_of(url)) or authority_of(url)


@cache
def _public_suffixes() -> TLDExtract:
    """Return the parser with the list of public suffixes that it ships: nothing is downloaded.

    It is imported here because it takes a tenth of a second, and most commands ask for no site."""
    from tldextract import TLDExtract

    return TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)


@lru_cache(maxsize=4096)
def _site_of(host: str) -> str:
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        found = _public_suffixes()(host)
        if found.suffix or "." not in host:
            return found.top_domain_under_public_suffix
        return ".".join(host.split(".")[-2:])  # the list's rule for names that it does not have
    return ""


def is_same_site(one: str, other: str) -> bool:
    """Return whether two URLs belong to one site, so that one may say what is at the other. Files have no site."""
    site = site_of(one)
    return one == other or (bool(site) and site == site_of(other))


def is_own(url: str, source: Source) -> bool:
    """Return whether a URL is on the site of the source's homepage, on one of its hosts, or below one."""
    if site_of(url) == site_of(source.homepage):
        return True
    hosts = {authority_of(url), host_of(url)}
    return any(host == own or host.endswith("." + own) for own in source.hosts for host in hosts)


def owner_of(url: str, lister: Source, catalog: Catalog) -> Source | None:
    """Return the source that a page belongs to which a feed of `lister` links to; None for a page of no source.

    Sources may share a site. A page is of the one whose homepage is more specific, and of the lister if both are equal."""
    owner = source_for(url, catalog)
    if not is_own(url, lister):
        return owner
    if owner is None or _depth(owner, url) <= _depth(lister, url):
        return lister
    return owner


def _depth(source: Source, url: str) -> tuple[int, int]:
    """Return how specific a homepage is for a URL: labels of the host and characters of the path that they share."""
    home, page = urlsplit(source.homepage), urlsplit(url)
    host, own = host_of(url).removeprefix("www."), host_of(source.homepage).removeprefix("www.")
    if host != own and not host.endswith("." + own):
        return 0, 0
    return own.count(".") + 1, len(home.path) if page.path.startswith(home.path) else 0


def sort_links(urls: Iterable[str], lister: Source, catalog: Catalog) -> Listed:
    """Sort the links of a feed, section or sitemap of `lister` by whose pages they lead to.

    `Source.offsite` decides what is done with pages of other sites. If it is None they are strangers, unless no link of the
    feed leads to a page of its source."""
    listed = Listed([], [], [])
    foreign: list[str] = []
    for url in urls:
        if owner_of(url, lister, catalog) is lister:
            listed.own.append(url)
        elif is_own(url, lister):  # of another source of the same site
            listed.other.append(url)
        else:
            foreign.append(url)
    counts = Counter(map(site_of, foreign))
    number = len(foreign) + len(listed.own) + len(listed.other)
    for url in foreign:
        if counts[site_of(url)] > MAIN_SHARE * number:
            (listed.own if source_for(url, catalog) is None else listed.other).append(url)
        elif lister.offsite == "store":
            listed.other.append(url)
        else:
            listed.strangers.append(url)
    if lister.offsite is None and not (listed.own or listed.other):
        return Listed([], listed.strangers, [])
    return listed


def source_of_page(urls: Iterable[str], lister: Source | None, catalog: Catalog) -> Source | None:
    """Return the source of a page; None for the page of no source.

    `urls` are its address and those that redirected to it. `lister` is the source whose feed lists the page as its own; None
    if no feed does. A page that was reached by a redirect to another site is not the lister's."""
    address, *asked = urls
    if lister is None:
        return source_for(address, catalog)
    if is_own(address, lister):
        return owner_of(address, lister, catalog)
    has_left = any(site_of(url) != site_of(address) for url in asked)
    return source_for(address, catalog) if has_left else lister
