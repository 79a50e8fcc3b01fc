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
def test_a_selector_finds_what_css_says(selector: str) -> None:
    tree = Page.from_text(PAGE).tree
    # One outside of all others, so that each text comes once.
    expected = [
        text
        for element in tree.cssselect(selector)
        if (text := "".join(map(str, element.itertext())).strip())
    ]
    assert select_body(tree, selector).split("\n\n") == (expected or [""])


def test_what_is_inside_another_of_the_body_comes_once() -> None:
    assert select_body(Page.from_text(PAGE).tree, "div, aside, p").split("\n\n") == [
        *("One.", "Two.", "Three.", "Four.", "Five.", "Six.", "Seven.", "Eight."),
    ]


def test_the_first_heading_with_a_text_is_the_title() -> None:
    assert select_title(Page.from_text(f"<h1> </h1>{PAGE}").tree, "h1, h2") == "Bridge closes"


def test_text_after_what_is_removed_stays() -> None:
    tree = Page.from_text("<p>a<b>x</b>c<i>y</i>d</p>").tree
    remove_elements(tree, ("b", "i"))
    assert etree.tostring(next(tree.iter("p")), encoding="unicode") == "<p>acd</p>"


@pytest.mark.parametrize("selector", ["div p", "div div p", "p ~ p", "p, div"])
def test_pages_that_nest_without_end_are_searched(selector: str) -> None:
    tree = Page.from_text("<div>" * 1500 + "<p>x</p>" * 3000).tree
    assert "x" in select_body(tree, selector)


def test_nothing_is_sought_in_pages_without_end() -> None:
    tree = Page.from_text("<p>x</p>" * (MAX_ELEMENTS + 1)).tree
    assert select_body(tree, "p") == ""
