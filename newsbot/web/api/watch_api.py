"""Watches in the API: what is watched, and what each watch has found last."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel
from sqlalchemy.orm import Session

from newsbot.items import utc_text
from newsbot.outputs.watches.watch_table import WatchTable, read_watch_tables
from newsbot.store.queries import WatchHit, count_hits, described, last_hits, stored_watches
from newsbot.web.api.endpoints import ERRORS, complete, json_answer
from newsbot.web.openapi.description import with_examples
from newsbot.web.serving.site import Site, site_of

MAX_HITS = 50

router = APIRouter(prefix="/api", responses=ERRORS)


class WatchHitJson(BaseModel):
    """An article that a watch has found."""

    id: int
    url: str
    title: str | None
    source: str | None
    dated_at: datetime
    found_at: datetime
    snippet: str


class WatchJson(BaseModel):
    """A watch; `every` and `quiet` as its table has them; `article_count`: number of articles that it has found."""

    name: str
    query: str
    every: str | None
    quiet: str | None
    article_count: int
    articles: list[WatchHitJson]


class WatchesJson(BaseModel):
    """All watches."""

    items: list[WatchJson]
    next: None


@router.get("/watches", response_model=WatchesJson, openapi_extra=with_examples("/api/watches?limit=5"))
def watches(
    request: Request,
    limit: Annotated[int, Query(ge=0, le=MAX_HITS, description="At most this number of articles each.")] = 10,
) -> Response:
    """List the watches, and the articles that each has found last, the last one first. Addresses are not shown."""
    site = site_of(request)
    with site.read() as session:
        items = [_watch(session, table, limit) for table in watches_of(session, site).values()]
    return json_answer(complete(items))


def watches_of(session: Session, site: Site) -> dict[str, WatchTable]:
    """Return the watches of newsbot.toml and of the page by their names."""
    return read_watch_tables(site.watch, stored_watches(session))


def _watch(session: Session, table: WatchTable, limit: int) -> dict[str, Any]:
    hits = described(session, table.name, last_hits(session, table.name, limit), table.query)
    return {
        "name": table.name,
        "query": table.query,
        "every": table.every,
        "quiet": table.quiet,
        "article_count": count_hits(session, table.name),
        "articles": [_hit(hit) for hit in hits],
    }


def _hit(hit: WatchHit) -> dict[str, Any]:
    return {
        "id": hit.id,
        "url": hit.url,
        "title": hit.title,
        "source": hit.source,
        "dated_at": utc_text(hit.dated_at),
        "found_at": utc_text(hit.found_at),
        "snippet": hit.snippet,
    }
