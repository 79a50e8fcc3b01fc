"""`newsbot db`: create, migrate, check and copy the database."""

from __future__ import annotations

import click

from newsbot.cli.options import database_option
from newsbot.cli.output import progress_bar
from newsbot.settings import configuration
from newsbot.store.copying import copy_database
from newsbot.store.database import Database


@click.group()
def db() -> None:
    """Bring the database up to date, check it, or copy it."""


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


@db.command()
@click.argument("target", metavar="URL")
@database_option
def copy(target: str, database: str | None) -> None:
    """Copy the database into the empty one at URL, also from SQLite to PostgreSQL or back.

    Everything is copied, with the ids of articles, stories and changes. A copy that is stopped while rows are copied
    leaves an empty database; run it again. What is stored in the meantime is not copied: stop crawls first.

    \b
    newsbot db copy postgresql+psycopg://newsbot@localhost/news
    """
    source = Database(database or configuration().database_url).open(migrate=False)
    copied = Database(target).open()
    with progress_bar("Rows are copied") as advance:
        rows = copy_database(source, copied, on_progress=lambda done: advance(done.part, done.whole))
    with progress_bar("Articles are indexed") as advance:
        copied.open(on_progress=lambda done: advance(done.part, done.whole))
    source.close()
    copied.close()
    click.echo(f"{rows} rows are copied to {copied.url}")
