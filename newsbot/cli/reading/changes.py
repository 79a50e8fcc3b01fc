"""`newsbot changes`: every change of an article, once, in one order, as JSON lines."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from newsbot.cli.options import Names, common_options, filter_option, joined, opened_database
from newsbot.cli.output import print_json, say

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from newsbot.store.database import Database
    from newsbot.store.queries import ChangeFilters, ChangeKind, ChangePage, Filters, Narrowed

NOW = "now"
KINDS = ("new", "revised", "corrected", "gone", "restored", "regrouped", "deleted")
"""Kinds of changes: `store.queries.ChangeKind`, which is slow to import."""
PAGE, FULL_PAGE = 500, 20
"""Number of changes that are read in one transaction; fewer with the whole articles."""


class ChangeKinds(Names):
    """Kinds of changes, separated by commas."""

    name = "kind"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, ...]:
        """Return the kinds."""
        kinds, accepted = super().convert(value, param, ctx), KINDS
        for kind in kinds:
            if kind not in accepted:
                self.fail(f"{kind!r} is no kind of change; accepted: {', '.join(accepted)}", param, ctx)
        return kinds


@click.command()
@click.option(
    "--cursor",
    metavar="CURSOR",
    default="0",
    help="Go on after this change: the `cursor` of the last line that you have. `now`: only what comes; says the cursor. "
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
    help=f"Only these changes: {', '.join(KINDS)}. Several: with commas, or repeat it.",
)
@click.option("--silent", is_flag=True, help="Only edits that nothing on the page owns up to.")
@filter_option("--source")
@filter_option("--exclude-source")
@filter_option("--tag")
@filter_option("--language")
@filter_option("--country")
@click.option("--full", is_flag=True, help="Print whole articles, as `newsbot export` does.")
@common_options
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
    """Print every change of an article once, in one order.

    Oldest change first, one JSON object a line; the order never changes. Store the `cursor` of the last line that you have dealt
    with, and go on from there tomorrow.

    \b
    Examples:
      newsbot changes
      newsbot changes --cursor 1234-9f3ac1d2
      newsbot changes --cursor now --follow
      newsbot changes --kind revised --silent
      newsbot changes --full | gzip > copy.jsonl.gz
    """
    from newsbot.store.queries import ChangeFilters, Filters, cursor_at

    del as_json  # there is no other form
    with opened_database(database, migrate=False) as opened:
        after, articles = opened.ask(partial(_start, cursor=cursor, filters=Filters(**filters)))
        if cursor == NOW:
            say(f"the last change so far has the cursor {opened.ask(partial(cursor_at, number=after))}")
        wanted = ChangeFilters(kinds=kinds, only_silent=silent, articles=articles)
        _print_all(opened, after, wanted, limit, full=full, interval_s=interval_s if follow else None)


def _start(session: Session, *, cursor: str, filters: Filters) -> tuple[int, Narrowed]:
    """Return the number of the last change that was read, and the filters with what they name."""
    from newsbot.store.queries import last_number, narrow, read_cursor

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
    from newsbot.store.queries import change_json

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
    from newsbot.store.queries import list_changes

    return list_changes(session, after=after, limit=limit, filters=filters, full=full)
