"""`newsbot changes`: every change of an article, once, in one order, as JSON lines."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, get_args

import click
from sqlalchemy.orm import Session

from newsbot.cli.options import Names, database_option, filter_option, joined, json_option
from newsbot.cli.output import print_json
from newsbot.settings import configuration
from newsbot.store.database import Database
from newsbot.store.queries import (
    ChangeFilters,
    ChangeKind,
    ChangePage,
    Filters,
    Narrowed,
    change_json,
    last_number,
    list_changes,
    narrow,
    read_cursor,
)

NOW = "now"
PAGE, FULL_PAGE = 500, 20
"""Number of changes that are read in one transaction; fewer with the whole articles."""


class ChangeKinds(Names):
    """Kinds of changes, separated by commas."""

    name = "kind"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, ...]:
        """Return the kinds."""
        kinds, accepted = super().convert(value, param, ctx), get_args(ChangeKind)
        for kind in kinds:
            if kind not in accepted:
                self.fail(f"{kind!r} is no kind of change; accepted: {', '.join(accepted)}", param, ctx)
        return kinds


@click.command()
@click.option(
    "--cursor",
    metavar="CURSOR",
    default="0",
    help="Go on after this change: the `cursor` of the last line that you have. `now`: only what comes. "
    "Without it: from the beginning.",
)
@click.option("--follow", is_flag=True, help="Wait for further changes, until Ctrl-C.")
@click.option(
    "--interval",
    "interval_s",
    type=click.FloatRange(min=0.1, max=3600),
    default=2.0,
    show_default=True,
    metavar="SECONDS",
    help="How often --follow looks.",
)
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="At most N changes.")
@click.option(
    "--kind",
    "kinds",
    type=ChangeKinds(),
    multiple=True,
    callback=joined,
    metavar="KIND",
    help=f"Only these changes: {', '.join(get_args(ChangeKind))}. Several: with commas, or repeat it.",
)
@click.option("--silent", is_flag=True, help="Only edits that nothing on the page owns up to.")
@filter_option("--source")
@filter_option("--exclude-source")
@filter_option("--tag")
@filter_option("--language")
@filter_option("--country")
@click.option("--full", is_flag=True, help="Print whole articles, as `newsbot export` does.")
@json_option
@database_option
def changes(
    cursor: str,
    follow: bool,
    interval_s: float,
    limit: int | None,
    full: bool,
    kinds: tuple[ChangeKind, ...],
    silent: bool,
    as_json: bool,
    database: str | None,
    **filters: Any,
) -> None:
    """Print what has happened to articles, oldest change first: one JSON object a line.

    Every change is printed once, in an order that never changes. Store the `cursor` of the last line that you have dealt
    with, and go on from there tomorrow.

    \b
    newsbot changes                                  everything from the beginning
    newsbot changes --cursor 1234-9f3ac1d2           what has changed since
    newsbot changes --cursor now --follow            what changes from now on
    newsbot changes --kind revised --silent          edits that pages do not own up to
    newsbot changes --full | gzip > copy.jsonl.gz    a copy of the database
    """
    del as_json  # there is no other form
    with _opened(database) as opened:
        after, articles = opened.ask(partial(_start, cursor=cursor, filters=Filters(**filters)))
        wanted = ChangeFilters(kinds=kinds, only_silent=silent, articles=articles)
        _print_all(opened, after, wanted, limit, full=full, interval_s=interval_s if follow else None)


@contextmanager
def _opened(url: str | None) -> Iterator[Database]:
    database = Database(url or configuration().database_url)
    database.open(migrate=False)
    try:
        yield database
    finally:
        database.close()


def _start(session: Session, *, cursor: str, filters: Filters) -> tuple[int, Narrowed]:
    """Return the number of the last change that was read, and the filters with what they name."""
    articles = narrow(session, filters)
    return (last_number(session) if cursor == NOW else read_cursor(session, cursor)), articles


def _print_all(
    database: Database,
    after: int,
    filters: ChangeFilters,
    limit: int | None,
    *,
    full: bool,
    interval_s: float | None,
) -> None:
    """Print the changes after a number; with `interval_s`, look for more again and again."""
    while limit is None or limit > 0:
        size = FULL_PAGE if full else PAGE
        page = database.ask(
            partial(
                _page,
                after=after,
                limit=size if limit is None else min(size, limit),
                filters=filters,
                full=full,
            )
        )
        for change in page.changes:
            print_json(change_json(change))
        limit = None if limit is None else limit - len(page.changes)
        after = page.after
        if not page.has_more:
            if interval_s is None:
                return
            time.sleep(interval_s)


def _page(session: Session, *, after: int, limit: int, filters: ChangeFilters, full: bool) -> ChangePage:
    return list_changes(session, after=after, limit=limit, filters=filters, full=full)
