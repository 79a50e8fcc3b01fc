"""Hosts that ask to be left alone, and hosts whose robots.txt cannot be read, over several runs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from newsbot.store.database import Database
from newsbot.store.queries import list_rejects
from newsbot.store.schema.models import Feed, Fetch, FrontierRow, Host
from newsbot.urls import authority_of
from tests.crawling import crawl, in_reactor, reading
from tests.pages import article_page, rss
from tests.site import Answer, Asked, Page, Site
from tests.sites import Web, feed_of

pytestmark = pytest.mark.slow


def busy(retry_after: str = "86400", status: int = 429) -> Answer:
    return Answer(b"slow down", status=status, headers={"Retry-After": retry_after})


def busy_at_first(page: Page, times: int = 1, retry_after: str = "1") -> Page:
    """Return a page that asks to wait before it answers."""
    left = [times]

    def answer(asked: Asked) -> Answer:
        if left[0]:
            left[0] -= 1
            return busy(retry_after)
        return page(asked) if callable(page) else page

    return answer


def holds(web: Web) -> dict[str, tuple[str | None, int]]:
    """Return the hosts that are held -> the reason, and the number of holds."""
    with reading(web.database_url) as session:
        rows = session.scalars(select(Host).where(Host.held_until > datetime.now(UTC)))
        return {row.host: (row.hold_reason, row.hold_count) for row in rows}


def end_holds(web: Web) -> None:
    """Let the time of all holds be over, and make everything due."""
    database = Database(web.database_url).open()
    past = datetime.now(UTC) - timedelta(seconds=1)
    with database.write() as session:
        session.execute(update(Host).where(Host.held_until.is_not(None)).values(held_until=past))
        session.execute(update(FrontierRow).where(FrontierRow.state == "failed").values(next_try_at=past))
        session.execute(update(Feed).values(next_poll_at=None))
    database.close()


@in_reactor
async def test_a_busy_stranger_does_not_silence_the_source_that_links_to_it(
    web: Web, sites: list[Site]
) -> None:
    own, stranger = sites[:2]
    pages = [own.html(f"/2026/05/story-{number}", article_page(number)) for number in range(4)]
    stranger.pages["/sponsored"] = busy()
    own.pages["/rss.xml"] = Answer(rss(f"{stranger.url}/sponsored", *pages).encode())
    web.add("own", own, feeds=[f"{own.url}/rss.xml"], offsite="store")
    await web.crawl()
    assert web.count() == 4
    assert holds(web) == {authority_of(stranger.url): ("429", 1)}
    stranger.asked.clear()
    for _ in range(2):
        await web.crawl(due="0")
    assert stranger.asked == []


@in_reactor
async def test_a_busy_host_of_feeds_leaves_the_publishers_own_host_alone(
    lite: Web, sites: list[Site]
) -> None:
    own, host = sites[:2]
    host.pages["/rss.xml"] = busy(status=503)
    story = own.html("/2026/05/20/the-long-way-home-1", article_page(1))
    own.html(
        "/politics/", f'<main><h2><a href="{story}">A headline of several words for this</a></h2></main>'
    )
    lite.add("own", own, feeds=[f"{host.url}/rss.xml"], sections=[f"{own.url}/politics/"])
    for _ in range(3):
        await lite.crawl(due="0")
    assert lite.count() == 1
    assert host.paths() == ["/rss.xml"]
    with reading(lite.database_url) as session:
        feed = session.scalars(select(Feed).where(Feed.kind == "feed")).one()
    assert feed.failure_count == 0, "a host that asks for time is no failure of its feed"


@in_reactor
async def test_a_short_hold_is_waited_out_in_the_run(web: Web, sites: list[Site]) -> None:
    site, other = sites[:2]
    feed_of(site, 1, 2, 3)
    site.pages["/rss.xml"] = busy_at_first(site.pages["/rss.xml"])
    site.pages["/2026/05/story-2"] = busy_at_first(site.pages["/2026/05/story-2"], times=2)
    web.add("one", site, feeds=[f"{site.url}/rss.xml"])
    web.add("two", other, feeds=[feed_of(other, 11)])
    outcome = await web.crawl()
    assert outcome.stats["newsbot/store/new"] == 4
    assert outcome.stats["newsbot/hosts/held"] == 3
    assert holds(web) == {}
    with reading(web.database_url) as session:
        assert list_rejects(session) == []
        held = session.scalars(select(Fetch.status).where(Fetch.outcome == "held")).all()
    assert held == [429, 429], "of the page; a poll is not counted among the pages"


@in_reactor
async def test_a_host_that_goes_on_asking_is_left_to_a_later_run(lite: Web, sites: list[Site]) -> None:
    site = sites[0]
    lite.add("one", site, feeds=[feed_of(site, 1)])
    site.pages["/2026/05/story-1"] = busy("0")
    await lite.crawl()
    first = site.paths().count("/2026/05/story-1")
    assert first <= 8
    site.pages["/2026/05/story-1"] = Answer(article_page(1).encode(), headers={"Content-Type": "text/html"})
    end_holds(lite)
    await lite.crawl()
    assert lite.count() == 1 or first == 8


@in_reactor
async def test_a_page_that_only_ever_asks_to_wait_is_given_up_with_a_reject(
    lite: Web, sites: list[Site]
) -> None:
    site = sites[0]
    lite.add("one", site, feeds=[feed_of(site, 1, 2)])
    site.pages["/2026/05/story-1"] = busy()
    for _ in range(10):
        await lite.crawl({"NEWSBOT_STUBS": 0}, due="0")
        end_holds(lite)
    assert site.paths().count("/2026/05/story-1") == 8
    assert lite.count() == 1
    with reading(lite.database_url) as session:
        assert [reject.reason for reject in list_rejects(session)] == ["http-429"]


@pytest.mark.parametrize("status", [500, 502, 503, 429])
@in_reactor
async def test_nothing_is_requested_from_a_host_whose_robots_txt_fails(
    web: Web, sites: list[Site], status: int
) -> None:
    site = sites[0]
    web.add("one", site, feeds=[feed_of(site, 1)])
    site.pages["/robots.txt"] = Answer(b"", status=status)
    for _ in range(3):
        await web.crawl(due="0")
    assert [asked.path for asked in site.asked] == ["/robots.txt"]
    assert holds(web) == {authority_of(site.url): (f"robots.txt: {status}", 1)}
    end_holds(web)
    await web.crawl()
    assert holds(web)[authority_of(site.url)] == (f"robots.txt: {status}", 2)
    del site.pages["/robots.txt"]
    end_holds(web)
    await web.crawl()
    assert web.count() == 1
    assert holds(web) == {}


@in_reactor
async def test_a_robots_txt_that_fails_for_thirty_days_counts_as_absent(lite: Web, sites: list[Site]) -> None:
    site = sites[0]
    lite.add("one", site, feeds=[feed_of(site, 1)])
    site.pages["/robots.txt"] = Answer(b"", status=500)
    await lite.crawl()
    assert lite.count() == 0
    database = Database(lite.database_url).open()
    with database.write() as session:
        session.execute(update(Host).values(robots_failed_since=datetime.now(UTC) - timedelta(days=30)))
    database.close()
    for _ in range(2):
        end_holds(lite)
        await lite.crawl()
    assert lite.count() == 1


@in_reactor
async def test_a_host_that_cannot_be_reached_is_asked_for_robots_txt_alone(
    lite: Web, sites: list[Site]
) -> None:
    site = sites[0]
    feed = feed_of(site, 1)
    lite.add("one", site, feeds=["http://127.0.0.9:9/rss.xml", feed])
    for _ in range(3):
        outcome = await lite.crawl(due="0")
    assert lite.count() == 1
    assert "log_count/ERROR" not in outcome.stats
    [(host, (reason, count))] = holds(lite).items()
    assert (host, count) == ("127.0.0.9:9", 1)
    assert reason is not None
    assert reason.startswith("robots.txt: ")


@in_reactor
async def test_a_hold_counts_for_single_articles_too(lite: Web, sites: list[Site]) -> None:
    site = sites[0]
    lite.add("one", site, feeds=[feed_of(site, 1, 2)])
    site.pages["/2026/05/story-1"] = busy()
    await lite.crawl()
    site.asked.clear()
    settings = {
        "NEWSBOT_DATABASE_URL": lite.database_url,
        "NEWSBOT_ENTITY_ENGINE": "none",
        "NEWSBOT_ALLOWED_NETWORKS": "127.0.0.0/8",
    }
    outcome = await crawl("article", settings, url=f"{site.url}/2026/05/story-3")
    assert site.asked == []
    assert outcome.stats["newsbot/rejected/fetch/held"] == 1


@in_reactor
async def test_a_hold_stops_the_requests_of_all_sources_of_the_host(web: Web, sites: list[Site]) -> None:
    site = sites[0]
    site.pages["/busy.xml"] = busy("3600")
    for number in range(5):
        feed = feed_of(site, *range(10 * number, 10 * number + 3), path=f"/{number}.xml")
        polled = [f"{site.url}/busy.xml", feed] if number == 0 else [feed]
        web.add(f"many-{number}", site, feeds=polled)
    for _ in range(3):
        await web.crawl({"DOWNLOAD_DELAY": 0.2}, due="0")
    asked = site.paths()
    assert len(asked) - asked.index("/busy.xml") <= 2, "one request may have been on its way"
    assert holds(web) == {authority_of(site.url): ("429", 1)}


@in_reactor
async def test_a_robots_txt_that_redirects_to_a_busy_host_is_no_failure_of_the_feed(
    lite: Web, sites: list[Site]
) -> None:
    site, other = sites[:2]
    lite.add("one", site, feeds=[feed_of(site, 1)])
    site.redirect("/robots.txt", f"{other.url}/robots.txt")
    other.pages["/robots.txt"] = busy("3600")
    for _ in range(3):
        await lite.crawl(due="0")
    assert lite.count() == 0
    with reading(lite.database_url) as session:
        assert session.scalars(select(Feed.last_polled_at)).all() != []
    assert len(other.asked) == 1


@in_reactor
async def test_a_robots_txt_that_redirects_without_end_counts_as_absent(lite: Web, sites: list[Site]) -> None:
    site = sites[0]
    lite.add("one", site, feeds=[feed_of(site, 1)])
    site.redirect("/robots.txt", f"{site.url}/robots.txt?again")
    site.redirect("/robots.txt?again", f"{site.url}/robots.txt")
    await lite.crawl()
    assert lite.count() == 1
    assert len([asked for asked in site.asked if "robots" in asked.path]) <= 6


@in_reactor
async def test_a_short_hold_of_a_single_article_is_waited_out(lite: Web, sites: list[Site]) -> None:
    site = sites[0]
    page = site.html("/2026/05/story-1", article_page(1))
    site.pages["/2026/05/story-1"] = busy_at_first(site.pages["/2026/05/story-1"], times=2)
    settings = {
        "NEWSBOT_DATABASE_URL": lite.database_url,
        "NEWSBOT_ENTITY_ENGINE": "none",
        "NEWSBOT_ALLOWED_NETWORKS": "127.0.0.0/8",
    }
    outcome = await crawl("article", settings, url=page)
    assert outcome.stats["newsbot/store/new"] == 1
    assert len(site.paths()) == 3


@in_reactor
async def test_a_redirect_to_a_busy_host_postpones_the_page_alone(lite: Web, sites: list[Site]) -> None:
    site, other = sites[:2]
    feed_of(site, 1, 2)
    other.pages["/1"] = busy()
    site.redirect("/2026/05/story-1", f"{other.url}/1")
    lite.add("one", site, feeds=[f"{site.url}/rss.xml"])
    for _ in range(3):
        await lite.crawl(due="0")
    assert lite.count() == 1
    assert other.paths() == ["/1"]
