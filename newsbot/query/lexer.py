"""Splits a query into tokens: words, phrases, fields, operators."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal, cast

from newsbot.query.query_error import ACCEPTED, QueryError
from newsbot.query.query_tree import FIELDS, Field

MAX_QUERY_CHARS = 10_000

_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»「」『』＂", '"'))
_SPACE = re.compile(r"\s+")
_WORD = re.compile(r'(?:(?!&&)[^\s()"|])+')
_FIELD = re.compile(r"(?P<name>[^\W\d_]+):(?!//)(?P<value>.*)", re.DOTALL)
_NEAR = re.compile(r"NEAR(?:/(?P<distance>[+-]?\d*))?(?P<rest>.*)", re.DOTALL)
_FOREIGN = re.compile(r"[~^?\\{}\[\]<>]")
"""Operators of other programs, which mean nothing here."""
_DASHES = "–—−‐‑"
_OPERATORS: dict[str, Kind] = {"AND": "and", "OR": "or", "NOT": "not"}

Kind = Literal["(", ")", "and", "or", "not", "near", "field", "phrase", "word", "end"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A part of a query."""

    kind: Kind
    text: str
    """As written; of a phrase what is between the quotes, of a word the word without `=` and `*`."""
    position: int
    """Number of its first character, from 1."""
    field: Field | None = None
    distance: int = 0
    """The number of NEAR/n."""
    is_exact: bool = False
    is_prefix: bool = False


def tokens(query: str) -> Iterator[Token]:
    """Yield the tokens of a query, the last one of the kind `end`. Raises QueryError."""
    if len(query) > MAX_QUERY_CHARS:
        reason = f"it is {len(query):,} characters long"
        raise QueryError(
            reason, query=query, position=MAX_QUERY_CHARS + 1, accepted=f"accepted: {MAX_QUERY_CHARS:,}"
        )
    return _Lexer(query).tokens()


class _Lexer:
    """Reads a query from its beginning to its end."""

    def __init__(self, query: str) -> None:
        self._query = query
        self._text = query.translate(_QUOTES)
        self._at = 0

    def tokens(self) -> Iterator[Token]:
        """Yield the tokens."""
        while True:
            if space := _SPACE.match(self._text, self._at):
                self._at = space.end()
            if self._at >= len(self._text):
                yield self._token("end", "")
                return
            if found := self._next():
                yield found

    def _next(self) -> Token | None:
        char = self._text[self._at]
        if char in "()":
            return self._sign(cast(Kind, char), char)
        if char == '"':
            return self._phrase()
        for sign, kind in (("||", "or"), ("|", "or"), ("&&", "and")):
            if self._text.startswith(sign, self._at):
                return self._sign(cast(Kind, kind), sign)
        if char == "&" and self._is_free(self._at + 1):
            return self._sign("and", char)
        if char in "-!+":
            return self._prefix_sign(char)
        if char == "=":
            return self._exact()
        if char in _DASHES:
            raise self._error(f"{char!r} is a dash; to exclude a word, write a hyphen: -word")
        return self._word()

    def _sign(self, kind: Kind, sign: str) -> Token:
        token = self._token(kind, sign)
        self._at += len(sign)
        return token

    def _prefix_sign(self, sign: str) -> Token | None:
        if self._is_free(self._at + 1) or self._text[self._at + 1] in "-!+|&)":
            raise self._error(f"{sign!r} must be followed by what it belongs to")
        if sign != "+":
            return self._sign("not", sign)
        self._at += 1  # all words must occur in any case
        return None

    def _phrase(self) -> Token:
        end = self._text.find('"', self._at + 1)
        if end < 0:
            raise self._error("this quotation mark is not closed")
        token = self._token("phrase", self._text[self._at + 1 : end])
        self._at = end + 1
        if self._text[self._at : self._at + 1] in ("*", "~", "^"):
            raise self._error(f"{self._text[self._at]!r} after a phrase; * belongs to a single word: word*")
        return token

    def _exact(self) -> Token:
        start = self._at
        if self._text[start + 1 : start + 2] == '"':
            raise self._error("'=' before a phrase; a phrase is found as it is written in any case")
        if self._is_free(start + 1) or self._text[start + 1] in "()|=-":
            raise self._error("'=' must be followed by a word: =word")
        self._at += 1
        return self._word(is_exact=True)

    def _word(self, *, is_exact: bool = False) -> Token:
        match = _WORD.match(self._text, self._at)
        assert match is not None
        text = match[0]
        if not is_exact:
            if text in _OPERATORS:
                return self._sign(_OPERATORS[text], text)
            if (near := _NEAR.fullmatch(text)) and (token := self._near(near, text)):
                return token
            if (field := _FIELD.fullmatch(text)) and (token := self._field(field)):
                return token
        return self._plain(text, is_exact=is_exact)

    def _near(self, near: re.Match[str], text: str) -> Token | None:
        if near["distance"] is None and near["rest"]:
            return None  # a word that begins with NEAR
        if near["rest"] or not near["distance"] or not near["distance"].isdecimal():
            raise self._error("NEAR needs a number of words", accepted="accepted: one NEAR/5 other")
        token = self._token("near", text, distance=int(near["distance"][:6]))
        self._at += len(text)
        return token

    def _field(self, match: re.Match[str]) -> Token | None:
        name = match["name"].lower()
        after = self._at + len(name) + 1
        is_empty = not match["value"] and (self._is_free(after) or self._text[after] not in '("')
        if name not in FIELDS:
            if is_empty:
                return None  # a word with a colon behind it
            close = get_close_matches(name, FIELDS, n=1)
            hint = f" (did you mean {close[0]}:?)" if close else ""
            listed = " ".join(f"{field}:" for field in FIELDS)
            accepted = f'accepted: {listed}; or put it in quotes: "{match[0][:40]}"'
            raise self._error(f"there is no field {name}:{hint}", accepted=accepted)
        if is_empty or match["value"][:1] in ("-", "!", "+"):
            raise self._error(
                f"{name}: must be followed by its value, without a space", accepted=_values(name)
            )
        token = self._token("field", match["name"], field=cast(Field, name))
        self._at = after
        return token

    def _plain(self, text: str, *, is_exact: bool) -> Token:
        bare = text.removesuffix("*")
        if text == "*" or not bare:
            raise self._error("'*' alone; it belongs to the end of a word: word*")
        if "*" in bare:
            raise self._error("'*' must be the last sign of a word: word*", after=bare.index("*"))
        if foreign := _FOREIGN.search(bare):
            reason = f"{foreign[0]!r} is no operator here; to find what is written, put it in quotes"
            raise self._error(reason, after=foreign.start())
        if bare.startswith(":"):
            raise self._error("before ':' the name of a field is missing")
        is_prefix = bare != text
        token = self._token("word", bare, is_exact=is_exact, is_prefix=is_prefix)
        self._at += len(text)
        return token

    def _is_free(self, at: int) -> bool:
        """Return whether there is no character, or a space."""
        return at >= len(self._text) or self._text[at].isspace()

    def _token(
        self,
        kind: Kind,
        text: str,
        *,
        field: Field | None = None,
        distance: int = 0,
        is_exact: bool = False,
        is_prefix: bool = False,
    ) -> Token:
        return Token(
            kind=kind,
            text=text,
            position=self._at + 1,
            field=field,
            distance=distance,
            is_exact=is_exact,
            is_prefix=is_prefix,
        )

    def _error(self, reason: str, *, after: int = 0, accepted: str = ACCEPTED) -> QueryError:
        return QueryError(reason, query=self._query, position=self._at + after + 1, accepted=accepted)


def _values(field: str) -> str:
    example = {"source": "bbc-news", "lang": "en", "entity": '"Ada Kovac"'}.get(field, "word")
    return f'accepted: {field}:{example}, {field}:"two words", {field}:(one OR other)'
