"""Articles in the API: lists, single ones, their histories, what is related, and searches."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response, StreamingResponse
from pydantic import Field
from starlette.exceptions import HTTPException

from newsbot.items import published_json
from newsbot.store.queries import (
    MARK_END,
    MARK_START,
    Change,
    ListedArticle,
    Listing,
    Position,
    Related,
    addresses,
    addresses_json,
    article_parts,
    find_article,
    find_articles,
    former_articles,
    get_article,
    history,
    list_articles,
    load_articles,
    related_articles,
    removed_json,
    revision_json,
    stored_json,
)
from newsbot.web.api.endpoints import (
    ERRORS,
    NOT_FOUND,
    Id,
    complete,
    json_answer,
    json_bytes,
    next_page,
)
from newsbot.web.openapi import article_schemas, schemas
from newsbot.web.openapi.description import with_examples
from newsbot.web.serving.parameters import (
    MAX_QUERY_CHARS,
    ListParameters,
    SearchQuery,
)
from newsbot.web.serving.site import Site, site_of

MAX_RELATED = 50
MAX_PAGE_BYTES = 4_000_000
"""Size at which a page of articles ends, if it has at least one. 100 ordinary articles have a quarter of it."""

router = APIRouter(prefix="/api", responses=ERRORS)


class ArticleParameters(ListParameters):
    """One page of the articles that a query finds, newest first."""

    q: Annotated[
        str, Field(max_length=MAX_QUERY_CHARS, description="As in a search; empty: all articles.")
    ] = ""


@router.get(
    "/articles",
    response_model=article_schemas.ArticlePage,
    openapi_extra=with_examples("/api/articles?source={source}&since={day}&limit=2"),
)
def articles(request: Request, asked: Annotated[ArticleParameters, Query()]) -> Response:
    """List articles that a query finds, or all, with all their fields, newest first. A page of very long ones has fewer than asked for."""
    site = site_of(request)
    with site.read() as session:
        listing = list_articles(session, asked.filters(), asked.q, after=asked.after, limit=asked.limit)
        parts = article_parts(session, [listed.article.id for listed in listing.articles])
    address = partial(next_page, request, asked, "/api/articles")
    return StreamingResponse(_article_page(site, listing, parts, address), media_type="application/json")


def _article_page(
    site: Site,
    listing: Listing,
    parts: Sequence[Sequence[int]],
    address: Callable[[Position | None], str | None],
) -> Iterator[bytes]:
    """Yield a page of articles as JSON; it ends before `MAX_PAGE_BYTES`, and says where the next one begins.

    No session is open while the client reads."""
    positions = {
        listed.article.id: Position(0.0, listed.article.dated_at, listed.article.id)
        for listed in listing.articles
    }
    size, after, separator = 0, None, b'{"items": ['
    for part in parts:
        with site.read() as session:
            texts = {stored.id: json_bytes(stored_json(stored)) for stored in load_articles(session, part)}
        for article_id, text in texts.items():
            if size and size + len(text) > MAX_PAGE_BYTES:
                yield b'], "next": %s}' % json_bytes(address(after))
                return
            yield separator + text
            size, after, separator = size + len(text), positions[article_id], b", "
    yield (b"" if size else separator) + b'], "next": %s}' % json_bytes(address(listing.after))


@router.get(
    "/articles/{article_id}",
    response_model=article_schemas.ArticleDetail,
    responses=NOT_FOUND,
    openapi_extra=with_examples("/api/articles/{article}"),
)
def article(request: Request, article_id: Id) -> Response:
    """Return one article with all its fields, where it was and when, and which articles were at its addresses before."""
    with site_of(request).read() as session:
        stored = get_article(session, article_id)
        if stored is None:
            raise HTTPException(404, f"There is no article {article_id}.")
        found = addresses_json(addresses(session, article_id), former_articles(session, article_id))
    return json_answer(stored_json(stored) | found)


@router.get(
    "/articles/{article_id}/removed",
    response_model=article_schemas.RemovedParagraphs,
    responses=NOT_FOUND,
    openapi_extra=with_examples("/api/articles/{article}/removed"),
)
def removed(request: Request, article_id: Id) -> Response:
    """List the paragraphs that cleaning removed from the text of an article, in their order."""
    with site_of(request).read() as session:
        if find_article(session, article_id) is None:
            raise HTTPException(404, f"There is no article {article_id}.")
        items = removed_json(session, article_id)
    return json_answer(complete(items))


@router.get(
    "/articles/{article_id}/revisions",
    response_model=article_schemas.Revisions,
    responses=NOT_FOUND,
    openapi_extra=with_examples("/api/articles/{article}/revisions"),
)
def revisions(request: Request, article_id: Id) -> Response:
    """List the changes of an article, oldest first."""
    with site_of(request).read() as session:
        changes = history(session, article_id)
    if changes is None:
        raise HTTPException(404, f"There is no article {article_id}.")
    return StreamingResponse(_revision_list(changes), media_type="application/json")


def _revision_list(changes: Sequence[Change]) -> Iterator[bytes]:
    """Yield the changes of an article as JSON, one by one: each one has the text before and after."""
    separator = b'{"items": ['
    for change in changes:
        yield separator + json_bytes(revision_json(change))
        separator = b", "
    yield (b"" if changes else separator) + b'], "next": null}'


@router.get(
    "/articles/{article_id}/related",
    response_model=article_schemas.RelatedArticles,
    responses=NOT_FOUND,
    openapi_extra=with_examples("/api/articles/{article}/related?limit=3"),
)
def related(
    request: Request,
    article_id: Id,
    limit: Annotated[
        int, Query(ge=1, le=MAX_RELATED, description=f"At most this number, up to {MAX_RELATED}.")
    ] = 10,
) -> Response:
    """List the articles of other stories that are most like an article: of the last 30 days, or of its own time."""
    site = site_of(request)
    with site.read() as session:
        if find_article(session, article_id) is None:
            raise HTTPException(404, f"There is no article {article_id}.")
        found = related_articles(session, site.vectors, article_id, now=site.now(), limit=limit)
    items = [_related(article) for article in found or ()]
    return json_answer({"is_embedded": found is not None, **complete(items)})


def _related(found: Related) -> dict[str, Any]:
    article = found.article
    names = ("id", "title", "url", "source", "language", "story_id")
    return {name: getattr(article, name) for name in names} | {
        **published_json(article.published_at, article.published_offset_min),
        "similarity": round(found.similarity, 3),
    }


@router.get(
    "/search",
    response_model=schemas.SearchPage,
    openapi_extra=with_examples(
        "/api/search?q={word}&language={language}", "/api/search?entity={name}&sort=date&limit=5"
    ),
)
def search(request: Request, asked: SearchQuery) -> Response:
    """Find articles by words and filters, with counts by which the search can be narrowed."""
    with site_of(request).read() as session:
        found = find_articles(session, asked.q, asked.filters(), after=asked.after, limit=asked.limit)
    facets = {
        "source": _counted(found.facets.source),
        "language": _counted(found.facets.language),
        "section": _counted(found.facets.section),
        "kind": _counted(found.facets.kind),
        "entity": _counted([(name, count) for _, name, _, count in found.facets.entity]),
    }
    return json_answer(
        {
            "items": [_hit(listed) for listed in found.listing.articles],
            "total": found.total,
            "suggestion": found.suggestion,
            "facets": facets,
            "next": next_page(request, asked, "/api/search", found.listing.after),
        }
    )


def _counted(values: Sequence[tuple[str, int]]) -> list[dict[str, Any]]:
    return [{"value": value, "count": count} for value, count in values]


def _hit(listed: ListedArticle) -> dict[str, Any]:
    names = ("id", "title", "url", "source", "language", "section", "kind", "unread_reason", "story_id")
    return {name: getattr(listed.article, name) for name in names} | {
        **published_json(listed.article.published_at, listed.article.published_offset_min),
        "score": listed.score,
        "snippet": listed.snippet.replace(MARK_START, "**").replace(MARK_END, "**"),
        "title_marked": listed.title_marked
        and listed.title_marked.replace(MARK_START, "**").replace(MARK_END, "**"),
    }
