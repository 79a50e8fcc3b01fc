"""Saved pages in place of the network."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from scrapy import Request
from scrapy.http import HtmlResponse, TextResponse

from newsbot.errors import InputError
from newsbot.middlewares.saved_pages import SavedPages
from newsbot.session import CAPTURE, SAVED_PATH
from tests.crawling import in_reactor

MAX_BYTES = 1000
HTML = '<html><head><link rel="canonical" href="https://news.example/1"></head><body>Å</body></html>'


def request(path: Path, **more: str) -> Request:
    return Request(path.as_uri(), meta={SAVED_PATH: str(path), **more})


@in_reactor
async def test_a_request_without_a_saved_path_goes_to_the_network() -> None:
    assert await SavedPages(MAX_BYTES).process_request(Request("https://news.example/1")) is None


@in_reactor
async def test_a_saved_page_answers_under_its_own_url(tmp_path: Path) -> None:
    path = tmp_path / "page.html.gz"
    path.write_bytes(gzip.compress(HTML.encode()))
    asked = request(path)
    answer = await SavedPages(MAX_BYTES).process_request(asked)
    assert isinstance(answer, HtmlResponse)
    assert (answer.body, answer.status) == (HTML.encode(), 200)
    assert asked.meta[CAPTURE].body == answer.body


@in_reactor
async def test_the_url_that_was_given_wins(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(HTML, "utf-8")
    answer = await SavedPages(MAX_BYTES).process_request(request(path, url="https://given.example/1"))
    assert answer is not None
    assert answer.url == "https://given.example/1"


@in_reactor
async def test_a_page_saved_as_text_is_captured_as_text(tmp_path: Path) -> None:
    path = tmp_path / "page.txt"
    path.write_text("Harbour opened\n\nThe mayor spoke.", "utf-8")
    asked = request(path)
    answer = await SavedPages(MAX_BYTES).process_request(asked)
    assert isinstance(answer, TextResponse)
    assert not isinstance(answer, HtmlResponse)
    assert asked.meta[CAPTURE].media == "text"


@pytest.mark.parametrize("content", [None, b"a" * (MAX_BYTES + 1)], ids=["missing", "too large"])
@in_reactor
async def test_a_file_that_cannot_be_read_is_an_input_error(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "page.html"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError):
        await SavedPages(MAX_BYTES).process_request(request(path))
