"""`newsbot reclean`: removes boilerplate from articles that were stored before it was learnt, and restores what is kept."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import click

from newsbot.cli.options import SourceKey, common_options, opened_database
from newsbot.cli.output import print_json, print_table
from newsbot.cli.progress_display import progress
from newsbot.cli.sources.known import check_source

if TYPE_CHECKING:
    from newsbot.store.articles.site_boilerplate import Found


@click.command()
@click.option("--source", type=SourceKey(), metavar="KEY", help="Only articles of this source.")
@click.option("--dry-run", is_flag=True, help="Show what would be removed; change nothing.")
@common_options
def reclean(source: str | None, dry_run: bool, as_json: bool, database: str | None) -> None:
    """Remove boilerplate that was learnt since, or put it back.

    Lines that a site was found to repeat after its articles were stored are removed; those that `sources boilerplate`
    keeps come back. The text as it was is kept in the article's history, marked as changed by newsbot's rules.

    \b
    Examples:
      newsbot reclean --dry-run
      newsbot reclean --source bbc
    """
    from newsbot.jobs.reclean import find_recleanable
    from newsbot.jobs.reclean import reclean as reclean_found

    count = 0
    with (
        opened_database(database, migrate=not dry_run, create=False) as opened,
        progress(find_recleanable(opened, source), "Looking for boilerplate") as all_found,
    ):
        if source is not None:
            opened.ask(partial(check_source, key=source))
        for found in all_found:
            if dry_run or reclean_found(opened, found):
                count += 1
                _print(found, as_json=as_json)
    click.echo(f"{count} articles {'would be' if dry_run else 'were'} recleaned", err=True)


def _print(found: Found, *, as_json: bool) -> None:
    if as_json:
        print_json(
            {"id": found.article_id, "url": found.url, "removed": found.texts, "restored": found.restored}
        )
    else:
        shown = [*found.texts, *(f"restored: {text}" for text in found.restored)]
        print_table(("id", "url", "removed"), [(found.article_id, found.url, " ¶ ".join(shown))])
