"""The spider `explore`, which finds the feeds and sitemaps of a site. `newsbot sources add` runs it; nothing is stored."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
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
from newsbot.discovery.links import Link, newest_first
from newsbot.discovery.polls import PollResult, read_poll
from newsbot.discovery.sections import article_links, section_links
from newsbot.discovery.sitemaps import MAX_SITEMAP_BYTES, sitemaps_of_robots
from newsbot.errors import UsageError
from newsbot.extraction.page.page import Page
from newsbot.rendering.installed import require_browser
from newsbot.rendering.render_pages import NO_PAGE
from newsbot.settings import read_settings
from newsbot.sources.model import Source
from newsbot.spiders.page_spider import PageSpider, error_detail, header
from newsbot.urls import is_fetchable

MAX_FEEDS, MAX_SITEMAPS, MAX_SECTIONS = 5, 2, 5
"""Maximum numbers of feeds, sitemaps and sections in the proposed source."""
MAX_TRIES = 20
"""Maximum numbers of feeds and of sitemaps that are fetched until enough of them lead to articles."""
MAX_CHILDREN, MAX_DEPTH = 5, 2
"""Maximum number of sitemaps below an index that are fetched, and of levels below it: an index may list indexes."""
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
        problem = f"{url!r} is no homepage; accepted: an http:// or https:// URL"
        if url and not is_fetchable(url):
            raise UsageError(problem)
        self.missing = None if url else problem
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
        if not self.found.links:
            self.found.sections = section_links(page)[:MAX_SECTIONS] or [response.url]
            self.found.links.update((link.url, link) for link in article_links(page))
        for link in newest_first(self.found.links.values())[:PREVIEWS]:
            yield Request(link.url, callback=self.parse_page, errback=self.fetch_failed)

    async def _get(self, url: str, **meta: int) -> Response | None:
        assert self.crawler.engine is not None
        if url != self.homepage:
            meta[NO_PAGE] = True
        try:
            response = await self.crawler.engine.download_async(Request(url, meta=meta))
        except Exception as error:  # noqa: BLE001 - a URL that fails for any reason is not proposed
            problem = error_detail(error, url)
            self.logger.info("%s: %s", url, problem)
            if url == self.homepage:
                self.failure = f"{url}: {problem}"
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
        good: list[str] = []
        for url in islice(urls, MAX_TRIES):
            if len(good) == count:
                break
            final_url, poll = await self._poll(kind, url)
            if poll.links or poll.feeds:
                good.append(final_url)
                links = [*poll.links, *await self._links_below(final_url, poll)]
                self.found.links.update((link.url, link) for link in links)
        return good

    async def _poll(self, kind: str, url: str) -> tuple[str, PollResult]:
        """Return the URL after redirects, and the contents of a feed or sitemap; none if it cannot be fetched."""
        meta = {"download_maxsize": MAX_SITEMAP_BYTES} if kind == "sitemap" else {}
        response = await self._get(url, **meta)
        if response is None:
            return url, PollResult()
        source = Source(key="explored", name="explored", homepage=self.homepage)
        content_type = header(response, "Content-Type")
        now = datetime.now(UTC)
        poll = read_poll(kind, response.body, response.url, source, now=now, content_type=content_type)
        if poll.note or poll.problem:
            self.logger.info("%s: %s", response.url, poll.note or poll.problem)
        return response.url, poll

    async def _links_below(self, index_url: str, index: PollResult) -> list[Link]:
        """Return the links of the sitemaps that an index lists, the newest first; none if it is no index."""
        waiting = [(url, 1) for _, url in index.feeds]
        seen = {index_url}
        links: list[Link] = []
        while waiting and len(seen) <= MAX_CHILDREN:
            url, depth = waiting.pop(0)
            if url not in seen:
                seen.add(url)
                _, poll = await self._poll("sitemap", url)
                links += poll.links
                waiting = [(child, depth + 1) for _, child in poll.feeds if depth < MAX_DEPTH] + waiting
        return links
