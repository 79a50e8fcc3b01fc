"""`[[watch]]` tables of newsbot.toml, and watches that were made on the web page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, model_validator

from newsbot.items import StoredKind
from newsbot.outputs.matching_table import HTTP_URL, HttpUrl, Kinds, MatchingTable, Texts, read_table
from newsbot.outputs.output_table import refuse_repeated
from newsbot.outputs.receivers.webhooks import Secret
from newsbot.outputs.watches.quiet_hours import ACCEPTED, QuietHours, parse_quiet_hours

HEADING = "[[watch]]"
_PERIOD = re.compile(r"(\d{1,4})([mhd])", re.ASCII)
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def _period(text: str | None) -> str | None:
    if text is not None:
        parse_period(text)
    return text


def _quiet(text: str | None) -> str | None:
    if text is not None:
        parse_quiet_hours(text)
    return text


def _addresses(urls: tuple[str, ...]) -> tuple[str, ...]:
    if any(not re.match(r"[a-z][a-z0-9+.-]*:\S", url, re.IGNORECASE) for url in urls):
        raise ValueError("has an address without a scheme")
    return urls


def parse_period(text: str) -> timedelta:
    """Return a period such as 15m, 1h or 1d. Raises ValueError."""
    found = _PERIOD.fullmatch(text)
    if found is None or int(found[1]) == 0:
        raise ValueError("is no period")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


class WatchTable(MatchingTable):
    """A `[[watch]]` table: what is watched, who is notified, and when."""

    kind: Kinds = ()
    notify: Annotated[
        Texts,
        AfterValidator(_addresses),
        Field(description="addresses of Apprise, as mailto://USER:PASSWORD@HOST or tgram://TOKEN/CHAT"),
    ] = ()
    webhook: Annotated[HttpUrl | None, Field(description=HTTP_URL)] = None
    secret: Secret = None
    every: Annotated[
        str | None, AfterValidator(_period), Field(description="minutes, hours or days: 15m, 1h, 1d")
    ] = None
    """At most one message in this time; None: one after every crawl."""
    quiet: Annotated[str | None, AfterValidator(_quiet), Field(description=ACCEPTED)] = None

    @model_validator(mode="after")
    def _secret_has_a_webhook(self) -> Self:
        if self.secret is not None and self.webhook is None:
            raise ValueError("secret without a webhook; accepted: both, or none")
        return self

    @property
    def article_kinds(self) -> tuple[StoredKind, ...]:
        """Kinds of which an article has one; empty: any."""
        return self.kind

    @property
    def period(self) -> timedelta:
        """Least time between two messages."""
        return timedelta() if self.every is None else parse_period(self.every)

    @property
    def quiet_hours(self) -> QuietHours | None:
        """The hours in which nothing is sent."""
        return None if self.quiet is None else parse_quiet_hours(self.quiet)


def read_watch_tables(
    tables: Iterable[Mapping[str, Any]], stored: Mapping[str, Mapping[str, Any]]
) -> dict[str, WatchTable]:
    """Return name -> watch: those of newsbot.toml, and those that were made on the page and have no name of these.

    Raises UsageError in one line."""
    given = [read_table(WatchTable, HEADING, table) for table in tables]
    refuse_repeated(HEADING, [table.name for table in given])
    made = [
        read_table(WatchTable, "watch of the page", {"name": name, **keys}) for name, keys in stored.items()
    ]
    return {table.name: table for table in (*made, *given)}
