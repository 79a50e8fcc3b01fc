"""The history of the tables (Alembic), applied by `Database.open`.

A change of `newsbot.store.schema.models` needs a new file in `versions/` and its number in `HEAD`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from sqlalchemy import Connection, inspect, text

from newsbot.store.schema.models import Base

HEAD = "0011"
"""The version these models are of: known without loading Alembic, which costs every start a fifth of a second."""
VERSION_TABLE = "newsbot_version"
LOCK = b"newsbot-schema"
FULL_TEXT_TABLE = "article_search"
"""Made by `newsbot.store.queries.ranked`, each database in its own way, and so not among the models."""

State = Literal["current", "empty", "older", "newer", "foreign"]

ADVICE: dict[State, str] = {
    "empty": "newsbot has stored nothing there yet; run a crawl or `newsbot db upgrade` first",
    "older": "it was made by an older version of newsbot; run `newsbot db upgrade`",
    "newer": "it was made by a newer version of newsbot; upgrade newsbot",
    "foreign": "it holds tables of another program; name another database",
}


def state(connection: Connection) -> State:
    """Tell what the database is to this version of newsbot."""
    tables = set(inspect(connection).get_table_names())
    if VERSION_TABLE not in tables:
        return "foreign" if tables & Base.metadata.tables.keys() else "empty"
    version = connection.scalar(text(f"SELECT version_num FROM {VERSION_TABLE}"))  # noqa: S608
    if version == HEAD:
        return "current"
    return "older" if version in _versions() else "newer"


def upgrade(connection: Connection) -> None:
    """Bring the tables up to date inside the connection's transaction."""
    from alembic import command
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    command.upgrade(config, "head")


def check_writable(connection: Connection) -> None:
    """Raise what the driver raises if nothing can be written: SQLite tells no sooner than at a write."""
    connection.execute(text(f"DELETE FROM {VERSION_TABLE} WHERE 1 = 0"))  # noqa: S608


def is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """Tell Alembic which tables to compare: all but those of the full-text index."""
    return kind != "table" or not (name or "").startswith(FULL_TEXT_TABLE)


def _versions() -> set[str]:
    return {path.stem.partition("_")[0] for path in (Path(__file__).parent / "versions").glob("[0-9]*.py")}
