"""`newsbot count`: how many articles queries find, side by side."""

from __future__ import annotations

import csv
import sys
from typing import TYPE_CHECKING, Any

import click

from newsbot.cli.options import common_options, filter_options, read_session
from newsbot.cli.output import print_json, print_table, say

if TYPE_CHECKING:
    from newsbot.store.queries import By

MAX_QUERIES = 50
GROUPS = ("day", "week", "month", "source", "tag", "language", "country", "entity")
"""What articles are counted by: `store.queries.BY`, which is slow to import."""


@click.command()
@click.argument("queries", metavar="[QUERY]...", nargs=-1)
@click.option(
    "--by", type=click.Choice(GROUPS), help="One row for each of these; without it, the totals alone."
)
@click.option(
    "--share", "with_shares", is_flag=True, help="Also as a share of all articles of the same filters."
)
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="At most N rows.")
@filter_options
@click.option("--csv", "as_csv", is_flag=True, help="Comma-separated values, as in a pipe.")
@common_options
def count(
    queries: tuple[str, ...],
    by: By | None,
    with_shares: bool,
    limit: int | None,
    as_csv: bool,
    as_json: bool,
    database: str | None,
    **filters: Any,
) -> None:
    """Count the articles that queries find, side by side.

    Attention over time, by source, language, country, tag or entity. Several queries are counted side by side; without a query, all articles. All numbers are exact. A share is that of all
    articles of the same sources, languages and days, whether they match or not.

    \b
    Examples:
      newsbot count climate --by month
      newsbot count climate energy --by week --share --tag uk
      newsbot count 'climate OR "sea level"' --by source --since 30d
    """
    from newsbot.jobs.count_tables import row_json, table_of
    from newsbot.store.queries import Filters, attention, unknown_names

    if len(queries) > MAX_QUERIES:
        raise click.UsageError(f"{len(queries)} queries are too many; accepted: at most {MAX_QUERIES}")
    if len(set(queries)) < len(queries):
        raise click.UsageError("the same query is given twice; accepted: different queries")
    with read_session(database) as session:
        wanted = Filters(**filters)
        found = attention(session, queries or ("",), wanted, by=by, with_shares=with_shares)
        unknown = unknown_names(session, wanted)
    for line in unknown:
        say(line)
    rows = (found.rows if by else (found.total,))[:limit]
    if as_json:
        for row in rows:
            print_json(row_json(found, row))
    elif as_csv or not sys.stdout.isatty():
        csv.writer(sys.stdout, lineterminator="\n").writerows(table_of(found, rows))
    else:
        heading, *shown = table_of(found, rows)
        print_table([str(name) for name in heading], shown)
