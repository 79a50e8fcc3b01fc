"""The headline of an article, without the name of its site."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from newsbot.extraction.fields.evidence import PageEvidence
from newsbot.extraction.fields.headline.headline_choice import MAX_CHARS, Wordings, best_wording
from newsbot.extraction.page.schema_org import is_a
from newsbot.extraction.page.tree import text_of
from newsbot.text import letters, one_line, word_count

_MIN_PART_WORDS = 3
"""Minimum number of words of a part of the title element that may be the headline."""
_MAX_PARTS = 6
"""Maximum number of parts of the title element that are compared."""
_MAX_MARKS = 4
"""Maximum number of separators at the start, and at the end, of a title beside which site names are searched."""
_MAX_HEADINGS = 6
"""Maximum number of h1 elements that are compared."""
_MAX_LOWER_HEADINGS = 20
"""Maximum number of h2 and h3 elements that are compared with the title element."""
_MIN_LOWER_HEADING_CHARS = 4
"""Minimum number of characters of an h2 or h3 that is compared with the title element; shorter texts match by chance."""
_MARK = r"(?:-{1,3}|[–—―|·•»«›‹/:~>]|::|\|\|)"
_SEPARATOR = re.compile(
    rf"\s+{_MARK}\s+|\s*[｜丨：]\s*|(?<=[\u3001-\u9fff\uff01-\uff60])[-_](?=[\u3001-\u9fff])"
)
"""Separator between headline and site name: a spaced mark, a full-width mark, or a hyphen between Han or kana.

A hyphen, slash or bar without spaces is part of Latin headlines ("tit-for-tat", "AC/DC").
"""
_ANY_SEPARATOR = re.compile(r"[-–—―|·•»«›‹/:~>｜丨：_]")
"""A sign that every separator has; most texts have none, which is found in a tenth of the time."""
_LOOSE_SEPARATOR = re.compile(r"\s*(?:[|_]+|:(?=\s))\s*")
"""Separator that counts only beside a name of the site: "Headline_Site", "Site: Headline"."""
_NEWS_TYPES = ("NewsArticle", "LiveBlogPosting")
_DATE = re.compile(r"[\d\s./-]{6,}")
_GENERIC_TITLES = frozenset({"home", "homepage", "index", "untitled", "news", "article", "error"})
_ENDS = " \t|·•–—-»«›⋆_/~"
"""Characters that are left at the end of a title when its site name was empty: "Headline |"."""


def read_title(evidence: PageEvidence) -> tuple[str | None, str]:
    """Return the headline and the name of the place that it was read from.

    Pages declare several wordings: for search engines, for social media, for readers. The one that agrees best with
    the others, the title element and the URL is chosen.
    """
    title, place = best_wording(read_wordings(evidence))
    in_state = None if title else next(iter(evidence.embedded("headline")), None)
    return (in_state, "embedded state") if in_state else (title, place)


def read_wordings(evidence: PageEvidence) -> Wordings:
    """Return the wordings of the headline on a page, without names of the site."""
    is_news = any(is_a(item, _NEWS_TYPES) for item in evidence.articles)
    found = Wordings(evidence.page.title, evidence.page.url or "", is_news=is_news)
    shown = {letters(heading) for heading in (*evidence.headings, *evidence.meta("og:title"))}
    usable: dict[str, str] = {}
    for place, texts in _texts(evidence):
        for text in texts:
            if text not in usable:
                usable[text] = _usable(
                    _without_site_name(text[:MAX_CHARS], shown, evidence).strip(_ENDS), evidence
                )
            if usable[text]:
                found.add(place, usable[text])
    return found


def _usable(headline: str, evidence: PageEvidence) -> str:
    """Return the text if it can be a headline, else ""."""
    key = letters(headline)
    return headline if key and key not in _GENERIC_TITLES and not evidence.is_site_name(headline) else ""


def _texts(evidence: PageEvidence) -> Iterator[tuple[str, Iterable[str]]]:
    """Yield the places of a page that may have the headline, with the texts there."""
    metas = evidence.meta("parsely-title", "dc.title", "dcterms.title", "title", "headline")
    yield "json-ld headline", evidence.json_ld("headline")[:1]
    yield "og:title", evidence.meta("og:title")[:1]
    yield "twitter:title", evidence.meta("twitter:title")[:1]
    yield "meta title", metas[:1]
    yield "microdata headline", evidence.microdata("headline", "name")[:1]
    yield "json-ld name", evidence.json_ld("name")[:1]
    yield "h1", evidence.headings[:_MAX_HEADINGS] if evidence.page.headings else []
    yield "h2 or h3 as in title", _lower_headings(evidence)
    yield "title element", [evidence.page.title]
    yield "part of title element", _title_parts(evidence.page.title)
    yield "h2", evidence.headings[:1] if word_count(evidence.page.title) < _MIN_PART_WORDS else []


def _lower_headings(evidence: PageEvidence) -> Iterator[str]:
    """Yield the h2 and h3 elements that the title element repeats, for pages whose h1 is the site name."""
    title = letters(evidence.page.title)
    headings = [letters(heading) for heading in evidence.headings if not evidence.is_site_name(heading)]
    if not title or any(
        title.startswith(key) or (key in title and 2 * len(key) > len(title)) for key in headings
    ):
        return
    for element in islice(evidence.page.tree.iter("h2", "h3"), _MAX_LOWER_HEADINGS):
        heading = one_line(text_of(element))
        if len(heading) >= _MIN_LOWER_HEADING_CHARS and letters(heading) in title:
            yield heading


def _title_parts(title: str) -> Iterator[str]:
    """Yield the title element without its last part, and its single parts, if they have several words."""
    marks = list(islice(_SEPARATOR.finditer(title), _MAX_PARTS))
    if not marks:
        return
    starts = [0, *(mark.end() for mark in marks)]
    ends = [*(mark.start() for mark in marks), len(title)]
    for part in (title[: ends[-2]], *(title[start:end] for start, end in zip(starts, ends, strict=True))):
        if word_count(part) >= _MIN_PART_WORDS:
            yield part


def _without_site_name(title: str, shown: set[str], evidence: PageEvidence) -> str:
    """Return the title without site names, dates and section names before its first or after its last separators.

    A part is cut off if it is a name of the site or a date, or if the page shows the rest as a heading; `shown`: the
    letters of its headings.
    """
    while shorter := _shortened(title, shown, evidence):
        title = shorter
    return title


def _shortened(title: str, shown: set[str], evidence: PageEvidence) -> str:
    """Return the title without one part at its start or end; "" if no part of it can be cut off."""
    if _ANY_SEPARATOR.search(title) is None:
        return ""
    marks = list(_SEPARATOR.finditer(title))
    if len(marks) > 2 * _MAX_MARKS:
        marks = marks[:_MAX_MARKS] + marks[-_MAX_MARKS:]
    for place, mark in enumerate(marks):
        head, tail = title[: mark.start()], title[mark.end() :]
        is_last = place == len(marks) - 1
        if evidence.is_site_name(tail) or letters(head) in shown or (is_last and _DATE.fullmatch(tail)):
            return head
        if evidence.is_site_name(head) or (place == 0 and "|" in mark[0] and letters(tail) in shown):
            return tail
    for mark in islice(_LOOSE_SEPARATOR.finditer(title), _MAX_MARKS):
        head, tail = title[: mark.start()], title[mark.end() :]
        if evidence.is_site_name(tail):
            return head
        if evidence.is_site_name(head):
            return tail
    return ""
