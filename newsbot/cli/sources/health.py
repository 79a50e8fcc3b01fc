"""`newsbot sources health`: how the sources are doing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from newsbot.cli.options import common_options, read_session
from newsbot.cli.output import print_json, print_table, printable, say
from newsbot.cli.sources.detail import plain
from newsbot.items import utc_text

if TYPE_CHECKING:
    from newsbot.sources.health import Flag
    from newsbot.store.queries import BoilerplateCount, SourceHealth

FLAGGED = 3
"""Exit status of `health --check` if anything is flagged."""
MAX_NAMED = 10
"""Maximum number of sources that were never polled that are named."""


@click.command()
@click.option("--check", "is_check", is_flag=True, help="Exit with status 3 if anything is flagged.")
@click.option("--webhook", metavar="URL", help="Post what is flagged there, as JSON.")
@common_options
def health(is_check: bool, webhook: str | None, as_json: bool, database: str | None) -> int:
    """Show how each source is doing; flag what needs a look.

    Flags: silence, lost fields (coverage drop), bot walls, pages that robots.txt forbids, hosts that are held, feeds
    that fail, have moved or have ended, and sources of which nothing can be reached. Disabled sources are left out.
    Sources whose certificates are not verified (tls_verify, NEWSBOT_TLS_VERIFY) are named.

    \b
    Examples:
      newsbot sources health
      newsbot sources health --check --webhook https://chat.example/hook
    """
    from newsbot.jobs.health_webhook import post_flags
    from newsbot.settings import configuration
    from newsbot.sources.catalog import load_sources
    from newsbot.sources.health import cut
    from newsbot.store.queries import boilerplate_counts, source_health

    settings = configuration()
    known = load_sources(settings.sources)
    enabled = [key for key, source in known.items() if source.enabled]
    unverified = [key for key in enabled if not (settings.tls_verify and known[key].tls_verify)]
    with read_session(database) as session:
        reports = source_health(session, enabled, now=datetime.now(UTC))
        removals = {count.source: count for count in boilerplate_counts(session)}
    flags = _flags(reports)
    if as_json:
        for report in reports:
            unverified_here = {"tls_verify": report.source not in unverified}
            print_json(plain(report) | unverified_here | _boilerplate_json(removals.get(report.source)))
    else:
        _print_health(reports, flags)
        if unverified:
            click.echo(f"certificates are not verified: {', '.join(cut(unverified, MAX_NAMED))}")
    if webhook and flags:
        post_flags(webhook, flags)
    return FLAGGED if is_check and flags else 0


def _boilerplate_json(count: BoilerplateCount | None) -> dict[str, int]:
    return {
        "learnt_blocks": count.learnt_count if count else 0,
        "removed_paragraphs": count.removed_count if count else 0,
    }


def _flags(reports: Sequence[SourceHealth]) -> list[Flag]:
    """Return the flags of all sources; one for all of them if none could be reached."""
    from newsbot.sources.health import outage, without_outage

    flags = [flag for report in reports for flag in report.flags]
    lost = {report.source: report.unreached for report in reports if report.was_polled}
    everything = outage(lost)
    return [everything, *without_outage(flags)] if everything else flags


def _print_health(reports: Sequence[SourceHealth], flags: Sequence[Flag]) -> None:
    from newsbot.sources.health import cut

    polled = [report for report in reports if report.was_polled]
    rows = [
        (
            report.source,
            report.articles_today,
            f"{report.articles_a_day:.1f}",
            utc_text(report.last_article_at) or "never",
            utc_text(report.last_poll_at) or "never",
            len(report.flags) or "",
        )
        for report in polled
    ]
    print_table(("source", "today", "a day", "last article", "last poll", "flags"), rows)
    if not polled:
        say("no source has been polled yet; a crawl does it")
    if never := [report.source for report in reports if not report.was_polled]:
        click.echo(f"never polled: {', '.join(cut(never, MAX_NAMED))}")
    for flag in flags:
        place = f"{printable(flag.source)}: " if flag.source else ""
        click.secho(f"{place}{flag.kind}: {printable(flag.detail)}", fg="red")
