"""From a saved page to its article, in one way for crawls, commands and archives."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import urlsplit

from newsbot.archive.files import SavedPage
from newsbot.extraction.extractor import extract_article
from newsbot.extraction.page.page import Page
from newsbot.extraction.saved_text import parse_saved_text
from newsbot.items import Article, Fetched
from newsbot.sources.catalog import source_for
from newsbot.sources.model import Source
from newsbot.urls import source_of

_CONTROL = bytes(code for code in range(0x20) if code not in b"\t\n\v\f\r")
_SAMPLE_BYTES = 4096


def read_article(saved: SavedPage, catalog: Mapping[str, list[Source]], *, now: datetime) -> Article:
    """Return the article of a page, with its source and when it was fetched (`now`, if nothing says).

    `catalog` is by host, as `source_for` asks."""
    source = source_for(saved.url, catalog)
    page = Page.from_bytes(saved.body, saved.url or None, saved.charset)
    if saved.is_text:
        timezone = source.timezone if source else UTC
        article = parse_saved_text(page.html, url=page.url, timezone=timezone, now=now)
    else:
        article = extract_article(page, source=source, now=now)
    if (
        article.url.startswith("file:")
        and article.canonical_url
        and urlsplit(article.canonical_url).path.strip("/")
    ):
        # Not a homepage, which careless templates call the canonical address of every page.
        article.url = article.canonical_url
        source = source or source_for(article.url, catalog)
    article.source = source.key if source else source_of(article.url) or None
    article.retrieved_at = saved.retrieved_at or now
    return article


def archived_fetch(saved: SavedPage, *, now: datetime) -> Fetched | None:
    """Return how a page of a WARC once came over the network; None for a page of its own file.

    A record that shares its gzip member with others cannot be found again by an offset: it gets none."""
    if saved.warc_file is None or saved.place is None:
        return None
    is_found_again = saved.place.number == 0
    return Fetched(
        url=saved.url,
        status=200,
        size_bytes=len(saved.body),
        archived_at=saved.retrieved_at or now,
        warc_file=saved.warc_file if is_found_again else None,
        warc_offset=saved.place.offset if is_found_again else None,
    )


def is_binary(body: bytes) -> bool:
    """Tell whether more than a tenth of the start are control characters, as in images or archives, but no text.

    UTF-16 has a NUL in every other byte of Latin text, and says so with a byte order mark."""
    start = body[:_SAMPLE_BYTES]
    control_count = len(start) - len(start.translate(None, _CONTROL))
    return not start.startswith((b"\xff\xfe", b"\xfe\xff")) and control_count * 10 > len(start)
