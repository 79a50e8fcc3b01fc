"""Markdown is written so that it can be read back, and so that nothing in a text becomes a mark."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from newsbot.extraction.structure.markdown import (
    fenced,
    following,
    from_paragraphs,
    image,
    image_urls,
    is_written_here,
    link,
    links_of,
    paragraph,
    safe_url,
    texts_of,
)
from newsbot.items import Link
from newsbot.text import paragraphs

HOSTILE = [
    "<script>alert(1)</script>",
    "a ](javascript:alert(1)) b",
    "[x](https://a.example)",
    "[x]: javascript:alert(1)",
    "![x](https://a.example/p.png)",
    "# no heading",
    "- no item",
    "1. no item",
    "12) no item",
    "| no | table |",
    "> no quotation",
    "--- no border",
    "***",
    "```no code",
    "`no code`",
    "*not* _marked_ **at** __all__ ~~now~~",
    "&lt;script&gt; &amp;amp; &#60;",
    "\\* \\\\ \\",
    "Fish & Chips &c. <3",
    "http://a.example/?a=1&copy=2",
]
TEXTS = st.text(
    st.sampled_from("ab<>[]()!*_`~#-+=|\\&;:/ .19\n\t'\"é日\u200b\u2028"),
    max_size=60,
)
RENDERER = MarkdownIt("commonmark").enable("table").enable("strikethrough")


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_in_a_text_is_a_mark(text: str) -> None:
    written = paragraph(text)
    assert texts_of(written) == [text]
    rendered = RENDERER.render(written)
    assert (
        re.sub(r"</?p>\n?", "", rendered)
        .replace("&quot;", '"')
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
        .strip()
        == text.strip()
    )


@given(st.lists(TEXTS, max_size=8))
def test_any_paragraphs_are_read_back_and_rendered_as_text_only(texts: list[str]) -> None:
    lines = paragraphs("\n\n".join(texts))
    written = from_paragraphs(lines)
    assert texts_of(written) == lines
    assert is_written_here(written)
    assert "<" not in written
    assert set(re.findall(r"<(\w+)", RENDERER.render(written))) <= {"p"}


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://a.example/b?c=d&e=f#g", "https://a.example/b?c=d&e=f#g"),
        ("HTTP://a.example/", "HTTP://a.example/"),
        ("mailto:ada@a.example", "mailto:ada@a.example"),
        ("https://ada:secret@a.example/", "https://a.example/"),
        ("https://a.example/x (1).html", "https://a.example/x%20%281%29.html"),
        ('https://a.example/"><script>', "https://a.example/%22%3E%3Cscript%3E"),
        ("javascript:alert(1)", ""),
        (" javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("vbscript:x", ""),
        ("file:///etc/passwd", ""),
        ("//a.example/", ""),
        ("/b", ""),
        ("https://", ""),
        ("https://a.example/" + "b" * 3000, ""),
    ],
)
def test_only_web_pages_and_mailboxes_are_linked(url: str, safe: str) -> None:
    assert safe_url(url) == safe


def test_links_are_listed_once_in_their_order() -> None:
    first, second = (
        link("one \\[of\\] two", "https://a.example/?a=1&copy;=2"),
        link("two", "https://b.example/"),
    )
    markdown = f"# {first}\n\n- x {second} {first}\n\n`[no](https://c.example)` \\[no\\](https://c.example)"
    assert links_of(markdown) == [
        Link(url="https://a.example/?a=1&copy;=2", text="one [of] two"),
        Link(url="https://b.example/", text="two"),
    ]
    assert texts_of(markdown)[0] == "one [of] two"


STORY = "\n\n".join(
    [
        "## Heading",
        "One [word](https://a.example/) **bold**.",
        image("https://a.example/p.jpg", "A [caption] (here)"),
        "- first\n- second\n  1. third",
        "> quoted\n>\n> again",
        "| a | b |\n| --- | --- |\n| c |  |\n| d\\|e | f |",
        fenced("if x:\n    print('`')"),
        image("https://a.example/q.jpg", ""),
        "End.",
    ]
)
TEXTS_OF_STORY = [
    "Heading",
    "One word bold.",
    "first",
    "second",
    "third",
    "quoted",
    "again",
    "a | b",
    "c",
    "d|e | f",
    "if x: print('`')",
    "End.",
]


def test_structure_is_read_back_as_paragraphs() -> None:
    assert texts_of(STORY) == TEXTS_OF_STORY
    assert image_urls(STORY) == {"https://a.example/p.jpg", "https://a.example/q.jpg"}
    assert is_written_here(STORY)


@given(st.lists(st.booleans(), min_size=len(TEXTS_OF_STORY), max_size=len(TEXTS_OF_STORY)))
def test_markdown_follows_a_text_that_loses_paragraphs(kept: list[bool]) -> None:
    texts = [text for text, is_kept in zip(TEXTS_OF_STORY, kept, strict=True) if is_kept]
    markdown = following(STORY, texts)
    assert texts_of(markdown) == texts
    if all(kept):
        assert markdown == STORY


def test_what_comes_back_to_a_text_is_plain_and_the_rest_keeps_its_marks() -> None:
    texts = ["- New", *TEXTS_OF_STORY[:2], "More", *TEXTS_OF_STORY[2:]]
    markdown = following(STORY, texts)
    assert texts_of(markdown) == texts
    assert markdown.startswith(
        "\\- New\n\n## Heading\n\nOne [word](https://a.example/) **bold**.\n\nMore\n\n"
    )


def test_pictures_go_with_the_end_of_a_text_and_a_table_keeps_a_header() -> None:
    shorter = following(STORY, TEXTS_OF_STORY[:-1])
    assert image_urls(shorter) == {"https://a.example/p.jpg"}
    assert "|  |  |\n| --- | --- |\n| c |  |" in following(STORY, TEXTS_OF_STORY[8:])


@pytest.mark.parametrize(
    "markdown",
    [
        "<b>bold</b>",
        "[x](javascript:alert(1))",
        "[x]: javascript:alert(1)",
        "[x](data:text/html,y)",
        "![x](file:///a)",
        "[[x](https://a.example)](https://b.example)",
        "```\n<script>\n```",
        "~~gone~~",
        "a `b",
    ],
)
def test_other_marks_are_recognised(markdown: str) -> None:
    assert not is_written_here(markdown)


@pytest.mark.parametrize(
    "markdown",
    [
        "![" * 50_000,
        "[" * 100_000,
        "`a" * 50_000,
        "> " * 50_000,
        "\\" * 100_000,
        "|" * 100_000,
        "```\n" * 30_001,
    ],
    ids=["pictures", "brackets", "code", "quotations", "escapes", "borders", "fences"],
)
def test_hostile_markdown_is_read_in_time(markdown: str) -> None:
    assert sum(map(len, texts_of(markdown))) <= len(markdown)
    assert list(links_of(markdown)) == []
    is_written_here(markdown)
    following(markdown, ["a"])
