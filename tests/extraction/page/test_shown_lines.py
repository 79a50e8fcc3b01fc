"""The texts beside an element are those that XPath finds, in page order."""

from __future__ import annotations

from typing import cast

import pytest
from lxml import etree, html

from newsbot.extraction.page.shown_lines import TextNode, texts_after, texts_before, texts_inside

_PAGE = """<html><head><title>News</title></head><body>Start <nav><a>Home</a> | <a>Sport</a></nav>
<div>Kicker<h1>The <b>bold</b> headline<i></i> ends</h1> at <p>one<br>two <em>three</em> four</p></div>
<ul><li>a</li><li><span><u>b</u></span></li></ul>end</body></html><p>behind <b>it</b></p>"""


def _found(path: str, element: etree._Element) -> list[tuple[str, etree._Element]]:
    """Return the texts of a path, each with the element that contains it."""
    nodes = cast("list[etree._ElementUnicodeResult]", element.xpath(path))
    parents = [(str(node), node.getparent(), node.is_tail) for node in nodes]
    containers = [
        (text, parent.getparent() if is_tail else parent)
        for text, parent, is_tail in parents
        if parent is not None
    ]
    return [(text, container) for text, container in containers if container is not None]


def _contained(nodes: list[TextNode]) -> list[tuple[str, etree._Element]]:
    return [(text, container) for text, container, _ in nodes]


@pytest.mark.parametrize("tag", ["h1", "b", "nav", "a", "u", "br", "title", "ul"])
def test_texts_around_an_element_are_those_of_xpath(tag: str) -> None:
    element = next(html.document_fromstring(_PAGE).iter(tag))

    assert _contained(list(texts_after(element))) == _found("following::text()", element)
    assert _contained(list(texts_before(element)))[::-1] == _found("preceding::text()", element)
    assert _contained(list(texts_inside(element))) == _found(".//text()", element)


def test_texts_know_the_element_that_they_follow() -> None:
    paragraph = html.fragment_fromstring("<p>one<br>two</p>")

    assert [(text, before is None) for text, _, before in texts_inside(paragraph)] == [
        ("one", True),
        ("two", False),
    ]


def test_texts_before_an_element_are_read_at_any_depth() -> None:
    root = etree.Element("div")
    part = root
    for _ in range(3000):
        part = etree.SubElement(part, "div")
    part.text = "deep"
    last = etree.SubElement(root, "p")

    assert [text for text, _, _ in texts_before(last)] == ["deep"]
