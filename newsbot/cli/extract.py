"""`newsbot extract`: one page -> one article; no database."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from newsbot.archive.files import SavedPage, read_page
from newsbot.cleaning.article_fields import clean_article
from newsbot.cli.options import json_option
from newsbot.cli.output import print_json, printable
from newsbot.entities.engine import load_engine
from newsbot.entities.recognition import find_entities
from newsbot.errors import InputError
from newsbot.extraction.extractor import extract_article
from newsbot.extraction.page.page import Page
from newsbot.extraction.page_kinds import reject_reason
from newsbot.extraction.saved_text import parse_saved_text
from newsbot.items import Article, Reject, article_json
from newsbot.settings import configuration
from newsbot.spiders.spider_run import run_spider
from newsbot.urls import is_fetchable, source_of


@click.command()
@click.argument("page", metavar="FILE|URL|-")
@click.option("--url", help="Where the page came from.")
@click.option("--explain", is_flag=True, help="Tell which rule gave each field.")
@json_option
def extract(page: str, url: str | None, explain: bool, as_json: bool) -> None:
    """Extract the article of one page: a file, a URL, or standard input (-). Nothing is stored."""
    article = fetch_article(page) if is_fetchable(page) else read_article(_saved(page), url)
    clean_article(article)
    find_entities(article, load_engine(configuration().entity_engine))
    if as_json:
        print_json(
            article_json(article) | ({"kind": article.kind, "rules": article.rules} if explain else {})
        )
    else:
        print_article(article, explain=explain)
    if reason := reject_reason(article):
        click.echo(f"newsbot: {printable(page)}: not stored as an article: {reason}", err=True)


def _saved(page: str) -> SavedPage:
    max_bytes = configuration().max_page_bytes
    if page == "-":
        body = sys.stdin.buffer.read(max_bytes + 1)
        if len(body) > max_bytes:
            raise InputError(f"standard input is larger than {max_bytes} bytes")
        return SavedPage(body=body, url="")
    if not Path(page).is_file():
        raise InputError(f"{page}: no such file; accepted: a file, an http(s) URL, or - for standard input")
    return read_page(Path(page), max_bytes=max_bytes)


def read_article(saved: SavedPage, url: str | None) -> Article:
    """Return the article of a saved page; `url`, if given, says where it came from."""
    now = datetime.now(UTC)
    url = url or saved.url or None
    page = Page.from_bytes(saved.body, url, saved.charset)
    if saved.is_text:
        article = parse_saved_text(page.html, url=url, now=now)
    else:
        article = extract_article(page, now=now)
    if article.canonical_url and not is_fetchable(article.url):
        article.url = article.canonical_url
    article.source = source_of(article.url) or None
    return article


def fetch_article(url: str) -> Article:
    """Return the article at a URL. Raises InputError if the page cannot be had."""
    _, items = run_spider("article", url=url)
    if not items:
        raise InputError(f"{url}: nothing came back", url=url)
    if isinstance(items[0], Reject):
        raise InputError(f"{url}: {items[0].reason}: {items[0].detail}", url=url)
    return items[0]


def print_article(article: Article, *, explain: bool = False) -> None:
    """Print an article to be read: its fields, then its text."""
    for name, value in article_json(article).items():
        if name in ("body", "entities") or value in (None, []):
            continue
        shown = ", ".join(value) if isinstance(value, list) else value
        rule = f"   ({article.rules[name]})" if explain and name in article.rules else ""
        click.echo(f"{name + ':':15} {printable(shown)}{rule}")
    if article.entities:
        click.echo(f"{'entities:':15} {printable(', '.join(entity.name for entity in article.entities))}")
    if explain:
        click.echo(f"{'kind:':15} {article.kind}   ({article.rules.get('kind', 'no rule')})")
        click.echo(f"{'body:':15} {article.word_count} words   ({article.rules.get('body', 'no rule')})")
    for paragraph in article.body.split("\n\n"):
        click.echo(f"\n{printable(paragraph)}")
