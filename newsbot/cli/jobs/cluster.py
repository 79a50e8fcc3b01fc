"""`newsbot cluster`: the queue of many machines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from newsbot.cli.groups import Group
from newsbot.cli.options import common_options
from newsbot.cli.output import print_heading, print_json, print_table, say

if TYPE_CHECKING:
    from newsbot.cluster.cluster_status import ClusterStatus

WRONG = 3
"""Exit status of `newsbot cluster status --check` if something is wrong."""


@click.group(cls=Group)
def cluster() -> None:
    """Share the work between many machines (extra cluster).

    The queue is on PostgreSQL: in the database of the articles, or where NEWSBOT_QUEUE_URL says."""


@cluster.command()
@common_options
def init(as_json: bool, database: str | None) -> None:
    """Make the tables of the queue, unless they are there.

    \b
    Examples:
      newsbot cluster init
    """
    import asyncio

    from newsbot.cluster.installed_queue import open_queue
    from newsbot.settings import configuration

    queue = open_queue(configuration(database_url=database), made=False)
    from newsbot.cluster.queue_app import make_queue

    is_new = asyncio.run(make_queue(queue))
    if as_json:
        print_json({"queue": queue.url, "is_new": is_new})
    else:
        click.echo(f"the queue is in {queue.url}" + ("" if is_new else ", as before"))


@cluster.command()
@click.option("--check", is_flag=True, help=f"Print what is wrong only; exit status {WRONG} if anything is.")
@common_options
def status(check: bool, as_json: bool, database: str | None) -> int:
    """Show queues, workers, stuck jobs and rates.

    \b
    Examples:
      newsbot cluster status
      newsbot cluster status --check
    """
    from newsbot.cluster.cluster_status import cluster_status
    from newsbot.cluster.installed_queue import open_queue
    from newsbot.settings import configuration

    found = cluster_status(open_queue(configuration(database_url=database)))
    if as_json:
        print_json(found.to_dict())
    elif not check:
        _print(found)
    for problem in found.problems:
        say(problem)
    return WRONG if check and found.problems else 0


@cluster.command()
@click.argument("names", nargs=-1, required=True, metavar="JOB...")
@common_options
def dismiss(names: tuple[str, ...], as_json: bool, database: str | None) -> None:
    """Delete failed jobs that are not to be tried again.

    JOB is the name that `newsbot cluster status` shows, such as backfill/s3://my-bucket/broken.warc.gz.

    \b
    Examples:
      newsbot cluster dismiss 'backfill/s3://my-bucket/broken.warc.gz'
    """
    from newsbot.cluster.installed_queue import open_queue
    from newsbot.cluster.queues import KINDS
    from newsbot.errors import UsageError
    from newsbot.settings import configuration
    from newsbot.store.placing.failed_jobs import remove_failed

    queue = open_queue(configuration(database_url=database))
    for name in names:
        if not sum(remove_failed(queue, kind, [name]) for kind in KINDS):
            raise UsageError(
                f"no job has failed that is named {name!r}; accepted: a name of newsbot cluster status"
            )
    if as_json:
        print_json({"dismissed": len(names)})


def _print(found: ClusterStatus) -> None:
    print_heading("Queues")
    columns = ("queue", "waiting", "running", "failed", "oldest, s", "done a minute")
    print_table(
        columns,
        [
            (row.name, row.waiting, row.running, row.failed, row.oldest_s, row.done_a_minute)
            for row in found.state.queues
        ],
    )
    print_heading("Workers")
    print_table(
        ("id", "kind", "process", "version", "slots", "running", "done", "failed", "MB", "silent, s"),
        [
            (
                *(row.id, row.kind, row.process, row.version, row.slots, row.running, row.done, row.failed),
                *(row.memory_bytes // 1_000_000, row.silent_s),
            )
            for row in found.state.workers
        ],
    )
    for heading, rows in (("Stuck", found.state.stuck), ("Failed", found.state.failed)):
        if rows:
            print_heading(heading)
            print_table(
                ("id", "queue", "job", "attempts", "reason"),
                [(row.id, row.queue, row.name, row.attempts, row.reason) for row in rows],
            )
