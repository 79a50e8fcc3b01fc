"""`newsbot archive`: count, verify, prune and upload the stored responses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from newsbot.cli.groups import Group
from newsbot.cli.options import Day, SourceKey, common_options, opened_database
from newsbot.cli.output import print_heading, print_json, print_table, printable, say
from newsbot.cli.progress_display import progress
from newsbot.cli.sources.known import check_source
from newsbot.errors import UsageError
from newsbot.items import utc_text

if TYPE_CHECKING:
    from newsbot.jobs.archive_prune import PrunedFile, PruneRules
    from newsbot.jobs.archive_stats import ArchiveProblem, ArchiveStats, RecordCount
    from newsbot.store.database import Database


@click.group(cls=Group)
def archive() -> None:
    """Look after the raw pages that crawls have kept.

    They are WARC files in the folder that NEWSBOT_ARCHIVE_DIR names, and in the object store of NEWSBOT_ARCHIVE_URL."""


@archive.command()
@common_options
def stats(as_json: bool, database: str | None) -> None:
    """Count the files and the records of the archive.

    By type and source; also those that articles were read from.

    \b
    Examples:
      newsbot archive stats
    """
    from newsbot.jobs.archive_stats import read_archive_stats

    with (
        _opened(database, migrate=False) as (opened, folder, store),
        progress(read_archive_stats(opened, folder, store), "Reading") as shown,
    ):
        *_, stats = shown
    if as_json:
        print_json(_stats_json(stats))
    else:
        _print_stats(stats)


@archive.command()
@common_options
def verify(as_json: bool, database: str | None) -> int:
    """Read every record, and find what is damaged or missing.

    A record is compared with its digest, and each one that the database refers to is looked for. Prints what is damaged
    or missing, by file and byte; exit status 1 if anything is.

    \b
    Examples:
      newsbot archive verify
    """
    from newsbot.jobs.archive_stats import verify_archive

    count = 0
    with (
        _opened(database, migrate=False) as (opened, folder, store),
        progress(verify_archive(opened, folder, store), "Reading") as shown,
    ):
        for problems in shown:
            count += len(problems)
            _print_problems(problems, as_json=as_json)
    click.echo(f"{count} problems" if count else "the archive is whole", err=True)
    return 1 if count else 0


@archive.command()
@click.option(
    "--older-than",
    type=Day(),
    metavar="AGE",
    help="Answers from before: 90d, 12w, 6m, 2y, or a date (2026-11-23). Default: NEWSBOT_KEEP_RAW_PAGES_DAYS.",
)
@click.option("--source", type=SourceKey(), metavar="KEY", help="Only answers of this source.")
@click.option("--all", "is_all", is_flag=True, help="Also the pages that articles were read from.")
@click.option("--dry-run", is_flag=True, help="Only say what would be removed.")
@common_options
def prune(
    older_than: datetime | None,
    source: str | None,
    is_all: bool,
    dry_run: bool,
    as_json: bool,
    database: str | None,
) -> int:
    """Remove old answers from the archive.

    The pages that articles were read from stay, as `newsbot reextract` needs them, unless --all is given. Files that
    a crawl has open are left alone. May be killed and run again at any time.

    \b
    Examples:
      newsbot archive prune --older-than 90d --dry-run
      newsbot archive prune --older-than 1y --source bbc
    """
    from newsbot.jobs.archive_prune import PruneRules, prune_archive, prune_counts

    rules = PruneRules(older_than=older_than or _kept_since(), source=source, is_all=is_all)
    found: list[PrunedFile] = []
    counts: dict[str, int] = {}
    with (
        _opened(database, migrate=not dry_run, source=source) as (opened, folder, store),
        _noted(opened, rules, counts, dry_run=dry_run),
        progress(prune_archive(opened, folder, rules, store=store, dry_run=dry_run), "Pruning") as shown,
    ):
        found += shown
        counts.update(prune_counts(found))
    if as_json:
        print_json({"dry_run": dry_run, **counts, "files": [_pruned_json(pruned) for pruned in found]})
    else:
        _print_pruned(found, counts, dry_run=dry_run)
    return 1 if any(pruned.is_broken for pruned in found) else 0


@archive.command()
@common_options
def upload(as_json: bool, database: str | None) -> int:
    """Upload complete files to the object store of NEWSBOT_ARCHIVE_URL.

    A crawl does so at its end; this is for files that were left by a kill or a failure, or are older than the setting.
    A copy is compared with its file before the file is deleted. May be killed and run again at any time.

    \b
    Examples:
      newsbot archive upload
    """
    from newsbot.jobs.archive_upload import upload_archive

    with _opened(database, migrate=True) as (opened, folder, store):
        if not store:
            raise UsageError(
                "NEWSBOT_ARCHIVE_URL is empty: there is no object store; accepted: s3://BUCKET/PREFIX"
            )
        found = False
        with progress(upload_archive(opened, folder, store), "Uploading") as shown:
            for uploaded in shown:
                found = True
                if as_json:
                    print_json(asdict(uploaded))
                elif uploaded.url:
                    click.echo(printable(uploaded.url))
                if uploaded.skipped:
                    say(f"{uploaded.name}: left as it is: {uploaded.skipped}")
        if not found:
            say("nothing to upload")
    return 0


@contextmanager
def _opened(
    url: str | None, *, migrate: bool, source: str | None = None
) -> Iterator[tuple[Database, Path, str]]:
    """Give the database, the folder of the archive and the URL of its object store; that is empty if there is none.

    Raises UsageError for a source that is not known."""
    from newsbot.settings import configuration

    settings = configuration()
    if not settings.archive_dir:
        raise UsageError("NEWSBOT_ARCHIVE_DIR is empty: no archive is kept; accepted: a folder")
    with opened_database(url, migrate=migrate, create=False) as database:
        if source is not None:
            database.ask(partial(check_source, key=source))
        yield database, Path(settings.archive_dir), settings.archive_url


def _kept_since() -> datetime:
    """Return the time before which answers are old by the settings. Raises UsageError if they are kept for ever."""
    from newsbot.settings import configuration

    days = configuration().keep_raw_pages_days
    if not days:
        raise UsageError("--older-than is missing, and NEWSBOT_KEEP_RAW_PAGES_DAYS keeps answers for ever")
    return datetime.now(UTC) - timedelta(days=days)


@contextmanager
def _noted(
    database: Database, rules: PruneRules, counts: Mapping[str, int], *, dry_run: bool
) -> Iterator[None]:
    from newsbot.ingest.runs import recorded_run

    if dry_run:
        yield
        return
    arguments = {"older_than": utc_text(rules.older_than), "source": rules.source, "all": rules.is_all}
    with recorded_run(database, "archive prune", arguments, counts):
        yield


# ------------------------------------------------------------------ output


def _stats_json(stats: ArchiveStats) -> dict[str, Any]:
    return {
        "files": stats.files,
        "open_files": stats.open_files,
        "bytes": stats.bytes,
        "damaged_places": stats.damaged_places,
        "first": utc_text(stats.first),
        "last": utc_text(stats.last),
        "by_type": {kind: asdict(count) for kind, count in sorted(stats.kinds.items())},
        "by_source": {source: asdict(count) for source, count in sorted(stats.sources.items())},
        "of_articles": asdict(stats.of_articles),
        "orphans": asdict(stats.orphans),
    }


def _print_stats(stats: ArchiveStats) -> None:
    from rich.filesize import decimal

    rows = {
        "files": stats.files,
        "being written": stats.open_files,
        "size": decimal(stats.bytes),
        "first record": utc_text(stats.first),
        "last record": utc_text(stats.last),
        "damaged places": stats.damaged_places,
    }
    print_table(("", ""), rows.items())
    columns = ("records", "size")
    print_heading("By type")
    print_table(("type", *columns), _rows(stats.kinds))
    print_heading("Answers")
    of_use = {
        "that articles were read from": stats.of_articles,
        "that the database does not know": stats.orphans,
    }
    print_table(("", *columns), _rows(of_use))
    print_heading("By source")
    print_table(("source", *columns), _rows(stats.sources))


def _rows(counts: Mapping[str, RecordCount]) -> list[tuple[str, int, str]]:
    from rich.filesize import decimal

    most_first = sorted(counts.items(), key=lambda item: -item[1].bytes)
    return [(name, count.records, decimal(count.bytes)) for name, count in most_first]


def _print_problems(problems: list[ArchiveProblem], *, as_json: bool) -> None:
    for problem in problems:
        if as_json:
            print_json(asdict(problem))
        else:
            click.echo("\t".join(printable(cell) for cell in (problem.file, problem.offset, problem.what)))


def _pruned_json(pruned: PrunedFile) -> dict[str, Any]:
    return {
        "file": pruned.path.name if isinstance(pruned.path, Path) else pruned.path,
        "records_removed": pruned.dropped,
        "records_kept": pruned.kept,
        "freed_bytes": pruned.freed_bytes,
        "skipped": pruned.skipped,
    }


def _print_pruned(found: list[PrunedFile], counts: Mapping[str, int], *, dry_run: bool) -> None:
    from rich.filesize import decimal

    rows = {
        "files removed": counts["files_removed"],
        "files rewritten": counts["files_rewritten"],
        "records removed": counts["records_removed"],
        "records kept": counts["records_kept"],
        "would be freed" if dry_run else "freed": decimal(counts["freed_bytes"]),
    }
    print_table(("", ""), rows.items())
    for pruned in found:
        if pruned.skipped:
            say(f"{pruned.path}: left as it is: {pruned.skipped}")
