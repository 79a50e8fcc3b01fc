"""Find the days that a text names, in the forms, scripts and calendars in which people write them.

Before the forms are tried, numbers are written in ASCII digits, years of eras as Gregorian years, and each name of a
month as one sign, so that few forms are left.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from newsbot.languages.calendar.calendars import (
    BUDDHIST_YEARS,
    IRANIAN_YEARS,
    buddhist_year,
    ethiopian_day,
    ethiopian_month,
    gregorian_eras,
    iranian_day,
    iranian_month,
    is_buddhist,
    is_iranian,
)
from newsbot.languages.calendar.month_names import begins_month, month_number, primary_language
from newsbot.languages.calendar.numerals import plain_numerals
from newsbot.languages.word_patterns import entries_of
from newsbot.text import collapse_space

YEARS = range(1990, 2047)
"""Years that are accepted. 2047 is the year of Nepal's calendar that began in 1990."""
_MAX_NAME_WORDS = 3
_MAX_DAYS = 6
"""Maximum number of days that are read in a text."""
_MAX_RANGE_CHARS = 12
_MONTH_FIRST = ("en", "en-us", "en-ph", "es-us", "es-pr", "fil", "tl")
"""Languages that write 3/14/2026."""
_EITHER_FIRST = ("en-ca",)
"""Languages that write 3/14/2026 and 14/3/2026."""
_YEAR_FIRST = ("ja", "ko", "zh")
"""Languages that write the year first also if it has two digits."""
_DAY_BEFORE_MONTH = ("da", "es", "fr", "id", "it", "nl", "pt")
"""Languages that write the day first even if hyphens separate it from a month and a year of two digits."""
FILLERS = {
    "en": "of, the",
    "es": "de, del, año",
    "ca": "d",
    "pt": "do, ano",
    "sl": "leta",
    "mt": "ta",
    "gd": "dhen, den",
    "cy": "o",
    "ha": "ga, watan, shekarar",
    "tl": "ng, ika",
    "sw": "mwezi, wa, mwaka",
    "vi": "năm",
    "lv": "gada",
    "lt": "m",
    "et": "aasta",
    "eu": "ko, eko, urteko",
    "hu": "évi",
    "uz": "yil, yilning",
    "tk": "nji, njy, ýylyň",
    "az": "il, ci, cı, cu, cü",
    "ru": "года, год, г",
    "kk": "жылғы, жылдың, жыл, ж",
    "ky": "жылдын, жылы",
    "tt": "елның, ел",
    "mn": "оны, он, өдөр, ны, ний",
    "tg": "соли",
    "ka": "წლის, წელი, წ",
    "hy": "թ, թվականի",
    "he": "ב",
    "ar": "من, عام, سنة, م",
    "fa": "ماه, سال",
    "hi": "सन",
    "km": "ឆ្នាំ",
    "lo": "ປີ",
    "th": "พ\\.?\\s?ศ, ค\\.?\\s?ศ, ปี",
    "my": "ခုနှစ်, ရက်",
    "am": "ቀን",
    "eo": "a, an",
}
"""Words between the parts of a date."""

_SIGN = "\ue001-\ue00c\ue011-\ue01c\ue021-\ue02d"
"""Signs for months: those of the Gregorian, of the Iranian and of the Ethiopian calendar; U+E000 fills up."""
_MONTH_SIGN = re.compile(f"[{_SIGN}]")
_LETTER = (
    "(?:[^\\W\\d_]|[\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u07a6-\u07b0"
    "\u0900-\u0963\u0970-\u0df3\u0e01-\u0e3a\u0e40-\u0e4e\u0e80-\u0ece\u0f0b\u0f35-\u0fbc\u1000-\u1049\u104c-\u109f"
    "\u1780-\u17d3\u200c\u200d])"
)
"""A letter or a vowel sign. Digits of the ranges are written as ASCII before."""
_WORD = re.compile(rf"{_LETTER}+(?:\.[\u0e01-\u0ece]+)*")
_ASCII_WORD = re.compile("[A-Za-z]+")
_NUMBERED_MONTH = re.compile(
    r"(?<!\d)(?P<east>\d{1,2})\s?[月월]|(?:tháng|thg\.?|\bth\.?)\s?(?P<south>\d{1,2})(?!\d)|(?<!\d)(?P<north>\d{1,2})(?:-р)?\s?сар(?:ын)?(?!\w)",
    re.IGNORECASE,
)
"""Months that are numbers with a word: 3月, tháng 3, 3-р сарын."""
_MONTH_WORDS = re.compile("[月월]|[Tt][Hh]|[Сс]ар")

_FILLER = "|".join(sorted(entries_of(FILLERS), key=len, reverse=True))
_GAP = rf"[-,.’'\s/()年년]{{0,4}}(?:(?:{_FILLER})(?!{_LETTER})[-,.’'\s/]{{0,3}}){{0,2}}"
_ENDING = rf"(?:[-’']?(?!(?:am|pm|h|uhr|min|st\.)(?!{_LETTER})){_LETTER}{{1,5}}(?!{_LETTER}))?"
"""What is written at the end of a number: 14th, 1er, 14-го, 2026-yil."""
_YEAR = r"(?<!\d)(?P<year>\d{4})(?!\d)"
_DAY = r"(?<![\d:])(?P<day>[0-3]?\d)(?!\d)"
_MONTH = rf"(?P<month>[{_SIGN}])\ue000*"
_MONTHS = rf"{_MONTH}(?:\.?[\s/(),،-]{{1,3}}(?P<again>[{_SIGN}])\ue000*)?\.?"
"""A month, or its two names: "نيسان / أبريل"."""
_NO_YEAR = rf"(?!{_GAP}\d{{4}})"
_NUMERIC_FORMS = (
    re.compile(
        r"(?<!\d)(?P<year>\d{4})(?:[-/._]|\. |\s?[年년]\s?)(?P<month>\d{1,2})(?:[-/._]|\. )(?P<day>\d{1,2})(?!\d)"
    ),
    re.compile(
        r"(?<!\d)(?P<day>\d{1,2})(?P<mark>[-/.]|\. )(?P<month>\d{1,2})(?:[-/.]|\. )(?P<year>\d{4}|\d\d)(?!\d)"
    ),
)
_NAMED_FORMS = (
    re.compile(rf"{_DAY}(?:{_ENDING}|[º°ª]){_GAP}{_MONTHS}{_GAP}{_YEAR}"),
    re.compile(
        rf"{_MONTH}\.?{_GAP}{_DAY}{_ENDING},?{_GAP}"
        r"(?:\d{1,2}:\d\d(?::\d\d)? (?:[A-Z+\-\d:]{1,9} )?)?"
        + _YEAR  # Java and Unix print the time of day before the year
    ),
    re.compile(rf"{_YEAR}{_ENDING}{_GAP}{_MONTHS}{_GAP}{_DAY}[日일号號]?{_NO_YEAR}"),
    re.compile(rf"{_YEAR}{_ENDING}{_GAP}{_DAY}{_ENDING}{_GAP}{_MONTHS}{_NO_YEAR}"),
    # A year of two digits, before a time of day (RFC 822, RFC 850) or at the end of nothing but a date.
    re.compile(rf"{_DAY}[ -]{_MONTH}\.?[ -](?P<year>\d\d)(?=,?\s{{1,3}}\d{{1,2}}:\d\d)"),
    re.compile(rf"\A(?:{_LETTER}{{2,10}}[.,]?\s)?{_DAY}[ -]{_MONTH}\.?[ -](?P<year>\d\d)\Z"),
    re.compile(rf"{_DAY}[ -]{_MONTH}\.?[ -][’'](?P<year>\d\d)(?!\d)"),
)
"""Forms of a date with the groups year, month and day, without and with a name of a month; of two that begin at the same place, the first one counts."""
_OF_SCRIPT = {
    "th": re.compile("[\u0e01-\u0e5b]"),
    "lo": re.compile("[\u0e81-\u0edf]"),
    "km": re.compile("[\u1780-\u17f9]"),
    "ur": re.compile("[ٹڈڑےں]"),
    "fa": re.compile("[\u06f0-\u06f9]"),
    "ps": re.compile("[ښړۍ]"),
}
"""Language -> signs that are only its own, or its digits."""
_RANGE = re.compile(r"(?<![\d:.h])[0-3]?\d\s?[-–—]\s?$")
_NUMBERS = re.compile(r"\d(?:\D*+\d){2}")
"""Three digits: no date has fewer."""


class NamedDay(NamedTuple):
    """A day that a text names."""

    day: date
    start: int
    end: int


def has_digits_of_date(text: str) -> bool:
    """Return whether a text has as many digits as the shortest date; other numerals count only after `plain_text`."""
    return _NUMBERS.search(text) is not None


def plain_text(text: str, language: str) -> str:
    """Return a text with its numbers in ASCII digits and its years in the Gregorian calendar."""
    return gregorian_eras(plain_numerals(text), language)


def days_in(text: str, language: str) -> list[NamedDay]:
    """Return the days that a text named in their order; `language` is a BCP 47 tag in lower case.

    `text` comes from `plain_text`. The second day of a range is none, because ranges are of events."""
    if not has_digits_of_date(text):
        return []
    marked = _mark_months(text, language)
    found: list[NamedDay] = []
    forms = _NUMERIC_FORMS + (_NAMED_FORMS if _MONTH_SIGN.search(marked) else ())
    matches = (match for form in forms for match in form.finditer(marked))
    for match in sorted(matches, key=re.Match.start):
        if found and match.start() < found[-1].end:
            continue
        if len(found) == _MAX_DAYS:
            break
        day = _day_of(match, language)
        if (
            day is not None
            and day.year in YEARS
            and not _RANGE.search(marked[max(0, match.start() - _MAX_RANGE_CHARS) : match.start()])
        ):
            found.append(NamedDay(day, match.start(), match.end()))
    return found


def _mark_months(text: str, language: str) -> str:
    """Return a text of the same length with each name of a month as its sign."""
    if _MONTH_WORDS.search(text):
        text = _NUMBERED_MONTH.sub(_numbered_month, text)
    words = list((_ASCII_WORD if text.isascii() else _WORD).finditer(text))
    pieces: list[str] = []
    done = place = 0
    while place < len(words):
        if not _may_be_month(words[place][0], language):
            place += 1
            continue
        for count in range(_joined_words(text, words, place), 0, -1):
            start, end = words[place].start(), words[place + count - 1].end()
            if sign := _sign_of(text[start:end], language):
                pieces += [text[done:start], sign, "\ue000" * (end - start - 1)]
                done = end
                break
        place += count
    return "".join([*pieces, text[done:]])


@lru_cache(maxsize=4096)
def _may_be_month(word: str, language: str) -> bool:
    """Return whether a word is the name of a month or the first word of one."""
    return begins_month(word) or _sign_of(word, language) != ""


def _joined_words(text: str, words: Sequence[re.Match[str]], place: int) -> int:
    """Return how many words from a place on may be one name: only spaces are between them, and a long name begins so."""
    if not begins_month(words[place][0]):
        return 1
    words = words[place : place + _MAX_NAME_WORDS]
    pairs = pairwise(words)
    apart = (
        place for place, (one, two) in enumerate(pairs, 1) if not text[one.end() : two.start()].isspace()
    )
    return next(apart, len(words))


def _numbered_month(match: re.Match[str]) -> str:
    month = int(match["east"] or match["south"] or match["north"])
    return chr(0xE000 + month) + "\ue000" * (len(match[0]) - 1) if 1 <= month <= 12 else match[0]


@lru_cache(maxsize=4096)
def _sign_of(name: str, language: str) -> str:
    """Return the sign of a month by its name; "" for other words."""
    name = collapse_space(name)
    if month := month_number(name, language):
        return chr(0xE000 + month)
    if name.isascii():
        return ""
    if month := iranian_month(name):
        return chr(0xE010 + month)
    if month := ethiopian_month(name):
        return chr(0xE020 + month)
    return ""


def _day_of(match: re.Match[str], language: str) -> date | None:
    month, year, day = match["month"], int(match["year"]), int(match["day"])
    if match.groupdict().get("again", month) not in (month, None):
        return None
    if not month.isdecimal():
        calendar, number = divmod(ord(month) - 0xE000, 0x10)
        if calendar:
            return (iranian_day if calendar == 1 else ethiopian_day)(year, number, day)
        return _date(_full_year(match["year"], language), number, day)
    if is_iranian(language) and year in IRANIAN_YEARS:
        return iranian_day(year, int(month), day)
    return _numeric_day(match, language)


def _numeric_day(match: re.Match[str], language: str) -> date | None:
    """Return the day of three numbers."""
    day, month, mark = int(match["day"]), int(match["month"]), match.groupdict().get("mark")
    year = _full_year(match["year"], language)
    if mark is None:
        return _date(year, month, day)
    is_month_first = mark == "/" and language in _MONTH_FIRST
    if language in _EITHER_FIRST and max(day, month) <= 12 and day != month:
        return None
    if month > 12 or (is_month_first and day <= 12):
        month, day = day, month
    found = _date(year, month, day)
    if len(match["year"]) == 4 or len(match["day"]) == 1:
        return found
    year_first = _date(_full_year(match["day"], language), int(match["month"]), int(match["year"]))
    if language[:2] in _YEAR_FIRST:
        return year_first
    is_ambiguous = mark == "-" and language[:2] not in _DAY_BEFORE_MONTH
    return None if found and year_first and is_ambiguous else found or year_first


def _full_year(digits: str, language: str) -> int:
    """Return the Gregorian year; two digits are of 1950 to 2049 (RFC 2822, section 4.3), or of the Buddhist era."""
    year = int(digits)
    if year in BUDDHIST_YEARS or (is_buddhist(language) and year in range(33, 100)):
        return buddhist_year(year) if is_buddhist(language) else 0
    return year if len(digits) == 4 else year + (2000 if year < 50 else 1900)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


_AMBIGUOUS = re.compile(r"(?<![\d/.-])(0?[1-9]|1[0-2])([/-])(0?[1-9]|1[0-2])(?=\2\d{4}(?!\d))")


def other_order(text: str) -> str | None:
    """Return a text with day and month the other way round; None if only one order is possible, as between dots."""
    match = _AMBIGUOUS.search(text)
    if match is None or int(match[1]) == int(match[3]):
        return None
    return f"{text[: match.start()]}{match[3]}{match[2]}{match[1]}{text[match.end() :]}"


def writing_language(text: str, language: str) -> str:
    """Return the language of a text whose numbers tell a calendar: the given one, or the only one of its script."""
    if text.isascii() or primary_language(language) in _OF_SCRIPT:
        return language
    return next((code for code, signs in _OF_SCRIPT.items() if signs.search(text)), language)
