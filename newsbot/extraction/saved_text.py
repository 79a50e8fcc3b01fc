"""Extract an `Article` from a page that was saved as plain text.

Such a file contains all texts of the page in sequence: names of icons, navigation, the headline (often twice, once
from the title element), date, byline, paragraphs, invitations to share, links to other stories.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from itertools import groupby, islice, pairwise
from typing import Literal

from newsbot.extraction.fields.bylines import byline_names, dated_names
from newsbot.extraction.fields.language import detect
from newsbot.extraction.structure import markdown
from newsbot.items import Article
from newsbot.languages.calendar.dates import Moment, names_date, parse_moment
from newsbot.languages.word_patterns import any_of
from newsbot.languages.wording.phrases import ends_article, is_noise
from newsbot.text import clean_text, collapse_space, letters, paragraphs, word_count
from newsbot.urls import source_of

MAX_CHARS = 2_000_000
MAX_LINES = 20_000
_MAX_HEADLINE_CHARS = 300
_MIN_PROSE_WORDS = 15
"""Minimum number of words of a paragraph that ends with a full stop."""
_MIN_LONG_WORDS = 40
"""Number of words from which a line is a paragraph without a full stop: Thai has none, and no headline is this long."""
_MIN_HEADLINE_WORDS = 4
"""Number of words below which a line is rarely a headline."""
_MAX_HEADER_LINES = 60
"""Maximum number of lines above the article that are searched for headline, byline and dates."""
_MAX_BYLINE_LINES = 4
"""Maximum number of lines from the lead on that are searched for byline and dates."""
_WEIGHTS = {"fragment": -10, "about": -5, "noise": -15, "end": -60}
"""Weights of lines that are not part of the text; other lines weigh their number of words."""
_MAX_WEIGHT = 50
"""Maximum weight of a line, which limits the influence of one very long line."""
_MIN_MENU_LINES = 3
_MAX_MENU_WORDS = 4
"""Maximum number of words of a line in a menu; a menu has at least `_MIN_MENU_LINES` of them."""
_MIN_WRAPPED_LINES = 5
_MIN_WRAPPED_SHARE = 0.7
"""Share (0..1) of lines of about the same width from which a text is wrapped at a fixed width."""
_WRAP_CHARS = range(50, 101)
"""Widths at which mail programs and text browsers wrap lines."""
_MAX_STRIP_CHARS = 2000
_MIN_STRIP_CHARS = 40
"""Minimum number of characters of a line of icon names; in shorter lines, parts of words repeat by chance."""

_SENTENCE_END = re.compile("[.!?…。！？।۔؟:：][\"'”’“»«」』）)\\]]*$")
_FULL_STOP = re.compile("[.…。।۔][\"'”’“»«」』）)\\]]*$|[.!?…。！？][\"'”’“»«」』）)\\]]+$")
UPDATE_LABELS = {
    "en": "updated, modified",
    "de": "aktualisiert",
    "fr": "modifié, mis à jour",
    "es": "actuali[sz]ad",
    "pt": "atuali[sz]ad",
    "it": "aggiornat",
    "nl": "bijgewerkt",
    "sv": "uppdatera",
    "no": "oppdatert",
    "da": "opdateret",
    "pl": "aktualizac",
    "cs": "aktualizac",
    "ru": "обновлен",
    "tr": "güncelle",
    "ja": "更新",
    "zh": "更新",
    "ko": "수정",
    "ar": "تحديث",
}
"""Words, or their beginnings, that precede the date of the last change."""
_UPDATED = re.compile(any_of(UPDATE_LABELS), re.IGNORECASE)
_PUNCTUATION = re.compile('[.,!?;:。、，“”"]')
_TERM = re.compile(r"[^\W\d_]{4,}")
_FIRST_SPACELESS = "\u2e80"
"""First character of the scripts of East Asia, which do not put spaces between words."""
_SITE_TAIL = re.compile(r"\s+[-–—|·•»]\s+|\s*[｜：]\s*")


_Kind = Literal["prose", "sentence", "fragment", "about", "noise", "end"]


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the page, and its kind judged without its neighbours."""

    text: str
    words: int
    key: str
    """Letters and digits of the line: copies of a headline may differ in punctuation."""
    kind: _Kind

    @property
    def weight(self) -> int:
        """Weight of the line: positive if it is evidence for being inside the article, negative against it."""
        return _WEIGHTS.get(self.kind) or min(self.words, _MAX_WEIGHT)


def parse_saved_text(
    text: str, *, url: str | None, timezone: tzinfo = UTC, now: datetime | None = None
) -> Article:
    """Return the article of a page saved as text; if there is none, `body` is empty and `kind` is "empty".

    Dates without an offset are read in `timezone`; dates more than a day after `now` are ignored.
    """
    lines = _read_lines(text[:MAX_CHARS])
    start, end = _article_run(lines)
    lead = next((place for place in range(start, end) if lines[place].kind == "prose"), start + 1)
    top = max(0, start - _MAX_HEADER_LINES)
    title = _headline(lines[top:lead], lines[start:end])
    around = lines[top : lead + _MAX_BYLINE_LINES]
    body = "\n\n".join(line.text for line in _body(lines[start:end], title))
    language = detect(body or (title.text if title else ""))
    facts = [line.text for line in around if line.kind == "about"]
    published, modified = _dates(facts, timezone, now, language)
    return Article(
        url=url or "",
        source=(source_of(url) or None) if url else None,
        title=title.text if title else None,
        authors=next((names for fact in facts if (names := _names_in(fact))), []),
        published_at=published and published.at,
        published_offset_min=published and published.offset_min,
        modified_at=modified and modified.at,
        language=language,
        body=body,
        body_markdown=markdown.from_paragraphs(paragraphs(body)),
        word_count=word_count(body),
        kind="article" if body else "empty",
    )


def _read_lines(text: str) -> list[_Line]:
    pieces = map(collapse_space, _unwrapped(clean_text(text).split("\n")))
    lines = (_read_line(piece, key) for piece in pieces if (key := letters(piece)))
    return list(islice(lines, MAX_LINES))


def _read_line(text: str, key: str) -> _Line:
    words = word_count(text)
    return _Line(text, words, key, _kind(text, words))


def _kind(text: str, words: int) -> _Kind:
    if is_noise(text, words) or _is_icon_strip(text):
        return "noise"
    if ends_article(text):
        return "end"
    if words >= _MIN_LONG_WORDS or (words >= _MIN_PROSE_WORDS and _FULL_STOP.search(text)):
        return "prose"
    if _names_in(text) or names_date(text):
        return "about"
    return "sentence" if words >= 3 and _SENTENCE_END.search(text) else "fragment"


def _unwrapped(lines: list[str]) -> list[str]:
    """Return the lines with the paragraphs joined that were wrapped at a fixed width.

    A text counts as wrapped if most lines that are directly followed by another line are about that wide.
    """
    pairs = list(pairwise([*lines, ""]))
    widths = [len(line) for line, below in pairs if line.strip() and below.strip()]
    wrapped_count = sum(width in _WRAP_CHARS for width in widths)
    if len(widths) < _MIN_WRAPPED_LINES or wrapped_count < _MIN_WRAPPED_SHARE * len(widths):
        return lines
    joined = (line + (" " if len(line) in _WRAP_CHARS and below.strip() else "\n") for line, below in pairs)
    return "".join(joined).split("\n")


def _is_icon_strip(text: str) -> bool:
    """Return whether a line consists of icon names: it has no punctuation, and one part of a word recurs often."""
    text = text[:_MAX_STRIP_CHARS].casefold()
    if len(text) < _MIN_STRIP_CHARS or _PUNCTUATION.search(text):
        return False
    pieces = (text[place : place + 4] for place in range(len(text) - 3))
    return max(Counter(filter(str.isalpha, pieces)).values(), default=0) >= max(3, len(text) // 25)


def _article_run(lines: Sequence[_Line]) -> tuple[int, int]:
    """Return start and end of the consecutive lines with the largest total weight; an empty run if no line has one."""
    best, best_run = 0, (len(lines), len(lines))
    weight, start = 0, 0
    for place, line in enumerate(lines):
        if weight <= 0:
            weight, start = 0, place
        weight += line.weight
        if weight > best:
            best, best_run = weight, (start, place + 1)
    return best_run


def _headline(header: Sequence[_Line], article: Sequence[_Line]) -> _Line | None:
    """Return the headline among the lines above the article; None if no line is likely.

    A headline shares words with the article, is rarely a word or two or a sentence with a full stop, and often appears
    twice (once perhaps followed by the name of the site). Among equally likely lines the first one is chosen, as the
    second is the standfirst. The weights are fitted to 133 pages saved as text.
    """
    known = set().union(*(_terms(line.text) for line in article if line.kind == "prose"))
    copies = Counter(key for line in header for key in {line.key, letters(_SITE_TAIL.split(line.text)[0])})
    likely: list[tuple[float, _Line]] = []
    for line in header:
        if line.kind in ("fragment", "sentence") and len(line.text) <= _MAX_HEADLINE_CHARS:
            terms = _terms(line.text)
            shared = len(terms & known) / (len(terms) + 2)
            is_short, is_sentence = line.words < _MIN_HEADLINE_WORDS, line.kind == "sentence"
            likely.append((shared + 0.2 * (copies[line.key] > 1) - 0.5 * is_short - 0.2 * is_sentence, line))
    best = max((score for score, _ in likely), default=0.0)
    return next((line for score, line in likely if score >= best - 0.1), None)


def _terms(text: str) -> set[str]:
    """Return the longer words of a text; pairs of characters in scripts without spaces."""
    words = _TERM.findall(text.casefold())
    return {
        term
        for word in words
        for term in ([word] if word < _FIRST_SPACELESS else map("".join, pairwise(word)))
    }


def _names_in(text: str) -> list[str]:
    return byline_names(text) or dated_names(text)


def _dates(
    lines: Sequence[str], timezone: tzinfo, now: datetime | None, language: str | None
) -> tuple[Moment | None, Moment | None]:
    """Return the dates of publication and of the last change, read from lines with dates and their labels."""
    published = modified = None
    for line in lines:
        moment = parse_moment(line, timezone, now, language)
        if moment and _UPDATED.search(line.partition(str(moment.at.year))[0]):
            modified = modified or moment
        else:
            published = published or moment
    return published or modified, modified


def _body(run: Sequence[_Line], title: _Line | None) -> list[_Line]:
    """Return the paragraphs and subheadings in the run; if it begins with the headline, only those below it."""
    key = title.key if title else ""
    below = max(
        (place + 1 for place, line in enumerate(run[:_MAX_BYLINE_LINES]) if line.key == key), default=0
    )
    kept = [
        line for line in run[below:] if line.kind in ("prose", "sentence", "fragment") and line.key != key
    ]
    return _without_menus(kept)


def _without_menus(lines: Sequence[_Line]) -> list[_Line]:
    """Return the lines without sequences of short fragments, which are menus and lists of links."""
    kept: list[_Line] = []
    for is_label, run in groupby(
        lines, lambda line: line.words <= _MAX_MENU_WORDS and line.kind == "fragment"
    ):
        labels = list(run)
        if not is_label or len(labels) < _MIN_MENU_LINES:
            kept.extend(labels)
    return kept
