"""Who wrote an article: names as printed, without "By", roles, e-mail addresses and links."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from lxml import etree

from newsbot.extraction.rules import Clues, Rule, first_of
from newsbot.extraction.tree import select, text_of
from newsbot.text import one_line

MAX_AUTHORS = 30
_MAX_NAME_CHARS = 80
_MAX_BYLINE_CHARS = 200
_MAX_BYLINES = 15

_METAS = (
    "author", "article:author", "article:author_name", "og:article:author", "article.author", "articleauthor", "authors",
    "parsely-author", "sailthru.author", "dc.creator", "dcterms.creator", "dc.creator.author", "byl", "byline",
    "cxenseparse:author", "og:author", "citation_author", "creator", "twitter:data1", "rbauthors", "author_name",
    "http://ogp.me/ns/article#author",
)  # fmt: skip
_BYLINES = etree.XPath(
    "//*[contains(@rel, 'author') or contains(@itemprop, 'author') or contains(@class, 'author')"
    " or contains(@class, 'Author') or contains(@class, 'byline') or contains(@class, 'Byline')]"
    "[not(self::body or self::html or self::article or self::link or self::meta)]"
    "[not(ancestor::aside or ancestor::footer or ancestor::nav)]"
)

_PREFIX = re.compile(
    r"(?:(?:(?:written|posted|published|reported|edited|compiled|words|story|text|texte|texto|testo|report|analysis|opinion)"
    r"\s(?:by|von|par|por|di)|by|von|par|por|door|av|af|tekst|text|texte|texto|autor(?:in|en|ka|es)?|author|authors|auteurs?|"
    r"автор|текст|автори?|yazar|penulis|oleh|tác giả|作者|記者|记者|文|文・|取材・文)\s?[:：/]\s?"
    r"|(?:(?:written|posted|published|reported|edited|compiled|story|text|words)\sby|by|von|par|por|door|oleh|tekst|text)\s+(?!der\b|dem\b|den\b))",
    re.IGNORECASE,
)
_SUFFIX = re.compile(
    r"\s*(?:\([^()]{0,60}\)|\s기자|\s특파원|記者|记者|\s/\s.{0,60}|\s-\s.{0,60}|[\s,]*@\w{1,30}|,?\s*(?:\d|on\s\d).*)$"
)
_NOISE = re.compile(r"\S+@\S+\.\S+|https?://\S+|www\.\S+")
_MARK = re.compile(r"\s*[,;|•·、،／]\s*|\s+/\s+|\n")
_AND = re.compile(r"\s+(?:and|und|et|y|e|och|og|en|ja|i|и|та|ve|dan|with|mit|&|\+)\s+", re.IGNORECASE)
_AGENCY = re.compile(
    r"dpa(?:[-/].{1,20})?|afp|ap|apa|sda|sid|kna|epd|ats|ansa|efe|pa|tt|ntb|pap|čtk|ctk|mti|tass|тасс|риа новости|reuters|xinhua|"
    r"associated press|press association|bloomberg|keystone-sda|anadolu ajansı|aa|dha|iha|ani|pti|ians|upi|lusa|belga|ritzau|"
    r"인턴기자|연합뉴스|共同|時事|新华社|agencies|agencias|[A-ZÄÖÜ]{2,6}",
    re.IGNORECASE,
)
_ROLE = re.compile(
    r"\b(?:editors?|reporters?|correspondents?|journalists?|writers?|columnists?|redak\w*|korrespond\w*|journalist\w*|autor\w*|"
    r"producer|photograph\w*|fotograf\w*|contributor|presenter|professor\w*|professor|university|universit\w*|minutes?|read|"
    r"updated|published|follow|chief|director|staff|bureau|news|desk|team|newsletter|twitter|facebook|more|about|articles?)\b",
    re.IGNORECASE,
)
_WORD_OF_NAME = re.compile(r"[^\W\d_][\w.'’`\-]*")
_PARTICLES = frozenset(
    [
        "de",
        "del",
        "della",
        "di",
        "da",
        "do",
        "dos",
        "das",
        "du",
        "la",
        "le",
        "van",
        "von",
        "der",
        "den",
        "ter",
        "ten",
        "zu",
        "zur",
        "al",
        "el",
        "bin",
        "ibn",
        "ben",
        "af",
        "av",
        "y",
        "e",
        "i",
    ]
)


def read_authors(clues: Clues) -> tuple[list[str], str]:
    """Return the names of the authors, without repeats, and the rule that found them.

    A rule that only names the site counts when no later one names anybody.
    """
    names, rule = first_of(_RULES, clues)
    return names or [], rule


def _people(find: Callable[[Clues], Iterable[str]]) -> Callable[[Clues], list[str] | None]:
    def names(clues: Clues) -> list[str] | None:
        found = clean_names(find(clues))
        return None if all(map(clues.is_site_name, found)) else found

    return names


def clean_names(texts: Iterable[str]) -> list[str]:
    """Return the names in declared author texts, each of which may hold several, in order, without repeats."""
    names: dict[str, str] = {}
    for name in (name for text in texts for name in _split(text)):
        names.setdefault(name.casefold(), name)
    return list(names.values())[:MAX_AUTHORS]


def _split(text: str) -> Iterator[str]:
    """Yield the names of one author text; what follows a name behind a comma may be a role or a place."""
    text = _PREFIX.sub("", _NOISE.sub("", one_line(text)), count=1)
    for place, part in enumerate(_MARK.split(text)):
        sides = _AND.split(part)
        for side in sides if all(looks_like_name(side) for side in sides) else [part]:
            name = _bare(side)
            if name and (place == 0 or looks_like_name(name)):
                yield name


def byline_names(line: str) -> list[str]:
    """Return the names of a line that is a byline: "By ...", or names beside a date; else nothing."""
    if len(line) > _MAX_BYLINE_CHARS:
        return []
    parts = [part for part in _MARK.split(line) if not any(map(str.isdigit, part))]
    if _PREFIX.match(line):
        return [name for name in clean_names(parts[:1]) if _PREFIX.sub("", line)[:1].isupper()] + [
            name for name in clean_names(parts[1:]) if looks_like_name(name)
        ]
    dated = len(parts) < len(_MARK.split(line))
    return clean_names(parts) if dated and parts and all(map(looks_like_name, parts)) else []


def _bare(name: str) -> str:
    name = _SUFFIX.sub("", name.strip()).strip(" .,;:|/-–—·•*#")
    return name if 1 < len(name) <= _MAX_NAME_CHARS and not name.isdecimal() else ""


def looks_like_name(text: str) -> bool:
    """Whether a text can be a person's name or an agency's: two to five capitalised words, or a known agency."""
    if _AGENCY.fullmatch(text):
        return True
    words = text.split()
    if _ROLE.search(text) or not all(map(_WORD_OF_NAME.fullmatch, words)):
        return False
    if not any(char.islower() or char.isupper() for char in text):  # Han, kana, Hangul, Arabic: no capitals
        return 2 <= len(text) <= 20
    return 2 <= len(words) <= 5 and all(word[0].isupper() or word.lower() in _PARTICLES for word in words)


def _meta(clues: Clues) -> list[str]:
    """Return the author metas of the first name that gives any but links: article:author is a profile by its standard."""
    for key in _METAS:
        texts = [text for text in clues.meta(key) if not text.startswith(("http", "/", "@"))]
        if clean_names(texts) and not all(map(clues.is_site_name, texts)):
            return texts
    return []


def _bylines(clues: Clues) -> list[str]:
    """Return the names of the first element marked as a byline that holds nothing but names."""
    for element in islice(select(_BYLINES, clues.page.tree), _MAX_BYLINES):
        text = text_of(element)
        if len(text) > _MAX_BYLINE_CHARS:
            continue
        names = [name for name in clean_names([text]) if looks_like_name(name)]
        if names:
            return names
    return []


def _site(clues: Clues) -> list[str]:
    return clean_names(clues.json_ld_names("author", "creator") or clues.meta("author"))


_RULES: tuple[Rule[list[str]], ...] = (
    Rule("json-ld author", _people(lambda clues: clues.json_ld_names("author", "creator"))),
    Rule("meta", _people(_meta)),
    Rule("microdata author", _people(lambda clues: clues.microdata("author", "creator"))),
    Rule("byline", _people(_bylines)),
    Rule("site as author", _site),
)
