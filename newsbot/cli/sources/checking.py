"""`newsbot sources check`: everything that is wrong with TOML files, or with sources that are fetched."""

from __future__ import annotations

from pathlib import Path

import click

from newsbot.cli.options import SourceKey, common_options_without_database
from newsbot.cli.output import print_json, say

FLAGGED = 3
"""Exit status of `check --live` if a source does not work."""
WRONG = 2
"""Exit status if a file has a fault."""


@click.command()
@click.argument("names", nargs=-1, metavar="[PATH | KEY...]", type=SourceKey())
@click.option(
    "--live", "is_live", is_flag=True, help="Fetch feeds and articles of the sources KEY, else of all."
)
@click.option(
    "--write",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="With --live: write the TOML files there, with verified, robots and checked_on, without feeds that are gone.",
)
@common_options_without_database
def check(names: tuple[str, ...], is_live: bool, folder: Path | None, as_json: bool) -> int:
    """Say what is wrong with TOML files, or with live sources.

    PATH is a file or a folder of them; without it, what NEWSBOT_SOURCES names. All faults are listed, one a line;
    exit status 2 if there are some.

    With --live, see whether the sources work: robots.txt, homepage, feeds and one of the newest articles of each. Exit
    status 3 if one does not, 1 if no host has answered.

    \b
    Examples:
      newsbot sources check sources
      newsbot sources check --live bbc guardian
      newsbot sources check --live --write checked
    """
    from newsbot.settings import configuration
    from newsbot.sources.catalog import load_sources, source_faults

    if is_live:
        from newsbot.cli.sources.live import check_live

        return 0 if check_live(names, folder=folder, as_json=as_json) else FLAGGED
    if folder or len(names) > 1:
        raise click.UsageError("--write and several names need --live")
    path = names[0] if names else configuration().sources
    faults = source_faults(path)
    for fault in faults:
        say(str(fault))
    if faults:
        return WRONG
    found = load_sources(path)
    if as_json:
        print_json({"sources": len(found)})
    else:
        click.echo("1 source, valid" if len(found) == 1 else f"{len(found)} sources, all valid")
    return 0
