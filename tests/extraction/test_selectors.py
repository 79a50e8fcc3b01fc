from __future__ import annotations

import pytest
from lxml import etree

from newsbot.extraction.page.page import Page
from newsbot.extraction.selectors import MAX_ELEMENTS, remove_elements, select_body, select_title

PAGE = """
<main class=story>
  <h1>Bridge closes</h1><p class=lead>One.</p>
  <div class=text><p>Two.</p><aside><p>Three.</p></aside><ul><li>Four.</li><li>Five.</li></ul><p>Six.</p></div>
  <div></div><p>Seven.</p>
</main><p>Eight.</p>
"""


@pytest.mark.parametrize(
    "selector",
    [
        "p",
        "main p",
        "main > p",
        "main div p",
        "main > div > p",
        "h1 + p",
        "h1 ~ p",
        "div.text ~ p",
        "div + p, li",
        "li:nth-child(2)",
        "p:not(.lead)",
        "div:has(aside) > p",
        ":is(aside, ul) *",
        "main aside ~ p",
        "section p",
    ],
)
def test_a_selector_finds_the_elements_that_css_defines(selector: str) -> None:
    tree = Page.from_text(PAGE).tree
    # Elements that are not inside another match, so that no text appears twice.
    expected = [
        text
        for element in tree.cssselect(selector)
        if (text := "".join(map(str, element.itertext())).strip())
    ]
    assert [block.text for block in select_body(tree, selector)] == expected


def test_nested_elements_of_the_body_count_once() -> None:
    assert [block.text for block in select_body(Page.from_text(PAGE).tree, "div, aside, p")] == [
        *("One.", "Two.", "Three.", "Four.", "Five.", "Six.", "Seven.", "Eight."),
    ]


def test_text_that_follows_on_the_body_is_not_in_it() -> None:
    tree = Page.from_text("<main><p>One.</p> Two. <b>Three.</b></main>").tree
    assert [block.text for block in select_body(tree, "p")] == ["One."]


def test_the_first_heading_with_a_text_is_the_title() -> None:
    assert select_title(Page.from_text(f"<h1> </h1>{PAGE}").tree, "h1, h2") == "Bridge closes"


def test_text_after_a_removed_element_is_kept() -> None:
    tree = Page.from_text("<p>a<b>x</b>c<i>y</i>d</p>").tree
    remove_elements(tree, ("b", "i"))
    assert etree.tostring(next(tree.iter("p")), encoding="unicode") == "<p>acd</p>"


@pytest.mark.parametrize("selector", ["div p", "div div p", "p ~ p", "p, div"])
def test_deeply_nested_pages_are_searched(selector: str) -> None:
    tree = Page.from_text("<div>" * 1500 + "<p>x</p>" * 3000).tree
    assert select_body(tree, selector)[0].text == "x"


def test_pages_with_too_many_elements_are_not_searched() -> None:
    tree = Page.from_text("<p>x</p>" * (MAX_ELEMENTS + 1)).tree
    assert select_body(tree, "p") == []
