"""`PageSpider`, the base class of the spiders: checked arguments, and the callback from a response to an Article."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Iterator
from functools import cached_property
from typing import Any, Self
from urllib.parse import urlsplit

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadCancelledError, IgnoreRequest
from scrapy.http import Response
from scrapy.settings import BaseSettings
from scrapy.spidermiddlewares.httperror import HttpError
from scrapy.utils.asyncio import run_in_thread
from twisted.python.failure import Failure

from newsbot.archive.http_coding import charset_of
from newsbot.archive.warc_writer import Kept
from newsbot.capture import Capture
from newsbot.errors import InputError, UsageError
from newsbot.ingest.envelope import Envelope
from newsbot.ingest.process import Processor
from newsbot.ingest.read import source_key
from newsbot.items import Fetched, Reject
from newsbot.middlewares.bounded_http import HeadersTooLargeError
from newsbot.middlewares.certificates import CertificateRefusedError, check_authorities
from newsbot.middlewares.networks import error_text, is_refused
from newsbot.middlewares.politeness import HeldError, Politeness
from newsbot.middlewares.refusals import ForbiddenByRobotsError, ResponseTooLargeError
from newsbot.public_addresses import refusal
from newsbot.session import CAPTURE, ENTRY, KEPT, LISTER, SAVED_PATH, CrawlSession
from newsbot.settings import product_token, read_settings
from newsbot.sources.catalog import Catalog
from newsbot.spiders.components import add_components, check_components
from newsbot.text import one_line

STARTS = "NEWSBOT_STARTS"
"""Setting: whether the spider's own `start` is run (default: True). If not, because a command such as `scrapy parse`
brings the request, no argument is required."""
JOB = "_job"
"""Argument with the id of a job of Scrapyd, which gives it to every spider."""


class PageSpider(Spider):
    """Base class of spiders whose pages become articles.

    The spider's `-a` arguments are the keyword arguments of its constructor. Settings: every `NEWSBOT_*` setting, of
    which `NEWSBOT_USER_AGENT` sets `USER_AGENT`, and `NEWSBOT_MAX_PAGE_BYTES` sets `DOWNLOAD_MAXSIZE`. Meta keys:
    `CAPTURE`, `SAVED_PATH`, `KEPT`, `LISTER` and `ENTRY`. A subclass yields requests with the callback `parse_page` and the
    errback `fetch_failed`, and may override both. It sets `failure` if it could not do all of its work.

    Newsbot's components belong to these spiders alone: `update_settings` adds them to the settings of the project, so
    that any other spider beside them is one of plain Scrapy."""

    missing: str | None = None
    """What `start` needs and was not given, in one line; None if nothing is missing."""
    failure: str | None = None
    """Reason in one line why the spider could not do all of its work; None if it could."""

    def __init__(self, **arguments: Any) -> None:
        super().__init__()
        self.arguments = arguments

    @cached_property
    def processor(self) -> Processor:
        """The processor of the crawl's session; one without a database if there is no session."""
        session = self.crawler.get_extension(CrawlSession)
        return session.processor if session else Processor(read_settings(self.crawler.settings))

    @property
    def politeness(self) -> Politeness:
        """The middleware with the delays of hosts, and the hosts that are held."""
        politeness = self.crawler.get_downloader_middleware(Politeness)
        assert politeness is not None
        return politeness

    @property
    def sources(self) -> Catalog:
        """The catalog of sources."""
        return self.processor.catalog

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Return a spider with these arguments, and Scrapyd's `_job`, the id of its job, among its `arguments`.

        Raises UsageError for an argument that it does not accept or that is missing, and for settings that turn off a
        component without which it cannot run."""
        job = {name: kwargs.pop(name) for name in [JOB] if name in kwargs}
        accepted = [name for name in inspect.signature(cls).parameters if name != "self"]
        for name in kwargs:
            if name not in accepted:
                raise UsageError(
                    f"spider {cls.name}: unknown argument {name!r}; accepted: {', '.join(accepted)}"
                )
        check_components(crawler.settings)
        check_authorities()
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.arguments |= job
        if spider.missing and crawler.settings.getbool(STARTS, True):
            raise UsageError(spider.missing)
        return spider

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        """Add newsbot's components, and set the settings of Scrapy that follow from newsbot's own."""
        super().update_settings(settings)
        add_components(settings)
        ours = read_settings(settings)
        settings.set("USER_AGENT", ours.user_agent, priority="spider")
        settings.set("ROBOTSTXT_USER_AGENT", product_token(ours.user_agent), priority="spider")
        settings.set("DOWNLOAD_VERIFY_CERTIFICATES", ours.tls_verify, priority="spider")
        settings.set("DOWNLOAD_MAXSIZE", ours.max_page_bytes, priority="spider")

    def parse(self, response: Response) -> AsyncIterator[Envelope | Reject]:
        """Do what `parse_page` does: this is the callback of requests that name none, and of `scrapy parse`."""
        return self.parse_page(response)

    async def parse_page(self, response: Response) -> AsyncIterator[Envelope | Reject]:
        """Yield the article of a response, of whatever kind of page, or the reason why there is none."""
        yield await self.read(capture_of(response))

    async def read(self, capture: Capture, *, is_ahead: bool = True) -> Envelope | Reject:
        """Return the article that a capture holds, read by a worker of the crawl; in a thread if there is no session.

        `is_ahead` is that of `CrawlSession.read_capture`."""
        session = self.crawler.get_extension(CrawlSession)
        if session is not None:
            return await session.read_capture(capture, is_ahead=is_ahead)
        return await run_in_thread(self.processor.read, capture)

    def fetch_failed(self, failure: Failure) -> Iterator[Reject]:
        """Yield a reject with the reason why a request has led to no page."""
        request: Request = failure.request  # type: ignore[attr-defined]
        response = failure.value.response if isinstance(failure.value, HttpError) else None
        capture: Capture | None = request.meta.get(
            CAPTURE
        )  # of a saved page: the request has the URL of the file
        yield Reject(
            url=capture.url if capture else request.url,
            reason=_failure_reason(failure),
            detail=error_detail(failure.value, request.url),
            source=source_key(capture.url if capture else request.url, self.sources),
            stage="fetch",
            fetched=_failed_fetch(request, response),
        )


def fetch_of(failure: Failure) -> Fetched | None:
    """Return what is known of a fetch that has led to no page; None if nothing was requested."""
    request: Request = failure.request  # type: ignore[attr-defined]
    response = failure.value.response if isinstance(failure.value, HttpError) else None
    return _failed_fetch(request, response)


def asked_url(request: Request) -> str:
    """Return the URL of the first request of a chain of redirects; the request's own if there were none."""
    url: str = (request.meta.get("redirect_urls") or [request.url])[0]
    return url


def capture_of(response: Response) -> Capture:
    """Return the capture of a response: that of a saved page, or a new one of a response from the network."""
    request = response.request
    if request is not None and CAPTURE in request.meta:
        capture: Capture = request.meta[CAPTURE]
        return capture
    content_type = header(response, "Content-Type") or ""
    return Capture(
        body=response.body,
        url=response.url,
        media="text" if content_type.partition(";")[0].strip().lower() == "text/plain" else "html",
        charset=charset_of(content_type),
        aliases=tuple(_other_addresses(response)),
        fetched=fetched(response),
        source=request.meta.get(LISTER) if request else None,
        entry=request.meta.get(ENTRY) if request else None,
    )


def fetched(response: Response) -> Fetched | None:
    """Return how a response was fetched over the network; None for a response from a file or an archive."""
    request = response.request
    if request is None or SAVED_PATH in request.meta:
        return None
    latency_s = request.meta.get("download_latency")
    kept: Kept | None = request.meta.get(KEPT)
    return Fetched(
        url=asked_url(request),
        status=response.status,
        size_bytes=len(response.body),
        latency_ms=None if latency_s is None else round(latency_s * 1000),
        etag=header(response, "ETag"),
        last_modified=header(response, "Last-Modified"),
        warc_file=kept.file if kept else None,
        warc_offset=kept.offset if kept else None,
        warc_record_id=kept.record_id if kept else None,
        payload_digest=kept.digest if kept else None,
        is_repeat=kept.is_repeat if kept else False,
    )


def _failed_fetch(request: Request, response: Response | None) -> Fetched | None:
    """Return what is known of a fetch that has led to no page; None for a page from a file or an archive."""
    if response is not None:
        return fetched(response)
    return None if SAVED_PATH in request.meta else Fetched(url=asked_url(request))


def header(response: Response, name: str) -> str | None:
    """Return a header of a response as text; None if it is missing or empty."""
    value = response.headers.get(name)
    return value.decode("latin-1").strip() or None if value else None


REASONS: tuple[tuple[type[Exception], str], ...] = (
    (DownloadCancelledError, "too-large"),  # by the length that the server declares, or the bytes that arrive
    (ResponseTooLargeError, "too-large"),
    (HeadersTooLargeError, "headers-too-large"),
    (ForbiddenByRobotsError, "robots"),
    (HeldError, "held"),
    (IgnoreRequest, "ignored"),
)
"""Exception class -> reason of the reject. The first class that fits decides."""


def _failure_reason(failure: Failure) -> str:
    error = failure.value
    if isinstance(error, HttpError):
        return f"http-{error.response.status}"
    if isinstance(error, InputError | CertificateRefusedError):
        return error.reason
    if is_refused(failure.request.url, error):  # type: ignore[attr-defined]
        return "private-network"
    return next((reason for kind, reason in REASONS if isinstance(error, kind)), "fetch-failed")


def error_detail(error: BaseException | None, url: str) -> str:
    """Return in one line why a request for a URL has failed."""
    if is_refused(url, error):
        return refusal(urlsplit(url).hostname or "")
    if isinstance(error, HttpError):
        return _refusal(error.response)
    return error_text(error)[:MAX_DETAIL_CHARS]


TELLING_HEADERS = ("cf-mitigated", "x-datadome", "www-authenticate", "retry-after", "location")
"""Headers that say why a server refuses a page: the bot walls of Cloudflare and DataDome, and standard ones (RFC 9110)."""
MAX_DETAIL_CHARS = 300
"""Maximum length of the detail of a reject."""
MAX_HEADER_CHARS = 80


def _refusal(response: Response) -> str:
    """Return the status of a response, and those of its headers that say why there is no page."""
    headers = {name: one_line(header(response, name) or "")[:MAX_HEADER_CHARS] for name in TELLING_HEADERS}
    told = ", ".join(f"{name}: {value}" for name, value in headers.items() if value)
    return f"answered with {response.status}" + (f" ({told})" if told else "")


def _other_addresses(response: Response) -> list[str]:
    """Return the http addresses that have led to a response, without its own."""
    addresses = [
        *response.meta.get("redirect_urls", []),
        response.request.url if response.request else response.url,
    ]
    return [url for url in dict.fromkeys(addresses) if url != response.url and url.startswith("http")]
