"""`newsbot sources import-opml` and `export-opml`: lists of subscriptions of feed readers."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from newsbot.cli.options import common_options_without_database
from newsbot.cli.output import print_json, print_table, printable, say
from newsbot.cli.sources.known import OwnSources, own_files
from newsbot.cli.sources.listing import chosen, source_filters
from newsbot.errors import InputError, UsageError

if TYPE_CHECKING:
    from newsbot.sources.model import Source
    from newsbot.sources.opml import Proposal


@click.command("import-opml")
@click.argument("file", type=click.File("rb"))
@click.option(
    "--write",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Folder of sources, instead of the one that NEWSBOT_SOURCES names.",
)
@common_options_without_database
def import_opml(file: BinaryIO, folder: Path | None, as_json: bool) -> int:
    """Take over the subscriptions of a feed reader.

    Every site of the OPML FILE becomes a TOML file in your own folder of sources; `-` is standard input. Folders and
    categories become tags. Feeds that are crawled already are left out. Exit status 1 if a feed cannot be taken over.

    \b
    Examples:
      newsbot sources import-opml subscriptions.opml
      newsbot sources import-opml subscriptions.opml --write sources
    """
    from newsbot.sources.opml import MAX_BYTES, read_opml

    own = own_files(folder)
    if own.path is None or own.path.is_file():
        raise UsageError(
            "no folder for the sources; accepted: --write FOLDER, or a folder of your own as NEWSBOT_SOURCES"
        )
    try:
        proposals = read_opml(file.read(MAX_BYTES + 1))
    except InputError as error:
        raise InputError(f"{file.name}: {error}", path=file.name) from error
    taken, known, wrong = _sorted(proposals, own)
    _write(taken, own.path)
    for line in (*known, *wrong):
        say(line)
    for source in taken.values() if as_json else ():
        values = {name: getattr(source, name) for name in ("key", "name", "homepage", "feeds", "tags")}
        print_json(values | {"file": str(own.path / f"{source.key}.toml")})
    if not as_json:
        rows = [
            (source.key, source.name, len(source.feeds), ", ".join(source.tags)) for source in taken.values()
        ]
        print_table(("key", "name", "feeds", "tags"), rows)
        say(f"{len(taken)} sources written to {own.path}, {len(known)} were there, {len(wrong)} left out")
    return 1 if wrong else 0


def _sorted(proposals: list[Proposal], own: OwnSources) -> tuple[dict[str, Source], list[str], list[str]]:
    """Return key -> source of those that are new, and lines about those that are known, and that are wrong."""
    polled = {feed: key for key, source in own.sources.items() for feed in source.feeds}
    taken: dict[str, Source] = {}
    known, wrong = [], []
    for proposal in proposals:
        if old := {polled[feed] for feed in proposal.feeds if feed in polled}:
            known.append(f"{proposal.name}: its feed is already polled for source {min(old)!r}")
            continue
        number, key = 1, proposal.key
        while proposal.key in own.sources or proposal.key in taken:
            number += 1
            proposal.key = f"{key}-{number}"
        try:
            taken[proposal.key] = proposal.source()
        except ValueError as error:
            wrong.append(f"{proposal.name}: not taken over: {error}")
            continue
        polled |= dict.fromkeys(proposal.feeds, proposal.key)
    return taken, known, wrong


def _write(taken: dict[str, Source], folder: Path) -> None:
    from newsbot.jobs.export_formats import atomic_file
    from newsbot.sources.written_toml import source_toml

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{folder}: {error.strerror}; accepted: a folder", path=str(folder)) from error
    for key, source in taken.items():
        with atomic_file(folder / f"{key}.toml") as out:
            out.write(source_toml(source).encode())


@click.command("export-opml")
@source_filters
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path, allow_dash=True),
    help="File to write, instead of stdout (-).",
)
@common_options_without_database
def export_opml(output: Path | None, as_json: bool, enabled: bool | None, **filters: Any) -> None:
    """Write the feeds of sources for a feed reader.

    As OPML 2.0: the first tag of a source is its folder, all of them are its categories. Sources that are disabled are
    left out, and so are those without feeds. --json: instead of OPML, one feed a line.

    \b
    Examples:
      newsbot sources export-opml -o newsbot.opml
      newsbot sources export-opml --language de --tag politics
    """
    from newsbot.jobs.export_formats import atomic_file
    from newsbot.settings import configuration
    from newsbot.sources.catalog import load_sources
    from newsbot.sources.opml import write_opml

    sources = chosen(load_sources(configuration().sources).values(), **filters, enabled=enabled is not False)
    with_feeds = [source for source in sources if source.feeds]
    if as_json:
        for source in with_feeds:
            for feed in source.feeds:
                print_json({"key": source.key, "name": source.name, "feed": feed, "tags": source.tags})
        return
    document = write_opml(with_feeds, title="Sources of newsbot")
    if output is None or output == Path("-"):
        sys.stdout.buffer.write(document)
        sys.stdout.buffer.flush()
    else:
        with atomic_file(output) as out:
            out.write(document)
    if left_out := len(sources) - len(with_feeds):
        say(printable(f"{left_out} sources without feeds are left out"))
