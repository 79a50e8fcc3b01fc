"""Readers' comments, requests for consent and further articles are no text of an article; a page is never left empty."""

from __future__ import annotations

import pytest

from newsbot.extraction import extract
from newsbot.extraction.body.blocks import Block, Container
from newsbot.extraction.body.comment_labels import is_comment_label
from newsbot.extraction.body.containers import count_containers
from newsbot.extraction.body.densest import densest_blocks
from newsbot.extraction.body.foreign_parts import find_headline, without_foreign
from newsbot.extraction.body.scoring.block_walk import read_blocks
from newsbot.extraction.page.page import Page

TITLE = "Town to close its old baths"
STORY = (
    "The council has voted to close the old swimming baths in spring, after engineers warned that the roof is weak.",
    "The mayor said that the decision was the hardest of her term, and that four generations had learned to swim there.",
    "A new pool is to be built beside the school, but the money for it has not been found, and work will take years.",
)
OTHER = (
    "Gardeners in the valley report the best harvest of plums for a decade, with branches breaking under the fruit.",
    "Bakers have begun to offer plum cakes at half the usual price, and the cooperative is looking for more pickers.",
)


def paragraphs(texts: tuple[str, ...]) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def left(markup: str) -> str:
    """Return what is left if every block that is not the headline was chosen."""
    blocks = read_blocks(Page.from_text(markup).tree)
    count_containers(blocks, [len(block.text) > 80 for block in blocks])
    headline = find_headline(blocks, TITLE)
    chosen = [block for block in blocks if block.text != TITLE and len(block.text) > 60]
    return "\n".join(block.text for block in without_foreign(blocks, chosen, headline))


STORY_HTML = f"<article><h1>{TITLE}</h1><div>Ann Lee, 3 May 2026</div>{paragraphs(STORY)}</article>"
COMMENTS = "".join(f"<li><b>Bo, {hour}:10</b>{paragraphs(OTHER)}</li>" for hour in range(9))


@pytest.mark.parametrize(
    "foreign",
    [
        f"<section class='comment-list'><ol>{COMMENTS}</ol></section>",
        f"<div id='disqus_thread'>{paragraphs(OTHER)}</div>",
        f"<div><h2>12 Comments</h2><ul>{COMMENTS}</ul></div>",
        f"<div><h3>Leserkommentare (9)</h3><ul>{COMMENTS}</ul></div>",
        f"<article><h1>The best plums</h1><p>Bo Ek, 2 May 2026</p>{paragraphs(OTHER)}</article>",
        f"<div class='next-article'><h2>The best plums</h2>{paragraphs(OTHER)}</div>",
        f"<div class='cookie-consent'>{paragraphs(OTHER)}<p>We use cookies.</p></div>",
    ],
    ids=["comment list", "thread", "label", "German label", "second article", "next article", "consent"],
)
def test_what_is_not_the_article_is_left_out(foreign: str) -> None:
    assert left(f"<main>{STORY_HTML}{foreign}</main>") == "\n".join(STORY)


@pytest.mark.parametrize(
    "part",
    [
        f"<section><h1>What comes next</h1>{paragraphs(OTHER)}</section>",
        f"<div class='comments-enabled'>{paragraphs(OTHER)}</div>",
        f"<p class='gdpr-text'>{OTHER[0]}</p><p>{OTHER[1]}</p>",
        "".join(f"<article><h2>{text[:20]}</h2><p>{hour}:10</p><p>{text} {hour}</p></article>"
                for hour in range(4) for text in OTHER),
    ],
    ids=["section", "name of a setting", "name without consent", "posts of a live blog"],
)  # fmt: skip
def test_parts_of_the_article_stay(part: str) -> None:
    assert OTHER[1] in left(f"<main><h1>{TITLE}</h1>{paragraphs(STORY)}{part}</main>")


def test_comments_stay_if_nothing_else_is_on_the_page() -> None:
    assert OTHER[0] in left(f"<main><h1>{TITLE}</h1><div class='comments'>{paragraphs(OTHER)}</div></main>")


@pytest.mark.parametrize(
    "text",
    [
        "Comments",
        "12 comments",
        "Kommentare (3)",
        "コメント 3件",
        "3 条评论",
        "Комментарии: 5",
        "View all 12 comments",
    ],
)
def test_labels_of_comments(text: str) -> None:
    assert is_comment_label(text)


@pytest.mark.parametrize(
    "text", ["Comment from the minister is awaited", "The discussion went on", "", "Report"]
)
def test_other_lines_are_no_labels(text: str) -> None:
    assert not is_comment_label(text)


def test_a_page_without_likely_blocks_gives_its_running_text() -> None:
    blocks = read_blocks(Page.from_text(f"<main>{paragraphs(STORY * 3)}</main><p>Menu</p>").tree)
    prose = [len(block.text) > 80 for block in blocks]
    count_containers(blocks, prose)
    assert [block.text for block in densest_blocks(blocks, prose, [0.0] * len(blocks))] == [*STORY * 3]


def test_hardly_any_text_gives_nothing() -> None:
    block = Block("Menu", Container("p", "", 0, None), 0, 0, 0, 0, is_link=False)
    assert densest_blocks([block], [False], [0.0]) == []


@pytest.mark.parametrize("tag", ["section", "aside", "form", "footer"])
def test_a_page_with_text_anywhere_is_never_empty(tag: str) -> None:
    slides = "".join(f"<div class='slide'><b>Work</b><div>{text}</div></div>" for text in STORY * 3)
    article = extract(f"<body><{tag}>{slides}</{tag}></body>")
    assert article.body
    assert article.rules["body"] in ("blocks", "unsure blocks", "densest blocks")
