from __future__ import annotations

import pytest

from newsbot.extraction.fields.metadata import Metadata, read_metadata
from newsbot.extraction.page.page import Page


def metadata_of(head: str, url: str = "https://gazette.example/news/a") -> Metadata:
    return read_metadata(Page.from_text(f"<html><head>{head}</head><body></body></html>", url))


def json_ld(properties: str) -> str:
    return (
        f'<script type="application/ld+json">{{"@type":"NewsArticle","headline":"H",{properties}}}</script>'
    )


@pytest.mark.parametrize(
    ("head", "image"),
    [
        ('<meta property="og:image" content="/i.jpg">', "https://gazette.example/i.jpg"),
        (
            json_ld('"image":[{"@type":"ImageObject","url":"//cdn.example/i.jpg"}]'),
            "https://cdn.example/i.jpg",
        ),
        (
            '<meta property="og:image" content="data:image/png;base64,AA"><meta name="twitter:image" content="https://cdn.example/t.jpg">',
            "https://cdn.example/t.jpg",
        ),
        ('<meta property="og:image" content="javascript:alert(1)">', None),
        ('<meta property="og:image" content="http://[broken">', None),
    ],
    ids=["relative", "json-ld object", "data URL passed over", "script", "broken"],
)
def test_image_is_an_absolute_web_address(head: str, image: str | None) -> None:
    assert metadata_of(head).image_url == image


def test_canonical_link_goes_before_open_graph() -> None:
    head = '<link rel="canonical" href="/news/a"><meta property="og:url" content="https://other.example/">'
    assert (
        metadata_of(head, "https://gazette.example/news/a?utm_source=x").canonical_url
        == "https://gazette.example/news/a"
    )
    assert metadata_of('<meta property="og:url" content="ftp://x/">').canonical_url is None


@pytest.mark.parametrize(
    ("head", "is_free"),
    [
        (json_ld('"isAccessibleForFree":false'), False),
        (json_ld('"isAccessibleForFree":"True"'), True),
        (json_ld('"isAccessibleForFree":["?"]'), None),
        ('<meta property="article:content_tier" content="locked">', False),
        ("", None),
    ],
    ids=["false", "text", "nonsense", "content tier", "silent"],
)
def test_is_free_follows_the_declaration(head: str, is_free: bool | None) -> None:
    assert metadata_of(head).is_free is is_free


@pytest.mark.parametrize(
    ("head", "section"),
    [
        (json_ld('"articleSection":["Islands","News"]'), "Islands"),
        ('<meta property="article:section" content="Waste, Fraud &amp; Abuse">', "Waste, Fraud & Abuse"),
        ('<meta property="article:section" content="/islands/">', "islands"),
        ('<meta property="article:section" content="Gazette">', None),
    ],
    ids=["json-ld", "comma in a name", "path", "site's name"],
)
def test_section_is_a_single_name(head: str, section: str | None) -> None:
    assert metadata_of(head).section == section


def test_description_is_plain_text_on_one_line() -> None:
    head = '<meta name="description" content="Ferry &amp;amp; plane\n &lt;b&gt;compete&lt;/b&gt;">'
    assert metadata_of(head).description == "Ferry & plane compete"
