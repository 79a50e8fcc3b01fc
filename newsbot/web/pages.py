"""The pages. They are rendered on the server and need no JavaScript."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse

from newsbot.items import ENTITY_TYPES, STORED_KINDS, STUB
from newsbot.store.queries import (
    StoredArticle,
    addresses,
    article_urls,
    count_silent,
    countries_of,
    entity_ids,
    explanation,
    find_articles,
    find_entity,
    former_articles,
    get_article,
    get_entity,
    history,
    list_conflicts,
    load_articles,
    newest_stories,
    related_articles,
    removed_paragraphs,
    source_detail,
    source_names,
    story_members,
)
from newsbot.web.api import Id
from newsbot.web.description import endpoints
from newsbot.web.facets import active_filters, facet_links
from newsbot.web.html.differences import compare, differences, same_share
from newsbot.web.html.maps import located
from newsbot.web.html.rendering import STATIC, page
from newsbot.web.html.texts import MAX_SHOWN_CHARS, marked_paragraphs
from newsbot.web.parameters import SearchParameters, SearchQuery, Text, encode
from newsbot.web.site import root_of, site_of

HOME_SOURCES = 12
COMPANIONS = 120
"""Number of companions of an entity, of all types together: the lists show the first ones, the map all places."""
MAX_COMPARED = 30
"""Number of members of a story whose texts are compared with the first text."""
RELATED = 6
"""Number of related articles beside an article."""
MIN_DAYS, MAX_DAYS = 30, 5 * 365
"""Minimum and maximum number of days of a timeline."""
_STATIC_TYPES = {"style.css": "text/css", "icon.svg": "image/svg+xml"}

router = APIRouter(include_in_schema=False)


@router.get("/")
def home(request: Request) -> Response:
    """Show the newest stories, rising entities, and the state of the sources."""
    site = site_of(request)
    with site.read() as session:
        stories, names = newest_stories(session, limit=20), source_names(session)
    snapshot = site.snapshot.get()
    # Sources with a problem come first; otherwise the order is that of the snapshot.
    sources = sorted(
        snapshot.sources, key=lambda source: (not source.failing_feed_count, source.held_until is None)
    )
    return page(
        request,
        "home.html",
        stories=stories,
        names=names,
        snapshot=snapshot,
        sources=sources[:HOME_SOURCES],
        article_count=sum(source.article_count for source in sources),
        stub_count=sum(source.stub_count for source in sources),
        now=site.now(),
    )


@router.get("/search")
def search(request: Request, asked: SearchQuery) -> Response:
    """Show the articles that a search finds, and links that narrow it."""
    with site_of(request).read() as session:
        found = find_articles(session, asked.q, asked.filters(), after=asked.after, limit=asked.limit)
        names = source_names(session)
    after = found.listing.after
    following = after and asked.address("/search", cursor=encode(after))
    return page(
        request,
        "search.html",
        asked=asked,
        kinds=STORED_KINDS,
        found=found,
        names=names,
        following=following,
        facets=facet_links(asked, found.facets, names),
        chosen=active_filters(asked, names),
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
        paragraphs=marked_paragraphs(stored.article, ids),
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


@router.get("/entities")
def entities(request: Request, name: Text = None) -> Response:
    """Show the most mentioned entities of the week; with a name, redirect to the page of that entity."""
    site = site_of(request)
    snapshot = site.snapshot.get()
    with site.read() as session:
        found = None if name is None else find_entity(session, name)
        countries = countries_of(session, [place.id for place in snapshot.entities["LOC"]])
    if found is not None:
        return RedirectResponse(f"{root_of(request)}/entities/{found.id}", 303)
    places = located(snapshot.entities["LOC"], countries)
    return page(request, "entities.html", snapshot=snapshot, places=places, name=name)


@router.get("/entities/{entity_id}")
def entity(request: Request, entity_id: Id) -> Response:
    """Show one entity: its timeline, places, companions and articles."""
    site = site_of(request)
    with site.read() as session:
        detail = get_entity(session, entity_id, limit=COMPANIONS)
        if detail is None:
            raise HTTPException(404, f"There is no entity {entity_id}.")
        named = [detail.entity, *detail.companions]
        countries = countries_of(session, [entity.id for entity in named if entity.type == "LOC"])
        names = source_names(session)
    companions = {
        kind: [companion for companion in detail.companions if companion.type == kind][:10]
        for kind in ENTITY_TYPES
    }
    return page(
        request,
        "entity.html",
        detail=detail,
        entity=detail.entity,
        companions=companions,
        names=names,
        days=without_gaps(detail.timeline),
        places=located(named, countries),
        search=SearchParameters(entity=detail.entity.name, sort="date"),
    )


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
    compared = {
        article_id: other.article.body for article_id, other in stored.items() if article_id != first.id
    }
    body = stored[first.id].article.body
    return page(
        request,
        "story.html",
        first=first,
        members=members,
        names=names,
        differences={article_id: compare(body, other) for article_id, other in compared.items()},
        shares={article_id: same_share(body, other) for article_id, other in compared.items()},
    )


@router.get("/sources")
def sources(request: Request) -> Response:
    """Show the state of every source."""
    site = site_of(request)
    found = site.snapshot.get().sources
    names = {source.key: source.name or source.key for source in found}
    return page(request, "sources.html", sources=found, names=names, now=site.now())


@router.get("/sources/{key}")
def source(request: Request, key: str) -> Response:
    """Show one source: articles per day, fields, feeds, rejects."""
    site = site_of(request)
    with site.read() as session:
        detail = source_detail(session, key, now=site.now())
    if detail is None:
        raise HTTPException(404, "There is no such source.")
    return page(request, "source.html", source=detail, search=SearchParameters(source=key, sort="date"))


@router.get("/api")
def api(request: Request) -> Response:
    """Show the endpoints of the API."""
    return page(request, "api.html", endpoints=endpoints(request.app.openapi()))


@router.get("/static/{name}")
def static(name: str) -> Response:
    """Return a static file of the pages."""
    if name not in STATIC:
        raise HTTPException(404)
    headers = {"Cache-Control": "public, max-age=86400"}
    return Response(STATIC[name], headers=headers, media_type=_STATIC_TYPES[name])


def _stored(found: StoredArticle | None, article_id: int) -> StoredArticle:
    if found is None:
        raise HTTPException(404, f"There is no article {article_id}.")
    return found


def without_gaps(days: Sequence[tuple[date, int]]) -> list[tuple[date, int]]:
    """Return the timeline with every day from the first to the last, at least `MIN_DAYS`, at most `MAX_DAYS`.

    If it is longer, the oldest days are left out."""
    if not days:
        return []
    counts, last = dict(days), days[-1][0]
    length = min(max((last - days[0][0]).days + 1, MIN_DAYS), MAX_DAYS, last.toordinal())
    every = (last - timedelta(days=back) for back in reversed(range(length)))
    return [(day, counts.get(day, 0)) for day in every]
