"""`newsbot sources`: list, propose and check sources, and show their health."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from newsbot.cli.live import check_live
from newsbot.cli.options import database_option, json_option, read_session
from newsbot.cli.output import print_json, print_table, printable
from newsbot.ingest.envelope import Envelope
from newsbot.items import Reject, utc_text
from newsbot.jobs.health_webhook import post_flags
from newsbot.settings import configuration
from newsbot.sources.catalog import load_sources
from newsbot.spiders.explore import ExploreSpider
from newsbot.spiders.spider_run import run_spider
from newsbot.store.queries import SourceHealth, source_health

FLAGGED = 3
"""Exit status of `health --check` if anything is flagged, and of `check --live` if a source does not work."""


@click.group()
def sources() -> None:
    """List and check the configured sources."""


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
            (s.key, s.name, s.language, s.country, len(s.feeds), "" if s.enabled else "disabled")
            for s in found
        ]
        print_table(("key", "name", "language", "country", "feeds", ""), rows)


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
@click.option("--check", "is_check", is_flag=True, help="Exit with status 3 if anything is flagged.")
@click.option("--webhook", metavar="URL", help="Post what is flagged there, as JSON.")
@json_option
@database_option
def health(is_check: bool, webhook: str | None, as_json: bool, database: str | None) -> int:
    """Show how each source is doing, and flag silence, lost fields, bot walls and failing feeds."""
    known = load_sources(configuration().sources)
    with read_session(database) as session:
        reports = source_health(
            session, [key for key, source in known.items() if source.enabled], today=datetime.now(UTC).date()
        )
    flagged = [report for report in reports if report.flags]
    for report in reports if as_json else []:
        print_json(asdict(report))
    if not as_json:
        _print_health(reports, flagged)
    if webhook and flagged:
        post_flags(webhook, flagged)
    return FLAGGED if is_check and flagged else 0


def _print_health(reports: list[SourceHealth], flagged: list[SourceHealth]) -> None:
    rows = [
        (
            report.source,
            report.articles_today,
            f"{report.articles_a_day:.1f}",
            utc_text(report.last_article_at) or "never",
            utc_text(report.last_poll_at) or "never",
            len(report.flags) or "",
        )
        for report in reports
    ]
    print_table(("source", "today", "a day", "last article", "last poll", "flags"), rows)
    for report in flagged:
        for flag in report.flags:
            click.secho(f"{printable(flag.source)}: {flag.kind}: {printable(flag.detail)}", fg="red")


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
