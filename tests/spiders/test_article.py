from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from newsbot.errors import UsageError
from newsbot.store.queries import article_urls, get_article, list_rejects
from newsbot.store.schema.models import Fetch
from tests.crawling import crawl, in_reactor, reading
from tests.pages import article_page
from tests.site import Answer, Site, running_site


@pytest.fixture
def site() -> Iterator[Site]:
    with running_site() as running:
        yield running


def settings(url: str, **others: object) -> dict[str, object]:
    return {
        "NEWSBOT_DATABASE_URL": url,
        "NEWSBOT_ENTITY_ENGINE": "none",
        "NEWSBOT_ALLOWED_NETWORKS": "127.0.0.0/8",
        "AUTOTHROTTLE_ENABLED": False,
        **others,
    }


@in_reactor
async def test_urls_are_fetched_and_stored(database_url: str, site: Site) -> None:
    urls = [site.html("/a,b", article_page(1)), site.html("/2", article_page(2))]
    outcome = await crawl("article", settings(database_url), url=",".join(urls))
    assert outcome.stats["newsbot/store/new"] == 2
    with reading(database_url) as session:
        assert get_article(session, urls[0]) is not None
        fetches = session.execute(select(Fetch.url, Fetch.status, Fetch.outcome)).all()
    assert sorted(fetches) == sorted((url, 200, "article") for url in urls)


@in_reactor
async def test_every_address_of_a_redirect_leads_to_the_article(tmp_path: Path, site: Site) -> None:
    url = f"sqlite:///{tmp_path / 'newsbot.db'}"
    final = site.html("/story", article_page(1))
    middle = site.redirect("/old", final, 301)
    first = site.redirect("/short", middle)
    await crawl("article", settings(url), url=first)
    with reading(url) as session:
        stored = get_article(session, first)
        assert stored is not None
        assert stored.article.url == final
        assert len(article_urls(session, stored.id)) == 3


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Answer(b"gone", status=404), "http-404"),
        (Answer(b"oops", status=500), "http-500"),
        (
            Answer(b"%PDF-1.7\n" + bytes(range(32)) * 40, headers={"Content-Type": "application/pdf"}),
            "binary",
        ),
        (Answer(b"<p>" + b"a" * 50_000, headers={"Content-Type": "text/html"}), "too-large"),
    ],
)
@in_reactor
async def test_response_that_is_not_a_page_becomes_a_reject_with_a_reason(
    tmp_path: Path, site: Site, answer: Answer, reason: str
) -> None:
    url = f"sqlite:///{tmp_path / 'newsbot.db'}"
    site.pages["/page"] = answer
    options = settings(url, NEWSBOT_MAX_PAGE_BYTES=40_000, RETRY_TIMES=0)
    await crawl("article", options, url=f"{site.url}/page")
    with reading(url) as session:
        assert [(reject.reason, reject.url) for reject in list_rejects(session)] == [
            (reason, f"{site.url}/page")
        ]


@in_reactor
async def test_robots_txt_is_obeyed(tmp_path: Path, site: Site) -> None:
    url = f"sqlite:///{tmp_path / 'newsbot.db'}"
    site.pages["/robots.txt"] = Answer(b"User-agent: *\nDisallow: /private/")
    page = site.html("/private/1", article_page(1))
    await crawl("article", settings(url), url=page)
    assert site.paths() == []
    with reading(url) as session:
        assert [reject.reason for reject in list_rejects(session)] == ["robots"]


@pytest.mark.parametrize(
    "url", ["", "news.example", "ftp://news.example/a", "file:///etc/passwd", "https://"]
)
@in_reactor
async def test_argument_that_is_not_a_web_address_is_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(UsageError, match="accepted"):
        await crawl("article", settings(f"sqlite:///{tmp_path / 'newsbot.db'}"), url=url)
