"""Which bodies are taken for pages that a browser may render."""

from __future__ import annotations

import pytest

from newsbot.rendering.render_pages import PAGE


@pytest.mark.parametrize(
    "body",
    [
        b"<!DOCTYPE html><p>",
        b"\xef\xbb\xbf\n <html lang=en>",
        b"<!-- made by -->\n<!-- a -- > machine --><!doctype HTML>",
        b'<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN">',
    ],
)
def test_pages_begin_as_documents(body: bytes) -> None:
    assert PAGE.match(body)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b'<?xml version="1.0"?><rss><description><![CDATA[<html>]]></description></rss>',
        b"<urlset><url><loc>https://news.example/</loc></url></urlset>",
        b'{"html": "<html>"}',
        b"User-agent: *\nDisallow: /",
        b"<!-- -->" * 500,
        b"<!--" * 1000,
        b"<?xml" * 800,
        b" " * 4096,
    ],
)
def test_feeds_and_hostile_starts_are_no_pages(body: bytes) -> None:
    assert not PAGE.match(body)
