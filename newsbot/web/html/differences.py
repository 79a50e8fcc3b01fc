"""The changes of a revision for readers, with long unchanged parts shortened."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
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
    segments = word_diff(old[:MAX_SHOWN_CHARS], new[:MAX_SHOWN_CHARS])
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


def same_share(old: str, new: str) -> float:
    """Return the share of `new` that is also in `old`, from 0 to 1."""
    segments = word_diff(old[:MAX_SHOWN_CHARS], new[:MAX_SHOWN_CHARS])
    same, added = (
        sum(len(segment.text) for segment in segments if segment.kind == kind) for kind in ("same", "added")
    )
    return same / (same + added) if same + added else 1.0


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
