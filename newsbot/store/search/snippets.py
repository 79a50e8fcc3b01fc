"""The part of a text that shows why a search found it."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from itertools import islice

from newsbot.store.index.terms import IndexedWord, Term, words

MARK_START, MARK_END = "\ue000", "\ue001"
"""Private-use characters that enclose a search term in a snippet."""
MAX_CHARS = 240
LEAD_CHARS = 60
"""Number of characters shown before the first search term."""
MAX_WORDS = 5_000
"""Maximum number of words of a text that are searched for terms."""
MAX_PLACES = 1_000

_Span = tuple[int, int]


def snippet(text: str, terms: Sequence[Term]) -> str:
    """Return about `MAX_CHARS` of `text` on one line, with the search terms between the marks.

    It is the part with the most different terms; the beginning of the text if it contains none."""
    text = text.replace(MARK_START, " ").replace(MARK_END, " ")
    found = list(islice(words(text), MAX_WORDS))
    places = _places(found, [term for term in terms if not term.is_excluded])
    start, end = _window(found, places, len(text))
    marked = _mark(text, start, end, [span for _, span in places])
    line = " ".join(marked.split())
    return f"{'… ' if start > 0 else ''}{line}{' …' if end < len(text.rstrip()) else ''}"


def _places(found: Sequence[IndexedWord], terms: Sequence[Term]) -> list[tuple[int, _Span]]:
    """Return (index of the term, span) for every occurrence of a term, in the order of the text."""
    by_first_word = defaultdict(list)
    for number, term in enumerate(terms):
        by_first_word[term.words[0]].append((number, term))
    has_single = any(len(term.words) == 1 and term.is_prefix for term in terms)
    places = []
    for i, word in enumerate(found):
        begun = by_first_word.get(word.text, ())
        if has_single and len(word.text) > 1:
            begun = [*begun, *by_first_word.get(word.text[0], ())]
        for number, term in begun:
            if _is_at(found, i, term):
                last = found[i + len(term.words) - 1]
                places.append((number, (word.start, _end(last, term))))
    return places[:MAX_PLACES]


def _is_at(found: Sequence[IndexedWord], at: int, term: Term) -> bool:
    there = [word.text for word in found[at : at + len(term.words)]]
    if term.is_prefix and len(there) == len(term.words):
        there[-1] = there[-1][:1]
    return there == list(term.words)


def _end(word: IndexedWord, term: Term) -> int:
    return word.start + 1 if term.is_prefix else word.end


def _window(found: Sequence[IndexedWord], places: Sequence[tuple[int, _Span]], length: int) -> _Span:
    """Return the span to show; it begins and ends at word boundaries."""
    starts = [word.start for word in found]
    first = _best_start(places)
    start = starts[bisect_left(starts, first - LEAD_CHARS)] if first > LEAD_CHARS else 0
    ends = [word.end for word in found]
    beyond = bisect_left(ends, start + MAX_CHARS)
    end = ends[beyond] if beyond < len(ends) else length
    return start, min(end, start + 2 * MAX_CHARS)


def _best_start(places: Sequence[tuple[int, _Span]]) -> int:
    """Return the start of the occurrence from which a snippet shows the most different terms."""
    best, most = 0, 0
    for i, (_, (start, _end)) in enumerate(places):
        near = {
            number for number, span in places[i : i + MAX_CHARS] if span[1] <= start + MAX_CHARS - LEAD_CHARS
        }
        if len(near) > most:
            best, most = start, len(near)
    return best


def _mark(text: str, start: int, end: int, spans: Sequence[_Span]) -> str:
    parts, at = [], start
    for first, last in spans:
        if at <= first and last <= end:
            parts += [text[at:first], MARK_START, text[first:last], MARK_END]
            at = last
    return "".join([*parts, text[at:end]])
