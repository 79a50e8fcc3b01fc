"""The ASGI application: pages, API and feeds over one database."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from fastapi import Depends, FastAPI

from newsbot import __version__
from newsbot.store.database import Database
from newsbot.store.placing.queue_database import QueueDatabase
from newsbot.web import (
    cluster_page,
    downloads,
    edits,
    entity_pages,
    metrics_api,
    pages,
    searching,
    source_pages,
    syndication,
    watch_pages,
)
from newsbot.web.api import article_api, changes_api, entity_api, source_api, story_api, watch_api
from newsbot.web.openapi.accepted import refuse_unknown
from newsbot.web.serving.guard import Access, Guard
from newsbot.web.serving.problems import add_handlers
from newsbot.web.serving.site import Site

OPENAPI = "/api/openapi.json"


def _now() -> datetime:
    return datetime.now(UTC)


def create_app(
    database: Database,
    *,
    access: Access | None = None,
    images: bool = False,
    url: str | None = None,
    cors: Sequence[str] = (),
    watch: Sequence[Mapping[str, Any]] = (),
    queue: QueueDatabase | None = None,
    now: Callable[[], datetime] = _now,
) -> Guard:
    """Return an ASGI application over an open database. For `images`, `url`, `watch` and `queue` see `Site`, for `cors` `Guard`."""
    access = access or Access()
    site = Site(
        database=database,
        now=now,
        images=images,
        url=url,
        watch=watch,
        form_key=access.form_key,
        queue=queue,
    )
    return Guard(application(site), access, images=images, cors=cors)


def application(site: Site) -> FastAPI:
    """Return the application without the guard in front of it, whose OpenAPI document describes the API."""
    app = FastAPI(
        title="newsbot",
        version=__version__,
        openapi_url=OPENAPI,
        dependencies=[Depends(refuse_unknown)],
        docs_url=None,
        redoc_url=None,
        servers=[{"url": site.url}] if site.url else None,
        root_path_in_servers=site.url is None,
        description="Articles, entities, stories and sources of a newsbot database. Read only.",
    )
    app.state.site = site
    for part in (
        article_api.router,
        entity_api.router,
        story_api.router,
        source_api.router,
        changes_api.router,
        watch_api.router,
        downloads.router,
        downloads.tables,
        syndication.router,
        edits.router,
        searching.router,
        entity_pages.router,
        source_pages.router,
        watch_pages.router,
        metrics_api.router,
        cluster_page.router,
        pages.router,
    ):
        app.include_router(part)
    add_handlers(app, {"/search": searching.faulty_form, "/edits": edits.faulty_form})
    return app
