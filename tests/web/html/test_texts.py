from __future__ import annotations

from typing import Any

from newsbot.extraction.structure.markdown import texts_of
from newsbot.items import Article, Entity, Mention
from newsbot.web.html.texts import Block, TextRun, marked_blocks

MARKDOWN = """Ada Kovac said it on [Monday](https://news.example/a?b=1&c=2) in Lindow.

## What it costs

- Five \\* million
- [Ada Kovac](https://kovac.example/) pays

1. One
2. Two

> It is ours, said Kovac.

| Town | Price |
| --- | --- |
| Lindow | 3.10 |

```
let x = 1
```"""
NAMES = {"Ada Kovac": "PER", "Lindow": "LOC"}
IDS = {("Ada Kovac", "PER"): 1, ("Lindow", "LOC"): 2}


def _article(markdown: str, body: str | None = None) -> Article:
    body = "\n\n".join(texts_of(markdown)) if body is None else body
    entities = []
    for name, kind in NAMES.items():
        mentions, at = [], body.find(name)
        while at >= 0:
            mentions.append(Mention(start=at, end=at + len(name), text=name, type=kind))  # type: ignore[arg-type]
            at = body.find(name, at + 1)
        entities.append(Entity(name=name, type=kind, mentions=mentions))  # type: ignore[arg-type]
    return Article(url="https://news.example/1", body=body, body_markdown=markdown, entities=entities)


def _blocks(article: Article) -> list[Block]:
    return [block for _, group in marked_blocks(article, IDS) for block in group]


def _text(blocks: list[Block]) -> str:
    return "\n\n".join("".join(run.text for run in block.runs) for block in blocks)


def _only(runs: list[TextRun], **wanted: Any) -> list[str]:
    return [run.text for run in runs if all(getattr(run, name) == value for name, value in wanted.items())]


def test_headings_lists_quotations_tables_and_code_are_shown_as_such() -> None:
    groups = [(kind, len(blocks)) for kind, blocks in marked_blocks(_article(MARKDOWN), IDS)]
    assert groups == [
        ("paragraph", 1),
        ("heading", 1),
        ("item", 2),
        ("numbered", 2),
        ("quotation", 1),
        ("row", 2),
        ("code", 1),
    ]


def test_the_text_is_that_of_the_body() -> None:
    article = _article(MARKDOWN)
    assert _text(_blocks(article)) == article.body


def test_links_and_names_are_marked_side_by_side_and_in_each_other() -> None:
    first, _, _, linked, *_ = _blocks(_article(MARKDOWN))
    assert _only(first.runs, url="https://news.example/a?b=1&c=2") == ["Monday"]
    assert [(run.text, run.link.entity_id) for run in first.runs if run.link] == [
        ("Ada Kovac", 1),
        ("Lindow", 2),
    ]
    [name] = [run for run in linked.runs if run.url]
    assert (name.text, name.link.entity_id if name.link else None) == ("Ada Kovac", 1)


def test_a_row_has_cells() -> None:
    rows = [block for block in _blocks(_article(MARKDOWN)) if block.kind == "row"]
    assert [["".join(run.text for run in cell) for cell in row.cells] for row in rows] == [
        ["Town", "Price"],
        ["Lindow", "3.10"],
    ]


def test_a_text_without_its_markdown_is_shown_as_paragraphs_with_names() -> None:
    for markdown in ("", "Something else", "# Ada Kovac said it\n\n- no"):
        blocks = _blocks(_article(markdown, body="Ada Kovac said it.\n\nIn Lindow."))
        assert [block.kind for block in blocks] == ["paragraph", "paragraph"]
        assert [run.text for block in blocks for run in block.runs if run.link] == ["Ada Kovac", "Lindow"]


def test_a_paragraph_that_the_markdown_lacks_does_not_cost_the_others_their_structure() -> None:
    blocks = _blocks(_article("- one\n\n- two", body="Before.\n\none\n\ntwo"))
    assert [block.kind for block in blocks] == ["paragraph", "item", "item"]


def test_links_lead_to_web_pages_only() -> None:
    for address in ("javascript:alert(1)", "data:text/html,x", "mailto:a@b.example", "//x.example"):
        [block] = _blocks(_article(f"See [this]({address})", body="See this"))
        assert not any(run.url for run in block.runs)


def test_overlapping_and_empty_mentions_lose_no_text() -> None:
    body = "Ada Kovac Lindow"
    mentions = [
        Mention(start=start, end=end, text=body[start:end], type="PER")
        for start, end in ((0, 9), (4, 16), (3, 3))
    ]
    article = Article(
        url="https://news.example/1",
        body=body,
        body_markdown=body,
        entities=[Entity(name="Ada Kovac", type="PER", mentions=mentions)],
    )
    assert _text(_blocks(article)) == body


def test_a_long_text_of_many_names_and_links_is_marked_in_reasonable_time() -> None:
    markdown = " ".join(["[Ada Kovac](https://a.example/)"] * 15_000)
    [block] = _blocks(_article(markdown))
    assert len(_only(block.runs, url="https://a.example/")) == 15_000
