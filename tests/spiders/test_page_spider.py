"""The parse step that all spiders share, called with responses and failures that no crawl has made."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from scrapy import Request
from scrapy.exceptions import CannotResolveHostError, DownloadCancelledError, IgnoreRequest
from scrapy.http import HtmlResponse, Response, TextResponse
from scrapy.spidermiddlewares.httperror import HttpError
from scrapy.utils.test import get_crawler
from twisted.python.failure import Failure

from newsbot.archive.files import read_page
from newsbot.errors import InputError
from newsbot.ingest.envelope import Envelope
from newsbot.items import Reject, article_json
from newsbot.middlewares.politeness import HeldError
from newsbot.middlewares.refusals import ForbiddenByRobotsError, ResponseTooLargeError
from newsbot.session import CAPTURE, SAVED_PATH
from newsbot.spiders.article import ArticleSpider
from newsbot.spiders.page_spider import asked_url
from tests.crawling import in_reactor
from tests.pages import article_page
from tests.store.samples import NOW

FIXTURE = Path(__file__).parents[2] / "fixtures" / "saved-article"
URL = "https://news.example/nato"


def spider() -> ArticleSpider:
    """Return a spider whose crawl has no session: no database, and pages are read in a thread."""
    return ArticleSpider.from_crawler(get_crawler(ArticleSpider), url=URL)


async def parse(response: Response) -> Envelope | Reject:
    [item] = [item async for item in spider().parse_page(response)]
    return item


def from_network() -> Response:
    """Return the saved article as a server would send it."""
    return TextResponse(
        URL,
        body=(FIXTURE / "input.txt").read_bytes(),
        headers={"Content-Type": "text/plain; charset=utf-8"},
        request=Request(URL),
    )


def from_file() -> Response:
    """Return the saved article as the middleware `SavedPages` answers with it."""
    path = FIXTURE / "input.txt"
    capture = read_page(path, max_bytes=10**7)
    request = Request(path.as_uri(), meta={CAPTURE: capture, SAVED_PATH: str(path)})
    return TextResponse(path.as_uri(), body=capture.body, request=request)


@pytest.mark.parametrize("response", [from_network, from_file])
@in_reactor
async def test_saved_article_gives_the_expected_fields(response: Any) -> None:
    item = await parse(response())
    assert isinstance(item, Envelope)
    expected = json.loads((FIXTURE / "expected.json").read_text("utf-8"))
    fields = article_json(item.article)
    compared = [name for name in expected if name in fields and name not in ("url", "source")]
    assert {"title", "published_at", "language", "body"} <= set(compared)
    assert {name: fields[name] for name in compared} == {name: expected[name] for name in compared}


@in_reactor
async def test_page_from_the_network_has_its_address_and_its_fetch() -> None:
    item = await parse(from_network())
    assert isinstance(item, Envelope)
    assert item.fetched is not None
    assert (item.url, item.fetched.url, item.fetched.status) == (URL, URL, 200)


@in_reactor
async def test_page_from_a_file_has_no_fetch() -> None:
    item = await parse(from_file())
    assert item.fetched is None


@in_reactor
async def test_addresses_before_redirects_become_aliases() -> None:
    first = "https://news.example/short"
    request = Request(URL, meta={"redirect_urls": [first]})
    item = await parse(HtmlResponse(URL, body=article_page(1).encode(), request=request))
    assert isinstance(item, Envelope)
    assert item.article.aliases == [first]
    assert item.fetched is not None
    assert item.fetched.url == asked_url(request) == first


@in_reactor
async def test_page_that_is_no_text_becomes_a_reject() -> None:
    item = await parse(HtmlResponse(URL, body=bytes(range(32)) * 40, request=Request(URL)))
    assert isinstance(item, Reject)
    assert (item.url, item.reason, item.source) == (URL, "binary", "news.example")


NOT_FOUND = Response(URL, status=404, request=Request(URL))


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        pytest.param(HttpError(NOT_FOUND, "not found"), "http-404", id="HTTP status"),
        pytest.param(InputError("torn"), "unreadable", id="file"),
        pytest.param(DownloadCancelledError("cancelled"), "too-large", id="download cancelled"),
        pytest.param(ResponseTooLargeError("ignored"), "too-large", id="too large when decompressed"),
        pytest.param(ForbiddenByRobotsError("ignored"), "robots", id="robots.txt"),
        pytest.param(HeldError("news.example", NOW, "429"), "held", id="held host"),
        pytest.param(IgnoreRequest("some reason"), "ignored", id="ignored by another middleware"),
        pytest.param(CannotResolveHostError("no such host"), "fetch-failed", id="DNS"),
        pytest.param(OSError("reset"), "fetch-failed", id="any other exception"),
    ],
)
@in_reactor
async def test_request_that_failed_becomes_a_reject_with_a_reason(error: Exception, reason: str) -> None:
    failure: Any = Failure(error)  # type: ignore[no-untyped-call]
    failure.request = Request(URL)
    [reject] = spider().fetch_failed(failure)
    assert (reject.url, reject.reason, reject.stage) == (URL, reason, "fetch")
    assert reject.detail
    assert reject.fetched is not None
    assert reject.fetched.url == URL
