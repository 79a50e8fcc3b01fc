"""`newsbot embed`: computes the vectors of articles that were stored without one."""

from __future__ import annotations

import click

from newsbot.cli.options import database_option, json_option
from newsbot.cli.output import print_json, progress
from newsbot.embeddings.embedder import load_embedder
from newsbot.jobs.embed import embed as embed_article
from newsbot.jobs.embed import find_unembedded
from newsbot.settings import configuration
from newsbot.store.database import Database


@click.command()
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="At most this number of articles.")
@json_option
@database_option
def embed(limit: int | None, as_json: bool, database: str | None) -> None:
    """Compute the vectors by which related articles are found, for articles without one.

    The last stored come first. It can be stopped at any time; the next run goes on. With NEWSBOT_EMBEDDINGS=1 crawls
    compute the vectors of what they store."""
    embedder = load_embedder()
    opened = Database(database or configuration().database_url).open()
    count = 0
    try:
        for article in progress(find_unembedded(opened, embedder.version), "Computing vectors"):
            count += embed_article(opened, embedder, article)
            if count == limit:
                break
    finally:
        opened.close()
    if as_json:
        print_json({"embedded": count, "version": embedder.version})
    else:
        click.echo(f"{count} articles were embedded", err=True)
