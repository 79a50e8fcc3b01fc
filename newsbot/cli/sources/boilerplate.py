"""`newsbot sources boilerplate`: what sites repeat, what was removed from their articles, and what is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from newsbot.cli.options import SourceKey, common_options, opened_database, read_session
from newsbot.cli.output import print_json, print_table, printable, say
from newsbot.cli.sources.known import unknown_source
from newsbot.errors import UsageError

if TYPE_CHECKING:
    from newsbot.store.queries import SourceBlock

MIN_DIGITS = 4
"""Minimum length of the beginning of an id that names a block."""


@click.command()
@click.argument("key", required=False, type=SourceKey())
@click.option(
    "--keep", "kept", metavar="BLOCK", help="Put this block back into all articles, and keep it there."
)
@click.option("--release", "released", metavar="BLOCK", help="Keep this block no longer.")
@common_options
def boilerplate(
    key: str | None, kept: str | None, released: str | None, as_json: bool, database: str | None
) -> None:
    """Show the lines that a source repeats; keep some.

    Of the source KEY, with the number of articles from which each line was removed. Without KEY, the numbers of every source. A block that was released is removed from stored articles by
    `newsbot reclean`, if the site still repeats it.

    \b
    Examples:
      newsbot sources boilerplate
      newsbot sources boilerplate bbc
      newsbot sources boilerplate bbc --keep 3f2a9c01b7de
    """
    if kept is not None and released is not None:
        raise click.UsageError("--keep and --release cannot be used together")
    if key is None:
        if kept is not None or released is not None:
            raise click.UsageError("--keep and --release need the key of a source")
        _print_counts(as_json=as_json, database=database)
        return
    blocks = _blocks_of(key, database)
    if kept is not None:
        _change(key, _named(kept, key, blocks), is_kept=True, database=database)
    elif released is not None:
        _change(key, _named(released, key, blocks), is_kept=False, database=database)
    else:
        _print_blocks(blocks, as_json=as_json)


def _blocks_of(key: str, database: str | None) -> list[SourceBlock]:
    from newsbot.settings import configuration
    from newsbot.sources.catalog import load_sources
    from newsbot.store.queries import source_blocks, source_names

    with read_session(database) as session:
        known = {*source_names(session), *load_sources(configuration().sources)}
        if key not in known:
            raise unknown_source(key, known)
        return source_blocks(session, key)


def _named(wanted: str, key: str, blocks: Sequence[SourceBlock]) -> SourceBlock:
    """Return the block with an id that begins so. Raises UsageError if there is not exactly one."""
    found = [block for block in blocks if block.id.startswith(wanted.lower())]
    if len(found) == 1 and len(wanted) >= MIN_DIGITS:
        return found[0]
    reason = "several blocks" if len(found) > 1 and len(wanted) >= MIN_DIGITS else "no block"
    raise UsageError(
        f"{reason} {printable(wanted)!r} of {printable(key)}; accepted: an id, or at least {MIN_DIGITS} digits of one, "
        f"that newsbot sources boilerplate {printable(key)} shows"
    )


def _change(key: str, block: SourceBlock, *, is_kept: bool, database: str | None) -> None:
    from newsbot.jobs.reclean import keep_block, release_block

    with opened_database(database, create=False) as opened:
        if is_kept:
            count = keep_block(opened, key, block.key, block.text)
            click.echo(f"{block.id} is kept; {count} articles have it again", err=True)
        else:
            release_block(opened, key, block.key)
            click.echo(f"{block.id} is kept no longer", err=True)


def _print_blocks(blocks: Sequence[SourceBlock], *, as_json: bool) -> None:
    if as_json:
        for block in blocks:
            shown = asdict(block)
            del shown["key"]
            print_json(shown)
        return
    rows = [(block.id, _state(block), block.removed_count, block.text) for block in blocks]
    print_table(("block", "state", "removed from", "text"), rows)
    if not rows:
        say("nothing that this source repeats has been learnt")


def _state(block: SourceBlock) -> str:
    if block.is_kept:
        return "kept"
    return "learnt" if block.is_learnt else "not repeated now"


def _print_counts(*, as_json: bool, database: str | None) -> None:
    from newsbot.store.queries import boilerplate_counts

    with read_session(database) as session:
        counts = boilerplate_counts(session)
    if as_json:
        for count in counts:
            print_json(asdict(count))
        return
    rows = [(count.source, count.learnt_count, count.kept_count, count.removed_count) for count in counts]
    print_table(("source", "learnt", "kept", "paragraphs removed"), rows)
