"""All watches of a database: those of newsbot.toml, and those that were made on the web page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from newsbot.errors import NewsbotError, UsageError
from newsbot.outputs.watches.recipients import addresses_of_watch
from newsbot.outputs.watches.watch_table import HEADING, WatchTable, read_watch_tables
from newsbot.outputs.watches.watching import Watched, Watching
from newsbot.settings import Configuration
from newsbot.store.changes.cursors import last_number
from newsbot.store.database import Database
from newsbot.store.queries import stored_watches
from newsbot.store.sending.log_cursors import register
from newsbot.store.sending.watch_hits import prefix


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the run of a watch has ended."""

    name: str
    done: Watched | None
    failure: str | None
    """Why it could not run, in one line."""


def all_watches(session: Session, settings: Configuration) -> dict[str, WatchTable]:
    """Return name -> watch. Raises UsageError for a wrong table."""
    return read_watch_tables(settings.watch, stored_watches(session))


def chosen_watches(database: Database, settings: Configuration, names: Iterable[str]) -> list[WatchTable]:
    """Return the watches of these names; all of them without names. Raises UsageError for an unknown name."""
    watches = database.ask(lambda session: all_watches(session, settings))
    for name in names:
        if name not in watches:
            accepted = ", ".join(watches) or f"none; make one with a {HEADING} table in newsbot.toml"
            raise UsageError(f"no watch {name!r}; accepted: {accepted}")
    return [watches[name] for name in (list(names) or watches)]


def register_watches(session: Session, settings: Configuration) -> None:
    """Have new watches begin at the end of the log: what is stored from now on is found, and nothing older."""
    for name in all_watches(session, settings):
        register(session, prefix(name), last_number(session))


def run_watches(database: Database, settings: Configuration, names: Iterable[str] = ()) -> list[Outcome]:
    """Run watches one after the other. A watch that cannot run does not keep the others from it.

    Raises UsageError for an unknown name or a wrong table."""
    return [_run(database, settings, watch) for watch in chosen_watches(database, settings, names)]


def watching(database: Database, settings: Configuration, watch: WatchTable) -> Watching:
    """Return what runs a watch. Raises UsageError for an address that cannot be read."""
    addresses = addresses_of_watch(watch, settings.allowed_networks)
    return Watching(database=database, watch=watch, addresses=addresses)


def _run(database: Database, settings: Configuration, watch: WatchTable) -> Outcome:
    try:
        return Outcome(watch.name, watching(database, settings, watch).run(), None)
    except NewsbotError as error:
        return Outcome(watch.name, None, str(error))
