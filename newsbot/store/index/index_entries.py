"""What of an article is in the full-text index. Depends on stored columns alone: SQLite removes what it is given again.

title, body   the words
labels        filter terms; the words of authors, topics and section, each with the sign of its field
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from newsbot.query.query_words import word_texts
from newsbot.store.index.filter_terms import filter_terms_of
from newsbot.store.schema.types import stored_name

MAX_BODY_WORDS = 15_500
"""Number of words of a body that are indexed: PostgreSQL numbers words up to 16,383 only."""
MAX_TITLE_WORDS = 500
"""Number of words of a title that are indexed: an index entry of PostgreSQL must stay below a megabyte."""
NAME_SIGNS = {"author": "¶", "topic": "¤", "section": "±"}
"""Field -> first character of its words in the index, which no word of a text contains."""
MAX_NAME_WORDS = {"author": 30, "topic": 100, "section": 15}
"""Number of words of each field that are indexed; with the gaps between names they fit behind the longest body."""

_LABELS = ("source", "language", "section", "kind", "dated_at")
"""Columns by which filters narrow a search inside the index."""


@dataclass(frozen=True, slots=True)
class Entry:
    """The entry of an article in the full-text index."""

    title: Sequence[str]
    body: Sequence[str]
    """Words of the body."""
    labels: Sequence[str]
    """Filter terms: see `filter_terms`."""
    names: Sequence[Sequence[str]]
    """Authors, topics and section: the words of each name, with the sign of its field."""


def index_words(body: str) -> Sequence[str]:
    """Return the words of a body for the full-text index."""
    return word_texts(body)[:MAX_BODY_WORDS]


def entry_of(row: Mapping[str, Any], body_words: Sequence[str]) -> Entry:
    """Return the entry of an article, given by its columns, its `authors` and its `topics`.

    `body_words` is `index_words` of the body."""
    section = [row["section"]] if row["section"] else []
    return Entry(
        title=word_texts(row["title"] or "")[:MAX_TITLE_WORDS],
        body=body_words,
        labels=filter_terms_of(**{name: row[name] for name in _LABELS}),
        names=[
            *_names("author", row["authors"]),
            *_names("topic", row["topics"]),
            *_names("section", section),
        ],
    )


def signed(field: str, words: Iterable[str]) -> list[str]:
    """Return words with the sign of a field."""
    return [NAME_SIGNS[field] + word for word in words]


def _names(field: str, names: Iterable[str]) -> list[list[str]]:
    free, found = MAX_NAME_WORDS[field], []
    for name in dict.fromkeys(map(stored_name, names)):
        words = signed(field, word_texts(name))[:free]
        free -= len(words)
        if words:
            found.append(words)
    return found
