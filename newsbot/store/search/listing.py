"""Pages of articles for the web and the API: filtered or searched, with facet counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsbot.items import EntityType
from newsbot.store.index.terms import Term, parse_query
from newsbot.store.schema.models import ArticleEntity, ArticleRow, EntityRow
from newsbot.store.search.filters import Filters
from newsbot.store.search.snippets import snippet
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
    """The part of the text that contains the search terms, between marks; without terms, the beginning of the text."""


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
    """Number of articles found, at most `MAX_RANKED`."""
    is_capped: bool
    """There are more articles than were counted."""
    facets: Facets


def list_articles(session: Session, filters: Filters, *, after: Position | None, limit: int) -> Listing:
    """Return one page of the articles that meet `filters`, newest first.

    `after` is the position at which the previous page ended; following the pages leads to every article."""
    return _listing(session, newest(session, [], filters, after=after, limit=limit + 1), limit, [])


def find_articles(
    session: Session, query: str, filters: Filters, *, after: Position | None = None, limit: int
) -> SearchResult:
    """Return one page of the articles that `query` finds, best or newest first, and counts over all of them.

    All words must occur in title or body, words in double quotes next to each other, and words after `-` must not
    occur. Words in the title have more weight. No query raises an error: an empty one finds all articles; one of
    excluded words or punctuation alone finds nothing. Lists by date go on to the last article; lists by relevance
    contain the `MAX_RANKED` newest matches."""
    terms = parse_query(query)
    if query.strip() and not terms:
        return SearchResult(
            listing=Listing(articles=[], after=None), total=0, is_capped=False, facets=Facets()
        )
    matches = newest(session, terms, filters, limit=MAX_RANKED + 1)
    counted = matches[:MAX_RANKED]
    if terms and filters.sort != "date":
        counted = ranked(session, terms, counted)
        part = [article for article in counted if after is None or article.position < after]
    else:
        part = matches if after is None else newest(session, terms, filters, after=after, limit=limit + 1)
    return SearchResult(
        listing=_listing(session, part, limit, terms),
        total=len(counted),
        is_capped=len(matches) > MAX_RANKED,
        facets=_facets(session, counted),
    )


def _listing(
    session: Session, matches: Sequence[MatchedArticle], limit: int, terms: Sequence[Term]
) -> Listing:
    """Return one page of a list; `matches` may contain one more article, which shows that there is a next page."""
    shown = matches[:limit]
    scores = {article.id: article.score for article in shown}
    articles = [
        ListedArticle(article=summary, score=scores[summary.id], snippet=summary.lead)
        for summary in summaries(session, list(scores))
    ]
    if terms:
        snippets = _snippets(session, list(scores), terms)
        articles = [replace(listed, snippet=snippets[listed.article.id]) for listed in articles]
    return Listing(articles=articles, after=shown[-1].position if len(matches) > limit else None)


def _snippets(session: Session, ids: Sequence[int], terms: Sequence[Term]) -> dict[int, str]:
    """Return the snippets of articles; few bodies are in memory at a time."""
    query = select(ArticleRow.id, ArticleRow.body).where(ArticleRow.id.in_(ids))
    rows = session.execute(query.execution_options(yield_per=10))
    return {row.id: snippet(row.body, terms) for row in rows}


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
