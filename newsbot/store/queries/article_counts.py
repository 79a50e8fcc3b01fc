"""Numbers of articles and of stubs.

Articles are counted as all rows without the stubs: both numbers can be read from an index, while a condition on the kind
would have to look at every row.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from newsbot.items import STUB
from newsbot.store.schema.models import IS_STUB, ArticleRow

_COLUMNS = (ArticleRow.source, ArticleRow.language, ArticleRow.dated_at, ArticleRow.published_offset_min)
# OFFSET 0 has SQLite look for the stubs first: it would read all articles in the order of their sources instead.
STUBS = select(*_COLUMNS).where(IS_STUB).offset(0).subquery("stubs").columns
"""The columns of the stubs alone."""


class SourceTotals(NamedTuple):
    """The numbers of one source."""

    source: str | None
    article_count: int
    stub_count: int
    newest_at: datetime | None
    """Date of its newest article; None if it has stubs alone."""


def articles_by(session: Session, value_of: Callable[[Any], Any]) -> list[tuple[Any, int]]:
    """Return values of articles and their numbers of articles, the most frequent first.

    `value_of` returns the value, given what has the columns `source`, `language`, `dated_at` and `published_offset_min` of
    articles."""
    count = Counter(_counts(session, value_of(ArticleRow)))
    count.subtract(_counts(session, value_of(STUBS)))
    found = [(key, number) for key, number in count.items() if number]
    return sorted(found, key=lambda pair: (-pair[1], pair[0] is None, str(pair[0])))


def _counts(session: Session, value: Any) -> dict[Any, int]:
    return dict(session.execute(select(value, func.count()).group_by(value)).all())


def source_totals(session: Session) -> list[SourceTotals]:
    """Return the numbers of every source that has articles or stubs, the one with most articles first."""
    stubs = {source: (count, last) for source, count, last in session.execute(_totals(STUBS))}
    found = []
    for source, count, last in session.execute(_totals(ArticleRow)).all():
        stub_count, last_stub = stubs.get(source, (0, None))
        newest_at = newest_article_at(session, source) if last == last_stub else last
        found.append(SourceTotals(source, count - stub_count, stub_count, newest_at))
    return sorted(
        found, key=lambda totals: (-totals.article_count, totals.source is None, totals.source or "")
    )


def _totals(articles: Any) -> Select[str | None, int, datetime]:
    return select(articles.source, func.count(), func.max(articles.dated_at)).group_by(articles.source)


def newest_article_at(session: Session, source: str | None) -> datetime | None:
    """Return the date of the newest article of a source; None if it has none."""
    query = select(ArticleRow.dated_at).where(ArticleRow.source == source, ArticleRow.kind != STUB)
    return session.scalar(query.order_by(ArticleRow.dated_at.desc()).limit(1))
