from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsbot.extraction.fields.metadata import Metadata, read_metadata
from newsbot.extraction.page.page import Page

NOW = datetime(2026, 5, 1, tzinfo=UTC)
ARTICLE_KEYS = (
    "headline",
    "name",
    "author",
    "publisher",
    "datePublished",
    "dateModified",
    "image",
    "keywords",
    "description",
    "articleSection",
    "isAccessibleForFree",
    "mainEntityOfPage",
    "url",
    "@id",
    "@graph",
    "inLanguage",
)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["name", "@id", "url", "@list", "@value"]), inner, max_size=3)
    ),
    max_leaves=6,
)


def page_of(*objects: object, body: str = "") -> Page:
    scripts = "".join(f'<script type="application/ld+json">{json.dumps(item)}</script>' for item in objects)
    return Page.from_text(
        f"<html lang=en><head>{scripts}</head><body>{body}</body></html>", "https://gazette.example/ferry"
    )


def test_every_field_names_the_rule_that_gave_it() -> None:
    article = {
        "@type": "NewsArticle",
        "headline": "Ferry returns",
        "author": "Lena Brandt",
        "datePublished": "2026-03-14",
    }
    metadata = read_metadata(page_of(article), now=NOW)
    assert metadata.rules == {
        "title": "json-ld headline",
        "authors": "json-ld author",
        "published_at": "json-ld datePublished",
    }
    assert (metadata.declared_language, metadata.modified_at, metadata.topics) == ("en", None, [])


def test_json_ld_object_of_this_page_is_preferred_to_that_of_a_related_article() -> None:
    related = {
        "@type": "NewsArticle",
        "headline": "Plane fares rise",
        "author": "Tom Ashdown",
        "url": "https://gazette.example/plane",
    }
    ours = {
        "@type": ["Thing", "ReportageNewsArticle"],
        "headline": "Ferry returns",
        "author": "Lena Brandt",
        "mainEntityOfPage": {"@id": "https://www.gazette.example/ferry/"},
    }
    metadata = read_metadata(page_of(related, ours))
    assert (metadata.title, metadata.authors) == ("Ferry returns", ["Lena Brandt"])


def test_web_page_object_supplies_what_the_article_object_lacks() -> None:
    ours = {"@type": "Article", "headline": "Ferry returns"}
    web_page = {"@type": "WebPage", "datePublished": "2026-03-14T09:05:00Z"}
    assert read_metadata(page_of(ours, web_page)).published_at == datetime(2026, 3, 14, 9, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "html", ["", "<", "\x00", "<title></title>", "<meta content=x>", "<h1></h1>" * 100], ids=repr
)
def test_page_without_declarations_has_empty_metadata(html: str) -> None:
    metadata = read_metadata(Page.from_text(html))
    assert (metadata.title, metadata.authors, metadata.published_at, metadata.topics) == (None, [], None, [])


@given(st.dictionaries(st.sampled_from(ARTICLE_KEYS), ANYTHING))
def test_json_ld_values_of_any_type_are_accepted(properties: dict[str, object]) -> None:
    metadata = read_metadata(page_of({"@type": "NewsArticle"} | properties), now=NOW)
    assert isinstance(metadata, Metadata)
    assert all(isinstance(text, str) for text in (*metadata.authors, *metadata.topics))
    assert metadata.title is None or isinstance(metadata.title, str)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param('<div class="author">' * 20_000, id="nested bylines"),
        pytest.param('<span class="date">1</span>' * 20_000, id="dates"),
        pytest.param("<h1>" * 20_000, id="open headings"),
        pytest.param("<h1>H</h1>" + '<a class="tag" href="/tag/x">x</a>' * 20_000, id="tags"),
        pytest.param("<h1>" + "By " * 50_000, id="long heading"),
    ],
)
def test_hostile_markup_is_read(body: str) -> None:
    assert isinstance(read_metadata(page_of(body=body)), Metadata)
