"""How long articles wait in their feeds until a poll finds them, and how many polls that takes, for several schedules.

    python benchmarks/freshness.py [--feeds 10000] [--seed 2]

A simulation of made-up feeds over two weeks, without network or database; a minute and a half of CPU time. The figures
of a seed are always the same. Prints a table for benchmarks/freshness.md. The schedules:

    every N min     fixed intervals; they ignore what publishers wish
    halving         newsbot's former schedule: interval halved after one new entry, quartered after several, else times 1.5
    rhythm          newsbot's schedule (newsbot.discovery.timing.rhythm), here for all feeds at once. At the end, some feeds are
                    replayed through the code that ships, which must have learnt the same
    one price       the same, but a poll has the same price for all feeds, at which about as many are made
    all-knowing     the same as `one price`, but with the true rate of each feed in each hour, in place of what was learnt
    (N s)           with another price of a poll than the one that ships

"Runs" is how often a crawl starts: polls are made only then. What a feed lists no longer when it is polled is missed.
Fetching the article itself takes the time of a request, and is left out.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from newsbot.discovery.timing import rhythm as shipped
from newsbot.discovery.timing.rhythm import Rhythm, next_poll_s, observe
from newsbot.discovery.timing.schedule import HOUR_S, JITTER, MAX_POLL_S, MIN_POLL_S

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

START = datetime(2026, 11, 2, tzinfo=UTC)
"""A Monday."""
DAYS = 16
HOURS = 24 * DAYS
COLD, WARM = (0, 168), (168, 336)
"""The weeks that are measured, in hours: the first one, and the second one. The last two days are for late polls."""
SPAN = 1_000
"""Hours between the keys of two feeds: feed * SPAN + hour orders the articles of all feeds, and their polls."""
ONE_PRICE_S = 100
"""Price of a poll at which `one price` makes about as many polls as `rhythm`."""
FEWER_POLLS_PRICE_S = 115
"""Price of a poll at which `rhythm` makes at most 48 polls a feed and day if a crawl runs every minute."""
AS_HALVING_PRICE_S = 500
"""Price of a poll at which `rhythm` makes about as many polls as `halving`."""
FIRST_POLL_S = 15 * 60
"""Interval of `halving` for a feed that was never read before."""
MIN_H, MAX_H = MIN_POLL_S / HOUR_S, MAX_POLL_S / HOUR_S


@dataclass(frozen=True)
class World:
    """Feeds, and the articles that they publish, ordered by feed and time."""

    feed: Ints
    """Feed of each article."""
    hour: Floats
    """Time of publication of each article, in hours since START."""
    rates: Floats
    """Articles per hour, for each feed and hour."""
    limit: Ints
    """Number of entries that a feed lists."""
    dated: Bools
    """Whether the entries of a feed have dates."""
    ttl_h: Floats
    """Hours that a feed asks to wait; 0 for none."""

    @property
    def feeds(self) -> int:
        """Number of feeds."""
        return len(self.limit)

    @cached_property
    def keys(self) -> Floats:
        """Feed and time of each article in one number, in ascending order."""
        return self.feed * float(SPAN) + self.hour


def make_world(seed: int, feeds: int) -> World:
    """Return made-up feeds; the assumptions are listed in benchmarks/freshness.md."""
    random = np.random.default_rng(seed)
    per_day = np.clip(random.lognormal(np.log(6), 1.6, feeds), 1 / 30, 600)
    zone = random.choice([-8, -5, -3, 0, 1, 2, 3, 5.5, 8, 9], feeds)
    profile = _profiles(random, zone)
    local_day = ((np.arange(HOURS) + zone[:, None]) // 24).astype(int) + 1
    of_the_day = np.take_along_axis(random.lognormal(-0.045, 0.3, (feeds, DAYS + 3)), local_day, axis=1)
    rates = profile * of_the_day * _awake(random, feeds) * per_day[:, None] / 24
    batched = np.where(random.random(feeds) < 0.2, random.uniform(0.3, 0.7, feeds), 0)
    parts = [_spread(random, rates * (1 - batched[:, None]) / 1.15)]
    parts += [_bursts(random, *parts[0]), _batches(random, zone, rates, batched)]
    feed, hour = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.lexsort((hour, feed))
    order = order[hour[order] < HOURS]
    limit = random.choice([10, 15, 20, 25, 30, 50, 100], feeds, p=[0.2, 0.2, 0.15, 0.1, 0.15, 0.15, 0.05])
    wish = random.choice([1.0, 0.5, 0.25, 0.0], feeds, p=[0.15, 0.05, 0.1, 0.7])
    return World(
        feed[order],
        hour[order],
        rates,
        limit=np.where(per_day > 100, np.maximum(limit, 20), limit),
        dated=random.random(feeds) < 0.8,
        ttl_h=wish,
    )


def _profiles(random: np.random.Generator, zone: Floats) -> Floats:
    """Return the relative rate of each feed in each hour: the newsroom's hours, and weekends. The mean is 1."""
    feeds = len(zone)
    local = np.arange(HOURS) + zone[:, None]
    begin, end = random.normal(7, 1, (feeds, 1)), random.normal(19, 2, (feeds, 1))
    night = np.where(random.random((feeds, 1)) < 0.1, 1, random.uniform(0.02, 0.3, (feeds, 1)))
    of_day = local % 24 + 0.5
    open_share = 1 / (1 + np.exp((begin - of_day) / 0.6)) / (1 + np.exp((of_day - end) / 1.2))
    is_weekend = local // 24 % 7 >= 5
    profile = (night + (1 - night) * open_share) * np.where(is_weekend, random.uniform(0.2, 1, (feeds, 1)), 1)
    return np.asarray(profile / profile[:, :168].mean(axis=1, keepdims=True))


def _awake(random: np.random.Generator, feeds: int) -> Bools:
    """Return whether each feed publishes in each hour: 3 % die, 2 % wake up, 2 % are dead."""
    kind, turn = random.random((feeds, 1)), random.uniform(0, HOURS, (feeds, 1))
    hours = np.arange(HOURS)
    dying, waking, dead = kind < 0.03, (kind >= 0.96) & (kind < 0.98), kind >= 0.98
    return np.asarray(~(dying & (hours > turn) | waking & (hours < turn) | dead))


def _spread(random: np.random.Generator, rates: Floats) -> tuple[Ints, Floats]:
    counts = random.poisson(rates)
    feed, hour = np.nonzero(counts)
    repeats = counts[feed, hour]
    return np.repeat(feed, repeats), np.repeat(hour, repeats) + random.random(repeats.sum())


def _bursts(random: np.random.Generator, feed: Ints, hour: Floats) -> tuple[Ints, Floats]:
    """Return the followers of 3 % of the articles: five on average, within an hour or two."""
    chosen = random.random(len(feed)) < 0.03
    followers = random.geometric(1 / 5, chosen.sum())
    after = random.exponential(0.5, followers.sum())
    return np.repeat(feed[chosen], followers), np.repeat(hour[chosen], followers) + after


def _batches(
    random: np.random.Generator, zone: Floats, rates: Floats, batched: Floats
) -> tuple[Ints, Floats]:
    """Return the articles that feeds publish within half an hour every morning: a share of the day's."""
    begin = (random.normal(6.5, 1, len(zone)) - zone) % 24
    of_the_day = rates.reshape(len(zone), DAYS, 24).sum(axis=2)
    counts = random.poisson(of_the_day * batched[:, None])
    feed, day = np.nonzero(counts)
    repeats = counts[feed, day]
    return np.repeat(feed, repeats), np.repeat(24 * day + begin[feed], repeats) + 0.5 * random.random(
        repeats.sum()
    )


class Schedule(Protocol):
    """A schedule of polls, for all feeds at once."""

    def intervals_h(self, due: Ints, now: float, previous: Floats, new: Ints, first: Ints) -> Floats:
        """Return the hours until the next poll of the feeds that were just polled.

        `new` entries were found, from number `first` on; `previous` is NaN for a first poll."""
        ...


class Halving:
    """The former schedule: half the interval after one new entry, a quarter after several, else one and a half."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.interval_h = np.full(world.feeds, np.nan)

    def intervals_h(self, due: Ints, now: float, previous: Floats, new: Ints, first: Ints) -> Floats:
        """See `Schedule`."""
        before_h = self.interval_h[due]
        factor = np.array([1.5, 0.5, 0.25])[np.minimum(new, 2)]
        after_h = np.where(np.isnan(before_h), FIRST_POLL_S / HOUR_S, before_h * factor)
        self.interval_h[due] = bounded(after_h, self.world.ttl_h[due])
        return self.interval_h[due]


class AllKnowing:
    """The schedule of `one price` for somebody who knows the true rates."""

    def __init__(self, world: World, *, price_s: float) -> None:
        self.world = world
        self.price_h = np.full(world.feeds, price_s / HOUR_S)

    def intervals_h(self, due: Ints, now: float, previous: Floats, new: Ints, first: Ints) -> Floats:
        """See `Schedule`."""

        def rates_at(rows: Ints, hour: int) -> Floats:
            return np.asarray(self.world.rates[due[rows], min(hour, HOURS - 1)] + 1e-4)

        return bounded(hours_until_waited(self.price_h[due], rates_at, now), self.world.ttl_h[due])


class Learnt:
    """What `newsbot.discovery.timing.rhythm` does for one feed, for arrays of feeds."""

    def __init__(
        self, world: World, *, price_s: float = shipped.POLL_PRICE_S, one_price: bool = False
    ) -> None:
        self.world = world
        self.price_h = price_s / HOUR_S
        self.one_price = one_price
        self.hours = np.zeros((world.feeds, 24))
        self.watched_h, self.recent, self.expected = np.zeros((3, world.feeds))
        self.interval_h = np.zeros(world.feeds)

    def intervals_h(self, due: Ints, now: float, previous: Floats, new: Ints, first: Ints) -> Floats:
        """See `Schedule`."""
        known = ~np.isnan(previous)
        self._observe(due[known], now, previous[known], new[known], first[known])
        activity = (self.recent[due] + shipped._SURENESS) / (self.expected[due] + shipped._SURENESS)
        rates = self._usual_rates(due) * activity[:, None]
        price_h = np.full(len(due), self.price_h)
        if not self.one_price:
            price_h *= np.sqrt(shipped.USUAL_PER_DAY / rates.sum(axis=1))
        wait_h = hours_until_waited(price_h, lambda rows, hour: rates[rows, hour % 24], now)
        self.interval_h[due] = bounded(wait_h, self.world.ttl_h[due])
        return self.interval_h[due]

    def _observe(self, due: Ints, now: float, previous: Floats, new: Ints, first: Ints) -> None:
        gap_h = now - previous
        watched = hours_between(previous, gap_h)
        kept, kept_recently = 0.5 ** (gap_h / shipped.MEMORY_H), 0.5 ** (gap_h / shipped.RECENT_H)
        expected = (self._usual_rates(due) * watched).sum(axis=1)
        undated = np.where(self.world.dated[due], 0, new)
        dated = new - undated
        row = np.repeat(np.arange(len(due)), dated)
        entry = np.repeat(first - np.cumsum(dated) + dated, dated) + np.arange(dated.sum())
        placed = np.bincount(row * 24 + self.world.hour[entry].astype(int) % 24, minlength=24 * len(due))
        self.hours[due] = self.hours[due] * kept[:, None] + placed.reshape(-1, 24)
        self.hours[due] += watched * (undated / gap_h)[:, None]
        self.watched_h[due] = self.watched_h[due] * kept + gap_h
        self.recent[due] = self.recent[due] * kept_recently + new
        self.expected[due] = self.expected[due] * kept_recently + expected

    def _usual_rates(self, due: Ints) -> Floats:
        hours = self.hours[due]
        total = hours.sum(axis=1)
        per_day = (total + shipped._PRIOR_ENTRIES) / (self.watched_h[due] / 24 + shipped._PRIOR_DAYS)
        scale = per_day / (total + shipped._EVENNESS)
        return np.asarray(scale[:, None] * (hours + shipped._EVENNESS / 24))


def bounded(interval_h: Floats, ttl_h: Floats) -> Floats:
    return np.asarray(np.clip(np.maximum(interval_h, ttl_h), MIN_H, MAX_H))


def hours_between(start: Floats, gap_h: Floats) -> Floats:
    whole_days, rest_h = np.divmod(gap_h, 24)
    ahead = (
        np.arange(24) - start[:, None]
    ) % 24  # hours from the start to the next begin of each hour of day
    rest_h = rest_h[:, None]
    parts = np.clip(rest_h - ahead, 0, 1) + np.clip(rest_h - ahead + 24, 0, 1) - np.clip(24 - ahead, 0, 1)
    return np.asarray(parts + whole_days[:, None])


def hours_until_waited(price_h: Floats, rates_at: Callable[[Ints, int], Floats], now: float) -> Floats:
    result = np.full(len(price_h), MAX_H)
    entries, waited_h = np.zeros((2, len(price_h)))
    rows = np.arange(len(price_h))
    at = now
    while len(rows) and at < now + MAX_H:
        hour = int(at + 1e-9)
        rates, length_h = rates_at(rows, hour), hour + 1 - at
        rest_h = price_h[rows] - waited_h[rows]
        wait_h = 2 * rest_h / (entries[rows] + np.sqrt(entries[rows] ** 2 + 2 * rates * rest_h))
        ends = wait_h <= length_h
        result[rows[ends]] = at - now + wait_h[ends]
        rows, rates = rows[~ends], rates[~ends]
        waited_h[rows] += entries[rows] * length_h + rates / 2 * length_h**2
        entries[rows] += rates * length_h
        at = hour + 1
    return np.asarray(np.minimum(result, MAX_H))


def polls_of(world: World, schedule: Schedule, every_min: int) -> Floats:
    """Return the keys of all polls (feed * SPAN + hour), sorted."""
    random = np.random.default_rng(7)
    keys = world.keys
    next_at = random.random(world.feeds) * FIRST_POLL_S / HOUR_S
    previous = np.full(world.feeds, np.nan)
    seen = np.searchsorted(keys, np.arange(world.feeds) * SPAN)
    polls = []
    for run in range(1, HOURS * 60 // every_min):
        now = run * every_min / 60
        due = np.flatnonzero(next_at <= now)
        last = np.searchsorted(keys, due * SPAN + now, "right")
        new = np.minimum(last - seen[due], world.limit[due])
        interval_h = schedule.intervals_h(due, now, previous[due], new, last - new)
        next_at[due] = now + interval_h * (1 + JITTER * (2 * random.random(len(due)) - 1))
        seen[due], previous[due] = last, now
        polls.append(due * SPAN + now)
    return np.sort(np.concatenate(polls))


def fixed_polls_of(world: World, every_min: int) -> Floats:
    phase = np.random.default_rng(7).random(world.feeds) * every_min / 60
    times = np.arange(0, HOURS, every_min / 60) + phase[:, None]
    return (np.arange(world.feeds)[:, None] * float(SPAN) + times).ravel()


def figures(world: World, polls: Floats, week: tuple[int, int]) -> list[str]:
    """Return the cells of a row for the articles and polls of a week."""
    number = np.flatnonzero((world.hour >= week[0]) & (world.hour < week[1]))
    poll = polls[np.minimum(np.searchsorted(polls, world.keys[number]), len(polls) - 1)]
    last = np.searchsorted(world.keys, poll, "right") - 1
    found = (last - number < world.limit[world.feed[number]]) & (poll // SPAN == world.feed[number])
    delay_min = (poll - world.keys[number])[found] * 60
    spent = ((polls % SPAN >= week[0]) & (polls % SPAN < week[1])).sum()
    return [
        *(f"{delay:.1f}" for delay in (*np.percentile(delay_min, [50, 90, 99]), delay_min.mean())),
        f"{1 - found.mean():.2%}".replace("%", " %"),
        f"{spent:,}",
        f"{spent / world.feeds / 7:.1f}",
        f"{spent / len(number):.2f}",
    ]


def check_against_shipped(world: World, schedule: Learnt, polls: Floats) -> None:
    """Replay 20 feeds through newsbot's own code; raise AssertionError if it has learnt something else."""
    for feed in np.linspace(0, world.feeds - 1, 20).astype(int):
        rhythm, previous, seen = Rhythm(), None, int(np.searchsorted(world.keys, feed * SPAN))
        for poll in polls[(polls >= feed * SPAN) & (polls < (feed + 1) * SPAN)]:
            now = START + timedelta(hours=float(poll - feed * SPAN))
            last = int(np.searchsorted(world.keys, poll, "right"))
            listed = world.hour[max(seen, last - world.limit[feed]) : last]
            times = [START + timedelta(hours=hour) if world.dated[feed] else None for hour in listed]
            rhythm = observe(rhythm, now=now, previous_poll_at=previous, new_entry_times=times)
            previous, seen = now, last
        assert previous
        interval_h = next_poll_s(rhythm, previous, int(world.ttl_h[feed] * HOUR_S)) / HOUR_S
        learnt = [schedule.watched_h, schedule.recent, schedule.expected, schedule.interval_h]
        np.testing.assert_allclose(
            [*rhythm.hours, rhythm.watched_h, rhythm.recent, rhythm.expected, interval_h],
            [*schedule.hours[feed], *(column[feed] for column in learnt)],
            rtol=1e-3,
            atol=1e-3,
        )


def print_row(*cells: Any) -> None:
    print(f"| {' | '.join(map(str, cells))} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--feeds", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=2)
    options = parser.parse_args()
    world = make_world(options.seed, options.feeds)
    print_row(
        "schedule",
        "runs",
        "week",
        "p50",
        "p90",
        "p99",
        "mean",
        "missed",
        "polls",
        "a feed and day",
        "an article",
    )
    print_row(*["---"] * 11)
    for every_min in (5, 15, 30, 60):
        polls = fixed_polls_of(world, every_min)
        print_row(f"every {every_min} min", "always", "second", *figures(world, polls, WARM))
    for every_min in (5, 15, 1):
        polls = polls_of(world, Halving(world), every_min)
        print_row("halving", f"{every_min} min", "second", *figures(world, polls, WARM))
    for every_min in (5, 15, 1):
        learnt = Learnt(world)
        polls = polls_of(world, learnt, every_min)
        check_against_shipped(world, learnt, polls)
        print_row("rhythm", f"{every_min} min", "second", *figures(world, polls, WARM))
        if every_min == 5:
            print_row("rhythm", "5 min", "first", *figures(world, polls, COLD))
    cheaper = Learnt(world, price_s=FEWER_POLLS_PRICE_S)
    print_row(
        f"rhythm ({FEWER_POLLS_PRICE_S} s)",
        "1 min",
        "second",
        *figures(world, polls_of(world, cheaper, 1), WARM),
    )
    variants: dict[str, Schedule] = {
        f"rhythm ({AS_HALVING_PRICE_S} s)": Learnt(world, price_s=AS_HALVING_PRICE_S),
        f"one price ({ONE_PRICE_S} s)": Learnt(world, price_s=ONE_PRICE_S, one_price=True),
        f"all-knowing ({ONE_PRICE_S} s)": AllKnowing(world, price_s=ONE_PRICE_S),
    }
    for name, schedule in variants.items():
        print_row(name, "5 min", "second", *figures(world, polls_of(world, schedule, 5), WARM))
    wishes = {"no feed asks to wait": 0.0, "a third asks for an hour": 1.0}
    for wish, ttl_h in wishes.items():
        asks = np.arange(world.feeds) % 3 == 0
        other = replace(world, ttl_h=np.where(asks, ttl_h, 0.0))
        for name, schedule in (("halving", Halving(other)), ("rhythm", Learnt(other))):
            print_row(
                f"{name}, {wish}", "5 min", "second", *figures(other, polls_of(other, schedule, 5), WARM)
            )


if __name__ == "__main__":
    main()
