"""Whether an edit is silent: what on a page owns up to a change of headline or text, and what is no edit by the publisher.

To call an edit silent is an accusation, so every doubt is an answer of its own: the result says which fact decided, with
the words of the page where there are any. Only what is new in the new version counts; a note that was there before owns
up to an earlier edit.

A change of the headline alone, within two days of publication, is `headline-test` at first: publishers show readers
several headlines and keep one, and one page cannot show whether that is what happened. If the headline comes back, it was
a test (`returned`), and both turns are marked so. Later changes of a headline are judged like those of a text.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, get_args

from newsbot.dedupe.changes import is_text_changed
from newsbot.dedupe.fingerprints import words_of
from newsbot.dedupe.volatile import is_figures
from newsbot.dedupe.words import words
from newsbot.items import Article, utc_text
from newsbot.languages.wording.edit_notes import (
    announces_change,
    headline_mark,
    is_about_site,
    note_kind,
    sentences,
)

Verdict = Literal["silent", "admitted", "no-edit", "unknown"]
Reason = Literal[
    "nothing-found",
    "modified-date",
    "published-date",
    "date-line",
    "note",
    "headline-mark",
    "announced",
    "live-blog",
    "by-rules",
    "metadata",
    "boilerplate",
    "full-text",
    "first-report",
    "rules-changed",
    "other-form",
    "headline-test",
    "returned",
]
REASONS: tuple[Reason, ...] = get_args(Reason)
LOOKED_FOR: tuple[Reason, ...] = (
    "modified-date",
    "published-date",
    "date-line",
    "note",
    "headline-mark",
    "announced",
)
"""What owns up to an edit; none of it was found where an edit is silent."""
_NO_EDITS: tuple[Reason, ...] = ("by-rules", "metadata", "boilerplate", "full-text", "first-report")
_DOUBTS: tuple[Reason, ...] = ("rules-changed", "other-form", "headline-test", "returned")

HEAD_LINES, TAIL_LINES = 4, 6
"""Number of lines at the beginning and the end of a text where notes are that do not name the article."""
MAX_EVIDENCE_CHARS = 500
"""Maximum number of characters that are kept of a note."""
MAX_NEW_LINES = 400
"""Maximum number of new lines that are examined; a text with more is written anew, or a live blog."""
TEST_OF_HEADLINES = timedelta(days=2)
"""Time after publication in which publishers try headlines out."""
MAX_REPORT_WORDS = 150
"""Maximum length of a first report, as in `changes.MAX_ALERT_WORDS`."""
MIN_REPORT_GROWTH = 2.0
"""Minimum growth that makes a report of a first report."""
MIN_TEASER_GROWTH = 1.4
"""Minimum growth by which a text whose beginning was stored is the full text of a teaser."""
MIN_KEPT_BEGINNING = 0.85
"""Share of a teaser's words that begin the full text; the rest asks for money."""
CUT_ENDING = re.compile(r"(?:…|\.\.\.|\[\.\.\.\]|\[…\])\s*$")

_CLOCK_ENTRY = re.compile(r"\W{0,3}\d{1,2}\s?(?:[:.h時时点]\s?\d{2}|[ap]\.?m\b)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Evidence:
    """The fact that decides whether an edit is silent."""

    reason: Reason
    text: str = ""
    """The words of the page, or the time that it gives."""

    @property
    def verdict(self) -> Verdict:
        """`silent`; `admitted` by the page; `no-edit` by the publisher; `unknown`: it cannot be decided from the page."""
        if self.reason == "nothing-found":
            return "silent"
        return "no-edit" if self.reason in _NO_EDITS else "unknown" if self.reason in _DOUBTS else "admitted"

    @property
    def is_silent(self) -> bool:
        """Whether headline or text changed, and nothing on the page owns up to it."""
        return self.verdict == "silent"

    def to_json(self) -> dict[str, Any]:
        """Return it as it is stored."""
        return {"reason": self.reason} | ({"text": self.text[:MAX_EVIDENCE_CHARS]} if self.text else {})

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Evidence:
        """Return what `to_json` has made."""
        return cls(stored["reason"], stored.get("text", ""))


def judge_edit(
    old: Article, new: Article, *, now: datetime | None = None, earlier_titles: Collection[str | None] = ()
) -> Evidence:
    """Return the evidence about a change from `old` to `new`, both read by the same rules.

    `now` is when the change was found; `earlier_titles` are headlines that the article had before `old`."""
    return (
        _no_edit(old, new)
        or _admission(old, new)
        or _growth(old, new)
        or _headline_test(old, new, now, earlier_titles)
        or Evidence("nothing-found")
    )


# ------------------------------------------------------------------ no edit


def _no_edit(old: Article, new: Article) -> Evidence | None:
    if not is_text_changed(old, new):
        return Evidence("metadata")
    if "live_blog" in {old.kind, new.kind}:
        return Evidence("live-blog")
    if _is_full_text(old, new):
        return Evidence("full-text")
    if old.is_free != new.is_free:
        return Evidence("other-form")
    if not _is_title_changed(old, new) and _is_boilerplate(old, new) and not _has_note(old, new):
        return Evidence("boilerplate")
    return None


def _is_title_changed(old: Article, new: Article) -> bool:
    return is_text_changed(_headline_of(old), _headline_of(new))


def _headline_of(article: Article) -> Article:
    return Article(url=article.url, title=article.title)


def _is_boilerplate(old: Article, new: Article) -> bool:
    """Return whether all lines that came or went are about the site, or are figures that change by themselves."""
    removed, added = _new_lines(new, old), _new_lines(old, new)
    is_site = all(
        is_about_site(line) and _is_at_edge(place, count) for place, count, line in [*removed, *added]
    )
    if is_site:
        return bool(removed or added)
    before, after = [line for *_, line in removed], [line for *_, line in added]
    return len(before) == len(after) and all(map(is_figures, before, after))


def _is_full_text(old: Article, new: Article) -> bool:
    """Return whether the old text was the beginning of the new one, cut off by a paywall or for a teaser."""
    before, after = words(old.body).texts, words(new.body).texts
    if not before or len(after) < MIN_TEASER_GROWTH * len(before):
        return False
    if len(words(_without_notes(new.body)).texts) < MIN_TEASER_GROWTH * len(before):
        return False  # a short text that a long correction has been added to
    kept = next(
        (n for n, (one, other) in enumerate(zip(before, after, strict=False)) if one != other), len(before)
    )
    return kept >= MIN_KEPT_BEGINNING * len(before)


def _without_notes(body: str) -> str:
    """Return a text without the notes at its edges."""
    lines = _lines(body)
    is_note = [
        _is_at_edge(place, len(lines)) and note_kind(line, at_edge=True) == "note"
        for place, line in enumerate(lines)
    ]
    return "\n".join(line for line, note in zip(lines, is_note, strict=True) if not note)


def _growth(old: Article, new: Article) -> Evidence | None:
    """Return that a report of a few lines has become a whole one, which readers of an alert expect."""
    before, after = len(words(old.body).texts), len(words(new.body).texts)
    is_grown = 0 < before <= MAX_REPORT_WORDS and after >= MIN_REPORT_GROWTH * before
    return Evidence("first-report") if is_grown else None


# ------------------------------------------------------------------ what owns up to a change


def _admission(old: Article, new: Article) -> Evidence | None:
    return (
        _later("modified-date", old.modified_at, new.modified_at)
        or _note(old, new)
        or _headline_mark(old, new)
        or _announcement(old)
        or _live_entries(old, new)
        or (_later("published-date", old.published_at, new.published_at) if old.published_at else None)
    )


def _later(reason: Reason, old: datetime | None, new: datetime | None) -> Evidence | None:
    is_later = new is not None and (old is None or new > old)
    return Evidence(reason, utc_text(new) or "") if is_later else None


def _note(old: Article, new: Article) -> Evidence | None:
    """Return the first new note, else the first new date of a change."""
    dates = []
    for line, at_edge in _candidates(old, new):
        kind = note_kind(line, at_edge=at_edge)
        if kind == "note":
            return Evidence("note", line)
        if kind in {"stamp", "date"} and at_edge:
            dates.append(line)
    return Evidence("date-line", dates[0]) if dates else None


def _has_note(old: Article, new: Article) -> bool:
    """Return whether the new version has a note that the old one has not."""
    return any(note_kind(line, at_edge=at_edge) == "note" for line, at_edge in _candidates(old, new))


def _candidates(old: Article, new: Article) -> Iterable[tuple[str, bool]]:
    """Yield the new lines of the new version and whether each is at an edge; of an edited line, its new sentences too."""
    known = {_key(line) for line in (*old.notes, *_lines(old.body))}
    for note in new.notes:
        if _key(note) not in known:
            yield note, True
    former = " ".join(words_of(old.body))
    for place, count, line in _new_lines(old, new):
        if _key(line) in known:
            continue
        at_edge = _is_at_edge(place, count)
        parts = sentences(line)
        fresh = [part for part in parts if " ".join(words_of(part)) not in former]
        if len(fresh) < len(parts):
            yield from ((part, at_edge) for part in fresh)
        else:
            yield line, at_edge


def _new_lines(old: Article, new: Article) -> list[tuple[int, int, str]]:
    """Return the lines of the new text that the old one has not: place, number of lines, and text."""
    known = {_key(line) for line in _lines(old.body)}
    lines = _lines(new.body)
    found = [(place, len(lines), line) for place, line in enumerate(lines) if _key(line) not in known]
    half = MAX_NEW_LINES // 2
    return found if len(found) <= MAX_NEW_LINES else found[:half] + found[-half:]


def _lines(body: str) -> list[str]:
    return [line for line in body.split("\n") if line and not line.isspace()]


def _key(line: str) -> str:
    return " ".join(words_of(line))


def _is_at_edge(place: int, count: int) -> bool:
    return place < HEAD_LINES or place >= count - TAIL_LINES


def _headline_mark(old: Article, new: Article) -> Evidence | None:
    mark = headline_mark(new.title or "")
    return (
        Evidence("headline-mark", new.title or "")
        if mark and mark != headline_mark(old.title or "")
        else None
    )


def _announcement(old: Article) -> Evidence | None:
    lines = _lines(old.body)
    edges = [*old.notes, *lines[:HEAD_LINES], *lines[HEAD_LINES:][-TAIL_LINES:]]
    ends = (sentences(line)[-1:] for line in edges)
    candidates = [*edges, *(end for found in ends for end in found)]
    return next((Evidence("announced", line) for line in candidates if announces_change(line)), None)


def _live_entries(old: Article, new: Article) -> Evidence | None:
    """Return the first new line at the top that begins with a time of day, as entries of live blogs do."""
    added = [line for place, _, line in _new_lines(old, new) if place < HEAD_LINES]
    return next((Evidence("live-blog", line) for line in added if _CLOCK_ENTRY.match(line)), None)


# ------------------------------------------------------------------ headlines


def _headline_test(
    old: Article, new: Article, now: datetime | None, earlier_titles: Collection[str | None]
) -> Evidence | None:
    if is_text_changed(_without_headline(old), _without_headline(new)):
        return None
    if _key(new.title or "") in {_key(title or "") for title in earlier_titles}:
        return Evidence("returned", new.title or "")
    is_young = (
        now is not None and new.published_at is not None and now - new.published_at <= TEST_OF_HEADLINES
    )
    return Evidence("headline-test") if is_young else None


def _without_headline(article: Article) -> Article:
    return Article(url=article.url, body=article.body)


__all__: Sequence[str] = ("LOOKED_FOR", "REASONS", "Evidence", "Reason", "Verdict", "judge_edit")
