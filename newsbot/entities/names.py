"""Adjust the boundaries of the names that a network finds: titles, compounds, abbreviations, stock tickers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from newsbot.entities import tables
from newsbot.entities.tokens import Token
from newsbot.items import EntityType

NameSpan = tuple[int, int, EntityType]
"""Start offset, end offset and type of a name."""

_ABBREVIATIONS = frozenset(("Bros", "Co", "Corp", "Inc", "Jr", "Ltd", "Sr"))
_DOMAINS = frozenset(("com", "net", "org"))
_NOT_LAST = frozenset(("of", "the", "and", "for", "in", "(", "[", "<", "/"))
_NOT_FIRST = frozenset(("#", "(", "[", "<"))
_TICKER = re.compile(r"[A-Z]{2,5}\.[A-Z]{1,2}")
_PARTY_OF_STATE = re.compile(r"[DRI]-(?=[A-Z])")
_COMPOUND_END = re.compile(r"[a-z]+ed|led|born|run|held|made|bound|style|wide|area|friendly")


def end_of_name(words: Sequence[Token], end: int) -> int:
    """Return the end index of a name, extended beyond `end` by a full stop or domain of the name: "Gull Inc.", "Gull.com"."""
    last, (stop, domain) = words[end - 1], (words[i : i + 1] for i in (end, end + 1))
    if not stop or stop[0][:2] != (".", last.end):
        return end
    if domain and domain[0].text in _DOMAINS and domain[0].start == stop[0].end:
        return end + 2
    return end + 1 if last.text in _ABBREVIATIONS else end


def names_in(words: Sequence[Token], kind: EntityType) -> Iterator[NameSpan]:
    """Yield the name in `words`, without title, trailing "of", surrounding marks and stock ticker.

    A compound such as "Moscow-based" gives only its name; "U.S.-China" gives both names.
    """
    words = _without_title(words) if kind == "PER" else words
    while len(words) > 1 and words[-1].text in _NOT_LAST:
        words = words[:-1]
    while len(words) > 1 and words[0].text in _NOT_FIRST:
        words = words[1:]
    if kind == "ORG" and len(words) >= 3 and _TICKER.fullmatch("".join(word.text for word in words[-3:])):
        if len(words) == 3:
            return
        words = words[:-3]
    start, last = words[0].start, words[-1]
    if len(words) == 1 and "-" in last.text:
        yield from _names_in_compound(last, kind)
        return
    name, hyphen, rest = last.text.rpartition("-")
    compound = kind != "PER" and hyphen and name[:1].isupper() and _COMPOUND_END.fullmatch(rest)
    yield start, last.start + len(name) if compound else last.end, kind


def known_name(word: Token) -> Iterator[NameSpan]:
    """Yield the known name in a word that the network did not label: the first part of "Malaysia-based", or "WHO".

    A network with an uncased vocabulary takes "WHO" for the pronoun.
    """
    if word.text in tables.acronyms():
        yield word.start, word.end, "ORG"
        return
    if "-" not in word.text:
        return
    first, _, rest = word.text.partition("-")
    kind = _kind_of(first) if _COMPOUND_END.fullmatch(rest) else None
    if kind:
        yield word.start, word.start + len(first), kind


def _without_title(words: Sequence[Token]) -> Sequence[Token]:
    while words[0].text in tables.words("titles"):
        rest = words[2:] if words[1:2] and words[1].text == "." else words[1:]
        if not rest:
            break
        words = rest
    return words


def _names_in_compound(word: Token, kind: EntityType) -> Iterator[NameSpan]:
    """Yield the names in a word with a hyphen: its first part, both parts, the state of "D-Iowa", or the whole word."""
    text, start = word.text, word.start
    first, _, rest = text.partition("-")
    kinds = _kind_of(first), _kind_of(rest)
    if first[:1].isupper() and (rest.islower() or rest in tables.demonyms()):
        yield start, start + len(first), kind
    elif kinds[0] and kinds[1] and not _kind_of(text):
        yield start, start + len(first), kinds[0]
        yield start + len(first) + 1, word.end, kinds[1]
    elif _PARTY_OF_STATE.match(text) and kind != "LOC":
        yield start + 2, word.end, "LOC"
    else:
        yield start, word.end, kind


def _kind_of(name: str) -> EntityType | None:
    """Return the type of a country or of a name in the table of aliases; None for any other name."""
    if ("ORG", name) in tables.aliases():
        return "ORG"
    return "LOC" if name in tables.countries() or ("LOC", name) in tables.aliases() else None
