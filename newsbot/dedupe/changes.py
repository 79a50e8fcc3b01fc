"""Classify a re-fetched page against the stored article: same (cosmetic), changed, teaser, other-article."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

from newsbot.dedupe.bounded_diff import opcodes
from newsbot.dedupe.fingerprints import words_of
from newsbot.dedupe.other_articles import MAX_ALERT_WORDS, shows_another
from newsbot.dedupe.volatile import is_sentence, strip_volatile
from newsbot.dedupe.words import words
from newsbot.items import Article
from newsbot.text import normalized, word_count

Verdict = Literal["same", "changed", "teaser", "other-article"]
"""`same`: the difference is cosmetic. `changed`: the article was edited. `teaser`: only its beginning, or next to nothing,
is left. `other-article`: the page shows another article."""

MAX_ASIDE_WORDS = 30
"""Maximum length of a paragraph that may be an advertisement or teaser: it may move or be replaced without an edit."""
MAX_COUNTER_WORDS = 3
"""Maximum length of a line that may be a counter in a language without a word list."""
LAST_LINES = 3
"""Number of lines at the end of a text that may be counters in a language without a word list."""
MAX_TEASER_SHARE = 0.6
"""Share of the stored words above which a shorter text is no teaser."""
MAX_LOCKED_SHARE = 0.9
"""The same share for a page that now declares that it is not free."""
MAX_STUB_SHARE = 0.1
"""Share of the stored words below which a text is a teaser whatever its words ("This story is for subscribers")."""
MIN_OF_BEGINNING = 0.75
"""Minimum share of a teaser's word pairs that are in the beginning of the stored text; the rest asks for money."""
MAX_DIFF_LINES = 1000
"""Maximum number of differing lines that are compared; a longer range counts as replaced. No article has half of it."""
REDATED = timedelta(days=1)
"""Minimum change of a publication date; a smaller one is a clock or a time zone that was read differently."""

_SIGN = re.compile("[%‰?؟+$¢£¤¥֏؋৲৳૱௹฿៛\u20a0-\u20cf]")
_NUMBER = re.compile(r"\d+")
_GROUPED = re.compile(r"(?<=\d)[.,'’\s](?=\d{3}(?!\d))")


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict and its reason in one line."""

    verdict: Verdict
    detail: str = ""


def judge(old: Article, new: Article) -> Judgement:
    """Return the verdict for `new`, fetched from the URL of the stored `old`."""
    if not is_material(old, new):
        return Judgement("same")
    if sum(map(len, _common_lines(old.body, new.body))) >= MAX_LOCKED_SHARE * len(old.body):
        return Judgement("changed")  # the checks below take longer and would give the same verdict
    before, after = words(old.body), words(new.body)
    if _is_teaser(old, new, before.texts, after.texts):
        detail = f"{len(after.texts)} words are left of the {len(before.texts)} that are stored"
        return Judgement("teaser", detail)
    if shows_another(old, new, before, after):
        return Judgement("other-article", f"{new.title!r} in the place of {old.title!r}")
    return Judgement("changed")


def is_material(old: Article, new: Article) -> bool:
    """Return whether a reader would call the article changed: its headline, its text or its metadata.

    These differences do not count: white space, case, typography, volatile lines, advertisements that moved or were
    replaced, the detected language, and the date of modification."""
    return (
        is_text_changed(old, new)
        or any(
            _reader_tokens(getattr(old, name)) != _reader_tokens(getattr(new, name))
            for name in ("description", "section")
        )
        or any(_names(getattr(old, name)) != _names(getattr(new, name)) for name in ("authors", "topics"))
        or _picture(old.image_url) != _picture(new.image_url)
        or (old.kind, old.is_free) != (new.kind, new.is_free)
        or _is_redated(old.published_at, new.published_at)
    )


def is_text_changed(old: Article, new: Article) -> bool:
    """Return whether a reader would call the headline or the text changed."""
    return _reader_tokens(old.title) != _reader_tokens(new.title) or _is_body_changed(old.body, new.body)


# ------------------------------------------------------------------ a reader's view


def _reader_tokens(text: str | None) -> list[str]:
    """Return the words of a text and, after them, the signs that carry meaning (currencies, percent, question marks)."""
    normal = normalized("NFKC", _GROUPED.sub("", text or ""))
    return [*words_of(normal), *_SIGN.findall(normal)]


def _names(names: Iterable[str]) -> set[str]:
    return {" ".join(words_of(name)) for name in names}


def _picture(url: str | None) -> str:
    """Return the path of a picture's URL; the query holds its size and signature."""
    return urlsplit(url).path if url else ""


def _is_redated(old: datetime | None, new: datetime | None) -> bool:
    if old is None or new is None:
        return new is not None
    return abs(new - old) >= REDATED


class _BodyLine(NamedTuple):
    key: str
    """Equal for lines that differ only in case, white space and typography."""
    text: str
    """The line without its volatile parts."""


def _is_body_changed(old: str, new: str) -> bool:
    common = _common_lines(old, new)
    before, after = _body_lines(old, common), _body_lines(new, common)
    removed, added = _unlike(before, after)
    if len(removed) == len(added) <= 2 and _same_lines(removed, added):
        return _is_moved_text(removed, before, after)
    return not _are_counters(removed, added, before, after)


def _common_lines(old: str, new: str) -> set[str]:
    return set(old.split("\n")) & set(new.split("\n"))


def _same_lines(removed: Sequence[str], added: Sequence[str]) -> bool:
    return sorted(map(_reader_tokens, removed)) == sorted(map(_reader_tokens, added))


def _is_moved_text(moved: Sequence[str], before: Sequence[_BodyLine], after: Sequence[_BodyLine]) -> bool:
    """Return whether lines that only moved are text: one of them is long, and the lines of text are in another order."""
    if all(map(_is_short, moved)):
        return False
    return _text_keys(before) != _text_keys(after)


def _body_lines(body: str, common: AbstractSet[str]) -> list[_BodyLine]:
    """Split a text into lines; strip volatile parts from those that the other version does not have, and drop empty ones."""
    lines = (_common_line(line) if line in common else _own_line(line) for line in body.split("\n"))
    return [line for line in lines if line is not None]


def _common_line(line: str) -> _BodyLine | None:
    return _BodyLine(line, line) if line else None


def _own_line(line: str) -> _BodyLine | None:
    """Return a line of one version only, without its volatile parts; None if no word is left."""
    text = strip_volatile(line)
    return _BodyLine(" ".join(_reader_tokens(text)), text) if words_of(text) else None


def _unlike(before: Sequence[_BodyLine], after: Sequence[_BodyLine]) -> tuple[list[str], list[str]]:
    """Return the lines that only the old and only the new text has; replaced teasers are left out."""
    removed: list[str] = []
    added: list[str] = []
    old_keys, new_keys = ([line.key for line in lines] for lines in (before, after))
    for is_equal, i1, i2, j1, j2 in opcodes(old_keys, new_keys, MAX_DIFF_LINES):
        old, new = [line.text for line in before[i1:i2]], [line.text for line in after[j1:j2]]
        # The same words in other lines: paragraphs were joined or split.
        is_same = is_equal or _reader_tokens(" ".join(old)) == _reader_tokens(" ".join(new))
        if not is_same and not (i1 and _are_teasers(old, new)):
            removed += old
            added += new
    return removed, added


def _are_teasers(removed: Sequence[str], added: Sequence[str]) -> bool:
    """Return whether only teasers were swapped: equally many non-sentence lines removed and added, with no common word.

    A publisher who edits a sub-headline keeps some of its words; one teaser has none of another's."""
    return len(removed) == len(added) and all(
        _is_aside(old) and _is_aside(new) and not set(words_of(old)) & set(words_of(new))
        for old, new in zip(removed, added, strict=True)
    )


def _is_aside(line: str) -> bool:
    """Return whether a line may be an advertisement or a teaser: short, and no sentence."""
    return not is_sentence(line) and _is_short(line)


def _is_short(line: str) -> bool:
    return word_count(line) <= MAX_ASIDE_WORDS


def _text_keys(lines: Sequence[_BodyLine]) -> list[str]:
    """Return the keys of the lines that are neither advertisements nor teasers."""
    return [line.key for line in lines if not _is_aside(line.text)]


def _are_counters(
    removed: Sequence[str], added: Sequence[str], before: Sequence[_BodyLine], after: Sequence[_BodyLine]
) -> bool:
    """Return whether the texts differ only in numbers, in lines of up to three words at the end.

    Such lines are counters, in any language."""
    return (
        _are_last(removed, before)
        and _are_last(added, after)
        and all(map(_may_be_counter, (*removed, *added)))
        and _without_numbers(removed) == _without_numbers(added)
    )


def _are_last(texts: Iterable[str], lines: Sequence[_BodyLine]) -> bool:
    return {line.text for line in lines[-LAST_LINES:]}.issuperset(texts)


def _may_be_counter(line: str) -> bool:
    return word_count(line) <= MAX_COUNTER_WORDS and not is_sentence(line)


def _without_numbers(lines: Iterable[str]) -> list[str]:
    return [_NUMBER.sub("0", " ".join(_reader_tokens(line))) for line in lines]


# ------------------------------------------------------------------ another page


def _pairs(texts: Sequence[str]) -> set[tuple[str, str]]:
    return set(pairwise(texts))


def _is_teaser(old: Article, new: Article, before: Sequence[str], after: Sequence[str]) -> bool:
    is_locked = new.is_free is False and old.is_free is not False
    if new.kind == "live_blog" and not is_locked:
        return False  # a live blog moves its oldest entries to further pages
    if is_locked:
        return len(after) <= len(before) * MAX_LOCKED_SHARE
    if len(after) > len(before) * MAX_TEASER_SHARE:
        return False
    if len(before) > MAX_ALERT_WORDS and len(after) <= len(before) * MAX_STUB_SHARE:
        return True
    beginning = _pairs(before[: len(after) + len(after) // 4 + 20])
    left = _pairs(after)
    return len(left & beginning) >= MIN_OF_BEGINNING * max(1, len(left))
