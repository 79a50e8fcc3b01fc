"""`GET /api/changes`: every change of an article, once, in one order, for programs that keep a copy of the database."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, get_args
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, WithJsonSchema
from starlette.exceptions import HTTPException

from newsbot.dedupe.admissions import Reason
from newsbot.errors import UsageError
from newsbot.items import StoredKind
from newsbot.query.written_values import written_name
from newsbot.store.queries import (
    CURSOR,
    ChangeFilters,
    ChangeKind,
    change_json,
    list_changes,
    narrow,
    read_cursor,
)
from newsbot.web.api.endpoints import ERRORS, json_answer
from newsbot.web.openapi.description import with_examples
from newsbot.web.serving.parameters import MAX_LIMIT, Flag, SourceParameters
from newsbot.web.serving.problems import PROBLEM_TYPE, Problem
from newsbot.web.serving.site import root_of, site_of

PATH = "/api/changes"
_NOT_FOUND: dict[int | str, dict[str, Any]] = {
    404: {
        "description": "The cursor is not of this database, or was, before a backup was restored",
        "content": {PROBLEM_TYPE: {"schema": Problem.model_json_schema()}},
    }
}
_KIND = rf"\s*(?:{'|'.join(get_args(ChangeKind))})?\s*"

router = APIRouter(prefix="/api", responses=ERRORS)


def _cursor(value: str) -> str:
    if value and (not re.search(CURSOR, value, re.ASCII) or value.endswith("\n")):
        raise ValueError("is no cursor; accepted: the `cursor` of an answer, the number of a change, or 0")
    return value


def _kinds(value: Any) -> Any:
    """Return the kinds that texts name, separated by commas. Raises ValueError that says which are accepted."""
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, Sequence) or not all(isinstance(text, str) for text in texts):
        return value
    kinds = [kind.strip() for text in texts for kind in text.split(",") if kind.strip()]
    accepted = get_args(ChangeKind)
    if unknown := [kind for kind in kinds if kind not in accepted]:
        raise ValueError(f"{unknown[0][:60]!r} is no kind of change; accepted: {', '.join(accepted)}")
    return tuple(dict.fromkeys(kinds))


class ChangeParameters(SourceParameters):
    """A part of the log of changes."""

    cursor: Annotated[
        str,
        AfterValidator(_cursor),
        WithJsonSchema({"type": "string", "pattern": rf"^(?:{CURSOR[1:-1]})?$", "default": "0"}),
        Field(description="Where to go on: the `cursor` of the last answer. 0: from the beginning."),
    ] = "0"
    limit: Annotated[
        int, Field(ge=1, le=MAX_LIMIT, description=f"At most this number, up to {MAX_LIMIT}.")
    ] = MAX_LIMIT
    kind: Annotated[
        tuple[ChangeKind, ...],
        BeforeValidator(_kinds),
        WithJsonSchema(
            {
                "type": "array",
                "items": {"type": "string", "pattern": f"^{_KIND}(?:,{_KIND})*$"},
                "default": [],
            }
        ),
        Field(
            description=f"Kinds of changes ({', '.join(get_args(ChangeKind))}): repeated, or separated by commas."
        ),
    ] = ()
    silent: Annotated[
        Flag, Field(description="1 or true: only edits that nothing on the page owns up to.")
    ] = False


ChangeQuery = Annotated[ChangeParameters, Query()]


class ChangedTitleJson(BaseModel):
    """A headline before and after a change."""

    before: str | None
    after: str | None


class ListedArticleJson(BaseModel):
    """An article as lists have it: as it is now, not as it was at the time of the change."""

    id: int
    url: str
    canonical_url: str | None
    source: str | None
    title: str | None
    language: str | None
    section: str | None
    kind: StoredKind
    word_count: int
    published_at: datetime | None
    published_offset_min: int | None
    published_day: date | None
    first_seen_at: datetime
    last_seen_at: datetime
    gone_at: datetime | None
    story_id: int | None
    story_role: str | None
    duplicate_of: int | None
    duplicate_kind: str | None
    agency: str | None
    revision: int


class LoggedChangeJson(BaseModel):
    """A change of an article; `fields`: names of the fields that differ; `article`: null if it was deleted.

    `is_silent` and `reason` are those of an edit by the publisher, null for other changes."""

    number: int
    cursor: str
    change: ChangeKind
    at: datetime
    run_id: int | None
    revision: int | None
    fields: list[str] | None
    is_silent: bool | None
    reason: Reason | None
    title: ChangedTitleJson | None
    article_id: int
    article: ListedArticleJson | None


class ChangePageJson(BaseModel):
    """A part of the log; `next`: address of the rest, null if there is none now; `cursor`: where to go on in any case."""

    items: list[LoggedChangeJson]
    next: str | None
    cursor: str


@router.get(
    "/changes",
    response_model=ChangePageJson,
    responses=_NOT_FOUND,
    openapi_extra=with_examples("/api/changes?cursor=0&limit=5"),
)
def changes(request: Request, asked: ChangeQuery) -> Response:
    """List what has happened to articles: every change once, in one order that never changes.

    Ask again with the `cursor` of the answer to get what has happened since. An answer may have fewer changes than `limit`,
    or none, although there are more: go on until `next` is null."""
    with site_of(request).read() as session:
        articles = narrow(session, asked.filters())
        filters = ChangeFilters(kinds=asked.kind, only_silent=asked.silent, articles=articles)
        try:
            after = read_cursor(session, asked.cursor or "0")
        except UsageError as error:
            raise HTTPException(404, str(error)) from error
        found = list_changes(session, after=after, limit=asked.limit, filters=filters)
    answer = {
        "items": [change_json(change) for change in found.changes],
        "next": root_of(request) + _address(asked, found.cursor) if found.has_more else None,
        "cursor": found.cursor,
    }
    return json_answer(answer)


def _address(asked: ChangeParameters, cursor: str) -> str:
    """Return the address of what follows a cursor, with the same parameters."""
    names = asked.model_dump(mode="json", exclude_defaults=True) | {"cursor": cursor}
    given = {
        name: ",".join(map(written_name, value)) if isinstance(value, list) else value
        for name, value in names.items()
    }
    given |= {"silent": "true"} if asked.silent else {}
    return f"{PATH}?{urlencode(given)}"
