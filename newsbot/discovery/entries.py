"""Entries of a feed as they are written there, and the links that are made of them.

Every text is cut before it is cleaned, because a feed may have any number of entries and an entry any length.
"""

from __future__ import annotations

import html
import re
from functools import lru_cache
from typing import Literal, NamedTuple

from newsbot.discovery.links import DateReader, Link, short_text, web_url
from newsbot.extraction.fields.bylines import clean_names
from newsbot.extraction.fields.language import detect
from newsbot.extraction.fields.topics import clean_topics
from newsbot.text import plain_line

MAX_RAW_CHARS = 4_000
"""Number of characters that are read of a text."""
MAX_VALUES = 50
"""Number of links, authors or topics that are read of an entry."""
_CACHE = 1_024
"""Number of results kept: the entries of a feed have the same authors and topics again and again."""

FeedKind = Literal["rss", "rdf", "atom", "json"]

_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_MARKUP = re.compile(r"<[/!]?[a-zA-Z-][^<>]*(?:>|\Z)")
_ADDRESS_AND_NAME = re.compile(r"\s*[^\s@()]+@[^\s@()]+\s*\(([^()]*)\)\s*")
"""The author of RSS 2.0: `ann@courier.example (Ann Lee)`."""
_ISO_639_1 = """aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en
    eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg
    ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no
    nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg
    th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu"""
_ISO_639_2 = """ara:ar bul:bg cat:ca ces:cs cze:cs chi:zh zho:zh dan:da deu:de ger:de dut:nl nld:nl ell:el gre:el eng:en
    est:et fas:fa per:fa fin:fi fra:fr fre:fr heb:he hin:hi hrv:hr hun:hu ind:id ita:it jpn:ja kor:ko lav:lv lit:lt nor:no
    pol:pl por:pt ron:ro rum:ro rus:ru slk:sk slo:sk slv:sl spa:es srp:sr swe:sv tha:th tur:tr ukr:uk vie:vi"""
"""Codes of three letters, which news sitemaps may use, of the languages with most news."""
_TWO_LETTERS = {code: code for code in _ISO_639_1.split()} | dict(
    pair.split(":") for pair in _ISO_639_2.split()
)


class Entry(NamedTuple):
    """The texts that a feed has of one article."""

    hrefs: list[str]
    """Its URLs, the best first; they may be relative."""
    title: str | None = None
    published: str | None = None
    modified: str | None = None
    guid: str | None = None
    authors: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    language: str | None = None
    summary: str | None = None


class FeedContents(NamedTuple):
    """The texts of a feed."""

    kind: FeedKind
    base: str
    """Absolute URL against which the URLs of the entries are resolved."""
    entries: list[Entry]
    title: str | None = None
    authors: tuple[str, ...] = ()
    """Authors of the entries that name none."""
    language: str | None = None
    """Language of the entries that name none."""
    ttl_s: int | None = None
    whole: bool = True
    """False if the end is missing, or if entries beyond the limit were left out."""


def link_of(entry: Entry, feed: FeedContents, dates: DateReader) -> Link | None:
    """Return the link of an entry; None if it has no usable URL."""
    urls = (web_url(href, feed.base) for href in entry.hrefs)
    url = next(filter(None, urls), None)
    if url is None:
        return None
    published = dates.read_moment(entry.published)
    return Link(
        url=url,
        title=headline(entry.title),
        published_at=published and published.at,
        published_offset_min=published and published.offset_min,
        modified_at=dates.read(entry.modified),
        guid=short_text(entry.guid),
        authors=author_names(entry.authors) or author_names(feed.authors),
        topics=topic_names(entry.topics),
        language=language_code(entry.language) or language_code(feed.language),
        summary=beginning(entry.summary),
    )


def headline(text: str | None) -> str | None:
    """Return a headline on one line; some feeds escape its HTML twice or put tags into it."""
    return short_text(html.unescape(_TAG.sub(" ", (text or "")[:MAX_RAW_CHARS])))


def beginning(text: str | None) -> str | None:
    """Return the first characters of a text of HTML, without tags and on one line."""
    return short_text(html.unescape(_MARKUP.sub(" ", (text or "")[:MAX_RAW_CHARS])))


@lru_cache(maxsize=_CACHE)
def author_names(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names in author elements, cleaned as those that pages declare; addresses are left out."""
    return tuple(clean_names(plain_line(_without_address(text)) for text in texts))


def _without_address(text: str) -> str:
    match = _ADDRESS_AND_NAME.fullmatch(text)
    return match[1] if match else text


@lru_cache(maxsize=_CACHE)
def topic_names(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Return the topics in categories and lists of keywords, cleaned as those that pages declare."""
    return tuple(clean_topics(plain_line(text) for text in texts if "://" not in text))


@lru_cache(maxsize=_CACHE)
def language_code(tag: str | None) -> str | None:
    """Return the ISO 639-1 code of a language tag ("en-us", "deu"); None if it names no language that has one."""
    code = detect("", declared=(tag or "")[:20].replace("_", "-"))  # without a text the tag alone decides
    return _TWO_LETTERS.get(code or "")
