"""`newsbot db`: create, migrate, check and copy the database."""

from __future__ import annotations

import click

from newsbot.cli.groups import Group
from newsbot.cli.options import common_options, opened_database
from newsbot.cli.output import print_json
from newsbot.cli.progress_display import progress_bar


@click.group(cls=Group)
def db() -> None:
    """Bring the database up to date, check it, or copy it."""


@db.command()
@common_options
def upgrade(as_json: bool, database: str | None) -> None:
    """Create the database, or bring it up to date.

    Its tables and its full-text index. After a new version a big database may be indexed anew for minutes. This can be stopped, and continues where it was.

    \b
    Examples:
      newsbot db upgrade
      newsbot db upgrade --database postgresql+psycopg://news@localhost/news
    """
    from newsbot.settings import configuration
    from newsbot.store.database import Database

    opened = Database(database or configuration().database_url)
    with progress_bar("Articles are indexed") as advance:
        opened.open(on_progress=lambda done: advance(done.part, done.whole))
    opened.close()
    _print(opened.url, as_json=as_json)


@db.command()
@common_options
def check(as_json: bool, database: str | None) -> None:
    """Check that the database is up to date; change nothing.

    \b
    Examples:
      newsbot db check
    """
    with opened_database(database, migrate=False) as opened:
        _print(opened.url, as_json=as_json)


@db.command()
@click.argument("target", metavar="URL")
@common_options
def copy(target: str, as_json: bool, database: str | None) -> None:
    """Copy the database into the empty one at URL.

    Also from SQLite to PostgreSQL or back. Everything is copied, with the ids of articles, stories and changes. A copy
    that is stopped while rows are copied leaves an empty database; run it again. What is stored in the meantime is not
    copied: stop crawls first.

    \b
    Examples:
      newsbot db copy postgresql+psycopg://newsbot@localhost/news
    """
    from newsbot.store.copying import copy_database
    from newsbot.store.database import Database

    with opened_database(database, migrate=False) as source:
        copied = Database(target).open()
        with progress_bar("Rows are copied") as advance:
            rows = copy_database(source, copied, on_progress=lambda done: advance(done.part, done.whole))
        with progress_bar("Articles are indexed") as advance:
            copied.open(on_progress=lambda done: advance(done.part, done.whole))
        copied.close()
    if as_json:
        print_json({"database": copied.url, "rows": rows})
    else:
        click.echo(f"{rows} rows are copied to {copied.url}")


def _print(url: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"database": url, "is_current": True})
    else:
        click.echo(f"{url} is up to date")
