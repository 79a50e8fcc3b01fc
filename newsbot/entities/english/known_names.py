"""Find organisations that the tables know, and runs of capitalised words that end as an organisation does.

A network with an uncased vocabulary misses "Shell" and "Target", and takes names that it has never seen for people.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from newsbot.entities import tables
from newsbot.entities.english.spans import Mentions, mention
from newsbot.items import Mention

_CAPITALISED = re.compile(r"(?<![\w@#/.-])[^\W\d_a-zß-ÿ][\w&+'’-]*")
_GOES_ON = re.compile(r"[-/@]\w|['’](?!s\b)\w|\.\w| (?=[^\W\d_a-zß-ÿ])(?!I\b)")
_GOES_BACK = re.compile(r"[^\W\d_a-zß-ÿ][\w'’.&-]* $")
_ARTICLE = re.compile(r"\b[Tt]he $")
_SENTENCE_START = re.compile(r"(?:^|[.!?:…\n][\"”’')\]]{0,2}\s*|[\"“‘(\[•*–—-]\s*)$")
_RUN = re.compile(
    r"(?<![\w@#/.-])(?:[^\W\d_a-zß-ÿ][\w'’&-]*(?: (?:and|of|for) | )){1,6}[^\W\d_a-zß-ÿ][\w-]*\b"
)
_LONGEST_RUN = 6
_MAX_TITLE_CASE = 0.6
"""Share of capitalised words from which a sentence is set as a headline, where capitals say nothing."""


def with_known_names(mentions: list[Mention], text: str) -> list[Mention]:
    """Return the mentions with those of known organisations, and of organisations named as such ("Adani Group")."""
    found = Mentions(mentions)
    for one in _known(text):
        around = found.overlapping(one.start, one.end)
        is_within = any(
            m.start <= one.start and one.end <= m.end and m.end - m.start > one.end - one.start
            for m in around
        )
        if not is_within:
            found.replace(one)
    for one in _named_as_organisations(text):
        around = found.overlapping(one.start, one.end)
        is_covered = any(m.end >= one.end or m.start < one.start for m in around)
        if not is_covered:
            found.replace(one)
    return found.all()


def _known(text: str) -> Iterator[Mention]:
    """Yield the mentions of organisations that the tables know, the longest names only, without overlaps."""
    after = 0
    for match in _CAPITALISED.finditer(text):
        start = match.start()
        if start < after:
            continue
        name = next(
            (name for name in _by_first_word().get(_first_word(match[0]), ()) if _is_here(name, text, start)),
            None,
        )
        if name is None:
            name = _word_name(match[0].removesuffix("'s").removesuffix("’s"), text, start)
        if name:
            after = start + len(name)
            yield mention(text, start, after, "ORG")


def _is_here(name: str, text: str, start: int) -> bool:
    """Return whether a name stands at an offset, and is no part of a longer name."""
    end = start + len(name)
    if not text.startswith(name, start) or text[end : end + 1].isalnum() or _GOES_ON.match(text, end):
        return False
    return " " in name or not _is_continued(text, start)


def _is_continued(text: str, start: int) -> bool:
    """Return whether the capitalised word before an offset may belong to the same name."""
    before = _GOES_BACK.search(text, max(0, start - 40), start)
    return bool(before) and not _is_sentence_start(text, before.start() if before else 0)


def _word_name(word: str, text: str, start: int) -> str | None:
    """Return a name that is a word too, if it stands within a sentence: "Shell", or "Sun" after "the"."""
    is_paper = word in tables.words("papers") and _ARTICLE.search(text, max(0, start - 5), start)
    if not (is_paper or word in tables.words("word_names")):
        return None
    end = start + len(word)
    if _GOES_ON.match(text, end) or text[end : end + 1].isalnum() or _is_headline(text, start):
        return None
    if is_paper:
        return word if text[start - 4] == "T" and not _is_sentence_start(text, start - 4) else None
    return None if _is_sentence_start(text, start) or _is_continued(text, start) else word


def _is_sentence_start(text: str, start: int) -> bool:
    return bool(_SENTENCE_START.search(text, max(0, start - 8), start)) or start == 0


def _is_headline(text: str, start: int) -> bool:
    """Return whether most words around an offset are capitalised."""
    words = re.findall(r"\b[^\W\d_]\w{3,}", text[max(0, start - 60) : start + 60])
    return sum(word[0].isupper() for word in words) > _MAX_TITLE_CASE * max(5, len(words))


def _named_as_organisations(text: str) -> Iterator[Mention]:
    """Yield runs of capitalised words that end in a word such as "Group" or "Ministry"."""
    ends = tables.words("organisation_ends")
    for match in _RUN.finditer(text):
        words = match[0].split(" ")
        last = max((n for n, word in enumerate(words) if word in ends), default=0)
        first = next((n for n, word in enumerate(words) if not _is_opening(word)), last)
        if last - first < 1 or last - first > _LONGEST_RUN or _is_headline(text, match.start()):
            continue
        if any(word in ("and", "for") for word in words[first:last]):
            continue
        start = match.start() + sum(len(word) + 1 for word in words[:first])
        yield mention(text, start, start + len(" ".join(words[first : last + 1])), "ORG")


def _is_opening(word: str) -> bool:
    return (
        word in tables.words("sentence_starts")
        or word.islower()
        or word in ("Our", "Both", "Local", "Former")
    )


def _first_word(name: str) -> str:
    return re.split(r"[ '’]", name, maxsplit=1)[0]


@cache
def _by_first_word() -> dict[str, tuple[str, ...]]:
    """Return first word -> the known organisations that begin with it, the longest first."""
    found: dict[str, list[str]] = {}
    for name in sorted(tables.organisations(), key=len, reverse=True):
        if name not in tables.words("word_names") and len(name) > 2:
            found.setdefault(_first_word(name), []).append(name)
    return {word: tuple(names) for word, names in found.items()}
