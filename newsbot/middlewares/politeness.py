"""Limits the rate of requests to a host (`delay_s` of its source, Crawl-delay), and holds hosts that ask for it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.robotstxt import RobotParser
from scrapy.utils.httpobj import urlparse_cached

from newsbot.discovery.timing.schedule import (
    MAX_AWAITED_HOLD_S,
    hold_s,
    request_delay_s,
    retry_after_s,
    robots_hold_s,
)
from newsbot.middlewares.own_hosts import OwnHosts
from newsbot.session import CrawlSession
from newsbot.settings import product_token
from newsbot.store.crawl import hosts
from newsbot.store.crawl.hosts import HostState
from newsbot.urls import authority_of

BUSY = (429, 503)
"""HTTP statuses by which a host asks for time, with or without Retry-After (RFC 9110 10.2.3, RFC 6585)."""
MAX_WAITS = 3
"""Maximum number of holds in a row of one host that a run waits out: one that goes on asking is left to a later run."""
ROBOTS = "robots.txt"
"""First word of the reason of a hold because robots.txt cannot be read."""


TAKEN = "another run asks it"
"""Reason of a hold that is none: nothing of it is stored."""
MAX_TAKEN_S = 60.0
"""Time after which a host is tried again that another run asks: it may be given back before the end of its lease."""


class HeldError(IgnoreRequest):
    """Raised for a request that is not sent, because its host is held until `until`."""

    def __init__(self, host: str, until: datetime, reason: str) -> None:
        why = f"{ROBOTS} of {host} cannot be read" if reason.startswith(ROBOTS) else f"{host} asked to wait"
        why = f"{host} is not free" if reason == TAKEN else why
        super().__init__(
            f"{why} ({reason}); nothing is requested from it until {until:%Y-%m-%d %H:%M:%S} UTC"
        )
        self.host = host
        self.until = until
        self.reason = reason

    @property
    def is_for_robots(self) -> bool:
        """Whether the host is held because its robots.txt cannot be read."""
        return self.reason.startswith(ROBOTS)


class HostTakenError(HeldError):
    """Raised for a request that is not sent, because another run asks its host."""

    def __init__(self, state: HostState, until: datetime) -> None:
        super().__init__(state.host, until, state.reason)
        self.state = state


class Politeness:
    """Downloader middleware that delays requests to a host, and raises HeldError while the host is held.

    A host is held if it answers with 429 or 503: until the time of Retry-After, or for a minute and longer each time. The
    holds of earlier runs are read when the crawl begins, and new ones are stored. The delay of a host is the greatest of
    AutoThrottle's, its source's and its robots.txt's. Setting: `NEWSBOT_USER_AGENT`, whose product token is looked for in
    robots.txt. Stat: `newsbot/hosts/held`. A subclass may override `process_response` to hold hosts for other reasons."""

    def __init__(self, crawler: Crawler, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.crawler = crawler
        self.clock = clock
        self.product = product_token(crawler.settings["USER_AGENT"])
        self.delays: dict[str, float] = {}
        """Minimum number of seconds between two requests, by host."""
        self.states: dict[str, HostState] = {}
        """What is known of hosts that are held, or were when they were last asked."""
        self.configured_delay: Callable[[str], float] = lambda _: 0.0
        """Returns the delay that the catalog has for the host of a URL, in seconds."""
        self.own_hosts: OwnHosts | None = None
        """The hosts that the run has claimed; None for a run that claims none."""
        self.refusals: Counter[str] = Counter()
        """Host that another run asks -> number of requests to it that were not sent."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return a middleware that is connected to the signals of robots.txt and of responses.

        AutoThrottle is connected before it, so that its delay is raised, not overwritten."""
        politeness = cls(crawler)
        crawler.signals.connect(politeness.load, signal=signals.spider_opened)
        crawler.signals.connect(politeness.robots_parsed, signal=signals.robots_parsed)
        crawler.signals.connect(politeness.keep_delay, signal=signals.response_downloaded)
        return politeness

    async def load(self) -> None:
        """Read the holds that earlier runs have stored."""
        session = self._session()
        if session is not None:
            self.states |= await session.read(hosts.load_hosts, now=self.clock())

    def add_delays(self, delays: Mapping[str, float]) -> None:
        """Set the minimum delays of hosts, in seconds."""
        self.delays.update(delays)

    def claim_hosts(self, own_hosts: OwnHosts) -> None:
        """Ask only hosts that this run has claimed, until the spider is closed."""
        self.own_hosts = own_hosts
        own_hosts.start()
        self.crawler.signals.connect(own_hosts.stop, signal=signals.spider_closed)

    def delay_of(self, request: Request) -> float:
        """Return the minimum number of seconds between two requests to the host of a request."""
        host = _host(request)
        if host not in self.delays:
            self.delays[host] = self.configured_delay(request.url)
        return self.delays[host]

    async def admit(self, request: Request) -> None:
        """Wait for the time of the next request to a host; the last step before a request is sent.

        Raises HeldError if the host is held by now, or if another run has claimed it."""
        host = authority_of(request.url)
        while self.own_hosts is not None:
            if rest_s := await self.own_hosts.visit(host):
                raise self._taken(host, min(rest_s, MAX_TAKEN_S))
            if not (rest_s := self.own_hosts.rest_s(host)):
                break
            await asyncio.sleep(rest_s)
        self.check(request)
        if self.own_hosts is not None:
            self.own_hosts.note_asked(host, self.delay_of(request))

    def note_answered(self, request: Request) -> None:
        """Note that a request that was admitted is over, whatever its outcome."""
        if self.own_hosts is not None:
            slot = self._slot(request)
            delay_s = max(self.delay_of(request), slot.delay if slot else 0.0)
            self.own_hosts.note_answered(authority_of(request.url), delay_s)

    def _taken(self, host: str, rest_s: float) -> HostTakenError:
        self.refusals[host] += 1
        until = self.clock() + timedelta(seconds=rest_s)
        count = self.refusals[host]
        return HostTakenError(HostState(host=host, held_until=until, reason=TAKEN, hold_count=count), until)

    def robots_parsed(self, robotparser: RobotParser, request: Request) -> None:
        """Raise the delay of a host to the Crawl-delay of its robots.txt."""
        crawl_delay = robotparser.crawl_delay(self.product)
        self.delays[_host(request)] = request_delay_s(self.delay_of(request), crawl_delay)

    def process_request(self, request: Request) -> None:
        """Raise HeldError for a request to a host that is held; else enforce the host's delay."""
        self.check(request)
        self.keep_delay(request=request)

    def check(self, request: Request) -> None:
        """Raise HeldError if the host of a request is held."""
        state = self.hold_of(request)
        if state and state.held_until:
            raise HeldError(state.host, state.held_until, state.reason)

    def hold_of(self, request: Request) -> HostState | None:
        """Return the hold of the host of a request; None if it is not held."""
        if not self.states:  # as most often
            return None
        state = self.states.get(authority_of(request.url))
        is_held = state is not None and state.held_until is not None and state.held_until > self.clock()
        return state if is_held else None

    def hold_behind(self, request: Request, error: BaseException | None) -> HostState | None:
        """Return the hold because of which a request has failed; None if it has failed for another reason.

        The host need not be that of the request: robots.txt may redirect to another one."""
        if isinstance(error, HostTakenError):
            return error.state
        return self.states.get(error.host) if isinstance(error, HeldError) else self.hold_of(request)

    def rest_s(self, hold: HostState) -> float | None:
        """Return the seconds until the end of a hold that this run waits out; None if it is left to a later run."""
        if hold.held_until is None or hold.hold_count > MAX_WAITS:
            return None
        rest_s = max((hold.held_until - self.clock()).total_seconds(), 0.0)
        return rest_s if rest_s < MAX_AWAITED_HOLD_S else None

    def held(self) -> list[HostState]:
        """Return the hosts that are held now."""
        now = self.clock()
        return [state for state in self.states.values() if state.held_until and state.held_until > now]

    async def process_response(self, request: Request, response: Response) -> Response:
        """Hold a host that says that it is busy; return the response unchanged."""
        if request.meta.get("dont_obey_robotstxt"):
            pass  # robots.txt itself: see robots_failed
        elif response.status in BUSY:
            asked = self._asked_s(response)
            count = self._state(request).hold_count + 1
            await self._hold(request, hold_s(count) if asked is None else asked, str(response.status))
        elif self.states and self._state(request).held_until and self.hold_of(request) is None:
            await self._end_hold(request)  # an answer during the hold is to a request that was sent before it
        return response

    def _asked_s(self, response: Response) -> float | None:
        return retry_after_s((response.headers.get("Retry-After") or b"").decode("latin-1"), self.clock())

    async def robots_failed(self, request: Request, reason: str, response: Response | None = None) -> None:
        """Hold the host of a request whose robots.txt cannot be read, and raise HeldError.

        After 30 days of failures, return: then the file counts as absent (RFC 9309, section 2.3.1.4)."""
        state, now = self._state(request), self.clock()
        since = state.robots_failed_since or now
        wait_s = robots_hold_s(state.hold_count + 1, (now - since).total_seconds())
        if wait_s is not None:
            wait_s = max(wait_s, (self._asked_s(response) if response else None) or 0.0)
            await self._hold(request, wait_s, f"{ROBOTS}: {reason}", robots_failed_since=since)
            self.check(request)

    async def robots_read(self, request: Request) -> None:
        """End the hold of a host whose robots.txt could not be read before."""
        state = self._state(request)
        if state.robots_failed_since:
            del self.states[state.host]
            await self._store(hosts.end_robots_failure, state.host)

    async def _hold(
        self, request: Request, wait_s: float, reason: str, *, robots_failed_since: datetime | None = None
    ) -> None:
        state, now = self._state(request), self.clock()
        state = replace(
            state,
            held_until=now + timedelta(seconds=wait_s),
            reason=reason,
            hold_count=state.hold_count + 1,
            robots_failed_since=robots_failed_since or state.robots_failed_since,
        )
        self.states[state.host] = state
        if self.crawler.stats:
            self.crawler.stats.inc_value("newsbot/hosts/held")
        await self._store(hosts.save_hold, state, now=now)

    async def _end_hold(self, request: Request) -> None:
        state = self._state(request)
        if state.robots_failed_since:  # remembered until robots.txt can be read
            self.states[state.host] = HostState(
                host=state.host, robots_failed_since=state.robots_failed_since
            )
        else:
            del self.states[state.host]
        await self._store(hosts.end_hold, state.host)

    async def _store(self, function: Callable[..., None], *args: Any, **kwargs: Any) -> None:
        session = self._session()
        if session is not None:
            await session.write(function, *args, **kwargs)

    def _session(self) -> CrawlSession | None:
        """Return the session of the crawl if it has a database; None if nothing is stored (`newsbot sources add`)."""
        session = self.crawler.get_extension(CrawlSession)
        return session if session is not None and session.run_id is not None else None

    def _state(self, request: Request) -> HostState:
        host = authority_of(request.url)
        return self.states.get(host) or HostState(host=host)

    def keep_delay(self, request: Request, **_: Any) -> None:
        """Raise the delay of the downloader's slot for a host to the minimum delay.

        The slot then has no jitter, which would make some delays shorter."""
        delay, slot = self.delay_of(request), self._slot(request)
        if delay and slot and slot.delay < delay:
            slot.delay, slot.jitter = delay, 0.0

    def _slot(self, request: Request) -> Any:
        """Return the downloader's slot for a host; None if it has none yet."""
        engine = self.crawler.engine
        return engine.downloader.slots.get(_host(request)) if engine else None


def _host(request: Request) -> str:
    """Return the host of a request as Scrapy names its download slots: without the port."""
    return urlparse_cached(request).hostname or ""
