"""Dates as pages declare and print them -> aware datetimes in UTC."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from datetime import timezone as fixed_zone
from zoneinfo import ZoneInfo

_MAX_CHARS = 150  # longer than any date with its label; bounds the work on hostile input
_YEARS = range(1990, 2100)
_MAX_WORDS = 9  # "Published: Thursday 21 October 2021, 10:19 AM | Updated: ..."
_MAX_WORDS_BEFORE = 5
_SLACK = timedelta(days=1)  # publishers' clocks run ahead, and so do dates without a zone

_ENGLISH_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_MONTHS = {name: number for number, name in enumerate(_ENGLISH_MONTHS, start=1)}
_MONTHS |= {name[:3]: number for name, number in _MONTHS.items()} | {"sept": 9}

# Abbreviations that news pages print, with their hours from UTC. Ambiguous ones are read as the zone whose
# pages print them most (IST Indian, CST American).
_ZONE_HOURS = {
    "Z": 0, "UTC": 0, "GMT": 0, "WET": 0, "BST": 1, "WEST": 1, "CET": 1, "MEZ": 1, "WAT": 1, "CEST": 2, "MESZ": 2,
    "EET": 2, "SAST": 2, "CAT": 2, "EEST": 3, "MSK": 3, "EAT": 3, "TRT": 3, "GST": 4, "PKT": 5, "IST": 5.5,
    "WIB": 7, "HKT": 8, "SGT": 8, "PHT": 8, "AWST": 8, "JST": 9, "KST": 9, "ACST": 9.5, "AEST": 10, "ACDT": 10.5,
    "AEDT": 11, "NZST": 12, "NZDT": 13, "NDT": -2.5, "NST": -3.5, "ADT": -3, "BRT": -3, "ART": -3, "AST": -4,
    "EDT": -4, "EST": -5, "CDT": -5, "CST": -6, "MDT": -6, "MST": -7, "PDT": -7, "PST": -8,
}  # fmt: skip
_ZONE_REGIONS = {
    "ET": "America/New_York",
    "CT": "America/Chicago",
    "MT": "America/Denver",
    "PT": "America/Los_Angeles",
}

_DIGIT = re.compile(r"\d")
_WORD = re.compile(r"[^\W\d_]{2,}")
_EPOCH = re.compile(r"(\d{9,10})(\d{3})?(?:\.\d+)?")
_COMPACT = re.compile(r"((?:19|20)\d{6})(\d{4}|\d{6})")
# Each names a year, a month and a day. Month names are English here; others are left to dateparser.
_DAYS = (
    re.compile(r"(?<!\d)(?P<year>\d{4})(?:[-/._]|\. |\s?[年년]\s?)(?P<month>\d{1,2})(?:[-/._]|\. |\s?[月월]\s?)(?P<day>\d{1,2})(?!\d)[日일]?"),
    re.compile(r"(?<!\d)(?P<day>\d{1,2})(?P<mark>[-/.]|\. )(?P<month>\d{1,2})(?:[-/.]|\. )(?P<year>\d{4}|\d\d)(?!\d)"),
    re.compile(r"(?<!\d)(?P<day>\d{1,2})(?:st|nd|rd|th|\.)?[\s/-]{0,3}(?:of\s)?(?P<month>[a-zA-Z]{3,9})\.?[,\s/-]{0,3}(?P<year>\d{4})(?!\d)"),
    re.compile(
        r"(?P<month>[a-zA-Z]{3,9})\.?\s{0,2}(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s{1,2}"
        r"(?:[\d:]{7,8} [A-Z+\-\d:]{0,9} ?)?(?P<year>\d{4})(?!\d)"  # Java and Unix put the clock before the year
    ),
)  # fmt: skip
_WORDY_DAY = re.compile(
    r"\d{1,2}\W{0,3}(?:de |d[’']|ta )?[^\W\d]{3,15}[^\d]{1,10}\d{4}(?!\d)|(?<!\d)\d{4}\W{1,3}[^\W\d]{3,15}\W{1,3}\d{1,2}(?!\d)"
    r"|[^\W\d]{3,15}\.?\s\d{1,2},?\s\d{4}(?!\d)"
)
_CLOCK = re.compile(
    r"(?<![\d.,+-])(?P<hour>[01]?\d|2[0-4])"
    r"(?:(?:[:.]|\s?[hH時时点點시]\s?)(?P<minute>[0-5]\d)(?!\d)(?:[:.分](?P<second>[0-5]\d)(?!\d))?(?:[.,]\d+)?[분分]?"
    r"|(?=\s?(?:Uhr|h|[ap]\.?m)\b)|[時时点點시])"
    r"(?:\s?(?P<half>[ap])\.?m\b\.?)?"
    r"(?:\s{0,2}\(?(?:(?:UTC|GMT)?\s?(?P<sign>[+−-])(?P<hours>\d{1,2}):?(?P<minutes>\d\d)?(?![\d:])|(?P<zone>[A-Z]{1,4})\b))?",
    re.IGNORECASE,
)
_AFTERNOON = re.compile("오후|午後|下午")


def parse_date(
    text: str, timezone: tzinfo = UTC, now: datetime | None = None, language: str | None = None
) -> datetime | None:
    """Return the moment that a text names, to the second, aware and in UTC; None if there is none.

    Reads ISO 8601 with its usual slips, RFC 2822, seconds and milliseconds since 1970, and dates as people
    write them, with labels around them ("Published: 21 Oct, 2021 14:19 BST"). A date without an offset is read
    in `timezone`, a day without a time as its midnight. `language` is a hint, a BCP 47 tag. Nothing before
    1990 or more than a day after `now` is believed.
    """
    text = text.strip()[:_MAX_CHARS]
    moment = _machine_date(text) or _human_date(text, (language or "").lower())
    if moment is None or moment.year not in _YEARS:
        return None
    moment = (
        (moment if moment.tzinfo else moment.replace(tzinfo=timezone)).astimezone(UTC).replace(microsecond=0)
    )
    return None if now is not None and moment > now + _SLACK else moment


def names_date(line: str) -> bool:
    """Whether a line says little else than a date: few words in all, and fewer still in front of it."""
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
        if day := _numbered_day(match, language):
            return _with_clock(day, _cut(text, [match.span(part) for part in ("year", "month", "day")]))
    for match in _WORDY_DAY.finditer(text):
        if day := _localized_day(match[0], language):
            return _with_clock(day, _cut(text, [match.span()]))
    return None


def _cut(text: str, spans: list[tuple[int, int]]) -> str:
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def _numbered_day(match: re.Match[str], language: str) -> date | None:
    year, day, month_text = int(match["year"]), int(match["day"]), match["month"].lower()
    year += 2000 if year < 100 else 0
    month = int(month_text) if month_text.isdecimal() else _MONTHS.get(month_text, 0)
    mark = match.groupdict().get("mark")  # only where day and month are both numbers, day first as a rule
    if mark and (month > 12 or (mark == "/" and day <= 12 and language in ("en", "en-us"))):
        month, day = day, month
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _localized_day(phrase: str, language: str) -> date | None:
    import dateparser  # 0.1 s that pages with machine-readable dates never pay
    from dateparser.data.languages_info import language_order

    primary = language.partition("-")[0]
    for languages in [[primary], None] if primary in language_order else [None]:
        found = dateparser.parse(
            phrase, languages=languages, settings={"STRICT_PARSING": True, "PARSERS": ["absolute-time"]}
        )
        if found:
            return found.date()
    return None


def _with_clock(day: date, rest: str) -> datetime:
    """Return the day at the first time of day that the rest of the text names, with its zone."""
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
    name = match["zone"] or ""
    if name in _ZONE_REGIONS:
        return ZoneInfo(_ZONE_REGIONS[name])
    return fixed_zone(timedelta(hours=_ZONE_HOURS[name])) if name in _ZONE_HOURS else None
