"""`HoldWaits`: the short holds of hosts that a run waits out, and what waits for their ends."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from newsbot.store.crawl.hosts import HostState
from newsbot.store.crawl.polling import DueFeed


@dataclass(slots=True)
class HoldWait:
    """A hold that the run waits out, and what waits for its end."""

    until: datetime
    hosts: set[str] = field(default_factory=set)
    """Hosts with pages that wait: they lead to the host that is held."""
    polls: list[tuple[DueFeed, str, int]] = field(default_factory=list)
    """Feeds to poll, with the URL and the number of the page."""


class HoldWaits:
    """The holds that a run waits out, by host."""

    def __init__(self) -> None:
        self.waits: dict[str, HoldWait] = {}

    def add(self, hold: HostState, host: str, poll: tuple[DueFeed, str, int] | None = None) -> None:
        """Note that work on `host` waits until a hold ends, with the poll that is repeated then."""
        assert hold.held_until is not None
        wait = self.waits.setdefault(hold.host, HoldWait(hold.held_until))
        wait.until = max(wait.until, hold.held_until)
        wait.hosts.add(host)
        wait.polls += [poll] if poll else []

    @property
    def hosts(self) -> set[str]:
        """The hosts whose work waits."""
        return set().union(*(wait.hosts for wait in self.waits.values()))

    def rest_s(self) -> float | None:
        """Return the seconds until the first hold ends; None if there is none."""
        if not self.waits:
            return None
        end = min(wait.until for wait in self.waits.values())
        return max((end - datetime.now(UTC)).total_seconds(), 0.0)

    def ended(self) -> list[HoldWait]:
        """Return the waits that are over, and forget them."""
        now = datetime.now(UTC)
        over = [host for host, wait in self.waits.items() if wait.until <= now]
        return [self.waits.pop(host) for host in over]
