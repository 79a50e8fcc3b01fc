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
_NAMESPACE = re.compile(r"^(?P<name>[\w ]{2,30})(?::\s*|/)(?=\S)")
_INTERNAL_NAMESPACE = re.compile(
    "day|time|date|page ?type|type|wc|word ?count|length|language|lang|partner|source|format|author|byline|status|tagname",
    re.IGNORECASE,
)
"""Namespaces of what systems for statistics and syndication count: "Day: Friday", "Partner: Factiva"."""
_MIN_LIKENESS = 0.8
"""Minimum share of common topics from which a declared list is the list that the page shows."""


def read_topics(evidence: PageEvidence) -> tuple[list[str], str]:
    """Return the topics in page order, without repeats, and the rule that found them.

    If the page declares several lists, the one that it also shows as links is preferred.
    """
    declared = ((rule, rule.find(evidence)) for rule in _DECLARED)
    lists = [(topics, rule.name) for rule, topics in declared if topics]
    if len({frozenset(map(str.casefold, topics)) for topics, _ in lists}) > 1:
        shown = set(map(str.casefold, _shown(evidence) or ()))
        lists.sort(key=lambda pair: not _is_like(set(map(str.casefold, pair[0])), shown))
    if lists:
        return lists[0]
    topics, name = first_of(_LAST_RULES, evidence)
    return topics or [], name


def _is_like(topics: set[str], others: set[str]) -> bool:
    return len(topics & others) >= _MIN_LIKENESS * len(topics | others) > 0


def _tags(find: Callable[[PageEvidence], Iterable[str]]) -> Callable[[PageEvidence], list[str] | None]:
    """Return the function of a rule: the topics in the texts that `find` gives, without names of the site."""

    def find_topics(evidence: PageEvidence) -> list[str] | None:
        return [tag for tag in clean_topics(find(evidence)) if not evidence.is_site_name(tag)]

    return find_topics


def clean_topics(texts: Iterable[str]) -> list[str]:
    """Return single topics without repeats: lists are split, identifiers dropped.

    If several topics begin with a namespace ("person:", "Category: "), namespaces are cut off, and what has the
    namespace of a statistic is left out. A slash ends a namespace only if most of the topics have one.
    """
    parts = [part.strip(" #.\"'“”") for text in texts for part in _SEPARATOR.split(text)]
    spaces = [space for part in parts if (space := _NAMESPACE.match(part))]
    slashes = sum(1 for space in spaces if "/" in space[0])
    if len(spaces) > 1 and (len(spaces) > slashes or 2 * slashes > len(parts)):
        parts = [topic for part in parts if (topic := _without_namespace(part))]
    kept = (part for part in parts if 1 < len(part) <= _MAX_CHARS and not _IDENTIFIER.fullmatch(part))
    return without_repeats(kept)[:MAX_TOPICS]


def _without_namespace(topic: str) -> str:
    """Return a topic without its namespace; "" if that is the namespace of a statistic."""
    space = _NAMESPACE.match(topic)
    if space is None:
        return topic
    return "" if _INTERNAL_NAMESPACE.fullmatch(space["name"].strip()) else topic[space.end() :]


def _tag_links(evidence: PageEvidence) -> list[str]:
    return [] if evidence.heading is None else tag_links(evidence.heading)


_shown = _tags(_tag_links)
_DECLARED: tuple[Rule[list[str]], ...] = (
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
)
_LAST_RULES: tuple[Rule[list[str]], ...] = (
    Rule("tag links", _shown),
    Rule("microdata keywords", _tags(lambda evidence: evidence.microdata("keywords"))),
    Rule("json-ld about", _tags(lambda evidence: evidence.json_ld("about", "mentions"))),
)
