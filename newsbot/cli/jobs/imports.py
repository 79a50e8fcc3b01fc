"""`newsbot import`: stores articles that another program has extracted."""

from __future__ import annotations

from collections import Counter
from typing import BinaryIO

import click

from newsbot.cli.options import common_options
from newsbot.cli.output import print_json, say
from newsbot.cli.progress_display import reading

MAX_TOLD = 10
"""Number of unreadable lines that are named."""


@click.command("import")
@click.argument("file", type=click.File("rb"))
@common_options
def import_(file: BinaryIO, as_json: bool, database: str | None) -> int:
    """Store articles that another program has extracted.

    FILE holds one JSON object a line (or one JSON array): articles as `newsbot export` writes them, news-please or
    Fundus. `-` is standard input. Lines that cannot be read are skipped; the first ones are named, and the exit status
    is 1.

    \b
    Examples:
      newsbot import articles.jsonl
      zcat export.jsonl.gz | newsbot import -
    """
    from newsbot.ingest.process import Processor
    from newsbot.jobs.import_records import import_lines, read_lines
    from newsbot.settings import configuration

    settings = configuration(database_url=database)
    unreadable: list[tuple[str, str]] = []

    def remember(place: str, why: str) -> None:
        if len(unreadable) < MAX_TOLD:
            unreadable.append((place, why))

    processor = Processor.with_database(settings)
    assert processor.database
    processor.database.open()
    try:
        with reading(file, "Importing") as shown:
            counts = import_lines(processor, read_lines(shown), remember)
    finally:
        processor.close()
    _print(counts, unreadable, as_json=as_json)
    return 1 if counts["unreadable"] else 0


def _print(counts: Counter[str], unreadable: list[tuple[str, str]], *, as_json: bool) -> None:
    for place, why in unreadable:
        say(f"{place} cannot be read: {why}")
    if more := counts["unreadable"] - len(unreadable):
        say(f"and {more:,} more")
    if as_json:
        places = [{"place": place, "why": why} for place, why in unreadable]
        print_json(dict(counts) | {"first_unreadable": places})
    else:
        click.echo(", ".join(f"{counts[name]} {name}" for name in counts))
