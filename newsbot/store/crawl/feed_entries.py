"""What feeds say of the articles that they list, as it is kept in the frontier until the page is stored."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsbot.discovery.links import Link
from newsbot.items import FeedEntry, utc_text
from newsbot.store.schema.identity import KEY_BYTES, url_hash
from newsbot.store.schema.models import FrontierRow
from newsbot.urls import canonicalize

_TEXTS = ("title", "language")
_KEPT = ("former_url",)
"""What the frontier knows of an entry, and no link says."""
_TIMES = ("published_at", "modified_at")
_LISTS = ("authors", "topics")
_OFFSET = "published_offset_min"


def entry_json(link: Link) -> dict[str, Any] | None:
    """Return what a link says of its article as JSON; None if it says nothing."""
    values: dict[str, Any] = {name: getattr(link, name) for name in _TEXTS}
    values |= {name: utc_text(getattr(link, name)) for name in _TIMES}
    values |= {name: list(getattr(link, name)) for name in _LISTS}
    said = {name: value for name, value in values.items() if value}
    if link.published_at and link.published_offset_min is not None:
        said[_OFFSET] = link.published_offset_min
    return said or None


def read_entry(json: dict[str, Any] | None) -> FeedEntry | None:
    """Return the entry that `entry_json` wrote; None for None."""
    if not json:
        return None
    values: dict[str, Any] = {name: json.get(name) for name in (*_TEXTS, *_KEPT, _OFFSET)}
    values |= {name: datetime.fromisoformat(json[name]).astimezone(UTC) for name in _TIMES if json.get(name)}
    values |= {name: tuple(json.get(name, ())) for name in _LISTS}
    return FeedEntry(**values)


def entry_key(link: Link) -> bytes | None:
    """Return a hash of the headline and the summary in a feed; None if it has neither.

    Another hash means that the article has changed, whatever the dates say."""
    if not link.title and not link.summary:
        return None
    text = f"{link.title}\n{link.summary}"
    return blake2b(text.encode(errors="replace"), digest_size=KEY_BYTES).digest()


def guid_key(source: str, guid: str) -> bytes:
    """Return the hash of the identifier of an entry in the feeds of a source."""
    return blake2b(f"{source}\n{guid}".encode(errors="replace"), digest_size=KEY_BYTES).digest()


def entry_at(session: Session, urls: Iterable[str]) -> FeedEntry | None:
    """Return what a feed said of the article at the first of these URLs that a feed has listed; None if none has."""
    hashes = [url_hash(canonicalize(url)) for url in urls]
    query = select(FrontierRow.url_hash, FrontierRow.entry).where(FrontierRow.url_hash.in_(hashes))
    found: dict[bytes, dict[str, Any] | None] = dict(session.execute(query).all())
    return next((read_entry(found[key]) for key in hashes if found.get(key)), None)
