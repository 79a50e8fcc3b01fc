"""The result of a live check of a source, and the changes of its TOML that follow from it. Pure: nothing is fetched."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from newsbot.sources.model import Robots, Source
from newsbot.sources.toml_edit import Value

LISTS = {"feed": "feeds", "sitemap": "sitemaps", "section": "sections"}
"""Kind of an address -> name of the list of a source that it belongs to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedAddress:
    """The homepage, a feed, a sitemap or a section page of a source, and what it gave."""

    kind: str
    """`homepage`, `feed`, `sitemap` or `section`."""
    url: str
    links: int = 0
    """Number of articles that it lists."""
    moved_to: str | None = None
    """The address that permanent redirects lead to, if what is there could be read."""
    is_gone: bool = False
    """Whether its server says that there is nothing (404, 410)."""
    is_forbidden: bool = False
    """Whether robots.txt forbids to fetch it."""
    problem: str | None = None
    """Reason in one line why it is of no use; None if it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedArticle:
    """One of the newest articles of a source, as it would be stored."""

    url: str
    title: str | None = None
    word_count: int = 0
    problem: str | None = None
    """Reason in one line why it would not be stored as an article of this source."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveCheck:
    """What a live check found out about one source."""

    key: str
    checked_on: date
    homepage: CheckedAddress
    has_answered: bool = False
    """Whether any of its hosts has answered, if only with an error."""
    robots: Robots | None = None
    addresses: tuple[CheckedAddress, ...] = ()
    """The feeds, sitemaps and sections of the source; if it has none, the feeds that its homepage announces."""
    articles: tuple[CheckedArticle, ...] = ()

    @property
    def url(self) -> str:
        """URL of the homepage, for logs."""
        return self.homepage.url

    @property
    def problems(self) -> list[str]:
        """Everything that keeps newsbot from crawling the source as it is configured; empty if nothing does.

        The homepage does not count: crawls read it only to find feeds, and then articles come out, or none do."""
        return [*_problems(self.addresses), *self._article_problems()]

    def _article_problems(self) -> Iterator[str]:
        if any(article.problem is None for article in self.articles):
            return
        yield from (f"article {article.url}: {article.problem}" for article in self.articles)
        if not self.articles:
            yield "no article was found"


def _problems(addresses: Collection[CheckedAddress]) -> list[str]:
    return [f"{address.kind} {address.url}: {address.problem}" for address in addresses if address.problem]


def robots_verdict(allowed: Collection[bool]) -> Robots | None:
    """Return the verdict over what robots.txt says about each of some articles; None if there are none."""
    if not allowed:
        return None
    if all(allowed):
        return "allowed"
    return "partly" if any(allowed) else "refused"


def changed_values(source: Source, check: LiveCheck) -> dict[str, Value]:
    """Return the keys of the source's TOML that a check changes, and their new values; an empty list removes the key.

    Addresses that are gone are left out, and those that have moved for good are replaced. `verified` describes the
    source after that. A source without any answer keeps all its values: its network may be at fault, or ours.
    """
    if not check.has_answered:
        return {}
    changes: dict[str, Value] = {"checked_on": check.checked_on}
    if check.robots:
        changes["robots"] = check.robots
    kept = [address for address in check.addresses if not address.is_gone]
    is_verified = not _problems(kept) and any(article.problem is None for article in check.articles)
    if is_verified != source.verified:
        changes["verified"] = is_verified
    for kind, name in LISTS.items():
        urls = list(
            dict.fromkeys(address.moved_to or address.url for address in kept if address.kind == kind)
        )
        listed = list(getattr(source, name))
        if listed and urls != listed:
            changes[name] = urls
    return changes
