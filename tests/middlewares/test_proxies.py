"""Crawls behind a proxy, in processes of their own: the resolver that guards addresses belongs to a process."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from newsbot.store.queries import get_article, list_rejects
from tests.crawling import reading
from tests.pages import article_page
from tests.raw_site import RawSite, running_raw_site

PROJECT = Path(__file__).parents[2]
PROXY = "127.0.0.18"
PAGE = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n" + article_page(1).encode()
PRIVATE = (
    "http://169.254.169.254/latest/meta-data/",
    "https://10.0.0.1/",
    "http://[fec0::1]/",
    "http://localhost/",
    f"http://{PROXY}/",
)


@pytest.fixture
def proxy() -> Iterator[RawSite]:
    with running_raw_site(PROXY) as running:
        yield running


def crawl(urls: list[str], proxy: RawSite, folder: Path, **environment: str) -> dict[str, tuple[str, str]]:
    """Run the spider `article` behind a proxy; return URL -> reason and detail of its reject."""
    clean = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    mine = {
        "NEWSBOT_DATABASE_URL": f"sqlite:///{folder / 'newsbot.db'}",
        "NEWSBOT_ENTITY_ENGINE": "none",
        "NEWSBOT_ARCHIVE_DIR": "",
        "NEWSBOT_WORKERS": "0",
        "http_proxy": proxy.url,
        "https_proxy": proxy.url,
    }
    command = [sys.executable, "-m", "scrapy", "crawl", "article", "-a", "url=" + ",".join(urls)]
    command += ["-s", "RETRY_TIMES=0", "-s", "AUTOTHROTTLE_ENABLED=0", "-s", "DOWNLOAD_DELAY=0"]
    done = subprocess.run(
        command,
        cwd=PROJECT,
        env=clean | mine | environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    with reading(mine["NEWSBOT_DATABASE_URL"]) as session:
        return {reject.url: (reject.reason, reject.detail or "") for reject in list_rejects(session)}


def test_a_proxy_is_asked_for_public_hosts_only_whatever_its_own_address_is(
    tmp_path: Path, proxy: RawSite
) -> None:
    story, moved = "http://93.184.216.34/story", "http://93.184.216.34/moved"
    proxy.answers[story] = PAGE
    proxy.answers[moved] = b"HTTP/1.1 302 Found\r\nLocation: %s/secret\r\n\r\n" % proxy.url.encode()
    found = crawl([story, moved, *PRIVATE, "http://news.invalid/story"], proxy, tmp_path)
    private = {url: reason for url, (reason, _) in found.items() if reason == "private-network"}
    assert private.keys() == {*PRIVATE, f"{proxy.url}/secret"}
    assert f"{PROXY} has no public address; NEWSBOT_ALLOWED_NETWORKS" in found[f"{proxy.url}/secret"][1]
    assert "NEWSBOT_ALLOWED_NETWORKS=0.0.0.0/0,::/0" in found["http://news.invalid/story"][1]
    asked = {line.split(" ")[1] for line in proxy.asked}
    assert asked == {"http://93.184.216.34/robots.txt", story, moved}  # nothing else, from whatever library
    with reading(f"sqlite:///{tmp_path / 'newsbot.db'}") as session:
        assert get_article(session, story) is not None


def test_no_proxy_is_honoured_and_a_proxy_may_be_trusted_to_judge_hosts(
    tmp_path: Path, proxy: RawSite
) -> None:
    proxy.answers["http://news.invalid/story"] = PAGE
    with running_raw_site("127.0.0.19") as site:
        site.answers["/story"] = PAGE
        crawl(
            [f"{site.url}/story", "http://news.invalid/story"],
            proxy,
            tmp_path,
            no_proxy="127.0.0.19",
            NEWSBOT_ALLOWED_NETWORKS="0.0.0.0/0,::/0",
        )
    assert not any(site.url in line for line in proxy.asked)
    with reading(f"sqlite:///{tmp_path / 'newsbot.db'}") as session:
        assert get_article(session, f"{site.url}/story") is not None
        assert get_article(session, "http://news.invalid/story") is not None
