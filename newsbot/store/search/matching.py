"""All articles that a query finds, for counts, exports and totals: `matching_ids` is a SELECT, to be built upon."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    and_,
    func,
    literal_column,
    not_,
    or_,
    select,
)
from sqlalchemy.orm import Session

from newsbot.items import STUB
from newsbot.query.stems import rules_of
from newsbot.store.index import full_text
from newsbot.store.index.expressions import (
    All,
    Either,
    Expression,
    Labelled,
    Mentions,
    Without,
    all_of,
    any_of,
    is_indexed,
)
from newsbot.store.index.filter_terms import name_term, period_terms
from newsbot.store.schema.models import ArticleEntity, ArticleRow
from newsbot.store.search.filters import Filters, Narrowed, conditions_on, day_conditions, narrow
from newsbot.store.search.question import Question, understand

DENSE = 0.2
"""Share of all articles above which SQLite goes through all of them: as fast at a quarter, twice as fast at all."""
MAX_NAMES = 100
"""Maximum number of names by which the index narrows a search; longer lists are conditions on the rows alone."""


def check_query(session: Session, query: str) -> None:
    """Raise QueryError if a query cannot be understood, or names a source, language or entity that does not exist."""
    understand(session, query)


def ask(session: Session, query: str, filters: Filters) -> Question:
    """Return what a query asks for, in the languages that filters let pass. Raises QueryError."""
    return understand(session, query, map(rules_of, filters.language))


def matching_ids(session: Session, query: str, filters: Filters) -> Select[int]:
    """Return a SELECT of the ids of all articles that a query finds and that meet `filters`, in no order.

    An empty query finds everything. `limit` and `sort` of the filters do not count. Raises QueryError."""
    return ids_of(session, ask(session, query, filters), filters)


def matching_conditions(
    session: Session, query: str, filters: Filters, *, for_counts: bool = False
) -> list[ColumnElement[bool]]:
    """Return the SQL conditions on `articles` that a query finds them, and that they meet `filters`.

    With `for_counts`, SQLite goes through all articles if more than `DENSE` of them are found, in an index if that has the
    columns that are asked for, instead of looking up each one. Raises QueryError and FilterError."""
    question = ask(session, query, filters)
    return _conditions(session, question, narrow(session, filters), for_counts=for_counts)


def _conditions(
    session: Session, question: Question, narrowed: Narrowed, *, for_counts: bool
) -> list[ColumnElement[bool]]:
    connection, filters = session.connection(), narrowed.filters
    others = [where(connection, part, ArticleRow.id.expression) for part in question.others]
    wanted = [*conditions_on(ArticleRow, narrowed), *day_conditions(filters), *others]
    if question.indexed is None:
        return wanted
    labels = filter_labels(narrowed)
    if not others and _is_answered_by_labels(narrowed):
        wanted = []
    else:
        labels += _period(session, filters)
    found = full_text.matches(connection, all_of(question.indexed, *labels))
    is_scan = for_counts and connection.dialect.name == "sqlite" and _is_dense(session, found)
    row_id = literal_column("+articles.id", BigInteger) if is_scan else ArticleRow.id.expression
    return [row_id.in_(found), *wanted]


def _is_dense(session: Session, found: Select[int]) -> bool:
    """Return whether the full-text index finds more than `DENSE` of all articles; no more are looked at."""
    enough = int(DENSE * (session.scalar(select(func.max(ArticleRow.id))) or 0)) + 1
    some = found.limit(enough).subquery()
    return session.connection().scalar(select(func.count()).select_from(some)) == enough


def count_articles(session: Session, query: str, filters: Filters) -> int:
    """Return the number of all articles that a query finds and that meet `filters`. Raises QueryError."""
    return count_matching(session, ask(session, query, filters), filters)


def count_matching(session: Session, question: Question, filters: Filters) -> int:
    """Return the number of articles that a question finds and that meet `filters`."""
    narrowed, count = narrow(session, filters), select(func.count())
    if question.indexed is not None and not question.others and _is_answered_by_labels(narrowed):
        found = full_text.matches(session.connection(), all_of(question.indexed, *filter_labels(narrowed)))
        query = count.select_from(found.subquery())
    else:
        wanted = _conditions(session, question, narrowed, for_counts=True)
        query = count.select_from(ArticleRow).where(*wanted)
    return session.connection().scalar(query) or 0


def ids_of(session: Session, question: Question, filters: Filters) -> Select[int]:
    """Return a SELECT of the ids of all articles that a question finds and that meet `filters`."""
    connection, narrowed = session.connection(), narrow(session, filters)
    indexed = question.indexed
    others = [where(connection, part, ArticleRow.id.expression) for part in question.others]
    wanted = [*conditions_on(ArticleRow, narrowed), *day_conditions(filters), *others]
    if indexed is None:
        return select(ArticleRow.id).where(*wanted)
    labels = filter_labels(narrowed)
    if not others and _is_answered_by_labels(narrowed):
        return full_text.matches(connection, all_of(indexed, *labels))
    found = full_text.matches(connection, all_of(indexed, *labels, *_period(session, filters)))
    return select(ArticleRow.id).where(full_text.one_of(connection, ArticleRow.id.expression, found), *wanted)


def where(
    connection: Connection, expression: Expression, article_id: ColumnElement[int]
) -> ColumnElement[bool]:
    """Return the condition on the column of ids of articles that they match an expression."""
    if is_indexed(expression):
        return article_id.in_(full_text.matches(connection, expression))
    match expression:
        case Mentions():
            mentioning = select(ArticleEntity.article_id)
            return article_id.in_(mentioning.where(ArticleEntity.entity_id.in_(expression.entity_ids)))
        case Without():
            return not_(where(connection, expression.part, article_id))
        case All():
            parts = _grouped(expression, all_of)
            return and_(*(where(connection, part, article_id) for part in parts))
        case Either():
            parts = _grouped(expression, any_of)
            return or_(*(where(connection, part, article_id) for part in parts))
        case _:
            raise AssertionError(expression)


def _grouped(expression: All | Either, joined: Any) -> list[Expression]:
    """Return the parts, those that the index answers as one."""
    indexed = [part for part in expression.parts if is_indexed(part)]
    others = [part for part in expression.parts if not is_indexed(part)]
    return [joined(*indexed), *others] if indexed else others


def filter_labels(narrowed: Narrowed) -> list[Expression]:
    """Return filters as filter terms of the full-text index, without the period, entities, and lists that are too long."""
    labels: list[Expression] = [
        Labelled(tuple(name_term(field, value) for value in values))
        for field, values in _names(narrowed).items()
        if 0 < len(values) <= MAX_NAMES
    ]
    if 0 < len(narrowed.excluded) <= MAX_NAMES:
        labels.append(Without(Labelled(tuple(name_term("source", key) for key in narrowed.excluded))))
    return labels


def _names(narrowed: Narrowed) -> dict[str, Sequence[str]]:
    filters = narrowed.filters
    return {
        "source": narrowed.sources or (),
        "language": filters.language,
        "section": filters.section,
        "kind": (STUB,) if filters.kind == (STUB,) else (),
    }


def _is_answered_by_labels(narrowed: Narrowed) -> bool:
    """Return whether `filter_labels` say all that the filters ask for."""
    filters = narrowed.filters
    return (
        narrowed.sources != ()
        and narrowed.entity_ids is None
        and filters.since is None
        and filters.until is None
        and filters.kind in {(), (STUB,)}
        and max(map(len, (*_names(narrowed).values(), narrowed.excluded))) <= MAX_NAMES
    )


def period_label(since: datetime, until: datetime) -> list[Labelled]:
    """Return filter terms of which every article between two moments has one; none if that is too long."""
    terms = period_terms(since, until)
    return [Labelled(tuple(terms))] if terms else []


def _period(session: Session, filters: Filters) -> list[Labelled]:
    if filters.since is None and filters.until is None:
        return []
    ends = func.min(ArticleRow.dated_at), func.max(ArticleRow.dated_at)
    first, last = (session.scalar(select(end)) for end in ends)
    if first is None or last is None:
        return []
    since, until = max(filters.earliest or first, first), min(filters.latest or last, last)
    return period_label(since, until) if since <= until else []
