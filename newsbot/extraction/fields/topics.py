"""Topics of an article: keywords and tags that its page declares or links to."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from newsbot.extraction.fields.evidence import PageEvidence
from newsbot.extraction.fields.rules import Rule, first_of
from newsbot.extraction.fields.tag_links import tag_links
from newsbot.text import without_repeats

MAX_TOPICS = 50
_MAX_CHARS = 80
_SEPARATOR = re.compile(r"\s*[,;|،、]\s*")
_IDENTIFIER = re.compile(
    r"[0-9a-f]{8}(?:-?[0-9a-f]{4}){3}-?[0-9a-f]{12}|\d+|@\S+|\S*_\S*|[^\W_]+(?:-[^\W_]+){3,}|uncategori[sz]ed",
    re.IGNORECASE,
)
"""Ids, slugs, and internal names of content management systems (channel_other, @river)."""
_NAMESPACE = re.compile(r"^[\w ]{2,30}(?::\s*|/)(?=\S)")


def read_topics(evidence: PageEvidence) -> tuple[list[str], str]:
    """Return the topics in page order, without repeats, and the rule that found them."""
    topics, rule = first_of(_RULES, evidence)
    return topics or [], rule


def _tags(find: Callable[[PageEvidence], Iterable[str]]) -> Callable[[PageEvidence], list[str] | None]:
    """Return the function of a rule: the topics in the texts that `find` gives, without names of the site."""

    def find_topics(evidence: PageEvidence) -> list[str] | None:
        return [tag for tag in clean_topics(find(evidence)) if not evidence.is_site_name(tag)]

    return find_topics


def clean_topics(texts: Iterable[str]) -> list[str]:
    """Return single topics without repeats: lists are split, identifiers dropped.

    If several topics begin with a namespace ("person:", "Category: "), namespaces are cut off.
    """
    parts = [part.strip(" #.\"'“”") for text in texts for part in _SEPARATOR.split(text)]
    if sum(1 for part in parts if _NAMESPACE.match(part)) > 1:
        parts = [_NAMESPACE.sub("", part) for part in parts]
    kept = (part for part in parts if 1 < len(part) <= _MAX_CHARS and not _IDENTIFIER.fullmatch(part))
    return without_repeats(kept)[:MAX_TOPICS]


_RULES: tuple[Rule[list[str]], ...] = (
    Rule("json-ld keywords", _tags(lambda evidence: evidence.json_ld("keywords"))),
    Rule("news_keywords", _tags(lambda evidence: evidence.meta("news_keywords"))),
    Rule("article:tag", _tags(lambda evidence: evidence.meta("article:tag"))),
    Rule("keywords", _tags(lambda evidence: evidence.meta("keywords"))),
    Rule(
        "vendor tags",
        _tags(
            lambda evidence: evidence.meta("parsely-tags", "sailthru.tags", "og:tags", "tags", "dc.subject")
        ),
    ),
    Rule(
        "tag links", _tags(lambda evidence: [] if evidence.heading is None else tag_links(evidence.heading))
    ),
    Rule("microdata keywords", _tags(lambda evidence: evidence.microdata("keywords"))),
)
