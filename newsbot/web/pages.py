"""The pages. They are rendered on the server and can be read without scripts, which add what is more convenient."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException

from newsbot.items import STUB
from newsbot.store.queries import (
    StoredArticle,
    addresses,
    article_urls,
    count_silent,
    entity_ids,
    explanation,
    former_articles,
    get_article,
    history,
    list_conflicts,
    load_articles,
    newest_stories,
    ranked_stories,
    recent_languages,
    related_articles,
    removed_paragraphs,
    source_names,
    story_members,
)
from newsbot.web.api.endpoints import Id
from newsbot.web.html.differences import compare, differences, likeness
from newsbot.web.html.rendering import STATIC, page
from newsbot.web.html.texts import MAX_SHOWN_CHARS, marked_blocks
from newsbot.web.openapi.description import endpoints
from newsbot.web.openapi.examples import example_names
from newsbot.web.serving.parameters import Text
from newsbot.web.serving.site import site_of

HOME_SOURCES, HOME_LANGUAGES = 12, 12
"""Numbers of sources at a glance, and of languages to choose from."""
HOME_STORIES = {"full": 20, "compact": 50}
"""Density -> number of stories."""
MAX_COMPARED = 30
"""Number of members of a story whose texts are compared with the first text."""
RELATED = 6
"""Number of related articles beside an article."""
_STATIC_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}

router = APIRouter(include_in_schema=False)


class HomeParameters(BaseModel):
    """What the home page is asked for."""

    model_config = ConfigDict(extra="forbid")

    view: Literal["top", "newest"] = "top"
    density: Literal["full", "compact"] = "full"
    language: Text = None

    def address(self, **changes: Any) -> str:
        """Return the address of the home page with these parameters, except for `changes`."""
        query = urlencode(
            {
                name: value
                for name, value in (self.model_dump(exclude_defaults=True) | changes).items()
                if value not in (None, HomeParameters.model_fields[name].default)
            }
        )
        return f"/?{query}" if query else "/"


@router.get("/")
def home(request: Request, asked: Annotated[HomeParameters, Query()]) -> Response:
    """Show stories, rising entities, and the state of the sources."""
    site = site_of(request)
    snapshot = site.snapshot.get()
    now, number = site.now(), HOME_STORIES[asked.density]
    with site.read() as session:
        if asked.view == "top":
            until = min(now, snapshot.until)
            stories = ranked_stories(session, until=until, limit=number, language=asked.language)
        else:
            stories = newest_stories(session, until=now, limit=number, language=asked.language)
        languages = recent_languages(session, until=now)
        names = source_names(session)
    # Sources with a problem come first; otherwise the order is that of the snapshot.
    sources = sorted(
        snapshot.sources, key=lambda source: (not source.failing_feed_count, source.held_until is None)
    )
    return page(
        request,
        "home.html",
        asked=asked,
        stories=stories,
        languages=languages[:HOME_LANGUAGES] if len(languages) > 1 or asked.language else [],
        names=names,
        headlines=[
            (edit, compare(edit.title.old, edit.title.new)) for edit in snapshot.headlines if edit.title
        ],
        snapshot=snapshot,
        sources=sources[:HOME_SOURCES],
        article_count=sum(source.article_count for source in sources),
        stub_count=sum(source.stub_count for source in sources),
        now=now,
    )


@router.get("/articles/{article_id}")
def article(request: Request, article_id: Id) -> Response:
    """Show an article: its text with the entities marked, and its other fields."""
    site = site_of(request)
    with site.read() as session:
        stored = _stored(get_article(session, article_id), article_id)
        ids = entity_ids(session, article_id)
        urls, names = article_urls(session, article_id), source_names(session)
        members = story_members(session, stored.story_id) if stored.story_id else []
        conflicts = [] if stored.article.kind == STUB else list_conflicts(session, article_id)
        silent = count_silent(session, article_id)
        removed = removed_paragraphs(session, article_id)
        places = [place for place in addresses(session, article_id) if place.until]
        former = former_articles(session, article_id)
        related = related_articles(session, site.vectors, article_id, now=site.now(), limit=RELATED) or []
    return page(
        request,
        "article.html",
        stored=stored,
        article=stored.article,
        ids=ids,
        urls=urls,
        places=places,
        former=former,
        names=names,
        conflicts=conflicts,
        silent=silent,
        removed=removed,
        related=[found.article for found in related],
        members=[member for member in members if member.id != article_id],
        entities=sorted(
            (entity for entity in stored.article.entities if (entity.name, entity.type) in ids),
            key=lambda entity: -len(entity.mentions),
        ),
        groups=marked_blocks(stored.article, ids),
        is_cut=len(stored.article.body) > MAX_SHOWN_CHARS,
    )


@router.get("/articles/{article_id}/revisions")
def revisions(request: Request, article_id: Id) -> Response:
    """Show the changes of an article, newest first."""
    with site_of(request).read() as session:
        stored = _stored(get_article(session, article_id), article_id)
        changes = history(session, article_id) or []
    shown = [(change, explanation(change), differences(change)) for change in reversed(changes)]
    return page(request, "revisions.html", stored=stored, article=stored.article, changes=shown)


@router.get("/stories/{story_id}")
def story(request: Request, story_id: Id) -> Response:
    """Show which source published a story when, and what each article changed in the first text."""
    with site_of(request).read() as session:
        members = story_members(session, story_id)
        stored = {
            article.id: article for article in load_articles(session, [m.id for m in members[:MAX_COMPARED]])
        }
        names = source_names(session)
    if not members:
        raise HTTPException(404, f"There is no story {story_id}.")
    first = next((member for member in members if member.story_role == "original"), members[0])
    if first.id not in stored:
        first = members[0]
    body = stored[first.id].article.body
    return page(
        request,
        "story.html",
        first=first,
        members=members,
        names=names,
        likenesses={
            article_id: likeness(body, other.article.body)
            for article_id, other in stored.items()
            if article_id != first.id
        },
    )


@router.get("/api")
@router.get("/docs")
def api(request: Request) -> Response:
    """Show the endpoints of the API, with examples of what this database has."""
    site = site_of(request)
    with site.read() as session:
        names = example_names(session, site.snapshot.get().sources)
    home = site.url or str(request.base_url).rstrip("/")
    described = endpoints(request.app.openapi(), names)
    return page(request, "api.html", endpoints=described, home=home, first=described[0].examples[0])


@router.get("/openapi.json")
def openapi(request: Request) -> Response:
    """Return the description of the API for programs, where users of FastAPI look for it."""
    return JSONResponse(request.app.openapi())


@router.get("/static/{name}")
def static(name: str, v: str = "") -> Response:
    """Return a static file of the pages; `v` is its version, so that browsers keep it until there is another."""
    if name not in STATIC:
        raise HTTPException(404)
    kept_s = 365 * 86_400 if v else 86_400
    headers = {"Cache-Control": f"public, max-age={kept_s}"}
    return Response(STATIC[name], headers=headers, media_type=_STATIC_TYPES[Path(name).suffix])


def _stored(found: StoredArticle | None, article_id: int) -> StoredArticle:
    if found is None:
        raise HTTPException(404, f"There is no article {article_id}.")
    return found
