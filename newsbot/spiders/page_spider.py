"""What every spider shares: checked arguments, and one callback from a response to an Article."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Self
from urllib.parse import urlsplit

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.exceptions import CannotResolveHostError, DownloadCancelledError, IgnoreRequest
from scrapy.http import Response
from scrapy.settings import BaseSettings
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from newsbot.archive.files import SavedPage
from newsbot.archive.warc_writer import Kept
from newsbot.errors import InputError, UsageError
from newsbot.ingest.read import is_binary, read_article
from newsbot.items import Article, Fetched, Reject
from newsbot.middlewares.networks import GuardedResolver
from newsbot.middlewares.saved_pages import ARCHIVED, KEPT, RETRIEVED_AT, SAVED_PATH
from newsbot.settings import read_settings
from newsbot.sources.catalog import load_sources, source_for, sources_by_host
from newsbot.sources.model import Source
from newsbot.text import one_line


class PageSpider(Spider):
    """A spider whose pages become articles. Its `-a` arguments are the keyword arguments of its constructor."""

    failure: str | None = None
    """Why the run could not do (all of) its work, in one line; None if it did."""

    def __init__(self, **arguments: Any) -> None:
        super().__init__()
        self.arguments = arguments
        self.sources: dict[str, list[Source]] = {}
        """By host, as `source_for` asks."""

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Check the arguments; raise UsageError, naming what is accepted, for one that the spider has not."""
        accepted = [name for name in inspect.signature(cls).parameters if name != "self"]
        for name in kwargs:
            if name not in accepted:
                raise UsageError(
                    f"spider {cls.name}: unknown argument {name!r}; accepted: {', '.join(accepted)}"
                )
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.sources = sources_by_host(load_sources(read_settings(crawler.settings).sources))
        return spider

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        """Hand newsbot's own settings on to the settings of Scrapy that they stand for."""
        super().update_settings(settings)
        ours = read_settings(settings)
        settings.set("USER_AGENT", ours.user_agent, priority="spider")
        settings.set("DOWNLOAD_MAXSIZE", ours.max_page_bytes, priority="spider")

    def parse_page(self, response: Response) -> Iterator[Article | Reject]:
        """Yield the article that a response holds, whatever its kind, or why there is none."""
        try:
            yield self._read(response)
        except Exception as error:
            self.logger.exception("%s could not be parsed", response.url)
            detail = one_line(repr(error))
            yield Reject(url=response.url, reason="parse-failed", detail=detail, fetched=fetched(response))

    def _read(self, response: Response) -> Article | Reject:
        if is_binary(response.body):
            detail = "not a text in any encoding"
            return Reject(url=response.url, reason="binary", detail=detail, fetched=fetched(response))
        page = SavedPage(
            body=response.body,
            url=response.url,
            retrieved_at=response.meta.get(RETRIEVED_AT),
            charset=_http_charset(response),
            is_text=_content_type(response) == "text/plain",
        )
        article = read_article(page, self.sources, now=datetime.now(UTC))
        article.aliases = _asked_for(response)
        article.fetched = fetched(response)
        return article

    def fetch_failed(self, failure: Failure) -> Iterator[Reject]:
        """Yield why a request gave no page."""
        request: Request = failure.request  # type: ignore[attr-defined]
        source = source_for(request.url, self.sources)
        answer = failure.value.response if isinstance(failure.value, HttpError) else None
        yield Reject(
            url=request.url,
            reason=_failure_reason(failure),
            detail=_failure_detail(failure),
            source=source.key if source else None,
            stage="fetch",
            fetched=fetched(answer)
            if answer
            else None
            if SAVED_PATH in request.meta
            else Fetched(url=asked_url(request)),
        )


def asked_url(request: Request) -> str:
    """Return what was asked for first, before the redirects that led to a request."""
    url: str = (request.meta.get("redirect_urls") or [request.url])[0]
    return url


def fetched(response: Response) -> Fetched | None:
    """Return how a response came over the network, now or for an archive; None for one from another file."""
    request = response.request
    if request is None or SAVED_PATH in request.meta:
        return request.meta.get(ARCHIVED) if request else None
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
        payload_digest=kept.digest if kept else None,
        is_repeat=kept.is_repeat if kept else False,
    )


def header(response: Response, name: str) -> str | None:
    """Return a header of a response as text; None if it is missing or empty."""
    value = response.headers.get(name)
    return value.decode("latin-1").strip() or None if value else None


def _failure_reason(failure: Failure) -> str:
    error = failure.value
    if isinstance(error, HttpError):
        return f"http-{error.response.status}"
    if isinstance(error, InputError):
        return error.reason
    if _is_refused(failure):
        return "private-network"
    if isinstance(error, DownloadCancelledError) or "DOWNLOAD_MAXSIZE" in str(error):
        return "too-large"
    if isinstance(error, IgnoreRequest):
        return "robots" if "robots.txt" in str(error) else "ignored"
    return "fetch-failed"


def _failure_detail(failure: Failure) -> str:
    if _is_refused(failure):
        return f"{_host(failure)} has no public address; NEWSBOT_ALLOWED_NETWORKS names private networks that may be fetched"
    return one_line(failure.getErrorMessage())


def _is_refused(failure: Failure) -> bool:
    """Whether a connection failed because its host's addresses may not be fetched."""
    return isinstance(failure.value, CannotResolveHostError) and _host(failure) in _refused_hosts()


def _host(failure: Failure) -> str:
    request: Request = failure.request  # type: ignore[attr-defined]
    return urlsplit(request.url).hostname or ""


def _refused_hosts() -> set[str]:
    from twisted.internet import reactor  # installed only once a crawl runs

    resolver = getattr(reactor, "nameResolver", None)
    return resolver.refused if isinstance(resolver, GuardedResolver) else set()


def _content_type(response: Response) -> str:
    return (header(response, "Content-Type") or "").partition(";")[0].strip().lower()


def _http_charset(response: Response) -> str | None:
    match = re.search(
        r"charset\s*=\s*[\"']?([\w.:-]+)", header(response, "Content-Type") or "", re.IGNORECASE
    )
    return match.group(1) if match else None


def _asked_for(response: Response) -> list[str]:
    """Return the http addresses that led to a response, other than its own."""
    asked = [
        *response.meta.get("redirect_urls", []),
        response.request.url if response.request else response.url,
    ]
    return [url for url in dict.fromkeys(asked) if url != response.url and url.startswith("http")]
