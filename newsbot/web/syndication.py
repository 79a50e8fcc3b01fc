"""Atom (RFC 4287) and JSON Feed 1.1 of any search: all articles, those of a source, an entity, a query."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from fastapi import APIRouter, Request
from fastapi.responses import Response
from lxml import etree

from newsbot.items import READ_KINDS, utc_text
from newsbot.store.queries import Summary, database_id, find_articles
from newsbot.web.html.rendering import web_link
from newsbot.web.parameters import SearchParameters, SearchQuery
from newsbot.web.site import site_of

ATOM = "http://www.w3.org/2005/Atom"
ENTRIES = 50
"""Number of articles in a feed."""
_NAMES: dict[Any, str] = {None: ATOM}
_NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 does not allow, not even as a character reference."""

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SyndicatedFeed:
    """The articles of a feed, its title and its addresses."""

    title: str
    home: str
    """URL of this site, without a slash at the end. Links begin with it, ids do not: it may change."""
    database: UUID
    """Identity of the database, from which the ids are made."""
    path: str
    page: str
    articles: Sequence[Summary]
    now: datetime

    def permanent_id(self, path: str) -> str:
        """Return the id of what is at a path of this site: the same under whatever address the site is reached."""
        return uuid5(self.database, path).urn


@router.get("/feed.atom")
def atom(request: Request, asked: SearchQuery) -> Response:
    """Return what a search finds, newest first, as Atom. Stubs are left out unless they are asked for."""
    return Response(atom_document(_feed(request, asked, "/feed.atom")), media_type="application/atom+xml")


@router.get("/feed.json")
def json_feed(request: Request, asked: SearchQuery) -> Response:
    """Return what a search finds, newest first, as JSON Feed. Stubs are left out unless they are asked for."""
    document = json.dumps(json_document(_feed(request, asked, "/feed.json")), ensure_ascii=False)
    return Response(document.encode(errors="replace"), media_type="application/feed+json")


def _feed(request: Request, asked: SearchParameters, path: str) -> SyndicatedFeed:
    site = site_of(request)
    filters = asked.filters("date")
    with_text = replace(filters, kind=filters.kind or READ_KINDS)  # a reader would open them in vain
    with site.read() as session:
        found = find_articles(session, asked.q, with_text, limit=ENTRIES)
        database = database_id(session)
    narrowed = (asked.q, asked.source, asked.entity, asked.section, asked.language)
    about = ", ".join(value for value in narrowed if value)
    return SyndicatedFeed(
        title=f"{about} – newsbot" if about else "newsbot",
        home=site.url or str(request.base_url).rstrip("/"),
        database=database,
        path=asked.address(path),
        page=asked.address("/search"),
        articles=[listed.article for listed in found.listing.articles],
        now=site.now(),
    )


def atom_document(feed: SyndicatedFeed) -> bytes:
    """Return the feed as Atom."""
    updated = max((_updated(article) for article in feed.articles), default=feed.now)
    root = etree.Element(f"{{{ATOM}}}feed", nsmap=_NAMES)
    _add(root, "id", feed.permanent_id(feed.path))
    _add(root, "title", feed.title)
    _add(root, "updated", utc_text(updated))
    _add(root, "link", rel="self", href=feed.home + feed.path, type="application/atom+xml")
    _add(root, "link", rel="alternate", href=feed.home + feed.page, type="text/html")
    _add(_add(root, "author"), "name", "newsbot")
    for article in feed.articles:
        _add_entry(root, feed, article)
    return etree.tostring(root, xml_declaration=True, encoding="utf-8")


def _add_entry(root: etree._Element, feed: SyndicatedFeed, article: Summary) -> None:
    path = f"/articles/{article.id}"
    entry = _add(root, "entry")
    _add(entry, "id", feed.permanent_id(path))
    _add(entry, "title", article.title or "Without a title")
    _add(entry, "updated", utc_text(_updated(article)))
    _add(entry, "published", utc_text(article.dated_at))
    _add(entry, "link", rel="alternate", href=feed.home + path, type="text/html")
    if original := web_link(article.url):
        _add(entry, "link", rel="via", href=original)
    _add(entry, "summary", article.description or article.lead)
    _add(_add(entry, "author"), "name", article.source or "unknown")
    if article.section:
        _add(entry, "category", term=article.section)


def _add(parent: etree._Element, tag: str, text: str | None = None, **attributes: str) -> etree._Element:
    element = etree.SubElement(parent, f"{{{ATOM}}}{tag}")
    element.text = None if text is None else _xml(text)
    for name, value in attributes.items():
        element.set(name, _xml(value))
    return element


def json_document(feed: SyndicatedFeed) -> dict[str, Any]:
    """Return the feed as JSON Feed."""
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.home + feed.page,
        "feed_url": feed.home + feed.path,
        "items": [_item(feed, article) for article in feed.articles],
    }


def _item(feed: SyndicatedFeed, article: Summary) -> dict[str, Any]:
    path = f"/articles/{article.id}"
    item = {
        "id": feed.permanent_id(path),
        "url": feed.home + path,
        "external_url": web_link(article.url),
        "title": article.title,
        "summary": article.description,
        "content_text": article.lead,
        "date_published": utc_text(article.dated_at),
        "date_modified": utc_text(_updated(article)),
        "authors": [{"name": article.source}] if article.source else None,
        "language": article.language,
        "tags": [article.section] if article.section else None,
    }
    return {name: value for name, value in item.items() if value is not None}


def _updated(article: Summary) -> datetime:
    """Return the later of publication and first fetch; reading the time of the last revision costs another query."""
    return max(article.dated_at, article.first_seen_at)


def _xml(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)
