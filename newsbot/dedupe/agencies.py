"""News agencies: the agency that an article credits in its byline, its dateline or its last line.

Their names are in `data/agencies.tsv`: the label that is stored, the language (ISO 639-1; `*` for initials and brands
that are the same in every language that writes them so), and the spellings. Agencies that share their initials
cannot be distinguished.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from newsbot.dedupe.volatile import is_sentence

MAX_HEAD_CHARS = 160
"""Length of the beginning of a text that is searched for a dateline: "LONDON, March 3 (Reuters) - "."""
MAX_CREDIT_CHARS = 80
"""Length of the end of a text that is searched for a credit: "Source: AFP", "... he said. (PTI)"."""
MAX_BYLINE_WORDS = 4
"""Maximum length of a part of a byline that has an agency among other words: "Reuters Staff"."""
MIN_CHARS_OF_CAPITALS = 5
"""Minimum length of a name that may also be written in capitals; shorter ones are too often other words."""


class Spelling(NamedTuple):
    """One way to write the name of an agency."""

    label: str
    language: str
    """ISO 639-1, or `*`."""
    text: str


@cache
def spellings() -> tuple[Spelling, ...]:
    """Return every spelling of `data/agencies.tsv`."""
    text = files("newsbot.dedupe").joinpath("data", "agencies.tsv").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines())
    return tuple(
        Spelling(label, language, name) for label, language, names in rows for name in names.split("|")
    )


def _labels() -> dict[str, str]:
    """Return spelling -> label, with the capitalised spellings of longer names."""
    written = {spelling.text: spelling.label for spelling in spellings()}
    capitals = {text.upper(): label for text, label in written.items() if len(text) >= MIN_CHARS_OF_CAPITALS}
    return capitals | written


_LABELS = _labels()
_BY_FOLDED_NAME = {text.casefold().replace(" ", ""): label for text, label in _LABELS.items()}
_LETTER = r"[^\W\d_]"
_SPACELESS = re.compile("[\u3040-\u9fff\uac00-\ud7a3]")


def _any_of(names: Iterable[str]) -> str:
    """Return a pattern of names, the longest first; those in scripts with spaces match whole words only."""
    longest = sorted(names, key=len, reverse=True)
    spaced = "|".join(re.escape(name) for name in longest if not _SPACELESS.search(name))
    spaceless = "|".join(re.escape(name) for name in longest if _SPACELESS.search(name))
    return rf"(?<!{_LETTER})(?:{spaced})(?!{_LETTER})" + (f"|{spaceless}" if spaceless else "")


_AGENCY = f"(?P<name>{_any_of(_LABELS)})"

# ------------------------------------------------------------------ bylines

AND = {"de": "und", "en": "and", "es": "y|e", "fr": "et", "it": "e", "pt": "e"}
WITH = {"de": "mit", "en": "with"}
BYLINE_PREFIXES = (("en", "By "), ("de", "Von "), ("en", "The "))
"""Language and prefix, removed from a part of a byline in this order."""
DESKS = {
    "en": "Staff|News|Agency|Desk|Bureau|Photos?|Reporters?|Correspondents?|Writers?",
    "de": "Redaktion",
}
"""Words behind an agency in a byline: "Reuters Staff"."""

_BYLINE_PARTS = re.compile(rf"[,/|;&()·]|\s[-–—]\s|\s(?:{'|'.join([*AND.values(), *WITH.values()])})\s")
_LONG_NAME = f"(?P<name>{_any_of(text for text in _LABELS if ' ' in text)})"
_NAME_OF_DESK = rf"(?P<single>{_any_of(_LABELS)})\s+(?:{'|'.join(DESKS.values())})\b"
_INSIDE_BYLINE = re.compile(f"{_LONG_NAME}|{_NAME_OF_DESK}")

# ------------------------------------------------------------------ datelines and credits

_SAME_SENTENCE = "[^!?。]{0,80}?"
_DATELINES = {
    "LONDON, March 3 (Reuters) -": (
        rf"{_SAME_SENTENCE}[(（\[][^()（）\[\]]{{0,20}}?{_AGENCY}[^()（）\[\]]{{0,20}}?[)）\]]\s?[-–—:.,।]"
    ),
    "KYIV /Ukrinform/": rf"{_SAME_SENTENCE}/{_AGENCY}/",
    "(ANSA)": rf"[(（\[【][^)）\]】]{{0,14}}?{_AGENCY}[)）\]】]",
    "Berlin/dpa -": rf"(?:{_LETTER}{{3,20}}[,/ ]\s?)?{_AGENCY}\s?[-–—]",
    "新华社北京11月23日电": rf"{_AGENCY}\S{{0,14}}[电電]",
    "МОСКВА, 23 ноя - РИА Новости.": rf"[^.!?。]{{2,40}}\s[-–—]\s?{_AGENCY}\.",
}
"""How texts begin that are an agency's: example -> pattern."""
_DATELINE_PATTERNS = tuple(re.compile(pattern) for pattern in _DATELINES.values())

_CREDIT_MARKS = r"[(（—–\-/©\s]*"
_MORE_AGENCIES = rf"(?:[,/+& ]{{1,2}}(?:(?:and|und|et|y) )?{_LETTER}{{2,12}}){{0,2}}[)\]/.\s]*$"
_CREDIT_BEHIND_SENTENCE = re.compile(rf"[.!?。।…”\"»)]\s*{_CREDIT_MARKS}{_AGENCY}[)\]/.\s]*$")
"""`He said so again on Monday. – AFP`"""
_CREDIT_LINE = re.compile(rf"^\W*(?:{_LETTER}+[ :：]{{1,3}}){{0,4}}{_CREDIT_MARKS}{_AGENCY}{_MORE_AGENCIES}")
"""`Mit Material von dpa`"""
_REUTERS_DESK = re.compile(r"\(?(?:Reporting|Writing|Compiled) by\b[^\n]+\bEditing by\b")


def agency_of(authors: Sequence[str], body: str) -> str | None:
    """Return the label of the agency that a byline, the dateline or the last line credits; None if there is none.

    An agency that is only quoted, or credited with the picture, does not count."""
    for author in authors:
        if label := _in_byline(author):
            return label
    return _in_dateline(body[:MAX_HEAD_CHARS]) or _in_credit(body)


def agency_named(name: str) -> str | None:
    """Return the label of the agency of this name, ignoring case and spaces ("reuters"); None if there is none."""
    return _BY_FOLDED_NAME.get(name.casefold())


def _in_byline(author: str) -> str | None:
    for part in _BYLINE_PARTS.split(author):
        name = part.strip()
        for _, prefix in BYLINE_PREFIXES:
            name = name.removeprefix(prefix)
        if name in _LABELS:
            return _LABELS[name]
        found = _INSIDE_BYLINE.search(name) if len(name.split()) <= MAX_BYLINE_WORDS else None
        if found:
            return _LABELS[found["name"] or found["single"]]
    return None


def _in_dateline(head: str) -> str | None:
    matches = (pattern.match(head) for pattern in _DATELINE_PATTERNS)
    found = next((match for match in matches if match), None)
    return _LABELS[found["name"]] if found else None


def _in_credit(body: str) -> str | None:
    tail = body[-MAX_CREDIT_CHARS * 4 :].rpartition("\n")[2]
    if _REUTERS_DESK.search(tail):
        return "Reuters"
    credit = _CREDIT_BEHIND_SENTENCE.search(tail[-MAX_CREDIT_CHARS:])
    if credit is None and len(tail) <= MAX_CREDIT_CHARS < len(body) and not is_sentence(tail):
        credit = _CREDIT_LINE.match(tail)
    return _LABELS[credit["name"]] if credit else None
