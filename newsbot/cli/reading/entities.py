"""`newsbot entities` with its corrections, `entity` and `trends`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import TextIO

import click
from sqlalchemy.orm import Session

from newsbot.cli.options import Day, database_option, json_option, limit_option, read_session, since_option
from newsbot.cli.output import print_heading, print_json, print_table, printable
from newsbot.entities.aliases import parse_aliases
from newsbot.entities.engine import engine_label, load_engine
from newsbot.entities.labelled.engine_scores import Score, score
from newsbot.entities.labelled.labelled_texts import read_labelled
from newsbot.errors import InputError, UsageError
from newsbot.items import ENTITY_TYPES, EntityType, utc_text
from newsbot.settings import configuration
from newsbot.store.database import Database
from newsbot.store.entities.merging import load_aliases, merge_entities, split_entity
from newsbot.store.queries import (
    EntityCount,
    EntityDetail,
    all_corrections,
    entity_detail,
    feature_collection,
    newest_at,
    rising,
    top_entities,
    top_places,
)

COLUMNS = ("name", "type", "articles", "mentions")


@click.group(invoke_without_command=True)
@click.option(
    "--type", "entity_type", type=click.Choice(ENTITY_TYPES), help="People, organisations or places only."
)
@since_option
@limit_option(20)
@json_option
@click.option(
    "--geojson", is_flag=True, help="The places whose country is known, as GeoJSON (RFC 7946), for a map."
)
@database_option
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
    """List the most mentioned people, organisations and places; with a command, correct them."""
    if context.invoked_subcommand is not None:
        context.default_map = {context.invoked_subcommand: {"database": database}}
        return
    if geojson and entity_type not in {None, "LOC"}:
        raise UsageError(
            f"--geojson and --type {entity_type}: only places lie on a map; accepted: --type LOC"
        )
    if geojson:
        with read_session(database) as session:
            print_json(feature_collection(top_places(session, since=since, limit=limit)))
        return
    with read_session(database) as session:
        counts = top_entities(session, entity_type=entity_type, since=since, limit=limit)
    if as_json:
        for count in counts:
            print_json(asdict(count))
    else:
        print_table(COLUMNS, map(_row, counts))


@entities.command()
@click.argument("name")
@click.argument("into")
@database_option
def merge(name: str, into: str, database: str | None) -> None:
    """Make the entity NAME part of the entity INTO, now and whenever it is met later.

    Where several types have a name, put one before it: LOC:Georgia.
    """
    moved = _transact(database, lambda session: merge_entities(session, name, into))
    click.echo(f"merged {name} into {into}: {_articles(moved)}")


@entities.command()
@click.argument("name")
@click.argument("form")
@click.option("--as", "own_name", metavar="NAME", help="What to call it, if not FORM.")
@database_option
def split(name: str, form: str, own_name: str | None, database: str | None) -> None:
    """Make what articles call FORM an entity of its own rather than NAME, now and later; undoes a merge.

    Mentions that a merge has moved and that have another form come back when their articles are read again.
    """
    moved = _transact(database, lambda session: split_entity(session, name, form, own_name))
    click.echo(f"split {own_name or form} from {name}: {_articles(moved)}")


@entities.command("load-aliases")
@click.argument("file", type=click.File(encoding="utf-8"))
@database_option
def load_aliases_command(file: TextIO, database: str | None) -> None:
    """Merge names as a TOML FILE says: [[entity]] tables with name, type and aliases."""
    try:
        entries = parse_aliases(file.read(), file.name)
    except UnicodeDecodeError as error:
        raise UsageError(f"{file.name}: not UTF-8: {error.reason}", path=file.name) from error
    count = _transact(database, lambda session: load_aliases(session, entries))
    click.echo(f"{count} aliases of {len(entries)} entities")


@entities.command("check")
@click.argument("file", type=click.File(encoding="utf-8"))
@click.option("--engine", "engine_name", metavar="NAME", help="The engine, in place of the configured one.")
@click.option("--language", metavar="L", default="en", help="Language of the texts that do not say theirs.")
@json_option
def check(file: TextIO, engine_name: str | None, language: str, as_json: bool) -> None:
    """Score an entity engine on a FILE of labelled texts: precision, recall and F1 by type.

    One JSON object a line: {"language": "de", "text": "Karla Wiesner kam.", "mentions": [{"start": 0, "end": 13, "type":
    "PER"}]}, or {"language": "de", "tokens": ["Karla", "Wiesner", "kam"], "tags": ["B-PER", "I-PER", "O"]}. A name counts as
    found if its start, end and type are right. "-" reads from standard input.
    """
    try:
        texts = list(read_labelled(file, file.name))
    except UnicodeDecodeError as error:
        raise UsageError(f"{file.name}: not UTF-8: {error.reason}", path=file.name) from error
    if not texts:
        raise UsageError(f"{file.name}: no labelled text", path=file.name)
    engine = load_engine(engine_name or configuration().entity_engine)
    scores = score(texts, engine.recognize, language)
    if left_out := sum((labelled.left_out for labelled in texts), Counter[str]()):
        click.echo(f"left out, being of other types: {_numbers(left_out)}", err=True)
    labels = sorted({engine_label(engine, labelled.language or language) for labelled in texts})
    if as_json:
        for name, found in scores.items():
            print_json({"type": name, "engines": labels, "texts": len(texts), **_score_json(found)})
        return
    click.echo(f"{len(texts)} texts, {', '.join(labels)}")
    rows = [(name, *_score_json(found).values()) for name, found in scores.items()]
    print_table(("type", *_score_json(Score())), rows)


@entities.command("corrections")
@json_option
@database_option
def list_corrections(as_json: bool, database: str | None) -> None:
    """List what has been corrected: the key of what is found, the form, the entity that it is."""
    with read_session(database) as session:
        rules = all_corrections(session)
    rows = [(key, form, target.type, target.name) for (key, form), target in rules.items()]
    columns = ("key", "form", "type", "name")
    if as_json:
        for row in rows:
            print_json(dict(zip(columns, row, strict=True)))
    else:
        print_table(columns, rows)


@click.command()
@click.argument("name")
@since_option
@click.option("--about", is_flag=True, help="Only articles about it, not those that just mention it.")
@json_option
@database_option
def entity(name: str, since: date | None, about: bool, as_json: bool, database: str | None) -> None:
    """Show one entity: the names it is given, its articles, its companions, its timeline."""
    with read_session(database) as session:
        detail = entity_detail(session, name, since=since, about=about)
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
    with read_session(database) as session:
        found = rising(session, until=until or newest_at(session, now=datetime.now(UTC)), limit=limit)
    if as_json:
        for entity in found:
            print_json(asdict(entity))
    else:
        rows = [
            (entity.name, entity.type, entity.article_count, f"{entity.usual_count:.1f}") for entity in found
        ]
        print_table(("name", "type", "articles this week", "a week before"), rows)


def _score_json(found: Score) -> dict[str, int | float]:
    return {
        "labelled": found.labelled,
        "found": found.found,
        "right": found.right,
        "precision": round(found.precision, 3),
        "recall": round(found.recall, 3),
        "f1": round(found.f1, 3),
    }


def _numbers(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))


def _transact(database_url: str | None, work: Callable[[Session], int]) -> int:
    """Run `work` in one transaction on a database that must exist, and return its result."""
    database = Database(database_url or configuration().database_url)
    database.open(migrate=False)
    try:
        return database.transact(work)
    finally:
        database.close()


def _articles(count: int) -> str:
    return "1 article" if count == 1 else f"{count} articles"


def _row(count: EntityCount) -> tuple[str, str, int, int]:
    return (count.name, count.type, count.article_count, count.mention_count)


def _detail_json(detail: EntityDetail) -> dict[str, object]:
    return {
        **asdict(detail.entity),
        "aliases": [{"name": name, "count": count} for name, count in detail.aliases],
        "companions": [asdict(companion) for companion in detail.companions],
        "timeline": [{"day": day.isoformat(), "article_count": count} for day, count in detail.timeline],
        "articles": [
            asdict(article) | {"dated_at": utc_text(article.dated_at)} for article in detail.articles
        ],
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
        (
            article.id,
            article.dated_at.strftime("%Y-%m-%d"),
            article.source,
            article.title,
            f"{article.salience:.2f}",
        )
        for article in detail.articles
    ]
    print_table(("id", "date", "source", "title", "about it"), rows)
