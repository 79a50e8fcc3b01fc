"""`newsbot crawl`, `newsbot take` and `newsbot fetch`."""

from __future__ import annotations

from typing import Any

import click

from newsbot.cli.crawling.spider_command import run_spider_command, spider_options
from newsbot.cli.options import SourceKey
from newsbot.errors import UsageError


@click.command()
@click.argument("keys", nargs=-1, metavar="[SOURCE...]", type=SourceKey())
@click.option(
    "--all",
    "is_all",
    is_flag=True,
    help="All enabled sources: your own, or those of the catalog in the package.",
)
@click.option(
    "--due/--not-due",
    "is_due",
    default=True,
    help="Only feeds whose time has come, or all of them.  [default: due]",
)
@spider_options
def crawl(keys: tuple[str, ...], is_all: bool, is_due: bool, **options: Any) -> int:
    """Store what sources have published: new and changed articles.

    Feeds, sitemaps and section pages are polled. SOURCE are keys, as `newsbot sources list` shows them. Without any, your own sources that are enabled: those that
    the setting `sources` names. It is run again and again, by cron for example, and does what is due.

    \b
    Examples:
      newsbot crawl
      newsbot crawl bbc guardian --limit 50
      newsbot crawl --all --quiet
    """
    if keys and is_all:
        raise UsageError("SOURCE and --all exclude each other")
    if not keys and not is_all:
        _require_own_sources()
    return run_spider_command("news", {"source": ",".join(keys), "due": "1" if is_due else "0"}, **options)


def _require_own_sources() -> None:
    from newsbot.settings import configuration

    if not configuration().sources:
        raise UsageError(
            "no sources are named; accepted: keys of sources (newsbot sources list), --all, "
            "or a setting `sources` with your own (newsbot init)"
        )


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--url", metavar="URL", help="Where a single page came from.")
@spider_options
def take(paths: tuple[str, ...], url: str | None, **options: Any) -> int:
    """Store saved pages, without the network.

    PATH is a file, a folder or a glob: HTML, text and WARC files.

    \b
    Examples:
      newsbot take pages
      newsbot take story.html --url https://news.example/story
    """
    given = {"path": paths} if url is None else {"path": paths, "url": url}
    return run_spider_command("saved", given, **options)


@click.command()
@click.argument("urls", nargs=-1, required=True, metavar="URL...")
@spider_options
def fetch(urls: tuple[str, ...], **options: Any) -> int:
    """Fetch single articles from the web and store them.

    The exit status is 1 if one of them could not be stored; the reason is said.

    \b
    Examples:
      newsbot fetch https://news.example/story --json
    """
    return run_spider_command("article", {"url": ",".join(urls)}, names_rejects=True, **options)
