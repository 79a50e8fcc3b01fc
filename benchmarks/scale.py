"""How many workers a number of sources needs, and where one PostgreSQL ends: a day of crawling, simulated.

    python -m benchmarks.scale                       the table of benchmarks/scale.md
    python -m benchmarks.scale --sources 60000 --slots 640

Sources become due, the scheduler queues what is due each round (at most twice the slots), slots take jobs, and a job ends when
its feeds are polled and its new pages are fetched, at one request to a host at a time. Service times and the cost of a poll,
a page and a job in the database are arguments; their defaults were measured, as benchmarks/scale.md says. Nothing is requested.
"""

from __future__ import annotations

import argparse
import heapq
import math
import random
import statistics
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields, replace

MINUTE_S, DAY_S = 60.0, 86_400.0


@dataclass(frozen=True, kw_only=True)
class World:
    """What is crawled, with how much, and what each step costs."""

    sources: int = 60_000
    slots: int = 640
    feeds: int = 3
    """Feeds of a source."""
    poll_s: float = 30 * MINUTE_S
    """Mean time between two polls of a source."""
    pages_a_day: float = 1_000_000.0
    """New articles of all sources; sources publish unequally, by Zipf's law."""
    delay_s: float = 1.0
    """Time between two requests to a host."""
    latency_s: float = 0.6
    """Median time of an answer, with a tail (log-normal)."""
    round_s: float = 5.0
    """Time between two rounds of the scheduler."""
    max_pages: int = 50
    """Pages of a job; the rest is queued anew."""
    job_ms: float = 4.0
    """CPU time of the database for placing, taking and ending a job."""
    poll_ms: float = 3.0
    """CPU time of the database for a poll that finds nothing, or little."""
    page_ms: float = 7.0
    """CPU time of the database for storing an article."""
    worker_page_ms: float = 25.0
    """CPU time of a worker for a page: fetching, reading, recognising names, storing."""
    worker_poll_ms: float = 8.0
    """CPU time of a worker for a poll."""
    outage_s: float = 0.0
    """Time at the start in which no worker runs: all that was due waits."""


@dataclass(kw_only=True)
class Day:
    """What a simulated day was like."""

    delays: list[float] = field(default_factory=list)
    """Seconds from the time at which a source was due to the start of its job."""
    depths: list[int] = field(default_factory=list)
    """Number of jobs that wait in the queue, each round."""
    overdue: list[int] = field(default_factory=list)
    """Number of sources that are due and not queued yet, every hundred rounds."""
    polls: int = 0
    pages: int = 0
    busy_s: float = 0.0
    """Time of all slots with a job."""

    def database_cores(self, world: World) -> float:
        """Return the cores of the database that are busy on average."""
        return (
            (len(self.delays) * world.job_ms + self.polls * world.poll_ms + self.pages * world.page_ms)
            / 1000
            / DAY_S
        )

    def worker_cores(self, world: World) -> float:
        """Return the cores of all workers that are busy on average."""
        return (self.polls * world.worker_poll_ms + self.pages * world.worker_page_ms) / 1000 / DAY_S


def zipf(sources: int) -> list[float]:
    """Return the shares of sources in all articles."""
    weights = [1 / (rank + 10) for rank in range(sources)]
    total = sum(weights)
    return [weight / total for weight in weights]


def simulate(world: World, seed: int = 1) -> Day:
    """Return a day of a world. At its beginning all sources are due at random times within one interval."""
    chance = random.Random(seed)
    day = Day()
    rates = [share * world.pages_a_day / DAY_S for share in zipf(world.sources)]
    polled = [-chance.random() * world.poll_s for _ in range(world.sources)]
    left = [0] * world.sources
    due = [(at + world.poll_s, source) for source, at in enumerate(polled)]
    heapq.heapify(due)
    free = [world.outage_s] * world.slots
    queue: deque[tuple[float, int]] = deque()
    for number in range(int(DAY_S / world.round_s)):
        now = number * world.round_s
        while due and due[0][0] <= now and len(queue) < 2 * world.slots:
            queue.append(heapq.heappop(due))
        day.depths.append(len(queue))
        if number % 100 == 0:
            day.overdue.append(sum(at <= now for at, _ in due))
        while queue and free[0] < now + world.round_s:
            since, source = queue.popleft()
            start = max(free[0], now)
            if not left[source]:
                left[source] = poisson(chance, rates[source] * (start - polled[source]))
                polled[source] = start
            pages = min(left[source], world.max_pages)
            left[source] -= pages
            took = sum(seconds_of(chance, world) for _ in range(world.feeds + pages))
            heapq.heapreplace(free, start + took)
            wait = 0.0 if left[source] else chance.uniform(0.9, 1.1) * world.poll_s
            heapq.heappush(due, (start + took + wait, source))
            day.delays.append(start - since)
            day.polls += world.feeds
            day.pages += pages
            day.busy_s += took
    return day


def seconds_of(chance: random.Random, world: World) -> float:
    """Return how long a request takes, with the delay before the next one to the same host."""
    return world.latency_s * chance.lognormvariate(0, 0.8) + world.delay_s


def poisson(chance: random.Random, mean: float) -> int:
    """Return a number of independent events (Knuth's method in pieces, so that no product is too small)."""
    events = 0
    while mean > 0:
        piece = min(mean, 500.0)
        mean -= piece
        reached, limit = chance.random(), math.exp(-piece)
        while reached > limit:
            events += 1
            reached *= chance.random()
    return events


HEADINGS = (
    "sources, articles a day",
    "slots",
    "busy slots",
    "poll delay, median / 95 % / most",
    "queue, most",
    "due and not queued, most",
    "cores of PostgreSQL",
    "cores of workers",
)


def row_of(world: World) -> Sequence[str]:
    """Return what a day was like, as the cells of `HEADINGS`."""
    day = simulate(world)
    delays = statistics.quantiles(day.delays, n=20)
    return (
        f"{world.sources:,}, {world.pages_a_day:,.0f}" + (", 60 min outage" if world.outage_s else ""),
        f"{world.slots}",
        f"{day.busy_s / DAY_S / world.slots:.0%}",
        f"{delays[9]:.0f} s / {delays[18]:.0f} s / {max(day.delays):.0f} s",
        f"{max(day.depths):,}",
        f"{max(day.overdue):,}",
        f"{day.database_cores(world):.2f}",
        f"{day.worker_cores(world):.1f}",
    )


def worlds(base: World) -> Iterator[World]:
    """Yield the rows of benchmarks/scale.md."""
    for sources, pages, slots in ((100, 3_000, 16), (10_000, 200_000, 64), (60_000, 1_000_000, 256)):
        yield replace(base, sources=sources, pages_a_day=pages, slots=slots)
    for slots in (128, 640):
        yield replace(base, sources=60_000, pages_a_day=1_000_000, slots=slots)
    yield replace(base, sources=60_000, pages_a_day=1_000_000, slots=640, outage_s=3600)
    yield replace(base, sources=200_000, pages_a_day=4_000_000, slots=1_280)


def main() -> None:
    """Parse the arguments and print a row for each world."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for number in fields(World):
        name = f"--{number.name.replace('_', '-')}"
        parser.add_argument(name, type=type(number.default), default=None, metavar="N")
    given = {name: value for name, value in vars(parser.parse_args()).items() if value is not None}
    print("| " + " | ".join(HEADINGS) + " |\n|" + "---|" * len(HEADINGS))
    base = World(**given)
    for world in [base] if {"sources", "slots"} & given.keys() else worlds(base):
        print("| " + " | ".join(row_of(world)) + " |", flush=True)


if __name__ == "__main__":
    main()
