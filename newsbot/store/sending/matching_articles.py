"""Which of a few articles a query finds: what outputs and watches ask of every batch of changes."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsbot.store.index import full_text
from newsbot.store.schema.models import ArticleRow
from newsbot.store.search.filters import Filters, conditions_on, day_conditions, narrow
from newsbot.store.search.matching import ask, where


def matching_articles(session: Session, ids: Collection[int], query: str, filters: Filters) -> set[int]:
    """Return those of the ids whose articles a query finds and that meet `filters`, whatever the size of the database.

    Raises QueryError and FilterError."""
    question = ask(session, query, filters)
    narrowed, connection = narrow(session, filters), session.connection()
    given = select(ArticleRow.id).where(ArticleRow.id.in_(sorted(ids)))
    wanted = [*conditions_on(ArticleRow, narrowed), *day_conditions(filters)]
    wanted += [where(connection, part, ArticleRow.id.expression) for part in question.others]
    if question.indexed is not None:
        wanted.append(ArticleRow.id.in_(full_text.matches(connection, question.indexed, among=given)))
    return set(session.scalars(given.where(*wanted)))
