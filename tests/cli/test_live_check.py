"""`newsbot sources check --live` against real sites."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from newsbot.sources.catalog import load_sources
from tests.pages import article_page, rss
from tests.site import Answer, Site, running_site


@pytest.fixture
def site() -> Iterator[Site]:
    with running_site("127.0.0.21") as running:
        yield running


@pytest.fixture
def other_site() -> Iterator[Site]:
    with running_site("127.0.0.22") as running:
        yield running


@pytest.fixture
def nobody() -> str:
    """Return the URL of a host that refuses connections."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.23", 0))
        return f"http://127.0.0.23:{unused.getsockname()[1]}"


def publish(site: Site, *, title: str | None = None) -> None:
    """Fill a site with a homepage, two articles and a feed of them."""
    stories = [site.html(f"/2026/05/story-{n}", article_page(n, title=title)) for n in range(2)]
    site.html("/", "<html lang=en><title>News</title></html>")
    site.pages["/rss.xml"] = Answer(rss(*stories).encode())


def configure(folder: Path, **sources: str) -> str:
    """Write a file for every source; each value is its TOML without the key. Return the folder."""
    folder.mkdir(exist_ok=True)
    for key, toml in sources.items():
        (folder / f"{key}.toml").write_text(
            f'# About {key}\n[[source]]\nkey = "{key}"\n{toml}\n', encoding="utf-8"
        )
    return str(folder)


def source(site: Site, *feeds: str, **further: str) -> str:
    """Return the TOML of a source without its key."""
    lines = [f'homepage = "{site.url}/"', f"feeds = {[site.url + feed for feed in feeds]}"]
    return "\n".join([*lines, *(f"{name} = {value}" for name, value in further.items())])


def check(sources: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    variables = {"NEWSBOT_ALLOWED_NETWORKS": "127.0.0.0/8", "NEWSBOT_SOURCES": sources, **environment}
    command = [sys.executable, "-m", "newsbot", "sources", "check", "--live", *arguments]
    return subprocess.run(
        command, env=os.environ | variables, capture_output=True, text=True, timeout=600, check=False
    )


def checks(done: subprocess.CompletedProcess[str]) -> dict[str, dict[str, Any]]:
    """Return key -> the JSON of a check."""
    return {found["key"]: found for found in map(json.loads, done.stdout.splitlines())}


def written(folder: Path, key: str) -> dict[str, Any]:
    table: dict[str, Any]
    [table] = tomllib.loads((folder / f"{key}.toml").read_text("utf-8"))["source"]
    return table


def test_source_that_works_gets_one_line_and_status_0(site: Site, tmp_path: Path) -> None:
    publish(site)
    done = check(configure(tmp_path / "in", one=source(site, "/rss.xml")))
    assert done.returncode == 0, done.stderr
    [line] = done.stdout.splitlines()
    assert line.startswith('one: works: 1 feed read; article "The harbour')
    assert line.endswith("words); robots.txt: allowed")
    assert site.paths().count("/rss.xml") == 1
    assert sum("story" in path for path in site.paths()) == 1


def test_source_that_works_is_written_as_verified_with_all_else_kept(site: Site, tmp_path: Path) -> None:
    publish(site)
    configured = configure(tmp_path / "in", one=source(site, "/rss.xml", verified="false  # until checked"))
    assert check(configured, "--write", str(tmp_path / "out")).returncode == 0
    before = (tmp_path / "in" / "one.toml").read_text()
    today = datetime.now(UTC).date()
    assert (tmp_path / "out" / "one.toml").read_text() == before.replace("= false ", "= true ") + (
        f'checked_on = {today}\nrobots = "allowed"\n'
    )
    assert load_sources(str(tmp_path / "out"))["one"].verified


@pytest.mark.slow
def test_feed_that_is_gone_fails_the_source_and_is_not_written(site: Site, tmp_path: Path) -> None:
    publish(site)
    configured = configure(tmp_path / "in", one=source(site, "/rss.xml", "/gone.xml"))
    done = check(configured, "--write", str(tmp_path / "in"))
    assert done.returncode == 3
    assert f"one: fails: feed {site.url}/gone.xml: status 404; 1 feed read" in done.stdout
    assert written(tmp_path / "in", "one")["feeds"] == [f"{site.url}/rss.xml"]
    assert written(tmp_path / "in", "one")["verified"] is True
    assert check(configured).returncode == 0


@pytest.mark.parametrize("path", ["/busy.xml", "/away.xml"])
def test_feed_with_a_passing_error_stays(path: str, site: Site, tmp_path: Path) -> None:
    publish(site)
    site.pages["/busy.xml"] = Answer(status=403)
    site.redirect("/away.xml", f"{site.url}/gone.xml", status=302)
    configured = configure(tmp_path / "in", one=source(site, "/rss.xml", path, verified="true"))
    assert check(configured, "--write", str(tmp_path / "out")).returncode == 3
    table = written(tmp_path / "out", "one")
    assert len(table["feeds"]) == 2
    assert table["verified"] is False


def test_only_permanent_redirects_replace_a_feed(site: Site, tmp_path: Path) -> None:
    publish(site)
    site.pages["/new.xml"], site.pages["/today.xml"] = site.pages["/rss.xml"], site.pages["/rss.xml"]
    site.redirect("/old.xml", f"{site.url}/older.xml", status=301)
    site.redirect("/older.xml", f"{site.url}/new.xml", status=308)
    site.redirect("/daily.xml", f"{site.url}/today.xml", status=302)
    configured = configure(tmp_path / "in", one=source(site, "/old.xml", "/daily.xml"))
    done = check(configured, "--write", str(tmp_path / "out"))
    assert done.returncode == 0, done.stdout
    assert f"feed {site.url}/old.xml has moved to {site.url}/new.xml" in done.stdout
    assert written(tmp_path / "out", "one")["feeds"] == [f"{site.url}/new.xml", f"{site.url}/daily.xml"]


@pytest.mark.parametrize(
    ("rules", "robots", "problem"),
    [
        ("Disallow: /", "refused", "Forbidden by robots.txt"),
        ("Disallow: /2026/", "refused", "Forbidden by robots.txt"),
        ("Disallow: /2026/05/story-0", "partly", None),
        ("Disallow: /search", "allowed", None),
    ],
    ids=["everything", "articles", "one article", "search"],
)
def test_robots_are_obeyed_and_their_verdict_is_written(
    rules: str, robots: str, problem: str | None, site: Site, tmp_path: Path
) -> None:
    publish(site)
    site.pages["/robots.txt"] = Answer(f"User-agent: *\n{rules}\n".encode())
    configured = configure(tmp_path / "in", one=source(site, "/rss.xml"))
    done = check(configured, "--json", "--write", str(tmp_path / "out"))
    assert done.returncode == (3 if problem else 0), done.stdout
    found = checks(done)["one"]
    assert found["robots"] == robots
    assert (problem is None) == (found["problems"] == [])
    assert problem is None or problem in found["problems"][0]
    assert written(tmp_path / "out", "one")["robots"] == robots
    forbidden = rules.removeprefix("Disallow: ")
    assert [path for path in site.paths() if path.startswith(forbidden)] == []


def test_host_that_cannot_be_reached_stops_no_other_source_and_changes_nothing(
    site: Site, nobody: str, tmp_path: Path
) -> None:
    publish(site)
    away = f'homepage = "{nobody}/"\nfeeds = ["{nobody}/rss.xml"]\nverified = true'
    configured = configure(tmp_path / "in", away=away, one=source(site, "/rss.xml"))
    done = check(configured, "--json", "--write", str(tmp_path / "out"))
    assert done.returncode == 3, done.stderr
    found = checks(done)
    assert found["one"]["problems"] == []
    assert "refused" in found["away"]["problems"][0]
    assert (tmp_path / "out" / "away.toml").read_text() == (tmp_path / "in" / "away.toml").read_text()
    assert written(tmp_path / "out", "one")["verified"] is True


def test_no_network_at_all_is_one_line_and_status_1(nobody: str, tmp_path: Path) -> None:
    away = f'homepage = "{nobody}/"\nfeeds = ["{nobody}/rss.xml"]'
    unknown = 'homepage = "https://news.invalid/"\nfeeds = ["https://news.invalid/rss.xml"]'
    done = check(configure(tmp_path / "in", away=away, unknown=unknown), "--write", str(tmp_path / "out"))
    assert (done.returncode, done.stdout) == (1, "")
    [line] = done.stderr.splitlines()
    assert line.startswith("newsbot: no host has answered; is there a network? http")
    assert list((tmp_path / "out").iterdir()) == []


def test_private_networks_are_not_fetched(site: Site, tmp_path: Path) -> None:
    publish(site)
    done = check(configure(tmp_path / "in", one=source(site, "/rss.xml")), NEWSBOT_ALLOWED_NETWORKS="")
    assert done.returncode == 1
    assert "NEWSBOT_ALLOWED_NETWORKS" in done.stderr
    assert site.asked == []


def test_article_on_a_host_of_no_source_fails(site: Site, other_site: Site, tmp_path: Path) -> None:
    publish(other_site)
    site.html("/", "<html></html>")
    site.pages["/rss.xml"] = other_site.pages["/rss.xml"]
    done = check(configure(tmp_path / "in", one=source(site, "/rss.xml")))
    assert done.returncode == 3
    assert "belongs to no source" in done.stdout


def test_page_in_place_of_a_feed_and_feed_without_articles_fail(site: Site, tmp_path: Path) -> None:
    publish(site)
    site.html("/page.xml", "<html><p>Moved</p></html>")
    site.pages["/empty.xml"] = Answer(rss().encode())
    done = check(configure(tmp_path / "in", one=source(site, "/page.xml", "/empty.xml")), "--json")
    assert done.returncode == 3
    assert [address["problem"] for address in checks(done)["one"]["addresses"]] == [
        "neither RSS, Atom nor JSON Feed",
        "lists no article",
    ]
    assert "no article was found" in checks(done)["one"]["problems"]


def test_sitemap_index_and_homepage_alone_are_checked_as_a_crawl_reads_them(
    site: Site, other_site: Site, tmp_path: Path
) -> None:
    publish(site)
    urls = f"<urlset><url><loc>{site.url}/2026/05/story-1</loc></url></urlset>"
    site.pages["/news.xml"] = Answer(urls.encode())
    index = f"<sitemapindex><sitemap><loc>{site.url}/news.xml</loc></sitemap></sitemapindex>"
    site.pages["/sitemap.xml"] = Answer(index.encode())
    publish(other_site)
    link = '<link rel="alternate" type="application/rss+xml" href="/rss.xml">'
    other_site.html("/", f"<html><head>{link}</head></html>")
    mapped = f'homepage = "{site.url}/"\nsitemaps = ["{site.url}/sitemap.xml"]'
    bare = f'homepage = "{other_site.url}/"'
    done = check(configure(tmp_path / "in", mapped=mapped, bare=bare))
    assert done.returncode == 0, done.stdout
    lines = sorted(line.partition("; ")[0] for line in done.stdout.splitlines())
    assert lines == ["bare: works: 1 homepage read", "mapped: works: 1 sitemap read"]


def test_markup_and_escape_codes_of_a_site_do_not_reach_the_terminal(site: Site, tmp_path: Path) -> None:
    publish(site, title="Red \x1b[31m&#x202e;[bold]alert[/bold]")
    site.redirect("/moved.xml", f"{site.url}/rss.xml?\x1b]0;owned\x07", status=301)
    site.pages["/rss.xml?%1B]0;owned%07"] = site.pages["/rss.xml"]
    configured = configure(tmp_path / "in", one=source(site, "/rss.xml", "/moved.xml"))
    done = check(configured, "--write", str(tmp_path / "out"))
    assert "[bold]alert[/bold]" in done.stdout
    output = done.stdout + done.stderr + (tmp_path / "out" / "one.toml").read_text()
    assert [character for character in "\x1b\x07\u202e" if character in output] == []


@pytest.mark.slow
def test_named_sources_alone_are_checked_and_written(site: Site, nobody: str, tmp_path: Path) -> None:
    publish(site)
    away = f'homepage = "{nobody}/"\nfeeds = ["{nobody}/rss.xml"]'
    configured = configure(tmp_path / "in", away=away, one=source(site, "/rss.xml", enabled="false"))
    done = check(configured, "one", "--write", str(tmp_path / "out"))
    assert done.returncode == 0, done.stdout
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["one.toml"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "named"),
    [(["two"], "no source 'two'"), (["one", "--write", "{file}"], "file")],
    ids=["unknown key", "file in place of a folder"],
)
def test_wrong_argument_is_one_line_and_status_2(
    arguments: list[str], named: str, site: Site, tmp_path: Path
) -> None:
    file = tmp_path / "file"
    file.write_text("")
    configured = configure(tmp_path / "in", one=source(site, "/rss.xml"))
    done = check(configured, *(argument.format(file=file) for argument in arguments))
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)
    assert named in done.stderr
    assert site.asked == []


def test_ctrl_c_writes_what_is_done_and_names_how_much(site: Site, other_site: Site, tmp_path: Path) -> None:
    publish(site)
    waiting, release = Event(), Event()

    def hang(_: object) -> None:
        waiting.set()
        release.wait(60)

    other_site.pages["/rss.xml"] = Answer(send=hang, headers={"Content-Length": "9"})
    configured = configure(tmp_path / "in", one=source(site, "/rss.xml"), slow=source(other_site, "/rss.xml"))
    variables = {"NEWSBOT_ALLOWED_NETWORKS": "127.0.0.0/8", "NEWSBOT_SOURCES": configured}
    command = [
        sys.executable,
        "-m",
        "newsbot",
        "sources",
        "check",
        "--live",
        "--write",
        str(tmp_path / "out"),
    ]
    with subprocess.Popen(
        command, env=os.environ | variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        assert running.stdout.readline().startswith("one: works")
        assert waiting.wait(60)
        running.send_signal(signal.SIGINT)
        _, errors = running.communicate(timeout=60)
    release.set()
    assert (running.returncode, errors) == (1, "newsbot: stopped: 1 of 2 sources were checked\n")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["one.toml"]
