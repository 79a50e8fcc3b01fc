"""`newsbot entities` with its corrections."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, TextIO

import click

from newsbot.cli.groups import Group
from newsbot.cli.options import common_options, limit_option, opened_database, read_session, since_option
from newsbot.cli.output import print_json, print_table, printable, say
from newsbot.cli.reading.entity_scores import check
from newsbot.errors import UsageError
from newsbot.items import ENTITY_TYPES, EntityType

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from newsbot.store.queries import EntityCount

COLUMNS = ("name", "type", "articles", "mentions")


@click.group(cls=Group, invoke_without_command=True)
@click.option(
    "--type", "entity_type", type=click.Choice(ENTITY_TYPES), help="People, organisations or places only."
)
@since_option
@limit_option(20)
@click.option(
    "--geojson", is_flag=True, help="The places whose country is known, as GeoJSON (RFC 7946), for a map."
)
@common_options
@click.pass_context
def entities(
    context: click.Context,
    entity_type: EntityType | None,
    since: date | None,
    limit: int,
    as_json: bool,
    geojson: bool,
    database: str | None,
) -> None:
    """List the most mentioned names; correct them.

    Without a command: the people, organisations and places that most articles mention.

    \b
    Examples:
      newsbot entities --type PER --since 30d
      newsbot entities --geojson --limit 500 > places.geojson
      newsbot entities merge 'Olaf Scholz (SPD)' 'Olaf Scholz'
    """
    from newsbot.store import queries

    if context.invoked_subcommand is not None:
        context.default_map = {context.invoked_subcommand: {"database": database}}
        return
    if geojson and entity_type not in {None, "LOC"}:
        raise UsageError(
            f"--geojson and --type {entity_type}: only places lie on a map; accepted: --type LOC"
        )
    with read_session(database) as session:
        if geojson:
            places = queries.top_places(session, since=since, limit=limit)
            print_json(queries.feature_collection(places))
            return
        counts = queries.top_entities(session, entity_type=entity_type, since=since, limit=limit)
    if as_json:
        for count in counts:
            print_json(asdict(count))
        return
    print_table(COLUMNS, map(entity_row, counts))
    if not counts:
        say("no article mentions a name that was found" if since is None else "nothing found since then")


entities.add_command(check)


@entities.command()
@click.argument("name")
@click.argument("into")
@common_options
def merge(name: str, into: str, as_json: bool, database: str | None) -> None:
    """Make the entity NAME part of the entity INTO, now and later.

    Where several types have a name, put one before it: LOC:Georgia.

    \b
    Examples:
      newsbot entities merge 'Olaf Scholz (SPD)' 'Olaf Scholz'
      newsbot entities merge LOC:Kiew LOC:Kyiv
    """
    from newsbot.store.entities.merging import merge_entities

    moved = _transact(database, lambda session: merge_entities(session, name, into))
    if as_json:
        print_json({"merged": name, "into": into, "articles": moved})
    else:
        click.echo(printable(f"merged {name} into {into}: {_articles(moved)}"))


@entities.command()
@click.argument("name")
@click.argument("form")
@click.option("--as", "own_name", metavar="NAME", help="What to call it, if not FORM.")
@common_options
def split(name: str, form: str, own_name: str | None, as_json: bool, database: str | None) -> None:
    """Make what articles call FORM an entity of its own, not NAME.

    It holds now and later, and undoes a merge. Mentions that a merge has moved and that have another form come back when
    their articles are read again.

    \b
    Examples:
      newsbot entities split 'Angela Merkel' Merkel
      newsbot entities split Georgia 'State of Georgia' --as 'Georgia (US)'
    """
    from newsbot.store.entities.merging import split_entity

    moved = _transact(database, lambda session: split_entity(session, name, form, own_name))
    if as_json:
        print_json({"split": own_name or form, "from": name, "articles": moved})
    else:
        click.echo(printable(f"split {own_name or form} from {name}: {_articles(moved)}"))


@entities.command("load-aliases")
@click.argument("file", type=click.File(encoding="utf-8"))
@common_options
def load_aliases_command(file: TextIO, as_json: bool, database: str | None) -> None:
    """Merge names as a TOML FILE says.

    It holds [[entity]] tables with name, type and aliases.

    \b
    Examples:
      newsbot entities load-aliases aliases.toml
    """
    from newsbot.entities.aliases import parse_aliases
    from newsbot.store.entities.merging import load_aliases

    try:
        entries = parse_aliases(file.read(), file.name)
    except UnicodeDecodeError as error:
        raise UsageError(f"{file.name}: not UTF-8: {error.reason}", path=file.name) from error
    count = _transact(database, lambda session: load_aliases(session, entries))
    if as_json:
        print_json({"aliases": count, "entities": len(entries)})
    else:
        click.echo(f"{count} aliases of {len(entries)} entities")


@entities.command("corrections")
@common_options
def list_corrections(as_json: bool, database: str | None) -> None:
    """List what has been corrected.

    Columns: the key of what is found, the form, and the entity that it is.

    \b
    Examples:
      newsbot entities corrections
    """
    from newsbot.store.queries import all_corrections

    with read_session(database) as session:
        rules = all_corrections(session)
    rows = [(key, form, target.type, target.name) for (key, form), target in rules.items()]
    columns = ("key", "form", "type", "name")
    if as_json:
        for row in rows:
            print_json(dict(zip(columns, row, strict=True)))
        return
    print_table(columns, rows)
    if not rows:
        say("nothing has been corrected")


def entity_row(count: EntityCount) -> tuple[str, str, int, int]:
    """Return the cells of an entity below `COLUMNS`."""
    return (count.name, count.type, count.article_count, count.mention_count)


def _transact(database_url: str | None, work: Callable[[Session], int]) -> int:
    """Run `work` in one transaction on a database that must exist, and return its result."""
    with opened_database(database_url, migrate=False) as database:
        return database.transact(work)


def _articles(count: int) -> str:
    return "1 article" if count == 1 else f"{count} articles"
