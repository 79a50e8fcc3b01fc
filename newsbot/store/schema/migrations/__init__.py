"""Migrations of the tables (Alembic), applied by `Database.open`.

A change of `newsbot.store.schema.models` needs a new file in `versions/` and its number in `HEAD`.

A migration that only adds tables, indexes, and columns that are null or have a default on the server has a number below that of
the one before: `0008.1`, `0008.2`. Programs of version `0008` go on while it is applied and afterwards, so that machines are
upgraded one after the other. After any other migration (`0009` after `0008.2`) programs of older versions refuse to work.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from sqlalchemy import Connection, inspect, text

from newsbot.store.schema.fetch_partitions import PARTITIONS
from newsbot.store.schema.models import Base

HEAD = "0009"
"""Version of the current models. A constant, because loading Alembic would cost every start a fifth of a second."""
FOLDER = Path(__file__).parent
VERSION_TABLE = "newsbot_version"
LOCK = b"newsbot-schema"
FULL_TEXT_TABLE = "article_search"
"""Table of the full-text index (`newsbot.store.index.full_text`): not a model, since it differs between databases."""

_VERSION = text(f"SELECT version_num FROM {VERSION_TABLE}")  # noqa: S608
_VERSION_AND_LIMIT = text(
    f"SELECT version_num, set_config('idle_in_transaction_session_timeout', :limit, true) FROM {VERSION_TABLE}"  # noqa: S608
)

State = Literal["current", "empty", "older", "newer", "foreign"]

ADVICE: dict[State, str] = {
    "empty": "newsbot has stored nothing there yet; run a crawl or `newsbot db upgrade` first",
    "older": "it was made by an older version of newsbot; run `newsbot db upgrade`",
    "newer": "it was made by a newer version of newsbot; upgrade newsbot",
    "foreign": "it holds tables of another program; name another database",
}


def state(connection: Connection) -> State:
    """Return how the tables of the database compare with those of this version of newsbot."""
    tables = set(inspect(connection).get_table_names())
    if VERSION_TABLE not in tables:
        return "foreign" if tables & Base.metadata.tables.keys() else "empty"
    version = connection.scalar(_VERSION)
    if _has_all(version):
        return "current"
    return "older" if version in _versions() else "newer"


def is_current(connection: Connection, *, max_pause_s: float | None = None) -> bool:
    """Return whether the tables have all that this version needs; faster than `state`, for tables that are newsbot's.

    With `max_pause_s` PostgreSQL ends the transaction if it sends nothing for longer from now on."""
    if max_pause_s is None or connection.dialect.name == "sqlite":
        return _has_all(connection.scalar(_VERSION))
    return _has_all(connection.scalar(_VERSION_AND_LIMIT, {"limit": str(int(1000 * max_pause_s))}))


def _has_all(version: str | None) -> bool:
    """Return whether tables of a version are those of `HEAD`, or have got additions since."""
    if version == HEAD:
        return True
    main, _, addition = (version or "").partition(".")
    own, _, own_addition = HEAD.partition(".")
    return main == own and addition.isdecimal() and int(addition) > int(own_addition or 0)


def upgrade(connection: Connection) -> None:
    """Apply missing migrations inside the transaction of the connection."""
    from alembic import command
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    command.upgrade(config, "head")


def check_writable(connection: Connection) -> None:
    """Raise the error of the driver if the database is read-only: SQLite reports it at the first write only."""
    connection.execute(text(f"DELETE FROM {VERSION_TABLE} WHERE 1 = 0"))  # noqa: S608


def is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """Return whether Alembic should compare this object: not tables of the full-text index, nor partitions."""
    return kind != "table" or not (name or "").startswith((FULL_TEXT_TABLE, PARTITIONS))


def _versions() -> set[str]:
    return {path.stem.partition("_")[0] for path in (FOLDER / "versions").glob("[0-9]*.py")}
