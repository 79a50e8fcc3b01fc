"""A page that somebody saved as plain text -> Article.

Such a file holds every text of the page, one after the other: names of icons, navigation, the headline (often
twice, once from the title element), date, byline, paragraphs, invitations to share, links to other stories.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from itertools import groupby, pairwise

from newsbot.dates import names_date, parse_date
from newsbot.extraction.authors import byline_names, dated_names
from newsbot.extraction.language import detect
from newsbot.extraction.phrases import ends_article, is_noise
from newsbot.items import Article
from newsbot.text import clean_text, collapse_space, letters, word_count
from newsbot.urls import source_of

MAX_CHARS = 2_000_000
_MAX_HEADLINE_CHARS = 300
_PROSE_WORDS = 15
_LONG_WORDS = 40  # Thai has no full stops, and no headline is this long
_BYLINE_LINES = 4  # below the lead
_MENU_LINES = 3
_MENU_WORDS = 4
_WRAP_CHARS = range(50, 101)  # where mail programs and text browsers break lines

_SENTENCE_END = re.compile("[.!?…。！？।۔؟:：][\"'”’“»«」』）)\\]]*$")
_FULL_STOP = re.compile("[.…。।۔][\"'”’“»«」』）)\\]]*$|[.!?…。！？][\"'”’“»«」』）)\\]]+$")
_UPDATED = re.compile(
    r"updated|modified|aktualisiert|modifié|mis à jour|a[c]?tuali[sz]ad|aggiornat|bijgewerkt|uppdatera|oppdatert|opdateret|"
    r"обновлен|güncelle|aktualizac|更新|수정|تحديث",
    re.IGNORECASE,
)
_NOT_OF_STRIP = re.compile('[.,!?;:。、，“”"]')
_SITE_TAIL = re.compile(r"\s+[-–—|·•»]\s+|\s*[｜：]\s*")


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the page and what it looks like by itself."""

    text: str
    words: int
    key: str
    """Its letters and digits: the same headline may be punctuated in two ways."""

    @property
    def is_sentence(self) -> bool:
        ends = _SENTENCE_END.search(self.text) is not None
        return (self.words >= 3 and ends) or self.words >= _LONG_WORDS

    @property
    def is_prose(self) -> bool:
        """A paragraph for sure: headlines can be questions, but none is this long and has a full stop."""
        ends = _FULL_STOP.search(self.text) is not None
        return (self.words >= _PROSE_WORDS and ends) or self.words >= _LONG_WORDS


def parse_saved_text(
    text: str, *, url: str | None, timezone: tzinfo = UTC, now: datetime | None = None
) -> Article:
    """Return the article of a page saved as text; if it holds none, `body` is empty and `kind` "empty".

    A date without an offset is read in `timezone`; one more than a day after `now` is not believed.
    """
    lines = _read_lines(text[:MAX_CHARS])
    start = next((place for place, line in enumerate(lines) if line.is_prose), len(lines))
    title = _headline(lines[:start])
    body = "\n\n".join(line.text for line in _body(lines, title, start))
    language = detect(body or (title.text if title else ""))
    around = [line for line in lines[: start + _BYLINE_LINES] if not line.is_prose and line != title]
    published, modified = _dates(around, timezone, now, language)
    return Article(
        url=url or "",
        source=(source_of(url) or None) if url else None,
        title=title.text if title else None,
        authors=next((names for line in around if (names := _names_in(line))), []),
        published_at=published,
        modified_at=modified,
        language=language,
        body=body,
        word_count=word_count(body),
        kind="article" if body else "empty",
    )


def _read_lines(text: str) -> list[_Line]:
    """Return the lines of the page, without icon strips and noise."""
    pieces = map(collapse_space, _unwrapped(clean_text(text).split("\n")))
    lines = (_Line(piece, word_count(piece), letters(piece)) for piece in pieces)
    return [
        line
        for line in lines
        if line.key and not is_noise(line.text, line.words) and not _is_icon_strip(line)
    ]


def _unwrapped(lines: list[str]) -> list[str]:
    """Return the lines with paragraphs joined that were broken at a fixed width.

    They were if most lines that another follows directly are that wide.
    """
    pairs = list(pairwise([*lines, ""]))
    widths = [len(line) for line, below in pairs if line.strip() and below.strip()]
    if len(widths) < 5 or sum(1 for width in widths if width in _WRAP_CHARS) < 0.7 * len(widths):
        return lines
    broken = (line + (" " if len(line) in _WRAP_CHARS and below.strip() else "\n") for line, below in pairs)
    return "".join(broken).split("\n")


def _is_icon_strip(line: _Line) -> bool:
    """Whether a line is names of icons: without punctuation, and one part of a word comes back all the time."""
    text = line.text[:2000].casefold()
    if len(text) < 40 or _NOT_OF_STRIP.search(text):
        return False
    pieces = Counter(
        text[place : place + 4] for place in range(len(text) - 3) if text[place : place + 4].isalpha()
    )
    return bool(pieces) and max(pieces.values()) >= max(3, len(text) // 25)


def _headline(header: Sequence[_Line]) -> _Line | None:
    """Return the headline among the lines above the first paragraph.

    It is the line that comes twice (once perhaps with the site's name behind it), else the first that is long
    enough and no date or byline.
    """
    lines = [
        line for line in header if len(line.text) <= _MAX_HEADLINE_CHARS and not _is_date_or_byline(line)
    ]
    copies = Counter(key for line in lines for key in {line.key, letters(_SITE_TAIL.split(line.text)[0])})
    for least_words in (5, 3, 1):
        long_enough = [line for line in lines if line.words >= least_words]
        if long_enough:
            return next((line for line in long_enough if copies[line.key] > 1), long_enough[0])
    return None


def _is_date_or_byline(line: _Line) -> bool:
    return bool(_names_in(line)) or names_date(line.text)


def _names_in(line: _Line) -> list[str]:
    return byline_names(line.text) or dated_names(line.text)


def _dates(
    lines: Sequence[_Line], timezone: tzinfo, now: datetime | None, language: str | None
) -> tuple[datetime | None, datetime | None]:
    """Return when the article was published and last changed, by the date lines and their labels."""
    published = modified = None
    for line in lines:
        moment = parse_date(line.text, timezone, now, language) if names_date(line.text) else None
        if moment is None:
            continue
        if _UPDATED.search(line.text.partition(str(moment.year))[0]):
            modified = modified or moment
        else:
            published = published or moment
    return published or modified, modified


def _body(lines: Sequence[_Line], title: _Line | None, start: int) -> list[_Line]:
    """Return the paragraphs and sub-headlines: from the first sentence below the headline to the last sentence."""
    key = title.key if title else ""
    top = max((place + 1 for place, line in enumerate(lines[:start]) if line.key == key), default=start)
    kept = [line for line in lines[top:start] if line.is_sentence]
    for place, line in enumerate(lines[start:], start):
        if ends_article(line.text) and _prose_words(lines[place:]) < _prose_words(kept):
            break
        if line.key != key and (line.is_prose or not _is_date_or_byline(line)):
            kept.append(line)
    return _without_tail(_without_menus(kept))


def _prose_words(lines: Sequence[_Line]) -> int:
    return sum(line.words for line in lines if line.is_prose)


def _without_menus(lines: Sequence[_Line]) -> list[_Line]:
    """Return the lines without runs of short ones that are no sentences: menus, lists of links."""
    kept: list[_Line] = []
    for is_label, run in groupby(lines, lambda line: line.words <= _MENU_WORDS and not line.is_sentence):
        labels = list(run)
        if not is_label or len(labels) < _MENU_LINES:
            kept.extend(labels)
    return kept


def _without_tail(lines: list[_Line]) -> list[_Line]:
    last = max((place for place, line in enumerate(lines) if line.is_sentence), default=-1)
    return lines[: last + 1]
