"""Tell tables of data, whose rows are read as lines, from tables that lay out a page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final, NamedTuple

from lxml import etree

MIN_ROWS: Final = 2
"""Number of rows with at least two cells that are not empty, from which a table may be one of data."""
MAX_ROWS: Final = 3000
"""Number of rows above which a table is no part of an article, and read cell by cell."""
LONG_CELL_CHARS: Final = 300
"""Number of characters above which a cell is long: a paragraph rather than a value."""
MAX_LONG_SHARE: Final = 0.1
"""Share (0..1) of long cells up to which a table is one of data."""
MAX_CELL_CHARS: Final = 1000
"""Number of characters above which a cell is a part of the page, and its table a layout."""
MAX_SPAN: Final = 50
"""Number of columns or rows above which the span of a cell is a mistake, and of columns in which cells span rows."""
_SECTIONS: Final = frozenset(("thead", "tbody", "tfoot"))
_CELLS: Final = frozenset(("td", "th"))
_UNREAD: Final = frozenset(("script", "style", "template", "noscript", "svg"))
_BETWEEN: Final = _UNREAD | {"colgroup", "col"}
"""Elements without text that may be between rows and cells."""
_OF_LAYOUTS: Final = frozenset(
    (
        "table",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "article",
        "section",
        "aside",
        "nav",
        "form",
        "iframe",
        "video",
    )
)
"""Elements that a cell of data does not contain."""


class Cell(NamedTuple):
    """A cell of a row, and the number of its first column, counted from 0."""

    element: etree._Element
    column: int


class Row(NamedTuple):
    """A row of a table of data; or its caption, as a row of one cell that is the caption itself."""

    element: etree._Element
    cells: Sequence[Cell]


class _LayoutError(Exception):
    """A table lays out a page."""


def data_rows(table: etree._Element) -> list[Row]:
    """Return the caption and the rows of a table of data; an empty list for a table that lays out a page.

    A layout has text or other elements around its cells, or tables and headings in them, or paragraphs: one cell above
    `MAX_CELL_CHARS`, or a tenth of them long. Every element of the table is read once."""
    if table.get("role") in ("presentation", "none"):
        return []
    try:
        rows = list(islice(_rows(table), MAX_ROWS + 1))
        return rows if len(rows) <= MAX_ROWS and _holds_data(rows) else []
    except _LayoutError:
        return []


def _rows(table: etree._Element) -> Iterator[Row]:
    """Yield the caption and the rows in page order."""
    spans: dict[int, int] = {}
    number = 0
    for element in _children_in_sections(table):
        if element.tag == "caption":
            yield Row(element, (Cell(element, 0),))
        elif element.tag == "tr":
            number += 1
            yield Row(element, _placed_cells(element, number, spans))
        elif element.tag not in _BETWEEN:
            raise _LayoutError


def _children_in_sections(table: etree._Element) -> Iterator[etree._Element]:
    """Yield the children of a table, and those of its thead, tbody and tfoot in their place."""
    for child in _children(table):
        if child.tag in _SECTIONS:
            yield from _children(child)
        else:
            yield child


def _children(element: etree._Element) -> Iterator[etree._Element]:
    """Yield the child elements. Raises `_LayoutError` if there is text between them."""
    text = element.text
    if text and not text.isspace():
        raise _LayoutError
    for child in element:
        tail = child.tail
        if tail and not tail.isspace():
            raise _LayoutError
        yield child


def _placed_cells(row: etree._Element, number: int, spans: dict[int, int]) -> list[Cell]:
    """Return the cells of a row with their columns.

    `spans` has the number of the last row that a cell above takes in a column; those of this row are added."""
    cells: list[Cell] = []
    column = 0
    for element in _children(row):
        if element.tag in _CELLS:
            while spans.get(column, 0) >= number:
                column += 1
            cells.append(Cell(element, column))
            height = _span(element.get("rowspan"))
            width = _span(element.get("colspan"))
            if height > 1:
                spans.update(dict.fromkeys(range(column, min(column + width, MAX_SPAN)), number + height - 1))
            column += width
        elif element.tag not in _BETWEEN:
            raise _LayoutError
    return cells


def _span(value: str | None) -> int:
    """Return the number of columns or rows that a cell takes; 1 where it says none, or nonsense."""
    if not value or len(value) > 2 or not value.isdecimal():
        return 1
    return min(max(int(value), 1), MAX_SPAN)


def _holds_data(rows: Sequence[Row]) -> bool:
    filled = long = full_rows = 0
    for row in rows:
        sizes = [size for cell in row.cells if (size := _char_count(cell.element))]
        if max(sizes, default=0) > MAX_CELL_CHARS:
            return False
        filled += len(sizes)
        long += sum(size > LONG_CELL_CHARS for size in sizes)
        full_rows += len(sizes) > 1
    return full_rows >= MIN_ROWS and long <= MAX_LONG_SHARE * filled


def _char_count(cell: etree._Element) -> int:
    """Return the number of characters of a cell, without space at the ends of its texts."""
    count = 0
    for element in cell.iter():
        tag = element.tag
        if tag in _OF_LAYOUTS:
            raise _LayoutError
        if element.text and tag not in _UNREAD:
            count += len(element.text.strip())
        if element.tail and element is not cell:
            count += len(element.tail.strip())
    return count
