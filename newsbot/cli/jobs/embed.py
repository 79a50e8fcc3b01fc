"""`newsbot embed`: computes the vectors of articles that were stored without one."""

from __future__ import annotations

import click

from newsbot.cli.options import common_options, opened_database
from newsbot.cli.output import print_json
from newsbot.cli.progress_display import progress


@click.command()
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="At most this number of articles.")
@common_options
def embed(limit: int | None, as_json: bool, database: str | None) -> None:
    """Compute the vectors by which related articles are found.

    For the articles without one; the last stored come first. It can be stopped at any time; the next run goes on. With NEWSBOT_EMBEDDINGS=1 crawls
    compute the vectors of what they store.

    \b
    Examples:
      newsbot embed
      newsbot embed --limit 10000
    """
    from newsbot.embeddings.embedder import load_embedder
    from newsbot.jobs.embed import embed as embed_article
    from newsbot.jobs.embed import find_unembedded

    embedder = load_embedder()
    count = 0
    with (
        opened_database(database, create=False) as opened,
        progress(find_unembedded(opened, embedder.version), "Computing vectors") as articles,
    ):
        for article in articles:
            count += embed_article(opened, embedder, article)
            if count == limit:
                break
    if as_json:
        print_json({"embedded": count, "version": embedder.version})
    else:
        click.echo(f"{count} articles were embedded", err=True)
