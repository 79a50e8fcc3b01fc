"""The spider `verify`, which checks that sources work. `newsbot sources check --live` runs it; nothing is stored."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Self
from urllib.parse import urlsplit

from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.utils.asyncio import run_in_thread

from newsbot.discovery.links import Link, newest_first
from newsbot.discovery.polls import PollResult, read_poll
from newsbot.errors import UsageError, did_you_mean
from newsbot.items import Reject
from newsbot.middlewares.politeness import Politeness
from newsbot.settings import read_settings
from newsbot.sources.catalog import load_sources, source_for
from newsbot.sources.live_check import LISTS, CheckedAddress, CheckedArticle, LiveCheck, robots_verdict
from newsbot.sources.model import Robots, Source
from newsbot.spiders.answers import Answer, Answers, permanent_target
from newsbot.spiders.page_spider import PageSpider, capture_of, header
from newsbot.text import one_line

MAX_SOURCES = 32
"""Number of sources that are checked at the same time. Each host gets one request at a time all the same."""
MAX_ANNOUNCED = 5
"""Maximum number of feeds that are fetched of those that a homepage announces, for a source that names none."""
MAX_CHILDREN = 3
"""Maximum number of sitemaps of an index that are fetched to find an article."""
MAX_ARTICLES = 3
"""Maximum number of articles that are fetched: the newest may be a video, or paid."""
MAX_JUDGED = 20
"""Maximum number of articles for which robots.txt is asked."""
NO_ANSWER_S = 60
"""Seconds without an answer of any host after which the remaining sources are not tried: there is no network."""


class VerifySpider(PageSpider):
    """Checks sources of the catalog: those of the argument `source` (`KEY[,KEY]`), else all that are enabled.

    Yields a `LiveCheck` for each. If no host answers at all it yields none, and sets `failure`."""

    name = "verify"
    custom_settings = {  # noqa: RUF012 - Scrapy's way to set them
        # A source has two requests in flight at most: its own, and that for robots.txt. Above this number of requests
        # Scrapy would not take the next item of `start`.
        "CONCURRENT_REQUESTS": 2 * MAX_SOURCES + 1,
        # A host that does not answer within seconds is a finding here; a crawl would wait for its pages.
        "DOWNLOAD_TIMEOUT": 20,
        "RETRY_TIMES": 1,
    }

    def __init__(self, source: str = "") -> None:
        super().__init__(source=source)
        self.keys = [key.strip() for key in source.split(",") if key.strip()]
        self.catalog: dict[str, Source] = {}
        """The sources to check, by key."""
        self.answers: Answers

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Return a spider for the chosen sources. Raises UsageError for a key that is not in the catalog."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        catalog = load_sources(read_settings(crawler.settings).sources)
        if unknown := [key for key in spider.keys if key not in catalog]:
            hint = did_you_mean(unknown[0], catalog) or "; newsbot sources list shows them"
            raise UsageError(f"no source {unknown[0]!r} in the catalog{hint}")
        chosen = spider.keys or [key for key, source in catalog.items() if source.enabled]
        spider.catalog = {key: catalog[key] for key in chosen}
        spider.answers = Answers.from_crawler(crawler)
        return spider

    async def start(self) -> AsyncIterator[LiveCheck]:
        """Yield the check of each source once it is done, but none before any host has answered."""
        self._keep_delays()
        turns = asyncio.Semaphore(MAX_SOURCES)
        began = asyncio.get_running_loop().time()
        checks = [
            asyncio.ensure_future(self._check_in_turn(source, turns, began))
            for source in self.catalog.values()
        ]
        held: list[LiveCheck] = []
        try:
            for check in asyncio.as_completed(checks):
                held.append(await check)
                while self.answers.any and held:
                    yield held.pop(0)
        finally:
            for unfinished in checks:  # if the crawl is stopped
                unfinished.cancel()
        if held:
            problem = f"{held[0].url}: {held[0].homepage.problem}"
            self.failure = f"no host has answered; is there a network? {problem}"

    def _keep_delays(self) -> None:
        politeness = self.crawler.get_downloader_middleware(Politeness)
        assert politeness is not None
        politeness.add_delays(
            {urlsplit(source.homepage).hostname or "": source.delay_s for source in self.catalog.values()}
        )

    async def _check_in_turn(self, source: Source, turns: asyncio.Semaphore, began: float) -> LiveCheck:
        async with turns:
            if not self.answers.any and asyncio.get_running_loop().time() - began > NO_ANSWER_S:
                return _unchecked(source, f"not tried: no host has answered for {NO_ANSWER_S} s")
            try:
                return await self._check(source)
            except Exception as error:
                self.logger.exception("The check of %s failed", source.key)
                return _unchecked(source, one_line(repr(error)))

    async def _check(self, source: Source) -> LiveCheck:
        """Check one source: its homepage, its addresses, what robots.txt says of its articles, the newest of them."""
        homepage, found = await self._homepage(source)
        named = [(kind, url) for kind, name in LISTS.items() for url in getattr(source, name)]
        addresses, links = ([], []) if named else ([homepage], list(found.links))
        for kind, url in named or found.feeds[:MAX_ANNOUNCED]:
            address, listed = await self._address(kind, url, source)
            addresses.append(address)
            links += listed
        robots, articles = await self._permissions(self._newest(links, source))
        if not links and all(address.is_forbidden for address in addresses):
            robots = "refused"
        return LiveCheck(
            key=source.key,
            checked_on=datetime.now(UTC).date(),
            homepage=homepage,
            has_answered=any(self.answers.has_answered(address.url) for address in (homepage, *addresses)),
            robots=robots,
            addresses=tuple(addresses),
            articles=tuple([article async for article in self._articles(articles, source)]),
        )

    async def _homepage(self, source: Source) -> tuple[CheckedAddress, PollResult]:
        answer = await self.answers.get(source.homepage)
        found = PollResult() if answer.response is None else await _read("homepage", answer.response, source)
        return _checked("homepage", source.homepage, answer, found.links, found.problem), found

    async def _address(self, kind: str, url: str, source: Source) -> tuple[CheckedAddress, tuple[Link, ...]]:
        """Fetch a feed, sitemap or section page. It is of use if it lists an article, or a sitemap does that it names."""
        answer = await self.answers.get(url)
        if answer.response is None:
            return _checked(kind, url, answer), ()
        found = await _read(kind, answer.response, source)
        links = found.links or await self._links_of_children(found.feeds[:MAX_CHILDREN], source)
        problem = found.problem or (None if links else "lists no article")
        return _checked(kind, url, answer, links, problem), links

    async def _links_of_children(
        self, children: Iterable[tuple[str, str]], source: Source
    ) -> tuple[Link, ...]:
        """Return the links of the first sitemap of an index that lists any."""
        for kind, url in children:
            answer = await self.answers.get(url)
            if answer.response and (links := (await _read(kind, answer.response, source)).links):
                return links
        return ()

    def _newest(self, links: Iterable[Link], source: Source) -> list[str]:
        """Return the URLs of the newest articles: those of the source, else some that would not become its articles."""
        newest = list(dict.fromkeys(link.url for link in newest_first(links)))
        own = (url for url in newest if self._owner(url) == source.key)
        return list(islice(own, MAX_JUDGED)) or newest[:MAX_ARTICLES]

    async def _permissions(self, urls: list[str]) -> tuple[Robots | None, list[str]]:
        """Return what robots.txt says about some articles, and those to fetch: the allowed ones, else one to show why."""
        allowed = {url: await self.answers.is_allowed(url) for url in urls}
        verdict = robots_verdict([is_allowed for is_allowed in allowed.values() if is_allowed is not None])
        return verdict, [url for url, is_allowed in allowed.items() if is_allowed is not False] or urls[:1]

    async def _articles(self, urls: list[str], source: Source) -> AsyncIterator[CheckedArticle]:
        """Fetch and extract articles until one comes out."""
        for url in urls[:MAX_ARTICLES]:
            article = await self._article(url, source)
            yield article
            if article.problem is None:
                return

    async def _article(self, url: str, source: Source) -> CheckedArticle:
        answer = await self.answers.get(url)
        if answer.response is None:
            return CheckedArticle(url=url, problem=answer.problem)
        pages = [(capture_of(answer.response), ("validate",))]
        [item] = await run_in_thread(self.processor.process_together, pages)
        if isinstance(item, Reject):
            return CheckedArticle(url=url, problem=one_line(f"no article: {item.reason} {item.detail}"))
        article = item.article
        owner = self._owner(article.url)
        problem = None if owner == source.key else f"its URL belongs to {owner or 'no source'}, by its host"
        return CheckedArticle(url=url, title=article.title, word_count=article.word_count, problem=problem)

    def _owner(self, url: str) -> str | None:
        """Return the key of the source that a crawl would give an article at this URL."""
        owner = source_for(url, self.sources)
        return owner.key if owner else None


async def _read(kind: str, response: Response, source: Source) -> PollResult:
    """Return what a feed, sitemap, section page or homepage lists; in a thread, because sitemaps are large."""
    now, content_type = datetime.now(UTC), header(response, "Content-Type")
    return await run_in_thread(
        read_poll, kind, response.body, response.url, source, now=now, content_type=content_type
    )


def _checked(
    kind: str, url: str, answer: Answer, links: tuple[Link, ...] = (), problem: str | None = None
) -> CheckedAddress:
    problem = problem or answer.problem
    return CheckedAddress(
        kind=kind,
        url=url,
        links=len(links),
        moved_to=permanent_target(answer.response) if answer.response and not problem else None,
        is_gone=answer.is_gone,
        is_forbidden=answer.is_forbidden,
        problem=problem,
    )


def _unchecked(source: Source, problem: str) -> LiveCheck:
    homepage = CheckedAddress(kind="homepage", url=source.homepage, problem=problem)
    today = datetime.now(UTC).date()
    return LiveCheck(key=source.key, checked_on=today, homepage=homepage, addresses=(homepage,))
