from __future__ import annotations

import json

import pytest

from newsbot.extraction.fields.authors import read_authors
from newsbot.extraction.fields.bylines import AGENCY_NAMES, byline_names, clean_names, looks_like_name
from newsbot.extraction.fields.evidence import PageEvidence
from newsbot.extraction.page.page import Page
from newsbot.languages.byline_words import (
    AND,
    AUTHOR_LABELS,
    BY,
    BY_AFTER_CREDITS,
    CREDIT_LABELS,
    CREDITS,
    NEWSROOMS,
    NOT_NAMES,
    PLACES_FOLLOW,
    REPORTERS,
    REPORTERS_BEFORE,
    REPORTERS_BEFORE_JOINED,
    REPORTERS_JOINED,
    ROLES,
)
from tests.word_list_examples import by_language

URL = "https://www.harbour-gazette.example/a"


def authors_of(head: str = "", body: str = "") -> list[str]:
    page = Page.from_text(f"<html><head>{head}</head><body>{body}</body></html>", URL)
    return read_authors(PageEvidence(page))[0]


def json_ld_script(content: object) -> str:
    return f'<script type="application/ld+json">{json.dumps(content)}</script>'


def json_ld(author: object) -> str:
    return json_ld_script({"@type": "NewsArticle", "headline": "H", "author": author})


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
def test_names_are_read_without_labels_roles_and_addresses(text: str, names: list[str]) -> None:
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
    assert authors_of(json_ld_script(graph)) == ["Lena Brandt"]


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
    comment = '<h1>H</h1><div class="comments"><span class="author">Tom Ashdown</span></div>'
    assert authors_of("", comment) == []


@by_language(by=BY, text_by=CREDITS, by_after_text=BY_AFTER_CREDITS, label=CREDIT_LABELS)
def test_bylines_are_recognised_in_every_language(kind: str, texts: list[str]) -> None:
    before = {"text_by": "{} by ", "by_after_text": "Text {} ", "label": "{}: ", "by": "{} "}[kind]
    lines = [f"{before.format(text)}Lena Brandt" for text in texts]
    assert [line for line in lines if byline_names(line) != ["Lena Brandt"]] == []


@by_language(label=AUTHOR_LABELS)
def test_labels_of_authors_are_recognised_in_every_language(kind: str, texts: list[str]) -> None:
    bodies = [f"<h1>H</h1><p>Text.</p><li><b>{text.capitalize()}</b> Lena Brandt" for text in texts]
    assert [body for body in bodies if authors_of("", body) != ["Lena Brandt"]] == []


@by_language(conjunction=AND)
def test_names_are_separated_at_and_in_every_language(kind: str, texts: list[str]) -> None:
    separated = [text.replace("\\", "") for text in texts]
    names = ["Lena Brandt", "Tom Ashdown"]
    assert [word for word in separated if clean_names([f"{names[0]} {word} {names[1]}"]) != names] == []


@by_language(role=ROLES)
def test_roles_are_not_part_of_a_name(kind: str, texts: list[str]) -> None:
    assert [text for text in texts if looks_like_name(f"Lena {text.capitalize()}")] == []


@by_language(agency=AGENCY_NAMES)
def test_agencies_are_names_of_authors(kind: str, texts: list[str]) -> None:
    assert [text for text in texts if not looks_like_name(text)] == []


@by_language(spaced=REPORTERS, joined=REPORTERS_JOINED)
def test_word_for_reporter_is_cut_off_a_name(kind: str, texts: list[str]) -> None:
    names = [f"김하늘{' ' if kind == 'spaced' else ''}{text}" for text in texts]
    assert [name for name in names if clean_names([name]) != ["김하늘"]] == []


@pytest.mark.parametrize(
    "name",
    [
        "Toby Marsh",
        "Olaf Brandt",
        "Stanislav Berg",
        "Rod Lind",
        "Gaspar Ek",
        "Henrike von Brandt",
        "Carl af Ashdown",
        "Lena van den Berg",
        "Yara al-Haddad",
        "Omar bin Salim",
        "Lena d'Ashdown",
        "Oleh Brandt",
        "Yazan al-Haddad",
        "Par Lind",
        "von Brandt",
        "Stefan Stand",
        "Lena de la Cruz",
        "J.-P. Ashdown",
        "LENA BRANDT",
        "乔·布兰特",
    ],
)
def test_name_stays_whole(name: str) -> None:
    assert clean_names([name]) == [name]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Brandt, Lena", ["Lena Brandt"]),
        ("von Brandt, Lena", ["Lena von Brandt"]),
        ("Brandt, L. M.", ["L. M. Brandt"]),
        ("Brandt, Lena; Ashdown, Tom", ["Lena Brandt", "Tom Ashdown"]),
        ("Lena Brandt, Tom Ashdown", ["Lena Brandt", "Tom Ashdown"]),
        ("Lena Brandt, Jr.", ["Lena Brandt Jr"]),
        ("Brandt, Ashdown and Ek", ["Brandt", "Ashdown", "Ek"]),
        ("Lena Brandt Contributor", ["Lena Brandt"]),
        ("بقلم/ ليلى حداد", ["ليلى حداد"]),
        ("Text und Fotos: Lena Brandt", ["Lena Brandt"]),
        ("Lena Brandt, AFP", ["Lena Brandt", "AFP"]),
        ("Lena Brandt, Rome", ["Lena Brandt"]),
        ("Lena Brandt, PhD, RD, MS", ["Lena Brandt"]),
        ("Lena Brandt/AFP", ["Lena Brandt", "AFP"]),
        ("Lena Brandt for the Evening Courier", ["Lena Brandt"]),
        ("Reporter Lena Brandt in Berlin", ["Lena Brandt"]),
        ("Lena Brandt · Courier News · Posted", ["Lena Brandt"]),
        ("Veröffentlicht von Lena Brandt", ["Lena Brandt"]),
        ("本报记者 张三", ["张三"]),
        ("我已授权", []),
        ("name", []),
    ],
)
def test_form_of_a_name_is_recognised(text: str, names: list[str]) -> None:
    assert clean_names([text]) == names


def test_library_field_has_the_family_name_first() -> None:
    head = '<meta name="dc.creator" content="Brandt Ashdown, Lena Maria">'
    assert authors_of(head) == ["Lena Maria Brandt Ashdown"]


@pytest.mark.parametrize(
    ("head", "body"),
    [
        pytest.param(
            '<meta name="author" content="Tide Media Group"><meta property="article:author" content="Lena Brandt">',
            "<h1>H</h1>",
            id="publishing house",
        ),
        pytest.param(
            json_ld({"name": "lbrandt7"}),
            '<h1>H</h1><a rel="author" href="/lb">Lena Brandt</a>',
            id="account",
        ),
        pytest.param(json_ld({"name": "Staff"}), "<h1>H</h1><p>By Lena Brandt</p>", id="newsroom"),
        pytest.param(
            '<meta name="twitter:label1" content="Written by"><meta name="twitter:data1" content="Lena Brandt">',
            "<h1>H</h1>",
            id="card",
        ),
        pytest.param(
            "", "<h1>H</h1><p>By <a>Lena Brandt</a></p><ul><li class=author>Tom Ash</ul>", id="parted"
        ),
        pytest.param("", "<h1>H</h1><p>Written by</p><p>Lena Brandt</p><p>Text.</p>", id="two lines"),
        pytest.param("", '<h1>H</h1><a href="/author/lb">Lena Brandt</a><p>Text.</p>', id="link"),
        pytest.param(
            "",
            '<h1>H</h1><p class="byline"><b>Lena Brandt</b> <i>Harbour Gazette</i></p>',
            id="site after the name",
        ),
    ],
)
def test_person_is_preferred_to_other_names(head: str, body: str) -> None:
    assert authors_of(head, body) == ["Lena Brandt"]


def test_two_linked_names_are_two_authors() -> None:
    names = (
        '<div><a href="/p/a">Lena Brandt</a> and <a href="/p/b">Tom Ashdown</a></div><div>10 March 2026</div>'
    )
    assert authors_of("", f"<h1>H</h1>{names}<p>Text.</p>") == ["Lena Brandt", "Tom Ashdown"]


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("来源：海湾日报 作者：李小明", "李小明"),
        ("文／王小明", "王小明"),
        ("記者王小明／台北報導", "王小明"),
        ("[서울=만] 김하늘 기자 = 서울", "김하늘"),
        ("執筆：山田太郎", "山田太郎"),
        ("מאת: דנה לוי", "דנה לוי"),
        ("بقلم: ليلى حداد", "ليلى حداد"),
        ("Автор: Лена Брандт", "Лена Брандт"),
        ("Yazar: Lena Brandt", "Lena Brandt"),
        ("Tác giả: Lê Minh", "Lê Minh"),
        ("लेखक: लीना शर्मा", "लीना शर्मा"),
    ],
)
def test_labelled_name_is_found_in_any_script(line: str, name: str) -> None:
    assert authors_of("", f"<h1>H</h1><p>{line}</p><p>Text.</p>") == [name]


@by_language(newsroom=NEWSROOMS)
def test_newsroom_is_no_author_beside_a_person(kind: str, texts: list[str]) -> None:
    body = "<h1>H</h1><p>By Lena Brandt</p>"
    assert [text for text in texts if authors_of(json_ld({"name": text}), body) != ["Lena Brandt"]] == []


@by_language(form=NOT_NAMES)
def test_word_of_a_form_is_no_name(kind: str, texts: list[str]) -> None:
    assert [text for text in texts if clean_names([text])] == []


@by_language(preposition=PLACES_FOLLOW)
def test_place_is_not_part_of_a_name(kind: str, texts: list[str]) -> None:
    assert [text for text in texts if clean_names([f"Lena Brandt {text} Mainz"]) != ["Lena Brandt"]] == []


@by_language(spaced=REPORTERS_BEFORE, joined=REPORTERS_BEFORE_JOINED)
def test_word_for_reporter_before_a_name_is_cut_off(kind: str, texts: list[str]) -> None:
    name = "Lena Brandt" if kind == "spaced" else "张小明"
    assert [text for text in texts if clean_names([f"{text} {name}"]) != [name]] == []


@pytest.mark.parametrize(
    ("body", "names"),
    [
        pytest.param("<p>Lena Brandt</p><p>Culture Writer</p>", ["Lena Brandt"], id="above a role"),
        pytest.param("<p>Lena Brandt · Tide News · 10 March 2026</p>", ["Lena Brandt"], id="with the date"),
        pytest.param(
            '<div class="author-box">This story was written by Lena Brandt, who sails</div>',
            ["Lena Brandt"],
            id="sentence",
        ),
        pytest.param('<a href="/authors/t">The Tide Team</a>', ["The Tide Team"], id="team in a link"),
        pytest.param('<p class="byline">By Tide Redaktion</p>', ["Tide Redaktion"], id="team in a byline"),
        pytest.param('<p class="byline">lbrandt7</p>', ["lbrandt7"], id="account"),
    ],
)
def test_author_is_found_in_other_forms(body: str, names: list[str]) -> None:
    assert authors_of("", f"<h1>H</h1>{body}<p>Text.</p>") == names
