"""`newsbot watch`: standing searches that notify somebody."""

from __future__ import annotations

import time
from collections.abc import Collection
from functools import partial
from typing import TYPE_CHECKING

import click

from newsbot.cli.groups import Group
from newsbot.cli.options import common_options, opened_database
from newsbot.cli.output import print_json, print_table, printable, say
from newsbot.cli.sending.letter_commands import add_letter_commands
from newsbot.cli.sending.pace import follow_option, interval_option, pause_after
from newsbot.items import utc_text

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from newsbot.outputs.watches.watch_list import Outcome
    from newsbot.settings import Configuration
    from newsbot.store.database import Database


@click.group(cls=Group)
def watch() -> None:
    """Be notified of new articles: by e-mail, chat or webhook.

    Watches are [[watch]] tables of newsbot.toml, and those made on the web page; they run after every crawl. See
    docs/howto/watches.md.
    """


def _names(database: Database, settings: Configuration) -> Collection[str]:
    from newsbot.outputs.watches.watch_list import all_watches
    from newsbot.store.sending.watch_hits import prefix

    return [prefix(name) for name in database.ask(partial(all_watches, settings=settings))]


add_letter_commands(watch, "watch", _names)


@watch.command("list")
@common_options
def list_(as_json: bool, database: str | None) -> None:
    """List the watches, and what each has found.

    The number of articles, the last one, what waits, and the last failure.

    \b
    Examples:
      newsbot watch list
    """
    from newsbot.outputs.watches.watch_table import HEADING
    from newsbot.settings import configuration

    with opened_database(database, migrate=False) as found:
        rows = found.ask(partial(_rows, settings=configuration()))
    if as_json:
        for row in rows:
            print_json(row)
        return
    if not rows:
        click.echo(f"none; a {HEADING} table in newsbot.toml makes one", err=True)
    columns = ("name", "query", "found", "last", "unsent", "dead", "error")
    print_table(columns, [[row[name] for name in columns] for row in rows])


def _rows(session: Session, settings: Configuration) -> list[dict[str, object]]:
    from newsbot.outputs.watches.watch_list import all_watches
    from newsbot.store.queries import (
        count_hits,
        cursors,
        dead_letters,
        described,
        last_hits,
        waiting_letters,
    )
    from newsbot.store.sending.watch_hits import prefix

    watches = all_watches(session, settings)
    names = [prefix(name) for name in watches]
    known = cursors(session, names)
    dead, unsent = dead_letters(session, names), waiting_letters(session, names)
    reasons = {letter.output: letter.error for letter in (*dead, *unsent) if letter.error}
    rows = []
    for name, table in watches.items():
        last = described(session, name, last_hits(session, name, 1), "")
        cursor = known.get(prefix(name))
        rows.append(
            {
                "name": name,
                "query": table.query,
                "found": count_hits(session, name),
                "last": last[0].title if last else None,
                "last_found_at": utc_text(last[0].found_at) if last else None,
                "unsent": sum(letter.output == prefix(name) for letter in unsent),
                "dead": sum(letter.output == prefix(name) for letter in dead),
                "error": (cursor.error if cursor else None) or reasons.get(prefix(name)),
            }
        )
    return rows


@watch.command()
@click.argument("names", nargs=-1, metavar="[NAME...]")
@follow_option
@interval_option
@common_options
def run(names: tuple[str, ...], follow: bool, interval_s: float, as_json: bool, database: str | None) -> int:
    """Look through what has changed, and send what was found.

    Of the watches NAME; without NAME, of all of them. A new watch begins at the end of the log: it finds what is stored from then on. Exit status 1 if a watch could not
    run, or if something could not be sent; that is tried again by later runs.

    \b
    Examples:
      newsbot watch run
      newsbot watch run harbour --follow --interval 60
    """
    from newsbot.outputs.watches.watch_list import run_watches
    from newsbot.settings import configuration

    settings, failures = configuration(), 0
    with opened_database(database, migrate=False) as found:
        while True:
            are_well = [_report(outcome, as_json=as_json) for outcome in run_watches(found, settings, names)]
            failures = 0 if all(are_well) else failures + 1
            if not follow:
                return 1 if failures else 0
            time.sleep(pause_after(failures, interval_s))


def _report(outcome: Outcome, *, as_json: bool) -> bool:
    """Report the run of a watch; return whether it went well."""
    if outcome.done is None:
        say(str(outcome.failure))
        if as_json:
            print_json({"watch": outcome.name, "error": outcome.failure})
        return False
    done = outcome.done
    if as_json:
        counts = {"found": done.found, "sent": done.sent, "waiting": done.waiting, "failed": done.failed}
        print_json({"watch": outcome.name, **counts})
    elif done.found or done.sent or done.failed:
        waiting = f", {done.waiting} for the next message" if done.waiting else ""
        failed = (
            f", {done.failed} not sent: tried again later, see `newsbot watch list`" if done.failed else ""
        )
        click.echo(f"{outcome.name}: {done.found} found, {done.sent} sent{waiting}{failed}", err=True)
    return not done.failed


@watch.command()
@click.argument("name")
@common_options
def test(name: str, as_json: bool, database: str | None) -> int:
    """Send a sample to every address of a watch.

    Says what happened; exit status 1 if an address has not taken it.

    \b
    Examples:
      newsbot watch test harbour
    """
    from newsbot.outputs.watches.watch_list import chosen_watches, watching
    from newsbot.outputs.watches.watch_table import HEADING
    from newsbot.settings import configuration

    settings = configuration()
    with opened_database(database, migrate=False) as found:
        [table] = chosen_watches(found, settings, [name])
        outcome = watching(found, settings, table).test()
    for address, error in outcome.items():
        if as_json:
            print_json({"watch": name, "address": address, "is_sent": error is None, "error": error})
        else:
            click.echo(f"{address}\t{'sent' if error is None else f'not sent: {printable(error)}'}")
    if not outcome:
        click.echo(f"{name} has no addresses: notify and webhook of its {HEADING} table", err=True)
    return 1 if any(outcome.values()) else 0
