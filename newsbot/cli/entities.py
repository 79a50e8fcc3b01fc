"""`newsbot entities`, `entity` and `trends`: who, which organisation, which place."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime

import click

from newsbot.cli.options import Day, database_option, json_option, limit_option, reading, since_option
from newsbot.cli.output import print_heading, print_json, print_table, printable
from newsbot.errors import InputError
from newsbot.items import ENTITY_TYPES, EntityType, utc_text
from newsbot.store.queries import EntityCount, EntityDetail, entity_detail, newest_at, rising, top_entities

COLUMNS = ("name", "type", "articles", "mentions")


@click.command()
@click.option(
    "--type", "entity_type", type=click.Choice(ENTITY_TYPES), help="People, organisations or places only."
)
@since_option
@limit_option(20)
@json_option
@database_option
def entities(
    entity_type: EntityType | None, since: datetime | None, limit: int, as_json: bool, database: str | None
) -> None:
    """List the most mentioned people, organisations and places."""
    with reading(database) as session:
        counts = top_entities(session, entity_type=entity_type, since=since, limit=limit)
    if as_json:
        for count in counts:
            print_json(asdict(count))
    else:
        print_table(COLUMNS, map(_row, counts))


@click.command()
@click.argument("name")
@json_option
@database_option
def entity(name: str, as_json: bool, database: str | None) -> None:
    """Show one entity: the names it is given, its articles, its companions, its timeline."""
    with reading(database) as session:
        detail = entity_detail(session, name)
    if detail is None:
        raise InputError(
            f"no entity {name!r}; accepted: a name as articles write it (newsbot entities lists some)"
        )
    if as_json:
        print_json(_detail_json(detail))
    else:
        _print_detail(detail)


@click.command()
@click.option(
    "--until",
    type=Day(end=True),
    metavar="DATE",
    help="The week up to then; by default the newest article's.",
)
@limit_option(20)
@json_option
@database_option
def trends(until: datetime | None, limit: int, as_json: bool, database: str | None) -> None:
    """List who and what rises: more articles this week than in the four before."""
    with reading(database) as session:
        end = until or newest_at(session, now=datetime.now(UTC))
        found = rising(session, until=end, limit=limit) if end else []
    if as_json:
        for each in found:
            print_json(asdict(each))
    else:
        rows = [(each.name, each.type, each.article_count, f"{each.usual_count:.1f}") for each in found]
        print_table(("name", "type", "articles this week", "a week before"), rows)


def _row(count: EntityCount) -> tuple[str, str, int, int]:
    return (count.name, count.type, count.article_count, count.mention_count)


def _detail_json(detail: EntityDetail) -> dict[str, object]:
    return {
        **asdict(detail.entity),
        "aliases": [{"name": name, "count": count} for name, count in detail.aliases],
        "companions": [asdict(companion) for companion in detail.companions],
        "timeline": [{"day": day.isoformat(), "article_count": count} for day, count in detail.timeline],
        "articles": [asdict(each) | {"dated_at": utc_text(each.dated_at)} for each in detail.articles],
    }


def _print_detail(detail: EntityDetail) -> None:
    print_table(COLUMNS, [_row(detail.entity)])
    aliases = ", ".join(f"{name} ({count})" for name, count in detail.aliases)
    click.echo(f"Named as: {printable(aliases)}")
    print_heading("Appears with")
    print_table(("name", "type", "articles", "mentions of it there"), map(_row, detail.companions))
    print_heading("Articles a day")
    print_table(("day", "articles"), detail.timeline)
    print_heading("Newest articles")
    rows = [
        (each.id, each.dated_at.strftime("%Y-%m-%d"), each.source, each.title) for each in detail.articles
    ]
    print_table(("id", "date", "source", "title"), rows)
