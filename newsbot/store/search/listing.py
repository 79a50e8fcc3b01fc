"""Pages of articles for the web and the API: filtered or searched, with facet counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsbot.items import EntityType
from newsbot.store.schema.models import ArticleEntity, ArticleRow, EntityRow
from newsbot.store.search.filters import Filters
from newsbot.store.search.matching import ask, count_matching
from newsbot.store.search.question import Question
from newsbot.store.search.snippets import marked_title, snippet
from newsbot.store.search.suggestions import suggest
from newsbot.store.search.summaries import Summary, summaries
from newsbot.store.search.windows import MAX_RANKED, MatchedArticle, Position, newest, ranked

FACET_VALUES = 8
"""Maximum number of values of a facet."""
ENTITY_SAMPLE = 200
"""Number of articles, from the top of the list, in which entities are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facets:
    """The most frequent values among the articles of a list, with the number of articles, most frequent first."""

    source: list[tuple[str, int]] = field(default_factory=list)
    language: list[tuple[str, int]] = field(default_factory=list)
    section: list[tuple[str, int]] = field(default_factory=list)
    kind: list[tuple[str, int]] = field(default_factory=list)
    entity: list[tuple[int, str, EntityType, int]] = field(default_factory=list)
    """Id, name and type of an entity, and how many of the first `ENTITY_SAMPLE` articles mention it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedArticle:
    """An article of a list."""

    article: Summary
    score: float
    snippet: str
    """The part of the text that contains what was found, between marks; without a query, the beginning of the text."""
    title_marked: str | None
    """The headline, with what was found in it between marks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One page of a list."""

    articles: list[ListedArticle]
    after: Position | None
    """Position after which the next page begins; None on the last page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """One page of the articles that a search found, and counts over all of them."""

    listing: Listing
    total: int
    """Number of all articles found."""
    facets: Facets
    """Counts over the newest `MAX_RANKED` of them."""
    suggestion: str | None = None
    """The query with other words, if nothing was found and it has words that no article has."""


def list_articles(
    session: Session, filters: Filters, query: str = "", *, after: Position | None, limit: int
) -> Listing:
    """Return one page of the articles that `query` finds and that meet `filters`, newest first, with the beginnings of their texts.

    `after` is the position at which the previous page ended; following the pages leads to every article. Raises QueryError."""
    found = newest(session, ask(session, query, filters), filters, after=after, limit=limit + 1)
    return _listing(session, found, limit, Question())


def find_articles(
    session: Session,
    query: str,
    filters: Filters,
    *,
    after: Position | None = None,
    limit: int,
    count: Callable[[], int] | None = None,
) -> SearchResult:
    """Return one page of the articles that `query` finds, best or newest first, and counts over all of them.

    The query language is described in docs/query-language.md; an empty query finds all articles. Words in the title have
    more weight. Lists by date go on to the last article; lists by relevance contain the `MAX_RANKED` newest matches.
    `count` returns the number of all articles found, if the caller counts them anyway. Raises QueryError."""
    question = ask(session, query, filters)
    matches = newest(session, question, filters, limit=MAX_RANKED + 1)
    counted = matches[:MAX_RANKED]
    if question.tree is not None and filters.sort != "date":
        counted = ranked(session, question, counted)
        part = [article for article in counted if after is None or article.position < after]
    else:
        part = matches if after is None else newest(session, question, filters, after=after, limit=limit + 1)
    is_whole = len(matches) <= MAX_RANKED
    count = count or (lambda: count_matching(session, question, filters))
    return SearchResult(
        listing=_listing(session, part, limit, question),
        total=len(matches) if is_whole else count(),
        facets=_facets(session, counted),
        suggestion=None if matches else suggest(session, query, question.tree),
    )


def _listing(session: Session, matches: Sequence[MatchedArticle], limit: int, question: Question) -> Listing:
    """Return one page of a list; `matches` may contain one more article, which shows that there is a next page."""
    shown = matches[:limit]
    scores = {article.id: article.score for article in shown}
    articles = [
        ListedArticle(
            article=summary,
            score=scores[summary.id],
            snippet=summary.lead,
            title_marked=marked_title(summary.title, question.tree, summary.language),
        )
        for summary in summaries(session, list(scores))
    ]
    if question.tree is not None:
        snippets = _snippets(session, list(scores), question)
        articles = [replace(listed, snippet=snippets[listed.article.id]) for listed in articles]
    return Listing(articles=articles, after=shown[-1].position if len(matches) > limit else None)


def _snippets(session: Session, ids: Sequence[int], question: Question) -> dict[int, str]:
    """Return the snippets of articles; few bodies are in memory at a time."""
    query = select(ArticleRow.id, ArticleRow.body, ArticleRow.language).where(ArticleRow.id.in_(ids))
    rows = session.execute(query.execution_options(yield_per=10))
    return {row.id: snippet(row.body, question.tree, row.language) for row in rows}


def _facets(session: Session, counted: Sequence[MatchedArticle]) -> Facets:
    return Facets(
        source=_most_common([article.source for article in counted]),
        language=_most_common([article.language for article in counted]),
        section=_most_common([article.section for article in counted]),
        kind=_most_common([article.kind for article in counted]),
        entity=_entities(session, [article.id for article in counted[:ENTITY_SAMPLE]]),
    )


def _most_common(values: Sequence[str | None]) -> list[tuple[str, int]]:
    return Counter(value for value in values if value).most_common(FACET_VALUES)


def _entities(session: Session, ids: Sequence[int]) -> list[tuple[int, str, EntityType, int]]:
    count = func.count().label("count")
    most = (
        select(ArticleEntity.entity_id, count)
        .where(ArticleEntity.article_id.in_(ids))
        .group_by(ArticleEntity.entity_id)
        .order_by(count.desc(), ArticleEntity.entity_id)
        .limit(FACET_VALUES)
        .subquery("most")
    )
    query = select(EntityRow.id, EntityRow.name, EntityRow.type, most.c.count)
    query = query.join(most, most.c.entity_id == EntityRow.id).order_by(most.c.count.desc(), EntityRow.id)
    return [(entity_id, name, kind, number) for entity_id, name, kind, number in session.execute(query)]
