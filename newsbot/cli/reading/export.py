"""`newsbot export`: write complete articles, one at a time."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import click

from newsbot.cli.options import common_options, filter_options, read_session
from newsbot.cli.progress_display import progress
from newsbot.errors import UsageError


@click.command()
@click.argument("query", default="")
@click.option("--format", "format_", type=click.Choice(["jsonl", "csv", "parquet"]), help="By default jsonl.")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path, allow_dash=True),
    help="File to write, instead of stdout (-).",
)
@filter_options
@click.option(
    "--sort",
    type=click.Choice(["id", "date"]),
    default="id",
    help="Oldest row first, or newest day first.",
    show_default=True,
)
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="At most N.")
@common_options
def export(
    query: str, format_: str | None, output: Path | None, as_json: bool, database: str | None, **filters: Any
) -> None:
    """Write whole articles to a file or to stdout.

    Those that QUERY finds; without a query, all that meet the filters. --json is --format jsonl.

    \b
    Examples:
      newsbot export climate --format csv -o climate.csv
      newsbot export '"sea level" OR flood*' --tag uk --since 30d
      newsbot export --format parquet -o articles.parquet
    """
    from newsbot.jobs.export_formats import WRITERS
    from newsbot.store.queries import Filters, iter_articles, stored_json

    if as_json and format_ not in {None, "jsonl"}:
        raise UsageError(f"--json and --format {format_}: accepted: one of them")
    write = WRITERS[format_ or "jsonl"]()
    with read_session(database) as session:
        found = iter_articles(session, Filters(**filters), query)
        articles = (stored_json(stored) for stored in found)
        with _opened(output) as file:
            if _is_stdout(output):
                write(file, articles)
                return
            with progress(articles, "Exporting") as shown:
                write(file, shown)


@contextmanager
def _opened(output: Path | None) -> Iterator[BinaryIO]:
    """Give the file to write to: stdout, or a file that appears when it is complete."""
    if output is None or _is_stdout(output):
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    from newsbot.jobs.export_formats import atomic_file

    with atomic_file(output) as file:
        yield file


def _is_stdout(output: Path | None) -> bool:
    return output is None or output == Path("-")
