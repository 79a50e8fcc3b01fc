"""`newsbot extract`: prints the article of one page, without a database."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from newsbot.cli.options import common_options_without_database
from newsbot.cli.output import print_json, print_wrapped, printable, say
from newsbot.cli.structure import LABEL_WIDTH, UNLISTED, print_markdown, print_structure
from newsbot.errors import InputError
from newsbot.items import Article, Reject, article_json

if TYPE_CHECKING:
    from newsbot.capture import Capture
    from newsbot.ingest.envelope import Envelope


@click.command()
@click.argument("page", metavar="FILE|URL|-")
@click.option("--url", help="Where the page came from.")
@click.option("--explain", is_flag=True, help="Show the rule that gave each field.")
@click.option("--markdown", "as_markdown", is_flag=True, help="Print only its text, as Markdown.")
@common_options_without_database
def extract(page: str, url: str | None, explain: bool, as_markdown: bool, as_json: bool) -> None:
    """Extract the article of one page; nothing is stored.

    The page is a file, a URL, or standard input (-).

    \b
    Examples:
      newsbot extract https://news.example/story --json
      newsbot extract page.html --url https://news.example/story --explain
      curl -s https://news.example/story | newsbot extract - --markdown
    """
    from newsbot.dedupe.agencies import agency_of
    from newsbot.ingest.process import EXTRACT_STAGES, Processor
    from newsbot.settings import configuration
    from newsbot.urls import is_fetchable

    processor = Processor(configuration())
    item = fetch(page) if is_fetchable(page) else processor.read(_capture(page, url))
    envelope = _extracted(processor.prepare(item, EXTRACT_STAGES), page)
    article = envelope.article
    if as_json:
        agency = {"agency": agency_of(article.authors, article.body)}
        print_json(article_json(article) | agency | ({"rules": article.rules} if explain else {}))
    elif as_markdown:
        print_markdown(article)
    else:
        print_article(article, explain=explain)
    if reason := processor.validate(envelope):
        say(f"{page}: not stored as an article: {reason}")


def _capture(page: str, url: str | None) -> Capture:
    """Return the capture of a file or of standard input. `url` is the address of the page, if it is known."""
    from newsbot.archive.files import read_page
    from newsbot.capture import Capture
    from newsbot.settings import configuration

    max_bytes = configuration().max_page_bytes
    if page == "-":
        body = sys.stdin.buffer.read(max_bytes + 1)
        if len(body) > max_bytes:
            raise InputError(f"standard input is larger than {max_bytes} bytes")
        return Capture(body=body, url=url or "")
    if not Path(page).is_file():
        raise InputError(f"{page}: no such file; accepted: a file, an http(s) URL, or - for standard input")
    capture = read_page(Path(page), max_bytes=max_bytes)
    return replace(capture, url=url) if url else capture


def fetch(url: str) -> Envelope | Reject:
    """Return the article at a URL, or the reason why there is none. Raises InputError if there was no response."""
    from newsbot.spiders.spider_run import run_spider

    _, items = run_spider("article", url=url)
    if not items:
        raise InputError(f"{url}: nothing came back", url=url)
    item: Envelope | Reject = items[0]
    return item


def _extracted(item: Envelope | Reject, page: str) -> Envelope:
    """Return an article. Raises InputError with the stage and the reason for a reject."""
    if not isinstance(item, Reject):
        return item
    at = f" in the stage {item.stage}" if item.reason == "stage-failed" else ""
    raise InputError(f"{printable(page)}: {item.reason}{at}: {printable(item.detail)}", url=item.url)


def print_article(article: Article, *, explain: bool = False) -> None:
    """Print an article for people: its fields, then its text."""
    for name, value in article_json(article).items():
        if name in UNLISTED or value in (None, []):
            continue
        shown = ", ".join(value) if isinstance(value, list) else value
        rule = f"   ({article.rules[name]})" if explain and name in article.rules else ""
        click.echo(f"{name + ':':{LABEL_WIDTH}} {printable(shown)}{rule}")
    print_structure(article)
    if article.entities:
        click.echo(
            f"{'entities:':{LABEL_WIDTH}} {printable(', '.join(entity.name for entity in article.entities))}"
        )
    if explain:
        click.echo(f"{'kind:':{LABEL_WIDTH}} {article.kind}   ({article.rules.get('kind', 'no rule')})")
        click.echo(
            f"{'body:':{LABEL_WIDTH}} {article.word_count} words   ({article.rules.get('body', 'no rule')})"
        )
    for paragraph in article.body.split("\n\n"):
        click.echo()
        print_wrapped(printable(paragraph))
