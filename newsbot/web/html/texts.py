"""The text of an article as a page shows it: paragraphs with entities as links."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from newsbot.items import Article, Entity

MAX_SHOWN_CHARS = 200_000
"""Maximum length of a text that is shown; a longer one is not news, and no browser handles it well."""
_PARAGRAPH = re.compile(r"\S[^\n]*(?:\n(?!\n)[^\n]+)*")


class EntityLink(NamedTuple):
    """The entity that a marked name links to."""

    entity_id: int
    name: str
    type: str


class TextRun(NamedTuple):
    """A piece of text; with a link if it names an entity."""

    text: str
    link: EntityLink | None = None


def marked_paragraphs(article: Article, ids: Mapping[tuple[str, str], int]) -> list[list[TextRun]]:
    """Return the paragraphs of the body as runs of text.

    `ids` is (name, type) -> id of the article's entities."""
    body = article.body[:MAX_SHOWN_CHARS]
    names = _links(article.entities, ids)
    shown, at = [], 0
    for paragraph in _PARAGRAPH.finditer(body):
        start, end = paragraph.span()
        while at < len(names) and names[at][0] < start:
            at += 1
        first = at
        while at < len(names) and names[at][0] < end:
            at += 1
        shown.append(list(_runs(body, start, end, names[first:at])))
    return shown


def _links(
    entities: Sequence[Entity], ids: Mapping[tuple[str, str], int]
) -> list[tuple[int, int, EntityLink]]:
    links = [
        (entity, EntityLink(ids[entity.name, entity.type], entity.name, entity.type))
        for entity in entities
        if (entity.name, entity.type) in ids
    ]
    return sorted((mention.start, mention.end, link) for entity, link in links for mention in entity.mentions)


def _runs(body: str, start: int, end: int, names: Sequence[tuple[int, int, EntityLink]]) -> Iterator[TextRun]:
    """Yield the runs of a paragraph; of overlapping names, the first one is linked."""
    for name_start, name_end, link in names:
        if start <= name_start < name_end <= end:
            if start < name_start:
                yield TextRun(body[start:name_start])
            yield TextRun(body[name_start:name_end], link)
            start = name_end
    if start < end:
        yield TextRun(body[start:end])
