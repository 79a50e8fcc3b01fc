"""The spider `explore`, which finds the feeds and sitemaps of a site. `newsbot sources add` runs it; nothing is stored."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response, TextResponse

from newsbot.discovery.homepages import (
    advertised_feeds,
    likely_feeds,
    likely_sitemaps,
    news_sitemaps_first,
    propose_source,
    robots_url,
)
from newsbot.discovery.links import Link
from newsbot.discovery.polls import read_poll
from newsbot.discovery.sections import article_links, section_links
from newsbot.discovery.sitemaps import sitemaps_of_robots
from newsbot.errors import UsageError
from newsbot.extraction.page.page import Page
from newsbot.rendering.installed import require_browser
from newsbot.rendering.render_pages import NO_PAGE
from newsbot.settings import read_settings
from newsbot.sources.model import Source
from newsbot.spiders.page_spider import PageSpider
from newsbot.urls import is_fetchable

MAX_FEEDS, MAX_SITEMAPS, MAX_SECTIONS = 5, 2, 5
"""Maximum numbers of feeds, sitemaps and sections in the proposed source."""
PREVIEWS = 3
"""Number of articles that are fetched as examples."""


@dataclass(slots=True)
class Exploration:
    """The feeds, sitemaps and sections of a site, and the articles they lead to."""

    page: Page | None = None
    """The homepage; None if it could not be fetched."""
    feeds: list[str] = field(default_factory=list)
    sitemaps: list[str] = field(default_factory=list)
    sections: list[str] = field(default_factory=list)
    links: dict[str, Link] = field(default_factory=dict)
    """Links to articles, by URL."""

    def toml(self) -> str:
        """Return the proposed source as TOML for the catalog."""
        assert self.page is not None
        return propose_source(self.page, feeds=self.feeds, sitemaps=self.sitemaps, sections=self.sections)


class ExploreSpider(PageSpider):
    """Looks for feeds and sitemaps of a homepage; for sections if neither leads to articles.

    The result is in `found`."""

    name = "explore"

    def __init__(self, url: str = "") -> None:
        super().__init__(url=url)
        if not is_fetchable(url):
            raise UsageError(f"{url!r} is no homepage; accepted: an http:// or https:// URL")
        self.homepage = url
        self.found = Exploration()

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Return a spider for this homepage. Raises UsageError if it must be rendered, and nothing can be."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        require_browser([spider.homepage], read_settings(crawler.settings))
        return spider

    async def start(self) -> AsyncIterator[Request]:
        """Explore the site, then yield requests for the newest articles that were found."""
        response = await self._get(self.homepage)
        if response is None:
            return
        page = self.found.page = Page.from_bytes(response.body, response.url)
        feeds = advertised_feeds(page) or likely_feeds(response.url)
        self.found.feeds = await self._with_articles("feed", feeds, MAX_FEEDS)
        sitemaps = await self._named_in_robots(response.url) or likely_sitemaps(response.url)
        self.found.sitemaps = await self._with_articles("sitemap", sitemaps, MAX_SITEMAPS)
        if not self.found.feeds and not self.found.sitemaps:
            self.found.sections = section_links(page)[:MAX_SECTIONS] or [response.url]
            self.found.links.update((link.url, link) for link in article_links(page))
        for link in _newest(self.found.links.values())[:PREVIEWS]:
            yield Request(link.url, callback=self.parse_page, errback=self.fetch_failed)

    async def _get(self, url: str) -> Response | None:
        assert self.crawler.engine is not None
        try:
            meta = {} if url == self.homepage else {NO_PAGE: True}
            response = await self.crawler.engine.download_async(Request(url, meta=meta))
        except Exception as error:  # noqa: BLE001 - a URL that fails for any reason is not proposed
            self.logger.info("%s: %s", url, error)
            if url == self.homepage:
                self.failure = f"{url}: {error}"
            return None
        if response.status >= 400 and url == self.homepage:
            self.failure = f"{url}: answered with status {response.status}"
        return response if response.status < 400 else None

    async def _named_in_robots(self, homepage: str) -> list[str]:
        response = await self._get(robots_url(homepage))
        named = sitemaps_of_robots(response.text, response.url) if isinstance(response, TextResponse) else []
        return news_sitemaps_first(named)

    async def _with_articles(self, kind: str, urls: Iterable[str], count: int) -> list[str]:
        """Return the first `count` URLs that lead to articles, or to further sitemaps."""
        source = Source(key="explored", name="explored", homepage=self.homepage)
        good: list[str] = []
        for url in urls:
            if len(good) == count:
                break
            response = await self._get(url)
            if response is None:
                continue
            found = read_poll(kind, response.body, response.url, source, now=datetime.now(UTC))
            if found.links or found.feeds:
                good.append(response.url)
                self.found.links.update((link.url, link) for link in found.links)
        return good


def _newest(links: Iterable[Link]) -> list[Link]:
    def date(link: Link) -> datetime:
        return link.published_at or link.modified_at or datetime.min.replace(tzinfo=UTC)

    return sorted(links, key=date, reverse=True)
