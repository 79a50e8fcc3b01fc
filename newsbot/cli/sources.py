"""`newsbot sources`: list, propose and check sources. `source_reports` has the commands that show how they are doing."""

from __future__ import annotations

from pathlib import Path

import click

from newsbot.cli.boilerplate import boilerplate
from newsbot.cli.live import check_live
from newsbot.cli.options import json_option
from newsbot.cli.output import print_json, print_table, printable
from newsbot.cli.source_reports import health, show
from newsbot.ingest.envelope import Envelope
from newsbot.items import Reject, utc_text
from newsbot.settings import configuration
from newsbot.sources.catalog import load_sources
from newsbot.spiders.explore import ExploreSpider
from newsbot.spiders.spider_run import run_spider

FLAGGED = 3
"""Exit status of `check --live` if a source does not work."""


@click.group()
def sources() -> None:
    """List and check the configured sources, and show how they are doing."""


sources.add_command(boilerplate)
sources.add_command(health)
sources.add_command(show)


@sources.command("list")
@json_option
def list_(as_json: bool) -> None:
    """List every source."""
    for_json = (
        "key",
        "name",
        "homepage",
        "language",
        "country",
        "tags",
        "enabled",
        "verified",
        "robots",
        "checked_on",
    )
    found = load_sources(configuration().sources).values()
    if as_json:
        for source in found:
            print_json({name: getattr(source, name) for name in for_json} | {"feeds": list(source.feeds)})
    else:
        rows = [
            (
                s.key,
                s.name,
                s.language,
                s.country,
                ", ".join(s.tags),
                len(s.feeds),
                "" if s.enabled else "disabled",
            )
            for s in found
        ]
        print_table(("key", "name", "language", "country", "tags", "feeds", ""), rows)


@sources.command()
@click.argument("url")
def add(url: str) -> None:
    """Look at a homepage: show what was found and three articles, and print the TOML of a source."""
    spider, items = run_spider("explore", url=url)
    assert isinstance(spider, ExploreSpider)
    found = spider.found
    for kind, urls in (("feed", found.feeds), ("sitemap", found.sitemaps), ("section", found.sections)):
        for found_url in urls:
            click.echo(f"{kind + ':':9} {printable(found_url)}", err=True)
    click.echo(f"articles: {len(found.links)} found; the newest of them as they would be stored:\n", err=True)
    for item in items:
        _preview(item)
    click.echo(found.toml())


def _preview(item: Envelope | Reject) -> None:
    if isinstance(item, Reject):
        click.echo(
            f"  {printable(item.url)}\n  rejected: {printable(item.reason)} {printable(item.detail)}\n",
            err=True,
        )
        return
    article = item.article
    authors = ", ".join(article.authors) or "no author"
    start = " ".join(article.body.split())[:200]
    click.echo(
        f"  {printable(article.title)}\n  {utc_text(article.published_at) or 'no date'}, {printable(authors)}, "
        f"{article.language}, {article.word_count} words\n  {printable(start)}...\n",
        err=True,
    )


@sources.command()
@click.argument("names", nargs=-1, metavar="[PATH | KEY...]")
@click.option(
    "--live", "is_live", is_flag=True, help="Fetch feeds and articles of the sources KEY, else of all."
)
@click.option(
    "--write",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="With --live: write the TOML files there, with verified, robots and checked_on, without feeds that are gone.",
)
@json_option
def check(names: tuple[str, ...], is_live: bool, folder: Path | None, as_json: bool) -> int:
    """Validate a TOML file or a folder of them; without PATH, what NEWSBOT_SOURCES names.

    With --live, see whether the sources work: robots.txt, homepage, feeds and one of the newest articles of each. Exit
    status 3 if one does not, 1 if no host has answered.
    """
    if is_live:
        return 0 if check_live(names, folder=folder, as_json=as_json) else FLAGGED
    if folder or len(names) > 1:
        raise click.UsageError("--write and several names need --live")
    found = load_sources(names[0] if names else configuration().sources)
    if as_json:
        print_json({"sources": len(found)})
    else:
        click.echo("1 source, valid" if len(found) == 1 else f"{len(found)} sources, all valid")
    return 0
