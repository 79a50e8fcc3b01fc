"""Recognise what pages print to own up to a change: correction notes, dates of an update, marks of a headline.

The words are in `data/edit_notes.tsv`: a kind, a language (ISO 639-1) and phrases that `|` separates, in the form that
`phrase_index` describes. The kinds:

- `label` opens a note before a colon or a date ("Correction:"), `weak` opens notes of any sort ("Editor's note:"), so
  the note must have a word of `change` too ("corrected").
- `self` means the article itself ("this article"), `thing` may mean it at the beginning of a sentence ("the article"),
  unless a word of `other` follows ("the text of the law");
  `earlier` is an earlier version, which `said` something; `alone` is enough with any of these.
- `open` begins a note in brackets ("(Corrects spelling ...)").
- `stamp` is before the time of a change ("last updated"), `published` before that of a publication, `when` between a
  label and a time ("on", "at").
- `announce` says that the article will change ("more follows"), `renewal` does so of the article if that is named ("is
  being updated").
- `boilerplate` is in lines about the site, its writers and its rights, `measure` in lines of figures.

All languages are searched, because the language of a short text is easily mistaken, and notes may be in another one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, cached_property, lru_cache
from importlib.resources import files
from typing import Literal

from newsbot.languages.calendar.dates import names_date
from newsbot.languages.calendar.month_names import month_number
from newsbot.languages.wording.phrase_index import Hit, PhraseIndex, fold

MAX_NOTE_CHARS = 900
"""Maximum length of a line that is examined; longer paragraphs are text."""
MAX_BRACKET_WORDS = 60
MAX_STAMP_WORDS = 12
"""Maximum number of words of a line that is a date of change and nothing else."""
MAX_LABEL_DATE_CHARS = 45
"""Maximum number of characters between a label and its colon: "Update, Thursday 4 May 2026, 14:05 GMT: ..."."""
MAX_ANNOUNCEMENT_WORDS = 14
"""Maximum number of words of an announcement that does not name the article."""
MAX_AFTER_WEAK = 110
"""Maximum number of characters between "Editor's note" and the word for a change."""
MAX_APART = 45
"""Maximum number of characters between "this article" and what was done to it."""
MAX_NAME_WORDS = 3
"""Number of words before which "the article" is at the beginning of a sentence."""

NoteKind = Literal["note", "stamp", "date"]
"""`stamp`: the time of a change, with a word that says so; `date`: a bare date."""

_DECORATION = re.compile(r"[\s•*·●▪■◆▲※►▶–—>_(\[{【〔《<\"'“«†‡#|/-]+")
_BRACKETS = re.compile(r"[\s*•※]*[(\[【〔（［].*[)\]】〕）］]\W*", re.DOTALL)
_QUOTED = re.compile(r"[“„\"«「『‹][^“”„\"«»「」『』‹›]{0,400}[”“\"»」』›]")
_SENTENCE_END = re.compile(
    r"(?<=[^\W\d_]{2}[.!?…])[\"”»)\]]*\s+|(?<=[^\W\d_])(?<=\d{4}[.!?])\s+|(?<=[。！？।؟۔])"
)
_AFTER_LABEL = re.compile(
    r"\.?\s*[\"'*_]{0,2}\s*[)\]】〕>]?\s*(?:[:|]|[–—-]{1,2}\s|\s-|[–—]|\.\s|$)|\.?\s*[)\]】〕]"
)
_AFTER_DATE = re.compile(r":(?!\d)|[)\]】|–—]|\s-\s|$")
_COLON = re.compile(r":(?!\d)")
_DIGIT = re.compile(r"\d")
_CLOCK = re.compile(r"(?<!\d)\d{1,2}\s?(?:[:.hu時时点點시]\s?\d{2}(?!\d)|[ap]\.?m\b|uhr\b|[時时点點시])")
_YEAR_OR_DAY = re.compile(r"(?<!\d)(?:(?:19|20)\d\d|\d{1,2}[./-]\s?\d{1,2})(?!\d)")
_WORD = re.compile(r"\w+")
_OF_OTHERS = re.compile(r"[@#]|[^\W\d_]{3}[.!?。]\W*$")
"""Signs that a line with a date is a quoted message, or a sentence."""
_HEADLINE_NUMBER = re.compile(r"\s*\d{1,2}\s?[-–—:]")


@cache
def phrases() -> tuple[tuple[str, str, str], ...]:
    """Return every phrase of the table: its kind, its language, and its text."""
    table = files("newsbot.languages").joinpath("data", "edit_notes.tsv").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in table.splitlines()[1:])
    return tuple((kind, language, text) for kind, language, texts in rows for text in texts.split("|"))


@cache
def _index() -> PhraseIndex:
    return PhraseIndex((kind, text) for kind, _, text in phrases() if kind != "when")


@cache
def _when() -> frozenset[str]:
    """Return the words between a label and a time."""
    return frozenset(
        word for kind, _, text in phrases() if kind == "when" for word in _WORD.findall(fold(text))
    )


class _Line:
    """A line as it is examined: folded, without bullets and opening brackets, and the phrases in it."""

    def __init__(self, text: str) -> None:
        self.text = text
        opening = _DECORATION.match(text)
        self.folded = fold(text[opening.end() :] if opening else text).strip()
        self.hits = _index().find(self.folded)
        self._kinds = {hit.kind for hit in self.hits}

    @cached_property
    def is_bracketed(self) -> bool:
        """Whether the whole line is in brackets."""
        return _BRACKETS.fullmatch(self.text.strip()) is not None

    @cached_property
    def word_count(self) -> int:
        """The number of its words."""
        return len(_WORD.findall(self.folded))

    def has(self, *kinds: str) -> bool:
        return not self._kinds.isdisjoint(kinds)

    def opening(self, kind: str) -> Hit | None:
        """Return the longest phrase of a kind at the beginning of the line."""
        if kind not in self._kinds:
            return None
        return max((hit for hit in self.hits if hit.kind == kind and hit.start == 0), key=lambda hit: hit.end, default=None)  # fmt: skip


@lru_cache(maxsize=4096)
def _line(text: str) -> _Line:
    """Return a line as it is examined. Pages of one site repeat most lines outside their texts."""
    return _Line(text)


def note_kind(text: str, *, at_edge: bool = True) -> NoteKind | None:
    """Return whether a line owns up to a change of the article, and how; None if it does not.

    `at_edge`: the line is near the beginning or the end of the article, or outside its text. Elsewhere only a label or
    words for the article itself make a note."""
    if not 1 < len(text) <= MAX_NOTE_CHARS:
        return None
    line = _line(text)
    if not line.hits and not _DIGIT.search(line.folded):
        return None
    return "note" if is_note(text, at_edge=at_edge) else _dated(text, line)


def is_note(text: str, *, at_edge: bool = True) -> bool:
    """Return whether a line owns up to a change of the article in words; see `note_kind`."""
    if not 1 < len(text) <= MAX_NOTE_CHARS:
        return False
    line = _line(text)
    if not line.hits:
        return False
    if _is_labelled(line, at_edge) or _is_bracket_note(line):
        return True
    may_speak = line.has("self", "thing", "earlier", "alone", "open")
    return may_speak and any(_speaks_of_itself(part, at_edge) for part in sentences(text))


def is_stamp(text: str) -> bool:
    """Return whether a line is the time of a change and says so: "Updated 14:32", "2026年5月4日 更新"."""
    return 1 < len(text) <= MAX_NOTE_CHARS and _is_stamp(text, _line(text))


def is_bare_label(text: str) -> bool:
    """Return whether a line is nothing but the label of a note, such as the heading "Correction"."""
    line = _line(text)
    label = line.opening("label")
    return label is not None and not line.folded[label.end :].strip(" :.)]")


def sentences(text: str) -> list[str]:
    """Split a line into sentences; dots after figures and abbreviations of one letter do not end one."""
    return [part for part in _SENTENCE_END.split(text) if part and not part.isspace()]


def headline_mark(title: str) -> str:
    """Return the folded mark of a headline that owns up to a change ("update 2", "(corrected)"); "" if there is none."""
    line = _line(title)
    label = line.opening("label") or line.opening("open")
    if label is not None:
        number = _HEADLINE_NUMBER.match(line.folded, label.end)
        if number or _AFTER_LABEL.match(line.folded, label.end) or line.folded.startswith("-", label.end):
            return line.folded[: number.end() if number else label.end]
    tail = re.search(r"[(\[【–—|-]\s*([^()\[\]【】–—|-]{2,30})[)\]】]?\s*$", title)
    last = _line(tail[1]) if tail else None
    mark = last.opening("label") if last else None
    return last.folded if last and mark and mark.end == len(last.folded.rstrip(". ")) else ""


def announces_change(text: str) -> bool:
    """Return whether a line says that the article is going to change."""
    if not 1 < len(text) <= MAX_NOTE_CHARS:
        return False
    line = _line(_QUOTED.sub(" ", text))
    if not line.has("announce", "renewal"):
        return False
    is_named = line.has("self") or any(hit.kind == "thing" and hit.word < MAX_NAME_WORDS for hit in line.hits)
    if line.has("announce") and (is_named or line.word_count <= MAX_ANNOUNCEMENT_WORDS):
        return True
    whole = (hit for hit in line.hits if hit.kind == "renewal" and hit.start == 0)
    return line.has("renewal") and (
        is_named or any(not line.folded[hit.end :].strip(" .…!") for hit in whole)
    )


def is_about_site(text: str) -> bool:
    """Return whether a line is about the site, a writer or rights, and not part of the report."""
    return len(text) <= MAX_NOTE_CHARS and ("©" in text or _line(text).has("boilerplate"))


def names_measure(text: str) -> bool:
    """Return whether a line names something that is measured again and again: votes, a price, a temperature."""
    return len(text) <= MAX_NOTE_CHARS and _line(text).has("measure")


# ------------------------------------------------------------------ kinds of notes


def _is_labelled(line: _Line, at_edge: bool) -> bool:
    label = line.opening("label")
    if label is not None:
        after = _AFTER_LABEL.match(line.folded, label.end)
        if after:
            return at_edge or after.end() < len(line.folded)
        if _is_dated_label(line, label):
            return True
    weak = line.opening("weak")
    if weak is None or not _ends_as_label(line, weak.end):
        return False
    acts = (hit for hit in line.hits if hit.kind in {"change", "earlier"})
    return any(weak.end <= act.start <= weak.end + MAX_AFTER_WEAK for act in acts)


def _ends_as_label(line: _Line, end: int) -> bool:
    """Return whether what ends a label follows, or a colon after a date."""
    rest = line.folded[end : end + MAX_LABEL_DATE_CHARS]
    return _AFTER_LABEL.match(line.folded, end) is not None or _COLON.search(rest) is not None


def _is_dated_label(line: _Line, label: Hit) -> bool:
    """Return whether a date is between a label and its colon: "Correction (4 May): ...", "Update, 14:05: ..."."""
    rest = line.folded[label.end : label.end + MAX_LABEL_DATE_CHARS]
    end = next((found for found in _AFTER_DATE.finditer(rest) if _DIGIT.search(rest, 0, found.start())), None)
    return end is not None and end.start() < len(rest) and _opens_with_date(line, label.end)


def _opens_with_date(line: _Line, start: int) -> bool:
    """Return whether a time follows at `start`, with nothing but short words, names of months and days before it."""
    digit = _DIGIT.search(line.folded, start)
    if digit is None or digit.start() - start > MAX_LABEL_DATE_CHARS:
        return False
    between = _WORD.findall(line.folded[start : digit.start()])
    is_free = all(
        len(word) <= 2 or word in _when() or month_number(word, "") or not word.isascii() for word in between
    )
    rest = line.folded[digit.start() : digit.start() + MAX_LABEL_DATE_CHARS]
    is_time = (
        _CLOCK.search(rest) or _YEAR_OR_DAY.search(rest) or names_date(rest) or _names_month(rest, between)
    )
    return is_free and len(between) <= 4 and bool(is_time)


def _names_month(rest: str, before: Sequence[str]) -> bool:
    return any(month_number(word, "") for word in [*before, *_WORD.findall(rest)[:4]] if not word.isdecimal())


def _is_bracket_note(line: _Line) -> bool:
    """Return whether the whole line is in brackets and begins with a word of change: "(Corrects name in ...)"."""
    if not line.is_bracketed or line.word_count > MAX_BRACKET_WORDS:
        return False
    return any(
        (hit.kind in {"open", "label"} and hit.word == 0)
        or (hit.kind == "change" and (hit.word <= 1 or not line.folded[hit.start].isascii()))
        for hit in line.hits
        if hit.kind in {"open", "label", "change"} and (hit.word <= 1 or _is_joined(line.folded[hit.start]))
    )


def _is_joined(char: str) -> bool:
    return char >= "\u0e00"


def _dated(text: str, line: _Line) -> NoteKind | None:
    """Return whether the line is the time of a change or a bare date."""
    if _is_stamp(text, line):
        return "stamp"
    if line.word_count > MAX_STAMP_WORDS or line.has("stamp", "published"):
        return None
    if not _is_little_more_than_a_date(line) or _OF_OTHERS.search(text):
        return None
    return "date" if names_date(text) else None


def _is_stamp(text: str, line: _Line) -> bool:
    if not line.has("stamp"):
        return False
    stamp = line.opening("stamp")
    if stamp is not None and _opens_with_date(line, stamp.end):
        return True
    if line.word_count > MAX_STAMP_WORDS or not _is_little_more_than_a_date(line):
        return False
    return _CLOCK.search(line.folded) is not None or names_date(text)


def _is_little_more_than_a_date(line: _Line) -> bool:
    known = "".join(
        line.folded[hit.start : hit.end] for hit in line.hits if hit.kind in {"stamp", "published"}
    )
    letters = [char for char in line.folded if char.isalpha()]
    return len(letters) <= len(known) + 24


def _speaks_of_itself(sentence: str, at_edge: bool) -> bool:
    """Return whether a sentence says that this article has been changed, or what an earlier version of it said."""
    line = _line(_QUOTED.sub(" ", sentence))
    names = [hit for hit in line.hits if hit.kind == "self" or (at_edge and _is_article(line, hit))]
    acts = [hit for hit in line.hits if hit.kind in {"change", "earlier", "alone"}]
    if any(max(act.start - name.end, name.start - act.end) <= MAX_APART for act in acts for name in names):
        return True
    if not at_edge:
        return False
    if line.has("earlier") and line.has("thing"):
        return True
    if line.has("alone") and line.has("change"):
        return True
    opening = line.opening("open")
    if opening is not None and (" " in line.folded[: opening.end] or _is_joined(line.folded[0])):
        return True
    return any(_says_what_it_said(line, hit) for hit in line.hits if hit.kind == "earlier")


_OF_SOMETHING = re.compile(r"\s+(?:of|des|der|von|vom|de|du|del|della|do|da|van|av|af|d|om|i)\b|\s+\d")


def _is_article(line: _Line, hit: Hit) -> bool:
    """Return whether "the article" opens a sentence and nothing makes it another one: the text of a law, Article 5."""
    if hit.kind != "thing" or hit.word >= MAX_NAME_WORDS or _OF_SOMETHING.match(line.folded, hit.end):
        return False
    return not any(other.kind == "other" and 0 <= other.start - hit.end <= 2 for other in line.hits)


def _says_what_it_said(line: _Line, earlier: Hit) -> bool:
    """Return whether "an earlier version" without a further noun "said" something: that of the article."""
    if earlier.word > MAX_NAME_WORDS or _OF_SOMETHING.match(line.folded, earlier.end):
        return False
    return any(hit.kind in {"said", "change"} and 0 <= hit.start - earlier.end <= 30 for hit in line.hits)
