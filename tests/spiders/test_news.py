"""Crawls of several sites on loopback addresses: which articles are stored, and which URLs were requested."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from scrapy.http import Response
from sqlalchemy import func, select, update

from newsbot.errors import UsageError
from newsbot.ingest.envelope import Envelope
from newsbot.items import Reject
from newsbot.spiders.news_work.news import NewsSpider
from newsbot.store.crawl.run_rows import start_run
from newsbot.store.crawl.sharing.host_claims import claim
from newsbot.store.database import Database
from newsbot.store.queries import get_article, list_rejects
from newsbot.store.schema.models import Feed, FrontierRow, Host, Run
from tests.crawling import in_reactor, reading
from tests.pages import article_page, rss
from tests.site import Answer, Asked, Page, Site
from tests.sites import Web, feed_of


@in_reactor
async def test_every_article_of_every_feed_is_stored_once(web: Web, sites: list[Site]) -> None:
    for number, site in enumerate(sites):
        web.add(f"site-{number}", site, feeds=[feed_of(site, *range(number * 10, number * 10 + 4))])
    outcome = await web.crawl()
    assert outcome.stats["newsbot/store/new"] == 12
    for site in sites:
        assert len(site.paths()) == len(set(site.paths())) == 5
    with reading(web.database_url) as session:
        stored = get_article(session, f"{sites[1].url}/2026/05/story-11")
        states = session.execute(select(FrontierRow.state, func.count()).group_by(FrontierRow.state)).all()
    assert stored is not None
    assert stored.article.source == "site-1"
    assert states == [("done", 12)]


@in_reactor
async def test_second_run_requests_only_due_feeds_and_conditionally(web: Web, sites: list[Site]) -> None:
    site = sites[0]

    def conditional(asked: Asked) -> Answer:
        same = asked.headers.get("If-None-Match") == '"v1"'
        return Answer(status=304) if same else Answer(rss(page).encode(), headers={"ETag": '"v1"'})

    page = site.html("/2026/05/story-1", article_page(1))
    site.pages["/rss.xml"] = conditional
    web.add("one", site, feeds=[f"{site.url}/rss.xml"])
    await web.crawl()
    site.asked.clear()
    await web.crawl()
    assert site.paths() == []
    await web.crawl(due="0")
    assert site.paths() == ["/rss.xml"]
    assert site.asked[-1].headers["If-None-Match"] == '"v1"'
    assert web.count() == 1


@in_reactor
async def test_a_feed_that_lies_about_its_headers_is_known_by_its_content(
    lite: Web, sites: list[Site]
) -> None:
    site = sites[0]
    feed = feed_of(site, 1, 2)
    sent = site.pages["/rss.xml"]
    assert isinstance(sent, Answer)
    site.pages["/rss.xml"] = Answer(sent.body)
    lite.add("one", site, feeds=[feed])
    await lite.crawl()
    outcome = await lite.crawl(due="0")
    assert outcome.stats["newsbot/feeds/unchanged"] == 1
    assert site.paths().count("/2026/05/story-1") == 1


@in_reactor
async def test_a_changed_article_is_fetched_again_and_revised(web: Web, sites: list[Site]) -> None:
    site = sites[0]
    web.add("one", site, feeds=[feed_of(site, 1)])
    await web.crawl()
    page = site.html(
        "/2026/05/story-1",
        article_page(1, extra="A correction: the gate was built by two guilds of carpenters."),
    )
    entry = (
        f"<entry><id>1</id><link href='{page}'/><updated>{datetime.now(UTC).isoformat()}</updated></entry>"
    )
    site.pages["/rss.xml"] = Answer(f'<feed xmlns="http://www.w3.org/2005/Atom">{entry}</feed>'.encode())
    outcome = await web.crawl(due="0")
    assert outcome.stats["newsbot/store/changed"] == 1
    with reading(web.database_url) as session:
        stored = get_article(session, page)
    assert stored is not None
    assert stored.revision == 2
    assert "two guilds" in stored.article.body


@in_reactor
async def test_article_is_checked_for_changes_with_a_conditional_request(web: Web, sites: list[Site]) -> None:
    site = sites[0]
    feed = feed_of(site, 1)
    page = article_page(1).encode()

    def conditional(asked: Asked) -> Answer:
        same = asked.headers.get("If-None-Match") == '"p1"'
        return (
            Answer(status=304)
            if same
            else Answer(page, headers={"ETag": '"p1"', "Content-Type": "text/html"})
        )

    site.pages["/2026/05/story-1"] = conditional
    web.add("one", site, feeds=[feed])
    await web.crawl()
    database = Database(web.database_url).open()
    with database.write() as session:
        session.execute(update(FrontierRow).values(next_try_at=datetime(2020, 1, 1, tzinfo=UTC)))
    database.close()
    outcome = await web.crawl()
    assert outcome.stats["newsbot/store/not-modified"] == 1
    assert [asked.headers.get("If-None-Match") for asked in site.asked if "story" in asked.path] == [
        None,
        '"p1"',
    ]
    with reading(web.database_url) as session:
        stored = get_article(session, f"{site.url}/2026/05/story-1")
        assert session.scalars(select(FrontierRow.state)).all() == ["done"]
    assert stored is not None
    assert stored.revision == 1
    assert stored.last_seen_at > stored.first_seen_at


@in_reactor
async def test_the_newest_comes_first(lite: Web, sites: list[Site]) -> None:
    site = sites[0]
    links = [site.html(f"/2026/05/story-{n}", article_page(n)) for n in range(4)]
    days = {0: 3, 1: 1, 2: 4, 3: 2}
    dates = {link: format_datetime(datetime(2026, 5, days[n], tzinfo=UTC)) for n, link in enumerate(links)}
    site.pages["/rss.xml"] = Answer(rss(*links, dates=dates).encode())
    lite.add("one", site, feeds=[f"{site.url}/rss.xml"])
    await lite.crawl()
    assert site.paths()[1:] == [f"/2026/05/story-{n}" for n in (2, 0, 3, 1)]


@in_reactor
async def test_run_counts_its_fetches(lite: Web, sites: list[Site]) -> None:
    site = sites[0]
    lite.add("one", site, feeds=[feed_of(site, 1, 2)])
    await lite.crawl()
    with reading(lite.database_url) as session:
        [run] = session.scalars(select(Run)).all()
    assert run.counts["fetched"] == 4, "robots.txt, the feed and two pages"
    assert run.counts["store/new"] == 2
    assert run.counts["links/new"] == 2
    assert run.counts["latency_ms"] >= 0


@in_reactor
async def test_addresses_of_one_article_lead_to_one_article(lite: Web, sites: list[Site]) -> None:
    site = sites[0]
    page = site.html("/2026/05/story-1", article_page(1, url=f"{site.url}/2026/05/story-1"))
    site.html("/amp/2026/05/story-1", article_page(1, url=page))
    site.pages["/2026/05/story-1?utm_source=rss"] = site.pages["/2026/05/story-1"]
    moved = site.redirect("/r/1", page)
    site.pages["/rss.xml"] = Answer(
        rss(f"{page}?utm_source=rss", f"{site.url}/amp/2026/05/story-1", moved).encode()
    )
    lite.add("one", site, feeds=[f"{site.url}/rss.xml"])
    await lite.crawl()
    assert lite.count() == 1
    with reading(lite.database_url) as session:
        stored = [get_article(session, url) for url in (page, moved, f"{page}?utm_source=x")]
        assert [article and article.id for article in stored] == [1, 1, 1]


@in_reactor
async def test_a_failed_page_is_tried_again_later_and_then_stored(web: Web, sites: list[Site]) -> None:
    site = sites[0]
    web.add("one", site, feeds=[feed_of(site, 1, 2)])
    good = site.pages["/2026/05/story-2"]
    site.pages["/2026/05/story-2"] = Answer(b"oops", status=500)
    await web.crawl()
    with reading(web.database_url) as session:
        assert [reject.reason for reject in list_rejects(session)] == ["http-500"]
    assert web.count() == 1
    site.pages["/2026/05/story-2"] = good
    await web.crawl()
    assert web.count() == 1, "its time has not come"
    web.make_due()
    await web.crawl()
    assert web.count() == 2
    with reading(web.database_url) as session:
        assert list_rejects(session) == []


@in_reactor
async def test_page_that_stays_missing_is_given_up(lite: Web, sites: list[Site]) -> None:
    site = sites[0]
    site.pages["/rss.xml"] = Answer(rss(f"{site.url}/2026/05/nothing").encode())
    lite.add("one", site, feeds=[f"{site.url}/rss.xml"])
    for _ in range(4):
        await lite.crawl(due="0")
        lite.make_due()
    assert site.paths().count("/2026/05/nothing") == 2
    with reading(lite.database_url) as session:
        assert session.scalars(select(FrontierRow.state)).all() == ["gone"]


@pytest.mark.parametrize(
    ("later", "held"),
    [
        ("3600", timedelta(hours=1)),
        (format_datetime(datetime(2099, 1, 1, tzinfo=UTC), usegmt=True), timedelta(days=1)),
    ],
    ids=["seconds", "date"],
)
@in_reactor
async def test_a_host_that_asks_for_time_is_left_alone_in_later_runs_too(
    lite: Web, sites: list[Site], later: str, held: timedelta
) -> None:
    site = sites[0]
    lite.add("one", site, feeds=[feed_of(site, 1, 2, 3, 4)])
    for number in (1, 2, 3, 4):
        site.pages[f"/2026/05/story-{number}"] = Answer(
            b"slow down", status=429, headers={"Retry-After": later}
        )
    started = datetime.now(UTC)
    await lite.crawl()
    assert len(site.paths()) == 2, "the feed, and the first page"
    with reading(lite.database_url) as session:
        held_until = session.scalar(select(Host.held_until))
    assert held_until is not None
    assert started + held <= held_until <= datetime.now(UTC) + held
    site.asked.clear()
    await lite.crawl(due="0")
    assert site.asked == []


@in_reactor
async def test_a_broken_feed_is_asked_again_later_and_its_neighbours_are_read(
    lite: Web, sites: list[Site]
) -> None:
    first, second, third = sites
    first.pages["/rss.xml"] = Answer(b"<html><p>Not a feed</p></html>")
    second.pages["/rss.xml"] = Answer(b"", status=404)
    for key, site in (("html", first), ("missing", second)):
        lite.add(key, site, feeds=[f"{site.url}/rss.xml"])
    lite.add("good", third, feeds=[feed_of(third, 1)])
    outcome = await lite.crawl()
    assert outcome.stats["newsbot/feeds/failed"] == 2
    assert lite.count() == 1
    with reading(lite.database_url) as session:
        failed = session.execute(
            select(Feed.source, Feed.failure_count, Feed.next_poll_at > datetime.now(UTC)).where(
                Feed.last_error.is_not(None)
            )
        ).all()
    assert sorted(failed) == [("html", 1, True), ("missing", 1, True)]


@in_reactor
async def test_a_homepage_is_enough(lite: Web, sites: list[Site]) -> None:
    site = sites[0]
    feed = feed_of(site, 1, 2)
    site.html(
        "/",
        f'<html><head><link rel="alternate" type="application/rss+xml" href="{feed}"></head><body></body></html>',
    )
    lite.add("one", site)
    await lite.crawl()
    assert lite.count() == 2


@in_reactor
async def test_a_homepage_without_a_feed_leads_to_the_sitemap_of_robots_txt(
    lite: Web, sites: list[Site]
) -> None:
    site = sites[0]
    page = site.html("/2026/05/story-1", article_page(1))
    site.pages["/robots.txt"] = Answer(
        f"User-agent: *\nAllow: /\nSitemap: {site.url}/news.xml".encode(),
        headers={"Content-Type": "text/plain"},
    )
    site.pages["/news.xml"] = Answer(
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>{page}</loc></url></urlset>'.encode()
    )
    site.html("/", "<html><body><p>Welcome</p></body></html>")
    lite.add("one", site)
    await lite.crawl()
    assert lite.count() == 1


@in_reactor
async def test_sections_are_followed_page_by_page(lite: Web, sites: list[Site]) -> None:
    site = sites[0]
    stories = [
        site.html(f"/2026/05/{number:02}/the-long-way-home-{number}", article_page(number))
        for number in range(6)
    ]

    def listing(links: list[str], next_page: str) -> str:
        items = "".join(
            f'<h2><a href="{link}">A headline of several words for this one</a></h2>' for link in links
        )
        more = f'<a rel="next" href="{next_page}">More</a>' if next_page else ""
        return f"<html><body><main>{items}{more}</main></body></html>"

    site.html("/politics/", listing(stories[:3], "/politics/2"))
    site.html("/politics/2", listing(stories[3:], ""))
    lite.add("one", site, sections=[f"{site.url}/politics/"])
    await lite.crawl()
    assert lite.count() == 6


@in_reactor
async def test_links_to_other_things_than_web_pages_are_not_requested(lite: Web, sites: list[Site]) -> None:
    site = sites[0]
    links = ["javascript:alert(1)", "file:///etc/passwd", "ftp://127.0.0.2/a", "data:text/html,hello"]
    site.pages["/rss.xml"] = Answer(rss(*links).encode())
    lite.add("one", site, feeds=[f"{site.url}/rss.xml"])
    outcome = await lite.crawl()
    assert site.paths() == ["/rss.xml"]
    assert lite.count(FrontierRow) == 0
    assert "log_count/ERROR" not in outcome.stats


@in_reactor
async def test_crawl_delay_is_kept(lite: Web, sites: list[Site]) -> None:
    site = sites[0]
    site.pages["/robots.txt"] = Answer(b"User-agent: *\nCrawl-delay: 0.3")
    times: list[float] = []

    def timed(page: Page) -> Page:
        def answer(asked: Asked) -> Answer:
            times.append(time.monotonic())
            return page(asked) if callable(page) else page

        return answer

    lite.add("one", site, feeds=[feed_of(site, 1, 2, 3)])
    for path in ("/rss.xml", "/2026/05/story-1", "/2026/05/story-2", "/2026/05/story-3"):
        site.pages[path] = timed(site.pages[path])
    await lite.crawl()
    # Requests are timed when they arrive. Two that follow each other may arrive with less than the delay between them, if
    # the first was slow on its way; the first and the third of three may not.
    assert min(times[2] - times[0], times[3] - times[1]) > 0.29


@in_reactor
async def test_a_host_that_another_run_asks_is_left_to_it_and_named(web: Web, sites: list[Site]) -> None:
    site, other = sites[:2]
    web.add("one", site, feeds=[feed_of(site, 1)])
    web.add("two", other, feeds=[feed_of(other, 2)])
    host = site.url.removeprefix("http://")
    database = Database(web.database_url).open()
    with database.write() as session:
        run_id = start_run(
            session, spider="news", arguments={}, version="1", process="elsewhere:1", now=datetime.now(UTC)
        )
        claim(session, [host], run_id=run_id, now=datetime.now(UTC))
    database.close()
    outcome = await web.crawl()
    assert site.asked == []
    assert other.paths() == ["/rss.xml", "/2026/05/story-2"]
    spider = outcome.crawler.spider
    assert isinstance(spider, NewsSpider)
    assert spider.left_to_others == [host]


@in_reactor
async def test_crawl_goes_on_after_a_callback_that_raises(
    lite: Web, sites: list[Site], monkeypatch: pytest.MonkeyPatch
) -> None:
    parse_page = NewsSpider.parse_page

    async def failing(self: NewsSpider, response: Response) -> AsyncIterator[Envelope | Reject]:
        if response.url.endswith("story-1"):
            raise ZeroDivisionError
        async for item in parse_page(self, response):
            yield item

    monkeypatch.setattr(NewsSpider, "parse_page", failing)
    lite.add("one", sites[0], feeds=[feed_of(sites[0], 1, 2)])
    outcome = await asyncio.wait_for(lite.crawl(), 60)
    assert outcome.stats["spider_exceptions/ZeroDivisionError"] == 1
    assert outcome.stats["newsbot/store/new"] == 1


@pytest.mark.parametrize("arguments", [{"source": "nobody"}, {"due": "yes"}, {"sauce": "one"}])
@in_reactor
async def test_wrong_arguments_are_refused(lite: Web, sites: list[Site], arguments: dict[str, Any]) -> None:
    lite.add("one", sites[0])
    with pytest.raises(UsageError):
        await lite.crawl(**arguments)
