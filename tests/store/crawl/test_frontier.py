"""The frontier: which URLs are due, in which order, for which run, and what ends a lease."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsbot.discovery.links import Link
from newsbot.store.crawl import discovered, frontier
from newsbot.store.crawl.run_rows import start_run
from newsbot.store.crawl.sharing.wanted_work import Wanted
from newsbot.store.database import Database
from newsbot.store.schema.models import FrontierRow

NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)
WANTED = Wanted(began=NOW, sources=("one", "two"))
HOUR = timedelta(hours=1)
ONE, TWO, THREE = (f"https://news.example/{number}" for number in (1, 2, 3))


def add(session: Session, *urls: str, source: str = "one", at: datetime = NOW, **values: Any) -> int:
    links = [Link(url=url, **values) for url in urls]
    return len(discovered.add_links(session, links, source=source, feed_id=None, now=at))


def lease(session: Session, count: int = 9, *, run_id: int | None = None, at: datetime = NOW) -> list[str]:
    """Lease URLs of the host of the source "one" and return them."""
    leased = frontier.lease(session, {"news.example": count}, WANTED, run_id=run_id, now=at)
    return [page.url for page in leased]


def run(session: Session) -> int:
    """Start a run and return its id."""
    return start_run(session, spider="news", arguments={}, version="1", now=NOW)


def states(session: Session) -> dict[str, str]:
    session.expire_all()
    return {row.url: row.state for row in session.scalars(select(FrontierRow))}


def test_a_link_is_added_once_however_its_url_is_written(database: Database) -> None:
    with database.write() as session:
        assert add(session, ONE, TWO) == 2
        assert add(session, f"{ONE}?utm_source=rss", TWO, THREE) == 1
        assert add(session) == 0
        assert sorted(lease(session)) == [ONE, TWO, THREE]


def test_the_newest_link_is_leased_first_and_a_date_in_the_future_counts_as_now(database: Database) -> None:
    with database.write() as session:
        add(session, ONE, published_at=NOW - 2 * HOUR)
        add(session, TWO, published_at=NOW - HOUR)
        add(session, THREE, published_at=NOW + 1000 * HOUR)
        assert lease(session) == [THREE, TWO, ONE]
    assert frontier.priority(NOW + HOUR, NOW) == frontier.priority(None, NOW)


def test_no_host_gets_more_than_its_room_and_others_none(database: Database) -> None:
    with database.write() as session:
        add(session, ONE, TWO, THREE)
        add(session, "https://other.example/1", source="two")
        leased = frontier.lease(
            session, {"news.example": 2, "other.example": 0}, WANTED, run_id=None, now=NOW
        )
        assert [(page.host, page.source, page.article_id) for page in leased] == [
            ("news.example", "one", None)
        ] * 2


def test_pages_of_a_host_that_belong_to_sources_of_others_are_left_alone(database: Database) -> None:
    with database.write() as session:
        add(session, ONE)
        add(session, TWO, source="strange")
        assert lease(session) == [ONE]


def test_a_leased_url_is_not_leased_again_before_its_lease_ends(database: Database) -> None:
    with database.write() as session:
        add(session, ONE)
        assert lease(session) == [ONE]
        assert lease(session, at=NOW + frontier.LEASE - timedelta(seconds=1)) == []
        assert lease(session, at=NOW + frontier.LEASE) == [ONE]
        assert frontier.attempts(session, ONE) == 2


def test_new_urls_come_before_those_to_be_tried_again(database: Database) -> None:
    with database.write() as session:
        add(session, ONE)
        lease(session)
        frontier.mark_failed(session, [ONE], error="timeout", now=NOW, next_try_at=NOW + HOUR)
        add(session, TWO, at=NOW + HOUR)
        assert lease(session, at=NOW + HOUR) == [TWO, ONE]


def test_a_done_url_keeps_its_validators_and_is_due_when_its_next_check_is(database: Database) -> None:
    with database.write() as session:
        add(session, ONE, TWO)
        lease(session)
        later = NOW + HOUR
        frontier.mark_done(
            session, [ONE], article_id=None, now=NOW, next_check_at=later, etag='"a"', last_modified="b"
        )
        frontier.mark_done(session, [TWO], article_id=None, now=NOW)
        assert frontier.attempts(session, ONE) == 0
        assert lease(session, at=later - timedelta(seconds=1)) == []
        [again] = frontier.lease(session, {"news.example": 9}, WANTED, run_id=None, now=later)
    assert (again.url, again.etag, again.last_modified) == (ONE, '"a"', "b")


@pytest.mark.parametrize(
    ("modified", "is_due"),
    [(-HOUR, False), (HOUR, True), (timedelta(), True)],
    ids=["before", "after", "same second"],
)
def test_a_done_url_is_due_if_its_feed_says_that_it_was_modified_since(
    database: Database, modified: timedelta, is_due: bool
) -> None:
    later = NOW + 2 * HOUR
    with database.write() as session:
        add(session, ONE)
        lease(session)
        frontier.mark_done(session, [ONE], article_id=None, now=NOW)
        assert add(session, ONE, at=later, modified_at=NOW + modified) == 0
        assert lease(session, at=later) == ([ONE] if is_due else [])


def test_a_url_given_up_is_never_leased_again(database: Database) -> None:
    with database.write() as session:
        add(session, ONE)
        lease(session)
        frontier.mark_failed(session, [ONE], error="404", now=NOW, next_try_at=None)
        assert states(session) == {ONE: "gone"}
        assert lease(session, at=NOW + 10_000 * HOUR) == []


def test_a_url_that_was_put_off_does_not_count_as_tried(database: Database) -> None:
    with database.write() as session:
        add(session, ONE)
        lease(session)
        frontier.postpone(session, ONE, until=NOW + HOUR)
        assert frontier.attempts(session, ONE) == 0
        assert lease(session, at=NOW + HOUR / 2) == []
        assert lease(session, at=NOW + HOUR) == [ONE]


def test_a_run_that_ends_frees_its_own_leases_only(database: Database) -> None:
    with database.write() as session:
        add(session, ONE, TWO)
        mine, other = run(session), run(session)
        [first] = lease(session, 1, run_id=mine)
        [second] = lease(session, 1, run_id=other)
        frontier.release(session, run_id=mine)
        assert states(session) == {first: "pending", second: "leased"}
