"""What the articles that a query finds are, in numbers: for a paper's section on methods."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from newsbot.items import STUB, local_day
from newsbot.store.schema.models import ArticleRow
from newsbot.store.search.filters import Filters, conditions
from newsbot.store.search.matching import ask
from newsbot.store.search.windows import newest

BATCH = 5_000
"""Number of articles that are looked up in one statement."""

_BY = (
    ArticleRow.kind,
    ArticleRow.source,
    ArticleRow.language,
    ArticleRow.extractor_version,
    ArticleRow.entity_engine,
    ArticleRow.duplicate_of.is_not(None).label("is_duplicate"),
    ArticleRow.published_at.is_not(None).label("is_dated"),
)


@dataclass(slots=True, kw_only=True)
class Corpus:
    """The articles that a query finds, in numbers; all but `stub_count` are without stubs. None: newsbot cannot say."""

    article_count: int = 0
    stub_count: int = 0
    duplicate_count: int = 0
    """Number of articles that are copies of another article, whether the query finds that one or not."""
    undated_count: int = 0
    """Number of articles whose page gives no date. They count by when they were first seen."""
    first_day: date | None = None
    """Day of the earliest article, where it was published."""
    last_day: date | None = None
    by_source: Counter[str | None] = field(default_factory=Counter)
    by_language: Counter[str | None] = field(default_factory=Counter)
    by_extractor_version: Counter[str | None] = field(default_factory=Counter)
    by_entity_engine: Counter[str | None] = field(default_factory=Counter)


def count_corpus(session: Session, query: str, filters: Filters) -> Corpus:
    """Return the numbers of all articles that a search finds; without words, of all that meet the filters.

    Unlike a search, it counts however many there are."""
    corpus = Corpus()
    ends: list[Any] = []
    for wanted in _parts(session, query, filters):
        rows = session.execute(select(*_BY, func.count().label("number")).where(*wanted).group_by(*_BY))
        for row in rows:
            _add(corpus, row)
        ends += _ends(session, wanted)
    if ends:
        ends.sort(key=lambda end: end.dated_at)
        days = [local_day(end.dated_at, end.published_offset_min) for end in ends]
        corpus.first_day, corpus.last_day = days[0], days[-1]
    return corpus


def _parts(session: Session, query: str, filters: Filters) -> Iterator[list[ColumnElement[bool]]]:
    """Yield conditions that part the articles into groups: a batch of ids, or all of them if there are no words."""
    question = ask(session, query, filters)
    if question.tree is None:
        yield conditions(session, filters)
        return
    after = None
    while found := newest(session, question, filters, after=after, limit=BATCH):
        yield [ArticleRow.id.in_([article.id for article in found])]
        after = found[-1].position


def _add(corpus: Corpus, row: Any) -> None:
    if row.kind == STUB:
        corpus.stub_count += row.number
        return
    corpus.article_count += row.number
    corpus.duplicate_count += row.number if row.is_duplicate else 0
    corpus.undated_count += 0 if row.is_dated else row.number
    corpus.by_source[row.source] += row.number
    corpus.by_language[row.language] += row.number
    corpus.by_extractor_version[row.extractor_version] += row.number
    corpus.by_entity_engine[row.entity_engine] += row.number


def _ends(session: Session, wanted: list[ColumnElement[bool]]) -> list[Any]:
    """Return the dates of the earliest and of the latest article, of those that meet conditions."""
    query = select(ArticleRow.dated_at, ArticleRow.published_offset_min).where(
        *wanted, ArticleRow.kind != STUB
    )
    orders = (ArticleRow.dated_at.asc(), ArticleRow.dated_at.desc())
    found = [session.execute(query.order_by(order).limit(1)).first() for order in orders]
    return [row for row in found if row is not None]
