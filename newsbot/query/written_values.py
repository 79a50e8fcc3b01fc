"""Values as people write them in options, parameters and queries: lists of names, days."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from difflib import get_close_matches

ACCEPTED_DAYS = "2026-11-23, 2026-11-23T10:00:00Z, today, yesterday, or an age: 36h, 7d, 2w, 6m, 1y"
_CLOCK = r"[0-9]{2}(?::?[0-9]{2}(?::?[0-9]{2}(?:[.,][0-9]+)?)?)?"
DAY = (
    r"today|yesterday|[0-9]{1,5} ?[hdwmy]"
    r"|[0-9]{4}(?:-?[0-9]{2}-?[0-9]{2}|-?W[0-9]{2}(?:-?[0-9])?)"
    rf"(?:[Tt ]{_CLOCK}(?:Z|[+-]{_CLOCK})?)?"
)
"""The forms that `parse_day` reads (ISO 8601, and ours). Not every text of them is a day: 2026-02-30 is none."""
_AGE = re.compile(r"(\d{1,5}) ?([hdwmy])", re.ASCII)
_DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_LISTED = 20
"""Number of accepted values that a message lists."""


def parse_names(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the names that texts list, separated by commas; a name that contains a comma is in double quotes.

    Raises ValueError for a quote that is not closed."""
    found: list[str] = []
    for text in texts:
        try:
            [row] = (
                csv.reader([text.replace("\n", " ").replace("\r", " ")], skipinitialspace=True, strict=True)
                if text
                else [[]]
            )
        except csv.Error:
            raise ValueError(
                f'{text!r}: a quote is not closed; accepted: names separated by commas, "in quotes" if they have commas'
            ) from None
        found += [name.strip() for name in row]
    return tuple(dict.fromkeys(name for name in found if name))


def written_name(name: str) -> str:
    """Return a name so that `parse_names` reads it as one."""
    return '"' + name.replace('"', '""') + '"' if re.search('[",]', name) else name


def parse_day(text: str, *, now: datetime) -> date:
    """Return the day or moment that a text names: a date, or a datetime in UTC.

    `7d` is the day seven days before that of `now` (UTC), `36h` the moment that number of hours ago. Raises ValueError that says
    what is accepted."""
    try:
        if text in {"today", "yesterday"}:
            return now.date() - timedelta(days=text == "yesterday")
        if age := _AGE.fullmatch(text):
            number, unit = int(age[1]), age[2]
            return (
                now - timedelta(hours=number)
                if unit == "h"
                else now.date() - timedelta(days=number * _DAYS[unit])
            )
        if _ISO_DAY.fullmatch(text):
            return date.fromisoformat(text)
        if not re.fullmatch(DAY, text):  # Python reads some texts with faults, too
            raise ValueError
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(f"{text!r} is no date; accepted: {ACCEPTED_DAYS}") from None


def unknown_value(what: str, value: str, accepted: Sequence[str], *, more: str | None = None) -> str:
    """Return the message that `value` is not among the `accepted` ones: names similar ones, and lists them if they are few.

    `more` says where all of them are listed."""
    if not accepted:
        return f"no {what} {value!r}; there is none in this database"
    similar = get_close_matches(value.lower(), accepted, n=3)
    hint = f"; did you mean {' or '.join(similar)}?" if similar else ""
    if len(accepted) <= _LISTED:
        return f"no {what} {value!r}{hint or ';'} accepted: {', '.join(accepted)}"
    listed = "" if similar else f" such as {', '.join(accepted[:3])}"
    return f"no {what} {value!r}{hint or ';'} accepted: {len(accepted):,} values{listed}{(more and f', listed by {more}') or ''}"
