"""Atom (RFC 4287) and JSON Feed 1.1, from the same feed.

A feed of more entries than a document holds is a paged feed (RFC 5005, section 3): its pages are linked both ways. It is no
archived feed (section 4), for its pages are not final: an edit changes an entry on whatever page it is, and each new
article moves the bounds of all pages. Programs that must not miss anything read `/api/changes`."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from lxml import etree

from newsbot.items import utc_text
from newsbot.web.html.rendering import web_link

ATOM = "http://www.w3.org/2005/Atom"
ATOM_TYPE, JSON_TYPE = "application/atom+xml", "application/feed+json"
_NAMES: dict[Any, str] = {None: ATOM}
_NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 does not allow, not even as a character reference."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEntry:
    """An entry of a feed."""

    path: str
    """Path of its page on this site; the permanent id is made from it, too."""
    title: str
    published_at: datetime
    updated_at: datetime
    summary: str | None
    paragraphs: Sequence[str]
    """Its text, as a feed reader shows it."""
    authors: Sequence[str]
    categories: Sequence[str]
    language: str | None
    original: str | None
    """URL of the article at its publisher."""
    image: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SyndicatedFeed:
    """The entries of a feed, its title and its addresses."""

    title: str
    home: str
    """URL of this site, without a slash at the end. Links begin with it, ids do not: it may change."""
    database: UUID
    """Identity of the database, from which the ids are made."""
    first: str
    """Path of its first page. The id of the feed is made from it."""
    path: str
    """Path of this page."""
    previous: str | None
    """Path of the page before this one; None on the first one."""
    next: str | None
    """Path of the next page; None on the last one."""
    page: str
    """Path of the page for people."""
    entries: Sequence[FeedEntry]
    asked_at: datetime
    """Time of the request."""

    @property
    def updated_at(self) -> datetime:
        """When the last of its entries was updated; the time of the request if it has none."""
        return max((entry.updated_at for entry in self.entries), default=self.asked_at)

    def permanent_id(self, path: str) -> str:
        """Return the id of what is at a path of this site: the same under whatever address the site is reached."""
        return uuid5(self.database, path).urn


# ------------------------------------------------------------------ Atom


def atom_document(feed: SyndicatedFeed) -> bytes:
    """Return a feed as Atom."""
    root = etree.Element(f"{{{ATOM}}}feed", nsmap=_NAMES)
    _add(root, "id", feed.permanent_id(feed.first))
    _add(root, "title", feed.title)
    _add(root, "updated", utc_text(feed.updated_at))
    _add(root, "link", rel="self", href=feed.home + feed.path, type=ATOM_TYPE)
    _add(root, "link", rel="first", href=feed.home + feed.first, type=ATOM_TYPE)
    if feed.previous:
        _add(root, "link", rel="previous", href=feed.home + feed.previous, type=ATOM_TYPE)
    if feed.next:
        _add(root, "link", rel="next", href=feed.home + feed.next, type=ATOM_TYPE)
    _add(root, "link", rel="alternate", href=feed.home + feed.page, type="text/html")
    _add(_add(root, "author"), "name", "newsbot")
    for entry in feed.entries:
        _add_entry(root, feed, entry)
    return etree.tostring(root, xml_declaration=True, encoding="utf-8")


def _add_entry(root: etree._Element, feed: SyndicatedFeed, entry: FeedEntry) -> None:
    element = _add(root, "entry")
    _add(element, "id", feed.permanent_id(entry.path))
    _add(element, "title", entry.title)
    _add(element, "updated", utc_text(entry.updated_at))
    _add(element, "published", utc_text(entry.published_at))
    _add(element, "link", rel="alternate", href=feed.home + entry.path, type="text/html")
    if original := web_link(entry.original):
        _add(element, "link", rel="via", href=original)
    for name in entry.authors:
        _add(_add(element, "author"), "name", name)
    for category in entry.categories:
        _add(element, "category", term=category)
    if entry.summary:
        _add(element, "summary", entry.summary)
    content = _add(
        element, "content", "".join(f"<p>{escape(line)}</p>" for line in entry.paragraphs), type="html"
    )
    if entry.language:
        content.set("{http://www.w3.org/XML/1998/namespace}lang", _xml(entry.language))


def _add(parent: etree._Element, tag: str, text: str | None = None, **attributes: str) -> etree._Element:
    element = etree.SubElement(parent, f"{{{ATOM}}}{tag}")
    element.text = None if text is None else _xml(text)
    for name, value in attributes.items():
        element.set(name, _xml(value))
    return element


def _xml(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)


# ------------------------------------------------------------------ JSON Feed


def json_document(feed: SyndicatedFeed) -> bytes:
    """Return a feed as JSON Feed."""
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.home + feed.page,
        "feed_url": feed.home + feed.path,
        **({"next_url": feed.home + feed.next} if feed.next else {}),
        "items": [_item(feed, entry) for entry in feed.entries],
    }
    return json.dumps(document, ensure_ascii=False).encode(errors="replace")


def _item(feed: SyndicatedFeed, entry: FeedEntry) -> dict[str, Any]:
    item = {
        "id": feed.permanent_id(entry.path),
        "url": feed.home + entry.path,
        "external_url": web_link(entry.original),
        "title": entry.title,
        "summary": entry.summary or None,
        "content_text": "\n\n".join(entry.paragraphs),
        "image": web_link(entry.image),
        "date_published": utc_text(entry.published_at),
        "date_modified": utc_text(entry.updated_at),
        "authors": [{"name": name} for name in entry.authors] or None,
        "language": entry.language,
        "tags": list(entry.categories) or None,
    }
    return {name: value for name, value in item.items() if value is not None}


# ------------------------------------------------------------------ formats


class FeedFormat(NamedTuple):
    """A format of feeds."""

    media_type: str
    write: Callable[[SyndicatedFeed], bytes]


ATOM_FEED, JSON_FEED = FeedFormat(ATOM_TYPE, atom_document), FeedFormat(JSON_TYPE, json_document)
