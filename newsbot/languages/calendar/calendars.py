"""Days of other calendars as days of the Gregorian calendar: Iranian, Ethiopian, Buddhist, and years of eras."""

from __future__ import annotations

import re
from datetime import date, timedelta

from newsbot.languages.calendar.month_names import fold, primary_language

IRANIAN_MONTHS = {
    "fa": """فروردین, اردیبهشت, خرداد, تیر, مرداد امرداد, شهریور, مهر, آبان, آذر, دی, بهمن, اسفند""",
    "prs": """حمل, ثور, جوزا, سرطان, اسد, سنبله, میزان, عقرب, قوس, جدی, دلو, حوت""",
    "ps": """وری, غویی, غبرګولی, چنګاښ, زمری, وږی, تله, لړم, لیندۍ, مرغومی, سلواغه, کب""",
}
ETHIOPIAN_MONTHS = {
    "am": """መስከረም, ጥቅምት, ኅዳር ህዳር, ታኅሣሥ ታህሳስ ታኅሳስ, ጥር, የካቲት, መጋቢት, ሚያዝያ ሚያዚያ, ግንቦት, ሰኔ, ሐምሌ ሀምሌ ኃምሌ,
        ነሐሴ ነሀሴ ነሃሴ, ጳጉሜን ጳጉሜ""",
}
"""Language -> names of the first month, names of the second, and so on."""

IRANIAN_YEARS = range(1369, 1430)
"""Years that begin in 1990 to 2050. In Islamic years, which are ahead by 40, only those from 1990 to 2008 are so few."""
BUDDHIST_YEARS = range(2533, 2643)
_BUDDHIST_AHEAD = 543
_ETHIOPIAN_BEHIND = 2795
"""Days from 1 January of the year 1 of the Gregorian calendar to the first day of the Ethiopian year 1."""
_IRANIAN_EPOCH = date(1990, 3, 21)
"""First day of the Iranian year 1369."""
_IRANIAN_LEAP_YEARS = frozenset((1370, 1375, 1379, 1383, 1387, 1391, 1395, 1399, 1403, 1408, 1412, 1416, 1420, 1424, 1428))  # fmt: skip
_ERAS = {"令和": 2018, "平成": 1988, "R": 2018, "H": 1988, "民國": 1911, "民国": 1911}
"""Name of an era -> the year before its first."""
_ERA_YEAR = re.compile(
    r"(?P<era>令和|平成|中?[華华]?民[國国])\s?(?P<year>\d{1,3})(?=\s?年)"
    r"|(?<![A-Za-z\d])(?P<letter>[RH])(?P<number>\d{1,2})(?=[./]\d{1,2}[./]\d{1,2}(?!\d))"
)
_ERA_LETTER = re.compile(r"[RH]\d")
_TAIWAN_YEAR = re.compile(r"(?<!\d)(?P<year>1\d\d)(?=\s?年|([-/.])(?:0?\d|1[0-2])\2[0-3]?\d(?!\d))")
_TAIWAN = ("zh-tw", "zh-hant", "zh-hk", "zh_tw", "zh_hant")


def _numbers_of(lists: dict[str, str]) -> dict[str, int]:
    months = (pair for text in lists.values() for pair in enumerate(text.split(","), start=1))
    return {fold(name): number for number, names in months for name in names.split()}


_IRANIAN = _numbers_of(IRANIAN_MONTHS)
_ETHIOPIAN = _numbers_of(ETHIOPIAN_MONTHS)


def iranian_month(name: str) -> int:
    """Return the number (1 to 12) of a month of the Iranian calendar; 0 for any other word."""
    return _IRANIAN.get(fold(name), 0)


def ethiopian_month(name: str) -> int:
    """Return the number (1 to 13) of a month of the Ethiopian calendar; 0 for any other word."""
    return _ETHIOPIAN.get(fold(name), 0)


def iranian_day(year: int, month: int, day: int) -> date | None:
    """Return a day of the Iranian calendar as Gregorian; None if there is none or its year is not in `IRANIAN_YEARS`.

    The first six months have 31 days, the next five 30, the last 29, and 30 in the years that the observed equinox
    makes leap years."""
    lengths = [31] * 6 + [30] * 5 + [30 if year in _IRANIAN_LEAP_YEARS else 29]
    if year not in IRANIAN_YEARS or not 1 <= month <= 12 or not 1 <= day <= lengths[month - 1]:
        return None
    years = range(IRANIAN_YEARS.start, year)
    days = 365 * len(years) + sum(past in _IRANIAN_LEAP_YEARS for past in years)
    return _IRANIAN_EPOCH + timedelta(days=days + sum(lengths[: month - 1]) + day - 1)


def ethiopian_day(year: int, month: int, day: int) -> date | None:
    """Return a day of the Ethiopian calendar as Gregorian; None if there is none.

    Twelve months have 30 days, the thirteenth 5, and 6 in every fourth year."""
    last = 30 if month <= 12 else 5 + (year % 4 == 3)
    if not 1 <= month <= 13 or not 1 <= day <= last or not 1900 <= year <= 2100:
        return None
    days = 365 * (year - 1) + year // 4 + 30 * (month - 1) + day - 1
    return date(1, 1, 1) + timedelta(days=_ETHIOPIAN_BEHIND + days)


def buddhist_year(year: int) -> int:
    """Return the Gregorian year of a year of the Buddhist era; years of two digits are of the 26th century."""
    return year + (2500 if year < 100 else 0) - _BUDDHIST_AHEAD


def gregorian_eras(text: str, language: str) -> str:
    """Return a text with the years of Japanese and Chinese eras as Gregorian years: 2026年 for 令和8年 and 民國115年.

    In Taiwan, three digits are a year of the republic also without its name.
    """
    if not text.isascii() or _ERA_LETTER.search(text):
        text = _ERA_YEAR.sub(_era_year, text)
    if language.startswith(_TAIWAN):
        text = _TAIWAN_YEAR.sub(lambda match: str(int(match["year"]) + _ERAS["民國"]), text)
    return text


def _era_year(match: re.Match[str]) -> str:
    era = (match["era"] or match["letter"])[-2:]
    return str(_ERAS[era] + int(match["year"] or match["number"]))


def is_iranian(language: str) -> bool:
    """Return whether pages in a language give days by the Iranian calendar."""
    return primary_language(language) in {"fa", "ps", "prs"}


def is_buddhist(language: str) -> bool:
    """Return whether pages in a language give years of the Buddhist era."""
    return primary_language(language) in {"th", "lo", "km", "my"}
