"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeVar

import click

from newsbot.cli.completion import Values, complete_languages, complete_sources
from newsbot.items import STORED_KINDS, StoredKind, parse_kinds
from newsbot.query.written_values import ACCEPTED_DAYS, parse_day, parse_names

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem
    from sqlalchemy.orm import Session

    from newsbot.store.database import Database

F = TypeVar("F", bound=Callable[..., Any])

database_option = click.option(
    "--database",
    metavar="URL",
    help="Database to use, instead of NEWSBOT_DATABASE_URL (sqlite:///newsbot.db).",
)
json_option = click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")


def common_options(command: F) -> F:
    """Add the options that every command has: `--json` and `--database`; `--config` is added to all (`config_option`)."""
    return json_option(database_option(command))


def common_options_without_database(command: F) -> F:
    """Add the options that every command has, to one that has no use for a database."""
    accepted = click.option(
        "--database", metavar="URL", expose_value=False, help="Accepted as everywhere; no database is used."
    )
    return json_option(accepted(command))


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


class PublicationDay(click.ParamType[date]):
    """A day where an article was published, or a moment in UTC, as `parse_day` reads them."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Return the day, or the moment in UTC."""
        try:
            return parse_day(value, now=datetime.now(UTC))
        except ValueError as error:
            self.fail(str(error), param, ctx)


class Day(click.ParamType[datetime]):
    """A moment in UTC: a day is its beginning, or its end."""

    name = "date"

    def __init__(self, *, end: bool = False) -> None:
        self.end = end  # an end day belongs to the period

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Return the moment in UTC."""
        day = PublicationDay().convert(value, param, ctx)
        if isinstance(day, datetime):
            return day
        return datetime.combine(day, time.max if self.end else time.min, UTC)


class SourceKey(click.ParamType[str]):
    """The key of a source."""

    name = "key"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the key. Whether there is such a source is known to those who look it up."""
        return str(value)

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Return the keys that begin so."""
        return complete_sources(incomplete)


class Names(click.ParamType[tuple[str, ...]]):
    """Names, separated by commas."""

    name = "name"

    def __init__(self, complete: Values | None = None) -> None:
        self.complete = complete

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Return the names with which the last one may go on."""
        return self.complete(incomplete) if self.complete else []

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, ...]:
        """Return the names."""
        try:
            names = parse_names([value])
        except ValueError as error:
            self.fail(str(error), param, ctx)
        if not names:
            self.fail(f"{value!r} has no name in it; accepted: names separated by commas", param, ctx)
        return names


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


def joined(
    _context: click.Context, _parameter: click.Parameter, values: tuple[tuple[str, ...], ...]
) -> tuple[str, ...]:
    """Return the values of an option that is repeated, each once."""
    return tuple(dict.fromkeys(chain.from_iterable(values)))


_DATES = f"A day where it was published, or a moment: {ACCEPTED_DAYS}."
since_option = click.option(
    "--since", type=PublicationDay(), metavar="DATE", help=f"Published then or later. {_DATES}"
)
_FILTERS = (
    ("--source", "KEY", "Articles of this source."),
    ("--exclude-source", "KEY", "No articles of this source."),
    ("--tag", "TAG", "Articles of sources with this tag."),
    ("--language", "CODE", "Articles in this language (en, de, ...)."),
    ("--country", "CODE", "Articles of sources of this country (gb, de, ...)."),
    ("--section", "NAME", "Articles of this section, as the site calls it."),
    ("--kind", "KIND", f"Articles of this kind: {', '.join(STORED_KINDS)}."),
    ("--entity", "NAME", "Articles that mention this person, organisation or place."),
)
"""Filters that take several values: option, form of a value, help."""


_COMPLETED = {
    "--source": complete_sources,
    "--exclude-source": complete_sources,
    "--language": complete_languages,
}


def filter_option(name: str) -> Callable[[F], F]:
    """Return one of the options of several values, as "--source", for commands that have only some of them."""
    [(form, about)] = [(form, about) for option, form, about in _FILTERS if option == name]
    return click.option(
        name,
        type=Kinds() if name == "--kind" else Names(_COMPLETED.get(name)),
        multiple=True,
        callback=joined,
        metavar=form,
        help=f"{about} Several: with commas, or repeat it.",
    )


def filter_options(command: F) -> F:
    """Add the filters of search, counts and exports; every option is a field of `store.queries.Filters`."""
    for option in (
        click.option("--until", type=PublicationDay(), metavar="DATE", help="Published then or earlier."),
        since_option,
        *(filter_option(name) for name, _, _ in reversed(_FILTERS)),
    ):
        command = option(command)
    return command


@contextmanager
def opened_database(url: str | None, *, migrate: bool = True, create: bool = True) -> Iterator[Database]:
    """Give the database that the option or the settings name; it is brought up to date with `migrate`, and made with `create`."""
    from newsbot.settings import configuration
    from newsbot.store.database import Database

    database = Database(url or configuration().database_url).open(migrate=migrate, create=create)
    try:
        yield database
    finally:
        database.close()


@contextmanager
def read_session(database_url: str | None) -> Iterator[Session]:
    """Give a read-only session on the database that the option or the settings name."""
    with opened_database(database_url, migrate=False) as database, database.read() as session:
        yield session
