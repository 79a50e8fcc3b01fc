"""The parsed form of a query."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Field = Literal["title", "author", "source", "lang", "entity", "section", "topic"]
FIELDS: tuple[Field, ...] = get_args(Field)
NAMED_FIELDS = frozenset({"source", "lang", "entity"})
"""Fields whose values are names that newsbot knows; those of the others are words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """What is looked for in one place: a word, a phrase or a name."""

    text: str
    """As it is written, without the signs `=`, `*` and quotes."""
    words: tuple[str, ...]
    """The words of the text, as they are indexed: a phrase if they are several."""
    position: int
    """Number of its first character in the query, from 1."""
    field: Field | None = None
    is_exact: bool = False
    """It is to be found as it is written; other words are found in all their forms."""
    is_prefix: bool = False
    """The last word may be the beginning of a longer one."""


@dataclass(frozen=True, slots=True)
class Near:
    """Two places that are few words apart, in either order; one of several leaves each."""

    one: tuple[Leaf, ...]
    other: tuple[Leaf, ...]
    distance: int
    """Maximum difference of their positions; 1: next to each other."""
    position: int


@dataclass(frozen=True, slots=True)
class And:
    """All of several parts."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one of several parts."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Not the part."""

    part: Node


Node = Leaf | Near | And | Or | Not


def leaves(node: Node, *, wanted: bool = True) -> list[Leaf]:
    """Return the leaves of a tree in the order of the query: those that are wanted, or those that are excluded."""
    match node:
        case Leaf():
            return [node] if wanted else []
        case Near():
            return [*node.one, *node.other] if wanted else []
        case Not():
            return leaves(node.part, wanted=not wanted)
        case And() | Or():
            return [leaf for part in node.parts for leaf in leaves(part, wanted=wanted)]
