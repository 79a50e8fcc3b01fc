from __future__ import annotations

import json

import pytest

from newsbot.extraction.fields.authors import read_authors
from newsbot.extraction.fields.bylines import clean_names
from newsbot.extraction.fields.evidence import PageEvidence
from newsbot.extraction.page.page import Page

URL = "https://www.harbour-gazette.example/a"


def authors_of(head: str = "", body: str = "") -> list[str]:
    return read_authors(
        PageEvidence(Page.from_text(f"<html><head>{head}</head><body>{body}</body></html>", URL))
    )[0]


def json_ld(author: object, **more: object) -> str:
    return f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", "headline": "H", "author": author} | more)}</script>'


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Lena Brandt", ["Lena Brandt"]),
        ("By Lena Brandt", ["Lena Brandt"]),
        ("Von Lena Brandt und Tom Ashdown", ["Lena Brandt", "Tom Ashdown"]),
        ("von der Heyde", ["von der Heyde"]),
        ("Lena Brandt, Tom Ashdown and Bo Ek", ["Lena Brandt", "Tom Ashdown", "Bo Ek"]),
        ("Lena Brandt; dpa", ["Lena Brandt", "dpa"]),
        ("Lena Brandt, AFP", ["Lena Brandt", "AFP"]),
        ("Lena Brandt, Political Editor", ["Lena Brandt"]),
        ("Lena Brandt (lbr)", ["Lena Brandt"]),
        ("Lena Brandt lena@gazette.example", ["Lena Brandt"]),
        ("Lena Brandt / Journalist", ["Lena Brandt"]),
        ("김하늘 기자", ["김하늘"]),
        ("김하늘,이도윤", ["김하늘", "이도윤"]),
        ("大渡 美咲", ["大渡 美咲"]),
        ("Text: Lena Brandt", ["Lena Brandt"]),
        ("Gazette 24 Redaktion", ["Gazette 24 Redaktion"]),
        ("LENA BRANDT | lena brandt", ["LENA BRANDT"]),
        ("https://facebook.example/gazette", []),
        ("admin", []),
        ("", []),
    ],
)
def test_names_are_taken_out_of_what_surrounds_them(text: str, names: list[str]) -> None:
    assert clean_names([text]) == names


@pytest.mark.parametrize(
    "author",
    [
        pytest.param("Lena Brandt", id="text"),
        pytest.param({"name": "Lena Brandt"}, id="person"),
        pytest.param([{"@type": "Person", "name": ["Lena Brandt"]}], id="lists"),
        pytest.param({"givenName": "Lena", "familyName": "Brandt"}, id="given and family name"),
        pytest.param([None, 7.5, {"name": None}, {"@list": [{"name": "By Lena Brandt"}]}], id="anything"),
    ],
)
def test_json_ld_author_is_read_in_any_shape(author: object) -> None:
    assert "Lena Brandt" in authors_of(json_ld(author))


def test_json_ld_reference_is_resolved() -> None:
    graph = {
        "@graph": [
            {"@type": "NewsArticle", "headline": "H", "author": {"@id": "#p"}},
            {"@type": "Person", "@id": "#p", "name": "Lena Brandt"},
        ]
    }
    assert authors_of(f'<script type="application/ld+json">{json.dumps(graph)}</script>') == ["Lena Brandt"]


@pytest.mark.parametrize(
    ("head", "body"),
    [
        pytest.param('<meta name="author" content="Lena Brandt">', "", id="meta"),
        pytest.param(
            '<meta property="article:author" content="https://facebook.example/x"><meta name="byl" content="By Lena Brandt">',
            "",
            id="profile first",
        ),
        pytest.param("", '<h1>H</h1><a rel="author" href="/lb">Lena Brandt</a>', id="rel"),
        pytest.param(
            "",
            '<h1>H</h1><div class="ArticleByline">By <b>Lena Brandt</b>, Political Editor</div>',
            id="byline class",
        ),
        pytest.param("", "<h1>H</h1><p>By Lena Brandt</p><p>Text.</p>", id="line that begins with By"),
        pytest.param("", "<h1>H</h1><p><strong>Lena Brandt</strong></p><p>Text.</p>", id="bold paragraph"),
        pytest.param("", "<h1>H</h1><span>Lena Brandt</span><span>14 March 2026</span>", id="above the date"),
        pytest.param("", "<h1>H</h1><p>Text.</p><ul><li><b>Author</b> Lena Brandt</ul>", id="labelled"),
    ],
)
def test_author_is_found_where_json_ld_only_names_the_site(head: str, body: str) -> None:
    site = json_ld({"@type": "Organization", "name": "Harbour Gazette"})
    assert authors_of(site + head, body) == ["Lena Brandt"]


def test_site_is_the_author_when_nobody_else_is() -> None:
    assert authors_of(json_ld({"name": "Harbour Gazette"}), "<h1>H</h1><p>Text.</p>") == ["Harbour Gazette"]


def test_authors_of_comments_and_teasers_do_not_count() -> None:
    assert (
        authors_of("", '<h1>H</h1><div class="comments"><span class="author">Tom Ashdown</span></div>') == []
    )
