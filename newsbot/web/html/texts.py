"""The text of an article as a page shows it: sub-headings, lists, quotations, tables and links, with names as links.

The names are marked in the plain text; the structure is that of its Markdown, whose lines are the paragraphs of the text. A
paragraph that is not found in the Markdown is shown without structure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby, pairwise
from typing import Literal, NamedTuple

from newsbot.extraction.structure.markdown import Line, pieces_of, prefix_of, read_lines
from newsbot.items import Article, Entity
from newsbot.text import collapse_space

MAX_SHOWN_CHARS = 200_000
"""Maximum length of a text that is shown; a longer one is not news, and no browser handles it well."""
_PARAGRAPH = re.compile(r"\S[^\n]*(?:\n(?!\n)[^\n]+)*")
_CELL = " | "
"""What is between two cells of a table in the plain text."""

BlockKind = Literal["paragraph", "heading", "item", "numbered", "quotation", "row", "code"]


class EntityLink(NamedTuple):
    """The entity that a marked name links to."""

    entity_id: int
    name: str
    type: str


class TextRun(NamedTuple):
    """A piece of text; with a link if it names an entity, and with a URL if the article links to it."""

    text: str
    link: EntityLink | None = None
    url: str = ""


class Block(NamedTuple):
    """A paragraph, an item of a list, or a row of a table."""

    kind: BlockKind
    runs: list[TextRun]

    @property
    def cells(self) -> list[list[TextRun]]:
        """The cells of a row."""
        cells: list[list[TextRun]] = [[]]
        for run in self.runs:
            first, *others = run.text.split(_CELL)
            cells[-1].append(run._replace(text=first))
            cells += [[run._replace(text=text)] for text in others]
        return cells


class _Range(NamedTuple):
    """A part of the body that is a link."""

    start: int
    end: int
    link: EntityLink | None = None
    url: str = ""


def marked_blocks(
    article: Article, ids: Mapping[tuple[str, str], int]
) -> list[tuple[BlockKind, list[Block]]]:
    """Return the paragraphs of the body, those of one kind that follow each other together.

    `ids` is (name, type) -> id of the article's entities."""
    body = article.body[:MAX_SHOWN_CHARS]
    names = _names(article.entities, ids)
    lines = [line for line in read_lines(article.body_markdown or "") if line.text]
    blocks: list[Block] = []
    at = following = 0
    for paragraph in _PARAGRAPH.finditer(body):
        start, end = paragraph.span()
        while at < len(names) and names[at].start < start:
            at += 1
        first = at
        while at < len(names) and names[at].end <= end:
            at += 1
        text = collapse_space(paragraph[0])
        line = lines[following] if following < len(lines) and lines[following].text == text else None
        following += line is not None
        links = _links(line, paragraph[0], start) if line else []
        kind = _kind(line) if line else "paragraph"
        blocks.append(Block(kind, list(_runs(body, start, end, names[first:at], links))))
    return [(kind, list(group)) for kind, group in groupby(blocks, key=lambda block: block.kind)]


def _kind(line: Line) -> BlockKind:
    if line.source.startswith("```"):
        return "code"
    prefix = prefix_of(line.source)
    if line.source[len(prefix) :].startswith("|"):
        return "row"
    if "#" in prefix:
        return "heading"
    if prefix.rstrip().endswith("."):
        return "numbered"
    return "item" if "-" in prefix else "quotation" if ">" in prefix else "paragraph"


def _links(line: Line, paragraph: str, start: int) -> list[_Range]:
    """Return the links of a line as parts of the body; none if its text cannot be laid over the paragraph."""
    pieces = list(pieces_of(line.source))
    if "".join(text for text, _ in pieces).strip() != paragraph:
        return []
    found = []
    for text, url in pieces:
        if url.startswith(("http://", "https://")):
            found.append(_Range(start, start + len(text), url=url))
        start += len(text)
    return found


def _names(entities: Sequence[Entity], ids: Mapping[tuple[str, str], int]) -> list[_Range]:
    links = [
        (entity, EntityLink(ids[entity.name, entity.type], entity.name, entity.type))
        for entity in entities
        if (entity.name, entity.type) in ids
    ]
    return sorted(
        (_Range(mention.start, mention.end, link) for entity, link in links for mention in entity.mentions),
        key=lambda name: (name.start, name.end),
    )


def _runs(
    body: str, start: int, end: int, names: Sequence[_Range], links: Sequence[_Range]
) -> Iterator[TextRun]:
    """Yield the runs of a paragraph; of overlapping names, the first one is linked."""
    edges = {start, end}
    for found in (*names, *links):
        edges |= {found.start, found.end}
    ordered = sorted(edge for edge in edges if start <= edge <= end)
    name_at, link_at = _by_start(names), _by_start(links)
    name: _Range | None = None
    link: _Range | None = None
    for left, right in pairwise(ordered):
        name = name if name and name.end > left else name_at.get(left)
        link = link if link and link.end > left else link_at.get(left)
        yield TextRun(body[left:right], name.link if name else None, link.url if link else "")


def _by_start(ranges: Sequence[_Range]) -> dict[int, _Range]:
    return {found.start: found for found in reversed(ranges) if found.start < found.end}
