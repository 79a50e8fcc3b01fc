"""Stories in the API."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, time
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from newsbot.items import utc_text
from newsbot.store.queries import (
    Position,
    StorySummary,
    list_stories,
    member_json,
    story_members,
)
from newsbot.web.api.endpoints import (
    ERRORS,
    NOT_FOUND,
    TOP,
    Id,
    Limit,
    complete,
    json_answer,
    next_address,
)
from newsbot.web.openapi import schemas
from newsbot.web.openapi.description import with_examples
from newsbot.web.parameters import (
    Cursor,
    Day,
    day_of,
    decode,
)
from newsbot.web.site import site_of

router = APIRouter(prefix="/api", responses=ERRORS)


@router.get(
    "/stories",
    response_model=schemas.StoryPage,
    openapi_extra=with_examples("/api/stories?since={day}&min_size=2"),
)
def stories(
    request: Request,
    since: Annotated[Day, Query(description="Only stories that changed on this day or later.")] = None,
    min_size: Annotated[int, Query(ge=2, le=10_000, description="Articles that it must have.")] = 2,
    limit: Limit = TOP,
    cursor: Cursor = None,
) -> Response:
    """List the stories that several articles report, the last changed first."""
    after = None if cursor is None else decode(cursor)[1:]
    with site_of(request).read() as session:
        found = list_stories(session, since=_start_of(since), min_size=min_size, after=after, limit=limit + 1)
    last = found[limit - 1] if len(found) > limit else None
    position = last and Position(0.0, last.updated_at, last.id)
    items = [_story(story) for story in found[:limit]]
    return json_answer({"items": items, "next": position and next_address(request, position)})


@router.get(
    "/stories/{story_id}",
    response_model=schemas.StoryMembers,
    responses=NOT_FOUND,
    openapi_extra=with_examples("/api/stories/{story}"),
)
def story(request: Request, story_id: Id) -> Response:
    """List the articles of a story, oldest first, with the role of each and the agency that it credits."""
    with site_of(request).read() as session:
        members = story_members(session, story_id)
    if not members:
        raise HTTPException(404, f"There is no story {story_id}.")
    return json_answer(complete([member_json(member) for member in members]))


def _start_of(text: str | None) -> datetime | None:
    day = day_of(text)
    return day if day is None or isinstance(day, datetime) else datetime.combine(day, time.min, UTC)


def _story(story: StorySummary) -> dict[str, Any]:
    return asdict(story) | {"first_at": utc_text(story.first_at), "updated_at": utc_text(story.updated_at)}
