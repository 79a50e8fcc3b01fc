"""What `newsbot outputs` and `newsbot watch` share: letters that were given up, to be sent again or dropped."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import partial
from typing import TYPE_CHECKING

import click

from newsbot.cli.options import common_options, opened_database
from newsbot.cli.output import print_json, print_table, say
from newsbot.errors import UsageError
from newsbot.items import utc_text

if TYPE_CHECKING:
    from newsbot.settings import Configuration
    from newsbot.store.database import Database
    from newsbot.store.queries import Letter

ids_argument = click.argument("ids", nargs=-1, type=click.IntRange(min=1), metavar="ID...")
all_option = click.option("--all", "is_all", is_flag=True, help="All that `dead` lists.")
Names = Callable[["Database", "Configuration"], Collection[str]]
"""A function that returns the names of the senders in the table `outputs`."""


def add_letter_commands(group: click.Group, name: str, names_of: Names) -> None:
    """Add `dead`, `retry` and `drop` to the group of commands `newsbot NAME`."""

    @group.command(help=_help(name, "List what was given up: refused for good, or tried too often.", "dead"))
    @common_options
    def dead(as_json: bool, database: str | None) -> None:
        with opened_database(database, migrate=False) as found:
            _print(_dead(found, names_of), as_json=as_json)

    @group.command(help=_help(name, "Have letters sent again, with the next run.", *_chosen_by("retry")))
    @ids_argument
    @all_option
    @common_options
    def retry(ids: tuple[int, ...], is_all: bool, as_json: bool, database: str | None) -> None:
        from newsbot.store.sending.letters import revive_letters

        done = _change(revive_letters, database, names_of, ids, is_all=is_all)
        _print_done(done, "retried", "will be sent again with the next run", as_json=as_json)

    @group.command(help=_help(name, "Forget letters that were given up.", *_chosen_by("drop")))
    @ids_argument
    @all_option
    @common_options
    def drop(ids: tuple[int, ...], is_all: bool, as_json: bool, database: str | None) -> None:
        from newsbot.store.sending.letters import remove_letters

        done = _change(remove_letters, database, names_of, ids, is_all=is_all)
        _print_done(done, "dropped", "dropped", as_json=as_json)


def _help(group: str, about: str, *examples: str) -> str:
    """Return the help of a command: what it does, where its ids come from if it takes some, and examples."""
    source = "" if len(examples) == 1 else "\n\nThe ids are those that `dead` lists."
    shown = "\n".join(f"  newsbot {group} {example}" for example in examples)
    return f"{about}{source}\n\n\b\nExamples:\n{shown}"


def _chosen_by(command: str) -> tuple[str, str]:
    return f"{command} 12 13", f"{command} --all"


def _change(
    change: Callable[..., object],
    url: str | None,
    names_of: Names,
    ids: Sequence[int],
    *,
    is_all: bool,
) -> list[int]:
    """Change the letters that are meant in one transaction; return their ids. Raises UsageError for unknown ones."""
    with opened_database(url, migrate=False) as database:
        chosen = _chosen(_dead(database, names_of), ids, is_all=is_all)
        database.transact(partial(change, ids=chosen))
    return chosen


def _print_done(ids: list[int], key: str, outcome: str, *, as_json: bool) -> None:
    if as_json:
        print_json({key: ids})
    else:
        click.echo(f"{len(ids)} {outcome}", err=True)


def _dead(database: Database, names_of: Names) -> list[Letter]:
    from newsbot.settings import configuration
    from newsbot.store.queries import dead_letters

    outputs = names_of(database, configuration())
    return database.ask(partial(dead_letters, outputs=outputs))


def _chosen(letters: Sequence[Letter], ids: Sequence[int], *, is_all: bool) -> list[int]:
    """Return the ids of the letters that are meant. Raises UsageError for unknown ones."""
    known = [letter.id for letter in letters]
    if bool(ids) == is_all:
        raise UsageError("accepted: the ids that `dead` lists, or --all")
    for letter_id in ids:
        if letter_id not in known:
            accepted = ", ".join(map(str, known[:20])) or "none; nothing was given up"
            raise UsageError(f"no letter {letter_id} was given up; accepted: {accepted}")
    return known if is_all else list(ids)


def _print(letters: Sequence[Letter], *, as_json: bool) -> None:
    rows = [
        {
            "id": letter.id,
            "name": letter.output.removeprefix("watch:"),
            "address": letter.address,
            "message_id": letter.message_id,
            **letter.body,
            "attempts": letter.attempts,
            "dead_at": utc_text(letter.dead_at),
            "error": letter.error,
        }
        for letter in letters
    ]
    if as_json:
        for row in rows:
            print_json(row)
        return
    columns = ("id", "name", "address", "attempts", "dead_at", "error")
    print_table(columns, [[row[name] for name in columns] for row in rows])
    if not rows:
        say("nothing was given up")
