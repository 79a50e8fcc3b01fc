"""The JSON API. Every endpoint is a GET; `next` is the address of a list's next page; errors are problem+json."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, time
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response, StreamingResponse
from pydantic import Field
from starlette.exceptions import HTTPException

from newsbot.items import EntityType, published_json, utc_text
from newsbot.store.queries import (
    MARK_END,
    MARK_START,
    Change,
    EntityDetail,
    ListedArticle,
    Listing,
    Position,
    Related,
    SourceOverview,
    StorySummary,
    addresses,
    addresses_json,
    article_parts,
    evidence_json,
    find_article,
    find_articles,
    former_articles,
    get_article,
    get_entity,
    history,
    list_articles,
    list_entities,
    list_stories,
    load_articles,
    member_json,
    related_articles,
    removed_json,
    stats,
    stored_json,
    story_members,
)
from newsbot.web.openapi import schemas
from newsbot.web.openapi.description import with_examples
from newsbot.web.parameters import (
    MAX_LIMIT,
    MAX_QUERY_CHARS,
    Cursor,
    Day,
    ListParameters,
    SearchQuery,
    Text,
    day_of,
    decode,
    encode,
)
from newsbot.web.serving.problems import PROBLEM_TYPE, Problem
from newsbot.web.site import Site, root_of, site_of

_PROBLEM = {"content": {PROBLEM_TYPE: {"schema": Problem.model_json_schema()}}}
ERRORS: dict[int | str, dict[str, Any]] = {
    401: {"description": "The token is missing or wrong", **_PROBLEM},
    414: {"description": "The address is too long", **_PROBLEM},
    422: {"description": "A parameter is not acceptable", **_PROBLEM},
    503: {"description": "The database did not answer in time", **_PROBLEM},
}
_NOT_FOUND: dict[int | str, dict[str, Any]] = {404: {"description": "There is none of this id", **_PROBLEM}}
_TOP = 20
MAX_RELATED = 50
MAX_SOURCES = 1_000
MAX_PAGE_BYTES = 4_000_000
"""Size at which a page of articles ends, if it has at least one. 100 ordinary articles have a quarter of it."""

Id = Annotated[int, Path(ge=1, le=2**63 - 1)]
Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT, description=f"At most this number, up to {MAX_LIMIT}.")]

SourceLimit = Annotated[
    int, Query(ge=1, le=MAX_SOURCES, description=f"At most this number, up to {MAX_SOURCES}.")
]
_NEVER = datetime.min.replace(tzinfo=UTC)
_MOST = float(2**62)
"""Counts in made-up cursors are cut to this, as databases hold no greater ones."""

router = APIRouter(prefix="/api", responses=ERRORS)


class ArticleParameters(ListParameters):
    """One page of the articles that a query finds, newest first."""

    q: Annotated[
        str, Field(max_length=MAX_QUERY_CHARS, description="As in a search; empty: all articles.")
    ] = ""


@router.get(
    "/articles",
    response_model=schemas.ArticlePage,
    openapi_extra=with_examples("/api/articles?source={source}&since={day}&limit=2"),
)
def articles(request: Request, asked: Annotated[ArticleParameters, Query()]) -> Response:
    """List articles that a query finds, or all, with all their fields, newest first. A page of very long ones has fewer than asked for."""
    site = site_of(request)
    with site.read() as session:
        listing = list_articles(session, asked.filters(), asked.q, after=asked.after, limit=asked.limit)
        parts = article_parts(session, [listed.article.id for listed in listing.articles])
    address = partial(_next, request, asked, "/api/articles")
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
            texts = {stored.id: _json_bytes(stored_json(stored)) for stored in load_articles(session, part)}
        for article_id, text in texts.items():
            if size and size + len(text) > MAX_PAGE_BYTES:
                yield b'], "next": %s}' % _json_bytes(address(after))
                return
            yield separator + text
            size, after, separator = size + len(text), positions[article_id], b", "
    yield (b"" if size else separator) + b'], "next": %s}' % _json_bytes(address(listing.after))


@router.get(
    "/articles/{article_id}",
    response_model=schemas.ArticleDetail,
    responses=_NOT_FOUND,
    openapi_extra=with_examples("/api/articles/{article}"),
)
def article(request: Request, article_id: Id) -> Response:
    """Return one article with all its fields, where it was and when, and which articles were at its addresses before."""
    with site_of(request).read() as session:
        stored = get_article(session, article_id)
        if stored is None:
            raise HTTPException(404, f"There is no article {article_id}.")
        found = addresses_json(addresses(session, article_id), former_articles(session, article_id))
    return _json(stored_json(stored) | found)


@router.get(
    "/articles/{article_id}/removed",
    response_model=schemas.RemovedParagraphs,
    responses=_NOT_FOUND,
    openapi_extra=with_examples("/api/articles/{article}/removed"),
)
def removed(request: Request, article_id: Id) -> Response:
    """List the paragraphs that cleaning removed from the text of an article, in their order."""
    with site_of(request).read() as session:
        if find_article(session, article_id) is None:
            raise HTTPException(404, f"There is no article {article_id}.")
        items = removed_json(session, article_id)
    return _json(_complete(items))


@router.get(
    "/articles/{article_id}/revisions",
    response_model=schemas.Revisions,
    responses=_NOT_FOUND,
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
        yield separator + _json_bytes(_revision(change))
        separator = b", "
    yield (b"" if changes else separator) + b'], "next": null}'


def _revision(change: Change) -> dict[str, Any]:
    return {
        "revision": change.revision,
        "changed_at": utc_text(change.changed_at),
        "by_rules": change.by_rules,
        "is_silent": change.is_silent,
        "evidence": evidence_json(change),
        "fields": {name: {"before": old, "after": new} for name, (old, new) in change.fields.items()},
    }


@router.get(
    "/articles/{article_id}/related",
    response_model=schemas.RelatedArticles,
    responses=_NOT_FOUND,
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
    return _json({"is_embedded": found is not None, **_complete(items)})


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
    return _json(
        {
            "items": [_hit(listed) for listed in found.listing.articles],
            "total": found.total,
            "suggestion": found.suggestion,
            "facets": facets,
            "next": _next(request, asked, "/api/search", found.listing.after),
        }
    )


@router.get(
    "/entities",
    response_model=schemas.Entities,
    openapi_extra=with_examples("/api/entities?type=PER&since={day}", "/api/entities?q={name}"),
)
def entities(
    request: Request,
    q: Annotated[Text, Query(description="Only those with this name, in any form that articles use.")] = None,
    type: Annotated[EntityType | None, Query(description="People, organisations or places.")] = None,  # noqa: A002
    since: Annotated[
        Day, Query(description="Only articles published on this day, where they were, or later.")
    ] = None,
    limit: Limit = _TOP,
    cursor: Cursor = None,
) -> Response:
    """List people, organisations and places, the most mentioned first."""
    after = None if cursor is None else _count_position(decode(cursor))
    with site_of(request).read() as session:
        found = list_entities(
            session, name=q, entity_type=type, since=day_of(since), after=after, limit=limit + 1
        )
    last = found[limit - 1] if len(found) > limit else None
    position = last and Position(float(last.mention_count), _NEVER, last.id)
    items = [asdict(count) for count in found[:limit]]
    return _json({"items": items, "next": position and _next_address(request, position)})


def _count_position(position: Position) -> tuple[int, int]:
    """Return (count, id) from a position in a list that is ordered by counts."""
    return int(min(max(position.score, 0.0), _MOST)), position.id


@router.get(
    "/entities/{entity_id}/timeline",
    response_model=schemas.Timeline,
    responses=_NOT_FOUND,
    openapi_extra=with_examples("/api/entities/{entity}/timeline"),
)
def timeline(request: Request, entity_id: Id) -> Response:
    """Count the articles a day that mention an entity."""
    detail = _entity(request, entity_id)
    items = [{"day": day.isoformat(), "article_count": count} for day, count in detail.timeline]
    return _json({"entity": asdict(detail.entity), **_complete(items)})


@router.get(
    "/entities/{entity_id}",
    response_model=schemas.EntityCountJson,
    responses=_NOT_FOUND,
    openapi_extra=with_examples("/api/entities/{entity}"),
)
def entity(request: Request, entity_id: Id) -> Response:
    """Return one entity with its counts."""
    return _json(asdict(_entity(request, entity_id).entity))


@router.get(
    "/stories",
    response_model=schemas.StoryPage,
    openapi_extra=with_examples("/api/stories?since={day}&min_size=2"),
)
def stories(
    request: Request,
    since: Annotated[Day, Query(description="Only stories that changed on this day or later.")] = None,
    min_size: Annotated[int, Query(ge=2, le=10_000, description="Articles that it must have.")] = 2,
    limit: Limit = _TOP,
    cursor: Cursor = None,
) -> Response:
    """List the stories that several articles report, the last changed first."""
    after = None if cursor is None else decode(cursor)[1:]
    with site_of(request).read() as session:
        found = list_stories(session, since=_start_of(since), min_size=min_size, after=after, limit=limit + 1)
    last = found[limit - 1] if len(found) > limit else None
    position = last and Position(0.0, last.updated_at, last.id)
    items = [_story(story) for story in found[:limit]]
    return _json({"items": items, "next": position and _next_address(request, position)})


@router.get(
    "/stories/{story_id}",
    response_model=schemas.StoryMembers,
    responses=_NOT_FOUND,
    openapi_extra=with_examples("/api/stories/{story}"),
)
def story(request: Request, story_id: Id) -> Response:
    """List the articles of a story, oldest first, with the role of each and the agency that it credits."""
    with site_of(request).read() as session:
        members = story_members(session, story_id)
    if not members:
        raise HTTPException(404, f"There is no story {story_id}.")
    return _json(_complete([member_json(member) for member in members]))


@router.get("/sources", response_model=schemas.Sources, openapi_extra=with_examples("/api/sources?limit=10"))
def sources(request: Request, limit: SourceLimit = MAX_SOURCES, cursor: Cursor = None) -> Response:
    """List the sources with their articles and feeds, those with most articles first."""
    sources = site_of(request).snapshot.get().sources
    start = 0 if cursor is None else decode(cursor).id
    end = start + limit
    following = _next_address(request, Position(0.0, _NEVER, end)) if end < len(sources) else None
    return _json({"items": [_source(overview) for overview in sources[start:end]], "next": following})


@router.get("/stats", response_model=schemas.StatsJson, openapi_extra=with_examples("/api/stats"))
def statistics(request: Request) -> Response:
    """Count the contents of the database."""
    with site_of(request).read() as session:
        counts = stats(session)
    return _json(
        {
            "articles": counts.article_count,
            "stubs": counts.stub_count,
            "duplicates": counts.duplicate_count,
            "revisions": counts.revision_count,
            "entities": counts.entity_count,
            "rejects": counts.reject_count,
            "by_source": {source.source or "unknown": source.article_count for source in counts.by_source},
            "by_day": {day.isoformat(): count for day, count in counts.by_day},
            "by_language": {language or "unknown": count for language, count in counts.by_language},
            "rejects_by_reason": dict(counts.rejects_by_reason),
        }
    )


def _complete(items: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return a list that has no further page."""
    return {"items": items, "next": None}


def _json(value: dict[str, Any]) -> Response:
    # Not validated against the response model here, which would cost time: the tests do that.
    return Response(_json_bytes(value), media_type="application/json")


def _json_bytes(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode(errors="replace")


def _entity(request: Request, entity_id: int) -> EntityDetail:
    with site_of(request).read() as session:
        detail = get_entity(session, entity_id, limit=1)
    if detail is None:
        raise HTTPException(404, f"There is no entity {entity_id}.")
    return detail


def _next(request: Request, asked: ListParameters, path: str, after: Position | None) -> str | None:
    return after and root_of(request) + asked.address(path, cursor=encode(after))


def _next_address(request: Request, position: Position) -> str:
    """Return the address of a request with another cursor."""
    url = request.url.include_query_params(cursor=encode(position))
    return f"{url.path}?{url.query}"


def _start_of(text: str | None) -> datetime | None:
    day = day_of(text)
    return day if day is None or isinstance(day, datetime) else datetime.combine(day, time.min, UTC)


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


def _story(story: StorySummary) -> dict[str, Any]:
    return asdict(story) | {"first_at": utc_text(story.first_at), "updated_at": utc_text(story.updated_at)}


def _source(overview: SourceOverview) -> dict[str, Any]:
    names = ("key", "name", "homepage", "article_count", "stub_count", "feed_count", "failing_feed_count")
    return {name: getattr(overview, name) for name in names} | {
        "newest_at": utc_text(overview.newest_at),
        "days": [{"day": day.isoformat(), "article_count": count} for day, count in overview.days],
    }
