"""Talk of the page: lines that speak to the reader, of the publisher or of the page, and not of the world.

A whole sentence is talk of the page only if its words show it: it must name two of the reader ("you", "subscribe"), the
publisher ("our") and the page ("newsletter", "this article"), or be a set phrase ("all rights reserved"). A sentence with a
verb of saying, or one that owns up to an edit, is never talk of the page, nor is one in a language without word lists. A
line that is no sentence may be a label: a credit, a heading, a list of links.

`data/page_talk.tsv` has the words: a language (`mul`: all), a kind, and the words, which a comma and a space separate.
`^` before them: only where a clause begins; `*` after them: also the beginning of a longer word.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

from newsbot.text import word_count

MAX_LABEL_WORDS = 4
"""Maximum number of words of a part of a label; more words without a verb of saying may still be a sentence."""
MAX_CREDIT_WORDS = 8
"""Maximum number of words of a credit or heading that begins with a word such as "Photo" or "By"."""
STEM = 3
"""Number of letters by which words with endings are looked up; a listed stem has at least these."""

MAX_KEPT = 32
"""Maximum length of a word of which is kept what it begins."""
MAX_QUESTION_WORDS = 6
"""Maximum number of words of a question that leads to an invitation ("Got a tip? Write to us.")."""
PLAIN = 5
"""Minimum length of a Latin word that few other languages have with another meaning."""

_SPLIT = re.compile(r"(?<=[.!?…؟۔।։။។])(?<!\b\w\.)(?<!\b\w\w\.)[)\]»”]*\s+|(?<=[。！？።])\s*")
_END = re.compile(r"[.!?…。！？؟؛।۔։።။។．｡][)\]）»”]*$")
_WORD = re.compile(r"[^\s!-,./:-@\[-`{-©«¬®-±¶·»¿‐-⁞،؛؟۔।॥։።፣።、-〃〈-】！-／：-＠・]+")
_CLAUSE = re.compile(r"[^\s'’]")
_QUESTION = re.compile(r"[?？؟]$")
_COLON = re.compile(r"\s?[:：]")
_PARTS = re.compile(r"\s[-–—]\s|[|•·∙▪■►/;,，、；|]+")
_CONTACT = re.compile(r"\S@\w|https?://|www\.\w|\w\.(?:com|org|net)\b")
_SIGNS_OF_CONTACT = ("@", "://", "www.", ".com", ".org", ".net")
"""One of these is in every text with a contact: looking for them takes less time."""
_RIGHTS = re.compile(r"©|℗|(?:\(c\)|\bcopyright) ?\d{4}", re.IGNORECASE)
_SIGNS_OF_RIGHTS = ("©", "℗", "(c)", "copyr")
"""One of these is in every text with a notice of rights, in lower case."""
_SPACELESS = {"zh", "ja", "ko", "th", "lo", "km", "my"}
"""Languages whose words are looked for anywhere: they put no spaces between words, or join endings to them."""
_SPACELESS_LETTER = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
)
_JOINED = frozenset("وفبلكושבלהמ")
"""Arabic and Hebrew words that are written as one with the next word."""
_CASED = frozenset({"Sie", "Ihnen", "US"})
"""Words that mean something else in lower case."""


class _Entry(NamedTuple):
    language: str
    kind: str
    is_first: bool
    """Whether it counts only where a clause begins."""
    is_label: bool
    """Whether it counts only in a line that is no sentence, or before a colon."""
    is_plain: bool
    """Whether it is long enough to show that the line is in this language."""


@dataclass(frozen=True, slots=True)
class _Lists:
    """The word lists, by the way in which they are looked up."""

    phrases: dict[str, list[tuple[list[str], _Entry]]]
    """First word -> the whole phrases."""
    stems: dict[str, list[tuple[str, _Entry]]]
    """First letters -> the whole stems."""
    anywhere: list[tuple[str, _Entry]]


def ends_sentence(text: str) -> bool:
    """Return whether a line ends as sentences do."""
    return _END.search(text) is not None


@lru_cache(maxsize=2_048)
def is_page_talk(text: str) -> bool:
    """Return whether a line speaks of the page, or is a label, in all its sentences."""
    shown: list[_Shown] = []
    for sentence in _sentences(text):
        if sentence.is_reporting or not (sentence.is_talk or sentence.is_label or sentence.is_address):
            return False
        shown.append(sentence)
    return any(sentence.is_talk for sentence in shown) or (len(shown) == 1 and shown[0].is_label)


def is_reporting(text: str) -> bool:
    """Return whether somebody says something in a line, or the page owns up to an edit."""
    return any(sentence.is_reporting or sentence.is_said for sentence in _sentences(text))


def invites_reader(text: str) -> bool:
    """Return whether every sentence of a line asks the reader for something on the publisher's page."""
    return bool(text.strip()) and all(sentence.is_invitation for sentence in _sentences(text))


def _sentences(text: str) -> Iterator[_Shown]:
    """Yield what the sentences of a line show; whoever has seen enough stops."""
    return (_Shown(sentence) for sentence in _SPLIT.split(text) if sentence.strip())


class _Shown:
    """What the words of one sentence or line show."""

    def __init__(self, text: str) -> None:
        self.is_sentence = ends_sentence(text)
        self.words = word_count(text)
        self.text = text
        self.kinds: dict[str, set[str]] = defaultdict(set)
        self.is_pointer, self.plain_kinds, plain = False, set[str](), set[str]()
        for entry, is_pointer in _found(text, self.words, is_sentence=self.is_sentence):
            self.kinds[entry.language].add(entry.kind)
            self.is_pointer |= is_pointer and not self.is_sentence
            if entry.is_plain:
                plain.add(entry.language)
                self.plain_kinds.add(entry.kind)
        everywhere = self.kinds["mul"]
        if any(sign in text for sign in _SIGNS_OF_CONTACT) and _CONTACT.search(text):
            everywhere.add("page")
        folded = text.casefold()
        if any(sign in folded for sign in _SIGNS_OF_RIGHTS) and _RIGHTS.search(text):
            everywhere.add("notice")
        for language in plain:
            self.kinds[language] |= everywhere

    @property
    def is_reporting(self) -> bool:
        """Whether somebody says something, outside of a link's headline, or the page owns up to an edit."""
        return self._has("amended") or ("says" in self.plain_kinds and not self.is_pointer)

    @property
    def is_said(self) -> bool:
        """Whether it has a verb of saying of any language, which in another one may be another word."""
        return self._has("says")

    @property
    def is_talk(self) -> bool:
        """Whether the words of one language speak of the page, and in that language nobody says them."""
        return self.is_pointer or any(map(_speaks_of_page, self.kinds.values()))

    @property
    def is_address(self) -> bool:
        """Whether it speaks to the reader or of the publisher, or is a short question."""
        is_question = _QUESTION.search(self.text) is not None and self.words <= MAX_QUESTION_WORDS
        return bool(self.plain_kinds & {"reader", "us"}) or (is_question and not self.is_said)

    @property
    def is_invitation(self) -> bool:
        """Whether the words of one language name the reader, the publisher and the page, and nobody says them."""
        return not self.is_reporting and any(
            {"reader", "us"} <= kinds and kinds & {"page", "this"} and "says" not in kinds
            for kinds in self.kinds.values()
        )

    @property
    def is_label(self) -> bool:
        """Whether it is no sentence: a credit, a heading, links, or a word or two."""
        if self.is_sentence:
            return self.words <= 1
        is_short = all(word_count(part) <= MAX_LABEL_WORDS for part in _PARTS.split(self.text))
        return self.is_pointer or (is_short and not self.is_said)

    def _has(self, kind: str) -> bool:
        return any(kind in kinds for kinds in self.kinds.values())


def _speaks_of_page(kinds: set[str]) -> bool:
    return "says" not in kinds and (
        "notice" in kinds
        or {"reader", "us"} <= kinds
        or {"this", "terms"} <= kinds
        or (bool(kinds & {"page", "this"}) and bool(kinds & {"reader", "us"}))
        or {"bio", "staff", "us"} <= kinds
    )


def _found(text: str, words: int, *, is_sentence: bool) -> Iterator[tuple[_Entry, bool]]:
    """Yield the entries of the word lists that are in a line, and whether it begins with it and a colon."""
    may_be_credit = not is_sentence and words <= MAX_CREDIT_WORDS
    tokens = _folded_words(text)
    matches: list[re.Match[str]] = []
    for place, token in enumerate(tokens):
        for following, entry in _begun_by(token) if len(token) <= MAX_KEPT else _begun_by.__wrapped__(token):
            end, after = place + 1 + len(following), ""
            if following and tokens[place + 1 : end] != following:
                continue
            if entry.is_first:
                matches = matches or list(_WORD.finditer(text))
                if place and not _CLAUSE.search(text, matches[place - 1].end(), matches[place].start()):
                    continue
                after = text[matches[end - 1].end() :]
            if _counts(entry, after, may_be_credit=may_be_credit):
                yield entry, place == 0 and _is_pointer(entry, after)
    if _SPACELESS_LETTER.search(text):
        yield from _found_anywhere(_lists(), text.casefold(), may_be_credit=may_be_credit)


def _found_anywhere(lists: _Lists, text: str, *, may_be_credit: bool) -> Iterator[tuple[_Entry, bool]]:
    for phrase, entry in lists.anywhere:
        place = text.find(phrase)
        if place < 0 or (entry.is_first and place > 0):
            continue
        after = text[place + len(phrase) :] if entry.is_first else ""
        if _counts(entry, after, may_be_credit=may_be_credit):
            yield entry, _is_pointer(entry, after)


def _counts(entry: _Entry, after: str, *, may_be_credit: bool) -> bool:
    return not entry.is_label or may_be_credit or _COLON.match(after) is not None


def _is_pointer(entry: _Entry, after: str) -> bool:
    return entry.kind == "notice" and _COLON.match(after) is not None


@lru_cache(maxsize=8_192)
def _begun_by(token: str) -> list[tuple[list[str], _Entry]]:
    """Return the phrases and stems that a word begins: the words that must follow it, and the entry."""
    lists = _lists()
    found = [(phrase[1:], entry) for phrase, entry in lists.phrases.get(token, ())]
    found += [([], entry) for stem, entry in lists.stems.get(token[:STEM], ()) if token.startswith(stem)]
    if token[0] in _JOINED:
        found += [(phrase[1:], entry) for phrase, entry in lists.phrases.get(token[1:], ())]
    return found


def _folded_words(text: str) -> list[str]:
    if any(word in text for word in _CASED):
        return [_folded(token) for token in _WORD.findall(text)]
    return _WORD.findall(text.casefold())


def _folded(token: str) -> str:
    return token if token in _CASED else token.casefold()


@cache
def _lists() -> _Lists:
    lists = _Lists(defaultdict(list), defaultdict(list), [])
    table = files("newsbot.languages").joinpath("data", "page_talk.tsv").read_text(encoding="utf-8")
    for line in table.splitlines()[1:]:
        language, kind, words = line.split("\t")
        for word in words.split(", "):
            _add(lists, word, language, kind)
    return lists


def _add(lists: _Lists, word: str, language: str, kind: str) -> None:
    is_first, is_anywhere = word.startswith("^"), language in _SPACELESS
    phrase = [_folded(match[0]) for match in _WORD.finditer(word.removeprefix("^").removesuffix("*"))]
    is_label = kind == "notice" and is_first and (is_anywhere or len(phrase) == 1)
    is_plain = len(word) >= PLAIN or max(word) > "\u024f"
    entry = _Entry(language, kind, is_first, is_label, is_plain)
    if is_anywhere:
        lists.anywhere.append((word.removeprefix("^").casefold(), entry))
    elif word.endswith("*"):
        lists.stems[phrase[0][:STEM]].append((phrase[0], entry))
    else:
        lists.phrases[phrase[0]].append((phrase, entry))
