"""The headline of an article, without the name of its site."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import islice

from newsbot.extraction.fields.evidence import PageEvidence
from newsbot.extraction.fields.rules import Rule, first_of
from newsbot.extraction.page.tree import text_of
from newsbot.text import letters, one_line, word_count

MAX_CHARS = 500
_MIN_HEADLINE_WORDS = 3
"""Minimum number of words of a title element without its last part; below it, that part belongs to the headline."""
_MAX_LOWER_HEADINGS = 20
"""Maximum number of h2 and h3 elements that are compared with the title element."""
_MIN_LOWER_HEADING_CHARS = 4
"""Minimum number of characters of an h2 or h3 that is compared with the title element; shorter texts match by chance."""
_SEPARATOR = re.compile(
    r"\s+(?:[-–—―|·•»›/:~]|::|\|\|)\s+|\s*[｜丨：]\s*|(?<=[\u3001-\u9fff\uff01-\uff60])[-_](?=[\u3001-\u9fff])"
)
"""Separator between headline and site name: a spaced mark, a full-width mark, or a hyphen between Han or kana.

A hyphen, slash or bar without spaces is part of Latin headlines ("tit-for-tat", "AC/DC").
"""
_DATE = re.compile(r"[\d\s./-]{6,}")
_GENERIC_TITLES = frozenset({"home", "homepage", "index", "untitled", "news", "article", "error"})


def read_title(evidence: PageEvidence) -> tuple[str | None, str]:
    """Return the headline and the rule that found it."""
    return first_of(_RULES, evidence)


def _declared(find: Callable[[PageEvidence], list[str]]) -> Callable[[PageEvidence], str | None]:
    """Return the function of a rule: the first usable title that `find` gives, without the site name."""

    def find_title(evidence: PageEvidence) -> str | None:
        for text in find(evidence):
            headline = without_site_name(text[:MAX_CHARS], evidence)
            if headline and letters(headline) not in _GENERIC_TITLES and not evidence.is_site_name(headline):
                return headline
        return None

    return find_title


def _title_element_alone(evidence: PageEvidence) -> list[str]:
    """Return the title element without its last part, which is the site name on pages that do not declare one."""
    title = evidence.page.title
    parts = list(_SEPARATOR.finditer(title))
    alone = title[: parts[-1].start()] if parts else title
    return [alone if word_count(alone) >= _MIN_HEADLINE_WORDS else title]


def _confirmed_heading(evidence: PageEvidence) -> list[str]:
    """Return the h1 elements that the title element repeats; others may be a logo or the name of a section."""
    title = letters(evidence.page.title)
    return [heading for heading in evidence.headings if letters(heading) in title]


def _confirmed_lower_heading(evidence: PageEvidence) -> list[str]:
    """Return the h2 and h3 elements that the title element repeats, for pages whose h1 is the site name."""
    title = letters(evidence.page.title)
    elements = islice(evidence.page.tree.iter("h2", "h3"), _MAX_LOWER_HEADINGS)
    headings = (one_line(text_of(element)) for element in elements)
    long_headings = (heading for heading in headings if len(heading) >= _MIN_LOWER_HEADING_CHARS)
    return [heading for heading in long_headings if letters(heading) in title]


def _title_element_rest(evidence: PageEvidence) -> list[str]:
    """Return the title element without its first part, for pages on which that is the site name."""
    first = _SEPARATOR.search(evidence.page.title)
    return [evidence.page.title[first.end() :]] if first else []


def without_site_name(title: str, evidence: PageEvidence) -> str:
    """Return the title without site names, dates and section names before the first or after the last separator.

    A part is cut off if it is a name of the site or a date, or if the page shows the rest as a heading.
    """
    headings = {letters(heading) for heading in (*evidence.headings, *evidence.meta("og:title"))}
    while parts := list(_SEPARATOR.finditer(title)):
        first, last = parts[0], parts[-1]
        tail, rest = title[last.end() :], title[first.end() :]
        if evidence.is_site_name(tail) or _DATE.fullmatch(tail) or letters(title[: last.start()]) in headings:
            title = title[: last.start()]
        elif evidence.is_site_name(title[: first.start()]) or ("|" in first[0] and letters(rest) in headings):
            title = rest
        else:
            break
    return title


_RULES: tuple[Rule[str], ...] = (
    Rule("og:title", _declared(lambda evidence: evidence.meta("og:title"))),
    Rule("json-ld headline", _declared(lambda evidence: evidence.json_ld("headline"))),
    Rule("twitter:title", _declared(lambda evidence: evidence.meta("twitter:title"))),
    Rule(
        "meta title",
        _declared(
            lambda evidence: evidence.meta("parsely-title", "dc.title", "dcterms.title", "title", "headline")
        ),
    ),
    Rule("microdata headline", _declared(lambda evidence: evidence.microdata("headline", "name"))),
    Rule("h1 as in title", _declared(_confirmed_heading)),
    Rule("h2 or h3 as in title", _declared(_confirmed_lower_heading)),
    Rule("title element", _declared(_title_element_alone)),
    Rule("h1", _declared(lambda evidence: evidence.headings)),
    Rule("end of title element", _declared(_title_element_rest)),
    Rule("embedded state", _declared(lambda evidence: evidence.embedded("headline"))),
)
