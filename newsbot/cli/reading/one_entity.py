"""`newsbot entity` and `newsbot trends`."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import click

from newsbot.cli.options import Day, common_options, limit_option, read_session, since_option
from newsbot.cli.output import print_heading, print_json, print_table, print_wrapped, printable, say
from newsbot.cli.reading.entities import COLUMNS, entity_row
from newsbot.errors import InputError
from newsbot.items import utc_text

if TYPE_CHECKING:
    from newsbot.store.queries import EntityDetail


@click.command()
@click.argument("name")
@since_option
@click.option("--about", is_flag=True, help="Only articles about it, not those that just mention it.")
@common_options
def entity(name: str, since: date | None, about: bool, as_json: bool, database: str | None) -> None:
    """Show one person, organisation or place.

    Its names, its companions, its articles a day, and its newest articles.

    \b
    Examples:
      newsbot entity 'Angela Merkel'
      newsbot entity NATO --since 30d --about --json
    """
    from newsbot.store.queries import entity_detail, similar_entities

    with read_session(database) as session:
        detail = entity_detail(session, name, since=since, about=about)
        similar = [] if detail else similar_entities(session, name)
    if detail is None:
        raise _no_entity(name, similar)
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
@common_options
def trends(until: datetime | None, limit: int, as_json: bool, database: str | None) -> None:
    """List who and what rises this week.

    More articles mention it than in each of the four weeks before. The week ends with the newest article.

    \b
    Examples:
      newsbot trends
      newsbot trends --until 2026-11-23 --limit 50 --json
    """
    from newsbot.store.queries import newest_at, rising

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
        if not rows:
            say("no name rises in that week")


def _no_entity(name: str, similar: list[str]) -> InputError:
    """Return the error for a name that no article mentions, with names that resemble it."""
    hint = f"did you mean {' or '.join(map(repr, similar))}?" if similar else "newsbot entities lists some"
    return InputError(f"no entity {name!r}; {hint}; accepted: a name as articles write it")


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
    print_table(COLUMNS, [entity_row(detail.entity)])
    aliases = ", ".join(f"{name} ({count})" for name, count in detail.aliases)
    print_wrapped(f"Named as: {printable(aliases)}")
    print_heading("Appears with")
    print_table(("name", "type", "articles", "mentions of it there"), map(entity_row, detail.companions))
    print_heading("Articles a day")
    print_table(("day", "articles"), detail.timeline, bars="articles")
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
