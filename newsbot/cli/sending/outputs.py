"""`newsbot outputs`: where changes are delivered to, and what was refused."""

from __future__ import annotations

import time
from collections.abc import Collection
from functools import partial
from typing import TYPE_CHECKING

import click

from newsbot.cli.groups import Group
from newsbot.cli.options import common_options, opened_database
from newsbot.cli.output import print_json, print_table, say
from newsbot.cli.sending.letter_commands import add_letter_commands
from newsbot.cli.sending.pace import follow_option, interval_option, pause_after
from newsbot.errors import UsageError
from newsbot.items import utc_text

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from newsbot.outputs.delivery import Delivery
    from newsbot.outputs.output_table import OutputTable
    from newsbot.settings import Configuration
    from newsbot.store.database import Database
    from newsbot.store.queries import LogCursor

NOW = "now"


@click.group(cls=Group)
def outputs() -> None:
    """Deliver changes elsewhere: in order, at least once.

    Each output goes on where it has stopped. Outputs are [[output]] tables of newsbot.toml; see docs/howto/outputs.md.
    """


def _names(_database: Database, settings: Configuration) -> Collection[str]:
    from newsbot.outputs.output_table import read_output_tables

    return read_output_tables(settings.output)


add_letter_commands(outputs, "outputs", _names)


@outputs.command("list")
@common_options
def list_(as_json: bool, database: str | None) -> None:
    """List the outputs, and how far each one is.

    Kind, how many changes are behind, what was refused, and the last failure.

    \b
    Examples:
      newsbot outputs list
    """
    from newsbot.outputs.output_table import HEADING, read_output_tables
    from newsbot.settings import configuration

    tables = read_output_tables(configuration().output)
    with opened_database(database, migrate=False) as found:
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
    from newsbot.store.queries import cursors, dead_letters, last_number

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
@common_options
def run(names: tuple[str, ...], follow: bool, interval_s: float, as_json: bool, database: str | None) -> int:
    """Deliver what has changed to the outputs NAME, else to all.

    Exit status 1 if one of them could not be reached; the next run goes on where it has stopped.

    \b
    Examples:
      newsbot outputs run
      newsbot outputs run search --follow
    """
    from newsbot.outputs.delivery import Delivery
    from newsbot.outputs.output_table import make_output, read_output_tables
    from newsbot.settings import configuration

    settings = configuration()
    tables = _chosen(read_output_tables(settings.output), names)
    with opened_database(database, migrate=False) as found:
        deliveries = [
            Delivery(database=found, table=table, output=make_output(table, settings)) for table in tables
        ]
        try:
            return _run_all(deliveries, interval_s if follow else None, as_json=as_json)
        finally:
            for delivery in deliveries:
                delivery.output.close()


def _run_all(deliveries: list[Delivery], interval_s: float | None, *, as_json: bool) -> int:
    failures = 0
    while True:
        are_well = [_run(delivery, as_json=as_json) for delivery in deliveries]
        failures = 0 if all(are_well) else failures + 1
        if interval_s is None:
            return 1 if failures else 0
        time.sleep(pause_after(failures, interval_s))


def _run(delivery: Delivery, *, as_json: bool) -> bool:
    """Run a delivery and report it; return whether everything could be delivered."""
    from newsbot.outputs.delivery import BusyError
    from newsbot.outputs.output_protocol import UndeliveredError

    name = delivery.table.name
    try:
        done = delivery.run()
    except (UndeliveredError, BusyError) as error:
        say(f"{name}: {error}")
        if as_json:
            print_json({"output": name, "error": str(error)})
        return False
    if as_json:
        print_json({"output": name, "delivered": done.changes, "refused": done.refused})
    elif done.changes or done.refused:
        refused = f", {done.refused} refused: see `newsbot outputs dead`" if done.refused else ""
        click.echo(f"{name}: {done.changes} delivered{refused}", err=True)
    return True


def _chosen(tables: dict[str, OutputTable], names: Collection[str]) -> list[OutputTable]:
    from newsbot.outputs.output_table import HEADING

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
@common_options
def reset(name: str, cursor: str, as_json: bool, database: str | None) -> None:
    """Let an output go on at another place of the log.

    \b
    Examples:
      newsbot outputs reset search --cursor 0
      newsbot outputs reset search --cursor now
    """
    from newsbot.outputs.output_table import read_output_tables
    from newsbot.settings import configuration
    from newsbot.store.queries import last_number, read_cursor
    from newsbot.store.sending.log_cursors import reset as reset_cursor

    [table] = _chosen(read_output_tables(configuration().output), [name])
    with opened_database(database, migrate=False) as found:
        number = found.ask(
            lambda session: last_number(session) if cursor == NOW else read_cursor(session, cursor)
        )
        found.transact(partial(reset_cursor, name=table.name, number=number))
    if as_json:
        print_json({"output": name, "number": number})
    else:
        click.echo(f"{name}: goes on after change {number}", err=True)
