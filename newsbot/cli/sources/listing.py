"""`newsbot sources list`, and the filters by which sources are chosen."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from newsbot.cli.completion import complete_languages
from newsbot.cli.options import Names, common_options_without_database, joined
from newsbot.cli.output import print_json, print_table, printable, say
from newsbot.errors import UsageError
from newsbot.query.written_values import unknown_value

if TYPE_CHECKING:
    from newsbot.sources.model import Source

F = TypeVar("F", bound=Callable[..., Any])
IN_JSON = ("key", "name", "homepage", "language", "country", "tags", "enabled", "verified", "robots")


def _several(name: str, names: Names, form: str, about: str) -> Callable[[F], F]:
    return click.option(name, type=names, multiple=True, callback=joined, metavar=form, help=about)


def source_filters(command: F) -> F:
    """Add the options by which sources are chosen: tags, languages, countries, enabled or not."""
    for option in (
        click.option(
            "--enabled/--disabled", "enabled", default=None, help="Only sources that are crawled, or are not."
        ),
        _several("--country", Names(), "CODE", "Of this country (gb, de, ...)."),
        _several("--language", Names(complete_languages), "CODE", "In this language (en, de, ...)."),
        _several("--tag", Names(), "TAG", "With this tag."),
    ):
        command = option(command)
    return command


@click.command("list")
@source_filters
@common_options_without_database
def list_(as_json: bool, **filters: Any) -> None:
    """List the configured sources, all or some.

    Several tags, languages or countries: with commas, or repeat the option.

    \b
    Examples:
      newsbot sources list
      newsbot sources list --language de --country at,ch --enabled
      newsbot sources list --tag uk --json
    """
    from newsbot.settings import configuration
    from newsbot.sources.catalog import load_sources

    found = chosen(load_sources(configuration().sources).values(), **filters)
    if as_json:
        for source in found:
            values = {name: getattr(source, name) for name in IN_JSON}
            checked_on = source.checked_on and source.checked_on.isoformat()
            print_json(values | {"checked_on": checked_on, "feeds": list(source.feeds)})
        return
    rows = [
        (
            source.key,
            source.name,
            source.language,
            source.country,
            ", ".join(source.tags),
            len(source.feeds),
            "" if source.enabled else "disabled",
        )
        for source in found
    ]
    print_table(("key", "name", "language", "country", "tags", "feeds", ""), rows)
    if not rows:
        say("no source is like that")


def chosen(
    sources: Iterable[Source],
    *,
    tag: tuple[str, ...] = (),
    language: tuple[str, ...] = (),
    country: tuple[str, ...] = (),
    enabled: bool | None = None,
) -> list[Source]:
    """Return the sources that meet all conditions, with one of the values of each.

    Raises UsageError for a value that no source has."""
    found = list(sources)
    countries = tuple(code.upper() for code in country)
    _check("tag", tag, {tag for source in found for tag in source.tags})
    _check("language", language, {source.language for source in found if source.language})
    _check("country", countries, {source.country for source in found if source.country})
    return [
        source
        for source in found
        if (not tag or set(tag) & set(source.tags))
        and (not language or source.language in language)
        and (not countries or source.country in countries)
        and enabled in {None, source.enabled}
    ]


def _check(what: str, values: Iterable[str], known: Iterable[str]) -> None:
    for value in values:
        if value not in set(known):
            problem = unknown_value(what, value, sorted(known)) if known else f"no source has a {what}"
            raise UsageError(printable(f"--{what}: {problem}"))
