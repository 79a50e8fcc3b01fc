"""`newsbot db`: create, migrate and check the database."""

from __future__ import annotations

import click

from newsbot.cli.options import database_option
from newsbot.settings import configuration
from newsbot.store.database import Database


@click.group()
def db() -> None:
    """Bring the database up to date, or check it."""


@db.command()
@database_option
def upgrade(database: str | None) -> None:
    """Create the database if it is missing, and bring its tables up to date."""
    opened = Database(database or configuration().database_url)
    opened.open()
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
