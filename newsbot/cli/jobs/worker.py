"""`newsbot worker`: processes that do the jobs of many machines."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import click

from newsbot.cli.groups import Group
from newsbot.cli.options import common_options, opened_database
from newsbot.cli.output import print_json, say
from newsbot.cluster.queues import MAX_JOBS

if TYPE_CHECKING:
    from newsbot.settings import Configuration
    from newsbot.store.placing.queue_database import QueueDatabase

OTHERS = {"failed": "failed", "given_back": "given back"}


@click.group(cls=Group)
def worker() -> None:
    """Do jobs that are shared by many machines (extra cluster).

    Run as many workers as you like, on any number of machines; see docs/howto/many-machines.md. SIGTERM ends a worker
    when its jobs are done, or gives them back after 25 seconds."""


@worker.command()
@click.option(
    "--slots", type=click.IntRange(min=1), default=16, show_default=True, metavar="N", help="Hosts at a time."
)
@click.option(
    "--max-jobs",
    type=click.IntRange(min=1),
    default=MAX_JOBS,
    show_default=True,
    metavar="N",
    help="Begin anew after this number of jobs, with fresh memory.",
)
@click.option(
    "-s",
    "settings",
    multiple=True,
    metavar="NAME=VALUE",
    help="Set a setting of newsbot (NEWSBOT_NAME) or of Scrapy. Repeat it for several.",
)
@common_options
def crawl(slots: int, max_jobs: int, settings: tuple[str, ...], as_json: bool, database: str | None) -> int:
    """Crawl hosts that are due, in one long-lived process.

    A job polls the feeds of a host that are due, fetches pages, and ends after 50 requests or 5 minutes. A host is asked
    by one worker at a time.

    \b
    Examples:
      newsbot worker crawl --slots 64
    """
    from newsbot.cli.crawling.spider_command import pairs_of
    from newsbot.commands.crawl_run import check_crawl_settings, silence_chatter
    from newsbot.spiders.spider_run import project_settings

    queue, found = _queue(database)
    _check_tables(found)
    silence_chatter()
    url = {"NEWSBOT_DATABASE_URL": database} if database is not None else {}
    given = {"LOG_LEVEL": "WARNING", **url, **pairs_of(settings)}
    check_crawl_settings(project_settings(given))
    from newsbot.cli.crawling.crawl_worker import run_crawl_worker

    _say_begun("crawl", slots, queue)
    ran = run_crawl_worker(queue, given, slots=slots, max_jobs=max_jobs)
    if ran.failure:
        say(ran.failure)
        return 1
    _print(ran.counts, as_json=as_json)
    if ran.is_worn:
        sys.stdout.flush()
        os.execv(sys.executable, [sys.executable, "-m", "newsbot", *sys.argv[1:]])  # noqa: S606
    return 0


processes_option = click.option(
    "--processes",
    type=click.IntRange(min=1),
    default=os.cpu_count() or 1,
    show_default="all cores",
    metavar="N",
    help="Jobs at a time, each in a process.",
)


@worker.command()
@processes_option
@common_options
def backfill(processes: int, as_json: bool, database: str | None) -> None:
    """Store the pages of archives that wait in the queue.

    `newsbot backfill --enqueue` places them. A job is one archive. What is stored is not read again if a worker is killed and another goes on.

    \b
    Examples:
      newsbot worker backfill --processes 16
    """
    _run("backfill", processes, as_json=as_json, database=database)


@worker.command()
@processes_option
@common_options
def heavy(processes: int, as_json: bool, database: str | None) -> None:
    """Bring stored articles up to today's rules, engine and vectors.

    Finds people, organisations and places where they are missing or of an older engine, applies new rules to archived
    pages, and computes vectors if NEWSBOT_EMBEDDINGS is 1. A job has up to 500 articles.

    \b
    Examples:
      newsbot worker heavy
    """
    _run("heavy", processes, as_json=as_json, database=database)


def _run(kind: str, processes: int, *, as_json: bool, database: str | None) -> None:
    queue, settings = _queue(database)
    _check_tables(settings)
    from newsbot.cluster.process_worker import run_processes

    with opened_database(database) as opened:
        _say_begun(kind, processes, queue)
        counts = run_processes(queue, opened, settings, kind=kind, processes=processes)
    _print(counts, as_json=as_json)


def _queue(database: str | None) -> tuple[QueueDatabase, Configuration]:
    """Return the queue. Raises UsageError if there is none, or the extra is missing."""
    from newsbot.cluster.installed_queue import open_work
    from newsbot.settings import configuration

    settings = configuration(database_url=database)
    return open_work(settings), settings


def _check_tables(settings: Configuration) -> None:
    """Raise DatabaseError if the tables are older: a worker does not migrate them, others may be at work."""
    from newsbot.store.database import Database

    Database(settings.database_url).open(migrate=False).close()


def _say_begun(kind: str, slots: int, queue: QueueDatabase) -> None:
    places = "1 slot" if slots == 1 else f"{slots} slots"
    say(f"taking jobs of {kind} in {places} from {queue.url} (Ctrl-C or SIGTERM ends it)")


def _print(counts: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(counts)
    else:
        done = "1 job is done" if counts["done"] == 1 else f"{counts['done']} jobs are done"
        others = [f"{counts[key]} {verb}" for key, verb in OTHERS.items() if counts[key]]
        click.echo(", ".join([done, *others]), err=True)
