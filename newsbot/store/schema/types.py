"""Column types that mean the same on SQLite and on PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, LargeBinary, Text
from sqlalchemy.types import TypeDecorator

BEGINNING_OF_TIME = datetime(1970, 1, 1, tzinfo=UTC)
END_OF_TIME = datetime.max.replace(tzinfo=UTC)
"""Bounds of times that are not null: SQLite uses the index on a time only if it has both."""
MAX_NAME_CHARS = 250
"""Maximum length of indexed text: PostgreSQL refuses index entries above 2,704 bytes, and some hold two names."""

RowId = BigInteger().with_variant(Integer, "sqlite")
"""Type of row ids: SQLite numbers rows automatically only if the type is INTEGER."""
Hash = LargeBinary(16)


def storable(text: str) -> str:
    """Return `text` with NUL and lone surrogates replaced one for one, so that offsets stay valid.

    PostgreSQL accepts neither in its texts, SQLite accepts no surrogates."""
    text = text.replace("\0", "\ufffd")
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode(errors="replace").decode()
    return text


def stored_name(text: str) -> str:
    """Return the stored form of text that is indexed."""
    return storable(text[:MAX_NAME_CHARS])


def utc(moment: datetime) -> datetime:
    """Return `moment` aware and in UTC; a time without a zone, as SQLite returns it, is in UTC already."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


class StoredText(TypeDecorator[str]):
    """Text of any length."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Return the stored form of `value`."""
        return None if value is None else storable(value)


class Name(TypeDecorator[str]):
    """Text that is indexed, cut to `MAX_NAME_CHARS`."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Return the stored form of `value`."""
        return None if value is None else stored_name(value)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time in UTC on both databases; SQLite stores it without its zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return `value` in UTC. Raises ValueError for a time without a zone, since it is ambiguous."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without a zone cannot be stored: {value}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the stored time, aware and in UTC."""
        return None if value is None else utc(value)
