"""`[[output]]` tables of newsbot.toml, and the kinds of outputs: newsbot's own, and those that other packages bring.

A package brings a kind by an entry point of the group `newsbot.outputs`: its name is the kind, its value a class with an
attribute `Table`, a subclass of `OutputTable`, whose constructor takes such a table and newsbot's settings. A kind may also be
the import path of such a class, `package.module:Class`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, Protocol, get_args

from pydantic import BeforeValidator, Field

from newsbot.errors import UsageError
from newsbot.items import StoredKind
from newsbot.outputs.matching_table import Kinds, MatchingTable, parse_list, read_table
from newsbot.outputs.output_protocol import Output
from newsbot.plugins import load_class, load_user_class, plugin_named, plugins
from newsbot.settings import Configuration
from newsbot.store.queries import ChangeKind

KINDS = {
    "stdout": "standard_output:StandardOutput",
    "webhook": "webhooks:Webhook",
    "files": "day_files:DayFiles",
    "opensearch": "opensearch:OpenSearch",
    "kafka": "kafka_topics:KafkaTopic",
    "nats": "nats_streams:NatsStream",
    "amqp": "amqp_exchanges:AmqpExchange",
}
"""Kind -> module in `newsbot.outputs.receivers` and class. A module is imported only if an output is of its kind."""
EXTRAS = {"files": "files", "kafka": "kafka", "nats": "nats", "amqp": "amqp"}
"""Kind -> extra of newsbot with the packages that it needs."""
HEADING = "[[output]]"


class OutputTable(MatchingTable):
    """An `[[output]]` table; kinds of outputs add keys of their own."""

    kind: Annotated[str, Field(description="the kind of the output")]
    article_kind: Kinds = ()
    changes: Annotated[
        tuple[ChangeKind, ...],
        BeforeValidator(parse_list),
        Field(description=f"kinds of changes: {', '.join(get_args(ChangeKind))}"),
    ] = ()
    batch: Annotated[int, Field(ge=1, le=1_000, description="a number of changes, 1 to 1000")] = 100

    @property
    def article_kinds(self) -> tuple[StoredKind, ...]:
        """Kinds of which an article has one; empty: any."""
        return self.article_kind


class OutputKind(Protocol):
    """A class of outputs."""

    Table: type[OutputTable]

    def __call__(self, table: Any, settings: Configuration) -> Output:
        """Return an output of this kind; it connects when it delivers first."""


def read_output_tables(
    tables: Iterable[Mapping[str, Any]],
) -> dict[str, OutputTable]:
    """Return name -> table, checked. Raises UsageError in one line."""
    found = [
        read_table(load_kind(table.get("kind"), str(table.get("name", ""))).Table, HEADING, table)
        for table in tables
    ]
    refuse_repeated(HEADING, [table.name for table in found])
    return {table.name: table for table in found}


def make_output(table: OutputTable, settings: Configuration) -> Output:
    """Return the output of a table. Raises UsageError if a package is missing that it needs."""
    try:
        return load_kind(table.kind, table.name)(table, settings)
    except ModuleNotFoundError as error:
        raise _missing(table.kind, table.name, error) from error


def load_kind(kind: Any, name: str) -> OutputKind:
    """Return a kind of outputs. Raises UsageError if there is none of this name, or if it cannot be imported."""
    if isinstance(kind, str) and kind in KINDS:
        return _own(kind, name)
    plugin = plugin_named("newsbot.outputs", kind) if isinstance(kind, str) else None
    if plugin is not None:
        loaded: OutputKind = plugin.load()
        return loaded
    if isinstance(kind, str) and all(kind.partition(":")):
        return _imported(kind, name)
    raise _no_kind(kind, name)


def _imported(path: str, name: str) -> OutputKind:
    """Return the class of an import path. Importing the code of others may raise anything."""
    try:
        found: OutputKind = load_user_class(path)
    except Exception as error:
        raise _no_kind(path, name, f"{type(error).__name__}: {error}") from error
    table = getattr(found, "Table", None)
    if not (isinstance(table, type) and issubclass(table, OutputTable)):
        raise _no_kind(path, name, "it has no Table, a subclass of OutputTable")
    return found


def _no_kind(kind: Any, name: str, reason: str = "") -> UsageError:
    others = (plugin.name for plugin in plugins("newsbot.outputs"))
    accepted = ", ".join([*KINDS, *others, "package.module:Class"])
    why = f", which cannot be used ({' '.join(reason.split())})" if reason else ""
    return UsageError(f"{HEADING} {name!r}: kind is {kind!r}{why}; accepted: {accepted}")


def _own(kind: str, name: str) -> OutputKind:
    try:
        found: OutputKind = load_class(f"newsbot.outputs.receivers.{KINDS[kind]}")
    except ModuleNotFoundError as error:
        raise _missing(kind, name, error) from error
    return found


def _missing(kind: str, name: str, error: ModuleNotFoundError) -> UsageError:
    advice = f": pip install 'newsbot[{EXTRAS[kind]}]'" if kind in EXTRAS else ""
    return UsageError(f"{HEADING} {name!r}: {kind} needs the package {error.name}{advice}")


def refuse_repeated(heading: str, names: Sequence[str]) -> None:
    """Raise UsageError if a name is used twice."""
    repeated = [name for name, count in Counter(names).items() if count > 1]
    if repeated:
        raise UsageError(f"{heading} {repeated[0]!r}: the name is used twice; accepted: a name of its own")
