"""Stories in the API."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import UTC, datetime, time
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import Field
from starlette.exceptions import HTTPException

from newsbot.items import utc_text
from newsbot.store.queries import (
    Filters,
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
    complete,
    json_answer,
    next_address,
)
from newsbot.web.openapi import schemas
from newsbot.web.openapi.description import with_examples
from newsbot.web.serving.parameters import (
    MAX_LIMIT,
    MAX_QUERY_CHARS,
    SEVERAL,
    Cursor,
    Day,
    Names,
    SourceParameters,
    day_of,
    decode,
)
from newsbot.web.serving.site import site_of

router = APIRouter(prefix="/api", responses=ERRORS)


class StoryParameters(SourceParameters):
    """Conditions on stories: at least one article of a story must meet those on articles."""

    q: Annotated[str, Field(max_length=MAX_QUERY_CHARS, description="As in a search.")] = ""
    section: Annotated[Names, Field(description="Sections of the site, as it names them." + SEVERAL)] = ()
    entity: Annotated[
        Names, Field(description="Names of people, organisations or places, in any form." + SEVERAL)
    ] = ()
    since: Annotated[Day, Field(description="Only stories that changed on this day or later.")] = None
    min_size: Annotated[int, Field(ge=2, le=10_000, description="Articles that it must have.")] = 2
    limit: Annotated[
        int, Field(ge=1, le=MAX_LIMIT, description=f"At most this number, up to {MAX_LIMIT}.")
    ] = TOP
    cursor: Cursor = None

    @property
    def articles(self) -> Filters | None:
        """Conditions on articles; None if there are none."""
        found = replace(self.filters(), section=self.section, entity=self.entity)
        return None if found == Filters() else found


@router.get(
    "/stories",
    response_model=schemas.StoryPage,
    openapi_extra=with_examples(
        "/api/stories?since={day}&min_size=2", "/api/stories?q={word}&language={language}"
    ),
)
def stories(request: Request, asked: Annotated[StoryParameters, Query()]) -> Response:
    """List the stories that several articles report, the last changed first."""
    after = None if asked.cursor is None else decode(asked.cursor)[1:]
    since, limit = _start_of(asked.since), asked.limit
    with site_of(request).read() as session:
        found = list_stories(
            session,
            asked.q,
            asked.articles,
            since=since,
            min_size=asked.min_size,
            after=after,
            limit=limit + 1,
        )
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
