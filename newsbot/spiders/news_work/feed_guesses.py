"""`FeedGuesses`: the addresses at which sites often have their feeds and sitemaps, tried for a homepage that names none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from scrapy.http import Response, TextResponse
from twisted.python.failure import Failure

from newsbot.discovery.homepages import likely_feeds, likely_sitemaps, news_sitemaps_first, robots_url
from newsbot.discovery.polls import read_poll
from newsbot.discovery.sitemaps import sitemaps_of_robots
from newsbot.rendering.render_pages import NO_PAGE
from newsbot.session import SLOT
from newsbot.spiders.news_work.news_run import NewsRun
from newsbot.spiders.news_work.poll_queue import PollQueue
from newsbot.spiders.poll_answers import is_temporary, request_for, request_of
from newsbot.store.crawl import feed_rows, polling
from newsbot.store.crawl.polling import DueFeed

MAX_SITEMAPS = 5
"""Maximum number of sitemaps of a robots.txt that are polled; news sitemaps come first."""


@dataclass(slots=True)
class Guesses:
    """The guessed addresses of one homepage that are being tried."""

    waiting: int
    """Number of addresses whose outcome is not known yet."""
    have_failed: bool = False
    """Whether one of them failed for a reason that may be gone tomorrow: then all are tried again."""


class FeedGuesses:
    """Tries guessed addresses, and stores those that are feeds."""

    def __init__(self, run: NewsRun, queue: PollQueue) -> None:
        self.run = run
        self.queue = queue
        self.tried: dict[int, Guesses] = {}
        """The guessed addresses that are tried, by the id of the homepage."""

    def add(self, feed: DueFeed) -> None:
        """Queue the guessed addresses of a homepage."""
        homepage = self.run.sources.sources[feed.source].homepage
        guesses = [("robots", robots_url(homepage))]
        guesses += [("feed", url) for url in likely_feeds(homepage)]
        guesses += [("sitemap", url) for url in likely_sitemaps(homepage)]
        self.tried[feed.id] = Guesses(len(guesses))
        for kind, url in guesses:
            request = request_for(url, self.parse, self.failed, kind=kind)
            request.meta[NO_PAGE] = True
            self.queue.add_request(request.replace(cb_kwargs={"homepage": feed, "kind": kind}), feed)

    async def parse(self, response: Response, homepage: DueFeed, kind: str) -> None:
        """Store a guessed address as a feed of the source if it is one, or the sitemaps that robots.txt names."""
        source = homepage.source
        with self.run.slots.releasing(response.meta.get(SLOT)):
            feeds = self._sitemaps(response) if kind == "robots" else self._feed_at(response, source, kind)
            await self.run.session.write(feed_rows.add_feeds, source, feeds, found_in=homepage.id)
            await self._end(homepage)
            self.run.turns.may_be_more = True
            await self.queue.add_due([homepage.host or ""])

    def _sitemaps(self, response: Response) -> list[tuple[str, str]]:
        named = sitemaps_of_robots(response.text, response.url) if isinstance(response, TextResponse) else []
        return [("sitemap", url) for url in news_sitemaps_first(named)[:MAX_SITEMAPS]]

    def _feed_at(self, response: Response, source: str, kind: str) -> list[tuple[str, str]]:
        now = datetime.now(UTC)
        found = read_poll(kind, response.body, response.url, self.run.sources.sources[source], now=now)
        return [] if found.problem else [(kind, response.url)]

    async def failed(self, failure: Failure) -> None:
        """Note that a guessed address cannot be fetched."""
        request = request_of(failure)
        with self.run.slots.releasing(request.meta.get(SLOT)):
            await self._end(request.cb_kwargs["homepage"], has_failed=is_temporary(failure))

    async def _end(self, homepage: DueFeed, *, has_failed: bool = False) -> None:
        """Note the outcome of a guessed address. Once all are known, they are not tried again for a week."""
        guesses = self.tried[homepage.id]
        guesses.waiting -= 1
        guesses.have_failed |= has_failed
        if guesses.waiting == 0 and not guesses.have_failed:
            await self.run.session.write(polling.save_guesses, homepage, now=datetime.now(UTC))
