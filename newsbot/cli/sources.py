"""`newsbot sources`: what is configured."""

from __future__ import annotations

import click

from newsbot.cli.options import json_option
from newsbot.cli.output import print_json, print_table
from newsbot.settings import configuration
from newsbot.sources.catalog import load_sources


@click.group()
def sources() -> None:
    """List and check the configured sources."""


@sources.command("list")
@json_option
def list_(as_json: bool) -> None:
    """List every source."""
    for_json = ("key", "name", "homepage", "language", "country", "enabled", "verified")
    found = load_sources(configuration().sources).values()
    if as_json:
        for source in found:
            print_json({name: getattr(source, name) for name in for_json} | {"feeds": list(source.feeds)})
    else:
        rows = [
            (s.key, s.name, s.language, s.country, len(s.feeds), "" if s.enabled else "disabled")
            for s in found
        ]
        print_table(("key", "name", "language", "country", "feeds", ""), rows)


@sources.command()
@click.argument("path", required=False)
def check(path: str | None) -> None:
    """Validate a TOML file or a folder of them; without PATH, what NEWSBOT_SOURCES names."""
    found = load_sources(path or configuration().sources)
    click.echo(f"{len(found)} sources, all valid")
