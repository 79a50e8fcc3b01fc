from __future__ import annotations

import pytest

from newsbot.extraction.page.page import MAX_CONTENTS, MAX_TITLE_CHARS, Page

ARTICLE = "<html lang='de'><head><title>T</title></head><body><p>Grüße aus Köln</p></body></html>"


@pytest.mark.parametrize(
    ("body", "charset"),
    [
        (b"\xef\xbb\xbf" + ARTICLE.encode(), "iso-8859-1"),
        (ARTICLE.encode("utf-16"), None),
        (ARTICLE.encode("utf-16-le"), None),
        (ARTICLE.encode(), "iso-8859-1"),
        (ARTICLE.encode("latin-1"), "iso-8859-1"),
        (ARTICLE.replace("<head>", "<head><meta charset='iso-8859-1'>").encode("latin-1"), None),
        (ARTICLE.encode("latin-1"), "utf-8"),
        (ARTICLE.replace("Köln", "Kö\0ln").encode(), None),
    ],
    ids=["bom", "utf-16 bom", "utf-16", "lying header", "header", "meta", "lying utf-8", "nul"],
)
def test_bytes_are_read_in_the_charset_they_are_in(body: bytes, charset: str | None) -> None:
    assert "Grüße aus Köln" in Page.from_bytes(body, charset=charset).html


NO_CHARSETS = "undefined idna punycode unicode_escape raw_unicode_escape utf-7 rot13 hex base64 zlib_codec utf-16 utf-32-be cp037"


@pytest.mark.parametrize("label", [*NO_CHARSETS.split(), "x-unknown", "nonäme", "..", "\0", "a" * 100_000])
@pytest.mark.parametrize(
    "text", ["Plain words, C:\\new\\ud800 +2AA-", "Grüße aus Köln"], ids=["ascii", "utf-8"]
)
def test_a_page_is_read_whatever_is_declared_as_its_charset(label: str, text: str) -> None:
    page = f"<html><body><p>{text}</p></body></html>"
    assert text in Page.from_bytes(page.encode(), charset=label).html
    for declaration in (f"<?xml version='1.0' encoding='{label}'?>", f"<meta charset='{label}'>"):
        assert text in Page.from_bytes((declaration + page).encode()).html


def test_a_truncated_utf8_page_is_decoded_as_utf8() -> None:
    assert "Grüße aus Köln" in Page.from_bytes(ARTICLE.encode() + b"<p>K\xc3").html


@pytest.mark.parametrize(
    "head", [b"\x89PNG\r\n\x1a\n\0\0\0\r", b"\x1f\x8b\x08\x00\x01\x02\x03"], ids=["png", "gzip"]
)
def test_binary_files_have_no_text(head: bytes) -> None:
    assert Page.from_bytes(head + bytes(range(1, 32)) * 50).html == ""


@pytest.mark.parametrize(
    "html", ["", "   ", "<!-- nothing -->", "\0\0"], ids=["none", "space", "comment", "nul"]
)
def test_a_page_without_elements_is_an_empty_document(html: str) -> None:
    page = Page.from_text(html)
    assert page.tree is not None
    assert (page.meta, page.related("canonical"), page.json_ld, page.microdata) == ({}, [], [], {})


def test_meta_elements_are_found_by_every_name_they_have() -> None:
    page = Page.from_text(
        "<meta name='Author' property='og:x' content=' a '><meta name='author' content='b'><meta name='e' content=''>"
    )
    assert page.meta == {"author": ["a", "b"], "og:x": ["a"]}


def test_declarations_are_read_up_to_a_limit() -> None:
    page = Page.from_text(
        "<title>" + "a - b | " * 10_000 + "</title>" + "<meta name=author content=X>" * 10_000
    )
    assert len(page.title) <= MAX_TITLE_CHARS
    assert len(page.meta["author"]) == MAX_CONTENTS


def test_microdata_attributes_are_found_in_any_case() -> None:
    page = "<div itemScope itemType='https://schema.org/NewsArticle'><b itemProp='author'>Ann Lee</b></div>"
    assert Page.from_text(page).microdata["author"] == ["Ann Lee"]


def test_links_are_absolute_against_the_base_element() -> None:
    page = Page.from_text(
        "<base href='/de/'><link rel='Canonical amphtml' href='a.html'>", "https://news.example/en/x"
    )
    assert page.related("canonical") == ["https://news.example/de/a.html"]
    assert page.related("amphtml") == ["https://news.example/de/a.html"]
    assert page.related("icon") == []


def test_a_link_that_cannot_be_joined_is_left_out() -> None:
    assert (
        Page.from_text("<link rel=canonical href='http://[x'>", "https://news.example/").related("canonical")
        == []
    )


@pytest.mark.parametrize(
    ("block", "found"),
    [
        ('{"a": 1}', [{"a": 1}]),
        ('<!-- {"a": 1,} -->', [{"a": 1}]),
        ('//<![CDATA[\n{"a": "b // c", // why\n"d": [1,],}\n//]]>', [{"a": "b // c", "d": [1]}]),
        ("{&quot;a&quot;: 1}", [{"a": 1}]),
        ('{"a": "x\ny"};', [{"a": "x\ny"}]),
        ('{"a": 1}{"b": 2}', [{"a": 1}, {"b": 2}]),
        ('[{"a": 1}, [{"b": 2}]]', [{"a": 1}, {"b": 2}]),
        ('{"@graph": [{"a": 1}]}', [{"@graph": [{"a": 1}]}, {"a": 1}]),
        ('{"a": ', []),
        ("[" * 100_000, []),
    ],
    ids=[
        "plain",
        "comment",
        "cdata",
        "entities",
        "raw newline",
        "no list",
        "nested lists",
        "graph",
        "cut",
        "deep",
    ],
)
def test_json_ld_with_common_errors_is_read(block: str, found: list[dict[str, object]]) -> None:
    assert Page.from_text(f"<script type='application/ld+json'>{block}</script>").json_ld == found


def test_a_broken_json_ld_block_does_not_hide_the_next() -> None:
    page = Page.from_text(
        "<script type='application/ld+json'>{\"a\": }</script><script type='application/ld+json'>{\"a\": 1}</script>"
    )
    assert page.json_ld == [{"a": 1}]


def test_microdata_belongs_to_the_article_item() -> None:
    page = Page.from_text(
        "<div itemscope itemtype='https://schema.org/NewsArticle'><h1 itemprop='headline'>H</h1>"
        "<time itemprop='datePublished' datetime='2026-01-02'>2 Jan</time>"
        "<span itemprop='author' itemscope itemtype='https://schema.org/Person'><b itemprop='name'>Ada  Moss</b></span></div>"
    )
    assert page.microdata == {"headline": ["H"], "datePublished": ["2026-01-02"], "author": ["Ada Moss"]}


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 200_000 + "end",
        "<p>x" * 400_000,
        "<script>" * 200_000,
        "<a href='" * 200_000,
        "<p itemscope itemtype=Article itemprop=a>" * 3000,
    ],
    ids=["deep", "many", "scripts", "quotes", "microdata"],
)
def test_hostile_pages_give_a_tree(html: str) -> None:
    page = Page.from_text(html)
    assert page.tree is not None
    assert page.json_ld == []
    assert isinstance(page.microdata, dict)
