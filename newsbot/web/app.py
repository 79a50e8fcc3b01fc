"""The ASGI application: pages, API and feeds over one database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from fastapi import FastAPI

from newsbot import __version__
from newsbot.store.database import Database
from newsbot.web import api, pages, syndication
from newsbot.web.guard import Access, Guard
from newsbot.web.problems import add_handlers
from newsbot.web.site import Site

OPENAPI = "/api/openapi.json"


def _now() -> datetime:
    return datetime.now(UTC)


def create_app(
    database: Database,
    *,
    access: Access | None = None,
    images: bool = False,
    url: str | None = None,
    now: Callable[[], datetime] = _now,
) -> Guard:
    """Return an ASGI application over an open database. For `images` and `url` see `Site`."""
    app = FastAPI(
        title="newsbot",
        version=__version__,
        openapi_url=OPENAPI,
        docs_url=None,
        redoc_url=None,
        servers=[{"url": url}] if url else None,
        root_path_in_servers=url is None,
        description="Articles, entities, stories and sources of a newsbot database. Read only.",
    )
    app.state.site = Site(database=database, now=now, images=images, url=url)
    for part in (api, syndication, pages):
        app.include_router(part.router)
    add_handlers(app)
    return Guard(app, access or Access(), images=images)
