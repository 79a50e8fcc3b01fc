from __future__ import annotations

import pytest

from newsbot.extraction.fields.evidence import PageEvidence
from newsbot.extraction.fields.tag_links import TAG_FOLDERS
from newsbot.extraction.fields.topics import clean_topics, read_topics
from newsbot.extraction.page.page import Page
from tests.word_list_examples import by_language


def topics_of(head: str = "", body: str = "") -> list[str]:
    page = Page.from_text(f"<html><head>{head}</head><body>{body}</body></html>", "https://gazette.example/a")
    return read_topics(PageEvidence(page))[0]


@pytest.mark.parametrize(
    ("texts", "topics"),
    [
        pytest.param(["ferry, islands; Transport"], ["ferry", "islands", "Transport"], id="lists"),
        pytest.param(["Ferry", "ferry", " #Islands "], ["Ferry", "Islands"], id="repeats and hashes"),
        pytest.param(["Category: Travel", "Person: Ines Okafor"], ["Travel", "Ines Okafor"], id="vocabulary"),
        pytest.param(["Alien: Romulus", "ferry"], ["Alien: Romulus", "ferry"], id="colon in a name"),
        pytest.param(
            ["8ae9ab2d-fe1b-4230-acb8-a59b52877682", "1234", "channel_other", "@river", "ferry"],
            ["ferry"],
            id="identifiers",
        ),
        pytest.param(["_" * 80, "x" * 5000], [], id="hostile"),
    ],
)
def test_topics_are_split_and_identifiers_dropped(texts: list[str], topics: list[str]) -> None:
    assert clean_topics(texts) == topics


@pytest.mark.parametrize(
    ("head", "body"),
    [
        pytest.param(
            '<script type="application/ld+json">{"@type":"Article","headline":"H","keywords":["Ferry",{"name":"Islands"}]}</script>',
            "",
            id="json-ld",
        ),
        pytest.param('<meta name="news_keywords" content="Ferry,Islands">', "", id="news_keywords"),
        pytest.param(
            '<meta property="article:tag" content="Ferry"><meta property="article:tag" content="Islands">',
            "",
            id="article:tag",
        ),
        pytest.param(
            '<meta name="keywords" content="Ferry, Islands, Gazette">', "", id="keywords without the site"
        ),
        pytest.param(
            "",
            '<nav><a href="/tag/menu">Menu</a></nav><h1>H</h1><ul class="tags"><li><a href="/t/1">Ferry</a></li><li><a href="/t/2">Islands</a></li></ul><a href="/topics/x">Other</a>',
            id="links",
        ),
    ],
)
def test_topics_are_found_by_each_rule(head: str, body: str) -> None:
    assert topics_of(head, body) == ["Ferry", "Islands"]


@by_language(folder=TAG_FOLDERS)
def test_links_to_tags_are_recognised_by_their_folder_in_every_language(kind: str, texts: list[str]) -> None:
    pages = [f'<h1>H</h1><p>Text <a href="/{text}/1">Ferry</a></p>' for text in texts]
    assert [page for page in pages if topics_of("", page) != ["Ferry"]] == []


def test_declared_list_that_the_page_shows_is_preferred() -> None:
    head = '<meta name="news_keywords" content="ferry, town, you, know"><meta property="article:tag" content="Harbour"><meta property="article:tag" content="Ferries">'
    links = '<ul class="tags"><li><a href="/tag/1">Harbour</a></li><li><a href="/tag/2">Ferries</a></li></ul>'
    assert topics_of(head, f"<h1>H</h1><p>Text.</p>{links}") == ["Harbour", "Ferries"]


def test_statistics_are_no_topics() -> None:
    head = '<meta name="keywords" content="Day: Friday, Page Type: Article, Subject: Ferries, Subject: Harbour, Partner: Feed">'
    assert topics_of(head) == ["Ferries", "Harbour"]


def test_slash_in_one_topic_is_no_namespace() -> None:
    head = '<meta name="keywords" content="Ship/Shore Radio, Sea/Air Rescue, Ferries, Harbour, Tides">'
    assert topics_of(head) == ["Ship/Shore Radio", "Sea/Air Rescue", "Ferries", "Harbour", "Tides"]


def test_subjects_in_json_ld_are_topics_if_nothing_else_is() -> None:
    script = '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "H", "about": [{"@type": "Thing", "name": "Ferries"}]}</script>'
    assert topics_of(script, "<h1>H</h1>") == ["Ferries"]
