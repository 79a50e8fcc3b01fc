"""`newsbot stories` and `newsbot story`."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

import click

from newsbot.cli.options import Day, common_options, filter_option, limit_option, read_session
from newsbot.cli.output import print_json, print_table, say
from newsbot.errors import InputError
from newsbot.items import utc_text


@click.command()
@click.argument("query", required=False, default="", metavar="[QUERY]")
@click.option("--since", type=Day(), metavar="DATE", help="Changed then (UTC) or later.")
@click.option(
    "--min-size",
    type=click.IntRange(min=2),
    default=2,
    show_default=True,
    help="With at least this number of articles.",
)
@filter_option("--source")
@filter_option("--exclude-source")
@filter_option("--tag")
@filter_option("--language")
@filter_option("--country")
@filter_option("--section")
@filter_option("--entity")
@limit_option(20)
@common_options
def stories(
    query: str,
    since: datetime | None,
    min_size: int,
    limit: int,
    as_json: bool,
    database: str | None,
    **filters: Any,
) -> None:
    """List groups of articles that tell the same, biggest first.

    With a query or filters, those of which at least one article is found by them.

    \b
    Examples:
      newsbot stories --min-size 3
      newsbot stories climate --language de,fr
      newsbot stories --since 7d --json
    """
    from newsbot.store.queries import Filters, biggest_stories

    articles = Filters(**filters) if any(filters.values()) else None
    with read_session(database) as session:
        found = biggest_stories(session, query, articles, since=since, min_size=min_size, limit=limit)
    if as_json:
        for story in found:
            print_json(
                asdict(story)
                | {"first_at": utc_text(story.first_at), "updated_at": utc_text(story.updated_at)}
            )
        return
    rows = [
        (story.id, story.article_count, story.source_count, story.first_at.strftime("%Y-%m-%d"), story.title)
        for story in found
    ]
    print_table(("id", "articles", "sources", "first", "title"), rows)
    if not rows:
        since_then = "" if since is None else f" and changed since {since:%Y-%m-%d}"
        of_those = ", of those that are found" if query.strip() or articles else ""
        say(f"no story has {min_size} articles or more{since_then}{of_those}")


@click.command()
@click.argument("story_id", metavar="ID", type=int)
@common_options
def story(story_id: int, as_json: bool, database: str | None) -> None:
    """Show the articles of one story, oldest first.

    Their roles: the original, copies, updates and excerpts.

    \b
    Examples:
      newsbot story 12
    """
    from newsbot.store.queries import member_json, story_members

    with read_session(database) as session:
        members = story_members(session, story_id)
    if not members:
        raise InputError(f"no story {story_id}; accepted: the id of a story (newsbot stories lists them)")
    if as_json:
        for member in members:
            print_json(member_json(member))
        return
    rows = [
        (member.id, utc_text(member.dated_at), member.story_role, member.agency, member.source, member.title)
        for member in members
    ]
    print_table(("id", "date", "role", "agency", "source", "title"), rows)
