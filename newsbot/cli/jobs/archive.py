"""`newsbot archive`: what is kept of the pages that were fetched, whether it is whole, and how long it stays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from rich.filesize import decimal

from newsbot.cli.options import Age, database_option, json_option
from newsbot.cli.output import print_heading, print_json, print_table, printable, progress
from newsbot.errors import UsageError
from newsbot.ingest.runs import recorded_run
from newsbot.items import utc_text
from newsbot.jobs.archive_prune import Pruned, Rules
from newsbot.jobs.archive_prune import prune as prune_archive
from newsbot.jobs.archive_stats import Problem, Stock, Tally, take_stock
from newsbot.jobs.archive_stats import verify as verify_archive
from newsbot.settings import configuration
from newsbot.store.database import Database


@click.group()
def archive() -> None:
    """Look after the pages that crawls have kept in NEWSBOT_ARCHIVE_DIR."""


@archive.command()
@json_option
@database_option
def stats(as_json: bool, database: str | None) -> None:
    """Count the archive's files and records, by type and source, and what articles were read from."""
    with _opened(database, migrate=False) as (opened, folder):
        *_, stock = progress(take_stock(opened, folder), "Reading")
    if as_json:
        print_json(_stock_json(stock))
    else:
        _print_stock(stock)


@archive.command()
@json_option
@database_option
def verify(as_json: bool, database: str | None) -> int:
    """Read every record, compare it with its digest, and look for each one that the database refers to.

    Prints what is damaged or missing, by file and byte; exit status 1 if anything is."""
    count = 0
    with _opened(database, migrate=False) as (opened, folder):
        for problems in progress(verify_archive(opened, folder), "Reading"):
            count += len(problems)
            _print_problems(problems, as_json=as_json)
    click.echo(f"{count} problems" if count else "the archive is whole", err=True)
    return 1 if count else 0


@archive.command()
@click.option(
    "--older-than",
    type=Age(),
    required=True,
    metavar="AGE",
    help="Answers from before: 90d, 12w, 6m, 2y, or a date (2026-11-23).",
)
@click.option("--source", metavar="KEY", help="Only answers of this source.")
@click.option("--all", "is_all", is_flag=True, help="Also the pages that articles were read from.")
@click.option("--dry-run", is_flag=True, help="Only tell what would go.")
@json_option
@database_option
def prune(
    older_than: datetime, source: str | None, is_all: bool, dry_run: bool, as_json: bool, database: str | None
) -> int:
    """Remove old answers from the archive.

    The pages that articles were read from stay, as `newsbot reextract` needs them, unless --all is given. Files that
    a crawl has open are left alone. May be killed and run again at any time."""
    rules = Rules(older_than=older_than, source=source, is_all=is_all)
    found: list[Pruned] = []
    counts: dict[str, int] = {}
    with (
        _opened(database, migrate=not dry_run) as (opened, folder),
        _noted(opened, rules, counts, dry_run=dry_run),
    ):
        for pruned in progress(prune_archive(opened, folder, rules, dry_run=dry_run), "Pruning"):
            found.append(pruned)
        counts.update(_totals(found))
    if as_json:
        print_json({"dry_run": dry_run, **counts, "files": [_pruned_json(each) for each in found]})
    else:
        _print_pruned(found, counts, dry_run=dry_run)
    return 1 if any(each.is_broken for each in found) else 0


@contextmanager
def _opened(url: str | None, *, migrate: bool) -> Iterator[tuple[Database, Path]]:
    """Give the database and the folder of the archive."""
    settings = configuration()
    if not settings.archive_dir:
        raise UsageError("NEWSBOT_ARCHIVE_DIR is empty: no archive is kept; accepted: a folder")
    database = Database(url or settings.database_url).open(migrate=migrate)
    try:
        yield database, Path(settings.archive_dir)
    finally:
        database.close()


@contextmanager
def _noted(database: Database, rules: Rules, counts: Mapping[str, int], *, dry_run: bool) -> Iterator[None]:
    if dry_run:
        yield
        return
    arguments = {"older_than": utc_text(rules.older_than), "source": rules.source, "all": rules.is_all}
    with recorded_run(database, "archive prune", arguments, counts):
        yield


# ------------------------------------------------------------------ what is printed


def _stock_json(stock: Stock) -> dict[str, Any]:
    return {
        "files": stock.files,
        "open_files": stock.open_files,
        "bytes": stock.bytes,
        "damaged_places": stock.damaged_places,
        "first": utc_text(stock.first),
        "last": utc_text(stock.last),
        "by_type": {kind: asdict(tally) for kind, tally in sorted(stock.kinds.items())},
        "by_source": {source: asdict(tally) for source, tally in sorted(stock.sources.items())},
        "of_articles": asdict(stock.of_articles),
        "orphans": asdict(stock.orphans),
    }


def _print_stock(stock: Stock) -> None:
    rows = {
        "files": stock.files,
        "being written": stock.open_files,
        "size": decimal(stock.bytes),
        "first record": utc_text(stock.first),
        "last record": utc_text(stock.last),
        "damaged places": stock.damaged_places,
    }
    print_table(("", ""), rows.items())
    columns = ("records", "size")
    print_heading("By type")
    print_table(("type", *columns), _rows(stock.kinds))
    print_heading("Answers")
    of_use = {
        "that articles were read from": stock.of_articles,
        "that the database does not know": stock.orphans,
    }
    print_table(("", *columns), _rows(of_use))
    print_heading("By source")
    print_table(("source", *columns), _rows(stock.sources))


def _rows(tallies: Mapping[str, Tally]) -> list[tuple[str, int, str]]:
    most_first = sorted(tallies.items(), key=lambda item: -item[1].bytes)
    return [(name, tally.records, decimal(tally.bytes)) for name, tally in most_first]


def _print_problems(problems: list[Problem], *, as_json: bool) -> None:
    for each in problems:
        if as_json:
            print_json(asdict(each))
        else:
            click.echo("\t".join(printable(cell) for cell in (each.file, each.offset, each.what)))


def _totals(found: Sequence[Pruned]) -> dict[str, int]:
    pruned = [each for each in found if each.dropped]
    return {
        "files_removed": sum(each.kept == 0 for each in pruned),
        "files_rewritten": sum(each.kept > 0 for each in pruned),
        "files_skipped": sum(each.skipped is not None for each in found),
        "records_removed": sum(each.dropped for each in pruned),
        "records_kept": sum(each.kept for each in found),
        "freed_bytes": sum(each.freed_bytes for each in pruned),
    }


def _pruned_json(pruned: Pruned) -> dict[str, Any]:
    return {
        "file": pruned.path.name,
        "records_removed": pruned.dropped,
        "records_kept": pruned.kept,
        "freed_bytes": pruned.freed_bytes,
        "skipped": pruned.skipped,
    }


def _print_pruned(found: list[Pruned], counts: Mapping[str, int], *, dry_run: bool) -> None:
    rows = {
        "files removed": counts["files_removed"],
        "files rewritten": counts["files_rewritten"],
        "records removed": counts["records_removed"],
        "records kept": counts["records_kept"],
        "would be freed" if dry_run else "freed": decimal(counts["freed_bytes"]),
    }
    print_table(("", ""), rows.items())
    for each in found:
        if each.skipped:
            click.echo(f"newsbot: {printable(each.path)}: left as it is: {each.skipped}", err=True)
