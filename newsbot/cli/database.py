"""`newsbot db`: create, migrate and check the database."""

from __future__ import annotations

import click

from newsbot.cli.options import database_option
from newsbot.cli.output import progress_bar
from newsbot.settings import configuration
from newsbot.store.database import Database


@click.group()
def db() -> None:
    """Bring the database up to date, or check it."""


@db.command()
@database_option
def upgrade(database: str | None) -> None:
    """Create the database if it is missing, and bring its tables and its full-text index up to date.

    After a new version a big database may be indexed anew for minutes. This can be stopped, and continues where it was.
    """
    opened = Database(database or configuration().database_url)
    with progress_bar("Articles are indexed") as advance:
        opened.open(on_progress=lambda done: advance(done.part, done.whole))
    opened.close()
    click.echo(f"{opened.url} is up to date")


@db.command()
@database_option
def check(database: str | None) -> None:
    """Check that the database can be opened and is up to date; change nothing."""
    opened = Database(database or configuration().database_url)
    opened.open(migrate=False)
    opened.close()
    click.echo(f"{opened.url} is up to date")
