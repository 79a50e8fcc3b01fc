"""Whether a page shows another article than before: addresses that are used again ("/latest", "Horoscope today").

Two articles share next to no text. So do a report and the same report written anew, or its first alert; but these share
names and words, and under a headline that both texts are about they are one article.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from datetime import timedelta
from typing import NamedTuple, TypeVar

from newsbot.dedupe.words import SPACELESS, Words, words
from newsbot.items import Article

T = TypeVar("T")

MAX_OTHER_TEXT = 0.25
"""Share of common word triples from which on two texts are versions of one. Measured (benchmarks/revisions.py): unrelated
articles of one language share up to 0.024 of them, updates at least 0.30; standing lines around a text up to 0.2."""
MAX_OTHER_CORE = 0.08
"""The same share in what is left without the lines and labels that both texts have."""
MAX_OTHER_TITLE = 0.34
"""Share of common title words below which headlines are different ones."""
MIN_NAMES, MIN_WORDS = 0.3, 0.2
"""Shares of common names and of common long words from which on two texts are about the same."""
MIN_COMMON = 2
"""Number of names or long words that two texts must share at least: in a text of three names one is a coincidence."""
MIN_TEXT = 8
"""Number of words from which on a text shows that it is about something else, if neither headline nor date does."""
MIN_NAME = 3
"""Length of names that count; "I" is written with a capital letter too."""
MIN_BACKED = 0.6
"""Share of the words of a headline that both texts must have if it is one of their story, and not a standing one."""
MAX_ALERT_WORDS = 150
"""Maximum length of a first report. The full report may share no sentence with it; common names show that it is the same."""
NEXT_ISSUE = timedelta(hours=20)
"""Minimum change of the publication date by which the page is one of another day: two issues are about a day apart."""
MIN_LONG_WORD = 5
"""Length of words that carry a topic, in scripts with spaces."""

_LABEL = re.compile(r"[^:：.!?]{1,24}[:：]\s*")
_SPACELESS = re.compile(SPACELESS)


class _Text(NamedTuple):
    """A text without what both versions have in the same place."""

    words: Words
    long_words: set[str]


def shows_another(old: Article, new: Article, before: Words, after: Words) -> bool:
    """Return whether `new` is another article than `old`, given the words of their texts."""
    if _common(_triples(before.texts), _triples(after.texts)) >= MAX_OTHER_TEXT:
        return False
    one, other = _cores(old.body, new.body)
    if _common(_triples(one.words.texts), _triples(other.words.texts)) >= MAX_OTHER_CORE:
        return False
    is_related = _is_related(one, other)
    common_title = _title_words(old) & _title_words(new)
    if _common(_title_words(old), _title_words(new)) < MAX_OTHER_TITLE:
        return len(before.texts) > MAX_ALERT_WORDS or not is_related
    if _is_next_issue(old, new):
        return not (is_related and _is_backed(common_title, before, after))
    is_live = old.kind == new.kind == "live_blog"  # its oldest entries move to further pages
    is_long_enough = min(len(one.words.texts), len(other.words.texts)) >= MIN_TEXT
    return is_long_enough and not (is_related or is_live)


def _is_next_issue(old: Article, new: Article) -> bool:
    if old.published_at is None or new.published_at is None:
        return False
    return abs(new.published_at - old.published_at) >= NEXT_ISSUE


def _cores(old: str, new: str) -> tuple[_Text, _Text]:
    """Return two texts without their common lines ("Good morning!"), and without labels at the start of lines ("Aries:")."""
    lines, others = old.split("\n"), new.split("\n")
    common = set(lines) & set(others)
    labels = _labels(lines) & _labels(others)
    return _core(lines, common, labels), _core(others, common, labels)


def _labels(lines: Sequence[str]) -> set[str]:
    return {found.group() for line in lines if (found := _LABEL.match(line))}


def _core(lines: Sequence[str], common: AbstractSet[str], labels: AbstractSet[str]) -> _Text:
    kept = []
    for line in lines:
        if line not in common:
            found = _LABEL.match(line)
            kept.append(line[found.end() :] if found and found.group() in labels else line)
    text = "\n".join(kept)
    return _Text(words(text), _long_words(text))


def _long_words(text: str) -> set[str]:
    """Return the words of a text that carry its topic: the long ones; pairs of characters in scripts without spaces."""
    if _SPACELESS.search(text):
        return set(words(text).texts)
    tokens = (token.strip(".,:;!?\"'()«»„“”’।،؛") for token in text.casefold().split())
    return {token for token in tokens if len(token) >= MIN_LONG_WORD}


def _is_related(one: _Text, other: _Text) -> bool:
    names, others = _names_in(one.words), _names_in(other.words)
    if len(names & others) >= MIN_COMMON and _common(names, others) >= MIN_NAMES:
        return True
    common = one.long_words & other.long_words
    return len(common) >= MIN_COMMON and _common(one.long_words, other.long_words) >= MIN_WORDS


def _is_backed(title: AbstractSet[str], before: Words, after: Words) -> bool:
    """Return whether both texts have the words that their headlines share: "Quake in Peru", but not "Morning briefing"."""
    backed = title & set(before.texts) & set(after.texts)
    return bool(title) and len(backed) >= MIN_BACKED * len(title)


def _triples(texts: Sequence[str]) -> set[tuple[str, str, str]]:
    return set(zip(texts, texts[1:], texts[2:], strict=False))


def _title_words(article: Article) -> set[str]:
    """Return the words of a headline that carry its topic: those of more than three letters, if there are any."""
    title = set(words(article.title or "").texts)
    return {word for word in title if len(word) > 3 or not word.isascii()} or title


def _names_in(text: Words) -> set[str]:
    names = {text.texts[place] for place in text.facts}
    return {name for name in names if len(name) >= MIN_NAME and not name[0].isdecimal()}


def _common(one: AbstractSet[T], other: AbstractSet[T]) -> float:
    """Return the share (0..1) of the smaller set that is in the other one."""
    return len(one & other) / max(1, min(len(one), len(other)))
