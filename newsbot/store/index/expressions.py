"""What the full-text index is asked: the words of a query with all their forms, and how both databases write that."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from newsbot.store.index.filter_terms import EVERY


@dataclass(frozen=True, slots=True)
class Run:
    """Words next to each other."""

    words: tuple[str, ...]
    is_prefix: bool = False
    """The last word may be the beginning of a longer one."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two runs, in either order; from the end of the first to the start of the second it is `distance` words or less."""

    one: tuple[Run, ...]
    other: tuple[Run, ...]
    """One of the runs on each side. No word is on both sides: the databases disagree on what is near itself."""
    distance: int


@dataclass(frozen=True, slots=True)
class Occurs:
    """One of several runs, or a pair, occurs in an article."""

    places: tuple[Run, ...] | Pair
    in_title: bool = False


@dataclass(frozen=True, slots=True)
class Labelled:
    """An article has at least one of several filter terms."""

    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mentions:
    """An article mentions one of several entities. The index does not know this: see `is_indexed`."""

    entity_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class All:
    """All of the parts."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """At least one of the parts."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Without:
    """Not the part."""

    part: Expression


Expression = Occurs | Labelled | Mentions | All | Either | Without

EVERYTHING = Labelled((EVERY,))


def all_of(*parts: Expression) -> Expression:
    """Return the parts as one; those that are `All` themselves are taken apart."""
    flat = tuple(inner for part in parts for inner in (part.parts if isinstance(part, All) else (part,)))
    return flat[0] if len(flat) == 1 else All(flat)


def any_of(*parts: Expression) -> Expression:
    """Return the parts as one; those that are `Either` themselves are taken apart."""
    flat = tuple(inner for part in parts for inner in (part.parts if isinstance(part, Either) else (part,)))
    return flat[0] if len(flat) == 1 else Either(flat)


def is_indexed(expression: Expression) -> bool:
    """Return whether the full-text index alone can answer."""
    match expression:
        case Mentions():
            return False
        case All() | Either():
            return all(map(is_indexed, expression.parts))
        case Without():
            return is_indexed(expression.part)
        case _:
            return True


def wanted_runs(expression: Expression) -> Iterator[Occurs]:
    """Yield what articles are to contain, not what they must not contain."""
    match expression:
        case Occurs():
            yield expression
        case All() | Either():
            for part in expression.parts:
                yield from wanted_runs(part)


def size(expression: Expression) -> int:
    """Return how many runs of words, and pairs of them, the index has to look up."""
    match expression:
        case Occurs(places=Pair(one=one, other=other)):
            return len(one) * len(other)
        case Occurs(places=tuple(runs)):
            return len(runs)
        case All() | Either():
            return sum(map(size, expression.parts))
        case Without():
            return size(expression.part)
        case _:
            return 1


# ------------------------------------------------------------------ FTS5


def fts5(expression: Expression) -> str:
    """Return an expression that is indexed in the language of SQLite's FTS5."""
    match expression:
        case Occurs():
            return _fts5_occurs(expression)
        case Labelled():
            return _joined(" OR ", [f'"{term}"' for term in expression.terms])
        case All():
            wanted = [fts5(part) for part in expression.parts if not isinstance(part, Without)]
            excluded = [fts5(part.part) for part in expression.parts if isinstance(part, Without)]
            found = _joined(" AND ", wanted or [f'"{EVERY}"'])
            return f"({found} NOT {_joined(' OR ', excluded)})" if excluded else found
        case Either():
            return _joined(" OR ", list(map(fts5, expression.parts)))
        case Without():
            return f'("{EVERY}" NOT {fts5(expression.part)})'
        case Mentions():
            raise AssertionError("entities are not in the full-text index")


def _fts5_occurs(occurs: Occurs) -> str:
    if isinstance(occurs.places, Pair):
        pair = occurs.places
        found = [
            f"NEAR({_fts5_run(one)} {_fts5_run(other)}, {pair.distance - 1})"
            for one in pair.one
            for other in pair.other
        ]
    else:
        found = list(map(_fts5_run, occurs.places))
    joined = _joined(" OR ", found)
    return f"({{title}} : {joined})" if occurs.in_title else joined


def _fts5_run(run: Run) -> str:
    return f'"{" ".join(run.words)}"' + (" *" if run.is_prefix else "")


def _joined(operator: str, parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"({operator.join(parts)})"


# ------------------------------------------------------------------ tsquery


def tsquery(expression: Expression) -> str:
    """Return an expression that is indexed in the language of PostgreSQL's tsquery."""
    match expression:
        case Occurs():
            return _tsquery_occurs(expression)
        case Labelled():
            return _joined(" | ", [f"'{term}'" for term in expression.terms])
        case All():
            parts = list(map(tsquery, expression.parts))
            is_wanted = any(not isinstance(part, Without) for part in expression.parts)
            return _joined(" & ", parts if is_wanted else [f"'{EVERY}'", *parts])
        case Either():
            return _joined(" | ", list(map(tsquery, expression.parts)))
        case Without():
            # Without a word that must occur, PostgreSQL would read the whole index.
            return f"('{EVERY}' & !{tsquery(expression.part)})"
        case Mentions():
            raise AssertionError("entities are not in the full-text index")


def _tsquery_occurs(occurs: Occurs) -> str:
    weight = "A" if occurs.in_title else ""
    if isinstance(occurs.places, Pair):
        one, other = (
            _joined(" | ", [_tsquery_run(run, weight) for run in side])
            for side in (occurs.places.one, occurs.places.other)
        )
        orders = ((one, other), (other, one))
        distances = range(1, occurs.places.distance + 1)
        return _joined(
            " | ", [f"({left} <{distance}> {right})" for distance in distances for left, right in orders]
        )
    return _joined(" | ", [_tsquery_run(run, weight) for run in occurs.places])


def _tsquery_run(run: Run, weight: str) -> str:
    marks = [weight] * (len(run.words) - 1) + [("*" if run.is_prefix else "") + weight]
    return _joined(
        " <-> ",
        [f"'{word}'" + (f":{mark}" if mark else "") for word, mark in zip(run.words, marks, strict=True)],
    )
