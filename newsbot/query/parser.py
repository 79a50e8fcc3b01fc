"""Parses queries.

    query = or          or = and { OR and }          and = not { [AND] not }
    not = [ NOT | - ] near          near = primary [ NEAR/n primary ]
    primary = ( or ) | field: value | word | "phrase"

AND binds tighter than OR: `a OR b c` is `a OR (b AND c)`.
"""

from __future__ import annotations

import re
from dataclasses import replace

from newsbot.query.lexer import Kind, Token, tokens
from newsbot.query.query_error import ACCEPTED, QueryError
from newsbot.query.query_tree import NAMED_FIELDS, And, Field, Leaf, Near, Node, Not, Or, leaves
from newsbot.query.query_words import is_unspaced, words

MAX_LEAVES = 200
"""Maximum number of words, phrases and names in a query."""
MAX_WORDS = 400
"""Maximum number of words in a query, those of phrases counted one by one."""
MAX_DEPTH = 20
"""Maximum number of parentheses inside each other: SQLite cannot parse more than about fifty."""
MAX_DISTANCE = 20
"""Maximum n of NEAR/n."""
MIN_PREFIX_CHARS = 3
"""Shorter beginnings of words are found almost everywhere."""

_LEADING = re.compile(r"^[\s,;]+|[\s,;]+$")


def parse(query: str) -> Node | None:
    """Return the tree of a query; None if it is empty. Raises QueryError."""
    if not query.strip():
        return None
    return _Parser(query).parse()


class _Parser:
    """A parser by recursive descent, of one query."""

    def __init__(self, query: str) -> None:
        self._query = query
        self._tokens = tokens(query)
        self._token = next(self._tokens)
        self._leaves = 0
        self._words = 0
        self._open: list[Token] = []
        self._field: Field | None = None

    def parse(self) -> Node:
        """Return the whole tree."""
        tree = self._or()
        if self._token.kind == ")":
            raise self._error("this parenthesis was not opened")
        return tree

    # -------------------------------------------------------------- operators

    def _or(self) -> Node:
        parts = [self._and()]
        while self._token.kind == "or":
            operator = self._advance()
            self._check_operand(operator)
            parts.append(self._and())
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def _and(self) -> Node:
        parts = [self._not()]
        while self._token.kind not in {"or", ")", "end"}:
            if self._token.kind == "and":
                self._check_operand(self._advance())
            parts.append(self._not())
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _not(self) -> Node:
        if self._token.kind != "not":
            return self._near()
        operator = self._advance()
        if self._token.kind == "not":
            raise self._error(f"{self._token.text} after {operator.text}")
        self._check_operand(operator)
        return Not(self._near())

    def _near(self) -> Node:
        one = self._primary()
        if self._token.kind != "near":
            return one
        operator = self._advance()
        if not 1 <= operator.distance <= MAX_DISTANCE:
            accepted = f"accepted: NEAR/1 to NEAR/{MAX_DISTANCE}"
            raise self._error(f"the number of {operator.text} is out of range", operator, accepted=accepted)
        self._check_operand(operator)
        self._refuse("not", "NEAR cannot exclude", "NOT (one NEAR/5 other)")
        other = self._primary()
        self._refuse("near", "NEAR joins two words only", "(one NEAR/5 two) (two NEAR/5 three)")
        return self._nearby(operator, one, other)

    def _refuse(self, kind: Kind, reason: str, accepted: str) -> None:
        if self._token.kind == kind:
            raise self._error(reason, accepted=f"accepted: {accepted}")

    def _nearby(self, operator: Token, one: Node, other: Node) -> Near:
        sides = [_alternatives(side) for side in (one, other)]
        found = [leaf for side in sides for leaf in side]
        if not all(sides) or any(leaf.field in NAMED_FIELDS for leaf in found):
            accepted = 'accepted: word NEAR/5 "a phrase", (one OR two) NEAR/5 three'
            raise self._error("NEAR joins words, phrases, or words with OR", operator, accepted=accepted)
        if len({leaf.field for leaf in found}) > 1:
            accepted = "accepted: title:(one NEAR/5 two)"
            raise self._error("NEAR joins words of one field", operator, accepted=accepted)
        return Near(sides[0], sides[1], operator.distance, operator.position)

    def _check_operand(self, operator: Token) -> None:
        if self._token.kind in {"and", "or", "near", ")", "end"}:
            raise self._error(f"nothing follows {operator.text}", operator)

    # -------------------------------------------------------------- operands

    def _primary(self) -> Node:
        token = self._token
        if token.kind == "(":
            return self._group()
        if token.kind == "field":
            return self._in_field()
        if token.kind in {"word", "phrase"}:
            return self._leaf(self._advance())
        if token.kind == ")":
            if self._open:
                raise self._error("there is nothing in these parentheses", self._open[-1])
            raise self._error("this parenthesis was not opened")
        if token.kind == "end" and self._open:
            raise self._error("this parenthesis is not closed", self._open[-1])
        raise self._error(f"nothing is before {token.text}" if token.text else "something is missing here")

    def _group(self) -> Node:
        self._open.append(self._advance())
        if len(self._open) > MAX_DEPTH:
            raise self._error("too many parentheses inside each other", accepted=f"accepted: {MAX_DEPTH}")
        tree = self._or()
        if self._token.kind != ")":
            raise self._error("this parenthesis is not closed", self._open[-1])
        self._open.pop()
        self._advance()
        return tree

    def _in_field(self) -> Node:
        token = self._advance()
        if self._field is not None:
            raise self._error(f"{token.text}: inside {self._field}:", token)
        if self._token.kind not in {"word", "phrase", "("}:
            raise self._error(f"{token.text}: must be followed by its value", token)
        self._field = token.field
        tree = self._group() if self._token.kind == "(" else self._leaf(self._advance())
        self._field = None
        return tree

    def _leaf(self, token: Token) -> Node:
        if self._field in NAMED_FIELDS:
            return self._names(token)
        found = list(words(token.text))
        # The last character of a run without spaces is also part of the pair before. A single one may begin a pair.
        is_prefix = token.is_prefix
        if found and len(found[-1].text) == 1 and is_unspaced(found[-1].text):
            is_prefix = not found[-1].is_rest
            found = found[:-1] if found[-1].is_rest else found
        if not found:
            raise self._error(f"there is no word in {token.text[:40]!r}", token)
        if (
            token.is_prefix
            and is_prefix
            and not is_unspaced(found[-1].text)
            and len(found[-1].text) < MIN_PREFIX_CHARS
        ):
            accepted = f"accepted: at least {MIN_PREFIX_CHARS} letters before *"
            raise self._error(f"{token.text[:40]}* is too short", token, accepted=accepted)
        leaf = Leaf(
            text=token.text,
            words=tuple(word.text for word in found),
            position=token.position,
            field=self._field,
            is_exact=token.is_exact or token.kind == "phrase",
            is_prefix=is_prefix,
        )
        return self._counted(leaf, token)

    def _names(self, token: Token) -> Node:
        if token.is_exact or token.is_prefix:
            raise self._error(f"names after {self._field}: are written in full, without = and *", token)
        whole = [token.text] if token.kind == "phrase" else token.text.split(",")
        names = [name for name in (_LEADING.sub("", part) for part in whole) if name]
        if not names:
            raise self._error(f"{self._field}: must be followed by a name", token)
        named = [Leaf(text=name, words=(), position=token.position, field=self._field) for name in names]
        parts = [self._counted(leaf, token) for leaf in named]
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def _counted(self, leaf: Leaf, token: Token) -> Leaf:
        self._leaves += 1
        self._words += len(leaf.words)
        if self._leaves > MAX_LEAVES or self._words > MAX_WORDS:
            accepted = f"accepted: {MAX_LEAVES} words, phrases and names, with {MAX_WORDS} words in them"
            raise self._error("the query is too long", token, accepted=accepted)
        return leaf

    # -------------------------------------------------------------- tokens

    def _advance(self) -> Token:
        token, self._token = self._token, next(self._tokens, self._token)
        return token

    def _error(self, reason: str, token: Token | None = None, *, accepted: str = ACCEPTED) -> QueryError:
        return QueryError(
            reason, query=self._query, position=(token or self._token).position, accepted=accepted
        )


def _alternatives(node: Node) -> tuple[Leaf, ...]:
    """Return the leaves of which one is near another word; none if the node is something else."""
    if isinstance(node, Leaf):
        return (node,)
    if isinstance(node, Or) and all(isinstance(part, Leaf) for part in node.parts):
        return tuple(leaves(node))
    return ()


def with_text(leaf: Leaf, text: str) -> Leaf:
    """Return a leaf that looks for another word in the same place."""
    return replace(leaf, text=text, words=tuple(word.text for word in words(text)))
