"""Who wrote an article: names as printed, without "By", roles, e-mail addresses and links."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise, takewhile

from newsbot.dates import names_date
from newsbot.extraction.markup import byline_texts, is_bold_paragraph
from newsbot.extraction.rules import Clues, Rule, first_of
from newsbot.text import one_line, without_repeats

MAX_AUTHORS = 30
_MAX_NAME_CHARS = 80
_MAX_NAME_WORDS = 5
_MAX_BYLINE_CHARS = 200
_MAX_LINES = 40
_MAX_LINES_ABOVE_TEXT = 8  # further down stand headings such as "Latest Stories" above dates

_METAS = (
    "author", "article:author", "article:author_name", "og:article:author", "article.author", "articleauthor", "authors",
    "author_name", "parsely-author", "sailthru.author", "cxenseparse:author", "dc.creator", "dcterms.creator",
    "dc.creator.author", "byl", "byline", "og:author", "citation_author", "creator", "rbauthors",
    "http://ogp.me/ns/article#author",
)  # fmt: skip
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
_LABEL = re.compile(
    r"(?:by|von|par|por|authors?|autor(?:in|en|es)?(?:/\w+)?|auteure?s?|autora?|автор|yazar|作者|記者)\s?:?",
    re.IGNORECASE,
)
_NOBODY = frozenset(
    {"admin", "administrator", "webmaster", "unknown", "no author", "super user", "editor", "guest", "user"}
)
_NOISE = re.compile(r"(?:^|/)authors?/\S+|\S+@\S+\.\S+|\S*(?:https?://|www\.)\S+")
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
    return without_repeats(name for text in texts for name in _split(text))[:MAX_AUTHORS]


def _split(text: str) -> Iterator[str]:
    """Yield the names of one author text; what follows a name behind a comma may be a role or a place."""
    for group in _GROUP_MARK.split(_NOISE.sub("", one_line(text))):
        for place, part in enumerate(_MARK.split(_PREFIX.sub("", group, count=1))):
            sides = _AND.split(part)
            for side in sides if all(map(_is_person, sides)) else [part]:
                name = _bare(side)
                if name and (place == 0 or looks_like_name(name)):
                    yield name


def byline_names(line: str) -> list[str]:
    """Return the names of a line that says that it is a byline: "By Ann Lee, Rome and Bo Ek | 3 May 2021"."""
    if len(line) > _MAX_BYLINE_CHARS or _PREFIX.match(line) is None:
        return []
    first, *others = clean_names([line]) or [""]
    words = first.split()
    named = 1 <= len(words) <= _MAX_NAME_WORDS and not any(
        word[0].islower() and word not in _PARTICLES for word in words
    )
    return [first, *filter(looks_like_name, others)] if named else []


def dated_names(line: str) -> list[str]:
    """Return the names of a line that holds nothing but names and a date, parted by commas."""
    parts = [part.strip() for part in line.split(",")] if len(line) <= _MAX_BYLINE_CHARS else []
    names = [part for part in parts if not any(map(str.isdigit, part))]
    return (
        names
        if len(names) < len(parts) and all(len(n.split()) > 1 and looks_like_name(n) for n in names)
        else []
    )


def _bare(name: str) -> str:
    name = _SUFFIX.sub("", name.strip()).strip(" .,;:|/-–—·•*#")
    return (
        name
        if 1 < len(name) <= _MAX_NAME_CHARS and not name.isdecimal() and name.casefold() not in _NOBODY
        else ""
    )


def looks_like_name(text: str) -> bool:
    """Whether a text can be a person's name or an agency's: two to five capitalised words, or a known agency."""
    if _AGENCY.fullmatch(text) or _ACRONYM.fullmatch(text):
        return True
    if not any(char.islower() or char.isupper() for char in text):  # Han, kana, Hangul, Arabic: no capitals
        return (
            2 <= len(text) <= 20
            and not _ROLE.search(text)
            and all(map(_WORD_OF_NAME.fullmatch, text.split()))
        )
    return _is_person(text)


def _is_person(text: str) -> bool:
    words = text.split()
    return (
        2 <= len(words) <= _MAX_NAME_WORDS
        and all(word[0].isupper() or word.lower() in _PARTICLES for word in words)
        and words[-1] not in _PARTICLES
        and all(map(_WORD_OF_NAME.fullmatch, words))
        and not _ROLE.search(text)
    )


def _meta(clues: Clues) -> list[str]:
    """Return the author metas of the first name that gives any but links: article:author is a profile by its standard."""
    for key in _METAS:
        texts = [text for text in clues.meta(key) if not text.startswith(("http", "/", "@"))]
        if clean_names(texts) and not all(map(clues.is_site_name, texts)):
            return texts
    return []


def _bylines(clues: Clues) -> list[str]:
    """Return the names of the first element marked as a byline that holds nothing but names."""
    for text in byline_texts(clues.page.tree):
        names = [name for name in clean_names([text]) if looks_like_name(name)]
        if names:
            return names
    return []


def _below_headline(clues: Clues) -> list[str]:
    """Return the names of the first byline between the headline and the text: "By ...", or names in bold."""
    for line, node in takewhile(
        lambda pair: len(pair[0]) <= _MAX_BYLINE_CHARS, clues.below_headline[:_MAX_LINES]
    ):
        bold = line.split("/")
        names = byline_names(line) or (bold if all(map(_is_person, bold)) and is_bold_paragraph(node) else [])
        if names:
            return names
    return []


def _above_date(clues: Clues) -> list[str]:
    """Return the name that stands on a line of its own above the date; a role may stand between them."""
    lines = [line.rstrip(" |,·•-") for line, _ in clues.below_headline[:_MAX_LINES_ABOVE_TEXT]]
    for place, line in enumerate(lines):
        if _is_person(line) and any(map(names_date, lines[place + 1 : place + 3])):
            return [line]
    return []


def _labelled(clues: Clues) -> list[str]:
    """Return the names of a list of facts about the article: what follows "Author" alone on its line."""
    pairs = pairwise(line for line, _ in clues.below_headline)
    return next(([value] for label, value in pairs if _LABEL.fullmatch(label) and looks_like_name(value)), [])


def _site(clues: Clues) -> list[str]:
    return clean_names(clues.json_ld_names("author", "creator") or clues.meta("author"))


_RULES: tuple[Rule[list[str]], ...] = (
    Rule("json-ld author", _people(lambda clues: clues.json_ld_names("author", "creator"))),
    Rule("meta", _people(_meta)),
    Rule("microdata author", _people(lambda clues: clues.microdata("author", "creator"))),
    Rule("byline", _people(_bylines)),
    Rule("below headline", _people(_below_headline)),
    Rule("above date", _people(_above_date)),
    Rule("labelled", _people(_labelled)),
    Rule("site as author", _site),
)
