"""Stage `extract`: from a capture to an article, in one way for crawls, jobs, imports and commands."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import urlsplit

from newsbot import rule_versions
from newsbot.capture import Capture
from newsbot.extraction.extractor import extract_article
from newsbot.extraction.page.page import Page
from newsbot.extraction.saved_text import parse_saved_text
from newsbot.extraction.site_extractors import use_extractors
from newsbot.ingest.envelope import Envelope
from newsbot.ingest.importers import read_record
from newsbot.items import Article, FeedEntry, Fetched, Reject
from newsbot.sources.catalog import Catalog, source_for
from newsbot.sources.model import Source
from newsbot.sources.ownership import is_own, is_same_site, source_of_page
from newsbot.text import one_line, without_surrogates
from newsbot.urls import shown_by, source_of

logger = logging.getLogger(__name__)

_CONTROL = bytes(code for code in range(0x20) if code not in b"\t\n\v\f\r")
_SAMPLE_BYTES = 4096


def read(capture: Capture, catalog: Catalog, *, now: datetime) -> Envelope | Reject:
    """Return the article that a capture holds, whatever its kind, or the reason why there is none. Never raises.

    The source is that of the catalog for the host of the page, or the one whose feed lists it; it gives its selectors and
    its time zone. What the page does not say is taken from the entry of the feed. `now` is the time of the fetch if the
    capture has none, or one in the future: archives and saved files may state any time.
    """
    if capture.retrieved_at and capture.retrieved_at > now:
        capture = replace(capture, retrieved_at=None)
    try:
        if capture.media == "record":
            return _read_record(capture, catalog, now)
        return _read_page(capture, catalog, now)
    except Exception as error:
        logger.exception("%s could not be parsed", capture.url)
        return _reject(capture, catalog, now, "parse-failed", one_line(repr(error)))


def _read_page(capture: Capture, catalog: Catalog, now: datetime) -> Envelope | Reject:
    if is_binary(capture.body):
        return _reject(capture, catalog, now, "binary", "not a text in any encoding")
    lister = catalog.sources.get(capture.source or "")
    source = _source_of(capture, catalog)
    address = shown_by(capture.url)
    if lister and lister.offsite == "skip" and source is not lister and not is_own(address, lister):
        return _reject(capture, catalog, now, "offsite", f"{lister.key} skips pages of other sites")
    article = _extract(capture, source, now)
    if _names_better_address(capture, article):
        declared = article.canonical_url or article.url
        if source is None and (source := source_for(declared, catalog)):
            article = _extract(
                capture, source, now
            )  # anew, with the selectors and the time zone of the source
        article.url = declared
    article.url = shown_by(article.url)
    article.source = source.key if source else source_of(article.url) or None
    article.retrieved_at = capture.retrieved_at or now
    article.extractor_version = rule_versions.label()
    article.aliases = list(capture.aliases)
    article.claims = _claims(article, source)
    if capture.entry:
        article.claims += _former_addresses(article, capture.entry, lister)
        fill_from_entry(article, capture.entry, now=now)
    return Envelope(article=article, fetched=provenance(capture, now=now))


def _source_of(capture: Capture, catalog: Catalog) -> Source | None:
    lister = catalog.sources.get(capture.source or "")
    return source_of_page([shown_by(capture.url), *capture.aliases], lister, catalog)


def _claims(article: Article, source: Source | None) -> list[str]:
    """Return the canonical link and redirects of an article if they are on another site that belongs to its source too."""
    if source is None or not is_own(article.url, source):
        return []
    others = [url for url in (article.canonical_url, *article.aliases) if url]
    return [url for url in others if is_own(url, source) and not is_same_site(url, article.url)]


def _former_addresses(article: Article, entry: FeedEntry, lister: Source | None) -> list[str]:
    """Return the address that the feed of the page's own source gave for the article before, if it is on the same site."""
    former = entry.former_url
    is_own_feed = lister is None or is_own(article.url, lister)
    return [former] if former and is_own_feed and is_same_site(former, article.url) else []


def fill_from_entry(article: Article, entry: FeedEntry, *, now: datetime) -> None:
    """Fill the fields that the page does not have with what a feed says of the article. A date in the future is not believed."""
    has_happened = entry.published_at is not None and entry.published_at <= now
    said = {
        "title": (entry.title, "feed title"),
        "published_at": (entry.published_at if has_happened else None, "feed date"),
        "authors": (list(entry.authors), "feed authors"),
        "topics": (list(entry.topics), "feed categories"),
        "language": (entry.language, "feed language"),
    }
    for name, (value, rule) in said.items():
        if value and not getattr(article, name):
            setattr(article, name, value)
            article.rules[name] = rule
            if name == "published_at":
                article.published_offset_min = entry.published_offset_min


def _extract(capture: Capture, source: Source | None, now: datetime) -> Article:
    page = Page.from_bytes(capture.body, capture.url or None, capture.charset)
    if capture.media == "text":
        timezone = source.timezone if source else UTC
        return parse_saved_text(page.html, url=page.url, timezone=timezone, now=now)
    article = extract_article(page, source=source, now=now)
    use_extractors(page, article)
    return article


def _names_better_address(capture: Capture, article: Article) -> bool:
    """Return whether a saved page without an address declares one.

    A homepage does not count: careless templates call it the canonical address of every page."""
    has_no_address = not capture.url or capture.url.startswith("file:")
    return has_no_address and bool(article.canonical_url and urlsplit(article.canonical_url).path.strip("/"))


def _read_record(capture: Capture, catalog: Catalog, now: datetime) -> Envelope | Reject:
    imported = read_record(_json(capture.body), now=now)
    if imported is None:
        return Reject(url=capture.url, reason="unreadable", detail="not an article of a known JSON format")
    article = imported.article
    if article.source is None:
        article.source = source_key(article.url, catalog)
    article.claims = _claims(article, source_for(article.url, catalog))
    return Envelope(article=article, export=imported.known)


def _json(text: bytes) -> object:
    """Return the value of a JSON text; None if it is no JSON, or nested too deeply."""
    try:
        return json.loads(without_surrogates(text.decode(json.detect_encoding(text), "replace")))
    except (ValueError, RecursionError):
        return None


def source_key(url: str, catalog: Catalog) -> str | None:
    """Return the key of the source of a URL; the host without `www.` if the catalog has none, None if there is no host."""
    source = source_for(url, catalog)
    return source.key if source else source_of(url) or None


def provenance(capture: Capture, *, now: datetime) -> Fetched | None:
    """Return how a page was fetched, in this run or for the archive that holds it; None for a page from a file."""
    if capture.warc_file is None:
        return capture.fetched
    return Fetched(
        url=capture.url,
        status=200,
        size_bytes=len(capture.body),
        archived_at=capture.retrieved_at or now,
        warc_file=None if capture.warc_offset is None else capture.warc_file,
        warc_offset=capture.warc_offset,
        warc_record_id=capture.warc_record_id,
        payload_digest=capture.payload_digest,
    )


def is_binary(body: bytes) -> bool:
    """Return whether a body is not a text: more than a tenth of its start are control characters.

    UTF-16 has a NUL in every other byte of Latin text, and begins with a byte order mark."""
    start = body[:_SAMPLE_BYTES]
    control_count = len(start) - len(start.translate(None, _CONTROL))
    return not start.startswith((b"\xff\xfe", b"\xfe\xff")) and control_count * 10 > len(start)


def _reject(capture: Capture, catalog: Catalog, now: datetime, reason: str, detail: str) -> Reject:
    source = _source_of(capture, catalog)
    return Reject(
        url=capture.url,
        reason=reason,
        detail=detail,
        source=source.key if source else source_of(capture.url) or None,
        fetched=provenance(capture, now=now),
    )
