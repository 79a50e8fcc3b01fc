"""Claims of hosts: one run at a time asks a host, and what a run that has lost it writes is refused."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsbot.store.crawl.sharing import host_claims
from newsbot.store.crawl.sharing.host_claims import (
    LEASE,
    Claim,
    LostClaimError,
    claim,
    fenced,
    free_claims,
    give_back,
    holder_until,
    renew,
)
from newsbot.store.database import Database
from newsbot.store.schema.models import HostClaim

NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
HOSTS = ["a.example", "b.example", "c.example"]


def hosts_of(claims: list[Claim]) -> list[str]:
    return [held.host for held in claims]


def test_a_host_is_claimed_by_one_run(database: Database) -> None:
    with database.write() as session:
        assert hosts_of(claim(session, HOSTS[:2], run_id=1, now=NOW)) == HOSTS[:2]
    with database.write() as session:
        assert hosts_of(claim(session, HOSTS, run_id=2, now=NOW + SECOND)) == HOSTS[2:]
        assert holder_until(session, "a.example", now=NOW) == NOW + LEASE
        assert holder_until(session, "z.example", now=NOW) is None


def test_many_runs_at_once_claim_every_host_once(database: Database) -> None:
    hosts = [f"{number}.example" for number in range(40)]

    def claimed(run_id: int) -> list[str]:
        found: list[Claim] = []
        for place in range(0, 40, 8):
            found += database.transact(partial(claim, hosts=hosts[place : place + 8], run_id=run_id, now=NOW))
        return hosts_of(found)

    with ThreadPoolExecutor(5) as pool:
        found = [host for hosts in pool.map(claimed, range(1, 6)) for host in hosts]
    assert len(found) == len(set(found))
    with database.read() as session:
        held = session.scalar(select(func.count()).where(HostClaim.run_id.is_not(None)))
    assert held == len(found)


def test_a_claim_that_is_renewed_goes_on_and_one_that_is_not_ends(database: Database) -> None:
    with database.write() as session:
        claim(session, HOSTS[:1], run_id=1, now=NOW)
        assert renew(session, run_id=1, now=NOW + LEASE / 2) == {"a.example": 1}
        assert claim(session, HOSTS[:1], run_id=2, now=NOW + LEASE) == []
        (held,) = claim(session, HOSTS[:1], run_id=2, now=NOW + LEASE * 1.5)
        assert held.fence == 2
        assert renew(session, run_id=1, now=NOW + LEASE * 1.5) == {}


def test_the_next_run_keeps_the_delay_of_the_last_one(database: Database) -> None:
    with database.write() as session:
        held = claim(session, HOSTS[:2], run_id=1, now=NOW)
        give_back(session, held, now=NOW, rests_s={"a.example": 2.5})
        first, second = claim(session, HOSTS[:2], run_id=2, now=NOW + SECOND)
        assert (first.wait_s, second.wait_s) == (1.5, 0.0)


def test_a_run_that_died_may_have_asked_until_the_end_of_its_lease(database: Database) -> None:
    with database.write() as session:
        claim(session, HOSTS[:1], run_id=1, now=NOW)
        renew(session, run_id=1, now=NOW, delays={"a.example": 10.0, "other.example": 1.0})
        (held,) = claim(session, HOSTS[:1], run_id=2, now=NOW + LEASE + SECOND)
        assert held.wait_s == 9.0


def test_the_claims_of_dead_runs_are_freed_with_their_delay(database: Database) -> None:
    with database.write() as session:
        claim(session, HOSTS, run_id=1, now=NOW)
        renew(session, run_id=1, now=NOW, delays={"b.example": 3.0})
        free_claims(session, [1], now=NOW)
        assert [held.wait_s for held in claim(session, HOSTS, run_id=2, now=NOW)] == [0.0, 3.0, 0.0]


def test_what_is_written_under_a_lost_claim_is_refused(database: Database) -> None:
    def write(session: Session, value: int) -> int:
        return value

    with database.write() as session:
        (old,) = claim(session, HOSTS[:1], run_id=1, now=NOW)
        assert fenced(session, old, write, 7) == 7
        (new,) = claim(session, HOSTS[:1], run_id=2, now=NOW + LEASE)
        assert fenced(session, new, write, 7) == 7
        with pytest.raises(LostClaimError, match=r"a\.example"):
            fenced(session, old, write, 7)
        give_back(session, [old], now=NOW + LEASE)  # changes nothing
        assert fenced(session, new, write, 7) == 7


def test_a_run_that_claims_a_host_again_has_another_claim(database: Database) -> None:
    with database.write() as session:
        (first,) = claim(session, HOSTS[:1], run_id=1, now=NOW)
        give_back(session, [first], now=NOW)
        (second,) = claim(session, HOSTS[:1], run_id=1, now=NOW)
        assert host_claims.holds(session, second)
        assert not host_claims.holds(session, first)


def test_a_lease_that_a_wrong_clock_has_set_ends_nothing_for_ever(database: Database) -> None:
    with database.write() as session:
        claim(session, HOSTS[:1], run_id=1, now=NOW + timedelta(days=365))
        (held,) = claim(session, HOSTS[:1], run_id=2, now=NOW)
        assert held.wait_s == 0.0


def test_the_clock_is_that_of_the_database(database: Database) -> None:
    with database.write() as session:
        first, second = host_claims.clock(session), host_claims.clock(session)
    assert first.tzinfo is not None
    assert first < second
