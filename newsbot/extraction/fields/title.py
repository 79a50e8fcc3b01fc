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
_HEADLINE_WORDS = 3
_LOWER_HEADINGS = 20
"""So many h2 and h3 elements are looked at."""
_MIN_CHARS = 4
# Spaced marks, full-width ones, and hyphens between Han or kana. A bare hyphen, slash or bar is part of Latin
# headlines ("tit-for-tat", "AC/DC").
_SEPARATOR = re.compile(
    r"\s+(?:[-–—―|·•»›/:~]|::|\|\|)\s+|\s*[｜丨：]\s*|(?<=[\u3001-\u9fff\uff01-\uff60])[-_](?=[\u3001-\u9fff])"
)
_DATE = re.compile(r"[\d\s./-]{6,}")
_GENERIC = frozenset({"home", "homepage", "index", "untitled", "news", "article", "error"})


def read_title(evidence: PageEvidence) -> tuple[str | None, str]:
    """Return the headline and the rule that found it."""
    return first_of(_RULES, evidence)


def _declared(find: Callable[[PageEvidence], list[str]]) -> Callable[[PageEvidence], str | None]:
    """Return a rule's function: the first usable title that `find` gives, its site name cut off."""

    def title(evidence: PageEvidence) -> str | None:
        for text in find(evidence):
            headline = without_site_name(text[:MAX_CHARS], evidence)
            if headline and letters(headline) not in _GENERIC and not evidence.is_site_name(headline):
                return headline
        return None

    return title


def _title_element_alone(evidence: PageEvidence) -> list[str]:
    """Return the title element without its last part, which is the site's name where nothing else tells it."""
    title = evidence.page.title
    parts = list(_SEPARATOR.finditer(title))
    alone = title[: parts[-1].start()] if parts else title
    return [alone if word_count(alone) >= _HEADLINE_WORDS else title]


def _confirmed_heading(evidence: PageEvidence) -> list[str]:
    """Return the h1 elements that the title element repeats; others may be a logo or the name of a section."""
    title = letters(evidence.page.title)
    return [heading for heading in evidence.headings if letters(heading) in title]


def _confirmed_lower_heading(evidence: PageEvidence) -> list[str]:
    """Return the h2 and h3 elements that the title element repeats: where the h1 is the site's name."""
    title = letters(evidence.page.title)
    headings = (
        one_line(text_of(element)) for element in islice(evidence.page.tree.iter("h2", "h3"), _LOWER_HEADINGS)
    )
    return [heading for heading in headings if len(heading) >= _MIN_CHARS and letters(heading) in title]


def _title_element_rest(evidence: PageEvidence) -> list[str]:
    """Return the title element without its first part, for where that turned out to be the site's name."""
    first = _SEPARATOR.search(evidence.page.title)
    return [evidence.page.title[first.end() :]] if first else []


def without_site_name(title: str, evidence: PageEvidence) -> str:
    """Return the title without site names, dates and sections that stand before or after a separator.

    A part is cut when it is a name of the site or a date, or when the page shows the rest as a heading.
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
)
