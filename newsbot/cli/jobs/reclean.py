"""`newsbot reclean`: what a site repeats, removed from articles that were stored before it was learnt."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import click

from newsbot.cli.options import database_option, json_option
from newsbot.cli.output import print_json, print_table, progress
from newsbot.settings import configuration
from newsbot.store.articles.site_boilerplate import (
    Found,
    boilerplate_sources,
    find_boilerplate,
    ids_of_source,
    reclean_article,
)
from newsbot.store.database import Database

BATCH = 200
"""Articles that are looked at in one transaction; each is changed in one of its own."""


@click.command()
@click.option("--source", metavar="KEY", help="Only articles of this source.")
@click.option("--dry-run", is_flag=True, help="Show what would be removed; change nothing.")
@json_option
@database_option
def reclean(source: str | None, dry_run: bool, as_json: bool, database: str | None) -> None:
    """Remove boilerplate that was learnt since from stored articles.

    The text as it was is kept in the article's history, marked as changed by newsbot's rules."""
    opened = Database(database or configuration().database_url).open(migrate=not dry_run)
    count = 0
    try:
        for found in progress(_found(opened, source), "Looking for boilerplate"):
            if dry_run or _reclean(opened, found):
                count += 1
                _print(found, as_json=as_json)
    finally:
        opened.close()
    click.echo(f"{count} articles {'would be' if dry_run else 'were'} recleaned", err=True)


def _found(database: Database, source: str | None) -> Iterator[Found]:
    with database.read() as session:
        keys = [source] if source else boilerplate_sources(session)
    for key in keys:
        last = 0
        while ids := _next_ids(database, key, last):
            with database.read() as session:
                found = find_boilerplate(session, ids)
            yield from found
            last = ids[-1]


def _next_ids(database: Database, source: str, last: int) -> list[int]:
    with database.read() as session:
        return ids_of_source(session, source, after=last, limit=BATCH)


def _reclean(database: Database, found: Found) -> bool:
    now = datetime.now(UTC)
    return database.transact(lambda session: reclean_article(session, found.article_id, run_id=None, now=now))


def _print(found: Found, *, as_json: bool) -> None:
    if as_json:
        print_json({"id": found.article_id, "url": found.url, "removed": found.texts})
    else:
        print_table(("id", "url", "removed"), [(found.article_id, found.url, " ¶ ".join(found.texts))])
