"""Find the time of day in a text, with its part of the day and its zone."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta, tzinfo
from datetime import timezone as fixed_zone
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from newsbot.languages.word_patterns import any_word_of

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
_CLOCK = re.compile(
    r"(?<![\d.,+-])(?P<hour>[01]?\d|2[0-4])"
    r"(?:(?:[:.]|\s?(?:[hH時时点點시]|giờ)\s?)(?P<minute>[0-5]\d|\d(?=\s?[分분]))(?!\d)(?:[:.分](?P<second>[0-5]\d)(?!\d))?(?:[.,]\d+)?[분分]?"
    r"|(?=\s?(?:Uhr|h|[ap]\.?\s?m)\b)|[時时点點시])"
    r"(?:\s?(?P<half>[ap])\.?\s?m\b\.?)?"
    r"(?:\s{0,2}[(\[]?(?:"
    # Of two signs (--0500) the first is that of a template, the second that of the offset.
    r"(?:UTC|GMT)?\s?[+−-]?(?P<sign>[+−-])(?P<hours>\d{1,2}):?(?P<minutes>\d\d)?(?![\d:])"
    r"|(?P<region>(?:Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Canada|Etc|Europe|Indian|Pacific|US)/[A-Z_/-]{1,30})"
    r"|(?P<zone>[A-Z]{1,4})\b))?",
    re.IGNORECASE,
)
MORNING_WORDS = {
    "zh": "凌晨, 清晨, 早上, 早间, 上午",
    "ja": "午前",
    "ko": "오전, 새벽, 아침",
    "ar": "صباحا, صباحًا",
    "fa": "ق\\.ظ, قبل از ظهر, صبح, بامداد",
    "ur": "صبح",
    "hi": "सुबह, पूर्वाह्न",
    "mr": "सकाळी",
    "bn": "সকাল, পূর্বাহ্ণ",
    "ta": "காலை, முற்பகல்",
    "te": "ఉదయం",
    "vi": "sáng, sa",
    "el": "π\\.?\\s?μ",
    "fi": "ap",
    "hu": "de\\., délelőtt",
    "sq": "pd",
    "tr": "öö",
    "bg": "пр\\.\\s?об",
    "es": "de la mañana",
    "pt": "da manhã",
    "id": "pagi",
    "ms": "pg",
}
AFTERNOON_WORDS = {
    "zh": "中午, 下午, 午后, 傍晚, 晚上, 晚间, 晚",
    "ja": "午後, 正午",
    "ko": "오후, 저녁",
    "ar": "مساء, ظهرا, بعد الظهر",
    "fa": "ب\\.ظ, بعد ?از ?ظهر, بعدازظهر, عصر",
    "ur": "شام, دوپہر",
    "hi": "शाम, दोपहर, अपराह्न",
    "mr": "दुपारी, सायंकाळी, संध्याकाळी",
    "bn": "বিকাল, বিকেল, সন্ধ্যা, দুপুর, অপরাহ্ণ",
    "ta": "மாலை, பிற்பகல்",
    "te": "సాయంత్రం, మధ్యాహ్నం",
    "vi": "chiều, tối, ch",
    "el": "μ\\.?\\s?μ",
    "fi": "ip",
    "hu": "du\\., délután, este",
    "sq": "md",
    "tr": "ös",
    "bg": "сл\\.\\s?об, следобед",
    "es": "de la tarde, de la noche",
    "pt": "da tarde, da noite",
    "id": "sore",
    "ms": "ptg, petang",
    "he": 'אחה"צ, בערב',
}
NIGHT_WORDS = {
    "zh": "深夜, 午夜",
    "ja": "深夜",
    "ko": "밤",
    "ar": "ليلا",
    "fa": "شب",
    "ur": "رات",
    "hi": "रात",
    "mr": "रात्री",
    "bn": "রাত",
    "ta": "இரவு",
    "te": "రాత్రి",
    "vi": "đêm",
    "id": "malam",
}
"""Words for the hours before and after midnight. All these words are in lower case."""
_PARTS = {
    part: re.compile(any_word_of(words))
    for part, words in (("am", MORNING_WORDS), ("pm", AFTERNOON_WORDS), ("night", NIGHT_WORDS))
}
_ARABIC_PARTS = {"ص": "am", "م": "pm"}
_ARABIC_PART = re.compile(r"\s?([صم])(?!\w)")
_MAX_PART_BEFORE = 8
_MAX_PART_AFTER = 16
"""Number of characters around a time of day that may name the part of the day."""
_FIRST_NIGHT_HOUR = 6
"""Hour from which on a time in the night is before midnight."""
_MAX_OFFSET = timedelta(hours=14)


def with_clock(day: date, text: str, start: int, end: int) -> datetime:
    """Return a day with the first time of day in `text[start:end]`, and with its zone if it has one."""
    match = _CLOCK.search(text, start, end)
    if match is None:
        return datetime.combine(day, time())
    hour = int(match["hour"])
    part = _part_of_day(text, start, match) if 1 <= hour <= 12 else ""
    if part == "night":
        part = "pm" if _FIRST_NIGHT_HOUR <= hour < 12 else "am"
    if part:
        hour = hour % 12 + 12 * (part == "pm")
    clock = time(hour % 24, int(match["minute"] or 0), int(match["second"] or 0), tzinfo=_zone(match))
    return datetime.combine(day, clock) + timedelta(days=hour // 24)


def has_clock(text: str, start: int, end: int) -> bool:
    """Return whether there is a time of day in `text[start:end]`."""
    return _CLOCK.search(text, start, end) is not None


def _part_of_day(text: str, start: int, clock: re.Match[str]) -> str:
    """Return "am", "pm" or "night", as the words around a time of day say; "" if they do not."""
    if clock["half"]:
        return f"{clock['half'].lower()}m"
    end = max(clock.end(group) for group in ("hour", "minute", "second"))
    if letter := _ARABIC_PART.match(text, end):
        return _ARABIC_PARTS[letter[1]]
    before = text[max(start, clock.start() - _MAX_PART_BEFORE) : clock.start()]
    around = f"{before}\n{text[end : end + _MAX_PART_AFTER]}".lower()
    return next((part for part, pattern in _PARTS.items() if pattern.search(around)), "")


def _zone(match: re.Match[str]) -> tzinfo | None:
    if match["sign"]:
        offset = timedelta(hours=int(match["hours"]), minutes=int(match["minutes"] or 0))
        signed = offset if match["sign"] == "+" else -offset
        return fixed_zone(signed) if offset <= _MAX_OFFSET else None
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
