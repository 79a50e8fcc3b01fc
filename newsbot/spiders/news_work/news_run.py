"""`NewsRun`: what the parts of the spider `news` share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Concatenate, ParamSpec, TypeVar

from scrapy import Request
from scrapy.crawler import Crawler
from sqlalchemy.orm import Session

from newsbot.middlewares.politeness import Politeness
from newsbot.session import SLOT, CrawlSession
from newsbot.sources.catalog import Catalog
from newsbot.spiders.news_work.hold_waits import HoldWaits
from newsbot.spiders.news_work.host_turns import HostTurns
from newsbot.spiders.slots import Slots
from newsbot.store.crawl.hosts import HostState
from newsbot.store.crawl.polling import DueFeed
from newsbot.store.crawl.sharing.host_claims import Claim, LostClaimError, fenced
from newsbot.store.crawl.sharing.wanted_work import Wanted

P = ParamSpec("P")
T = TypeVar("T")

CLAIM = "newsbot_claim"
"""Request.meta key: the claim of the host under which a feed is polled (`Claim`)."""


@dataclass(slots=True, kw_only=True)
class NewsRun:
    """One run of the spider `news`."""

    crawler: Crawler
    session: CrawlSession
    politeness: Politeness
    sources: Catalog
    wanted: Wanted
    slots: Slots
    turns: HostTurns
    waits: HoldWaits

    @property
    def id(self) -> int:
        """Id of the row in `runs`."""
        assert self.session.run_id is not None
        return self.session.run_id

    def send(self, request: Request, host: str) -> Request:
        """Return a request with a slot of its host taken."""
        request.meta[SLOT] = self.slots.take(host)
        self.turns.note_asked(host)
        return request

    def waits_for(self, hold: HostState, host: str, poll: tuple[DueFeed, str, int] | None = None) -> bool:
        """Return whether this run waits until the hold of a host ends; if so, note the host whose work waits, and the poll."""
        if hold.held_until is None or self.politeness.rest_s(hold) is None:
            return False
        self.waits.add(hold, host, poll)
        return True

    async def write_poll(
        self,
        request: Request,
        function: Callable[Concatenate[Session, P], T],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T | None:
        """Store what a poll has led to. None, and nothing is stored, if another run has claimed the host meanwhile."""
        claim: Claim = request.meta[CLAIM]
        try:
            return await self.session.write(fenced, claim, function, *args, **kwargs)
        except LostClaimError:
            self.count("claims/lost")
            return None

    def count(self, name: str, number: int = 1) -> None:
        """Add to one of newsbot's stats."""
        assert self.crawler.stats is not None
        self.crawler.stats.inc_value(f"newsbot/{name}", number)
