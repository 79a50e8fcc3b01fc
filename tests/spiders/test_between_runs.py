"""What a crawl keeps for the next one: sitemaps of an index, feeds that moved or ended, claims, and identities of entries.

Every test makes three runs or more.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from newsbot.discovery import polls
from newsbot.store.crawl import polling
from newsbot.store.database import Database
from newsbot.store.queries import get_article
from newsbot.store.schema.models import ArticleRow, Feed, FrontierRow, Source
from tests.crawling import in_reactor, reading
from tests.pages import article_page, paragraphs, rss
from tests.site import Answer, Asked, Site
from tests.sites import Web, feed_of

pytestmark = pytest.mark.slow

NS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
XML = {"Content-Type": "application/xml"}
HTML = {"Content-Type": "text/html"}


def story(site: Site, number: int, **options: Any) -> str:
    return site.html(f"/2026/05/story-{number}", article_page(number, **options))


def stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")


def index(*urls: str, dates: dict[str, datetime] | None = None) -> bytes:
    def entry(url: str) -> str:
        moment = (dates or {}).get(url)
        return f"<sitemap><loc>{url}</loc>{f'<lastmod>{stamp(moment)}</lastmod>' if moment else ''}</sitemap>"

    return f"<sitemapindex {NS}>{''.join(map(entry, urls))}</sitemapindex>".encode()


def urlset(*urls: str, at: datetime | None = None) -> bytes:
    dated = f"<lastmod>{stamp(at)}</lastmod>" if at else ""
    return f"<urlset {NS}>{''.join(f'<url><loc>{url}</loc>{dated}</url>' for url in urls)}</urlset>".encode()


def atom(*entries: str) -> Answer:
    return Answer(
        f'<feed xmlns="http://www.w3.org/2005/Atom">{"".join(entries)}</feed>'.encode(), headers=XML
    )


def entry(url: str, *, guid: str = "", title: str = "", updated: datetime | None = None) -> str:
    return (
        f"<entry><id>{guid or url}</id><title>{title}</title><link href='{url}'/>"
        f"{f'<updated>{stamp(updated)}</updated>' if updated else ''}</entry>"
    )


def revalidated(body: bytes, tag: str) -> Any:
    def answer(asked: Asked) -> Answer:
        if asked.headers.get("If-None-Match") == tag:
            return Answer(status=304, headers={"ETag": tag})
        return Answer(body, headers={"ETag": tag, **XML})

    return answer


def feeds(web: Web) -> dict[str, Feed]:
    with reading(web.database_url) as session:
        found = {feed.url: feed for feed in session.scalars(select(Feed))}
        session.expunge_all()
    return found


def change(web: Web, statement: Any) -> None:
    database = Database(web.database_url).open()
    with database.write() as session:
        session.execute(statement)
    database.close()


# ------------------------------------------------------------------ sitemap indexes


@in_reactor
async def test_a_sitemap_is_read_at_every_run_although_its_index_does_not_change(
    web: Web, sites: list[Site]
) -> None:
    site = sites[0]
    child = f"{site.url}/news.xml"
    site.pages["/index.xml"] = revalidated(index(child), '"v1"')
    web.add("one", site, sitemaps=[f"{site.url}/index.xml"])
    for run in (1, 2, 3, 4):
        site.pages["/news.xml"] = Answer(urlset(*(story(site, number) for number in range(run))), headers=XML)
        outcome = await web.crawl(due="0")
        assert outcome.stats.get("newsbot/store/new") == 1, f"run {run}"
    assert web.count() == 4
    assert site.paths().count("/index.xml") == 4


@in_reactor
async def test_sitemaps_of_an_index_that_changes_keep_their_validators(lite: Web, sites: list[Site]) -> None:
    site = sites[0]
    children = [f"{site.url}/{name}.xml" for name in ("old", "new")]
    for number, name in enumerate(("old", "new")):
        site.pages[f"/{name}.xml"] = revalidated(urlset(story(site, number)), f'"{name}"')
    lite.add("one", site, sitemaps=[f"{site.url}/index.xml"])
    for run in range(3):
        site.pages["/index.xml"] = Answer(index(*children) + b" " * run, headers=XML)
        await lite.crawl(due="0")
    tags = [asked.headers.get("If-None-Match") for asked in site.asked if asked.path == "/old.xml"]
    assert tags == [None, '"old"', '"old"']
    assert site.paths().count("/2026/05/story-0") == 1


@in_reactor
async def test_what_a_long_sitemap_without_dates_adds_is_new(web: Web, sites: list[Site]) -> None:
    site = sites[0]
    archive = [f"{site.url}/archive/{number}" for number in range(1_200)]
    site.pages["/all.xml"] = Answer(urlset(*archive), headers=XML)
    web.add("one", site, sitemaps=[f"{site.url}/all.xml"])
    await web.crawl(due="0")
    assert "only those are taken that it adds" in str(feeds(web)[f"{site.url}/all.xml"].note)
    for run in range(2):
        archive.insert(600, story(site, run))
        site.pages["/all.xml"] = Answer(urlset(*archive), headers=XML)
        await web.crawl(due="0")
        assert web.count() == run + 1
    assert len(site.paths()) == 3 + 2


@in_reactor
async def test_a_sitemap_that_its_index_lists_no_longer_is_not_polled(lite: Web, sites: list[Site]) -> None:
    site = sites[0]
    for number, name in enumerate(("a", "b")):
        site.pages[f"/{name}.xml"] = Answer(urlset(story(site, number)), headers=XML)
    lite.add("one", site, sitemaps=[f"{site.url}/index.xml"])
    site.pages["/index.xml"] = Answer(index(f"{site.url}/a.xml", f"{site.url}/b.xml"), headers=XML)
    await lite.crawl(due="0")
    site.pages["/index.xml"] = Answer(index(f"{site.url}/b.xml"), headers=XML)
    await lite.crawl(due="0")
    site.asked.clear()
    await lite.crawl(due="0")
    assert sorted(site.paths()) == ["/b.xml", "/index.xml"]


@in_reactor
async def test_a_sitemap_is_due_when_its_index_says_that_it_has_changed(lite: Web, sites: list[Site]) -> None:
    site = sites[0]
    child = f"{site.url}/a.xml"
    now = datetime.now(UTC)
    lite.add("one", site, sitemaps=[f"{site.url}/index.xml"])
    site.pages["/index.xml"] = Answer(index(child, dates={child: now - timedelta(days=1)}), headers=XML)
    site.pages["/a.xml"] = Answer(urlset(story(site, 1)), headers=XML)
    await lite.crawl()
    site.pages["/a.xml"] = Answer(urlset(story(site, 1), story(site, 2)), headers=XML)
    for changed in (False, True):
        moment = datetime.now(UTC) if changed else now - timedelta(days=1)
        site.pages["/index.xml"] = Answer(index(child, dates={child: moment}) + b" " * changed, headers=XML)
        change(
            lite,
            update(Feed)
            .where(Feed.url == f"{site.url}/index.xml")
            .values(next_poll_at=None, content_hash=None),
        )
        change(lite, update(Feed).where(Feed.url == child).values(last_polled_at=now - timedelta(minutes=1)))
        await lite.crawl()
        assert lite.count() == 1 + changed


@in_reactor
@pytest.mark.slow
async def test_an_index_of_indexes_without_end_is_left_at_some_depth(lite: Web, sites: list[Site]) -> None:
    site = sites[0]

    def endless(asked: Asked) -> Answer:
        names = [f"{site.url}{asked.path.removesuffix('.xml')}-{number}.xml" for number in range(5)]
        for name in names:
            site.pages[name.removeprefix(site.url)] = endless
        return Answer(index(*names), headers=XML)

    site.pages["/index.xml"] = endless
    lite.add("one", site, sitemaps=[f"{site.url}/index.xml"])
    for _ in range(3):
        await lite.crawl(due="0")
    assert len(feeds(lite)) == 1 + 5 + 25 + 125


@in_reactor
async def test_feeds_that_were_found_at_a_homepage_stay(lite: Web, sites: list[Site]) -> None:
    site = sites[0]
    feed = feed_of(site, 1)
    link = f'<link rel="alternate" type="application/rss+xml" href="{feed}">'
    site.html("/", f"<html><head>{link}</head><body></body></html>")
    lite.add("one", site)
    for run in (1, 2, 3):
        feed_of(site, *range(1, run + 1))
        await lite.crawl(due="0")
        assert lite.count() == run


# ------------------------------------------------------------------ feeds that move, end and come back


def age_redirect(web: Web) -> None:
    """Let a day go by since a redirect was first seen."""
    change(web, update(Feed).values(moved_at=datetime.now(UTC) - timedelta(days=1, minutes=1)))


@in_reactor
async def test_a_permanent_redirect_of_a_feed_is_remembered_once_it_has_lasted_a_day(
    web: Web, sites: list[Site]
) -> None:
    old, new = sites[:2]
    target = feed_of(new, 1)
    address = old.redirect("/rss.xml", target, 301)
    web.add("one", old, feeds=[address], hosts=[new.url.removeprefix("http://")])
    for _ in range(2):
        await web.crawl(due="0")
    assert not feeds(web)[address].is_moved
    age_redirect(web)
    await web.crawl(due="0")
    old.asked.clear()
    for number in (2, 3):
        feed_of(new, 1, number)
        await web.crawl(due="0")
    assert old.paths() == [], "only the new address is asked"
    assert web.count() == 3
    assert feeds(web)[address].moved_to == target
    new.pages["/rss.xml"] = Answer(b"", status=404)
    await web.crawl(due="0")
    await web.crawl(due="0")
    assert old.paths() == ["/rss.xml"], "the new address failed, so the old one is asked again"


@in_reactor
async def test_a_temporary_redirect_is_not_remembered(lite: Web, sites: list[Site]) -> None:
    old, new = sites[:2]
    address = old.redirect("/rss.xml", feed_of(new, 1), 302)
    lite.add("one", old, feeds=[address])
    for _ in range(3):
        await lite.crawl(due="0")
        age_redirect(lite)
    assert old.paths() == ["/rss.xml"] * 3
    assert feeds(lite)[address].moved_to is None


@in_reactor
async def test_a_feed_that_has_ended_is_asked_again_when_its_definition_changes(
    web: Web, sites: list[Site]
) -> None:
    site = sites[0]
    address = f"{site.url}/rss.xml"
    site.pages["/rss.xml"] = Answer(b"", status=410)
    web.add("one", site, feeds=[address])
    for _ in range(3):
        await web.crawl(due="0")
    assert site.paths() == ["/rss.xml"]
    assert feeds(web)[address].gone_at is not None
    feed_of(site, 1)
    web.catalog.write_text(web.catalog.read_text() + 'name = "Mended"\n')
    await web.crawl()
    assert web.count() == 1
    assert feeds(web)[address].gone_at is None


# ------------------------------------------------------------------ dates and addresses that change at every poll


@in_reactor
async def test_pages_whose_dates_are_always_now_are_fetched_once(web: Web, sites: list[Site]) -> None:
    site = sites[0]
    pages = [story(site, number) for number in range(12)]
    site.pages["/news.xml"] = lambda asked: Answer(urlset(*pages, at=datetime.now(UTC)), headers=XML)
    web.add("one", site, sitemaps=[f"{site.url}/news.xml"])
    for _ in range(4):
        await web.crawl(due="0")
    assert len([path for path in site.paths() if "story" in path]) == 12


@in_reactor
async def test_dates_that_all_move_say_nothing_although_they_differ(lite: Web, sites: list[Site]) -> None:
    site = sites[0]
    pages = [story(site, number) for number in range(6)]

    def lying(asked: Asked) -> Answer:
        now = datetime.now(UTC)
        return atom(
            *(entry(page, updated=now - timedelta(seconds=40 * number)) for number, page in enumerate(pages))
        )

    site.pages["/atom.xml"] = lying
    lite.add("one", site, feeds=[f"{site.url}/atom.xml"])
    for _ in range(3):
        await lite.crawl(due="0")
        change(lite, update(FrontierRow).values(done_at=datetime.now(UTC) - timedelta(hours=2)))
    assert len([path for path in site.paths() if "story" in path]) == 6


@in_reactor
async def test_one_page_that_is_always_new_is_fetched_less_and_less(lite: Web, sites: list[Site]) -> None:
    site = sites[0]
    pages = [story(site, number) for number in range(6)]
    old = datetime.now(UTC) - timedelta(days=3)

    def lying(asked: Asked) -> Answer:
        return atom(
            *(entry(page, updated=old) for page in pages[1:]), entry(pages[0], updated=datetime.now(UTC))
        )

    site.pages["/atom.xml"] = lying
    lite.add("one", site, feeds=[f"{site.url}/atom.xml"])

    async def poll() -> None:
        await lite.crawl(due="0")
        # Dates in feeds are read to the second, and a crawl may take less.
        last = datetime.now(UTC) - timedelta(minutes=1)
        change(lite, update(FrontierRow).values(expected_change_at=last))

    for _ in range(6):
        await poll()
    assert site.paths().count("/2026/05/story-0") == 2
    change(lite, update(FrontierRow).values(done_at=datetime.now(UTC) - timedelta(minutes=61)))
    for _ in range(3):
        await poll()
    assert site.paths().count("/2026/05/story-0") == 3


def age_pages(web: Web) -> None:
    """Let ten minutes go by since pages were fetched: dates in feeds are read to the second."""
    now = datetime.now(UTC)
    change(
        web,
        update(FrontierRow).values(
            done_at=now - timedelta(minutes=10), expected_change_at=now - timedelta(minutes=11)
        ),
    )


@in_reactor
async def test_an_article_that_was_really_updated_is_fetched_at_the_next_poll_each_time(
    web: Web, sites: list[Site]
) -> None:
    site = sites[0]
    pages = [story(site, number) for number in range(4)]
    dates = dict.fromkeys(pages, datetime.now(UTC) - timedelta(days=2))
    site.pages["/atom.xml"] = lambda asked: atom(*(entry(page, updated=dates[page]) for page in pages))
    web.add("one", site, feeds=[f"{site.url}/atom.xml"])
    await web.crawl(due="0")
    for run in range(3):
        story(site, 1, extra=f"A correction: the gate was built by {run + 2} guilds of carpenters in all.")
        age_pages(web)
        dates[pages[1]] = datetime.now(UTC)
        outcome = await web.crawl(due="0")
        assert outcome.stats["newsbot/store/changed"] == 1
    assert len([path for path in site.paths() if "story" in path]) == 4 + 3


@in_reactor
async def test_another_headline_in_the_feed_is_believed_whatever_the_dates_say(
    web: Web, sites: list[Site]
) -> None:
    site = sites[0]
    pages = [story(site, number) for number in range(4)]
    titles = dict.fromkeys(pages, "A headline")

    def lying(asked: Asked) -> Answer:
        return atom(*(entry(page, title=titles[page], updated=datetime.now(UTC)) for page in pages))

    site.pages["/atom.xml"] = lying
    web.add("one", site, feeds=[f"{site.url}/atom.xml"])
    for _ in range(2):
        await web.crawl(due="0")
    titles[pages[2]] = "A corrected headline"
    story(site, 2, extra="A correction: the gate was built by two guilds of carpenters from the valley.")
    outcome = await web.crawl(due="0")
    assert outcome.stats["newsbot/store/changed"] == 1
    assert len([path for path in site.paths() if "story" in path]) == 4 + 1


@in_reactor
async def test_a_section_page_that_words_its_links_otherwise_than_the_feed_changes_nothing(
    lite: Web, sites: list[Site]
) -> None:
    site = sites[0]
    pages = [site.html(f"/2026/05/{n:02}/the-long-way-home-{n}", article_page(n)) for n in range(1, 6)]
    site.pages["/atom.xml"] = atom(*(entry(page, title=f"Story {n}") for n, page in enumerate(pages)))
    links = "".join(
        f'<h2><a href="{page}">Another headline of story {n}</a></h2>' for n, page in enumerate(pages[:2])
    )
    site.pages["/politics/"] = lambda asked: Answer(
        f"<main>{links}</main><!-- {len(site.asked)} -->".encode(), headers=HTML
    )
    lite.add("one", site, feeds=[f"{site.url}/atom.xml"], sections=[f"{site.url}/politics/"])
    for _ in range(3):
        await lite.crawl(due="0")
        change(lite, update(Feed).values(content_hash=None, etag=None))
    assert len([path for path in site.paths() if "home" in path]) == 5


@in_reactor
async def test_the_budget_of_refetches_ends_and_true_claims_give_it_back(
    lite: Web, sites: list[Site]
) -> None:
    site = sites[0]
    pages = [story(site, number) for number in range(5)]
    dates = dict.fromkeys(pages, datetime.now(UTC) - timedelta(days=2))
    site.pages["/atom.xml"] = lambda asked: atom(*(entry(page, updated=dates[page]) for page in pages))
    lite.add("one", site, feeds=[f"{site.url}/atom.xml"])
    await lite.crawl(due="0")
    change(lite, update(Source).values(refetches_left=1.0, refetches_at=datetime.now(UTC)))
    for run in range(3):
        story(site, 0, extra=f"A correction: the gate was built by {run + 2} guilds of carpenters in all.")
        age_pages(lite)
        dates[pages[0]] = datetime.now(UTC)
        outcome = await lite.crawl(due="0")
        assert outcome.stats["newsbot/store/changed"] == 1
    age_pages(lite)
    dates[pages[0]] = datetime.now(UTC) - timedelta(days=2)
    dates[pages[1]] = dates[pages[2]] = datetime.now(UTC)
    await lite.crawl(due="0")
    await lite.crawl(due="0")
    lies = [path for path in site.paths() if path.endswith(("story-1", "story-2"))]
    assert len(lies) == 2 + 1, "one of the two false claims found the budget spent"


@in_reactor
async def test_an_entry_whose_address_changes_at_every_poll_is_fetched_once(
    web: Web, sites: list[Site]
) -> None:
    site = sites[0]
    run = 0
    for number in range(3):
        for visit in range(4):
            site.html(f"/2026/05/story-{number}?visit={visit}", article_page(number))

    def moving(asked: Asked) -> Answer:
        pages = [f"{site.url}/2026/05/story-{number}?visit={run}" for number in range(3)]
        return atom(*(entry(page, guid=f"tag:{n}", title=f"Story {n}") for n, page in enumerate(pages)))

    site.pages["/atom.xml"] = moving
    web.add("one", site, feeds=[f"{site.url}/atom.xml"])
    for run in range(4):  # noqa: B007 - `moving` reads it
        await web.crawl(due="0")
    assert len([path for path in site.paths() if "story" in path]) == 3
    assert web.count(FrontierRow) == 3


@in_reactor
async def test_a_guid_that_is_used_again_for_another_article_loses_none(lite: Web, sites: list[Site]) -> None:
    site = sites[0]
    lite.add("one", site, feeds=[f"{site.url}/atom.xml"])
    for number in range(3):
        page = entry(story(site, number), guid="latest", title=f"Story {number}")
        others = [
            entry(story(site, 10 + n), guid="same", title=f"Other {n}")
            for n in range(2 * number, 2 * number + 2)
        ]
        site.pages["/atom.xml"] = atom(page, *others)
        await lite.crawl(due="0")
    assert lite.count() == 3 + 6


@in_reactor
async def test_a_session_in_the_address_is_learnt_from_what_it_leads_to(web: Web, sites: list[Site]) -> None:
    site = sites[0]
    run = 0
    for number in range(4):
        for visit in range(5):
            site.html(f"/story.html?id={number}&w={visit * 7}", article_page(number))
    site.pages["/news.xml"] = lambda asked: Answer(
        urlset(*(f"{site.url}/story.html?id={number}&amp;w={run * 7}" for number in range(4))), headers=XML
    )
    web.add("one", site, sitemaps=[f"{site.url}/news.xml"])
    for run in range(5):  # noqa: B007 - the sitemap reads it
        await web.crawl(due="0")
    assert len([path for path in site.paths() if "story" in path]) == 8, "two runs, and none after that"
    site.html("/story.html?id=4&w=1", article_page(4))
    site.pages["/news.xml"] = Answer(urlset(f"{site.url}/story.html?id=4&amp;w=1"), headers=XML)
    outcome = await web.crawl(due="0")
    assert outcome.stats["newsbot/store/new"] == 1


@in_reactor
async def test_a_parameter_that_selects_the_article_is_not_learnt(web: Web, sites: list[Site]) -> None:
    site = sites[0]
    web.add("one", site, sitemaps=[f"{site.url}/news.xml"])
    for run in range(4):
        numbers = range(2 * run, 2 * run + 2)
        for number in numbers:  # two texts, each at several addresses
            site.html(f"/article.php?id={number}", article_page(number % 4 // 2))
        pages = [f"{site.url}/article.php?id={number}" for number in numbers]
        site.pages["/news.xml"] = Answer(urlset(*pages), headers=XML)
        await web.crawl(due="0")
    assert len([path for path in site.paths() if "article" in path]) == 8


@in_reactor
async def test_a_session_is_learnt_from_one_article_if_the_rest_of_its_address_names_it(
    lite: Web, sites: list[Site]
) -> None:
    site = sites[0]
    run = 0
    slug = "/2026/05/20/the-forgotten-forest-of-the-valley"
    for visit in range(8):
        site.html(f"{slug}?visit={visit}", article_page(1))
    site.pages["/news.xml"] = lambda asked: Answer(urlset(f"{site.url}{slug}?visit={run}"), headers=XML)
    lite.add("one", site, sitemaps=[f"{site.url}/news.xml"])
    for run in range(8):  # noqa: B007 - the sitemap reads it
        await lite.crawl(due="0")
    assert len([path for path in site.paths() if "forest" in path]) == 4


@in_reactor
async def test_a_session_in_the_path_is_learnt_too(lite: Web, sites: list[Site]) -> None:
    site = sites[0]
    run = 0
    for number in range(3):
        for visit in range(5):
            page = article_page(number, url=f"{site.url}/story-{number}")
            site.html(f"/s83f{visit}a/story-{number}", page)
    site.pages["/news.xml"] = lambda asked: Answer(
        urlset(*(f"{site.url}/s83f{run}a/story-{number}" for number in range(3))), headers=XML
    )
    lite.add("one", site, sitemaps=[f"{site.url}/news.xml"])
    for run in range(5):  # noqa: B007 - the sitemap reads it
        await lite.crawl(due="0")
    assert len([path for path in site.paths() if "story" in path]) == 6, "two runs, and none after that"


def rss_items(*items: tuple[str, str, str, str]) -> Answer:
    """Return an RSS feed of items: URL, guid, title, date; what is empty is left out."""
    names = ("link", "guid", "title", "pubDate")
    texts = [
        "".join(f"<{name}>{value}</{name}>" for name, value in zip(names, item, strict=True) if value)
        for item in items
    ]
    body = "".join(f"<item>{text}</item>" for text in texts)
    return Answer(f"<rss version='2.0'><channel>{body}</channel></rss>".encode(), headers=XML)


@pytest.mark.parametrize(
    "item",
    [
        pytest.param(("/{n}/briefing", "briefing", "Morning briefing", ""), id="the same guid and headline"),
        pytest.param(("/{n}/briefing", "1", "Weather", "{date}"), id="a guid by place, dated"),
        pytest.param(("/show?nr={n}", "issue", "Issue {n}", ""), id="the same guid, a number in the query"),
        pytest.param(("/show?nr={n}", "issue", "", ""), id="the same guid without a headline"),
        pytest.param(("/{n}/live", "", "Live ticker", "{date}"), id="no guid, the same headline"),
        pytest.param(
            ("/{n}/a", "item-1", "Issue {n}", "19 May 2026 00:00:00 GMT"), id="a guid by place, a day"
        ),
    ],
)
@in_reactor
async def test_articles_that_share_an_identifier_are_all_found(
    lite: Web, sites: list[Site], item: tuple[str, str, str, str]
) -> None:
    site = sites[0]
    lite.add("one", site, feeds=[f"{site.url}/rss.xml"])
    for number in range(4):
        date = f"{number + 10} May 2026 08:00:00 GMT"
        path, guid, title, dated = (part.format(n=number, date=date) for part in item)
        site.html(path, article_page(number))
        site.pages["/rss.xml"] = rss_items((site.url + path, guid, title, dated))
        await lite.crawl(due="0")
    assert lite.count() == 4


@in_reactor
async def test_an_article_that_gets_another_headline_and_address_stays_one_article(
    web: Web, sites: list[Site]
) -> None:
    site = sites[0]
    date = "19 May 2026 08:17:00 GMT"
    web.add("one", site, feeds=[f"{site.url}/rss.xml"])
    others = [(story(site, number), f"tag:example:{number}", f"Story {number}", date) for number in (5, 6, 7)]
    for run in range(3):
        page = site.html(f"/2026/05/slug-{run}", article_page(1, title=f"The library opens, edition {run}"))
        site.pages["/rss.xml"] = rss_items(
            (page, "tag:example:1", f"The library opens, edition {run}", date), *others
        )
        await web.crawl(due="0")
        age_pages(web)
    assert web.count() == 4
    with reading(web.database_url) as session:
        stored = get_article(session, f"{site.url}/2026/05/slug-0")
        assert stored is not None
        assert stored.revision == 3


@in_reactor
async def test_a_guid_that_is_the_changing_address_does_not_hide_what_is_learnt(
    lite: Web, sites: list[Site]
) -> None:
    site = sites[0]
    run = 0
    for number in range(3):
        for visit in range(5):
            site.html(f"/story-{number}?visit={visit * 7}", article_page(number))

    def feed(asked: Asked) -> Answer:
        pages = [f"{site.url}/story-{number}?visit={run * 7}" for number in range(3)]
        return rss_items(*((page, page, f"Story {number}", "") for number, page in enumerate(pages)))

    site.pages["/rss.xml"] = feed
    lite.add("one", site, feeds=[f"{site.url}/rss.xml"])
    for run in range(5):  # noqa: B007 - the feed reads it
        await lite.crawl(due="0")
    assert len([path for path in site.paths() if "story" in path]) == 6, "two runs, and none after that"


@pytest.mark.parametrize(
    "wall",
    [
        pytest.param(Answer(b"Forbidden", status=403), id="403"),
        pytest.param(
            Answer(b"<title>Just a moment...</title><p>Checking your browser", headers=HTML), id="200"
        ),
        pytest.param(Answer(b"", status=404), id="404"),
    ],
)
@in_reactor
async def test_pages_behind_a_wall_are_stored_when_it_falls_if_they_are_still_listed(
    web: Web, sites: list[Site], wall: Answer
) -> None:
    site = sites[0]
    pages = {path: site.pages[path] for path in (story(site, n).removeprefix(site.url) for n in range(3))}
    site.pages |= dict.fromkeys(pages, wall)
    site.pages["/rss.xml"] = Answer(rss(*(site.url + path for path in pages)).encode(), headers=XML)
    web.add("one", site, feeds=[f"{site.url}/rss.xml"])
    for _ in range(3):
        await web.crawl({"NEWSBOT_STUBS": 0}, due="0")
        web.make_due()
    assert len(site.paths()) <= 3 + 3 * 2, "two tries a page at most, and then an hour of rest"
    site.pages |= pages
    change(web, update(FrontierRow).values(done_at=datetime.now(UTC) - timedelta(hours=9)))
    site.pages["/rss.xml"] = Answer(
        rss(*(site.url + path for path in pages)).encode() + b"<!-- -->", headers=XML
    )
    await web.crawl({"NEWSBOT_STUBS": 0}, due="0")
    assert web.count() == 3


# ------------------------------------------------------------------ definitions that change, guesses, indexes that vary


@in_reactor
async def test_a_definition_that_changes_applies_to_documents_that_do_not(
    lite: Web, sites: list[Site]
) -> None:
    own, partner = sites[:2]
    pages = [story(own, 1), story(own, 2), story(partner, 3)]
    own.pages["/rss.xml"] = revalidated(rss(*pages).encode(), '"v1"')
    lite.add("own", own, feeds=[f"{own.url}/rss.xml"])
    for _ in range(2):
        await lite.crawl(due="0")
    assert lite.count() == 2
    partner_host = partner.url.removeprefix("http://")
    lite.catalog.write_text(lite.catalog.read_text() + f'hosts = ["{partner_host}"]\n')
    await lite.crawl(due="0")
    assert lite.count() == 3
    assert feeds(lite)[f"{own.url}/rss.xml"].note is None


@in_reactor
async def test_a_sitemap_that_was_configured_is_polled_as_one_of_its_index(
    lite: Web, sites: list[Site]
) -> None:
    site = sites[0]
    child = f"{site.url}/a.xml"
    site.pages["/index.xml"] = revalidated(index(child), '"v1"')
    site.pages["/a.xml"] = Answer(urlset(story(site, 1)), headers=XML)
    lite.add("one", site, sitemaps=[f"{site.url}/index.xml", child])
    await lite.crawl(due="0")
    lite.catalog.write_text("")
    lite.add("one", site, sitemaps=[f"{site.url}/index.xml"])
    for run in (2, 3):
        site.pages["/a.xml"] = Answer(
            urlset(*(story(site, number) for number in range(1, run + 1))), headers=XML
        )
        await lite.crawl(due="0")
        assert lite.count() == run


@in_reactor
async def test_a_feed_that_leaves_the_definition_is_not_polled_although_the_homepage_stays(
    lite: Web, sites: list[Site]
) -> None:
    site = sites[0]
    site.html("/", "<html><body><p>Welcome</p></body></html>")
    lite.add("one", site, feeds=[feed_of(site, 1, path="/removed.xml")])
    await lite.crawl(due="0")
    lite.catalog.write_text("")
    lite.add("one", site)
    site.asked.clear()
    for _ in range(2):
        await lite.crawl(due="0")
    assert "/removed.xml" not in site.paths()


@pytest.mark.parametrize("status", [500, 503])
@in_reactor
async def test_an_address_that_was_guessed_in_vain_is_tried_again_if_it_failed(
    web: Web, sites: list[Site], status: int
) -> None:
    site = sites[0]
    site.html("/", "<html><body><p>Welcome</p></body></html>")
    site.pages["/sitemap.xml"] = Answer(b"", status=status, headers={"Retry-After": "0"})
    web.add("one", site)
    await web.crawl(due="0")
    site.pages["/sitemap.xml"] = Answer(urlset(story(site, 1)), headers=XML)
    web.make_due()
    await web.crawl(due="0")
    assert web.count() == 1
    site.asked.clear()
    await web.crawl(due="0")
    assert site.paths() == ["/", "/sitemap.xml"]


@in_reactor
async def test_addresses_that_are_not_there_are_not_guessed_at_every_run(
    lite: Web, sites: list[Site]
) -> None:
    site = sites[0]
    site.html("/", "<html><body><p>Welcome</p></body></html>")
    lite.add("one", site)
    await lite.crawl(due="0")
    site.asked.clear()
    for _ in range(2):
        await lite.crawl(due="0")
    assert site.paths() == ["/", "/"]


@in_reactor
async def test_a_sitemap_of_an_index_that_was_gone_once_is_polled_again(lite: Web, sites: list[Site]) -> None:
    site = sites[0]
    child = f"{site.url}/a.xml"
    site.pages["/index.xml"] = Answer(index(child), headers=XML)
    lite.add("one", site, sitemaps=[f"{site.url}/index.xml"])
    for run in range(3):
        alive = Answer(urlset(*(story(site, number) for number in range(run + 1))), headers=XML)
        site.pages["/a.xml"] = Answer(b"", status=410) if run == 1 else alive
        await lite.crawl(due="0")
    assert lite.count() == 3


@in_reactor
async def test_a_temporary_redirect_to_a_page_that_is_gone_ends_no_feed(lite: Web, sites: list[Site]) -> None:
    site = sites[0]
    site.pages["/gone"] = Answer(b"", status=410)
    address = site.redirect("/rss.xml", f"{site.url}/gone")
    lite.add("one", site, feeds=[address])
    await lite.crawl(due="0")
    feed_of(site, 1)
    for _ in range(2):
        await lite.crawl(due="0")
    assert lite.count() == 1


@in_reactor
async def test_an_index_that_alternates_keeps_its_sitemaps(lite: Web, sites: list[Site]) -> None:
    site = sites[0]
    names = ("a", "b", "c")
    for number, name in enumerate(names):
        site.pages[f"/{name}.xml"] = revalidated(urlset(story(site, number)), f'"{name}"')
    lite.add("one", site, sitemaps=[f"{site.url}/index.xml"])
    for run in range(4):
        chosen = names[:2] if run % 2 else names[1:]
        site.pages["/index.xml"] = Answer(index(*(f"{site.url}/{name}.xml" for name in chosen)), headers=XML)
        await lite.crawl(due="0")
    full = [
        asked for asked in site.asked if asked.path[2:] == ".xml" and "If-None-Match" not in asked.headers
    ]
    assert sorted(asked.path for asked in full) == ["/a.xml", "/b.xml", "/c.xml"]


@in_reactor
async def test_a_sitemap_that_moves_inside_its_index_is_not_asked_at_its_old_address(
    lite: Web, sites: list[Site]
) -> None:
    site = sites[0]
    lite.add("one", site, sitemaps=[f"{site.url}/index.xml"])
    for run in range(3):
        site.pages.pop(f"/{run - 1}.xml", None)
        site.pages[f"/{run}.xml"] = Answer(urlset(story(site, run)), headers=XML)
        site.pages["/index.xml"] = Answer(index(f"{site.url}/{run}.xml"), headers=XML)
        outcome = await lite.crawl(due="0")
        assert "newsbot/feeds/failed" not in outcome.stats
    assert lite.count() == 3


@in_reactor
@pytest.mark.slow
async def test_an_index_that_lists_a_sitemap_for_each_day_stays_alive_and_small(
    lite: Web, sites: list[Site]
) -> None:
    site = sites[0]
    lite.add("one", site, sitemaps=[f"{site.url}/index.xml"])
    days: dict[str, datetime] = {}
    for run in range(8):
        for day in range(5 * run, 5 * run + 5):
            url = f"{site.url}/day-{day}.xml"
            days[url] = datetime.now(UTC) - timedelta(hours=2000 - 24 * day)
            site.pages[f"/day-{day}.xml"] = Answer(urlset(story(site, day)), headers=XML)
        site.pages["/index.xml"] = Answer(index(*days, dates=days), headers=XML)
        await lite.crawl(due="0")
    assert lite.count() == 40
    assert len(feeds(lite)) == 1 + 20


def section(links: Iterable[str], next_page: str = "") -> str:
    items = "".join(
        f'<h2><a href="{link}">A headline of several words for this one</a></h2>' for link in links
    )
    more = f'<a rel="next" href="{next_page}">More</a>' if next_page else ""
    return f"<html><body><main>{items}{more}</main></body></html>"


@pytest.mark.parametrize("status", [500, 429])
@in_reactor
async def test_the_second_page_of_a_section_is_read_by_a_later_run_if_it_fails(
    web: Web, sites: list[Site], status: int
) -> None:
    site = sites[0]
    pages = [site.html(f"/2026/05/{n:02}/the-long-way-home-{n}", article_page(n)) for n in range(1, 7)]
    site.html("/politics/", section(pages[:3], "/politics/2"))
    second = section(pages[3:])
    site.pages["/politics/2"] = Answer(b"", status=status, headers={"Retry-After": "600"})
    web.add("one", site, sections=[f"{site.url}/politics/"])
    await web.crawl(due="0")
    [polled] = feeds(web).values()
    assert (polled.failure_count, polled.last_error) == (0, None), "the section itself was read"
    site.html("/politics/2", second)
    web.make_due()
    for _ in range(2):
        await web.crawl(due="0")
    assert web.count() == 6
    assert site.paths().count("/politics/2") == 2


@in_reactor
async def test_a_second_page_that_is_gone_ends_no_section(lite: Web, sites: list[Site]) -> None:
    site = sites[0]
    pages = [site.html(f"/2026/05/{n:02}/the-long-way-home-{n}", article_page(n)) for n in range(1, 4)]
    site.html("/politics/", section(pages, "/politics/2"))
    site.pages["/politics/2"] = Answer(b"", status=410)
    lite.add("one", site, sections=[f"{site.url}/politics/"])
    for _ in range(3):
        await lite.crawl(due="0")
    [polled] = feeds(lite).values()
    assert (polled.failure_count, polled.gone_at) == (0, None)
    assert site.paths().count("/politics/2") == 1


@pytest.mark.parametrize(
    ("versions", "stored"),
    [
        pytest.param((range(6), range(14), range(20)), 20, id="grows: all that it ever listed is known"),
        pytest.param((range(12), range(9), [*range(9), 15]), 1, id="shrinks: the archive stays the archive"),
    ],
)
@in_reactor
async def test_a_sitemap_without_dates_may_cross_the_limit(
    lite: Web,
    sites: list[Site],
    versions: tuple[Iterable[int], ...],
    stored: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    site = sites[0]
    for module in (polls, polling):
        monkeypatch.setattr(module, "MAX_UNDATED", 10)  # a thousand, but for this test
    lite.add("one", site, sitemaps=[f"{site.url}/all.xml"])
    for numbers in versions:
        site.pages["/all.xml"] = Answer(urlset(*(story(site, number) for number in numbers)), headers=XML)
        await lite.crawl(due="0")
    assert lite.count() == stored


@in_reactor
async def test_a_homepage_that_was_gone_once_is_asked_again(lite: Web, sites: list[Site]) -> None:
    site = sites[0]
    site.pages["/"] = Answer(b"", status=410)
    lite.add("one", site)
    await lite.crawl(due="0")
    link = f'<link rel="alternate" type="application/rss+xml" href="{feed_of(site, 1)}">'
    site.html("/", f"<html><head>{link}</head><body></body></html>")
    for _ in range(2):
        await lite.crawl(due="0")
    assert lite.count() == 1


@in_reactor
async def test_sitemaps_that_are_left_out_are_noted(lite: Web, sites: list[Site]) -> None:
    site = sites[0]
    for level in range(4):
        site.pages[f"/{level}.xml"] = Answer(index(f"{site.url}/{level + 1}.xml"), headers=XML)
    lite.add("one", site, sitemaps=[f"{site.url}/0.xml"])
    await lite.crawl(due="0")
    assert feeds(lite)[f"{site.url}/3.xml"].note == "1 sitemaps are left out: they are below 3 others"


# ------------------------------------------------------------------ what the feed says, and whose article it is


@in_reactor
async def test_what_the_page_does_not_say_is_taken_from_the_feed(web: Web, sites: list[Site]) -> None:
    site = sites[0]
    body = "".join(f"<p>{text}</p>" for text in paragraphs(1))
    page = site.html("/a/1", f"<html><body><article>{body}</article></body></html>")
    site.pages["/rss.xml"] = Answer(
        f"""<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><item>
        <title>The library opens again</title><link>{page}</link><pubDate>Tue, 19 May 2026 08:00:00 GMT</pubDate>
        <dc:creator>Ada Kovac</dc:creator><category>Culture</category></item></channel></rss>""".encode(),
        headers=XML,
    )
    web.add("one", site, feeds=[f"{site.url}/rss.xml"])
    for _ in range(3):
        await web.crawl(due="0")
        change(web, update(FrontierRow).values(next_try_at=datetime(2020, 1, 1, tzinfo=UTC)))
    with reading(web.database_url) as session:
        stored = get_article(session, page)
        assert stored is not None
        assert stored.revision == 1
        assert stored.article.title == "The library opens again"
        assert stored.article.published_at == datetime(2026, 5, 19, 8, tzinfo=UTC)
        assert stored.article.rules["published_at"] == "feed date"


def sources_of_articles(web: Web) -> dict[str, str | None]:
    with reading(web.database_url) as session:
        return {
            url.rpartition("/")[2]: source
            for url, source in session.execute(select(ArticleRow.url, ArticleRow.source))
        }


@in_reactor
async def test_articles_at_another_host_belong_to_the_source_whose_feed_lists_them(
    web: Web, sites: list[Site]
) -> None:
    brand, host, advertiser = sites
    pages = [story(host, number) for number in range(3)]
    advert = story(advertiser, 7)
    brand.pages["/rss.xml"] = Answer(rss(*pages, advert).encode(), headers=XML)
    web.add("brand", brand, feeds=[f"{brand.url}/rss.xml"])
    for _ in range(3):
        outcome = await web.crawl(due="0")
    assert sources_of_articles(web) == dict.fromkeys(("story-0", "story-1", "story-2"), "brand")
    assert advertiser.asked == []
    assert "1 links to other sites" in str(feeds(web)[f"{brand.url}/rss.xml"].note) or outcome


@in_reactor
async def test_links_of_a_feed_to_strangers_are_left_out_unless_the_source_wants_them(
    lite: Web, sites: list[Site]
) -> None:
    own, stranger, partner = sites
    pages = [story(own, number) for number in range(3)]
    own.pages["/rss.xml"] = Answer(rss(*pages, story(stranger, 8), story(partner, 9)).encode(), headers=XML)
    lite.add("own", own, feeds=[f"{own.url}/rss.xml"], hosts=[partner.url.removeprefix("http://")])
    for _ in range(3):
        outcome = await lite.crawl(due="0")
    assert stranger.asked == []
    assert sources_of_articles(lite)["story-9"] == "own"
    assert outcome.stats.get("newsbot/links/offsite", 0) == 0, (
        "nothing is read from a feed that has not changed"
    )
    lite.catalog.write_text(lite.catalog.read_text() + 'offsite = "store"\n')
    change(lite, update(Feed).values(content_hash=None))
    await lite.crawl(due="0")
    assert sources_of_articles(lite)["story-8"] == stranger.url.removeprefix("http://").partition(":")[0]
