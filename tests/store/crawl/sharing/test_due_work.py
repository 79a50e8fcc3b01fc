"""What is due: by host, without what others ask, what is held, and what a catalog does not have."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from newsbot.discovery.links import Link
from newsbot.sources.model import Source
from newsbot.store.crawl import discovered, feed_rows
from newsbot.store.crawl.hosts import HostState, save_hold
from newsbot.store.crawl.sharing.due_work import due_feeds, due_hosts, left_to_others, next_poll
from newsbot.store.crawl.sharing.host_claims import claim, give_back
from newsbot.store.crawl.sharing.wanted_work import Wanted
from newsbot.store.database import Database
from newsbot.store.schema.models import CatalogRow, CatalogSource, Feed, FrontierRow

NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
KEYS = ("one", "two", "three")
ALL = Wanted(began=NOW, sources=KEYS)


def source(key: str) -> Source:
    return Source(
        key=key,
        name=key,
        homepage=f"https://{key}.example/",
        feeds=(f"https://{key}.example/a.xml", f"https://{key}.example/b.xml"),
    )


def plan(session: Session, key: str, at: datetime | None) -> None:
    session.execute(update(Feed).where(Feed.source == key).values(next_poll_at=at))


@pytest.fixture
def stored(database: Database) -> Database:
    """Three sources with two feeds each: those of "one" are new, of "two" due for an hour, of "three" due in an hour."""
    with database.write() as session:
        feed_rows.sync_sources(session, map(source, KEYS), now=NOW - HOUR)
        plan(session, "two", NOW - HOUR)
        plan(session, "three", NOW + HOUR)
    return database


def hosts(session: Session, wanted: Wanted = ALL, limit: int = 9, run_id: int = 1) -> list[str]:
    return due_hosts(session, wanted, limit=limit, now=NOW, run_id=run_id)


def test_hosts_with_due_feeds_are_found(stored: Database) -> None:
    with stored.read() as session:
        assert hosts(session) == ["one.example", "two.example"]
        assert hosts(session, limit=1) == ["one.example"]
        assert hosts(session, Wanted(began=NOW, sources=("two",))) == ["two.example"]
        assert hosts(session, Wanted(began=NOW + 2 * HOUR, sources=KEYS))[2] == "three.example"
        assert len(due_feeds(session, ALL, ["two.example"], now=NOW)) == 2
        assert len(due_feeds(session, ALL, now=NOW)) == 4


def test_all_feeds_that_were_not_polled_since_the_beginning_are_found(stored: Database) -> None:
    wanted = Wanted(began=NOW, only_due=False, sources=KEYS)
    with stored.write() as session:
        session.execute(update(Feed).where(Feed.source == "one").values(last_polled_at=NOW))
        assert sorted(hosts(session, wanted)) == ["three.example", "two.example"]
        assert len(due_feeds(session, wanted, now=NOW)) == 4


def test_hosts_with_due_pages_are_found_newest_first(stored: Database) -> None:
    links = [Link(url=f"https://{n}.pages.example/", published_at=NOW - n * HOUR) for n in range(4)]
    with stored.write() as session:
        plan(session, "one", NOW + HOUR)
        plan(session, "two", NOW + HOUR)
        discovered.add_links(session, links, source="one", feed_id=None, now=NOW)
        again = update(FrontierRow).where(FrontierRow.host == "1.pages.example")
        session.execute(again.values(state="done", next_try_at=NOW - HOUR))
        later = update(FrontierRow).where(FrontierRow.host == "2.pages.example")
        session.execute(later.values(state="done", next_try_at=NOW + HOUR))
        assert hosts(session) == ["0.pages.example", "3.pages.example", "1.pages.example"]


def test_hosts_of_other_runs_are_left_to_them(stored: Database) -> None:
    with stored.write() as session:
        (held,) = claim(session, ["one.example"], run_id=2, now=NOW)
        assert hosts(session) == ["two.example"]
        assert hosts(session, run_id=2) == ["one.example", "two.example"]
        assert left_to_others(session, ALL, limit=9, now=NOW, run_id=1) == ["one.example"]
        assert left_to_others(session, ALL, limit=9, now=NOW, run_id=2) == []
        give_back(session, [held], now=NOW)
        assert hosts(session) == ["one.example", "two.example"]


def test_hosts_that_rest_or_are_held_are_left_alone(stored: Database) -> None:
    with stored.write() as session:
        claims = claim(session, ["one.example"], run_id=2, now=NOW)
        give_back(session, claims, now=NOW, rests_s={"one.example": 60})
        save_hold(session, HostState(host="two.example", held_until=NOW + HOUR, reason="503"), now=NOW)
        assert hosts(session) == []
        assert due_feeds(session, ALL, ["two.example"], now=NOW) == []


def test_a_catalog_has_its_sources_only(stored: Database) -> None:
    with stored.write() as session:
        for number, key in ((1, "two"), (2, "three")):
            session.add(CatalogRow(id=number, digest=bytes([number]) * 16, used_at=NOW))
            session.flush()
            session.add(CatalogSource(catalog_id=number, source=key))
        session.flush()
        assert hosts(session, Wanted(began=NOW, catalog_id=1)) == ["two.example"]
        assert hosts(session, Wanted(began=NOW, catalog_id=2)) == []


def test_feeds_that_have_ended_are_not_due(stored: Database) -> None:
    with stored.write() as session:
        session.execute(update(Feed).where(Feed.source == "one").values(gone_at=NOW))
        assert hosts(session) == ["two.example"]


def test_the_next_poll_is_that_of_the_feed_that_is_due_first(stored: Database) -> None:
    with stored.write() as session:
        assert next_poll(session, ALL) == (NOW - HOUR, "two")
        assert next_poll(session, Wanted(began=NOW, sources=("one",))) is None
