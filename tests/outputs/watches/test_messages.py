"""Messages of watches: what is in them, and that headlines from the web are text and nothing else."""

from __future__ import annotations

import json
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from newsbot.outputs.watches.messages import make_message
from newsbot.outputs.watches.watch_table import WatchTable
from newsbot.store.queries import WatchHit
from tests.store.samples import NOW

HIT = WatchHit(
    id=1,
    title="Harbour opened",
    url="https://news.example/1",
    source="news.example",
    language="en",
    dated_at=NOW,
    snippet="… the new harbour …",
    found_at=NOW,
)
WATCH = WatchTable(name="harbour")


class Tags(HTMLParser):
    """The tags of a document, and the addresses of its links."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str | None] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name == "href"]


def test_text_has_headline_source_time_snippet_and_link() -> None:
    message = make_message(WATCH, [HIT], message_id="m", is_sample=False)
    assert message.subject == "newsbot: 1 new article for harbour"
    assert message.text.split("\n\n")[1].split("\n") == [
        "Harbour opened",
        "news.example, 2026-03-01 12:00 UTC",
        "… the new harbour …",
        "https://news.example/1",
    ]
    assert '<a href="https://news.example/1">https://news.example/1</a></li>' in message.html
    assert json.loads(message.payload)["articles"][0]["url"] == HIT.url


@pytest.mark.parametrize(
    "title",
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "</ul><a href='https://evil.example'>Log in</a>",
        "Line\r\nBcc: everybody@evil.example\n\nFurther",
        "\x1b[31mRed\u202eevil\x00",
        "<" * 5000,
    ],
    ids=["script", "attribute", "link", "lines", "controls", "long"],
)
def test_hostile_headline_is_text(title: str) -> None:
    hit = replace(HIT, title=title, snippet=title, source=title)
    message = make_message(WATCH, [hit], message_id="m", is_sample=False)
    found = Tags(message.html)
    assert found.tags == ["p", "ul", "li", "b", "br", "br", "br", "a"]
    assert found.links == [HIT.url]
    assert len(message.text.split("\n\n")) == 2
    assert len(message.text.split("\n\n")[1].split("\n")) == 4
    assert not set(message.text) & {"\r", "\x1b", "\u202e", "\x00"}
    assert json.loads(message.payload)["articles"][0]["title"] == title


def test_link_of_another_scheme_is_left_out() -> None:
    hit = replace(HIT, url="javascript:alert(1)")
    message = make_message(WATCH, [hit], message_id="m", is_sample=False)
    assert Tags(message.html).links == []
    assert "javascript" not in message.text


def test_headline_mentions_nobody_in_a_chat() -> None:
    hit = replace(HIT, title="@everyone look")
    assert "@everyone" not in make_message(WATCH, [hit], message_id="m", is_sample=False).text
