"""A `Capture`: the bytes of one page, before anything is read from them, and how they were obtained.

Every way into newsbot begins with one: a response of a crawl, a saved file, a WARC record, a line of an import.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from newsbot.items import FeedEntry, Fetched

Media = Literal["html", "text", "record"]
"""What the bytes are: a page, a page saved as plain text, or the JSON of an article that was extracted elsewhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """The bytes of one page and how they were obtained."""

    body: bytes
    """Decompressed."""
    url: str = ""
    """Address of the page after redirects; a `file:` URL if nothing better is known; empty if nothing is known."""
    media: Media = "html"
    charset: str | None = None
    """Charset that the HTTP header names, if any."""
    status: int = 200
    """Status of the answer that held the page: 404 or 410 if the page was gone."""
    retrieved_at: datetime | None = None
    """When the page was fetched, in UTC; None if it has just been fetched or nothing says."""
    aliases: tuple[str, ...] = ()
    """Other addresses that led to this page: what was asked for before redirects."""
    fetched: Fetched | None = None
    """The fetch that gave the page in this run; None for a page from a file or an archive."""
    warc_file: str | None = None
    """Path of the WARC file that holds the page; None if it does not come from an archive."""
    warc_offset: int | None = None
    """Offset of the record in `warc_file`, in bytes; None if the record cannot be found again by an offset."""
    warc_record_id: str | None = None
    """WARC-Record-ID of the record."""
    payload_digest: str | None = None
    """Digest of the body as it was sent, if the record states it."""
    source: str | None = None
    """Key of the source whose feed lists the page as its own; None: the address of the page decides."""
    entry: FeedEntry | None = None
    """What that feed says of the article, for what the page does not say."""
