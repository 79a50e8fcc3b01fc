"""Sitemaps of every kind and the `Sitemap:` lines of robots.txt. All publishers are made up."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsbot.discovery.sitemaps import MAX_SITEMAP_LINKS, Sitemap, parse_sitemap, sitemaps_of_robots

URL = "https://courier.example/sitemaps/news.xml"

NEWS = """<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"
 xmlns:image="http://www.google.com/schemas/sitemap-image/1.1" xmlns:xhtml="http://www.w3.org/1999/xhtml">
<url><image:image><image:loc>https://courier.example/bridge.jpg</image:loc><image:title>A bridge</image:title></image:image>
<loc> https://courier.example/bridge?a=1&amp;b=2 </loc><lastmod>2026-11-23T12:00:00+01:00</lastmod>
<xhtml:link rel="alternate" hreflang="de" href="https://courier.example/de/bridge"/>
<n:news><n:publication><n:name>The Courier</n:name><n:language>en</n:language></n:publication>
<n:publication_date>2026-11-23</n:publication_date><n:title>Bridge &amp; road reopen</n:title>
<n:keywords>bridge, roads,, traffic</n:keywords></n:news></url>
<url><loc>https://courier.example/harbour</loc></url></urlset>"""

INDEX = """<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<sitemap><loc>https://courier.example/2026-10.xml.gz</loc><lastmod>2026-10-31</lastmod></sitemap>
<sitemap><loc>/2026-11.xml.gz</loc></sitemap></sitemapindex>"""


def urls(sitemap: Sitemap) -> list[str]:
    return [link.url for link in sitemap.links]


def urlset(locations: list[str]) -> bytes:
    return f"<urlset>{''.join(f'<url><loc>{loc}</loc></url>' for loc in locations)}</urlset>".encode()


def test_news_sitemap_gives_title_dates_and_language() -> None:
    sitemap = parse_sitemap(NEWS.encode(), URL, timezone=ZoneInfo("Europe/Berlin"))
    link, other = sitemap.links
    assert (sitemap.kind, sitemap.whole) == ("urlset", True)
    assert (link.url, link.title) == ("https://courier.example/bridge?a=1&b=2", "Bridge & road reopen")
    assert link.published_at == datetime(2026, 11, 22, 23, tzinfo=UTC)
    assert link.modified_at == datetime(2026, 11, 23, 11, tzinfo=UTC)
    assert (link.language, link.topics) == ("en", ("bridge", "roads", "traffic"))
    assert (other.url, other.title, other.modified_at) == ("https://courier.example/harbour", None, None)


def test_index_lists_sitemaps_with_their_last_change() -> None:
    sitemap = parse_sitemap(INDEX.encode(), URL)
    assert sitemap.kind == "index"
    assert urls(sitemap) == [
        "https://courier.example/2026-10.xml.gz",
        "https://courier.example/2026-11.xml.gz",
    ]
    assert sitemap.links[0].modified_at == datetime(2026, 10, 31, tzinfo=UTC)


def test_plain_text_sitemap_is_read() -> None:
    sitemap = parse_sitemap(b"\xef\xbb\xbfhttps://courier.example/a\r\nhttps://courier.example/b\n", URL)
    assert sitemap.kind == "text"
    assert urls(sitemap) == ["https://courier.example/a", "https://courier.example/b"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x1f\x8b",
        b"<html><body>404</body></html>",
        b"not found",
        b"https://a.example/\nnot found",
        b"<urlset",
    ],
)
def test_document_that_is_no_sitemap_has_no_kind(body: bytes) -> None:
    assert parse_sitemap(body, URL).kind is None


def test_gzip_file_is_unpacked_also_if_it_was_compressed_twice() -> None:
    packed = gzip.compress(NEWS.encode())
    expected = parse_sitemap(NEWS.encode(), URL)
    assert expected.kind == "urlset"
    assert parse_sitemap(packed, URL) == parse_sitemap(gzip.compress(packed), URL) == expected


def test_news_elements_with_a_prefix_that_is_not_declared_are_read() -> None:
    body = NEWS.replace('xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"', "")
    (link, _) = parse_sitemap(body.encode(), URL).links
    assert (link.title, link.topics) == ("Bridge & road reopen", ("bridge", "roads", "traffic"))


def test_sitemap_of_the_protocols_size_is_read_to_its_end() -> None:
    slug = "x" * 850
    sitemap = parse_sitemap(urlset([f"https://courier.example/{n}-{slug}" for n in range(50_000)]), URL)
    assert (len(sitemap.links), sitemap.whole) == (50_000, True)


def test_truncated_gzip_file_gives_its_complete_links() -> None:
    packed = gzip.compress(urlset([f"/{n * 7919}" for n in range(20_000)]))
    sitemap = parse_sitemap(packed[: len(packed) // 2], URL)
    assert 1_000 < len(sitemap.links) < 20_000
    assert not sitemap.whole


@pytest.mark.parametrize(
    "filler", [b" ", b"<url><loc>https://courier.example/a</loc></url>"], ids=["white space", "links"]
)
def test_decompression_bomb_is_limited(filler: bytes) -> None:
    bomb = gzip.compress(b"<urlset><url><loc>/first</loc></url>" + filler * (20_000_000 // len(filler)))
    sitemap = parse_sitemap(bomb, URL, max_bytes=1_000_000)
    assert urls(sitemap)[0] == "https://courier.example/first"
    assert not sitemap.whole


def test_truncated_sitemap_leaves_out_the_incomplete_link() -> None:
    body = urlset(["/a", "/b-with-a-long-slug"])
    assert urls(parse_sitemap(body[: body.index(b"-long")], URL)) == ["https://courier.example/a"]
    assert urls(parse_sitemap(b"https://a.example/1\nhttps://a.example/2", URL, max_bytes=38)) == [
        "https://a.example/1"
    ]


def test_number_of_links_is_bounded() -> None:
    sitemap = parse_sitemap(urlset([f"/{n}" for n in range(MAX_SITEMAP_LINKS + 1)]), URL)
    assert (len(sitemap.links), sitemap.whole) == (MAX_SITEMAP_LINKS, False)


def test_only_web_links_are_returned() -> None:
    hostile = ["javascript:alert(1)", "file:///etc/passwd", "https://", "mailto:a@b.example", "http://[", ""]
    assert [
        url for url in urls(parse_sitemap(urlset(hostile), URL)) if not url.startswith("https://courier")
    ] == []


def test_no_entity_is_expanded() -> None:
    doctype = (
        '<!DOCTYPE urlset [<!ENTITY a "https://evil.example/"><!ENTITY b SYSTEM "file:///etc/hostname">]>'
    )
    sitemap = parse_sitemap(doctype.encode() + urlset(["/x&a;-1", "/y&b;-2"]), URL)
    assert urls(sitemap) == ["https://courier.example/x&a;-1", "https://courier.example/y&b;-2"]


def test_sitemaps_of_robots_are_found_in_any_case_and_resolved() -> None:
    robots = """\ufeffSitemap: https://courier.example/a.xml # daily
User-agent: *
Disallow: /search
SITEMAP:/b.xml
  sitemap : https://courier.example/a.xml
Sitemap: javascript:alert(1)
# Sitemap: https://courier.example/old.xml
Sitemap: https://courier.example/robots.txt
Sitemap: none
Sitemap: www.courier.example/c.xml
Sitemap:
Host: courier.example"""
    assert sitemaps_of_robots(robots, "https://courier.example/robots.txt") == [
        "https://courier.example/a.xml",
        "https://courier.example/b.xml",
        "https://www.courier.example/c.xml",
    ]


TOKENS = [
    "<urlset>",
    "</urlset>",
    "<url>",
    "</url>",
    "<loc>",
    "</loc>",
    "<lastmod>",
    "<news:news>",
    "<sitemapindex>",
]
TOKENS += [
    "<sitemap>",
    "</sitemap>",
    "https://x.example/",
    "&",
    "&eacute;",
    "&#xD800;",
    "<![CDATA[",
    "]]>",
    "<!--",
    "\x00",
    "<",
    "2026",
]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(TOKENS) | st.text(max_size=5), max_size=40).map("".join))
def test_broken_sitemaps_never_raise_and_give_web_links_only(text: str) -> None:
    sitemap = parse_sitemap(text.encode("utf-8", "surrogatepass"), URL)
    assert all(url.startswith(("http://", "https://")) for url in urls(sitemap))
    sitemaps_of_robots(text, URL)
