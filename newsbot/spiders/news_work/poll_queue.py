"""`PollQueue`: the requests for feeds and guessed addresses that wait for a slot of their host."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from typing import Any

from scrapy import Request

from newsbot.rendering.render_pages import NO_PAGE
from newsbot.spiders.news_work.news_run import CLAIM, NewsRun
from newsbot.spiders.poll_answers import request_for
from newsbot.store.crawl.polling import DueFeed
from newsbot.store.crawl.sharing.due_work import due_feeds


class PollQueue:
    """Polls that have not been sent yet, by host. They come before pages, because they may find newer ones."""

    def __init__(self, run: NewsRun, *, parse: Callable[..., Any], fail: Callable[..., Any]) -> None:
        self.run = run
        self.parse, self.fail = parse, fail
        self.waiting: dict[str, deque[Request]] = defaultdict(deque)
        self.polled: set[int] = set()
        """Ids of the feeds that this run has polled, or is going to."""
        self._of_host: dict[str, set[int]] = defaultdict(set)
        self.settled: set[int] = set()
        """Ids of the feeds whose poll is over. Sitemaps are polled after the index that lists them."""

    def forget(self, host: str) -> None:
        """Forget which feeds of a host were polled, so that they are polled again when they are due."""
        ids = self._of_host.pop(host, set())
        self.polled -= ids
        self.settled -= ids

    async def add_due(self, hosts: Collection[str]) -> None:
        """Queue the due feeds of hosts that this run has not polled.

        A sitemap waits for the poll of its index, which may list it no longer."""
        due = await self.run.session.read(due_feeds, self.run.wanted, hosts, now=datetime.now(UTC))
        unsettled = {feed.id for feed in due} - self.settled
        for feed in due:
            if feed.id not in self.polled and feed.found_in not in unsettled:
                self.polled.add(feed.id)
                self._of_host[feed.host or ""].add(feed.id)
                self.add(feed, feed.address)

    def add(self, feed: DueFeed, url: str, page: int = 1) -> None:
        """Queue the poll of a feed, or of a further page of a list."""
        request = request_for(
            url,
            self.parse,
            self.fail,
            etag=feed.etag if page == 1 else None,
            last_modified=feed.last_modified if page == 1 else None,
            kind=feed.kind,
        )
        request.meta[NO_PAGE] = feed.kind in ("feed", "sitemap")
        self.add_request(request.replace(cb_kwargs={"feed": feed, "page": page}), feed)

    def add_request(self, request: Request, feed: DueFeed) -> None:
        """Queue a request that belongs to the poll of a feed."""
        self.waiting[feed.host or ""].append(request)

    def next(self) -> list[Request]:
        """Return queued requests, as many as there are free slots for their hosts. Those of lost hosts are dropped."""
        requests = []
        for host, waiting in list(self.waiting.items()):
            claim = self.run.turns.claim_of(host)
            if claim is None and host not in self.run.turns.turns:
                self.polled -= {feed.id for feed in map(_feed_of, waiting) if feed}
                waiting.clear()
            while claim is not None and waiting and self.run.slots.free(host):
                request = waiting.popleft()
                request.meta[CLAIM] = claim
                requests.append(self.run.send(request, host))
            if not waiting:
                del self.waiting[host]
        return requests


def _feed_of(request: Request) -> DueFeed | None:
    return request.cb_kwargs.get("feed")
