"""`HostTurns`: the hosts that a crawl works on. It claims those with due work, a few at a time, and gives them back."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from newsbot.middlewares.own_hosts import OwnHosts
from newsbot.store.crawl.sharing.host_claims import Claim
from newsbot.store.crawl.sharing.wanted_work import Wanted

TURN_S = 300.0
"""Time after which a host is given back although it has more pages, so that others have their turn."""
CLAIMED_AT_ONCE = 16
"""Maximum number of hosts that are claimed in one transaction: few, so that crawls that begin together share them."""
FRUITLESS_S = 60.0
"""Time for which a host is left alone whose due work turned out to be none that can be done now."""


@dataclass(slots=True)
class Turn:
    """The work of this run on one host."""

    claim: Claim
    ends_at: float
    """Time, by the monotonic clock, after which no more pages are leased."""
    is_exhausted: bool = False
    """Whether no page is due. A poll that finds new links of the host ends that."""
    has_asked: bool = False
    """Whether anything was requested in this turn."""


class HostTurns:
    """Claims hosts with due work, `max_hosts` at most at the same time."""

    def __init__(
        self, own: OwnHosts, wanted: Wanted, max_hosts: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.own = own
        self.wanted = wanted
        self.max_hosts = max_hosts
        self.clock = clock
        self.turns: dict[str, Turn] = {}
        """Host -> its turn."""
        self.done = 0
        """Number of turns that are over."""
        self.may_be_more = True
        """Whether the database may have due work on hosts that are free. It is asked again only then."""

    async def take(self) -> list[str]:
        """Claim hosts with due work, if there is room for more; return them."""
        room = min(self.max_hosts - len(self.turns), CLAIMED_AT_ONCE)
        if room <= 0 or not self.may_be_more:
            return []
        found, claims = await self.own.claim_due(self.wanted, room)
        self.may_be_more = found > 0
        ends_at = self.clock() + TURN_S
        self.turns |= {claim.host: Turn(claim, ends_at) for claim in claims}
        return [claim.host for claim in claims]

    def claim_of(self, host: str) -> Claim | None:
        """Return the claim under which a host is worked on; None if it has no turn, or if the claim may be lost."""
        turn = self.turns.get(host)
        return turn.claim if turn is not None and self.own.claim_of(host) == turn.claim else None

    def wants_pages(self, host: str) -> bool:
        """Return whether pages of a host are to be leased."""
        turn = self.turns[host]
        return not turn.is_exhausted and self.clock() < turn.ends_at

    def note_asked(self, host: str) -> None:
        """Note that something is requested from a host."""
        if host in self.turns:
            self.turns[host].has_asked = True

    def note_new(self, hosts: Iterable[str]) -> None:
        """Note that hosts have new work."""
        for host in hosts:
            if host in self.turns:
                self.turns[host].is_exhausted = False
            else:
                self.may_be_more = True

    def forget_lost(self) -> None:
        """End the turns of hosts whose claim is lost: another run has them."""
        own = {host: kept.claim for host, kept in self.own.hosts.items()}
        self.turns = {host: turn for host, turn in self.turns.items() if own.get(host) == turn.claim}

    async def end(self, hosts: Iterable[str]) -> None:
        """Give hosts back whose work is done, or whose turn is over."""
        fruitful: list[str] = []
        fruitless: list[str] = []
        for host in hosts:
            turn = self.turns.pop(host)
            (fruitful if turn.has_asked else fruitless).append(host)
            self.may_be_more |= not turn.is_exhausted
            self.done += 1
        await self.own.give_back(fruitful)
        await self.own.give_back(fruitless, rest_s=FRUITLESS_S)
