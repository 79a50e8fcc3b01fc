"""`newsbot reclean`: removes boilerplate from articles that were stored before it was learnt, and restores what is kept."""

from __future__ import annotations

import click

from newsbot.cli.options import database_option, json_option
from newsbot.cli.output import print_json, print_table, progress
from newsbot.jobs.reclean import find_recleanable
from newsbot.jobs.reclean import reclean as reclean_found
from newsbot.settings import configuration
from newsbot.store.articles.site_boilerplate import Found
from newsbot.store.database import Database


@click.command()
@click.option("--source", metavar="KEY", help="Only articles of this source.")
@click.option("--dry-run", is_flag=True, help="Show what would be removed; change nothing.")
@json_option
@database_option
def reclean(source: str | None, dry_run: bool, as_json: bool, database: str | None) -> None:
    """Remove boilerplate that was learnt since from stored articles, and put back what `sources boilerplate` keeps.

    The text as it was is kept in the article's history, marked as changed by newsbot's rules."""
    opened = Database(database or configuration().database_url).open(migrate=not dry_run)
    count = 0
    try:
        for found in progress(find_recleanable(opened, source), "Looking for boilerplate"):
            if dry_run or reclean_found(opened, found):
                count += 1
                _print(found, as_json=as_json)
    finally:
        opened.close()
    click.echo(f"{count} articles {'would be' if dry_run else 'were'} recleaned", err=True)


def _print(found: Found, *, as_json: bool) -> None:
    if as_json:
        print_json(
            {"id": found.article_id, "url": found.url, "removed": found.texts, "restored": found.restored}
        )
    else:
        shown = [*found.texts, *(f"restored: {text}" for text in found.restored)]
        print_table(("id", "url", "removed"), [(found.article_id, found.url, " ¶ ".join(shown))])
