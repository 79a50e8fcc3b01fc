"""Print the structure of an article: its Markdown, its pictures, its links."""

from __future__ import annotations

import click

from newsbot.cli.output import printable
from newsbot.items import Article

LABEL_WIDTH = 18
"""Width of the names of fields, before their values."""
UNLISTED = ("body", "body_markdown", "images", "links", "entities", "provenance")
"""Fields that are printed in a form of their own."""


def print_markdown(article: Article) -> None:
    """Print the text as Markdown."""
    for line in article.body_markdown.split("\n"):
        click.echo(printable(line))


def print_structure(article: Article) -> None:
    """Print the pictures and the links, one a line, behind their names."""
    for image in article.images:
        said = f": {image.caption}" if image.caption else ""
        credit = f" (picture: {image.credit})" if image.credit else ""
        click.echo(f"{'image:':{LABEL_WIDTH}} {printable(image.url + said + credit)}")
    for link in article.links:
        click.echo(f"{'link:':{LABEL_WIDTH}} {printable(f'{link.url} {link.text}')}")
