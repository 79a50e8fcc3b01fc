"""Options that several commands share."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeVar

import click

from newsbot.items import STORED_KINDS, StoredKind, parse_kinds
from newsbot.settings import configuration

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

F = TypeVar("F", bound=Callable[..., Any])

database_option = click.option(
    "--database",
    metavar="URL",
    help="Database to use, instead of NEWSBOT_DATABASE_URL (sqlite:///newsbot.db).",
)
json_option = click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")


def limit_option(default: int) -> Callable[[F], F]:
    """Return the `--limit` option with the command's own default."""
    return click.option(
        "--limit",
        type=click.IntRange(min=1),
        default=default,
        show_default=True,
        metavar="N",
        help="At most N.",
    )


class Day(click.ParamType[datetime]):
    """A day (2026-11-23) or a moment (2026-11-23T10:00:00Z); without an offset, it is in UTC."""

    name = "date"

    def __init__(self, *, end: bool = False) -> None:
        self.end = end  # an end day belongs to the period

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Return the moment in UTC."""
        try:
            if len(value) == 10:
                return datetime.combine(date.fromisoformat(value), time.max if self.end else time.min, UTC)
            moment = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no date; accepted: 2026-11-23 or 2026-11-23T10:00:00Z", param, ctx)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


class PublicationDay(click.ParamType[date]):
    """A day where an article was published (2026-11-23), or a moment in the format of `Day`."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Return the day, or the moment in UTC."""
        moment = Day().convert(value, param, ctx)
        return moment.date() if len(value) == len("2026-11-23") else moment


class Age(click.ParamType[datetime]):
    """An age (90d, 12w, 6m, 2y), or a day or moment in the format of `Day`."""

    name = "age"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Return the moment in UTC."""
        match = re.fullmatch(r"(\d+) ?([dwmy])", value)
        try:
            if match is None:
                return Day().convert(value, param, ctx)
            return datetime.now(UTC) - timedelta(days=int(match[1]) * _DAYS[match[2]])
        except (OverflowError, click.BadParameter):
            accepted = "90d, 12w, 6m, 2y (days, weeks, months, years) or a date: 2026-11-23"
            self.fail(f"{value!r} is no age; accepted: {accepted}", param, ctx)


class Kinds(click.ParamType[tuple[StoredKind, ...]]):
    """Kinds of stored articles, separated by commas."""

    name = "kind"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[StoredKind, ...]:
        """Return the kinds."""
        try:
            return parse_kinds([value])
        except ValueError as error:
            self.fail(str(error), param, ctx)


def _all_kinds(
    _context: click.Context, _parameter: click.Parameter, values: tuple[tuple[StoredKind, ...], ...]
) -> tuple[StoredKind, ...]:
    return tuple(dict.fromkeys(chain.from_iterable(values)))


_DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}

_DATES = "2026-11-23 is the day where it was published, 2026-11-23T10:00:00Z a moment."
since_option = click.option(
    "--since", type=PublicationDay(), metavar="DATE", help=f"Published then or later. {_DATES}"
)


def filter_options(command: F) -> F:
    """Add the filters of search and export; every option is a field of `store.queries.Filters`."""
    for option in (
        click.option(
            "--until",
            type=PublicationDay(),
            metavar="DATE",
            help=f"Published then or earlier. {_DATES}",
        ),
        since_option,
        click.option(
            "--entity", metavar="NAME", help="Articles that mention this person, organisation or place."
        ),
        click.option(
            "--kind",
            type=Kinds(),
            multiple=True,
            callback=_all_kinds,
            metavar="KIND",
            help=f"Articles of this kind: {', '.join(STORED_KINDS)}. Several: repeat it, or use commas.",
        ),
        click.option("--section", metavar="NAME", help="Articles of this section, as the site calls it."),
        click.option("--language", metavar="CODE", help="Articles in this language (en, de, ...)."),
        click.option("--source", metavar="KEY", help="Articles of this source."),
    ):
        command = option(command)
    return command


@contextmanager
def read_session(database_url: str | None) -> Iterator[Session]:
    """Give a read-only session on the database that the option or the settings name."""
    from newsbot.store.database import Database  # not above: commands without a database start faster

    database = Database(database_url or configuration().database_url)
    database.open(migrate=False)
    try:
        with database.read() as session:
            yield session
    finally:
        database.close()
