"""`newsbot backfill`: stores the pages of archives, with all cores."""

from __future__ import annotations

import os
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

import click

from newsbot.cli.options import Day, SourceKey, common_options, opened_database
from newsbot.cli.output import print_json, print_table, say
from newsbot.cli.sources.known import unknown_source
from newsbot.errors import InputError, UsageError
from newsbot.items import utc_text
from newsbot.query.written_values import ACCEPTED_DAYS, parse_names, unknown_value

if TYPE_CHECKING:
    from newsbot.archive.selection import Selection
    from newsbot.settings import Configuration
    from newsbot.store.crawl.backfill_progress import Part, Progress
    from newsbot.store.database import Database


@click.command()
@click.argument("paths", nargs=-1, metavar="PATH...")
@click.option(
    "--paths",
    "lists",
    multiple=True,
    metavar="FILE",
    help="A list of archives, one a line; the same as @FILE.",
)
@click.option(
    "--base-url",
    default="",
    metavar="URL",
    help="What relative lines of lists are below, as of Common Crawl's.",
)
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    default=os.cpu_count() or 1,
    show_default="all cores",
    metavar="N",
    help="Processes to work in.",
)
@click.option(
    "--source",
    type=SourceKey(),
    default="",
    metavar="KEY,...",
    help="Only pages of these sources of the catalog.",
)
@click.option(
    "--host", default="", metavar="NAME,...", help="Only pages of these hosts and their subdomains."
)
@click.option(
    "--language", default="", metavar="CODE,...", help="Only articles in these languages (en, de, ...)."
)
@click.option(
    "--since", type=Day(), metavar="DATE", help=f"Only pages fetched then or later: {ACCEPTED_DAYS}."
)
@click.option("--until", type=Day(end=True), metavar="DATE", help="Only pages fetched then or earlier.")
@click.option(
    "--enqueue",
    is_flag=True,
    help="Leave the work to `newsbot worker backfill`, on machines that have the files too.",
)
@common_options
def backfill(
    paths: tuple[str, ...],
    lists: tuple[str, ...],
    base_url: str,
    workers: int,
    enqueue: bool,
    as_json: bool,
    database: str | None,
    since: datetime | None,
    until: datetime | None,
    **selection: str,
) -> int:
    """Store the pages of WARC and WACZ files.

    PATH is a file, a folder of them, or a glob; a URL (https://, s3://, gs://), a prefix or glob of an object store; or a list
    of any of these: @FILE, or a file of Common Crawl (warc.paths.gz). If it is killed and run again, it continues where it
    was: pages that are stored are not read again, and the counts are those of all its runs over these archives.

    \b
    Examples:
      newsbot backfill archive
      newsbot backfill 'CC-NEWS-*.warc.gz' --workers 4 --language en --since 90d
      newsbot backfill crawl.wacz --source bbc,guardian --json
      newsbot backfill 's3://my-bucket/warc/2026-11-*.warc.gz'
      newsbot backfill warc.paths.gz --base-url https://data.commoncrawl.org/
      newsbot backfill --enqueue 's3://my-bucket/CC-NEWS-*.warc.gz'
    """
    from newsbot.archive.selection import parse_selection
    from newsbot.settings import configuration

    settings = configuration(database_url=database)
    _check_names(selection, settings)
    wanted = replace(parse_selection(**selection), since=since, until=until)
    if not paths and not lists:
        raise UsageError("Missing argument 'PATH...'; accepted: files, folders, URLs, @FILE, or --paths FILE")
    if enqueue:
        filters = {**selection, "since": utc_text(since), "until": utc_text(until)}
        return _enqueue(paths, lists, base_url, settings, filters, as_json=as_json)
    parts, failures = _parts(paths, lists, base_url, settings, wanted)
    with opened_database(database) as opened:
        progress = _ingest(opened, parts, settings, wanted, workers)
    failures += [f"{row.part.path}: {row.error}" for row in progress if row.error] + _without_records(
        progress
    )
    _print_counts(progress, as_json=as_json)
    for failure in failures:
        say(failure)
    return 1 if failures else 0


def _enqueue(
    paths: Sequence[str],
    lists: Sequence[str],
    base_url: str,
    settings: Configuration,
    selection: Mapping[str, str | None],
    *,
    as_json: bool,
) -> int:
    """Place a job for every archive in the queue of many machines; return the exit status."""
    from newsbot.cluster.installed_queue import open_work
    from newsbot.jobs.remote.archive_places import client_of, find_archives

    queue = open_work(settings)
    from newsbot.cluster.enqueueing import enqueue_archives

    found, failures = find_archives(paths, lists=lists, base_url=base_url, client=client_of(settings))
    archives = [archive.place for archive in found]
    placed = enqueue_archives(queue, archives, {name: value for name, value in selection.items() if value})
    if as_json:
        print_json({"archives": len(archives), "placed": placed})
    else:
        click.echo(_placed(placed, len(archives)))
    for failure in failures:
        say(failure)
    return 1 if failures else 0


def _placed(placed: int, archives: int) -> str:
    if placed < archives:
        return f"{placed} of {archives} archives placed; the others waited already"
    return "1 archive is placed" if placed == 1 else f"{placed} archives are placed"


def _check_names(selection: Mapping[str, str], settings: Configuration) -> None:
    """Raise UsageError for a source that the catalog does not have, or what is no language."""
    from newsbot.languages.codes import LANGUAGES
    from newsbot.sources.catalog import load_sources

    sources = load_sources(settings.sources) if selection["source"] else {}
    for key in parse_names([selection["source"]]):
        if key not in sources:
            raise unknown_source(key, sources)
    for code in parse_names([selection["language"]]):
        if code.lower() not in LANGUAGES and not re.fullmatch("[a-z]{3}", code.lower()):  # ISO 639-3
            raise UsageError(f"--language: {unknown_value('language', code, sorted(LANGUAGES))}")


def _parts(
    paths: Sequence[str], lists: Sequence[str], base_url: str, settings: Configuration, selection: Selection
) -> tuple[list[Part], list[str]]:
    from newsbot.jobs.backfilling.parts import split
    from newsbot.jobs.remote.archive_places import client_of, find_archives, opener_of

    found, failures = find_archives(paths, lists=lists, base_url=base_url, client=client_of(settings))
    parts = []
    for archive in found:
        try:
            parts += split(archive, selection, opener_of(settings))
        except InputError as error:
            failures.append(str(error))
    return parts, failures


def _ingest(
    database: Database, parts: list[Part], settings: Configuration, selection: Selection, workers: int
) -> list[Progress]:
    """Store the pages of parts that are not done yet; return the progress of all parts."""
    from newsbot.ingest.runs import recorded_run
    from newsbot.jobs.backfilling.parts import ingest_parts
    from newsbot.sources.catalog import load_sources
    from newsbot.store.crawl.backfill_progress import add_parts, load_moving, load_progress

    database.transact(lambda session: add_parts(session, parts, now=datetime.now(UTC)))
    progress = {row.part.key: row for row in database.ask(lambda session: load_progress(session, parts))}
    left = [row.part for row in progress.values() if row.state != "done"]
    counts: dict[str, int] = {}
    sources = load_sources(settings.sources).values()
    with (
        _bar(progress.values()) as show,
        recorded_run(database, "backfill", {"selection": str(selection)}, counts, sources) as run_id,
    ):
        for ended in ingest_parts(
            left, settings=settings, selection=selection, run_id=run_id, workers=workers
        ):
            moving = database.ask(partial(load_moving, known=progress))
            progress |= {row.part.key: row for row in [*moving, *ended]}
            show(progress.values())
        counts.update(_counts(progress.values()))
    return list(progress.values())


@contextmanager
def _bar(progress: Collection[Progress]) -> Iterator[Callable[[Collection[Progress]], None]]:
    """Show a progress bar with rate and remaining time, on a terminal only; give the function that moves it."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (BarColumn(), DownloadColumn(), TextColumn("{task.fields[rate]}"), TimeRemainingColumn())
    total = sum(row.part.span.end - row.part.span.start for row in progress)
    done_before, records_before = _done(progress)
    started = time.monotonic()
    with Bar(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty(), transient=True) as bar:
        task = bar.add_task("", total=total - done_before, rate="")

        def show(progress: Collection[Progress]) -> None:
            done, records = _done(progress)
            per_second = (records - records_before) / max(time.monotonic() - started, 1)
            bar.update(task, completed=done - done_before, rate=f"{per_second:.0f} pages/s")

        yield show


def _done(progress: Collection[Progress]) -> tuple[int, int]:
    """Return the numbers of bytes and of pages that are done."""
    pages = sum(
        count for row in progress for name, count in row.counts.items() if not name.startswith("skipped/")
    )
    return sum(row.done_bytes for row in progress), pages


def _counts(progress: Collection[Progress]) -> Counter[str]:
    return sum((row.counts for row in progress), Counter())


def _without_records(progress: Collection[Progress]) -> list[str]:
    """Return a line for every archive in which no record was found."""
    read = {row.part.path for row in progress if row.counts or row.error}
    empty = dict.fromkeys(row.part.path for row in progress if row.part.path not in read)
    return [f"{path}: no WARC record in it" for path in empty]


def _print_counts(progress: list[Progress], *, as_json: bool) -> None:
    counts = _counts(progress)
    if as_json:
        print_json({"archives": len({row.part.path for row in progress}), **dict(sorted(counts.items()))})
    else:
        print_table(("", ""), sorted(counts.items()))
