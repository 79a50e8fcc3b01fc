"""What the endpoints of the API have in common: parameters, errors, and answers in JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Path, Query, Request
from fastapi.responses import Response

from newsbot.store.queries import Position
from newsbot.web.serving.parameters import MAX_LIMIT, ListParameters, encode
from newsbot.web.serving.problems import PROBLEM_TYPE, Problem
from newsbot.web.serving.site import root_of

_PROBLEM = {"content": {PROBLEM_TYPE: {"schema": Problem.model_json_schema()}}}
ERRORS: dict[int | str, dict[str, Any]] = {
    401: {"description": "The token is missing or wrong", **_PROBLEM},
    414: {"description": "The address is too long", **_PROBLEM},
    422: {"description": "A parameter is not acceptable", **_PROBLEM},
    503: {"description": "The database did not answer in time", **_PROBLEM},
}
NOT_FOUND: dict[int | str, dict[str, Any]] = {404: {"description": "There is none of this id", **_PROBLEM}}
TOP = 20
"""Number of entries of a list, unless another one is asked for."""
NEVER = datetime.min.replace(tzinfo=UTC)
"""Time of a position in a list that is not ordered by time."""

Id = Annotated[int, Path(ge=1, le=2**63 - 1)]
Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT, description=f"At most this number, up to {MAX_LIMIT}.")]


def complete(items: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return a list that has no further page."""
    return {"items": items, "next": None}


def json_answer(value: dict[str, Any]) -> Response:
    """Return an answer in JSON."""
    # Not validated against the response model here, which would cost time: the tests do that.
    return Response(json_bytes(value), media_type="application/json")


def json_bytes(value: Any) -> bytes:
    """Return a value as JSON; what UTF-8 cannot hold is replaced."""
    return json.dumps(value, ensure_ascii=False).encode(errors="replace")


def next_page(request: Request, asked: ListParameters, path: str, after: Position | None) -> str | None:
    """Return the address of the page of a list of articles that begins after a position."""
    return after and root_of(request) + asked.address(path, cursor=encode(after))


def next_address(request: Request, position: Position) -> str:
    """Return the address of a request with another cursor."""
    url = request.url.include_query_params(cursor=encode(position))
    return f"{url.path}?{url.query}"
