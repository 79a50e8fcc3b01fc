"""What was stored while the clock of the machine was a year ahead keeps nothing from being crawled afterwards."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import select, update

from newsbot.discovery.links import Link
from newsbot.discovery.polls import PollResult
from newsbot.items import Reject
from newsbot.sources.model import Source
from newsbot.store.articles.writer import save_article
from newsbot.store.crawl import discovered, feed_rows, frontier, hosts, polling
from newsbot.store.crawl.hosts import HostState
from newsbot.store.crawl.polling import PollAnswer
from newsbot.store.crawl.rejects import save_reject
from newsbot.store.crawl.sharing.due_work import due_feeds
from newsbot.store.crawl.sharing.wanted_work import Wanted
from newsbot.store.database import Database
from newsbot.store.queries import history, list_rejects
from newsbot.store.schema.identity import article_keys
from newsbot.store.schema.models import ArticleRow, Feed, FrontierRow
from tests.store.samples import article, load, save

NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)
HOUR, YEAR = timedelta(hours=1), timedelta(days=365)
URL = "https://news.example/1"
SOURCE = Source(
    key="paper", name="Paper", homepage="https://news.example/", feeds=("https://news.example/rss",)
)


def wanted(at: datetime) -> Wanted:
    return Wanted(began=at, sources=("paper",))


def add(database: Database, link: Link, at: datetime) -> None:
    with database.write() as session:
        discovered.add_links(session, [link], source="paper", feed_id=None, now=at)


def leased(database: Database, at: datetime) -> list[str]:
    with database.write() as session:
        return [
            page.url for page in frontier.lease(session, {"news.example": 5}, wanted(at), run_id=None, now=at)
        ]


def test_pages_whose_lease_or_next_check_ends_in_a_year_are_due(database: Database) -> None:
    add(database, Link(url=URL), NOW + YEAR)
    assert leased(database, NOW + YEAR) == [URL]
    assert leased(database, NOW) == [URL]
    assert leased(database, NOW) == []  # the lease is one of today now
    with database.write() as session:
        frontier.mark_done(
            session, [URL], article_id=None, now=NOW + YEAR, next_check_at=NOW + YEAR + 24 * HOUR
        )
    assert leased(database, NOW) == [URL]


def test_claims_of_feeds_are_not_measured_by_dates_in_the_future(database: Database) -> None:
    add(database, Link(url=URL, title="A"), NOW + YEAR)
    with database.write() as session:
        frontier.mark_done(session, [URL], article_id=None, now=NOW + YEAR)
        session.execute(update(FrontierRow).values(expected_change_at=NOW + YEAR, false_claims=3))
    add(database, Link(url=URL, title="A", modified_at=NOW - HOUR), NOW)
    assert leased(database, NOW) == [URL]


def test_a_feed_that_is_due_in_a_year_is_polled_and_scheduled_anew(database: Database) -> None:
    with database.write() as session:
        feed_rows.sync_sources(session, [SOURCE], now=NOW)
        (feed,) = due_feeds(session, wanted(NOW + YEAR), now=NOW + YEAR)
        answer = PollAnswer(200, None, None, b"1" * 16)
        polling.save_poll(session, feed, PollResult(), answer, now=NOW + YEAR, chance=0.5)
    with database.write() as session:
        (feed,) = due_feeds(session, wanted(NOW), now=NOW)
        polling.save_failed_poll(session, feed, now=NOW, error="x", status=500, chance=0.5)
        assert due_feeds(session, wanted(NOW), now=NOW) == []
        next_poll_at = session.scalar(select(Feed.next_poll_at))
    assert next_poll_at is not None
    assert NOW < next_poll_at < NOW + timedelta(days=1, hours=3)


def test_a_hold_that_ends_in_a_year_holds_nothing_and_gives_way(database: Database) -> None:
    far = HostState(host="news.example", held_until=NOW + YEAR, reason="429", robots_failed_since=NOW + YEAR)
    with database.write() as session:
        hosts.save_hold(session, far, now=NOW + YEAR)
    add(database, Link(url=URL), NOW)
    assert leased(database, NOW) == [URL]
    with database.write() as session:
        state = hosts.load_hosts(session, now=NOW)["news.example"]
        assert (state.held_until, state.robots_failed_since) == (NOW, NOW)
        soon = HostState(host="news.example", held_until=NOW + HOUR, reason="503")
        hosts.save_hold(session, soon, now=NOW)
        assert hosts.load_hosts(session, now=NOW)["news.example"].held_until == NOW + HOUR


def test_a_correction_is_stored_though_the_article_was_last_seen_in_a_year(database: Database) -> None:
    save(database, article(), now=NOW + YEAR)
    save(database, article(body="A wholly new first paragraph of it. " + article().body), now=NOW)
    stored = load(database, 1)
    assert (stored.revision, stored.last_seen_at) == (2, NOW)
    assert stored.first_seen_at < NOW


def test_a_page_of_an_archive_does_not_replace_it(database: Database) -> None:
    save(database, article(), now=NOW + YEAR)
    older = article(body="An older first paragraph of it. " + article().body)
    with database.write() as session:
        seen_at = NOW - timedelta(days=30)
        save_article(session, older, keys=article_keys(older), run_id=None, now=seen_at, clock=NOW)
    assert load(database, 1).revision == 1


def test_history_stays_in_the_order_in_which_changes_were_found(database: Database) -> None:
    for number, at in enumerate((NOW + YEAR, NOW + YEAR + HOUR, NOW, NOW + HOUR)):
        text = " ".join(f"Sentence {number} has {place} words of its own." for place in range(number + 1))
        save(database, article(body=f"{article().body}\n\n{text}"), now=at)
    with database.read() as session:
        changes = history(session, 1)
    assert changes is not None
    assert [change.revision for change in changes] == [2, 3, 4]
    assert [change.changed_at for change in changes] == [NOW + YEAR + HOUR, NOW, NOW + HOUR]


def test_a_reject_of_the_future_is_deleted_when_the_page_is_back(database: Database) -> None:
    save(database, article(), now=NOW - HOUR)
    with database.write() as session:
        reject = Reject(url=article().url, reason="list", source="news.example")
        save_reject(session, reject, run_id=None, now=NOW + YEAR, article_id=1)
    save(database, article(), now=NOW)
    with database.read() as session:
        assert list_rejects(session) == []


def test_last_seen_a_little_ahead_is_kept(database: Database) -> None:
    save(database, article(), now=NOW + HOUR)
    save(database, article(), now=NOW)
    with database.read() as session:
        assert session.scalar(select(ArticleRow.last_seen_at)) == NOW + HOUR
