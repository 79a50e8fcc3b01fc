"""`newsbot db`: create, migrate, check, copy and prune the database."""

from __future__ import annotations

from collections import Counter
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from newsbot.cli.groups import Group
from newsbot.cli.options import common_options, opened_database
from newsbot.cli.output import print_json, print_table, say
from newsbot.cli.progress_display import progress, progress_bar
from newsbot.items import utc_text

if TYPE_CHECKING:
    from newsbot.jobs.archive_prune import PrunedFile
    from newsbot.settings import Configuration
    from newsbot.store.database import Database


@click.group(cls=Group)
def db() -> None:
    """Bring the database up to date, check, copy or prune it."""


@db.command()
@common_options
def upgrade(as_json: bool, database: str | None) -> None:
    """Create the database, or bring it up to date.

    Its tables and its full-text index. After a new version a big database may be indexed anew for minutes. This can be stopped, and continues where it was.

    \b
    Examples:
      newsbot db upgrade
      newsbot db upgrade --database postgresql+psycopg://news@localhost/news
    """
    from newsbot.settings import configuration
    from newsbot.store.database import Database

    opened = Database(database or configuration().database_url)
    with progress_bar("Articles are indexed") as advance:
        opened.open(on_progress=lambda done: advance(done.part, done.whole))
    opened.close()
    _print(opened.url, as_json=as_json)


@db.command()
@common_options
def check(as_json: bool, database: str | None) -> None:
    """Check that the database is up to date; change nothing.

    \b
    Examples:
      newsbot db check
    """
    with opened_database(database, migrate=False) as opened:
        _print(opened.url, as_json=as_json)


@db.command()
@click.argument("target", metavar="URL")
@common_options
def copy(target: str, as_json: bool, database: str | None) -> None:
    """Copy the database into the empty one at URL.

    Also from SQLite to PostgreSQL or back. Everything is copied, with the ids of articles, stories and changes. A copy
    that is stopped while rows are copied leaves an empty database; run it again. What is stored in the meantime is not
    copied: stop crawls first.

    \b
    Examples:
      newsbot db copy postgresql+psycopg://newsbot@localhost/news
    """
    from newsbot.store.copying import copy_database
    from newsbot.store.database import Database

    with opened_database(database, migrate=False) as source:
        copied = Database(target).open()
        with progress_bar("Rows are copied") as advance:
            rows = copy_database(source, copied, on_progress=lambda done: advance(done.part, done.whole))
        with progress_bar("Articles are indexed") as advance:
            copied.open(on_progress=lambda done: advance(done.part, done.whole))
        copied.close()
    if as_json:
        print_json({"database": copied.url, "rows": rows})
    else:
        click.echo(f"{rows} rows are copied to {copied.url}")


@db.command()
@click.option("--dry-run", is_flag=True, help="Only say what would be deleted.")
@common_options
def prune(dry_run: bool, as_json: bool, database: str | None) -> None:
    """Delete rows of crawls that are older than the settings keep them.

    Fetches (NEWSBOT_KEEP_FETCHES_DAYS), URLs that are done (NEWSBOT_KEEP_FRONTIER_DAYS), rejects
    (NEWSBOT_KEEP_REJECTS_DAYS) and, if NEWSBOT_KEEP_RAW_PAGES_DAYS is set, answers in the archive. Articles stay, and what
    is needed of them: the pages that they were read from, and which URLs are known. Crawls go on meanwhile. May be killed
    and run again at any time; best once a day.

    \b
    Examples:
      newsbot db prune --dry-run
      newsbot db prune --json
    """
    from newsbot.settings import configuration

    settings, now = configuration(database_url=database), datetime.now(UTC)
    counts: dict[str, int] = {}
    with opened_database(database, migrate=not dry_run, create=False) as opened:
        skipped = _prune(opened, settings, now, counts, dry_run=dry_run)
    if as_json:
        print_json({"dry_run": dry_run, **counts, "skipped": skipped})
    else:
        verb = "would be deleted" if dry_run else "deleted"
        print_table(("", verb), counts.items())
    for reason in skipped if not as_json else ():
        say(f"{reason}: left for the next time")


def _prune(
    database: Database, settings: Configuration, now: datetime, counts: dict[str, int], *, dry_run: bool
) -> list[str]:
    """Delete old rows and old answers, add their numbers to `counts`, and return what was skipped."""
    from newsbot.ingest.runs import recorded_run
    from newsbot.jobs.prune import TABLES, limits, prune_rows

    before = limits(settings, now)
    kept = {table: utc_text(moment) for table, moment in before.items()}
    note = nullcontext() if dry_run else recorded_run(database, "db prune", {"before": kept}, counts)
    removed: Counter[str] = Counter(dict.fromkeys(sorted(TABLES), 0))
    skipped = []
    with note, progress(prune_rows(database, before, now=now, dry_run=dry_run), "Pruning") as shown:
        for batch in shown:
            removed[batch.table] += batch.rows
            skipped += [batch.skipped] if batch.skipped else []
        counts.update(removed)
    files = _prune_archive(database, settings, now, dry_run=dry_run)
    if files is not None:
        from newsbot.jobs.archive_prune import prune_counts

        counts["raw_pages"] = prune_counts(files)["records_removed"]
        skipped += [f"{file.path}: {file.skipped}" for file in files if file.skipped]
    return skipped


def _prune_archive(
    database: Database, settings: Configuration, now: datetime, *, dry_run: bool
) -> list[PrunedFile] | None:
    """Remove old answers from the archive; None if they are kept for ever, or there are none."""
    from newsbot.jobs.archive_prune import PruneRules, prune_archive

    folder, days = Path(settings.archive_dir), settings.keep_raw_pages_days
    if not (settings.archive_dir and days and (folder.is_dir() or settings.archive_url)):
        return None
    rules = PruneRules(older_than=now - timedelta(days=days))
    store = settings.archive_url
    return list(prune_archive(database, folder, rules, store=store, dry_run=dry_run))


def _print(url: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"database": url, "is_current": True})
    else:
        click.echo(f"{url} is up to date")
