"""`newsbot reextract`: applies today's rules to archived pages."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

import click

from newsbot import rule_versions
from newsbot.cli.options import SourceKey, common_options, opened_database, since_option
from newsbot.cli.output import print_heading, print_json, print_table, printable, say
from newsbot.cli.progress_display import progress
from newsbot.cli.reading.history import print_changes
from newsbot.cli.sources.known import check_source

if TYPE_CHECKING:
    from newsbot.jobs.reextract import Findings
    from newsbot.store.database import Database


@click.command()
@since_option
@click.option("--source", type=SourceKey(), metavar="KEY", help="Articles of this source.")
@click.option("--dry-run", is_flag=True, help="Only show what would change.")
@click.option("--all", "is_all", is_flag=True, help="Also articles that today's rules have been applied to.")
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    default=os.cpu_count() or 1,
    show_default="all cores",
    metavar="N",
    help="Processes to work in.",
)
@common_options
def reextract(
    since: date | None,
    source: str | None,
    dry_run: bool,
    is_all: bool,
    workers: int,
    as_json: bool,
    database: str | None,
) -> None:
    """Apply today's rules of extraction to archived pages.

    It needs no network, and shows the changes by field. The history of an article marks them as changes by rules. If it is killed and run
    again, it continues where it was.

    \b
    Examples:
      newsbot reextract --dry-run
      newsbot reextract --source bbc --since 90d
    """
    from newsbot.jobs.reextract import Findings
    from newsbot.jobs.reextract import reextract as apply_rules
    from newsbot.settings import configuration
    from newsbot.store.articles.reextraction import list_extracted

    settings = configuration(database_url=database)
    findings = Findings()
    with opened_database(database, migrate=not dry_run, create=False) as opened:
        if source is not None:
            opened.ask(partial(check_source, key=source))
        articles = opened.ask(
            lambda session: list_extracted(session, is_stale=not is_all, source=source, since=since)
        )
        with _run(opened, findings, source, dry_run=dry_run) as run_id:
            found = apply_rules(articles, settings=settings, run_id=run_id, workers=workers)
            with progress(found, "Extracting", total=len(articles), size=_article_count) as shown:
                for some in shown:
                    findings.add(some)
    _print(findings, dry_run=dry_run, as_json=as_json)


def _article_count(findings: Findings) -> int:
    return findings.outcomes.total()


@contextmanager
def _run(
    database: Database, findings: Findings, source: str | None, *, dry_run: bool
) -> Iterator[int | None]:
    from newsbot.ingest.runs import recorded_run

    if dry_run:
        yield None
        return
    with recorded_run(database, "reextract", {"source": source}, findings.outcomes) as run_id:
        yield run_id


def _print(findings: Findings, *, dry_run: bool, as_json: bool) -> None:
    if as_json:
        samples = {
            name: [{"url": url, "before": old, "after": new} for url, old, new in changes]
            for name, changes in findings.samples.items()
        }
        print_json({"dry_run": dry_run, **findings.outcomes, "fields": findings.fields, "samples": samples})
        return
    if not findings.outcomes:
        say(
            f"nothing to do: today's rules ({rule_versions.label()}) have read every archived article that is asked for"
        )
        return
    print_heading("Articles")
    print_table(("", "articles"), sorted(findings.outcomes.items()))
    print_heading("Fields that would change" if dry_run else "Fields that changed")
    print_table(("field", "articles"), findings.fields.most_common())
    for name, changes in findings.samples.items():
        for url, old, new in changes:
            click.echo(printable(url))
            print_changes({name: (old, new)})
