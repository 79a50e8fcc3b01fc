"""Notes that own up to an edit are found wherever pages print them, whether or not they are part of the body."""

from __future__ import annotations

import json

import pytest

from newsbot.extraction import extract

PARAGRAPHS = (
    "The city council voted on Tuesday night to close Bridge Street to cars from June, ending a quarrel that has divided shopkeepers for years.",
    "The plan passed by 14 votes to 9 after a debate that went on past midnight. Mayor Helene Aarts called it the most important decision since the tram.",
    "Joris Maat, who speaks for 61 shops in the street, said members would go to court, and that they had already asked a lawyer to look at the papers.",
    "The street will get trees, benches and a lane for bicycles. Work begins in August and costs 4.2 million, of which the province pays a third.",
)
NOTES = (
    "Correction: An earlier version of this article gave the wrong result of the vote. It was 14 to 9.",
    "This story has been corrected to show that the vote was 14 to 9, not 15 to 8.",
    "(Corrects result of the vote in second paragraph)",
    "Updated 15 March 2026, 14:05",
    "UPDATE: The vote was 14 to 9.",
    "Anmerkung der Redaktion: In einer früheren Version stand, es seien 15 zu 8 Stimmen gewesen.",
    "（投票結果を修正しました）",
    "This is a developing story and will be updated.",
)
MARKUP = (
    '<p class="correction">{}</p>',
    "<footer>{}</footer>",
    '<div class="editors-note"><p>{}</p></div>',
    "<aside>{}</aside>",
    '<aside class="correction"><h3>Correction</h3><p>{}</p></aside>',
    "<p><em>{}</em></p>",
    '<div class="article__footer-correction"><strong>{}</strong></div>',
    '<ul class="amendments"><li>{}</li></ul>',
)
PLACES = ("above", "below", "after")


def page(*, above: str = "", below: str = "", after: str = "", head: str = "", rest: str = "") -> str:
    paragraphs = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    return (
        f"<!doctype html><html lang=en><head><title>Bridge Street to close</title>{head}</head><body>"
        "<header><nav><a href=/news>News</a> <a href=/sport>Sport</a></nav></header><main><article>"
        "<h1>Bridge Street to close</h1><div class=byline>By Ada Kovac</div><time datetime=2026-03-14>14 March 2026</time>"
        f"<div class=article-body>{above}{paragraphs}{below}</div>{after}</article>{rest}</main>"
        "<footer><p>© 2026 Post. All rights reserved</p></footer></body></html>"
    )


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("markup", MARKUP)
def test_note_is_in_the_body_or_beside_it(markup: str, place: str) -> None:
    for note in NOTES:
        article = extract(page(**{place: markup.format(note)}), "https://post.example/a")
        assert note in "\n".join([article.body, *article.notes])


def test_page_without_a_note_has_none() -> None:
    others = (
        "<aside class=related><h2>Related</h2><p>Correction: Ferry is not sold</p><p>Updated 14:32</p></aside>"
        "<section class=comments><p>UPDATE: I was there, and nobody clapped.</p></section>"
    )
    assert extract(page(rest=others), "https://post.example/a").notes == []


def test_heading_alone_is_joined_with_its_text() -> None:
    note = "<section class=corrections><h2>Correction</h2><p>The vote was 14 to 9.</p></section>"
    article = extract(page(after=note), "https://post.example/a")
    assert "Correction: The vote was 14 to 9." in [*article.notes, article.body.replace("\n\n", ": ")[-33:]]


@pytest.mark.parametrize(
    "value", ["It was 14 to 9.", {"@type": "CorrectionComment", "text": "It was 14 to 9."}]
)
def test_declared_correction_is_a_note(value: object) -> None:
    declared = {"@context": "https://schema.org", "@type": "NewsArticle", "correction": value}
    head = f'<script type="application/ld+json">{json.dumps(declared)}</script>'
    assert extract(page(head=head), "https://post.example/a").notes == ["correction: It was 14 to 9."]
