"""Servers that misbehave: the crawl ends, the page becomes a reject, and other pages are stored."""

import gzip
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from io import BufferedIOBase
from pathlib import Path

import pytest
from scrapy import Request

from newsbot.store.queries import get_article, list_rejects
from tests.crawling import crawl, in_reactor, reading
from tests.pages import article_page
from tests.site import Answer, Asked, Site, running_site

PROJECT = Path(__file__).parents[2]
HTML = {"Content-Type": "text/html"}


@pytest.fixture
def site() -> Iterator[Site]:
    with running_site("127.0.0.6") as running:
        yield running


def endless(stream: BufferedIOBase) -> None:
    try:
        while True:
            stream.write(b"4000\r\n" + b"a" * 0x4000 + b"\r\n")
    except OSError:
        return


def dripping(stream: BufferedIOBase) -> None:
    try:
        while True:
            stream.write(b"a")
            stream.flush()
            time.sleep(0.1)
    except OSError:
        return


def torn(stream: BufferedIOBase) -> None:
    stream.write(b"<html>")


class Impatient:
    """Limits the time for the page that misbehaves to a second; other pages may take longer."""

    def process_request(self, request: Request) -> None:
        if request.url.endswith("/page"):
            request.meta["download_timeout"] = 1


CHUNKED = HTML | {"Transfer-Encoding": "chunked"}
BOMB = gzip.compress(b"a" * 30_000_000)


@pytest.mark.parametrize(
    ("answer", "reasons"),
    [
        (Answer(BOMB, headers=HTML | {"Content-Encoding": "gzip"}), {"too-large"}),
        (Answer(headers=CHUNKED, send=endless), {"too-large"}),
        (Answer(headers=HTML | {"Content-Length": "100000"}, send=dripping), {"fetch-failed"}),
        (Answer(headers=HTML | {"Content-Length": "100000"}, send=torn), {"fetch-failed"}),
        (Answer(status=302, headers={"Location": "/page"}), {"fetch-failed", "ignored"}),
        (
            Answer(status=302, headers={"Location": "file:///etc/passwd"}),
            {"http-302", "fetch-failed", "ignored"},
        ),
        (Answer(b"", headers=HTML | {"Content-Encoding": "gzip"}), {"empty"}),
        (
            Answer(b"not gzip at all", headers=HTML | {"Content-Encoding": "gzip"}),
            {"empty", "fetch-failed", "error"},
        ),
    ],
    ids=["bomb", "endless", "dripping", "torn", "loop", "file redirect", "empty gzip", "lying gzip"],
)
@in_reactor
async def test_page_that_misbehaves_becomes_a_reject_and_its_neighbour_is_stored(
    tmp_path: Path, site: Site, answer: Answer, reasons: set[str]
) -> None:
    url = f"sqlite:///{tmp_path / 'newsbot.db'}"
    site.pages["/page"] = answer
    neighbour = site.html("/neighbour", article_page(1))
    settings = {
        "NEWSBOT_DATABASE_URL": url,
        "NEWSBOT_ENTITY_ENGINE": "none",
        "NEWSBOT_ALLOWED_NETWORKS": "127.0.0.0/8",
        "NEWSBOT_MAX_PAGE_BYTES": 1_000_000,
        "RETRY_TIMES": 0,
        "AUTOTHROTTLE_ENABLED": False,
    }
    if answer.send is dripping:
        settings["DOWNLOADER_MIDDLEWARES"] = {Impatient: 1}
    await crawl("article", settings, url=f"{site.url}/page,{neighbour}")
    with reading(url) as session:
        [reject] = list_rejects(session)
        assert reject.reason in reasons
        assert get_article(session, neighbour) is not None


@in_reactor
async def test_cookies_are_neither_kept_nor_sent(tmp_path: Path, site: Site) -> None:
    site.pages["/1"] = Answer(
        article_page(1).encode(), headers=HTML | {"Set-Cookie": "session=secret; Path=/"}
    )
    site.html("/2", article_page(2))
    settings = {
        "NEWSBOT_DATABASE_URL": f"sqlite:///{tmp_path / 'newsbot.db'}",
        "NEWSBOT_ENTITY_ENGINE": "none",
        "NEWSBOT_ALLOWED_NETWORKS": "127.0.0.0/8",
        "AUTOTHROTTLE_ENABLED": False,
    }
    await crawl("article", settings, url=f"{site.url}/1,{site.url}/2")
    assert len(site.paths()) == 2
    assert not any("Cookie" in asked.headers or "Authorization" in asked.headers for asked in site.asked)
    assert all("newsbot/" in asked.headers["User-Agent"] for asked in site.asked)


def test_a_redirect_into_a_private_network_is_refused_when_the_connection_is_made(
    tmp_path: Path, site: Site
) -> None:
    with running_site("127.0.0.7") as inside:
        inside.html("/metadata", article_page(3))
        site.redirect("/page", f"{inside.url}/metadata")
        environment = os.environ | {
            "NEWSBOT_DATABASE_URL": f"sqlite:///{tmp_path / 'newsbot.db'}",
            "NEWSBOT_ENTITY_ENGINE": "none",
            "NEWSBOT_ALLOWED_NETWORKS": "127.0.0.6/32",
            "NEWSBOT_ARCHIVE_DIR": "",
        }
        command = [
            sys.executable,
            "-m",
            "scrapy",
            "crawl",
            "article",
            "-a",
            f"url={site.url}/page",
            "-s",
            "RETRY_TIMES=0",
        ]
        done = subprocess.run(
            command, cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=600, check=False
        )
        assert done.returncode == 0, done.stderr
        assert site.paths() == ["/page"]
        assert inside.asked == []
    with reading(f"sqlite:///{tmp_path / 'newsbot.db'}") as session:
        assert [reject.reason for reject in list_rejects(session)] == ["private-network"]


@in_reactor
async def test_a_feed_or_sitemap_that_is_a_bomb_ends_as_a_failed_poll(tmp_path: Path, site: Site) -> None:
    url = f"sqlite:///{tmp_path / 'newsbot.db'}"
    laughs = (
        '<!DOCTYPE r [<!ENTITY a "'
        + "ha" * 1000
        + '">'
        + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(8))
        + "]><rss><channel><item><link>&i;</link></item></channel></rss>"
    )
    site.pages["/laughs.xml"] = Answer(laughs.encode())
    site.pages["/bomb.xml.gz"] = Answer(gzip.compress(b"<urlset>" + b" " * 200_000_000))
    good = site.html("/2026/05/good", article_page(4))

    def feed(asked: Asked) -> Answer:
        return Answer(
            f"<rss version='2.0'><channel><item><link>{good}</link></item></channel></rss>".encode()
        )

    site.pages["/good.xml"] = feed
    (tmp_path / "s.toml").write_text(
        f'[[source]]\nkey = "one"\nhomepage = "{site.url}/"\n'
        f'feeds = ["{site.url}/laughs.xml", "{site.url}/good.xml"]\nsitemaps = ["{site.url}/bomb.xml.gz"]\n'
    )
    settings = {
        "NEWSBOT_DATABASE_URL": url,
        "NEWSBOT_SOURCES": str(tmp_path / "s.toml"),
        "RETRY_TIMES": 0,
        "NEWSBOT_ENTITY_ENGINE": "none",
        "NEWSBOT_ALLOWED_NETWORKS": "127.0.0.0/8",
        "AUTOTHROTTLE_ENABLED": False,
    }
    outcome = await crawl("news", settings)
    assert outcome.stats["newsbot/store/new"] == 1
    grown = outcome.stats.get("memusage/max", 0) - outcome.stats.get("memusage/startup", 0)
    assert grown < 500_000_000
