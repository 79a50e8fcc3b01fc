"""Answers with Last-Modified, and 304 for readers that have the content already (RFC 9110, section 13)."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from fastapi import Request
from fastapi.responses import Response

from newsbot.web.feeds.feed_documents import FeedFormat, SyndicatedFeed


def feed_answer(request: Request, feed: SyndicatedFeed, written: FeedFormat) -> Response:
    """Return a feed in a format."""
    return dated_answer(request, written.write(feed), written.media_type, feed.updated_at)


def dated_answer(request: Request, body: bytes, media_type: str, updated_at: datetime) -> Response:
    """Return an answer with its date, or 304 if the reader asks for something later.

    If the request names an ETag, that decides, and `guard` compares it: a body can change without a later date."""
    whole = updated_at.astimezone(UTC).replace(microsecond=0)
    headers = {"Last-Modified": format_datetime(whole, usegmt=True)}
    since = _date(request.headers.get("if-modified-since"))
    if "if-none-match" not in request.headers and since is not None and whole <= since:
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type=media_type)


def _date(text: str | None) -> datetime | None:
    try:
        found = parsedate_to_datetime(text) if text else None
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found is not None and found.tzinfo is None else found
