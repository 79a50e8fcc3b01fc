"""What became of an article whose page says something else: nothing that a reader would care for, an edit, or a page
that is not the article any longer."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Literal, NamedTuple, TypeVar
from urllib.parse import urlsplit

from newsbot.dedupe.bounded_diff import opcodes
from newsbot.dedupe.fingerprints import words_of
from newsbot.dedupe.volatile import date_lines, is_sentence, strip_volatile
from newsbot.dedupe.words import Words, words
from newsbot.items import Article
from newsbot.text import word_count

T = TypeVar("T")

Verdict = Literal["same", "changed", "teaser", "other-article"]
"""`same`: no reader would call it changed. `teaser`: its beginning is left, or next to nothing. `other-article`: another one."""

MAX_ASIDE_WORDS = 30
"""Of a paragraph that may move, or be replaced, without a change of the article: an advertisement, a teaser."""
MAX_COUNTER_WORDS = 3
MAX_TEASER_SHARE = 0.6
"""Of the stored words: a text that is longer is no teaser of it."""
MAX_LOCKED_SHARE = 0.9
"""The same, where the page has come to say that it is not free."""
MAX_STUB_SHARE = 0.1
"""Of the stored words: so little is no article any longer, whatever it says ("This story is for subscribers")."""
MIN_OF_BEGINNING = 0.75
"""Of a teaser's word pairs, those that must stand in the beginning of the stored text; the rest asks for money."""
MAX_OTHER_TEXT, MAX_OTHER_TITLE, MAX_OTHER_NAMES = 0.08, 0.34, 0.3
"""Of word triples, words of titles and names, the shares in common below which an article is another one. Measured
(benchmarks/revisions.py): unrelated articles of one language share up to 0.024 of their triples, updates at least 0.30."""
MAX_DIFF_LINES = 1000
"""Of a changed stretch; a longer one counts as replaced. No article has half of it."""
MAX_ALERT_WORDS = 150
"""Of a first report, which the full one may replace word by word: it is known by the names that they have in common."""
REDATED = timedelta(days=1)
"""A publication date that moves by less is a clock or a time zone read otherwise."""

_SIGN = re.compile("[%‰?؟+$¢£¤¥֏؋৲৳૱௹฿៛\u20a0-\u20cf]")
_NUMBER = re.compile(r"\d+")
_GROUPED = re.compile(r"(?<=\d)[.,'’\s](?=\d{3}(?!\d))")


@dataclass(frozen=True, slots=True)
class Judgement:
    """What became of an article, and in one line why."""

    verdict: Verdict
    detail: str = ""


def judge(old: Article, new: Article) -> Judgement:
    """Tell what `new`, under the address of the stored `old`, is to it."""
    if not is_material(old, new):
        return Judgement("same")
    if sum(map(len, _common_lines(old.body, new.body))) >= MAX_LOCKED_SHARE * len(old.body):
        return Judgement("changed")  # what follows takes longer, and could say nothing else
    before, after = words(old.body), words(new.body)
    if _is_teaser(old, new, before.texts, after.texts):
        detail = f"{len(after.texts)} words are left of the {len(before.texts)} that are stored"
        return Judgement("teaser", detail)
    if _is_other(old, new, before, after):
        return Judgement("other-article", f"{new.title!r} in the place of {old.title!r}")
    return Judgement("changed")


def is_material(old: Article, new: Article) -> bool:
    """Tell whether a reader would call the article changed: its headline, its text, or what is said about it.

    Not by white space, case and typography, nor by what `passing` knows, paragraphs that are advertisements and move
    or are replaced, a language judged otherwise, or dates of modification alone."""
    return (
        is_text_changed(old, new)
        or any(_told(getattr(old, name)) != _told(getattr(new, name)) for name in ("description", "section"))
        or any(_names(getattr(old, name)) != _names(getattr(new, name)) for name in ("authors", "topics"))
        or _picture(old.image_url) != _picture(new.image_url)
        or (old.kind, old.is_free) != (new.kind, new.is_free)
        or _is_redated(old.published_at, new.published_at)
    )


def is_text_changed(old: Article, new: Article) -> bool:
    """Tell whether a reader would call the headline or the text changed."""
    return _told(old.title) != _told(new.title) or _is_body_changed(old.body, new.body)


def is_silent(old: Article, new: Article) -> bool:
    """Tell whether headline or text changed, and the page does not say so: neither its own date of modification, if
    it has one, nor a date line in the text moved."""
    has_moved = new.modified_at is not None and (old.modified_at is None or new.modified_at > old.modified_at)
    if has_moved or date_lines(new.body) - date_lines(old.body):
        return False
    return is_text_changed(old, new)


# ------------------------------------------------------------------ a reader's view


def _told(text: str | None) -> list[str]:
    """Return what a reader takes in of a text: its words and, after them, the signs that are more than typography."""
    normal = unicodedata.normalize("NFKC", _GROUPED.sub("", text or ""))
    return [*words_of(normal), *_SIGN.findall(normal)]


def _names(names: Iterable[str]) -> set[str]:
    return {" ".join(words_of(name)) for name in names}


def _picture(url: str | None) -> str:
    """Return the address of a picture without size, signature and the like."""
    return urlsplit(url).path if url else ""


def _is_redated(old: datetime | None, new: datetime | None) -> bool:
    if old is None or new is None:
        return new is not None
    return abs(new - old) >= REDATED


class _Line(NamedTuple):
    key: str
    """The same for lines that say the same."""
    text: str
    """What of it may not change by itself."""


def _is_body_changed(old: str, new: str) -> bool:
    common = _common_lines(old, new)
    before, after = _lines(old, common), _lines(new, common)
    gone, come = _unlike(before, after)
    ends = [[each.text for each in lines[-3:]] for lines in (before, after)]
    if len(gone) == len(come) <= 2 and sorted(map(_told, gone)) == sorted(map(_told, come)):
        return not all(map(_is_short, gone)) and _without_asides(before) != _without_asides(after)
    return not _are_counters(gone, come, *ends)


def _common_lines(old: str, new: str) -> set[str]:
    return set(old.split("\n")) & set(new.split("\n"))


def _lines(body: str, common: AbstractSet[str]) -> list[_Line]:
    """Return the lines of a text, those that the other text has not too without what may change by itself."""
    lines = []
    for line in body.split("\n"):
        text = line if line in common else strip_volatile(line)
        if text if line in common else words_of(text):
            lines.append(_Line(text if line in common else " ".join(_told(text)), text))
    return lines


def _unlike(before: Sequence[_Line], after: Sequence[_Line]) -> tuple[list[str], list[str]]:
    """Return the lines that are only in the one and in the other text, but for replaced teasers."""
    gone: list[str] = []
    come: list[str] = []
    one, other = ([each.key for each in lines] for lines in (before, after))
    for is_equal, i, j, k, m in opcodes(one, other, MAX_DIFF_LINES):
        old, new = [each.text for each in before[i:j]], [each.text for each in after[k:m]]
        # paragraphs joined or parted
        is_same = is_equal or _told(" ".join(old)) == _told(" ".join(new))
        if not is_same and not (i and _are_teasers(old, new)):
            gone += old
            come += new
    return gone, come


def _are_teasers(gone: Sequence[str], come: Sequence[str]) -> bool:
    """Tell whether as many lines that are no sentences have come as have gone, in quite other words.

    A publisher who edits a sub-headline keeps some of its words; one teaser has none of another's."""
    return len(gone) == len(come) and all(
        _is_aside(old) and _is_aside(new) and not set(words_of(old)) & set(words_of(new))
        for old, new in zip(gone, come, strict=True)
    )


def _is_aside(line: str) -> bool:
    return not is_sentence(line) and _is_short(line)


def _is_short(line: str) -> bool:
    return word_count(line) <= MAX_ASIDE_WORDS


def _without_asides(lines: Sequence[_Line]) -> list[str]:
    """Return the keys of the paragraphs that an advertisement may move between."""
    return [line.key for line in lines if not _is_aside(line.text)]


def _are_counters(gone: Sequence[str], come: Sequence[str], *ends: Sequence[str]) -> bool:
    """Tell whether only numbers are others, in lines of up to three words at the end: counters in any language."""
    are_last = all(each in end for lines, end in zip((gone, come), ends, strict=True) for each in lines)
    are_short = all(
        word_count(each) <= MAX_COUNTER_WORDS and not is_sentence(each) for each in (*gone, *come)
    )
    return are_last and are_short and _without_numbers(gone) == _without_numbers(come)


def _without_numbers(lines: Iterable[str]) -> list[str]:
    return [_NUMBER.sub("0", " ".join(_told(each))) for each in lines]


# ------------------------------------------------------------------ another page


def _pairs(texts: Sequence[str]) -> set[tuple[str, str]]:
    return set(pairwise(texts))


def _triples(texts: Sequence[str]) -> set[tuple[str, str, str]]:
    return set(zip(texts, texts[1:], texts[2:], strict=False))


def _is_teaser(old: Article, new: Article, before: Sequence[str], after: Sequence[str]) -> bool:
    is_locked = new.is_free is False and old.is_free is not False
    if new.kind == "live_blog" and not is_locked:
        return False  # its oldest entries go to further pages
    if is_locked:
        return len(after) <= len(before) * MAX_LOCKED_SHARE
    if len(after) > len(before) * MAX_TEASER_SHARE:
        return False
    if len(before) > MAX_ALERT_WORDS and len(after) <= len(before) * MAX_STUB_SHARE:
        return True
    beginning = _pairs(before[: len(after) + len(after) // 4 + 20])
    left = _pairs(after)
    return len(left & beginning) >= MIN_OF_BEGINNING * max(1, len(left))


def _is_other(old: Article, new: Article, before: Words, after: Words) -> bool:
    if _common(_title_words(old), _title_words(new)) >= MAX_OTHER_TITLE:
        return False
    if _common(_triples(before.texts), _triples(after.texts)) >= MAX_OTHER_TEXT:
        return False
    return (
        len(before.texts) > MAX_ALERT_WORDS or _common(_names_in(before), _names_in(after)) < MAX_OTHER_NAMES
    )


def _title_words(article: Article) -> set[str]:
    """Return the words of a headline that say what it is about: longer ones, if it has any."""
    said = set(words(article.title or "").texts)
    return {word for word in said if len(word) > 3 or not word.isascii()} or said


def _names_in(text: Words) -> set[str]:
    return {text.texts[place] for place in text.facts} - {each for each in text.texts if each[0].isdecimal()}


def _common(one: AbstractSet[T], other: AbstractSet[T]) -> float:
    """Return which share of the smaller set the other one has."""
    return len(one & other) / max(1, min(len(one), len(other)))
