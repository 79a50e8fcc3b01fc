"""Conditional requests of the news spider, and what their answers say: validators, permanent redirects, problems."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from scrapy import Request
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from newsbot.discovery.feeds import MAX_FEED_BYTES
from newsbot.discovery.sitemaps import MAX_SITEMAP_BYTES
from newsbot.middlewares.politeness import BUSY, HeldError
from newsbot.middlewares.refusals import ForbiddenByRobotsError
from newsbot.spiders.answers import PERMANENT, permanent_target
from newsbot.spiders.page_spider import error_detail, header
from newsbot.store.crawl.polling import PollAnswer, body_hash

NOT_MODIFIED = 304
ENDED = 410
"""HTTP status by which a server says that a feed has ended for good (RFC 9110, section 15.5.11)."""
MAX_BYTES = {"feed": MAX_FEED_BYTES, "sitemap": MAX_SITEMAP_BYTES}
"""Maximum size of a document by its kind; pages have that of the settings."""


def request_for(
    url: str,
    callback: Any,
    errback: Any,
    *,
    etag: str | None = None,
    last_modified: str | None = None,
    kind: str = "page",
) -> Request:
    """Return a request, conditional if the validators of the last answer are known (RFC 9110, section 13)."""
    headers = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    meta: dict[str, Any] = {"handle_httpstatus_list": [NOT_MODIFIED]}
    if kind in MAX_BYTES:
        meta["download_maxsize"] = MAX_BYTES[kind]
    return Request(
        url,
        headers={name: value for name, value in headers.items() if value},
        callback=callback,
        errback=errback,
        dont_filter=True,
        meta=meta,
    )


def request_of(failure: Failure) -> Request:
    """Return the request that has failed: the last one of a chain of redirects."""
    request: Request = failure.request  # type: ignore[attr-defined]
    return request


def answer_of(response: Response) -> PollAnswer:
    """Return what is stored of the answer to a poll."""
    digest = None if response.status == NOT_MODIFIED else body_hash(response.body)
    return PollAnswer(
        response.status,
        header(response, "ETag"),
        header(response, "Last-Modified"),
        digest,
        permanent_target(response),
    )


def status_of(failure: Failure) -> int | None:
    """Return the HTTP status that a request has failed with; None if no answer came, or none was wanted."""
    return failure.value.response.status if isinstance(failure.value, HttpError) else None


def has_ended(failure: Failure) -> bool:
    """Return whether a server says that a feed has ended, and not only the target of a temporary redirect."""
    redirects = request_of(failure).meta.get("redirect_reasons", ())
    return status_of(failure) == ENDED and all(reason in PERMANENT for reason in redirects)


def is_temporary(failure: Failure) -> bool:
    """Return whether a request may succeed tomorrow: its host did not answer, is held, or has an error of its own."""
    status = status_of(failure)
    if status is None:
        return not isinstance(failure.value, ForbiddenByRobotsError)
    return status in BUSY or status >= HTTPStatus.INTERNAL_SERVER_ERROR


def poll_problem(failure: Failure) -> str:
    """Return in one line why a poll has failed."""
    status = status_of(failure)
    if status is not None:
        return f"HTTP {status}"
    if isinstance(failure.value, ForbiddenByRobotsError):
        return "robots.txt forbids it"
    return error_detail(failure.value, request_of(failure).url)


def asks_to_wait(failure: Failure) -> bool:
    """Return whether a request was answered, or not even sent, because its host asks for time."""
    error = failure.value
    return status_of(failure) in BUSY or (isinstance(error, HeldError) and not error.is_for_robots)
