"""People, organisations and places in the API."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from newsbot.items import EntityType
from newsbot.store.queries import (
    EntityDetail,
    Position,
    get_entity,
    list_entities,
)
from newsbot.web.api.endpoints import (
    ERRORS,
    NEVER,
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
from newsbot.web.serving.parameters import (
    Cursor,
    Day,
    Text,
    day_of,
    decode,
)
from newsbot.web.serving.site import site_of

_MOST = float(2**62)
"""Counts in made-up cursors are cut to this, as databases hold no greater ones."""

router = APIRouter(prefix="/api", responses=ERRORS)


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
    limit: Limit = TOP,
    cursor: Cursor = None,
) -> Response:
    """List people, organisations and places, the most mentioned first."""
    after = None if cursor is None else _count_position(decode(cursor))
    with site_of(request).read() as session:
        found = list_entities(
            session, name=q, entity_type=type, since=day_of(since), after=after, limit=limit + 1
        )
    last = found[limit - 1] if len(found) > limit else None
    position = last and Position(float(last.mention_count), NEVER, last.id)
    items = [asdict(count) for count in found[:limit]]
    return json_answer({"items": items, "next": position and next_address(request, position)})


def _count_position(position: Position) -> tuple[int, int]:
    """Return (count, id) from a position in a list that is ordered by counts."""
    return int(min(max(position.score, 0.0), _MOST)), position.id


@router.get(
    "/entities/{entity_id}/timeline",
    response_model=schemas.Timeline,
    responses=NOT_FOUND,
    openapi_extra=with_examples("/api/entities/{entity}/timeline"),
)
def timeline(request: Request, entity_id: Id) -> Response:
    """Count the articles a day that mention an entity."""
    detail = _entity(request, entity_id)
    items = [{"day": day.isoformat(), "article_count": count} for day, count in detail.timeline]
    return json_answer({"entity": asdict(detail.entity), **complete(items)})


@router.get(
    "/entities/{entity_id}",
    response_model=schemas.EntityCountJson,
    responses=NOT_FOUND,
    openapi_extra=with_examples("/api/entities/{entity}"),
)
def entity(request: Request, entity_id: Id) -> Response:
    """Return one entity with its counts."""
    return json_answer(asdict(_entity(request, entity_id).entity))


def _entity(request: Request, entity_id: int) -> EntityDetail:
    with site_of(request).read() as session:
        detail = get_entity(session, entity_id, limit=1)
    if detail is None:
        raise HTTPException(404, f"There is no entity {entity_id}.")
    return detail
