"""The Markdown of a body: what the page says of its structure, over the same text."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from markdown_it import MarkdownIt

from newsbot.extraction import extract
from newsbot.extraction.body.choice import text_of_blocks
from newsbot.extraction.body.scoring.block_walk import read_blocks
from newsbot.extraction.page.page import Page
from newsbot.extraction.structure.article_structure import add_structure
from newsbot.extraction.structure.markdown import is_written_here, links_of, texts_of
from newsbot.extraction.structure.nesting import Places
from newsbot.items import Article, Link
from newsbot.text import clean_text, paragraphs

FIXTURES = Path(__file__).parents[3] / "fixtures"
URL = "https://news.example/story/1"
RENDERER = MarkdownIt("commonmark").enable("table").enable("strikethrough")


def structured(html: str) -> Article:
    """Return an article whose body is all of a page."""
    page = Page.from_text(html, URL)
    blocks = read_blocks(page.tree)
    article = Article(url=URL, body=clean_text(text_of_blocks(blocks)))
    add_structure(article, page, blocks, blocks, is_clean=article.body == text_of_blocks(blocks))
    assert article.links == links_of(article.body_markdown)
    return article


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<h2>Heading</h2><p>Text", "## Heading\n\nText"),
        ("<h3><strong>Bold</strong> heading</h3>", "### Bold heading"),
        ("<p>a <b>b</b> <i>c</i> <b><i>d</i></b>", "a **b** _c_ **_d_**"),
        ("<p>one<b> two </b>three", "one **two** three"),
        ("<p>half<b>bold</b>word <b>“quoted”</b>word", "half**bold**word “quoted”word"),
        ("<p>a<i>b</i>c", "abc"),
        ("<p>See <a href='/b?c=1&amp;d=2'>the <b>old</b> bridge</a>.", "See [the **old** bridge](https://news.example/b?c=1&d=2)."),
        ("<p>Wow!<a href='/b'>here</a>", "Wow\\![here](https://news.example/b)"),
        ("<p><a href='#top'>up</a> <a href='javascript:x()'>run</a> <a href='story/1#note'>1</a> <a>no</a>", "up run [1](https://news.example/story/story/1#note) no"),
        ("<p><a href='mailto:a@b.example'>mail</a>", "[mail](mailto:a@b.example)"),
        ("<a href='/x'><div><p>in a linked card</p></div></a>", "[in a linked card](https://news.example/x)"),
        ("<ul><li>one<li>two<ul><li>deep</ul><li>three</ul>", "- one\n- two\n  - deep\n- three"),
        ("<ol start=9><li><p>nine</p><p>more</p><li>ten</ol>", "9. nine\n\n   more\n10. ten"),
        ("<ol><li value=4>four<li>five</ol>", "4. four\n5. five"),
        ("<blockquote><p>one</p><p>two</p></blockquote><p>out", "> one\n>\n> two\n\nout"),
        ("<blockquote><ul><li>a<li>b</ul></blockquote>", "> - a\n> - b"),
        ("<p>one<br>two<br><br>three", "one\n\ntwo\n\nthree"),
        ("<p>run <code>make test</code> now", "run `make test` now"),
        ("<pre><code>if x:\n    y\n</code></pre>", "```\nif x:\n    y\n```"),
        ("<pre>a poem\nin lines</pre>", "a poem in lines"),
        ("<pre><code>&lt;b&gt;</code></pre>", "&lt;b&gt;"),
        ("<p>1. no item<p># no heading<p>a*b_c[d]", "1\\. no item\n\n\\# no heading\n\na\\*b\\_c\\[d\\]"),
        ("<dl><dt>Why?<dd>Because.</dl>", "Why?\n\nBecause."),
        (
            "<table><caption>Boats</caption><tr><th>To<th>At<tr><td><a href=/m>Marrow</a><td>7|8<tr><td>Holm<td></table>",
            "Boats\n\n| To | At |\n| --- | --- |\n| [Marrow](https://news.example/m) | 7\\|8 |\n| Holm |  |",
        ),
        ("<table><tr><td>a<td>b<tr><td>---<td>---</table>", "|  |  |\n| --- | --- |\n| a | b |\n| \\--- | \\--- |"),
        ("<ul><li>x<table><tr><td>a<td>b<tr><td>c<td>d</table></ul>", "- x\n\n  |  |  |\n  | --- | --- |\n  | a | b |\n  | c | d |"),
        ("<p>&lt;script&gt;alert(1)&lt;/script&gt; &amp;lt;", "&lt;script&gt;alert(1)&lt;/script&gt; &amp;lt;"),
    ],
)  # fmt: skip
def test_structure_is_kept(html: str, markdown: str) -> None:
    article = structured(html)
    assert article.body_markdown == markdown
    assert texts_of(markdown) == paragraphs(article.body)
    assert is_written_here(markdown)


def test_links_are_absolute_and_listed_once() -> None:
    article = structured("<base href='/a/'><p><a href=b>B</a> <a href=//c.example/>C</a> <a href=b>again</a>")
    assert article.links == [
        Link(url="https://news.example/a/b", text="B"),
        Link(url="https://c.example/", text="C"),
    ]


PAGES = sorted(FIXTURES.glob("**/*.html"))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: "-".join(path.parts[-3:-1]))
def test_markdown_of_every_page_is_its_text(path: Path) -> None:
    page = Page.from_bytes(path.read_bytes(), URL)
    for article in (extract(path.read_bytes(), URL), structured(page.html)):
        assert texts_of(article.body_markdown) == paragraphs(article.body)
        assert is_written_here(article.body_markdown)


TAGS = st.sampled_from(
    [
        "p",
        "div",
        "b",
        "i",
        "em",
        "a",
        "h2",
        "h3",
        "ul",
        "ol",
        "li",
        "blockquote",
        "br",
        "pre",
        "code",
        "table",
        "tr",
        "td",
        "th",
        "dl",
        "dt",
        "span",
        "figure",
        "nav",
        "script",
        "cite",
        "sub",
    ]
)
TEXTS = st.text(st.sampled_from(list("ab .*_`[]()<>&|#-1!\n\u200b\u0301\x0b\x85\xad“é日")), max_size=12)
NODES = st.recursive(
    TEXTS.map(lambda text: text.replace("&", "&amp;").replace("<", "&lt;")),
    lambda inner: st.tuples(TAGS, st.lists(inner, max_size=4)).map(
        lambda node: f"<{node[0]} href='/x)y' class=a>{''.join(node[1])}</{node[0]}>"
    ),
    max_leaves=25,
)


def test_item_that_another_element_keeps_apart_from_its_list_is_a_first_one() -> None:
    inner = (
        "<ol><span><li>One of the items of a list.</li></span><li>Another one, which is its own.</li></ol>"
    )
    page = etree.fromstring(f"<div>{inner}</div>")
    places, items = Places(), list(page.iter("li"))
    assert [places.prefix(places.chain(item)).text for item in items] == ["1. ", "1. "]


@settings(max_examples=300, deadline=None)
@given(st.lists(NODES, max_size=6).map("".join))
def test_markdown_of_any_page_is_its_text(html: str) -> None:
    article = structured(html)
    assert texts_of(article.body_markdown) == paragraphs(article.body)
    assert is_written_here(article.body_markdown)
    rendered = RENDERER.render(article.body_markdown)
    assert not re.search(r"<script|javascript:|&lt;/?(?:p|li|strong)&gt;", rendered)


@pytest.mark.parametrize(
    "html",
    [
        "<ul><li>x" * 700 + "</li></ul>",
        "<blockquote>" * 900 + "<p>x</p>" * 2000,
        "<p><b><a href=x>" * 300 + "y" + "<p>z" * 3000,
        "<ol>" + "<li>x" * 20_000,
        "<p>" + "<a href=/x>a</a> " * 20_000,
        "<div>" + "<b>a</b>b" * 20_000,
        "<table>" + "<tr><td>a<td>b" * 3000,
        "<p>a<br>" * 10_000,
    ],
    ids=["lists", "quotations", "marks", "items", "links", "runs", "rows", "lines"],
)
def test_hostile_pages_are_written_in_time(html: str) -> None:
    article = structured(html)
    assert texts_of(article.body_markdown) == paragraphs(article.body)
    assert len(article.links) <= 500
