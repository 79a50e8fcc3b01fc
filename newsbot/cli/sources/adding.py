"""`newsbot sources add`: proposes a source for a homepage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from newsbot.cli.options import common_options_without_database
from newsbot.cli.output import print_json, printable
from newsbot.items import Reject, article_json, utc_text

if TYPE_CHECKING:
    from newsbot.ingest.envelope import Envelope
    from newsbot.spiders.explore import Exploration


@click.command()
@click.argument("url")
@common_options_without_database
def add(url: str, as_json: bool) -> None:
    """Look at a homepage, and propose a source for it.

    Shows what was found and three articles as they would be stored, and prints the TOML of a source: put it into a file
    of your own folder of sources.

    \b
    Examples:
      newsbot sources add https://news.example/ > sources/example.toml
    """
    from newsbot.spiders.explore import ExploreSpider
    from newsbot.spiders.spider_run import run_spider

    spider, items = run_spider("explore", url=url)
    assert isinstance(spider, ExploreSpider)
    found = spider.found
    if as_json:
        print_json(_found_json(found, items))
        return
    for kind, urls in (("feed", found.feeds), ("sitemap", found.sitemaps), ("section", found.sections)):
        for found_url in urls:
            click.echo(f"{kind + ':':9} {printable(found_url)}", err=True)
    click.echo(f"articles: {len(found.links)} found; the newest of them as they would be stored:\n", err=True)
    for item in items:
        _preview(item)
    click.echo(found.toml())


def _found_json(found: Exploration, items: list[Any]) -> dict[str, Any]:
    return {
        "feeds": list(found.feeds),
        "sitemaps": list(found.sitemaps),
        "sections": list(found.sections),
        "article_count": len(found.links),
        "articles": [article_json(item.article) for item in items if not isinstance(item, Reject)],
        "rejects": [
            {"url": item.url, "reason": item.reason, "detail": item.detail}
            for item in items
            if isinstance(item, Reject)
        ],
        "toml": found.toml(),
    }


def _preview(item: Envelope | Reject) -> None:
    if isinstance(item, Reject):
        click.echo(
            f"  {printable(item.url)}\n  rejected: {printable(item.reason)} {printable(item.detail)}\n",
            err=True,
        )
        return
    article = item.article
    authors = ", ".join(article.authors) or "no author"
    start = " ".join(article.body.split())[:200]
    click.echo(
        f"  {printable(article.title)}\n  {utc_text(article.published_at) or 'no date'}, {printable(authors)}, "
        f"{article.language}, {article.word_count} words\n  {printable(start)}...\n",
        err=True,
    )
