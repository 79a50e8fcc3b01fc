"""Judge the lines of a page by their words: which is a paragraph of the text, which the date of the article."""

from __future__ import annotations

import re

from newsbot.languages.calendar.date_labels import is_published_label, is_updated_label
from newsbot.languages.calendar.dates import labelled_moments, may_name_day, names_date
from newsbot.text import word_count

GOOD_RANK = 1
"""Rank up to which the lines above the headline are not searched."""
_MIN_PROSE_CHARS = 110
"""Length from which a line is a paragraph of the text, or a lead."""
MIN_EAST_ASIAN_CHARS = 45
"""The same in scripts that say much with few characters; no line that is shorter is a paragraph."""
_MAX_LABEL_WORDS = 3
_MAX_LABELLED_WORDS = 25
"""Maximum number of words of a line with a date and its label; for lines without a label see `names_date`."""
_FEW_WORDS = 6
"""Maximum number of words of a line that is nothing but a date."""
_EAST_ASIAN = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u4e00-\u9fff]")
_DIVIDER = re.compile(r"\s[|·•–—/-]\s|[|·•]")
_SENTENCE_END = re.compile(r"[.!?。।][\"'”’»)]*$")


def rank_of(line: str, language: str) -> int | None:
    """Return how likely a date of a line is of the article, from 0 on; None if the line is not about a date.

    The best lines have a label, the next ones are nothing but a date, others have other words; the last ones are dates of
    the last change."""
    if not may_name_day(line):
        return None
    words = word_count(line)
    dates = labelled_moments(line, language=language) if words <= _MAX_LABELLED_WORDS else ()
    if not dates:
        return None
    if any(date.label == "published" for date in dates):
        return 0
    if all(date.label for date in dates):
        return 3
    if words <= _FEW_WORDS:
        return 1
    first = next((part for part in _DIVIDER.split(line) if labelled_moments(part, language=language)), line)
    is_divided = word_count(first) <= _FEW_WORDS
    return 2 if is_divided or (names_date(line, language) and not _SENTENCE_END.search(line)) else None


def is_prose(text: str) -> bool:
    """Return whether a line is as long as a paragraph; less is needed in scripts that say much with few characters."""
    if len(text) < MIN_EAST_ASIAN_CHARS:
        return False
    return len(text) >= _MIN_PROSE_CHARS or (
        not text.isascii() and len(_EAST_ASIAN.findall(text)) >= MIN_EAST_ASIAN_CHARS
    )


def is_label(line: str) -> bool:
    """Return whether a line is the label of a date beside it: "Published on"."""
    return word_count(line) <= _MAX_LABEL_WORDS and (is_published_label(line) or is_updated_label(line))
