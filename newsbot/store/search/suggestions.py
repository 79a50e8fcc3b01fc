""" "Did you mean": for words that no article has, the words of articles that are written almost alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from sqlalchemy.orm import Session

from newsbot.query.parser import parse
from newsbot.query.query_tree import Leaf, Node, leaves
from newsbot.query.query_words import is_inflected, words
from newsbot.query.similar_words import distance, one_edit_away
from newsbot.query.stems import UNSTEMMED, rules_of, stem
from newsbot.store.index import full_text, vocabulary
from newsbot.store.search.filters import languages_of

MIN_CHARS = 4
"""Shorter words resemble too many others."""
MIN_CHARS_FOR_TWO = 6
"""Minimum length of words in which two letters may differ."""
START_CHARS = 2
"""Number of letters at the beginning that words with two differences have in common."""
MAX_SCANNED = 5_000
"""Number of words of each language that are compared for two differences."""
MAX_COUNTED = 8
"""Number of similar words of which the frequency decides."""
MAX_CORRECTED = 3
"""Maximum number of words of a query that are looked up."""


class _Doubted(NamedTuple):
    """A word of a query that no article has."""

    word: str
    start: int
    """Place of its first character in the query, from 0."""
    end: int


def suggested_query(session: Session, query: str) -> str | None:
    """Return `suggest` for a query. Raises QueryError."""
    return suggest(session, query, parse(query))


def suggest(session: Session, query: str, tree: Node | None) -> str | None:
    """Return a query with words of articles in place of those that no article has; None if there are none to propose."""
    rules = sorted({UNSTEMMED, *map(rules_of, languages_of(session))})
    corrected, is_changed = query, False
    doubted = _doubted(session, query, tree, rules)
    for found in sorted(doubted, key=lambda found: found.start, reverse=True):
        if (better := _similar(session, found.word, rules)) is not None:
            corrected = corrected[: found.start] + better + corrected[found.end :]
            is_changed = True
    return corrected if is_changed else None


def _doubted(session: Session, query: str, tree: Node | None, rules: Sequence[str]) -> list[_Doubted]:
    found = []
    for leaf in [] if tree is None else leaves(tree):
        if leaf.field not in (None, "title") or leaf.is_prefix:
            continue
        for doubt in _words_of(leaf, query):
            if len(doubt.word) >= MIN_CHARS and is_inflected(doubt.word):
                found.append((leaf, doubt))
    is_exact = {doubt: len(leaf.words) > 1 or leaf.is_exact for leaf, doubt in found}
    return [doubt for doubt in is_exact if not _is_known(session, doubt.word, rules, is_exact[doubt])][
        :MAX_CORRECTED
    ]


def _words_of(leaf: Leaf, query: str) -> Iterator[_Doubted]:
    start = query.find(leaf.text, leaf.position - 1)
    if start >= 0:
        for word in words(leaf.text):
            yield _Doubted(word.text, start + word.start, start + word.end)


def _is_known(session: Session, word: str, rules: Iterable[str], is_exact: bool) -> bool:
    rows = {(language, stem(word, language), word) for language in rules}
    connection = session.connection()
    if is_exact:
        return bool(vocabulary.present(connection, rows))
    return bool(vocabulary.forms_of(connection, {row[:2] for row in rows}))


def _similar(session: Session, word: str, rules: Sequence[str]) -> str | None:
    """Return the most frequent of the words with one difference; if there are none, of those with two."""
    connection = session.connection()
    one_off = one_edit_away(word)
    rows = {(language, stem(other, language), other) for other in one_off for language in rules}
    near = {found for _, _, found in vocabulary.present(connection, rows)}
    if not near and len(word) >= MIN_CHARS_FOR_TWO:
        lengths = range(len(word) - 2, len(word) + 3)
        begun = vocabulary.beginning_with(connection, word[:START_CHARS], rules, lengths, MAX_SCANNED)
        near = {other for other in begun if distance(word, other, 2) is not None}
    counts = full_text.counts(connection, sorted(near)[: 4 * MAX_COUNTED])
    return max(counts, key=lambda other: (counts[other], other), default=None)
