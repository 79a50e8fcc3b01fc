from __future__ import annotations

import html
import json
from typing import Any

import pytest

from newsbot.extraction.page.page import Page

TITLE = "Council votes to rebuild the swing bridge"
PARAGRAPHS = [
    "The harbour council voted on Tuesday evening to rebuild the old swing bridge, which has been stuck open since the storm.",
    "“We cannot ask people to row across for another winter,” said the council's leader, Maud Ferris, after the vote.",
    "Work is due to start in March, and the ferry will run every ten minutes until the first lorries can cross in the autumn.",
    "The bridge was built in 1911 and has been repaired twice, once after a coal barge ran into its northern pier.",
]
HTML = "".join(f"<p>{line}</p>" for line in PARAGRAPHS)
OTHER = "A text that has nothing to do with the page, and that is longer than the article on it. " * 30


def blocks(make: Any) -> list[Any]:
    return [make(line) for line in PARAGRAPHS]


def page(*scripts: str) -> Page:
    head = f"<title>{TITLE}</title><meta property='og:title' content='{TITLE}'><meta property='og:type' content='article'>"
    return Page.from_text(
        f"<html><head>{head}</head><body><div id='app'></div>{''.join(scripts)}</body></html>"
    )


def json_script(value: Any) -> str:
    return script(json.dumps(value), " type='application/json'")


def script(text: str, attributes: str = "") -> str:
    escaped = text.replace("</", "<\\/")
    return f"<script{attributes}>{escaped}</script>"


def found(*scripts: str) -> list[str] | None:
    article = page(*scripts).embedded_article
    return article.paragraphs if article else None


@pytest.mark.parametrize(
    "body",
    [
        HTML,
        HTML.replace("<", "&lt;").replace(">", "&gt;"),
        "\n\n".join(PARAGRAPHS),
        PARAGRAPHS,
        blocks(lambda line: {"text": line}),
        blocks(lambda line: {"type": "paragraph", "children": [{"text": line[:20]}, {"text": line[20:], "bold": True}]}),
        blocks(lambda line: {"type": "text", "content": f"<b>{line[:9]}</b>{line[9:]}"}),
        blocks(lambda line: {"_type": "block", "children": [{"_type": "span", "text": line}]}),
        blocks(lambda line: {"name": "core/paragraph", "attributes": {"content": line}}),
        {"blocks": blocks(lambda line: {"type": "paragraph", "data": {"text": line}})},
        {"type": "doc", "content": blocks(lambda line: {"type": "paragraph", "content": [{"type": "text", "text": line}]})},
        {"nodeType": "document", "content": blocks(lambda line: {"nodeType": "paragraph", "content": [
            {"nodeType": "text", "value": line[:9]},
            {"nodeType": "hyperlink", "data": {"uri": "/a"}, "content": [{"nodeType": "text", "value": line[9:30]}]},
            {"nodeType": "text", "value": line[30:]},
        ]})},
        [x for line in PARAGRAPHS for x in ({"type": "text", "text": line}, {"type": "image", "caption": OTHER})],
        [{"paragraphs": PARAGRAPHS[:2]}, {"paragraphs": PARAGRAPHS[2:]}],
    ],
    ids=["html", "escaped html", "plain", "strings", "texts", "slate", "blocks of html", "portable text", "gutenberg", "editor",
         "prosemirror", "contentful", "with images", "sections"],
)  # fmt: skip
def test_rich_text_of_any_kind_is_read(body: Any) -> None:
    assert found(json_script({"props": {"post": {"title": TITLE, "body": body}}})) == PARAGRAPHS


ARTICLE = {"title": TITLE, "content": PARAGRAPHS}
FLAT = [["Reactive", 1], {"post": 2}, {"title": 3, "body": 4}, TITLE, [5, 6, 7, 8], *PARAGRAPHS]
ELEMENTS = [
    "$",
    "div",
    None,
    {"children": blocks(lambda line: ["$", "p", None, {"children": [line[:9], line[9:]]}])},
]
STREAM = "1:I[7]\n0:" + json.dumps(ELEMENTS)
REFERENCES = {"Post:1": {"title": TITLE, "body": [{"__ref": f"P:{n}"} for n in range(4)]}} | {
    f"P:{n}": {"__typename": "Paragraph", "text": line} for n, line in enumerate(PARAGRAPHS)
}


@pytest.mark.parametrize(
    "state",
    [
        script(f"window.__STATE__ = {json.dumps(ARTICLE)};"),
        script(f"window['a'] = JSON.parse({json.dumps(json.dumps(ARTICLE))})"),
        script(f"window.a = (function(a,b){{return {{post:{{title:a,n:!0,body:[b,{json.dumps(PARAGRAPHS[1:])[1:-1]}]}}}}}}"
               f"({json.dumps(TITLE)},{json.dumps(PARAGRAPHS[0])}));"),
        script(f"kit.start(app, {{nodes: [1], data: [{{post: {{title: '{TITLE}', body: {json.dumps(PARAGRAPHS)}}}}}]}});"),
        "".join(script(f"self.__next_f.push([1,{json.dumps(part)}])") for part in (STREAM[:300], STREAM[300:])),
        json_script(FLAT),
        json_script({"status": 200, "body": json.dumps(ARTICLE)}),
        json_script(REFERENCES),
        f'<div data-page="{html.escape(json.dumps(ARTICLE))}"></div>',
    ],
    ids=["assignment", "parse", "function", "literal", "flight", "flat", "nested json", "references", "attribute"],
)  # fmt: skip
def test_state_is_read_wherever_a_page_keeps_it(state: str) -> None:
    assert found(state) == PARAGRAPHS


@pytest.mark.parametrize(
    "state",
    [
        {"related": [{"title": TITLE, "body": HTML}]},
        {"post": {"title": "Another story of the same day", "url": "/other", "body": HTML}},
        {"translations": {"terms": OTHER}, "comments": [{"text": OTHER}]},
        {"product": {"title": TITLE, "price": "9.90", "description": HTML}},
        {"code": "function a(){" + "b();" * 200 + "}"},
    ],
    ids=["related", "other headline", "translations", "product", "code"],
)
def test_other_texts_in_the_state_are_not_taken(state: Any) -> None:
    assert found(json_script(state)) is None


def test_the_article_comes_with_its_headline_authors_and_date() -> None:
    story = {
        "headlines": {"basic": TITLE},
        "credits": {"by": [{"name": "Ada Moss"}, {"name": "Ben Ash"}]},
        "display_date": "2026-05-03T08:00:00Z",
        "content_elements": PARAGRAPHS,
    }
    article = page(script(f"Fusion.globalContent={json.dumps(story)};Fusion.x={{}};")).embedded_article
    assert article is not None
    assert (article.headline, article.authors, article.published) == (
        TITLE,
        ["Ada Moss", "Ben Ash"],
        ["2026-05-03T08:00:00Z"],
    )
