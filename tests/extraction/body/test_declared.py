from __future__ import annotations

import json

import pytest

from newsbot.extraction import extract

TITLE = "Council votes to rebuild the swing bridge"
PARAGRAPHS = [
    "The harbour council voted on Tuesday evening to rebuild the old swing bridge, which has been stuck open since the storm.",
    "“We cannot ask people to row across for another winter,” said the council's leader, Maud Ferris, after the vote.",
    "Work is due to start in March, and the ferry will run every ten minutes until the first lorries can cross in the autumn.",
    "The bridge was built in 1911 and has been repaired twice, once after a coal barge ran into its northern pier.",
    "A ferryman who has crossed the water for thirty years said that he would miss the winters with nobody else on board.",
]
TEXT = "\n\n".join(PARAGRAPHS)
PROSE = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)


def page(content: str, **declared: object) -> str:
    about = {"@type": "NewsArticle", "headline": TITLE} | declared
    return (
        f"<html><head><title>{TITLE}</title><script type='application/ld+json'>{json.dumps(about)}</script></head>"
        f"<body><main><article><h1>{TITLE}</h1>{content}</article></main></body></html>"
    )


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (f"<noscript>{PROSE}</noscript>", "noscript"),
        (f"<script type='text/template'>{PROSE}</script>", "template"),
        (f"<script type='text/x-handlebars-template' id='a'>{PROSE}</script>", "template"),
        (f"<template id='story'>{PROSE}</template>", "template"),
        (f"<code><!-- {PROSE} --></code>", "comment"),
        (f"<nav><button>{PROSE}", "skipped elements"),
    ],
)
def test_text_that_nothing_shows_is_read_and_its_rule_says_so(content: str, rule: str) -> None:
    article = extract(page(content))
    assert (article.body, article.rules["body"]) == (TEXT, rule)


def test_hidden_texts_are_not_read_if_the_page_shows_its_own() -> None:
    article = extract(page(f"{PROSE}<noscript><p>{PARAGRAPHS[0].upper()}</p></noscript>"))
    assert (article.body, article.rules["body"]) == (TEXT, "blocks")


def test_the_posts_of_a_live_blog_are_read_from_json_ld() -> None:
    headlines = ["09:10", "Bridge closed", "", PARAGRAPHS[3][:40], ""]
    posts = [
        {"@type": "BlogPosting", "headline": headline, "articleBody": f"<p>{line}</p>"}
        for headline, line in zip(headlines, PARAGRAPHS, strict=True)
    ]
    article = extract(page("", **{"@type": "LiveBlogPosting", "liveBlogUpdate": posts}))
    assert article.body == TEXT.replace(PARAGRAPHS[1], f"Bridge closed\n\n{PARAGRAPHS[1]}")
    assert article.rules["body"] == "json-ld liveBlogUpdate"


def test_the_whole_text_is_taken_from_the_state_if_the_page_shows_its_start() -> None:
    state = f"<script>window.__data = {json.dumps({'body': PARAGRAPHS})};</script>"
    article = extract(page("".join(f"<p>{line}</p>" for line in PARAGRAPHS[:2]) + state))
    assert (article.body, article.rules["body"]) == (TEXT, "embedded state")


def test_fields_are_read_from_the_state_if_nothing_else_has_them() -> None:
    story = {
        "headline": TITLE,
        "author": "Ada Moss",
        "published": "2026-05-03T08:00:00Z",
        "content": PARAGRAPHS,
    }
    state = json.dumps({"story": story})
    article = extract(
        f"<html><body><div></div><script type='application/json'>{state}</script></body></html>"
    )
    assert (article.title, article.authors, article.body) == (TITLE, ["Ada Moss"], TEXT)
    assert str(article.published_at) == "2026-05-03 08:00:00+00:00"


def test_a_hidden_summary_is_not_read_and_hidden_text_is() -> None:
    summary = "<div style='display: none'><p>A summary for machines, which says that a bridge will be rebuilt soon.</p></div>"
    assert extract(page(summary + PROSE)).body == TEXT
    assert extract(page(f"<div style='display:none'>{PROSE}</div>")).body == TEXT


def test_prose_is_read_wherever_it_is_if_nothing_else_is_found() -> None:
    footer = "".join(
        f"<div class='cookie-banner footer'><a href='/'>x</a> {line}</div>" for line in PARAGRAPHS
    )
    article = extract(
        f"<html><head><title>{TITLE}</title></head><body><footer class='footer'>{footer}</footer></body></html>"
    )
    assert sum(line in article.body for line in PARAGRAPHS) > len(PARAGRAPHS) / 2
