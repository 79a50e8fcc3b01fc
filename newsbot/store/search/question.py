"""What a query asks of a database: the forms of its words, and the sources, languages and entities that it names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from newsbot.query.parser import parse
from newsbot.query.query_error import QueryError
from newsbot.query.query_tree import And, Leaf, Near, Node, Not, Or, leaves
from newsbot.query.query_words import is_inflected
from newsbot.query.stems import STEMMED_LANGUAGES, UNSTEMMED, stem
from newsbot.store.index import vocabulary
from newsbot.store.index.expressions import (
    All,
    Expression,
    Labelled,
    Mentions,
    Occurs,
    Pair,
    Run,
    Without,
    all_of,
    any_of,
    is_indexed,
    size,
)
from newsbot.store.index.filter_terms import name_term, rules_term
from newsbot.store.index.index_entries import NAME_SIGNS, signed
from newsbot.store.search.named import entity_ids_of, language_of, source_of_name

MAX_SIZE = 4_000
"""Maximum number of words and pairs of words that the index looks up for one query."""

_Forms = Mapping[tuple[str, str], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Question:
    """A query that is understood."""

    tree: Node | None = None
    """None: the query is empty, and finds everything."""
    expression: Expression | None = None

    @property
    def indexed(self) -> Expression | None:
        """The part of the question that the full-text index answers; None if there is none."""
        parts = [part for part in self._parts() if is_indexed(part)]
        return all_of(*parts) if parts else None

    @property
    def others(self) -> list[Expression]:
        """The parts of which all must hold beside `indexed`."""
        return [part for part in self._parts() if not is_indexed(part)]

    def _parts(self) -> Sequence[Expression]:
        if self.expression is None:
            return ()
        return self.expression.parts if isinstance(self.expression, All) else (self.expression,)


def understand(session: Session, query: str, languages: Iterable[str] = ()) -> Question:
    """Return what a query asks for. Raises QueryError.

    Words are looked for in the forms that they have in `languages`, or in all languages if none is given."""
    tree = parse(query)
    if tree is None:
        return Question()
    rules = frozenset(languages) or STEMMED_LANGUAGES | {UNSTEMMED}
    found = _Resolver(session, query, rules, _forms(session, tree, rules)).resolve(tree)
    if (count := size(found)) > MAX_SIZE:
        reason = f"its words stand for {count:,} forms and pairs of forms"
        accepted = f"accepted: {MAX_SIZE:,}; write fewer words, or =word for those that have one form only"
        raise QueryError(reason, query=query, position=1, accepted=accepted)
    return Question(tree, found)


def _forms(session: Session, tree: Node, rules: frozenset[str]) -> _Forms:
    words = {
        leaf.words[0] for wanted in (True, False) for leaf in leaves(tree, wanted=wanted) if _varies(leaf)
    }
    asked = {(language, stem(word, language)) for word in words for language in rules - {UNSTEMMED}}
    return vocabulary.forms_of(session.connection(), asked)


def _varies(leaf: Leaf) -> bool:
    """Return whether a leaf finds other forms of its word, too."""
    return (
        leaf.field in (None, "title")
        and len(leaf.words) == 1
        and not leaf.is_exact
        and not leaf.is_prefix
        and is_inflected(leaf.words[0])
    )


@dataclass(frozen=True, slots=True)
class _Resolver:
    """Turns the tree of a query into what the database is asked."""

    session: Session
    query: str
    rules: frozenset[str]
    forms: _Forms
    names: dict[tuple[str, str], Expression] = field(default_factory=dict)

    def resolve(self, node: Node) -> Expression:
        """Return a tree as an expression."""
        match node:
            case Leaf(field="source" | "lang" | "entity"):
                return self._named(node)
            case Leaf():
                return self._occurrence(node)
            case Near():
                return self._near(node)
            case Not():
                return Without(self.resolve(node.part))
            case And():
                return all_of(*map(self.resolve, node.parts))
            case Or():
                return any_of(*map(self.resolve, node.parts))

    def _named(self, leaf: Leaf) -> Expression:
        key = (leaf.field or "", leaf.text)
        if key not in self.names:
            self.names[key] = self._find_named(leaf)
        return self.names[key]

    def _find_named(self, leaf: Leaf) -> Expression:
        if leaf.field == "entity":
            return Mentions(tuple(entity_ids_of(self.session, leaf.text, self._place(leaf))))
        if leaf.field == "source":
            return Labelled(
                (name_term("source", source_of_name(self.session, leaf.text, self._place(leaf))),)
            )
        return Labelled((name_term("language", language_of(self.session, leaf.text, self._place(leaf))),))

    def _place(self, leaf: Leaf) -> tuple[str, int]:
        return self.query, leaf.position

    def _occurrence(self, leaf: Leaf) -> Expression:
        is_in_title = leaf.field == "title"
        if not _varies(leaf):
            return Occurs((_run(leaf),), is_in_title)
        by_forms: dict[tuple[Run, ...], list[str]] = {}
        for language in sorted(self.rules):
            if runs := self._runs(leaf, language):
                by_forms.setdefault(runs, []).append(rules_term(language))
        if not by_forms:
            return Occurs((_run(leaf),), is_in_title)
        return any_of(
            *(all_of(Occurs(runs, is_in_title), Labelled(tuple(terms))) for runs, terms in by_forms.items())
        )

    def _near(self, near: Near) -> Expression:
        sides = (near.one, near.other)
        is_in_title = near.one[0].field == "title"
        languages: list[str | None] = (
            [*sorted(self.rules)] if any(_varies(leaf) for side in sides for leaf in side) else [None]
        )
        by_pair: dict[Pair, list[str | None]] = {}
        for language in languages:
            one, other = (
                tuple(dict.fromkeys(run for leaf in side for run in self._runs(leaf, language)))
                for side in sides
            )
            self._check_different(near, one, other)
            if one and other:
                by_pair.setdefault(Pair(one, other, near.distance), []).append(language)
        if not by_pair:
            pair = Pair(tuple(map(_run, near.one)), tuple(map(_run, near.other)), near.distance)
            return Occurs(pair, is_in_title)
        return any_of(
            *(
                Occurs(pair, is_in_title)
                if None in found
                else all_of(
                    Occurs(pair, is_in_title),
                    Labelled(tuple(rules_term(language or UNSTEMMED) for language in found)),
                )
                for pair, found in by_pair.items()
            )
        )

    def _runs(self, leaf: Leaf, language: str | None) -> tuple[Run, ...]:
        """Return the forms of a leaf by the rules of a language; none if no article has one."""
        if language in (None, UNSTEMMED) or not _varies(leaf):
            return (_run(leaf),)
        word = leaf.words[0]
        return tuple(Run((form,)) for form in self.forms.get((language, stem(word, language)), ()))

    def _check_different(self, near: Near, one: tuple[Run, ...], other: tuple[Run, ...]) -> None:
        words = [{word for run in side for word in run.words} for side in (one, other)]
        begun = [
            {
                word
                for word in words[1 - place]
                for run in side
                if run.is_prefix and word.startswith(run.words[-1])
            }
            for place, side in enumerate((one, other))
        ]
        if same := sorted((words[0] & words[1]) | begun[0] | begun[1]):
            reason = f"both sides of NEAR stand for {same[0]!r}"
            accepted = "accepted: two different words"
            raise QueryError(reason, query=self.query, position=near.position, accepted=accepted)


def _run(leaf: Leaf) -> Run:
    words = signed(leaf.field, leaf.words) if leaf.field in NAME_SIGNS else leaf.words
    return Run(tuple(words), leaf.is_prefix)
