"""`newsbot import`: stores articles that another program has extracted."""

from __future__ import annotations

from typing import BinaryIO

import click

from newsbot.cli.options import database_option, json_option
from newsbot.cli.output import print_json, progress
from newsbot.ingest.process import Processor
from newsbot.jobs.import_records import import_captures, read_lines
from newsbot.settings import configuration


@click.command("import")
@click.argument("file", type=click.File("rb"))
@json_option
@database_option
def import_(file: BinaryIO, as_json: bool, database: str | None) -> int:
    """Store articles that were extracted elsewhere.

    FILE holds one JSON object a line (or one JSON array): articles as `newsbot export` writes them, news-please or
    Fundus. `-` is standard input. Lines that cannot be read are counted and skipped.
    """
    settings = configuration(database_url=database)
    processor = Processor.with_database(settings)
    assert processor.database
    processor.database.open()
    try:
        counts = import_captures(processor, progress(read_lines(file), "Importing"))
    finally:
        processor.close()
    if as_json:
        print_json(dict(counts))
    else:
        click.echo(", ".join(f"{counts[name]} {name}" for name in counts))
    return 1 if counts["unreadable"] and counts.total() == counts["unreadable"] else 0
