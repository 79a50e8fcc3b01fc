"""The changes of a revision for readers, with long unchanged parts shortened."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby, takewhile
from typing import Any, NamedTuple

from newsbot.dedupe.revisions import Segment, word_diff
from newsbot.store.queries import Change
from newsbot.web.html.rendering import time_of
from newsbot.web.html.texts import MAX_SHOWN_CHARS

CONTEXT_CHARS = 120
"""Number of unchanged characters shown before and after a change."""
LABELS = {
    "title": "Headline",
    "body": "Text",
    "description": "Description",
    "authors": "Authors",
    "topics": "Topics",
    "section": "Section",
    "language": "Language",
    "image_url": "Image",
    "published_at": "Published",
    "modified_at": "Modified",
    "kind": "Kind",
    "is_free": "Free to read",
    "notes": "Notes outside the text",
}
"""Field name -> label; the order is that of the page."""


_WORD = re.compile(r"\s*\S+\s*")
"""A word with the white space behind it; before the first one also that before it."""
_TIMES = ("published_at", "modified_at")


class Difference(NamedTuple):
    """One field of an article with its value before and after, as segments."""

    label: str
    segments: list[Segment]


def differences(change: Change) -> list[Difference]:
    """Return the fields that a revision changed, in the order of `LABELS`."""
    fields = sorted(change.fields, key=lambda field: list(LABELS).index(field) if field in LABELS else 99)
    return [
        Difference(
            LABELS.get(field, field), compare(*(_shown(field, value) for value in change.fields[field]))
        )
        for field in fields
    ]


def compare(old: str, new: str) -> list[Segment]:
    """Return the differences of two texts as segments; unchanged parts are cut to `CONTEXT_CHARS` next to a change."""
    return _for_readers(_segments(old, new))


class Likeness(NamedTuple):
    """How a text compares with the first text of a story."""

    segments: list[Segment]
    """The differences, as `compare` returns them."""
    words: str
    """A sentence: "All of it is in the first text, a fifth of which is left out."."""
    is_same: bool


def likeness(first: str, other: str) -> Likeness:
    """Return how `other` compares with the first text."""
    segments = _segments(first, other)
    same, removed, added = (
        sum(len(segment.text) for segment in segments if segment.kind == kind)
        for kind in ("same", "removed", "added")
    )
    if not added and not removed:
        return Likeness(_for_readers(segments), "The very same text.", is_same=True)
    words = _words(same / (same + added) if same + added else 0, removed / (same + removed or 1))
    return Likeness(_for_readers(segments), words, is_same=False)


_FRACTIONS = (
    *((0.9, "Nine tenths"), (0.8, "Four fifths"), (0.75, "Three quarters"), (0.667, "Two thirds"), (0.6, "Three fifths")),
    *((0.5, "Half"), (0.4, "Two fifths"), (0.333, "A third"), (0.25, "A quarter"), (0.2, "A fifth"), (0.1, "A tenth")),
)  # fmt: skip
_PLURAL = ("Nine", "Four", "Three", "Two")


def _words(contained: float, left_out: float) -> str:
    """Return a sentence on a text of which a share is in the first text; of that, another share is left out."""
    if contained < 0.05:
        return "Hardly anything of it is in the first text."
    part = _fraction(contained)
    verb = "are" if part.startswith(_PLURAL) else "is"
    if left_out < 0.01:
        rest = ", nothing of which is left out" if contained < 0.995 else ""
    else:
        missing = _fraction(left_out)
        missing = f"{missing[0].lower()}{missing[1:]}"
        rest = f", {missing} of which {'are' if missing.capitalize().startswith(_PLURAL) else 'is'} left out"
    return f"{part} of it {verb} in the first text{rest}."


def _fraction(share: float) -> str:
    """Return a share in words, as at the start of a sentence: "All", "Nearly all", "Two thirds", "A little"."""
    if share > 0.95:
        return "All" if share >= 0.995 else "Nearly all"
    if share < 0.06:
        return "A little"
    return min(_FRACTIONS, key=lambda fraction: abs(fraction[0] - share))[1]


def _segments(old: str, new: str) -> list[Segment]:
    """Return the differences of two texts; a word that only has other white space behind it is no difference."""
    segments: list[Segment] = []
    for kind, text in word_diff(old[:MAX_SHOWN_CHARS], new[:MAX_SHOWN_CHARS]):
        if kind == "added" and segments and segments[-1].kind == "removed":
            segments += _without_common_words(segments.pop().text, text)
        elif not text.strip():  # white space alone is no change
            segments += [Segment("same", text)] if kind != "removed" else []
        else:
            segments.append(Segment(kind, text))
    return _joined(segments)


def _without_common_words(removed: str, added: str) -> list[Segment]:
    """Return what one text replaces in another without the words that both begin and end with."""
    before, after = _WORD.findall(removed) or [removed], _WORD.findall(added) or [added]
    shortest = min(len(before), len(after))
    start = _equal_words(zip(before, after, strict=False))
    end = min(_equal_words(zip(reversed(before), reversed(after), strict=False)), shortest - start)
    parts = (
        Segment("same", "".join(after[:start])),
        Segment("removed", "".join(before[start : len(before) - end])),
        Segment("added", "".join(after[start : len(after) - end])),
        Segment("same", "".join(after[len(after) - end :])),
    )
    return [part for part in parts if part.text]


def _equal_words(pairs: Iterable[tuple[str, str]]) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0].split() == pair[1].split(), pairs))


def _joined(segments: Iterable[Segment]) -> list[Segment]:
    """Return segments of which no two of the same kind follow each other."""
    return [
        Segment(kind, "".join(segment.text for segment in of_kind))
        for kind, of_kind in groupby(segments, key=lambda segment: segment.kind)
    ]


def _for_readers(segments: Sequence[Segment]) -> list[Segment]:
    last = len(segments) - 1
    shown: list[Segment] = []
    for place, (kind, text) in enumerate(segments):
        if kind == "same":
            shown.append(Segment(kind, _shortened(text, is_first=place == 0, is_last=place == last)))
            continue
        is_replaced = kind == "removed" and place < last and segments[place + 1].kind == "added"
        words = text.rstrip()
        # White space after a word is not part of the change; if one word replaces another, it is shown once.
        shown += [Segment(kind, words), Segment("same", " " if is_replaced else text[len(words) :])]
    return shown


def _shortened(text: str, *, is_first: bool, is_last: bool) -> str:
    head = "" if is_first else text[:CONTEXT_CHARS].rsplit(" ", 1)[0]
    tail = "" if is_last else text[-CONTEXT_CHARS:].partition(" ")[2]
    return text if len(text) <= 2 * CONTEXT_CHARS + 40 else f"{head} … {tail}"


def _shown(field: str, value: Any) -> str:
    if field in _TIMES and value:
        return time_of(datetime.fromisoformat(value))
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)
