"""The hosts that a crawl has claimed: it asks no others, and stops by itself when it may have lost one."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from scrapy.utils.asyncio import run_in_thread
from sqlalchemy.orm import Session

from newsbot.errors import DatabaseError
from newsbot.store.crawl.sharing import dead_runs, due_work, host_claims
from newsbot.store.crawl.sharing.host_claims import LEASE, Claim
from newsbot.store.crawl.sharing.wanted_work import Wanted
from newsbot.store.database import Database

logger = logging.getLogger(__name__)

T = TypeVar("T")

BEATS = 6
"""Number of times that a claim is renewed within the time of its lease."""
MARGIN = 1 / 12
"""Share of a lease at its end in which nothing more is sent under it: a request takes a moment to arrive."""
VISIT_S = 10.0
"""Time after the last request to a host that was claimed for a redirect, at which it is given back."""
LOCKED_S = 1.0
"""Time after which a host is tried again that another run is claiming at this moment."""


def boot_clock() -> float:
    """Return the seconds since the machine was started, with those that it or this process has slept."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


@dataclass(slots=True)
class OwnHost:
    """A host that the crawl may ask. Times are those of the clock of `OwnHosts`."""

    claim: Claim
    claimed_at: float
    valid_until: float
    """Time after which nothing is sent, unless the claim is renewed."""
    is_visit: bool
    """Whether it was claimed for a single request, such as a redirect, and is given back soon after it."""
    paced_until: float
    """Time of the next request."""
    rests_until: float = 0.0
    """Time of the next request of any run: by the delay after the last answer, which came later than the request."""
    delay_s: float = 0.0
    stored_delay_s: float = 0.0
    asking: int = 0
    """Number of requests that are not answered yet."""


class OwnHosts:
    """The claims of one run, renewed by `start` until `stop`."""

    def __init__(
        self,
        database: Database,
        run_id: int,
        *,
        delay_of: Callable[[str], float] = lambda _: 0.0,
        clock: Callable[[], float] = boot_clock,
        lease: timedelta = LEASE,
    ) -> None:
        self.database = database
        self.run_id = run_id
        self.delay_of = delay_of
        """Returns the seconds between two requests to a host that are known before the first one."""
        self.clock = clock
        self.lease = lease
        """Time for which hosts are claimed, unless the claims are renewed."""
        self.hosts: dict[str, OwnHost] = {}
        self.lost = 0
        """Number of claims that were lost."""
        self._visiting = asyncio.Lock()
        self._stopped = asyncio.Event()
        self._beating: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to renew the claims."""
        self._beating = asyncio.ensure_future(self._beat())

    async def stop(self) -> None:
        """End the renewals. The claims end with their leases, or by `host_claims.free_claims`."""
        self._stopped.set()
        if self._beating is not None:
            await self._beating

    def claim_of(self, host: str) -> Claim | None:
        """Return the claim of a host; None if there is none, or if it may be lost."""
        own = self.hosts.get(host)
        return own.claim if own is not None and self.clock() < own.valid_until else None

    async def claim_due(self, wanted: Wanted, limit: int) -> tuple[int, list[Claim]]:
        """Claim hosts with due work, `limit` at most; return the number that was found, and the claims."""

        def work(session: Session) -> tuple[int, list[Claim]]:
            now = host_claims.clock(session)
            found = due_work.due_hosts(session, wanted, limit=limit, now=now)
            return len(found), self._claim(session, found, now)

        began = self.clock()
        found, claims = await self._transact(work)
        for claim in claims:
            self._add(claim, began, is_visit=False)
        return found, claims

    async def claim(self, hosts: Collection[str]) -> list[Claim]:
        """Claim those of the hosts that are free; return the claims."""
        began = self.clock()
        claims = await self._transact(lambda session: self._claim(session, hosts, host_claims.clock(session)))
        for claim in claims:
            self._add(claim, began, is_visit=False)
        return claims

    async def visit(self, host: str) -> float:
        """Claim a host for a single request, unless the crawl has it; return 0, else the seconds for which another run has it."""
        if self.claim_of(host) is not None:
            return 0.0
        async with self._visiting:
            if host in self.hosts and self.claim_of(host) is None:
                await self.renew()
            if self.claim_of(host) is not None:
                return 0.0

            def work(session: Session) -> Claim | float:
                now = host_claims.clock(session)
                for claim in self._claim(session, [host], now):
                    return claim
                until = host_claims.holder_until(session, host, now=now)
                return max((until - now).total_seconds(), LOCKED_S) if until else LOCKED_S

            began = self.clock()
            outcome = await self._transact(work)
            if isinstance(outcome, Claim):
                self._add(outcome, began, is_visit=True)
                return 0.0
            return outcome

    def rest_s(self, host: str) -> float:
        """Return the seconds until the next request to a host may be sent."""
        return max(self.hosts[host].paced_until - self.clock(), 0.0)

    def note_asked(self, host: str, delay_s: float) -> None:
        """Note that a request is sent to a host, after which the next one waits `delay_s` seconds."""
        own = self.hosts[host]
        own.asking += 1
        own.paced_until = self.clock() + delay_s

    def note_answered(self, host: str, delay_s: float) -> None:
        """Note that a request is over, after which other runs wait `delay_s` seconds."""
        own = self.hosts.get(host)
        if own is not None:
            own.asking = max(own.asking - 1, 0)
            own.delay_s = delay_s
            own.rests_until = max(own.rests_until, self.clock() + delay_s)

    async def give_back(self, hosts: Collection[str], *, rest_s: float = 0.0) -> None:
        """End the claims of hosts, which other runs may ask after the delay, and after `rest_s` seconds."""
        given = [own for host in hosts if (own := self.hosts.pop(host, None)) is not None]
        now = self.clock()
        rests = {own.claim.host: max(own.rests_until - now, rest_s, 0.0) for own in given}
        if given:
            claims = [own.claim for own in given]
            await self._transact(
                lambda session: host_claims.give_back(
                    session, claims, now=host_claims.clock(session), rests_s=rests
                )
            )

    async def end_visits(self, *, idle_s: float = VISIT_S) -> None:
        """Give back the hosts that were claimed for single requests, the last of which was answered `idle_s` seconds ago."""
        now = self.clock()
        idle = [
            host
            for host, own in self.hosts.items()
            if own.is_visit and not own.asking and now - max(own.claimed_at, own.rests_until) >= idle_s
        ]
        await self.give_back(idle)

    async def renew(self) -> None:
        """Renew all claims, and store that the run is alive. Claims that other runs have by now are forgotten."""
        delays = {host: own.delay_s for host, own in self.hosts.items() if own.delay_s != own.stored_delay_s}

        def work(session: Session) -> dict[str, int]:
            now = host_claims.clock(session)
            dead_runs.say_alive(session, run_id=self.run_id, now=now)
            return host_claims.renew(session, run_id=self.run_id, now=now, delays=delays, lease=self.lease)

        began = self.clock()
        kept = await self._transact(work)
        for host, own in list(self.hosts.items()):
            if kept.get(host) == own.claim.fence:
                own.valid_until = max(own.valid_until, began + (1 - MARGIN) * self.lease.total_seconds())
                own.stored_delay_s = delays.get(host, own.stored_delay_s)
            elif own.claimed_at < began:
                del self.hosts[host]
                self.lost += 1
                logger.warning("%s is asked by another run now: its claim had ended", host)

    async def _beat(self) -> None:
        while not self._stopped.is_set():
            try:
                await asyncio.wait_for(self._stopped.wait(), self.lease.total_seconds() / BEATS)
            except TimeoutError:
                try:
                    await self.renew()
                    await self.end_visits()
                except DatabaseError as error:  # the claims end by themselves, unless it is back in time
                    logger.info("The claims of hosts could not be renewed: %s", error)

    def _add(self, claim: Claim, began: float, *, is_visit: bool) -> None:
        now = self.clock()
        self.hosts[claim.host] = OwnHost(
            claim=claim,
            claimed_at=now,
            valid_until=began + (1 - MARGIN) * self.lease.total_seconds(),
            is_visit=is_visit,
            paced_until=now + claim.wait_s,
        )

    def _claim(self, session: Session, hosts: Collection[str], now: datetime) -> list[Claim]:
        delays = {host: self.delay_of(host) for host in hosts}
        return host_claims.claim(session, hosts, run_id=self.run_id, now=now, delays=delays, lease=self.lease)

    async def _transact(self, work: Callable[[Session], T]) -> T:
        return await run_in_thread(self.database.transact, work)
