"""Elements that are found by a word in an attribute: the same with the compiled core and without it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from newsbot.extraction.page.tree import marked_elements
from tests.compiled import core_tables, python_only

WORDS = {"class": ("uthor", "yline"), "id": ("uthor",), "rel": ("author",)}
TAGS = ("div", "p", "span", "br", "svg", "x-y")
VALUES = (
    "",
    "author",
    "Author box",
    "byline",
    "authör",
    "uthor&amp;",
    "a uthor\u00e9",
    "rel",
    "AUTHOR",
    "by\nline",
)
NAMES = ("class", "id", "rel", "CLASS", "data-class", "xml:id", "hidden")


@st.composite
def trees(draw: st.DrawFn) -> etree._Element:
    """Trees as the parser makes them, of elements that follow on or contain each other."""
    markup = []
    for _ in range(draw(st.integers(0, 12))):
        tag = draw(st.sampled_from(TAGS))
        attributes = draw(st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(VALUES)), max_size=3))
        end = draw(st.sampled_from((f"</{tag}>", "", "<!-- class='author' -->")))
        written = "".join(f" {name}='{value}'" for name, value in attributes)
        markup.append(f"<{tag}{written}>text{end}")
    return etree.fromstring("".join(["<html><body>", *markup]), etree.HTMLParser())


def test_the_word_may_be_anywhere_in_its_attribute() -> None:
    root = etree.fromstring(
        "<html><body class='by-Author'><p id='xauthor'>a</p><p class='rel'>b</p><a rel='nofollow author'>c</a><p title='author'>d",
        etree.HTMLParser(),
    )
    assert [element.tag for element in marked_elements(root, WORDS, 9)] == ["body", "p", "a"]


def test_no_more_than_asked_for_are_found() -> None:
    root = etree.fromstring("<html><body>" + "<p class='author'>x</p>" * 9, etree.HTMLParser())
    assert marked_elements(root, WORDS, 4) == list(root.iter("p"))[:4]
    assert marked_elements(root, WORDS, 0) == []


def test_the_search_ends_below_the_element() -> None:
    root = etree.fromstring(
        "<html><body><div><p class=author>a</p></div><p class=author>b", etree.HTMLParser()
    )
    inner = root.find("body/div")
    assert inner is not None
    assert [element.text for element in marked_elements(inner, WORDS, 9)] == ["a"]


@given(trees(), st.integers(0, 5))
def test_the_compiled_core_finds_the_same(root: etree._Element, limit: int) -> None:
    core_tables()
    found = marked_elements(root, WORDS, limit)
    with python_only():
        assert found == marked_elements(root, WORDS, limit)


def test_more_words_than_the_core_holds_are_an_error() -> None:
    core_tables()
    with pytest.raises(ValueError, match="accepted: up to 32"):
        marked_elements(etree.Element("p"), {"class": ("x",) * 33}, 1)
