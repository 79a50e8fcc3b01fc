"""The spider of `newsbot worker crawl`: it does not end by itself, and crawls the hosts that jobs name.

A job claims its host as any crawl does, polls the feeds that are due, then fetches pages, until nothing is due or its share is
used up; what is left is due, and placed again.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from scrapy import Request

from newsbot.cluster.queues import STALLED_S
from newsbot.middlewares.own_hosts import OwnHosts
from newsbot.spiders.news_work.host_turns import TURN_S, HostTurns, Turn
from newsbot.spiders.news_work.news import NewsSpider
from newsbot.store.crawl.sharing.wanted_work import Wanted
from newsbot.store.placing.cut_off_pages import release_cut_off

MAX_REQUESTS = 50
"""Requests after which a job leases no more pages, so that other hosts get their turn. A turn lasts five minutes at most."""
PROGRESS = 10
"""Requests after which a job has got on: more than what is fetched again each time if a page is what workers die of."""
LOOK_S = 1.0
"""Seconds after which the spider looks at its jobs again, if nothing has happened."""


class JobTurns(HostTurns):
    """The hosts whose jobs this worker does."""

    def __init__(self, own: OwnHosts, wanted: Wanted) -> None:
        super().__init__(own, wanted, max_hosts=0)
        self.asked: dict[str, asyncio.Event] = {}
        """Hosts that jobs ask for and that are not claimed yet, with what is set when their job is over."""
        self.jobs: dict[str, asyncio.Event] = {}
        """Host -> what is set when its job is over."""
        self.requests: dict[str, int] = {}
        """Host -> number of requests in this turn."""
        self.is_ending = False
        self.on_progress: Callable[[str], object] = lambda _: None
        """Called with a host when its job has got on."""

    async def take(self) -> list[str]:
        """Claim the hosts that jobs ask for; return them. The job of a host that another run has is over at once."""
        asked, self.asked = self.asked, {}
        if not asked:
            return []
        claims = await self.own.claim(asked)
        ends_at = self.clock() + TURN_S
        self.turns |= {claim.host: Turn(claim, ends_at) for claim in claims}
        hosts = [claim.host for claim in claims]
        for host, over in asked.items():
            if host in self.turns:
                self.jobs[host], self.requests[host] = over, 0
            else:
                over.set()
        return hosts

    def note_asked(self, host: str) -> None:
        """Count the requests of a job."""
        super().note_asked(host)
        if host in self.requests:
            self.requests[host] += 1
            if self.requests[host] == PROGRESS:
                self.on_progress(host)

    def wants_pages(self, host: str) -> bool:
        """Return whether pages of a host are to be leased: not if its job has used up its share."""
        has_share = self.requests.get(host, 0) < MAX_REQUESTS and not self.is_ending
        return has_share and super().wants_pages(host)

    def forget_lost(self) -> None:
        """End the jobs of hosts whose claim is lost: another run has them."""
        super().forget_lost()
        self._end_jobs([host for host in self.jobs if host not in self.turns])

    async def end(self, hosts: Iterable[str]) -> None:
        """Give hosts back whose job is over."""
        over = list(hosts)
        await super().end(over)
        self._end_jobs(over)

    def leave(self) -> None:
        """End all jobs, whatever is left to do: the crawl is over."""
        for over in (*self.asked.values(), *self.jobs.values()):
            over.set()

    def _end_jobs(self, hosts: Iterable[str]) -> None:
        for host in hosts:
            self.requests.pop(host, None)
            if job := self.jobs.pop(host, None):
                job.set()


class HostJobs(NewsSpider):
    """Crawls the hosts that jobs name, many at a time, until it is ended. It is run by `newsbot worker crawl` only."""

    name = "worker"
    claim_lease = timedelta(seconds=STALLED_S)
    """A host is free again when the jobs of a dead worker are placed again."""

    def __init__(self) -> None:
        super().__init__()
        self.ready = asyncio.Event()
        """Set once jobs can be taken."""

    async def start(self) -> AsyncIterator[Request]:
        """Yield what the jobs ask for, until the spider is to end and no job is left."""
        await self._prepare()
        turns, queue = self.turns, self.feeds.queue
        self.ready.set()
        while turns.asked or turns.jobs or not turns.is_ending:
            self.work.wanted = replace(self.work.wanted, began=datetime.now(UTC))
            if hosts := await turns.take():
                await self.work.session.write(release_cut_off, hosts, run_id=self.work.id)
                await queue.add_due(hosts)
            for request in [*queue.next(), *await self.pages.next(queue.waiting)]:
                yield request
            before = set(turns.jobs)
            await self._end_turns()
            for host in before - turns.jobs.keys():
                queue.forget(host)
            await self.slots.stirred(timeout_s=LOOK_S)
            self._end_waits()

    @property
    def turns(self) -> JobTurns:
        """The hosts whose jobs this worker does."""
        assert isinstance(self.work.turns, JobTurns)
        return self.work.turns

    def make_turns(self, own: OwnHosts, wanted: Wanted) -> HostTurns:
        """Return the turns of hosts that jobs ask for."""
        return JobTurns(own, wanted)

    async def crawl_host(self, host: str) -> None:
        """Crawl a host until nothing of it is due, or its share is used up. Nothing is done if another run has it."""
        turns = self.turns
        if turns.is_ending or host in turns.jobs or host in turns.asked:
            return
        over = turns.asked[host] = asyncio.Event()
        self.slots.stir()
        await over.wait()

    def end(self) -> None:
        """End soon: lease no more pages, and let the jobs end when their requests in flight are done."""
        self.turns.is_ending = True
        self.feeds.queue.waiting.clear()
        self.work.waits.waits.clear()
        self.slots.stir()
