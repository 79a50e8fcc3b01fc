"""The authors of an article."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice, pairwise, takewhile

from lxml import etree

from newsbot.extraction.fields.bylines import (
    MAX_BYLINE_CHARS,
    byline_names,
    clean_names,
    is_agency,
    is_organisation,
    is_person,
    looks_like_name,
)
from newsbot.extraction.fields.evidence import MAX_FIRST_LINES, Line, PageEvidence
from newsbot.extraction.fields.layout_hints import is_bold_paragraph, link_around
from newsbot.extraction.fields.rules import Rule, first_of
from newsbot.languages.byline_words import (
    AND,
    AUTHOR_LABELS,
    BY,
    BY_AFTER_CREDITS,
    CREDIT_LABELS,
    CREDITS,
    NEWSROOMS,
    REPORTERS_BEFORE,
    TEAMS,
)
from newsbot.languages.calendar.dates import names_date
from newsbot.languages.word_patterns import any_of, entries_of
from newsbot.text import one_line

_MAX_LINES_ABOVE_TEXT = 8
"""Maximum number of lines below the headline that are searched for a name above a date: further down, headings such as
"Latest Stories" have dates below them."""
_MAX_LABELLED_CARDS = 5
_MAX_LABEL_CHARS = 40
_METAS = [
    "article:author",
    "author",
    "article:author_name",
    "og:article:author",
    "article.author",
    "articleauthor",
    "authors",
    "author_name",
    "parsely-author",
    "sailthru.author",
    "cxenseparse:author",
    "byl",
    "byline",
    "og:author",
    "creator",
    "rbauthors",
    "http://ogp.me/ns/article#author",
]
"""Names of meta elements with the authors, the most reliable first."""
_LIBRARY_METAS = ["citation_author", "dc.creator", "dcterms.creator", "dc.creator.author"]
"""Names of meta elements that have the form "Lee, Ann"."""
_AUTHOR_PATHS = {
    "en": "authors?, contributors?, columnists?, journalists?, writers?, reporters?",
    "de": "autor, autoren, autorin, redakteure",
    "fr": "auteurs?, journalistes?",
    "es": "autore?s?, autora, periodistas?",
    "it": "autori, autore",
    "pl": "autorzy",
}
"""Folders in the URLs of pages about authors."""
_AUTHOR_PATH = re.compile(rf"/{any_of(_AUTHOR_PATHS)}/[^/]|[?&]author=")
_LABEL = re.compile(
    rf"{any_of(AUTHOR_LABELS)}(?:\(s\))?\s?[:：]?|{any_of(CREDIT_LABELS)}\s?[:：]", re.IGNORECASE
)
_ASCII_LABEL = re.compile(_LABEL.pattern)
"""The same for ASCII in lower case, matched in a third of the time."""
_FIRST_LINES_LABEL = re.compile(rf"{any_of(BY)}\s?[:：]?", re.IGNORECASE)
_AND_WORDS = frozenset(word.replace("\\", "") for word in entries_of(AND))
_COMMAS = ",、"
_PARTS = re.compile(r"\s+[|·•—–]\s+")
"""What separates a byline from the date or the section in one line."""
_INSIDE = re.compile(
    r"(?:作者|记者|記者|撰文|文|取材・文|執筆|筆者)\s?[:：＝=／/]\s?(?P<labelled>[\u3040-\u30ff\u3400-\u9fff·・]{2,8})(?![\u3400-\u9fff])|"
    r"[記记]者(?P<taiwan>[\u3400-\u9fff]{2,4})\s?[／/]|"
    r"(?P<korean>[가-힣]{2,4})\s?(?:선임|객원|수습)?(?:기자|특파원)(?![가-힣])"
)
"""A labelled name anywhere in a line, in scripts without capitals."""
_ROLE_LINE = re.compile(rf"(?:[\w’'&,-]+ ){{0,4}}(?:{any_of(REPORTERS_BEFORE)}|writer|editor)", re.IGNORECASE)
_CREDIT_INSIDE = re.compile(rf"\b{any_of(CREDITS)} {any_of(BY_AFTER_CREDITS)} (?P<rest>.+)", re.IGNORECASE)
_TEAM = re.compile(any_of(TEAMS), re.IGNORECASE)
_NEWSROOM = re.compile(any_of(NEWSROOMS), re.IGNORECASE)
_ACCOUNT = re.compile(r"[^\s]*[\d._][^\s]*|[a-z]\w+|[A-Z][a-z]+[A-Z]\w*|\w+")
"""A single word: the name of an account, or only a given name."""


def read_authors(evidence: PageEvidence) -> tuple[list[str], str]:
    """Return the names of the authors, without repeats, and the rule that found them.

    Names of accounts, given names alone and organisations count only if the page shows no full name. Names of the
    site and of its newsroom count only if no rule finds any other name.
    """
    others: list[tuple[list[str], str]] = []
    for rule in _RULES:
        names = _without_site(rule.find(evidence) or [], evidence)
        if any(map(_is_full, names)):
            return names, rule.name
        if names:
            others.append((names, rule.name))
    if others:
        return others[0]
    found, name = first_of(_LAST_RULES, evidence)
    return found or [], name


def _named_people(
    find: Callable[[PageEvidence], Iterable[str]],
) -> Callable[[PageEvidence], list[str] | None]:
    """Return the function of a rule: the names that `find` gives, without names of the site."""
    return lambda evidence: _without_site(find(evidence), evidence) or None


def _without_site(names: Iterable[str], evidence: PageEvidence) -> list[str]:
    found = (_without_paper(name, evidence) for name in names)
    return [name for name in found if not evidence.is_site_name(name) and not _NEWSROOM.fullmatch(name)]


def _without_paper(name: str, evidence: PageEvidence) -> str:
    """Return a name without the name of the site after it: "Ann Lee USA TODAY"."""
    for site in evidence.site_names:
        if name.endswith(site) and is_person(person := name.removesuffix(f" {site}")) and person != name:
            return person
    return name


def _is_full(name: str) -> bool:
    is_cased = any(char.islower() or char.isupper() for char in name)
    return is_agency(name) or not is_cased or not (_ACCOUNT.fullmatch(name) or is_organisation(name))


def _json_ld(evidence: PageEvidence) -> list[str]:
    return clean_names(evidence.json_ld_names("author", "creator"))


def _metas(evidence: PageEvidence) -> Iterator[list[str]]:
    """Yield the names in every author meta; article:author, by its standard, is a link."""
    for key in filter(evidence.page.meta.__contains__, (*_METAS, *_LIBRARY_METAS)):
        declared = (text for text in evidence.meta(key) if not text.startswith(("http", "/", "@")))
        texts = [text for text in declared if not evidence.is_site_name(text)]
        yield clean_names(texts, family_name_first=key in _LIBRARY_METAS)
    for number in range(1, _MAX_LABELLED_CARDS):
        label = evidence.meta(f"twitter:label{number}")
        if label and _is_label(label[0]):
            yield clean_names(evidence.meta(f"twitter:data{number}")[:1])


def _meta(evidence: PageEvidence) -> list[str]:
    """Return the names in the first author meta with a full name, else those in the first with any name."""
    first: list[str] = []
    for metas in _metas(evidence):
        names = _without_site(metas, evidence)
        if any(map(_is_full, names)):
            return names
        first = first or names
    return first


def _microdata(evidence: PageEvidence) -> list[str]:
    return clean_names(evidence.microdata("author", "creator"))


def _bylines(evidence: PageEvidence) -> list[str]:
    """Return the names in the first element marked as a byline that contains any full name."""
    for lines in evidence.bylines:
        for line in _joined(lines):
            names = byline_names(line) or [name for name in clean_names([line]) if looks_like_name(name)]
            if any(map(looks_like_name, names)) and not all(map(evidence.is_site_name, names)):
                return names
    return []


def _short_bylines(evidence: PageEvidence) -> list[str]:
    """Return the only word of the first element marked as a byline that has only one, besides "by" and a date."""
    for lines in evidence.bylines:
        names = clean_names(line for line in _joined(lines) if not names_date(line))
        if len(names) == 1 and len(names[0].split()) == 1 and not is_organisation(names[0]):
            return names
    return []


def _joined(lines: Iterable[str]) -> Iterator[str]:
    """Yield lines; those that only an element separates are one: "By", "Ann Lee", "and", "Bo Ek"."""
    line = ""
    for following in lines:
        if not line:
            line = following
        elif len(line) <= _MAX_LABEL_CHARS and _is_label(line):
            line = f"{line.rstrip(' :：')}: {following}"
        elif len(line) <= MAX_BYLINE_CHARS and (_is_open(line, -1) or _is_open(following, 0)):
            line = f"{line} {following}"
        else:
            yield line
            line = following
    if line:
        yield line


def _is_label(line: str) -> bool:
    if line.isascii():
        return _ASCII_LABEL.fullmatch(line.lower()) is not None
    return _LABEL.fullmatch(line) is not None


def _is_open(line: str, place: int) -> bool:
    """Return whether a list of names goes on after a line (place -1) or before it (place 0): "Ann Lee and"."""
    words = line.split(maxsplit=1) if place == 0 else line.rsplit(maxsplit=1)
    return bool(words) and (words[place] in _AND_WORDS or line[place] in _COMMAS)


def _below_headline(evidence: PageEvidence) -> list[str]:
    """Return the names of the first byline between the headline and the text: "By ...", or a bold line of names."""
    first = _joined(line for line, _ in evidence.first_below_headline())
    for line in takewhile(lambda text: len(text) <= MAX_BYLINE_CHARS, first):
        for part in _PARTS.split(line):
            if (names := byline_names(part)) and not all(map(evidence.is_site_name, names)):
                return names
        if inside := _INSIDE.search(line):
            return clean_names(filter(None, inside.groups()))
    lines = evidence.first_below_headline()
    for line, node in takewhile(lambda pair: len(pair[0]) <= MAX_BYLINE_CHARS, lines):
        bold = line.split("/")
        if all(map(is_person, bold)) and is_bold_paragraph(node):
            return bold
    return []


def _linked(evidence: PageEvidence) -> list[str]:
    """Return the texts of the first links to pages about authors below the headline."""
    found: list[str] = []
    for line, node in evidence.first_below_headline():
        if len(line) > MAX_BYLINE_CHARS or (found and not _is_open(line, 0) and not link_around(node)):
            break
        if _AUTHOR_PATH.search(link_around(node)) and looks_like_name(line):
            found.append(line)
    return found


def _with_commas_between_links(lines: Iterable[Line]) -> Iterator[str]:
    """Yield lines, with a comma between two that are links beside each other: the profiles of several authors."""
    last: etree._Element | None = None
    for line, node in lines:
        link = node[1] if link_around(node) else None
        if link is not None and last is not None and link.getprevious() is last:
            yield ","
        yield one_line(line)
        last = link


def _above_date(evidence: PageEvidence) -> list[str]:
    """Return the names on a line of their own with the date, above it or above a role; a role may precede the date."""
    first = islice(evidence.below_headline(), _MAX_LINES_ABOVE_TEXT)
    lines = [line.rstrip(" |,·•-") for line in _joined(_with_commas_between_links(first))]
    dated = [any(map(names_date, line.split(" · "))) for line in lines]
    for place, line in enumerate(lines):
        is_above = any(dated[place : place + 3]) or any(
            map(_ROLE_LINE.fullmatch, lines[place + 1 : place + 2])
        )
        names = clean_names([line]) if is_above else []
        if names and all(map(is_person, names)):
            return names
    return []


def _labelled(evidence: PageEvidence) -> list[str]:
    """Return the value of a list of facts about the article: the line that follows the line "Author"."""
    pairs = pairwise(line for line, _ in evidence.below_headline())
    for place, (label, value) in enumerate(pairs):
        if len(label) > _MAX_LABEL_CHARS or len(value) > _MAX_LABEL_CHARS or not _is_label(label):
            continue
        if looks_like_name(value) and (place < MAX_FIRST_LINES or not _FIRST_LINES_LABEL.fullmatch(label)):
            return [value]
    return []


def _credited(evidence: PageEvidence) -> list[str]:
    """Return the name in a sentence of an element marked as author: "This story was written by Ann Lee, a teacher"."""
    for lines in evidence.bylines:
        if (credit := _CREDIT_INSIDE.search(" ".join(lines))) and (names := clean_names([credit["rest"]])):
            return [name for name in names[:1] if is_person(name)]
    return []


def _teams(evidence: PageEvidence) -> list[str]:
    """Return the name of a team that signs, in an element marked as author or in a link to a page about authors."""
    linked = (
        line
        for line, node in evidence.first_below_headline()
        if len(line) <= _MAX_LABEL_CHARS and _AUTHOR_PATH.search(link_around(node))
    )
    for line in chain(chain.from_iterable(map(_joined, evidence.bylines)), linked):
        names = clean_names([line]) if len(line) <= MAX_BYLINE_CHARS else []
        if len(names) == 1 and _TEAM.fullmatch(names[0]) and not evidence.is_site_name(names[0]):
            return names
    return []


def _site(evidence: PageEvidence) -> list[str]:
    return clean_names(evidence.json_ld_names("author", "creator") or evidence.meta("author"))


_RULES: tuple[Rule[list[str]], ...] = (
    Rule("json-ld author", _json_ld),
    Rule("meta", _meta),
    Rule("microdata author", _microdata),
    Rule("below headline", _below_headline),
    Rule("byline", _bylines),
    Rule("author link", _linked),
)
_LAST_RULES: tuple[Rule[list[str]], ...] = (
    Rule("above date", _named_people(_above_date)),
    Rule("labelled", _named_people(_labelled)),
    Rule("credited", _named_people(_credited)),
    Rule("short byline", _named_people(_short_bylines)),
    Rule("team", _teams),
    Rule("embedded state", _named_people(lambda evidence: clean_names(evidence.embedded("authors")))),
    Rule("site as author", _site),
)
