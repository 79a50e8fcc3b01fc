"""Lines around the body that own up to a change of the article: correction notes, dates of an update.

The models of the body are trained to leave out what is no report, and many notes with it. So they are looked for by their
words, among the blocks next to the body."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from newsbot.extraction.body.blocks import Block
from newsbot.extraction.body.class_words import FAMILY_BITS
from newsbot.extraction.page.page import Page
from newsbot.languages.wording.edit_notes import (
    MAX_NOTE_CHARS,
    announces_change,
    is_bare_label,
    is_note,
    is_stamp,
    note_kind,
)
from newsbot.text import one_line, plain_line

BLOCKS_BEFORE: Final = 12
BLOCKS_AFTER: Final = 20
"""Number of blocks before and after the body in which notes are looked for; those of comments and links do not count."""
DATED_BLOCKS_AFTER: Final = 4
"""The same for dates of an update: further down, they are those of other articles."""
MAX_EXAMINED: Final = 60
"""Number of blocks that are examined at most."""
MAX_NOTES: Final = 10
_OF_OTHERS: Final = FAMILY_BITS["comments"] | FAMILY_BITS["related"] | FAMILY_BITS["share"]


def read_notes(blocks: Sequence[Block], body: str) -> list[str]:
    """Return the notes next to a body, which consists of lines of some of the blocks, in the order of the page."""
    lines = set(body.split("\n"))
    count = len(blocks)
    first = next((place for place in range(count) if _first_line(blocks[place]) in lines), None)
    if first is None:
        return []
    last = next(place for place in range(count - 1, -1, -1) if _first_line(blocks[place]) in lines)
    places = [
        place
        for place in range(max(0, first - BLOCKS_BEFORE), min(count, last + 1 + BLOCKS_AFTER))
        if _may_be_note(blocks[place]) and _first_line(blocks[place]) not in lines
    ]
    found = (
        _note_at(blocks, place, is_near=place <= last + DATED_BLOCKS_AFTER) for place in places[:MAX_EXAMINED]
    )
    return list(dict.fromkeys(note for note in found if note))[:MAX_NOTES]


def declared_notes(page: Page) -> list[str]:
    """Return the corrections that a page declares. Source: schema.org/correction, text or CorrectionComment."""
    values = (value for item in page.json_ld for value in _listed(item.get("correction")))
    texts = (value.get("text") or value.get("name") if isinstance(value, dict) else value for value in values)
    lines = (plain_line(text)[:MAX_NOTE_CHARS] for text in texts if isinstance(text, str))
    said = (line for line in lines if line and not line.startswith(("http://", "https://")))
    return [line if note_kind(line) else f"correction: {line}" for line in said][:MAX_NOTES]


def _listed(value: object) -> list[object]:
    return value[:MAX_NOTES] if isinstance(value, list) else [value]


def _first_line(block: Block) -> str:
    return block.text.partition("\n")[0]


def _may_be_note(block: Block) -> bool:
    return (
        not block.is_link
        and 2 * block.link_chars <= len(block.text) <= MAX_NOTE_CHARS
        and not block.container.inherited & _OF_OTHERS
    )


def _note_at(blocks: Sequence[Block], place: int, *, is_near: bool) -> str | None:
    """Return the text of a block that is a note; a label alone is joined with the block after it."""
    text = one_line(blocks[place].text)
    if is_note(text):
        if is_bare_label(text) and place + 1 < len(blocks):
            return f"{text}: {one_line(blocks[place + 1].text)}"[:MAX_NOTE_CHARS]
        return text
    return text if (is_near and is_stamp(text)) or announces_change(text) else None
