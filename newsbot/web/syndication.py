"""Feeds of any search: all articles, those of a source, an entity, a query; the last first seen comes first."""

from __future__ import annotations

from dataclasses import replace

from fastapi import APIRouter, Request
from fastapi.responses import Response

from newsbot.items import READ_KINDS
from newsbot.store.queries import (
    Arrival,
    ArrivalPosition,
    Position,
    database_id,
    list_arrivals,
    source_names,
)
from newsbot.web.feeds.dated_answers import feed_answer
from newsbot.web.feeds.feed_documents import ATOM_FEED, JSON_FEED, FeedEntry, SyndicatedFeed
from newsbot.web.serving.parameters import SearchParameters, SearchQuery, encode
from newsbot.web.serving.site import site_of

ENTRIES = 50
"""Number of articles in a page of a feed, unless another one is asked for."""

router = APIRouter(include_in_schema=False)


@router.get("/feed.atom")
def atom(request: Request, asked: SearchQuery) -> Response:
    """Return what a search finds, last first seen first, as Atom. Stubs are left out unless they are asked for."""
    return feed_answer(request, _feed(request, asked, "/feed.atom"), ATOM_FEED)


@router.get("/feed.json")
def json_feed(request: Request, asked: SearchQuery) -> Response:
    """Return what a search finds, last first seen first, as JSON Feed. Stubs are left out unless they are asked for."""
    return feed_answer(request, _feed(request, asked, "/feed.json"), JSON_FEED)


def _feed(request: Request, asked: SearchParameters, path: str) -> SyndicatedFeed:
    site = site_of(request)
    filters = asked.filters("date")
    with_text = replace(filters, kind=filters.kind or READ_KINDS)  # a reader would open them in vain
    after = None if asked.after is None else ArrivalPosition(*asked.after[1:])
    limit = asked.limit if "limit" in asked.model_fields_set else ENTRIES
    with site.read() as session:
        found = list_arrivals(session, asked.q, with_text, after=after, limit=limit)
        database, names = database_id(session), source_names(session)
    narrowed = (*asked.source, *asked.tag, *asked.entity, *asked.section, *asked.language, *asked.country)
    about = ", ".join([asked.q, *narrowed] if asked.q else narrowed)

    def page_after(position: ArrivalPosition | None) -> str:
        return asked.address(path, cursor=position and encode(Position(0.0, *position)))

    return SyndicatedFeed(
        title=f"{about} – newsbot" if about else "newsbot",
        home=site.url or str(request.base_url).rstrip("/"),
        database=database,
        first=asked.address(path),
        path=asked.address(path, cursor=asked.cursor),
        previous=page_after(found.before) if after else None,
        next=page_after(found.after) if found.after else None,
        page=asked.address("/search"),
        entries=[_entry(article, names.get(article.source or "")) for article in found.articles],
        asked_at=site.now(),
    )


def _entry(article: Arrival, source: str | None) -> FeedEntry:
    paragraphs = article.text.split("\n\n") if article.text else [article.description or article.title or "–"]
    publisher = source or article.source or "unknown"
    return FeedEntry(
        path=f"/articles/{article.id}",
        title=article.title or "Without a title",
        published_at=article.dated_at,
        updated_at=article.updated_at,
        summary=article.description,
        paragraphs=[*paragraphs, "…"] if article.is_cut else paragraphs,
        authors=article.authors or [publisher],
        categories=list(dict.fromkeys([*article.topics, *([article.section] if article.section else [])])),
        language=article.language,
        original=article.url,
        image=article.image_url,
    )
