"""Names of people and agencies, as bylines and author fields print them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from newsbot.text import one_line, without_repeats

MAX_NAMES = 30
MAX_BYLINE_CHARS = 200
_MAX_TEXT_CHARS = 1000
_MAX_NAME_CHARS = 80
_MAX_NAME_WORDS = 5

_PREFIX = re.compile(
    r"(?:(?:written|posted|published|reported|edited|compiled|words|story|text|texte|texto|report|analysis|photos?|erstellt|geschrieben|verfasst)\s(?:by|von|par|por)(?:\s|:\s?)|"
    r"(?:by|von|par|por|door|oleh|av|af|od|yazan)(?:\s(?!d[eor][rmns]?\b)|:\s?)|(?-i:di)\s(?=\w+\s\w)|"
    r"(?:tekst|text|texte|texto|testo|autor(?:in|en|ka|es)?|authors?|auteurs?|автор|текст|yazar|penulis|tác giả|作者|記者|记者|文)\s?[:：]\s?)",
    re.IGNORECASE,
)
_SUFFIX = re.compile(
    r"\s*(?:\([^()]{0,60}\)?|\s(?:기자|특파원)|記者|记者|\s[/|–—-]\s.{0,80}|@\w{1,30}|\s(?:on\s)?\d{1,2}(?:[.:/]|\s\w+\s\d{4}).*|\sstand:?)$",
    re.IGNORECASE,
)
_NOBODY = frozenset(
    {"admin", "administrator", "webmaster", "unknown", "no author", "super user", "editor", "guest", "user"}
)
_NOISE = re.compile(r"(?:^|/)authors?/\S+|[^\s@]+@[^\s@]+\.[^\s@]+|\S*(?:https?://|www\.)\S+")
_GROUP_MARK = re.compile(r"\s*[;|•]\s*")
_MARK = re.compile(r"\s*[,·、،／]\s*|\s+/\s+")
_AND = re.compile(r"\s+(?:and|und|et|y|e|och|og|en|ja|i|и|та|ve|dan|with|mit|&|\+)\s+", re.IGNORECASE)
_AGENCY = re.compile(
    r"(?:dpa|afp|ap|apa|sda|sid|kna|epd|ats|ansa|efe|pa|ntb|pap|mti|aa|dha|iha|ani|pti|ians|upi|lusa|belga|ritzau|tass|reuters|xinhua|"
    r"bloomberg)(?:[-/]\w{1,10})?|тасс|риа новости|associated press|press association|agence france-presse|anadolu ajansı|"
    r"agencies|agencias|연합뉴스|共同|時事|新华社",
    re.IGNORECASE,
)
_ACRONYM = re.compile("[A-ZÄÖÜ]{2,6}")
_ROLE = re.compile(
    r"\b(?:\w*editor\w*|\w*reporter\w*|correspondents?|journalist\w*|writers?|columnists?|\w*redak\w*|\w*korrespond\w*|autor\w*|"
    r"producers?|photograph\w*|fotograf\w*|contributor\w*|presenter|professor\w*|universit\w*|institut\w*|minutes?|read|updated|published|"
    r"follow|chief|director|staff|bureau|news|desk|team|newsletter|twitter|facebook|more|about|articles?|share|stand|image|the|bild|foto)\b",
    re.IGNORECASE,
)
_WORD_OF_NAME = re.compile(r"[^\W\d_][\w.'’`\-]*")
_PARTICLES = frozenset({
    "de", "del", "della", "di", "da", "do", "dos", "das", "du", "la", "le", "van", "von", "der", "den", "ter", "ten", "zu",
    "al", "el", "bin", "ibn", "ben", "af", "av", "y", "e", "i",
})  # fmt: skip


def clean_names(texts: Iterable[str]) -> list[str]:
    """Return the names in texts that name authors, each of which may hold several, in order, without repeats."""
    return without_repeats(name for text in texts for name in _split(text))[:MAX_NAMES]


def _split(text: str) -> Iterator[str]:
    """Yield the names of one author text; what follows a name behind a comma may be a role or a place."""
    for group in _GROUP_MARK.split(_NOISE.sub("", one_line(text[:_MAX_TEXT_CHARS]))):
        for place, part in enumerate(_MARK.split(_PREFIX.sub("", group, count=1))):
            sides = _AND.split(part)
            for side in sides if all(map(is_person, sides)) else [part]:
                name = _bare(side)
                if name and (place == 0 or looks_like_name(name)):
                    yield name


def byline_names(line: str) -> list[str]:
    """Return the names of a line that says that it is a byline: "By Ann Lee, Rome and Bo Ek | 3 May 2021"."""
    if len(line) > MAX_BYLINE_CHARS or _PREFIX.match(line) is None:
        return []
    first, *others = clean_names([line]) or [""]
    words = first.split()
    named = 1 <= len(words) <= _MAX_NAME_WORDS and not any(
        word[0].islower() and word not in _PARTICLES for word in words
    )
    return [first, *filter(looks_like_name, others)] if named else []


def dated_names(line: str) -> list[str]:
    """Return the names of a line that holds nothing but names and a date, parted by commas."""
    parts = [part.strip() for part in line.split(",")] if len(line) <= MAX_BYLINE_CHARS else []
    names = [part for part in parts if not any(map(str.isdigit, part))]
    return names if len(names) < len(parts) and all(map(is_person, names)) else []


def _bare(name: str) -> str:
    name = _SUFFIX.sub("", name.strip()).strip(" .,;:|/-–—·•*#")
    usable = 1 < len(name) <= _MAX_NAME_CHARS and not name.isdecimal() and name.casefold() not in _NOBODY
    return name if usable else ""


def looks_like_name(text: str) -> bool:
    """Whether a text can be a person's name, in any script, or an agency's."""
    if _AGENCY.fullmatch(text) or _ACRONYM.fullmatch(text):
        return True
    if not any(char.islower() or char.isupper() for char in text):  # Han, kana, Hangul, Arabic: no capitals
        return (
            2 <= len(text) <= 20
            and not _ROLE.search(text)
            and all(map(_WORD_OF_NAME.fullmatch, text.split()))
        )
    return is_person(text)


def is_person(text: str) -> bool:
    """Whether a text can be a person's name in a script with capitals: two to five words that have them."""
    words = text.split()
    return (
        2 <= len(words) <= _MAX_NAME_WORDS
        and all(word[0].isupper() or word.lower() in _PARTICLES for word in words)
        and words[-1] not in _PARTICLES
        and all(map(_WORD_OF_NAME.fullmatch, words))
        and not _ROLE.search(text)
    )
