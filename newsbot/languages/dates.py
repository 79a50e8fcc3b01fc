"""Parse dates, as pages declare and print them, to aware datetimes in UTC."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from datetime import timezone as fixed_zone
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from newsbot.languages.month_names import month_number

_MAX_CHARS = 150
"""Number of characters that are read: more than any date with its label, and a bound on the work for hostile input."""
_YEARS = range(1990, 2100)
"""Years that are accepted."""
_MAX_WORDS = 9
"""Maximum number of words of a line that is a date: "Published: Thursday 21 October 2021, 10:19 AM | Updated: ..."."""
_MAX_WORDS_BEFORE = 5
"""Maximum number of words before the first digit of a line that is a date."""
MAX_AHEAD = timedelta(days=1)
"""How far a date may be in the future: clocks of publishers are ahead, and so are dates read without their zone."""
OFFSETS_MIN = range(-12 * 60, 14 * 60 + 1)
"""Offsets of time zones, in minutes east of UTC."""

_ZONES = {
    -10: "HST",
    -9: "AKST",
    -8: "PST AKDT",
    -7: "MST PDT",
    -6: "CST MDT",
    -5: "EST CDT PET COT",
    -4: "AST EDT CLT VET",
    -3.5: "NST",
    -3: "ADT BRT ART UYT CLST",
    -2.5: "NDT",
    -2: "BRST",
    0: "Z UT UTC GMT WET",
    1: "BST WEST CET MET MEZ WAT",
    2: "CEST MEST MESZ EET SAST CAT",
    3: "EEST MSK EAT TRT",
    3.5: "IRST",
    4: "GST MSD",
    5: "PKT",
    5.5: "IST",
    5.75: "NPT",
    7: "WIB ICT",
    8: "HKT SGT PHT AWST WITA",
    9: "JST KST WIT",
    9.5: "ACST",
    10: "AEST",
    10.5: "ACDT",
    11: "AEDT",
    12: "NZST",
    13: "NZDT",
}
"""Hours from UTC -> abbreviations of time zones in news pages.

Ambiguous abbreviations are read as the zone whose pages use them most (IST is Indian, CST American).
"""
_ZONE_HOURS = {name: hours for hours, names in _ZONES.items() for name in names.split()}
_ZONE_REGIONS = {
    "AT": "America/Halifax",
    "ET": "America/New_York",
    "CT": "America/Chicago",
    "MT": "America/Denver",
    "PT": "America/Los_Angeles",
}

_DIGIT = re.compile(r"\d")
_WORD = re.compile(r"[^\W\d_]{2,}")
_EPOCH = re.compile(r"(\d{9,10})(\d{3})?(?:\.\d+)?")
_COMPACT = re.compile(r"((?:19|20)\d{6})(\d{4}|\d{6})")
_NAME = r"(?P<month>[^\W\d_]{3,15})"
_DAY_BEFORE_MONTH = ("da", "es", "fr", "id", "it", "nl", "pt")
"""Languages that write the day first even if hyphens separate it from a month and a year of two digits."""
_DAYS = (
    re.compile(
        r"(?<!\d)(?P<year>\d{4})(?:[-/._]|\. |\s?[年년]\s?)(?P<month>\d{1,2})(?:[-/._]|\. |\s?[月월]\s?)(?P<day>\d{1,2})(?!\d)[日일]?"
    ),
    re.compile(
        r"(?<!\d)(?P<day>\d{1,2})(?P<mark>[-/.]|\. )(?P<month>\d{1,2})(?:[-/.]|\. )(?P<year>\d{4}|\d\d)(?!\d)"
    ),
    re.compile(
        r"(?<!\d)(?P<day>\d{1,2})(?:st|nd|rd|th|er|º|\.)?[,\s/-]{0,3}(?:(?:of|de|ta)\s|d[’'])?"
        + _NAME
        + r"\.?[,\s/-]{0,3}(?:del?\s)?(?P<year>\d{4})(?!\d)"
    ),
    re.compile(
        _NAME + r"\.?\s{0,2}(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s{1,2}"
        r"(?:[\d:]{7,8} [A-Z+\-\d:]{0,9} ?)?(?P<year>\d{4})(?!\d)"  # Java and Unix print the time of day before the year
    ),
    re.compile(r"(?<!\d)(?P<year>\d{4})(?!\d)[.,\s/-]{1,3}" + _NAME + r"[.,\s/-]{1,3}(?P<day>\d{1,2})(?!\d)"),
    re.compile(  # RFC 822 and RFC 850: a year of two digits, before a time of day or at the end of nothing but a date
        r"(?<!\d)(?P<day>\d{1,2})[ -]" + _NAME + r"[ -](?P<year>\d\d)(?=,?\s{1,3}\d{1,2}:\d\d)"
    ),
    re.compile(r"\A(?:[^\W\d_]{2,10},?\s)?(?P<day>\d{1,2})[ -]" + _NAME + r"[ -](?P<year>\d\d)\Z"),
)
"""Forms of a date with the groups year, month and day, in the order in which they are tried."""
_CLOCK = re.compile(
    r"(?<![\d.,+-])(?P<hour>[01]?\d|2[0-4])"
    r"(?:(?:[:.]|\s?[hH時时点點시]\s?)(?P<minute>[0-5]\d)(?!\d)(?:[:.分](?P<second>[0-5]\d)(?!\d))?(?:[.,]\d+)?[분分]?"
    r"|(?=\s?(?:Uhr|h|[ap]\.?m)\b)|[時时点點시])"
    r"(?:\s?(?P<half>[ap])\.?m\b\.?)?"
    r"(?:\s{0,2}[(\[]?(?:"
    # Of two signs (--0500) the first is that of a template, the second that of the offset.
    r"(?:UTC|GMT)?\s?[+−-]?(?P<sign>[+−-])(?P<hours>\d{1,2}):?(?P<minutes>\d\d)?(?![\d:])"
    r"|(?P<region>(?:Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Canada|Etc|Europe|Indian|Pacific|US)/[A-Z_/-]{1,30})"
    r"|(?P<zone>[A-Z]{1,4})\b))?",
    re.IGNORECASE,
)
_AFTERNOON = re.compile("오후|午後|下午")


class Moment(NamedTuple):
    """A date, and where the day was when it was written."""

    at: datetime
    """Aware and in UTC."""
    offset_min: int | None
    """Minutes east of UTC; None if not known."""


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
    them, also with labels around them ("Published: 21 Oct, 2021 14:19 BST"). A date without an offset is read in
    `timezone`, a day without a time as its midnight. `language` is a hint, a BCP 47 tag. Dates before 1990 and more
    than a day after `now` are ignored, and so is 03-12-31, which may be a day of 2003 or of 2031.

    The offset is the one in the text. Many systems write UTC wherever they are, so where a text gives UTC or no offset, it
    is that of `timezone` at the time; if that is UTC too, 0 for a text that gives UTC, and None for one without an offset.
    """
    text = text.strip()[:_MAX_CHARS]
    written = _machine_date(text) or _human_date(text, (language or "").lower())
    if written is None or written.year not in _YEARS:
        return None
    zoned = written if written.tzinfo else written.replace(tzinfo=timezone)
    at = zoned.astimezone(UTC).replace(microsecond=0)
    if now is not None and believed(at, now) is None:
        return None
    has_offset = written.tzinfo is not None and not _EPOCH.fullmatch(text)
    return Moment(at, _offset_min(zoned if has_offset else None, at, timezone))


def _offset_min(written: datetime | None, at: datetime, timezone: tzinfo) -> int | None:
    """Return the offset of a date; `written` is the date with its own offset, None if it has none."""
    offset = written.utcoffset() if written else None
    if not offset and str(timezone) != "UTC":
        offset = at.astimezone(timezone).utcoffset()
    minutes = None if offset is None else offset // timedelta(minutes=1)
    return minutes if minutes in OFFSETS_MIN else None


def names_date(line: str) -> bool:
    """Return whether a line is little more than a date: it has few words, and even fewer before the date."""
    digit = _DIGIT.search(line)
    return (
        digit is not None
        and len(line) <= _MAX_CHARS
        and len(_WORD.findall(line)) <= _MAX_WORDS
        and len(_WORD.findall(line[: digit.start()])) <= _MAX_WORDS_BEFORE
        and _human_date(line, "") is not None
    )


def _machine_date(text: str) -> datetime | None:
    if match := _COMPACT.fullmatch(text):
        text = f"{match[1]}T{match[2]}"
    elif match := _EPOCH.fullmatch(text):
        return datetime.fromtimestamp(int(match[1]), UTC)
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _human_date(text: str, language: str) -> datetime | None:
    for match in (match for pattern in _DAYS for match in pattern.finditer(text)):
        if day := _day_of(match, language):
            return _with_clock(day, _cut(text, [match.span(part) for part in ("year", "month", "day")]))
    return None


def _cut(text: str, spans: list[tuple[int, int]]) -> str:
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def _day_of(match: re.Match[str], language: str) -> date | None:
    day, month_text = int(match["day"]), match["month"].lower()
    month = int(month_text) if month_text.isdecimal() else month_number(month_text, language)
    mark = match.groupdict().get("mark")  # if day and month are both numbers; the day is usually first
    if mark and (month > 12 or (mark == "/" and day <= 12 and language in ("en", "en-us"))):
        month, day = day, month
    found = _date(_full_year(match["year"]), month, day)
    if not mark or len(match["year"]) == 4 or len(match["day"]) == 1:
        return found
    year_first = _date(_full_year(match["day"]), int(month_text), int(match["year"]))
    is_ambiguous = mark == "-" and language[:2] not in _DAY_BEFORE_MONTH
    return None if found and year_first and is_ambiguous else found or year_first


def _full_year(digits: str) -> int:
    """Return the year; two digits are of 1950 to 2049 (RFC 2822, section 4.3)."""
    year = int(digits)
    return year if len(digits) == 4 else year + (2000 if year < 50 else 1900)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _with_clock(day: date, rest: str) -> datetime:
    """Return the day with the first time of day in the rest of the text, and with its zone if it has one."""
    match = _CLOCK.search(rest)
    if match is None:
        return datetime.combine(day, time())
    hour = int(match["hour"])
    if (match["half"] or "").lower() == "p" or (hour < 12 and _AFTERNOON.search(rest)):
        hour = hour % 12 + 12
    elif match["half"]:
        hour %= 12
    moment = datetime.combine(
        day, time(hour % 24, int(match["minute"] or 0), int(match["second"] or 0), tzinfo=_zone(match))
    )
    return moment + timedelta(days=hour // 24)


def _zone(match: re.Match[str]) -> tzinfo | None:
    if match["sign"]:
        offset = timedelta(hours=int(match["hours"]), minutes=int(match["minutes"] or 0))
        signed = offset if match["sign"] == "+" else -offset
        return fixed_zone(signed) if offset <= timedelta(hours=14) else None
    if match["region"]:
        return _region(match["region"])
    name = match["zone"] or ""
    if name in _ZONE_REGIONS:
        return ZoneInfo(_ZONE_REGIONS[name])
    return fixed_zone(timedelta(hours=_ZONE_HOURS[name])) if name in _ZONE_HOURS else None


@lru_cache(maxsize=256)
def _region(name: str) -> tzinfo | None:
    """Return the zone with a name of the IANA database, such as Europe/Berlin; None if there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: "America/Argentina" is a folder of zones
        return None
