"""The Markdown of the body: the same paragraphs, with what the page says of their structure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from lxml import etree

from newsbot.extraction.body.blocks import Block
from newsbot.extraction.page.data_tables import Row, data_rows
from newsbot.extraction.page.tree import raw_text
from newsbot.extraction.structure import markdown
from newsbot.extraction.structure.inline import LineWriter
from newsbot.extraction.structure.marked_runs import Run, read_cell, read_lines, text_of_runs
from newsbot.extraction.structure.nesting import (
    NO_PREFIX,
    Chain,
    Places,
    Prefix,
    border_between,
    heading_level,
)
from newsbot.extraction.structure.pictures import Gallery
from newsbot.text import clean_text, collapse_space


class _Part(NamedTuple):
    """One or several lines, what is around them, and the table whose row it is."""

    lines: str
    prefix: Prefix = NO_PREFIX
    chain: Chain = ()
    cells: Sequence[str] = ()
    table: etree._Element | None = None
    is_header: bool = False


def write_body(blocks: Iterable[Block], line_writer: LineWriter, gallery: Gallery, *, is_clean: bool) -> str:
    """Return the Markdown of the chosen blocks, in their order. `is_clean`: cleaning leaves their texts as they are."""
    writer = _Writer(line_writer, is_clean=is_clean)
    waiting: list[str] = []
    parts: list[_Part] = []
    for block in blocks:
        waiting += gallery.lines_before(block)
        written = writer.parts(block)
        if waiting and not (parts and written and _is_same_table(parts[-1], written[0])):
            parts += map(_Part, waiting)
            waiting = []
        parts += written
    return _joined([*parts, *map(_Part, [*waiting, *gallery.lines_after()])])


class _Writer:
    """Writes blocks in page order."""

    def __init__(self, line_writer: LineWriter, *, is_clean: bool) -> None:
        self._write = line_writer.write
        self._is_clean = is_clean
        self._places = Places()
        self._rows: dict[etree._Element, Row] = {}
        self._tables: set[etree._Element] = set()
        self._listings: dict[etree._Element, bool] = {}
        """Element of preformatted text -> whether there is code in it: such an element may be the whole page."""

    def parts(self, block: Block) -> list[_Part]:
        """Return the lines of a block, those without a text left out.

        If its text is not found again, it is written without any marks: the text counts."""
        texts = block.text.split("\n")
        if not self._is_clean:
            texts = [text for line in texts if (text := collapse_space(clean_text(line)))]
        found = self._structured(block, texts)
        return found or [_Part(markdown.paragraph(text)) for text in texts]

    def _structured(self, block: Block, texts: Sequence[str]) -> list[_Part]:
        start = block.start
        if start is None or not texts:
            return []
        if block.container.tag in ("tr", "caption") and not block.is_after:
            row = self._row(start)
            if row is not None:
                return self._row_parts(row, texts)
        around = start.getparent() if block.is_after else start
        chain = self._places.chain(around)
        if chain and (code := self._code(chain, texts)):
            return [code]
        level = heading_level(chain)
        if _is_unmarked(block, chain):  # two of three blocks
            return [self._line(chain, markdown.escape(text), level) for text in texts]
        lines = read_lines(start, is_after=block.is_after, around=chain, is_clean=self._is_clean)
        if list(map(text_of_runs, lines)) != texts:
            return []
        return [self._line(chain, self._write(line, is_bold_plain=level > 0), level) for line in lines]

    def _line(self, chain: Chain, marked: str, level: int) -> _Part:
        line = markdown.escape_start(marked)
        return _Part(f"{'#' * level} {line}" if level else line, self._places.prefix(chain), chain)

    def _code(self, chain: Chain, texts: Sequence[str]) -> _Part | None:
        """Return lines of code if the block is all the text of an element of them."""
        pre = next((element for element in chain if element.tag == "pre"), None)
        if pre is None or len(texts) > 1 or not self._has_code(pre) or self._places.prefix(chain).text:
            return None
        code = clean_text(raw_text(pre)).strip("\n")
        if collapse_space(code) != texts[0] or "<" in code:
            return None
        return _Part(markdown.fenced("\n".join(line.rstrip() for line in code.split("\n"))))

    def _has_code(self, pre: etree._Element) -> bool:
        if pre not in self._listings:
            self._listings[pre] = next(pre.iterdescendants("code"), None) is not None
        return self._listings[pre]

    # ------------------------------------------------------------------ tables

    def _row(self, element: etree._Element) -> Row | None:
        """Return the row of a table of data that an element is, or its caption."""
        table = next(element.iterancestors("table"), None)
        if table is not None and table not in self._tables:
            self._tables.add(table)
            self._rows.update((row.element, row) for row in data_rows(table))
        return self._rows.get(element)

    def _row_parts(self, row: Row, texts: Sequence[str]) -> list[_Part]:
        cells: list[list[Run]] = []
        for cell in row.cells:
            cells += [[]] * (cell.column - len(cells))
            cells.append(read_cell(cell.element))
        while cells and not cells[-1]:
            cells.pop()
        if [collapse_space(" | ".join(map(text_of_runs, cells)))] != list(texts):
            return []
        chain = self._places.chain(row.element.getparent())
        is_header = row.element.tag == "tr" and all(cell.element.tag == "th" for cell in row.cells)
        written = [self._write(runs, is_bold_plain=is_header) for runs in cells]
        prefix = self._places.prefix(chain)
        if row.element.tag == "caption":
            return [_Part(markdown.escape_start(written[0]), prefix, chain)]
        table = next(row.element.iterancestors("table"), None)
        return [_Part("", prefix, chain, written, table, is_header)]


def _is_unmarked(block: Block, chain: Chain) -> bool:
    """Return whether nothing in a block is marked, which its counts and the element that it begins in show at once."""
    if block.links or block.link_chars or block.bold_chars or block.italic_chars or block.is_after:
        return False
    start = block.start
    has_code = start is not None and len(start) > 0 and next(start.iter("code"), None) is not None
    return not has_code and (not chain or all(element.tag != "code" for element in chain))


def _is_same_table(one: _Part, other: _Part) -> bool:
    return one.table is not None and one.table is other.table


def _joined(parts: Sequence[_Part]) -> str:
    """Return the lines of all parts with what belongs between them."""
    pieces: list[str] = []
    place = 0
    while place < len(parts):
        part = parts[place]
        end = place + 1
        while part.table is not None and end < len(parts) and _is_same_table(part, parts[end]):
            end += 1
        if place:
            pieces.append(border_between(parts[place - 1].chain, part.chain, part.prefix))
        lines = _table(parts[place:end]) if part.table is not None else part.lines
        pieces.append(f"{part.prefix.text}{lines}")
        place = end
    return "".join(pieces)


def _table(rows: Sequence[_Part]) -> str:
    """Return the rows of a table; it gets an empty header if it has none, as Markdown knows no table without one."""
    width = max(len(row.cells) for row in rows)
    indent = "\n" + "".join(mark if mark in "> " else " " for mark in rows[0].prefix.text)
    lines = [markdown.table_row([*row.cells, *[""] * (width - len(row.cells))]) for row in rows]
    if not rows[0].is_header:
        lines.insert(0, markdown.table_row([""] * width))
    lines.insert(1, markdown.table_border(width))
    return indent.join(lines)
