"""The page of watches: what is watched and what was found; a search can be made a watch, where readers may write."""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import Field
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException

from newsbot.errors import UsageError
from newsbot.outputs.matching_table import read_table
from newsbot.outputs.watches.watch_table import HEADING, WatchTable
from newsbot.query.parser import parse
from newsbot.query.query_words import fold
from newsbot.store.changes.cursors import last_number
from newsbot.store.queries import (
    WatchHit,
    count_hits,
    described,
    last_hits,
    matching_articles,
    source_names,
    stored_watches,
)
from newsbot.store.sending.log_cursors import register
from newsbot.store.sending.stored_watches import remove_watch, store_watch
from newsbot.store.sending.watch_hits import prefix
from newsbot.web.api.watch_api import watches_of
from newsbot.web.html.rendering import page
from newsbot.web.serving.parameters import MAX_QUERY_CHARS, FilterParameters
from newsbot.web.serving.site import root_of, site_of

PATH = "/watches"
HITS = 5
"""Number of articles that are shown of each watch."""
MAX_WATCHES = 200
"""Number of watches that can be made on the page."""
_FIELDS = ("source", "exclude_source", "tag", "language", "country", "section", "entity", "kind")

router = APIRouter(include_in_schema=False)


class WatchedSearch(FilterParameters):
    """A search to be watched."""

    q: Annotated[str, Field(max_length=MAX_QUERY_CHARS)] = ""

    @property
    def definition(self) -> dict[str, Any]:
        """The keys of a `[[watch]]` table, without its name. A period is left out: what is new is found."""
        given = {name: list(value) for name in _FIELDS if (value := getattr(self, name))}
        return {"query": self.q, **given} if self.q else given


@router.get(PATH)
def watches(request: Request, asked: Annotated[WatchedSearch, Query()]) -> Response:
    """Show the watches, and the search that is to be one."""
    site = site_of(request)
    with site.read() as session:
        parse(asked.q)
        matching_articles(session, [], asked.q, asked.filters())  # unknown names are reported here
        tables = watches_of(session, site)
        shown = [_shown(session, table) for table in tables.values()]
        made, names = (
            set(stored_watches(session)) - {str(table.get("name")) for table in site.watch},
            source_names(session),
        )
    definition = asked.definition
    return page(
        request,
        "watches.html",
        asked=asked,
        shown=shown,
        made=made,
        names=names,
        proposed=_proposed_name(asked, tables),
        block=as_toml(_proposed_name(asked, tables), definition) if definition else None,
        definition=json.dumps(definition),
        form_key=site.form_key,
    )


def _shown(session: Session, table: WatchTable) -> tuple[WatchTable, int, list[WatchHit], FilterParameters]:
    hits = described(session, table.name, last_hits(session, table.name, HITS), table.query)
    given = {name: getattr(table, name) for name in _FIELDS}
    search = WatchedSearch(q=table.query, **given)
    return table, count_hits(session, table.name), hits, search


def _proposed_name(asked: WatchedSearch, known: Mapping[str, object]) -> str:
    """Return a name for a watch that no other one has."""
    words = " ".join([asked.q, *(value for name in _FIELDS for value in getattr(asked, name))])
    name = re.sub("[^a-z0-9]+", "-", fold(words)).strip("-")[:40].strip("-") or "everything"
    return next(free for number in range(1, len(known) + 2) if (free := _numbered(name, number)) not in known)


def _numbered(name: str, number: int) -> str:
    return name if number == 1 else f"{name}-{number}"


def as_toml(name: str, definition: Mapping[str, Any]) -> str:
    """Return the `[[watch]]` table of a search, to be copied into newsbot.toml."""
    keys = {"name": name, **definition, "notify": ["mailto://USER:PASSWORD@HOST"]}
    lines = [f"{key} = {json.dumps(value, ensure_ascii=True)}" for key, value in keys.items()]
    return "\n".join([HEADING, *lines])


# ------------------------------------------------------------------ writing


async def _read_form(request: Request) -> None:
    """Keep the fields of the form; the guard has checked its length."""
    body = (await request.body()).decode(errors="replace")
    request.state.form = dict(parse_qsl(body, keep_blank_values=True, max_num_fields=20))


@router.post(PATH, dependencies=[Depends(_read_form)])
def write_watch(request: Request) -> Response:
    """Make a watch of a search, or remove one that was made here; then show the page again.

    The form has a hidden value, which pages of other sites cannot know."""
    site, form = site_of(request), request.state.form
    if not site.form_key or not hmac.compare_digest(form.get("key", "").encode(), site.form_key.encode()):
        raise HTTPException(403, "The form is not one of this site: open the page again.")
    name = form.get("name", "")
    if form.get("do") == "remove":
        site.database.transact(partial(remove_watch, name=name))
    else:
        table = _table(name, form.get("definition", ""))
        site.database.transact(partial(_store, table=table, site_watch=site.watch, now=site.now()))
    return RedirectResponse(f"{root_of(request)}{PATH}", 303)


def _table(name: str, definition: str) -> WatchTable:
    """Return the watch that a form asks for: a search, without addresses, which are in newsbot.toml alone."""
    try:
        given = json.loads(definition)
    except ValueError:
        given = None
    if not isinstance(given, dict) or not set(given) <= {"query", *_FIELDS}:
        raise HTTPException(422, "definition: is no search")
    return read_table(WatchTable, HEADING, {**given, "name": name})


def _store(session: Session, *, table: WatchTable, site_watch: Any, now: Any) -> None:
    definition = table.model_dump(mode="json", exclude_defaults=True, exclude={"name"})
    matching_articles(session, [], table.query, table.filters(now))  # unknown names are reported here
    stored = stored_watches(session)
    if len(stored) >= MAX_WATCHES:
        raise UsageError(f"{MAX_WATCHES} watches were made here; remove one first")
    taken = table.name in {str(given.get("name")) for given in site_watch}
    if taken or not store_watch(session, table.name, definition, now):
        raise UsageError(f"name: there is a watch {table.name!r}; accepted: a name of its own")
    register(session, prefix(table.name), last_number(session))
