"""Sources, and counts of the whole database, in the API."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from newsbot.items import utc_text
from newsbot.store.queries import (
    Position,
    SourceOverview,
    stats,
)
from newsbot.web.api.endpoints import (
    ERRORS,
    NEVER,
    json_answer,
    next_address,
)
from newsbot.web.openapi import schemas
from newsbot.web.openapi.description import with_examples
from newsbot.web.serving.parameters import (
    Cursor,
    decode,
)
from newsbot.web.serving.site import site_of

MAX_SOURCES = 1_000

SourceLimit = Annotated[
    int, Query(ge=1, le=MAX_SOURCES, description=f"At most this number, up to {MAX_SOURCES}.")
]

router = APIRouter(prefix="/api", responses=ERRORS)


@router.get("/sources", response_model=schemas.Sources, openapi_extra=with_examples("/api/sources?limit=10"))
def sources(request: Request, limit: SourceLimit = MAX_SOURCES, cursor: Cursor = None) -> Response:
    """List the sources with their articles and feeds, those with most articles first."""
    sources = site_of(request).snapshot.get().sources
    start = 0 if cursor is None else decode(cursor).id
    end = start + limit
    following = next_address(request, Position(0.0, NEVER, end)) if end < len(sources) else None
    return json_answer({"items": [_source(overview) for overview in sources[start:end]], "next": following})


@router.get("/stats", response_model=schemas.StatsJson, openapi_extra=with_examples("/api/stats"))
def statistics(request: Request) -> Response:
    """Count the contents of the database."""
    with site_of(request).read() as session:
        counts = stats(session)
    return json_answer(
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


def _source(overview: SourceOverview) -> dict[str, Any]:
    names = ("key", "name", "homepage", "article_count", "stub_count", "feed_count", "failing_feed_count")
    return {name: getattr(overview, name) for name in names} | {
        "newest_at": utc_text(overview.newest_at),
        "days": [{"day": day.isoformat(), "article_count": count} for day, count in overview.days],
    }
