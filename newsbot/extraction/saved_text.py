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
from itertools import groupby, islice, pairwise
from typing import Literal

from newsbot.dates import names_date, parse_date
from newsbot.extraction.fields.bylines import byline_names, dated_names
from newsbot.extraction.fields.language import detect
from newsbot.items import Article
from newsbot.phrases import ends_article, is_noise
from newsbot.text import clean_text, collapse_space, letters, word_count
from newsbot.urls import source_of

MAX_CHARS = 2_000_000
MAX_LINES = 20_000
_MAX_HEADLINE_CHARS = 300
_PROSE_WORDS = 15
_LONG_WORDS = 40  # Thai has no full stops, and no headline is this long
_HEADLINE_WORDS = 4
_HEADER_LINES = 60
_BYLINE_LINES = 4  # below the lead
_WEIGHTS = {"fragment": -10, "about": -5, "noise": -15, "end": -60}
_MAX_WEIGHT = 50
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
_TERM = re.compile(r"[^\W\d_]{4,}")
_SITE_TAIL = re.compile(r"\s+[-–—|·•»]\s+|\s*[｜：]\s*")


_Kind = Literal["prose", "sentence", "fragment", "about", "noise", "end"]


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the page and what it looks like by itself."""

    text: str
    words: int
    key: str
    """Its letters and digits: the same headline may be punctuated in two ways."""
    kind: _Kind

    @property
    def weight(self) -> int:
        """How much the line speaks for the place being (+) or not being (-) inside the article."""
        return _WEIGHTS.get(self.kind) or min(self.words, _MAX_WEIGHT)


def parse_saved_text(
    text: str, *, url: str | None, timezone: tzinfo = UTC, now: datetime | None = None
) -> Article:
    """Return the article of a page saved as text; if it holds none, `body` is empty and `kind` "empty".

    A date without an offset is read in `timezone`; one more than a day after `now` is not believed.
    """
    lines = _read_lines(text[:MAX_CHARS])
    start, end = _article_run(lines)
    lead = next((place for place in range(start, end) if lines[place].kind == "prose"), start + 1)
    top = max(0, start - _HEADER_LINES)
    title = _headline(lines[top:lead], lines[start:end])
    around = lines[top : lead + _BYLINE_LINES]
    body = "\n\n".join(line.text for line in _body(lines[start:end], title))
    language = detect(body or (title.text if title else ""))
    facts = [line.text for line in around if line.kind == "about"]
    published, modified = _dates(facts, timezone, now, language)
    return Article(
        url=url or "",
        source=(source_of(url) or None) if url else None,
        title=title.text if title else None,
        authors=next((names for fact in facts if (names := _names_in(fact))), []),
        published_at=published,
        modified_at=modified,
        language=language,
        body=body,
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
    if words >= _LONG_WORDS or (words >= _PROSE_WORDS and _FULL_STOP.search(text)):
        return "prose"
    if _names_in(text) or names_date(text):
        return "about"
    return "sentence" if words >= 3 and _SENTENCE_END.search(text) else "fragment"


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


def _is_icon_strip(text: str) -> bool:
    """Whether a line is names of icons: without punctuation, and one part of a word comes back all the time."""
    text = text[:2000].casefold()
    if len(text) < 40 or _NOT_OF_STRIP.search(text):
        return False
    pieces = (text[place : place + 4] for place in range(len(text) - 3))
    return max(Counter(filter(str.isalpha, pieces)).values(), default=0) >= max(3, len(text) // 25)


def _article_run(lines: Sequence[_Line]) -> tuple[int, int]:
    """Return start and end of the run of lines that weighs most: menus, teasers and notices weigh it down."""
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
    """Return the headline among the lines above the article.

    It shares words with the article, is rarely a word or two or a sentence with a full stop, and often comes
    twice (once perhaps with the site's name behind it). Of lines that are as likely the first counts: the
    second is the standfirst. The weights are fitted to 133 pages, saved whole as text.
    """
    known = set().union(*(_terms(line.text) for line in article if line.kind == "prose"))
    copies = Counter(key for line in header for key in {line.key, letters(_SITE_TAIL.split(line.text)[0])})
    likely: list[tuple[float, _Line]] = []
    for line in header:
        if line.kind in ("fragment", "sentence") and len(line.text) <= _MAX_HEADLINE_CHARS:
            terms = _terms(line.text)
            shared = len(terms & known) / (len(terms) + 2)
            short, sentence = line.words < _HEADLINE_WORDS, line.kind == "sentence"
            likely.append((shared + 0.2 * (copies[line.key] > 1) - 0.5 * short - 0.2 * sentence, line))
    best = max((score for score, _ in likely), default=0.0)
    return next((line for score, line in likely if score >= best - 0.1), None)


def _terms(text: str) -> set[str]:
    """Return the words that tell what a text is about; pairs of characters where words are not parted."""
    words = _TERM.findall(text.casefold())
    return {term for word in words for term in ([word] if word < "\u2e80" else map("".join, pairwise(word)))}


def _names_in(text: str) -> list[str]:
    return byline_names(text) or dated_names(text)


def _dates(
    lines: Sequence[str], timezone: tzinfo, now: datetime | None, language: str | None
) -> tuple[datetime | None, datetime | None]:
    """Return when the article was published and last changed, by the date lines and their labels."""
    published = modified = None
    for line in lines:
        moment = parse_date(line, timezone, now, language)
        if moment and _UPDATED.search(line.partition(str(moment.year))[0]):
            modified = modified or moment
        else:
            published = published or moment
    return published or modified, modified


def _body(run: Sequence[_Line], title: _Line | None) -> list[_Line]:
    """Return the paragraphs and sub-headlines of the run, below the headline if that is in it."""
    key = title.key if title else ""
    below = max((place + 1 for place, line in enumerate(run[:_BYLINE_LINES]) if line.key == key), default=0)
    kept = [
        line for line in run[below:] if line.kind in ("prose", "sentence", "fragment") and line.key != key
    ]
    return _without_menus(kept)


def _without_menus(lines: Sequence[_Line]) -> list[_Line]:
    """Return the lines without runs of short ones that are no sentences: menus, lists of links."""
    kept: list[_Line] = []
    for is_label, run in groupby(lines, lambda line: line.words <= _MENU_WORDS and line.kind == "fragment"):
        labels = list(run)
        if not is_label or len(labels) < _MENU_LINES:
            kept.extend(labels)
    return kept
