"""The authors of an article."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from itertools import pairwise, takewhile

from newsbot.extraction.fields.bylines import (
    MAX_BYLINE_CHARS,
    byline_names,
    clean_names,
    is_person,
    looks_like_name,
)
from newsbot.extraction.fields.evidence import PageEvidence
from newsbot.extraction.fields.layout_hints import byline_texts, is_bold_paragraph
from newsbot.extraction.fields.rules import Rule, first_of
from newsbot.languages.dates import names_date
from newsbot.languages.word_patterns import any_of

_MAX_LINES = 40
"""Maximum number of lines below the headline that are searched for a byline."""
_MAX_LINES_ABOVE_TEXT = 8
"""Maximum number of lines below the headline that are searched for a name above a date: further down, headings such as
"Latest Stories" have dates below them."""

_METAS = [
    "author",
    "article:author",
    "article:author_name",
    "og:article:author",
    "article.author",
    "articleauthor",
    "authors",
    "author_name",
    "parsely-author",
    "sailthru.author",
    "cxenseparse:author",
    "dc.creator",
    "dcterms.creator",
    "dc.creator.author",
    "byl",
    "byline",
    "og:author",
    "citation_author",
    "creator",
    "rbauthors",
    "http://ogp.me/ns/article#author",
]
"""Names of meta elements with the authors, the most reliable first."""
AUTHOR_LABELS = {
    "en": "by, authors?",
    "de": "von, autor(?:in|en)?(?:/\\w+)?",
    "fr": "par, auteure?s?",
    "es": "por, autora?, autores(?:/\\w+)?",
    "ru": "автор",
    "tr": "yazar",
    "zh": "作者",
    "ja": "作者, 記者",
}
"""Labels of the authors in lists of facts about an article."""
_LABEL = re.compile(rf"{any_of(AUTHOR_LABELS)}\s?:?", re.IGNORECASE)


def read_authors(evidence: PageEvidence) -> tuple[list[str], str]:
    """Return the names of the authors, without repeats, and the rule that found them.

    Names of the site count only if no rule finds any other name.
    """
    names, rule = first_of(_RULES, evidence)
    return names or [], rule


def _people(find: Callable[[PageEvidence], Iterable[str]]) -> Callable[[PageEvidence], list[str] | None]:
    """Return the function of a rule: the names in the texts that `find` gives; None if all of them name the site."""

    def names(evidence: PageEvidence) -> list[str] | None:
        found = clean_names(find(evidence))
        return None if all(map(evidence.is_site_name, found)) else found

    return names


def _meta(evidence: PageEvidence) -> list[str]:
    """Return the contents of the first author meta with a name; article:author, by its standard, is a link."""
    for key in _METAS:
        texts = [text for text in evidence.meta(key) if not text.startswith(("http", "/", "@"))]
        if clean_names(texts) and not all(map(evidence.is_site_name, texts)):
            return texts
    return []


def _bylines(evidence: PageEvidence) -> list[str]:
    """Return the names in the first element marked as a byline that contains any."""
    for text in byline_texts(evidence.page.tree):
        names = [name for name in clean_names([text]) if looks_like_name(name)]
        if names:
            return names
    return []


def _below_headline(evidence: PageEvidence) -> list[str]:
    """Return the names of the first byline between the headline and the text: "By ...", or a bold line of names."""
    lines = evidence.below_headline[:_MAX_LINES]
    for line, node in takewhile(lambda pair: len(pair[0]) <= MAX_BYLINE_CHARS, lines):
        bold = line.split("/")
        names = byline_names(line) or (bold if all(map(is_person, bold)) and is_bold_paragraph(node) else [])
        if names:
            return names
    return []


def _above_date(evidence: PageEvidence) -> list[str]:
    """Return the name on a line of its own above the date; one line, such as a role, may be between them."""
    lines = [line.rstrip(" |,·•-") for line, _ in evidence.below_headline[:_MAX_LINES_ABOVE_TEXT]]
    for place, line in enumerate(lines):
        if is_person(line) and any(map(names_date, lines[place + 1 : place + 3])):
            return [line]
    return []


def _labelled(evidence: PageEvidence) -> list[str]:
    """Return the value of a list of facts about the article: the line that follows the line "Author"."""
    pairs = pairwise(line for line, _ in evidence.below_headline)
    return next(([value] for label, value in pairs if _LABEL.fullmatch(label) and looks_like_name(value)), [])


def _site(evidence: PageEvidence) -> list[str]:
    return clean_names(evidence.json_ld_names("author", "creator") or evidence.meta("author"))


_RULES: tuple[Rule[list[str]], ...] = (
    Rule("json-ld author", _people(lambda evidence: evidence.json_ld_names("author", "creator"))),
    Rule("meta", _people(_meta)),
    Rule("microdata author", _people(lambda evidence: evidence.microdata("author", "creator"))),
    Rule("byline", _people(_bylines)),
    Rule("below headline", _people(_below_headline)),
    Rule("above date", _people(_above_date)),
    Rule("labelled", _people(_labelled)),
    Rule("embedded state", _people(lambda evidence: evidence.embedded("authors"))),
    Rule("site as author", _site),
)
