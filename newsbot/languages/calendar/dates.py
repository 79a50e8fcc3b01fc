"""Parse dates, as pages declare and print them, to aware datetimes in UTC."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import NamedTuple

from newsbot.languages.calendar.clock_times import has_clock, with_clock
from newsbot.languages.calendar.date_labels import is_published_label, is_updated_label
from newsbot.languages.calendar.future import MAX_AHEAD
from newsbot.languages.calendar.written_days import (
    YEARS,
    days_in,
    has_digits_of_date,
    plain_text,
    writing_language,
)

_MAX_CHARS = 150
"""Number of characters that are read: more than any date with its label, and a bound on the work for hostile input."""
_MAX_WORDS = 9
"""Maximum number of words of a line that is a date: "Published: Thursday 21 October 2021, 10:19 AM | Updated: ..."."""
_MAX_WORDS_BEFORE = 5
"""Maximum number of words before the first digit of a line that is a date."""
_MAX_KEPT = 512
"""Number of texts whose dates are kept: more than the lines of one page that are read."""
OFFSETS_MIN = range(-12 * 60, 14 * 60 + 1)
"""Offsets of time zones, in minutes east of UTC."""

_FIRST_OF_EAST_ASIA = "\u2e80"
"""Texts without characters from this one on have no other numerals than digits."""
_DIGIT = re.compile(r"\d|[年月日]")
_WORD = re.compile(r"[^\W\d_]{2,}")
_EPOCH = re.compile(r"(\d{9,10})(\d{3})?(?:\.\d+)?")
_CLOCK_INSIDE = re.compile(r"\d:\d\d")
_COMPACT = re.compile(r"((?:19|20)\d{6})(\d{4}|\d{6})")


class Moment(NamedTuple):
    """A date, and where the day was when it was written."""

    at: datetime
    """Aware and in UTC."""
    offset_min: int | None
    """Minutes east of UTC; None if not known."""


class LabelledMoment(NamedTuple):
    """A date of a text, and what the words beside it say of it."""

    moment: Moment
    label: str
    """"published", "updated", or "" if there is no such word."""


def believed(moment: datetime | None, now: datetime) -> datetime | None:
    """Return a time that somebody states; None if it is more than a day after `now`, and so cannot be true."""
    return None if moment is None or moment > now + MAX_AHEAD else moment


def parse_date(
    text: str, timezone: tzinfo = UTC, now: datetime | None = None, language: str | None = None
) -> datetime | None:
    """Return the first date in a text as aware datetime in UTC, to the second; None if there is none.

    See `parse_moment`."""
    moment = parse_moment(text, timezone, now, language)
    return moment and moment.at


def parse_moment(
    text: str, timezone: tzinfo = UTC, now: datetime | None = None, language: str | None = None
) -> Moment | None:
    """Return the first date in a text, to the second, with its offset from UTC; None if there is none.

    Reads ISO 8601 with its common errors, RFC 2822, seconds and milliseconds since 1970, and dates as people write
    them in more than a hundred languages, in the Gregorian, Iranian, Ethiopian and Buddhist calendars, also with labels
    around them ("Published: 21 Oct, 2021 14:19 BST"). A date without an offset is read in `timezone`, a day without a
    time as its midnight. `language` is a hint, a BCP 47 tag. Dates before 1990 and more than a day after `now` are
    ignored, and so is 03-12-31, which may be a day of 2003 or of 2031.

    The offset is the one in the text. Many systems write UTC wherever they are, so where a text gives UTC or no offset, it
    is that of `timezone` at the time; if that is UTC too, 0 for a text that gives UTC, and None for one without an offset.
    """
    text = text.strip()[:_MAX_CHARS]
    written = _machine_date(text)
    if written is None:
        written = next(iter(_human_dates(text, language).dates), None)
    return _moment(written, timezone, now, is_epoch=bool(_EPOCH.fullmatch(text)))


def labelled_moments(
    text: str, timezone: tzinfo = UTC, now: datetime | None = None, language: str | None = None
) -> list[LabelledMoment]:
    """Return all dates that people wrote in a text, in order, with what is said of them; see `parse_moment`."""
    found = _labelled_dates(text.strip()[:_MAX_CHARS], language)
    moments = ((_moment(written, timezone, now), label) for written, label in found)
    return [LabelledMoment(moment, label) for moment, label in moments if moment]


def _moment(
    written: datetime | None, timezone: tzinfo, now: datetime | None, *, is_epoch: bool = False
) -> Moment | None:
    if written is None or written.year not in YEARS:
        return None
    zoned = written if written.tzinfo else written.replace(tzinfo=timezone)
    at = zoned.astimezone(UTC).replace(microsecond=0)
    if now is not None and believed(at, now) is None:
        return None
    has_offset = written.tzinfo is not None and not is_epoch
    return Moment(at, _offset_min(zoned if has_offset else None, at, timezone))


def _offset_min(written: datetime | None, at: datetime, timezone: tzinfo) -> int | None:
    """Return the offset of a date; `written` is the date with its own offset, None if it has none."""
    offset = written.utcoffset() if written else None
    if not offset and str(timezone) != "UTC":
        offset = at.astimezone(timezone).utcoffset()
    if offset is None:
        return None
    minutes = offset // timedelta(minutes=1)
    return minutes if minutes in OFFSETS_MIN else None


def names_date(line: str, language: str | None = None) -> bool:
    """Return whether a line is little more than a date: it has few words, and even fewer before the date."""
    digit = _DIGIT.search(line)
    return (
        digit is not None
        and len(line) <= _MAX_CHARS
        and may_name_day(line)
        and len(_WORD.findall(line)) <= _MAX_WORDS
        and len(_WORD.findall(line[: digit.start()])) <= _MAX_WORDS_BEFORE
        and bool(_human_dates(line, language).dates)
    )


def may_name_day(text: str) -> bool:
    """Return whether a text has as many digits as a date, or may have other numerals: a quick test."""
    return has_digits_of_date(text) or not (text.isascii() or max(text) < _FIRST_OF_EAST_ASIA)


def _machine_date(text: str) -> datetime | None:
    if match := _COMPACT.fullmatch(text):
        text = f"{match[1]}T{match[2]}"
    elif match := _EPOCH.fullmatch(text):
        return datetime.fromtimestamp(int(match[1]), UTC)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.year in YEARS else None


class _HumanDates(NamedTuple):
    """The dates in a text, and the parts of the text before, between and behind them."""

    dates: Sequence[datetime]
    between: Sequence[str]


# Several rules read the same lines of a page.
@lru_cache(maxsize=_MAX_KEPT)
def _labelled_dates(text: str, language: str | None) -> Sequence[tuple[datetime, str]]:
    """Return the dates that people wrote in a text, each with its label."""
    found = _human_dates(text, language)
    return tuple(zip(found.dates, _labels(found.between), strict=True))


@lru_cache(maxsize=_MAX_KEPT)
def _human_dates(text: str, language: str | None) -> _HumanDates:
    """Return the dates that people wrote in a text, each with the time of day beside it."""
    if not may_name_day(text):
        return _HumanDates((), ())
    tag = writing_language(text, (language or "").lower())
    plain = plain_text(text, tag)
    days = days_in(plain, tag)
    if not days:
        return _HumanDates((), ())
    starts = [0, *(day.end for day in days)]
    ends = [*(day.start for day in days), len(plain)]
    gaps = list(zip(starts, ends, strict=True))
    clocks_are_behind = not has_clock(plain, *gaps[0])
    found = []
    for place, day in enumerate(days):
        is_inside = _CLOCK_INSIDE.search(plain, day.start, day.end) is not None
        beside = (day.start, day.end) if is_inside else gaps[place + clocks_are_behind]
        found.append(with_clock(day.day, plain, *beside))
    return _HumanDates(tuple(found), tuple(plain[start:end] for start, end in gaps))


def _labels(between: Sequence[str]) -> list[str]:
    """Return the label of each date, given the parts of the text around them; labels precede dates, or follow all."""
    labels = [_label(part) for part in between]
    are_behind = len(labels) > 1 and not labels[0] and bool(labels[-1])
    return labels[1:] if are_behind else labels[:-1]


@lru_cache(maxsize=_MAX_KEPT)
def _label(text: str) -> str:
    if is_updated_label(text):
        return "updated"
    return "published" if is_published_label(text) else ""
