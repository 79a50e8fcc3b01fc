"""Lists of subscriptions (OPML): as feed readers write them, on their way through, and hostile."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest

from newsbot.errors import InputError
from newsbot.sources.model import Source
from newsbot.sources.opml import MAX_BYTES, MAX_SUBSCRIPTIONS, Proposal, read_opml, write_opml

READER = """<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0"><head><title>Mine</title></head><body>
  <outline text="World News" title="World News">
    <outline type="rss" text="The Courier" title="The Courier" xmlUrl="https://courier.example/rss.xml"
             htmlUrl="https://courier.example/"/>
    <outline type="rss" text="The Courier: Sport" xmlUrl="https://courier.example/sport.xml"
             htmlUrl="https://courier.example/" category="/Sport/Football,daily"/>
    <outline text="Asia"><outline type="rss" text="港報" xmlUrl="https://harbour.example/feed" language="zh-TW"/></outline>
  </outline>
  <outline text="a folder without feeds"/>
  <outline type="rss" text="Tom &amp; Jerry's &lt;Blog&gt;" xmlUrl=" http://tom.example/feed?a=1&amp;b=2 "/>
</body></opml>"""


def test_subscriptions_of_a_feed_reader_become_sources() -> None:
    courier, harbour, tom = read_opml(READER.encode())
    assert courier == Proposal(
        name="The Courier",
        key="the-courier",
        homepage="https://courier.example/",
        feeds=["https://courier.example/rss.xml", "https://courier.example/sport.xml"],
        tags=["world-news", "sport", "football", "daily"],
    )
    assert (harbour.key, harbour.name, harbour.tags) == ("harbour-example", "港報", ["world-news", "asia"])
    assert (harbour.homepage, harbour.language) == ("https://harbour.example/", "zh")
    assert (tom.name, tom.feeds) == ("Tom & Jerry's <Blog>", ["http://tom.example/feed?a=1&b=2"])
    assert all(proposal.source() for proposal in (courier, harbour, tom))


def test_sources_come_back_as_they_were() -> None:
    sources = [
        Source(
            key="courier-uk",
            name="The Courier & <Post>",
            homepage="https://courier.example/",
            feeds=("https://courier.example/rss.xml", "https://courier.example/b?c=1&d=2"),
            tags=("uk", "daily"),
            language="en",
        ),
        Source(
            key="b2", name="Bee \x01\ud800", homepage="https://b.example/", feeds=("https://b.example/x",)
        ),
        Source(key="b3", name="Bee", homepage="https://b3.example/", feeds=("https://b3.example/",)),
    ]
    back = [proposal.source() for proposal in read_opml(write_opml(sources, title="Mine"))]
    assert back[0] == sources[0]
    assert [source.key for source in back] == ["courier-uk", "b2", "b3"]
    assert back[1].name == "Bee"


def test_same_names_get_keys_of_their_own() -> None:
    outlines = "".join(f'<outline text="News" xmlUrl="https://{n}.example/rss"/>' for n in "abc")
    assert [found.key for found in read_opml(f"<opml>{outlines}</opml>".encode())] == [
        "news",
        "news-2",
        "news-3",
    ]


@pytest.mark.parametrize("address", ["javascript:alert(1)", "file:///etc/passwd", "http://[", "feed"])
def test_address_that_is_none_is_not_accepted(address: str) -> None:
    [found] = read_opml(f'<opml><outline text="x" xmlUrl="{address}"/></opml>'.encode())
    with pytest.raises(ValueError, match="feeds: "):
        found.source()


BOMB = (
    '<!DOCTYPE opml [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    '<opml><outline text="&b;&x;end" xmlUrl="https://a.example/&a;"/></opml>'
)


def test_entities_are_not_expanded() -> None:
    [found] = read_opml(BOMB.encode())
    assert "root:" not in found.name
    assert "aaaa" not in found.name + found.feeds[0]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<rss><channel/></rss>",
        b"<opml",
        b'<opml><body><outline xmlUrl="http://a.example/"/><outline xmlUrl="http://b',
        b"\xff\xfe\x00",
        b" " * (MAX_BYTES + 1),
        b"<opml>" + b'<outline xmlUrl="http://a.example/"/>' * (MAX_SUBSCRIPTIONS + 1) + b"</opml>",
    ],
    ids=["empty", "feed", "cut", "cut later", "utf-16", "long", "many"],
)
def test_what_is_no_list_or_too_long_is_refused(body: bytes) -> None:
    with pytest.raises(InputError):
        read_opml(body)


@pytest.mark.parametrize(
    "body",
    [
        b"<opml>" + b"<outline text='x'>" * 100_000,
        b"<opml><outline " + b"a" * 1_000_000,
        b"<opml><outline text='" + b"&" * 1_000_000 + b"' xmlUrl='http://a.example/'/>",
        b"<opml>" + b"<!--" * 200_000,
        b"<opml><outline category='" + b"," * 500_000 + b"' xmlUrl='http://a.example/'/></opml>",
        "<opml><outline text='a\x00b' xmlUrl='http://a.example/'/></opml>".encode("utf-16"),
    ],
    ids=["deep", "long name", "ampersands", "comments", "commas", "utf-16"],
)
def test_hostile_list_is_read_or_refused_at_once(body: bytes) -> None:
    started = time.process_time()
    with suppress(InputError):
        read_opml(body)
    assert time.process_time() - started < 2
