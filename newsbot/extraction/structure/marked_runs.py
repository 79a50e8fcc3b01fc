"""Read a block of text again, with what is marked in it: links, bold and italic words, code."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from lxml import etree

from newsbot.extraction.page.elements import (
    ACTIONS,
    BOLD,
    BREAK,
    ITALIC,
    LINK,
    OPEN_BLOCK,
    SKIP,
    SKIP_MENU,
    TABLE,
)
from newsbot.text import clean_text

_LINE: Final = "\v"


class Run(NamedTuple):
    """A part of a line whose characters are all marked alike."""

    text: str
    href: str | None = None
    """Where it leads to, as written on the page."""
    is_bold: bool = False
    is_italic: bool = False
    is_code: bool = False


@dataclass(slots=True)
class _Marks:
    """The marks of the open elements, and the lines that have been read."""

    lines: list[list[Run]]
    hrefs: list[str | None]
    bold: int = 0
    italic: int = 0
    code: int = 0
    after_break: bool = False

    def change(self, element: etree._Element, action: int, step: int) -> None:
        """Open (`step` 1) or close (-1) an element that may mark its text. `action` is that of its name."""
        if action == LINK:
            if step > 0:
                self.hrefs.append(element.get("href"))
            elif self.hrefs:
                self.hrefs.pop()
        elif action == BOLD:
            self.bold += step
        elif action == ITALIC:
            self.italic += step
        elif element.tag == "code":
            self.code += step

    def add(self, text: str | None) -> None:
        """Add a text with the marks of now."""
        if not text:
            return
        href = self.hrefs[-1] if self.hrefs else None
        marks = (href, self.bold > 0, self.italic > 0, self.code > 0)
        if _LINE not in text:
            self.lines[-1].append(Run(text, *marks))
        else:
            first, *others = text.split(_LINE)
            self.lines[-1].append(Run(first, *marks))
            self.lines += ([Run(part, *marks)] for part in others)
        if self.after_break and not text.isspace():
            self.after_break = False

    def break_line(self) -> bool:
        """Read a line break, and return whether it ends the block, as the second of two."""
        if self.after_break:
            return True
        self.lines.append([])
        self.after_break = True
        return False


def read_lines(
    start: etree._Element, *, is_after: bool, around: Iterable[etree._Element], is_clean: bool = False
) -> list[list[Run]]:
    """Return the lines of the block that begins in an element, or after it; empty ones are left out.

    `around` are the elements that are open where it begins. `is_clean`: cleaning leaves the text as it is. The block ends where `block_walk` ends it."""
    marks = _Marks([[]], [])
    for element in around:
        marks.change(element, ACTIONS.get(element.tag, OPEN_BLOCK), 1)
    node = start
    marks.add(node.tail if is_after else node.text)
    while True:
        step = _next(node, is_after=is_after)
        if step is None:
            break
        node, is_after = step
        action = ACTIONS.get(node.tag, OPEN_BLOCK)
        if action <= TABLE or action == SKIP_MENU:
            break
        if is_after:
            marks.change(node, action, -1)
        elif action >= SKIP:
            is_after = True
        elif action == BREAK:
            if marks.break_line():
                break
        else:
            marks.change(node, action, 1)
        marks.add(node.tail if is_after else node.text)
    return [line for runs in marks.lines if (line := _folded(runs, is_clean=is_clean))]


def _next(node: etree._Element, *, is_after: bool) -> tuple[etree._Element, bool] | None:
    """Return the element that begins or ends next, and whether it ends; None at the end of the page."""
    if not is_after:
        return (node[0], False) if len(node) else (node, True)
    following = node.getnext()
    if following is not None:
        return following, False
    parent = node.getparent()
    return None if parent is None else (parent, True)


def read_cell(cell: etree._Element) -> list[Run]:
    """Return the text of a cell of a table, which is one line; empty for an empty cell."""
    if not len(cell):
        return _folded([Run(cell.text or "")])
    marks = _Marks([[]], [])
    walker = etree.iterwalk(cell, events=("start", "end"))
    for event, element in walker:
        action = ACTIONS.get(element.tag, OPEN_BLOCK)
        if action in (OPEN_BLOCK, BREAK):
            marks.add(" ")
        if event == "start":
            if action >= SKIP:
                walker.skip_subtree()
                continue
            marks.change(element, action, 1)
            marks.add(element.text)
        else:
            if action < SKIP:
                marks.change(element, action, -1)
            marks.add(element.tail)
    return _folded([run for line in marks.lines for run in line])


def _folded(runs: Sequence[Run], *, is_clean: bool = False) -> list[Run]:
    """Return the runs of a line with clean texts and single spaces, alike ones joined. A space between two runs is at
    the beginning of the second."""
    folded: list[Run] = []
    has_space = False
    for run in runs:
        read = run.text
        text = " ".join(read.split())
        if not is_clean:
            text = " ".join(clean_text(text).split())
        if text:
            if folded:
                if has_space or read[0].isspace():
                    text = f" {text}"
                if folded[-1][1:] == run[1:]:
                    text = folded.pop().text + text
            folded.append(Run(text, *run[1:]))
            has_space = False
        has_space = has_space or read[-1:].isspace() or (not text and read[:1].isspace())
    return folded


def text_of_runs(runs: Iterable[Run]) -> str:
    """Return the text of a line."""
    return "".join(run.text for run in runs)
