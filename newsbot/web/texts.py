"""An article's text as a page shows it: paragraphs, with the places where entities are named."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from newsbot.items import Article, Entity

MAX_SHOWN_CHARS = 200_000
"""Of one text; a longer one is not news, and a page of it no browser likes."""
_PARAGRAPH = re.compile(r"\S[^\n]*(?:\n(?!\n)[^\n]+)*")


class EntityLink(NamedTuple):
    """Where a marked name leads."""

    entity_id: int
    name: str
    type: str


class TextRun(NamedTuple):
    """A stretch of text; with a link if it names an entity."""

    text: str
    link: EntityLink | None = None


def marked_paragraphs(article: Article, ids: Mapping[tuple[str, str], int]) -> list[list[TextRun]]:
    """Return the paragraphs of the body; `ids`: (name, type) of its entities -> id."""
    body = article.body[:MAX_SHOWN_CHARS]
    names = _places(article.entities, ids)
    shown, at = [], 0
    for paragraph in _PARAGRAPH.finditer(body):
        start, end = paragraph.span()
        while at < len(names) and names[at][0] < start:
            at += 1
        first = at
        while at < len(names) and names[at][0] < end:
            at += 1
        shown.append(list(_spans(body, start, end, names[first:at])))
    return shown


def _places(
    entities: Sequence[Entity], ids: Mapping[tuple[str, str], int]
) -> list[tuple[int, int, EntityLink]]:
    links = [
        (entity, EntityLink(ids[entity.name, entity.type], entity.name, entity.type))
        for entity in entities
        if (entity.name, entity.type) in ids
    ]
    return sorted((mention.start, mention.end, link) for entity, link in links for mention in entity.mentions)


def _spans(
    body: str, start: int, end: int, names: Sequence[tuple[int, int, EntityLink]]
) -> Iterator[TextRun]:
    """Yield a paragraph in stretches; of names that overlap the first counts."""
    for name_start, name_end, link in names:
        if start <= name_start < name_end <= end:
            if start < name_start:
                yield TextRun(body[start:name_start])
            yield TextRun(body[name_start:name_end], link)
            start = name_end
    if start < end:
        yield TextRun(body[start:end])
