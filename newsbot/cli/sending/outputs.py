"""`newsbot outputs`: where changes are delivered to, and what was refused."""

from __future__ import annotations

import time
from collections.abc import Collection
from functools import partial

import click
from sqlalchemy.orm import Session

from newsbot.cli.options import database_option, json_option
from newsbot.cli.output import print_json, print_table
from newsbot.cli.sending.letter_commands import add_letter_commands
from newsbot.cli.sending.opened import follow_option, interval_option, opened, pause_after
from newsbot.errors import NewsbotError, UsageError
from newsbot.items import utc_text
from newsbot.outputs.delivery import BusyError, Delivery
from newsbot.outputs.output_protocol import UndeliveredError
from newsbot.outputs.output_table import HEADING, OutputTable, make_output, read_output_tables
from newsbot.settings import Configuration, configuration
from newsbot.store.database import Database
from newsbot.store.queries import LogCursor, cursors, dead_letters, last_number, read_cursor
from newsbot.store.sending.log_cursors import reset as reset_cursor

NOW = "now"


@click.group()
def outputs() -> None:
    """Deliver changes elsewhere: in order, at least once, from where each output has stopped.

    Outputs are [[output]] tables of newsbot.toml; see docs/howto/outputs.md.

    \b
    newsbot outputs list                    what is configured, and how far each one is
    newsbot outputs run                     deliver everything up to now
    newsbot outputs run search --follow     deliver to one, and go on with what comes
    newsbot outputs dead                    what receivers have refused
    newsbot outputs reset search --cursor 0 deliver everything again
    """


def _names(_database: Database, settings: Configuration) -> Collection[str]:
    return read_output_tables(settings.output)


add_letter_commands(outputs, _names)


@outputs.command("list")
@json_option
@database_option
def list_(as_json: bool, database: str | None) -> None:
    """List the outputs: kind, how many changes are behind, what was refused, and the last failure."""
    tables = read_output_tables(configuration().output)
    with opened(database) as found:
        rows = found.ask(partial(_rows, tables=tables))
    if as_json:
        for row in rows:
            print_json(row)
        return
    if not rows:
        click.echo(f"none; an {HEADING} table in newsbot.toml makes one", err=True)
    columns = ("name", "kind", "number", "behind", "dead", "delivered_at", "error")
    print_table(columns, [[row[name] for name in columns] for row in rows])


def _rows(session: Session, tables: dict[str, OutputTable]) -> list[dict[str, object]]:
    last, known = last_number(session), cursors(session, tables)
    dead = [letter.output for letter in dead_letters(session, tables)]
    return [
        {"name": name, "kind": table.kind, **_state(known.get(name), last), "dead": dead.count(name)}
        for name, table in tables.items()
    ]


def _state(cursor: LogCursor | None, last: int) -> dict[str, object]:
    number = cursor.number if cursor else 0
    return {
        "number": number,
        "behind": max(last - number, 0),
        "delivered_at": utc_text(cursor.delivered_at) if cursor else None,
        "failures": cursor.failures if cursor else 0,
        "error": cursor.error if cursor else None,
    }


@outputs.command()
@click.argument("names", nargs=-1, metavar="[NAME...]")
@follow_option
@interval_option
@database_option
def run(names: tuple[str, ...], follow: bool, interval_s: float, database: str | None) -> int:
    """Deliver what has changed to the outputs NAME, else to all.

    Exit status 1 if one of them could not be reached; the next run goes on where it has stopped.
    """
    settings = configuration()
    tables = _chosen(read_output_tables(settings.output), names)
    with opened(database) as found:
        deliveries = [
            Delivery(database=found, table=table, output=make_output(table, settings)) for table in tables
        ]
        try:
            return _run_all(deliveries, interval_s if follow else None)
        finally:
            for delivery in deliveries:
                delivery.output.close()


def _run_all(deliveries: list[Delivery], interval_s: float | None) -> int:
    failures = 0
    while True:
        are_well = [_run(delivery) for delivery in deliveries]
        failures = 0 if all(are_well) else failures + 1
        if interval_s is None:
            return 1 if failures else 0
        time.sleep(pause_after(failures, interval_s))


def _run(delivery: Delivery) -> bool:
    """Run a delivery and report it; return whether everything could be delivered."""
    name = delivery.table.name
    try:
        done = delivery.run()
    except (UndeliveredError, BusyError) as error:
        _report(name, error)
        return False
    if done.changes or done.refused:
        refused = f", {done.refused} refused: see `newsbot outputs dead`" if done.refused else ""
        click.echo(f"{name}: {done.changes} delivered{refused}", err=True)
    return True


def _report(name: str, error: NewsbotError) -> None:
    click.echo(f"newsbot: {name}: {error}", err=True)


def _chosen(tables: dict[str, OutputTable], names: Collection[str]) -> list[OutputTable]:
    for name in names:
        if name not in tables:
            accepted = ", ".join(tables) or f"none; make one with an {HEADING} table in newsbot.toml"
            raise UsageError(f"no output {name!r}; accepted: {accepted}")
    return [tables[name] for name in (names or tables)]


@outputs.command()
@click.argument("name")
@click.option(
    "--cursor",
    required=True,
    metavar="CURSOR",
    help="Go on after this change: 0, a cursor of `newsbot changes`, or now.",
)
@database_option
def reset(name: str, cursor: str, database: str | None) -> None:
    """Let an output go on at another place of the log."""
    [table] = _chosen(read_output_tables(configuration().output), [name])
    with opened(database) as found:
        number = found.ask(
            lambda session: last_number(session) if cursor == NOW else read_cursor(session, cursor)
        )
        found.transact(partial(reset_cursor, name=table.name, number=number))
    click.echo(f"{name}: goes on after change {number}", err=True)
