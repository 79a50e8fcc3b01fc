"""What shows why a search found an article: a part of its text, and its headline, with the words that were found marked."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice

from newsbot.query.query_tree import Leaf, Node, leaves
from newsbot.query.query_words import IndexedWord, is_unspaced, words
from newsbot.query.stems import rules_of, stem

MARK_START, MARK_END = "\ue000", "\ue001"
"""Private-use characters that enclose what was found."""
MAX_CHARS = 240
LEAD_CHARS = 60
"""Number of characters shown before the first word that was found."""
MAX_WORDS = 5_000
"""Maximum number of words of a text that are searched."""
MAX_PLACES = 1_000

_Span = tuple[int, int]


def snippet(text: str, tree: Node | None, language: str | None) -> str:
    """Return about `MAX_CHARS` of a body on one line, with what a query has found in it between the marks.

    It is the part with the most different words and phrases; the beginning of the text if it contains none. `language` is
    that of the article."""
    text = _without_marks(text)
    found = list(islice(words(text), MAX_WORDS))
    places = _Matcher.of(tree, "body", language).places(found)
    start, end = _window(found, places, len(text))
    marked = _mark(text, start, end, [span for _, span in places])
    line = " ".join(marked.split())
    return f"{'… ' if start > 0 else ''}{line}{' …' if end < len(text.rstrip()) else ''}"


def marked_title(title: str | None, tree: Node | None, language: str | None) -> str | None:
    """Return a headline with what a query has found in it between the marks."""
    if title is None:
        return None
    text = _without_marks(title)
    places = _Matcher.of(tree, "title", language).places(list(islice(words(text), MAX_WORDS)))
    return _mark(text, 0, len(text), [span for _, span in places])


def _without_marks(text: str) -> str:
    return text.replace(MARK_START, " ").replace(MARK_END, " ")


@dataclass(frozen=True, slots=True)
class _Matcher:
    """Finds the leaves of a query in the words of a text of one language."""

    rules: str
    exact: defaultdict[str, list[tuple[int, Leaf]]] = field(default_factory=lambda: defaultdict(list))
    """First word -> the leaves that begin with it, and their numbers."""
    stems: defaultdict[str, list[tuple[int, Leaf]]] = field(default_factory=lambda: defaultdict(list))
    """Stem -> the leaves of one word that are found in all forms."""
    prefixes: list[tuple[int, Leaf]] = field(default_factory=list)
    """Leaves of one word that may be the beginning of a longer one."""

    @classmethod
    def of(cls, tree: Node | None, place: str, language: str | None) -> _Matcher:
        """Return a matcher of the leaves that are looked for in a body or a title."""
        matcher = cls(rules_of(language))
        for number, leaf in enumerate([] if tree is None else leaves(tree)):
            if leaf.field is None or leaf.field == place:
                matcher._add(number, leaf)
        return matcher

    def _add(self, number: int, leaf: Leaf) -> None:
        if len(leaf.words) > 1 or leaf.is_exact:
            self.exact[leaf.words[0]].append((number, leaf))
        elif leaf.is_prefix:
            self.prefixes.append((number, leaf))
        else:
            self.stems[stem(leaf.words[0], self.rules)].append((number, leaf))

    def places(self, found: Sequence[IndexedWord]) -> list[tuple[int, _Span]]:
        """Return (number of the leaf, span) for every occurrence, in the order of the text."""
        places: list[tuple[int, _Span]] = []
        for at, word in enumerate(found):
            places += [
                (number, (word.start, _end(found[at + len(leaf.words) - 1], leaf)))
                for number, leaf in self.exact.get(word.text, ())
                if _is_at(found, at, leaf)
            ]
            if self.stems:
                places += [
                    (number, (word.start, word.end))
                    for number, _ in self.stems.get(stem(word.text, self.rules), ())
                ]
            places += [
                (number, (word.start, _end(word, leaf)))
                for number, leaf in self.prefixes
                if word.text.startswith(leaf.words[0])
            ]
            if len(places) > MAX_PLACES:
                break
        return places[:MAX_PLACES]


def _is_at(found: Sequence[IndexedWord], at: int, leaf: Leaf) -> bool:
    there = [word.text for word in found[at : at + len(leaf.words)]]
    if leaf.is_prefix and len(there) == len(leaf.words):
        there[-1] = there[-1][: len(leaf.words[-1])]
    return there == list(leaf.words)


def _end(word: IndexedWord, leaf: Leaf) -> int:
    """Return where the mark ends: after one character, if the leaf is the first of a pair of characters."""
    is_half = leaf.is_prefix and len(leaf.words[-1]) == 1 and is_unspaced(leaf.words[-1])
    return word.start + 1 if is_half else word.end


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
    """Return the start of the occurrence from which a snippet shows the most different leaves."""
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
