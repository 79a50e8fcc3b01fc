"""What publishers changed: a page and feeds of headline changes and edits of texts, newest first."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal, NamedTuple
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import AfterValidator, Field
from sqlalchemy.orm import Session

from newsbot.dedupe.admissions import Verdict
from newsbot.dedupe.revisions import Segment
from newsbot.query.written_values import written_name
from newsbot.store.queries import (
    EXPLANATIONS,
    EditFilters,
    EditPosition,
    PublisherEdit,
    database_id,
    list_edits,
    narrow,
    source_names,
)
from newsbot.web.feeds.dated_answers import feed_answer
from newsbot.web.feeds.feed_documents import ATOM_FEED, JSON_FEED, FeedEntry, SyndicatedFeed
from newsbot.web.html.differences import compare
from newsbot.web.html.rendering import page
from newsbot.web.serving.parameters import Flag, SourceParameters
from newsbot.web.serving.site import site_of

PATH = "/edits"
ENTRIES = 20
"""Number of edits in a page, unless another one is asked for."""
MAX_ENTRIES = 50
_YEAR_1 = datetime.min.replace(tzinfo=UTC)
_CURSOR = re.compile(r"([0-9]{1,17})\.([0-9]{1,18})\.([0-9]{1,9})", re.ASCII)

LABELS: Mapping[Verdict | None, str] = {
    "silent": "Silent: nothing on the page owns up to it",
    "admitted": "Loud: the page says that it was changed",
    "unknown": "Unknown: the page cannot show whether it was an edit",
    "no-edit": "No edit",
    None: "Judged by an earlier version of newsbot, which kept no reason",
}
"""Verdict -> what it means, in words."""
SHORT: Mapping[Verdict | None, str] = {"silent": "silent", "admitted": "loud"}

router = APIRouter(include_in_schema=False)


def _known(value: str) -> str:
    if value and not _CURSOR.fullmatch(value):
        raise ValueError("is none that this site has given")
    return value


class EditParameters(SourceParameters):
    """A part of the list of edits."""

    part: Annotated[Literal["", "headline", "text"], Field(description="What was changed.")] = ""
    silent: Annotated[
        Flag, Field(description="1 or true: only edits that nothing on the page owns up to.")
    ] = False
    limit: Annotated[int, Field(ge=1, le=MAX_ENTRIES)] = ENTRIES
    cursor: Annotated[str, AfterValidator(_known)] = ""

    @property
    def after(self) -> EditPosition | None:
        """Position after which the page begins."""
        found = _CURSOR.fullmatch(self.cursor)
        if found is None:
            return None
        moment = _YEAR_1 + timedelta(microseconds=int(found[1]))
        return EditPosition(moment, int(found[2]), int(found[3]))

    def edit_filters(self, session: Session) -> EditFilters:
        """Return the filters for the store. Raises FilterError for an unknown source, tag, language or country."""
        return EditFilters(
            part=self.part or None, only_silent=self.silent, articles=narrow(session, self.filters())
        )

    def address(self, path: str, **changes: Any) -> str:
        """Return `path` with these parameters, except for `changes`; without a cursor, the list starts anew."""
        asked = self.model_dump(mode="json", exclude_defaults=True, exclude={"cursor"}) | changes
        texts = {name: _written(value) for name, value in asked.items()}
        query = urlencode({name: text for name, text in texts.items() if text})
        return f"{path}?{query}" if query else path


def _written(value: Any) -> str:
    """Return a value of a parameter as text; several names are separated by commas."""
    if isinstance(value, list | tuple):
        return ",".join(map(written_name, value))
    return "true" if value is True else str(value or "")


EditQuery = Annotated[EditParameters, Query()]


class ShownEdit(NamedTuple):
    """An edit with what the page says of it."""

    edit: PublisherEdit
    label: str
    reason: str
    title: list[Segment] | None
    passages: list[list[Segment]]
    left_out: int
    """Number of changed passages that are not shown."""


@router.get("/edits")
def edits(request: Request, asked: EditQuery) -> Response:
    """Show what publishers changed, newest first."""
    with site_of(request).read() as session:
        found = list_edits(session, asked.edit_filters(session), after=asked.after, limit=asked.limit)
        names = source_names(session)
    following = found.after and asked.address(PATH, cursor=_encode(found.after))
    shown = [_shown(edit) for edit in found.edits]
    return page(
        request,
        "edits.html",
        asked=asked,
        fields=_fields(request),
        fault="",
        edits=shown,
        names=names,
        previous=asked.address(PATH, cursor=_encode(found.before)) if asked.after else None,
        following=following,
    )


def faulty_form(request: Request, faults: Mapping[str, str], error: Exception) -> Response:
    """Show the form again, filled with what was asked for, and what is wrong with it."""
    with site_of(request).read() as session:
        names = source_names(session)
    fault = "; ".join(f"{name}: {text}" for name, text in faults.items()) or str(error)
    shown = {"asked": EditParameters(), "fields": _fields(request), "fault": fault, "names": names}
    return page(request, "edits.html", status=422, edits=[], previous=None, following=None, **shown)


def _fields(request: Request) -> dict[str, str]:
    """Return the fields of the form as they were given."""
    given = {name: request.query_params.getlist(name) for name in ("part", "source", "language", "silent")}
    return {name: ",".join(values) for name, values in given.items()}


@router.get("/edits.atom")
def atom(request: Request, asked: EditQuery) -> Response:
    """Return what publishers changed, newest first, as Atom."""
    return feed_answer(request, _feed(request, asked, "/edits.atom"), ATOM_FEED)


@router.get("/edits.json")
def json_feed(request: Request, asked: EditQuery) -> Response:
    """Return what publishers changed, newest first, as JSON Feed."""
    return feed_answer(request, _feed(request, asked, "/edits.json"), JSON_FEED)


def _feed(request: Request, asked: EditParameters, path: str) -> SyndicatedFeed:
    site = site_of(request)
    with site.read() as session:
        found = list_edits(session, asked.edit_filters(session), after=asked.after, limit=asked.limit)
        database, names = database_id(session), source_names(session)
    about = (asked.part, "silent" if asked.silent else "", *asked.source, *asked.tag, *asked.language)
    narrowed = ", ".join(value for value in about if value)
    return SyndicatedFeed(
        title=f"Edits by publishers: {narrowed} – newsbot" if narrowed else "Edits by publishers – newsbot",
        home=site.url or str(request.base_url).rstrip("/"),
        database=database,
        first=asked.address(path),
        path=asked.address(path, cursor=asked.cursor),
        previous=asked.address(path, cursor=_encode(found.before)) if asked.after else None,
        next=asked.address(path, cursor=_encode(found.after)) if found.after else None,
        page=asked.address(PATH),
        entries=[_entry(edit, names) for edit in found.edits],
        asked_at=site.now(),
    )


def _entry(edit: PublisherEdit, names: Mapping[str, str]) -> FeedEntry:
    article, shown = edit.article, _shown(edit)
    publisher = names.get(article.source or "", article.source or "unknown")
    what = "Headline" if edit.title else "Text"
    lines = [f"{shown.label} ({shown.reason})" if shown.reason else shown.label]
    lines += [f"Headline before: {edit.title.old}", f"Headline after: {edit.title.new}"] if edit.title else []
    lines += [_plain(segments) for segments in shown.passages]
    if shown.left_out:
        lines.append(f"… and {shown.left_out} more")
    tags = [SHORT.get(edit.verdict, "unknown"), *(["headline"] if edit.title else [])]
    return FeedEntry(
        path=f"/articles/{article.id}/revisions#r{edit.revision}",
        title=f"{what} changed: {article.title or 'Without a title'}",
        published_at=edit.changed_at,
        updated_at=edit.changed_at,
        summary=lines[0],
        paragraphs=lines,
        authors=[publisher],
        categories=[*tags, *(["text"] if edit.passages or edit.passage_count is None else [])],
        language=article.language,
        original=article.url,
        image=None,
    )


def _shown(edit: PublisherEdit) -> ShownEdit:
    evidence = edit.evidence
    reason = ""
    if evidence is not None and evidence.verdict != "silent":
        said = EXPLANATIONS[evidence.reason]
        reason = f"{said}: {evidence.text}" if evidence.text else said
    return ShownEdit(
        edit,
        LABELS[edit.verdict],
        reason,
        compare(*edit.title) if edit.title else None,
        [compare(*passage) for passage in edit.passages],
        max(0, (edit.passage_count or 0) - len(edit.passages)),
    )


def _plain(segments: list[Segment]) -> str:
    """Return a passage as text, with what was removed and added in brackets."""
    marks = {"removed": "[-{}-]", "added": "{{+{}+}}", "same": "{}"}
    return "".join(marks[segment.kind].format(segment.text) for segment in segments)


def _encode(position: EditPosition | None) -> str:
    """Return a position as the text of a cursor; empty for the first page."""
    if position is None:
        return ""
    microseconds = (position.changed_at - _YEAR_1) // timedelta(microseconds=1)
    return f"{microseconds}.{position.article_id}.{position.revision}"
