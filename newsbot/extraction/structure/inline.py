"""Write the runs of a line as Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter
from typing import Final

from newsbot.extraction.structure import markdown
from newsbot.extraction.structure.link_targets import Resolve
from newsbot.extraction.structure.marked_runs import Run, text_of_runs
from newsbot.items import Link

MAX_WRITTEN: Final = 2000
"""Number of links that are written into a text: the addresses of more could be a hundred times as long as it."""
_NOT_CODE: Final = frozenset("`|\\<")
"""Characters that would end a code, or a cell of a table, or begin an element of HTML where code is not known."""


class LineWriter:
    """Writes lines in page order, and collects their links."""

    def __init__(self, resolve: Resolve) -> None:
        self._resolve = resolve
        self._links: dict[str, Link] = {}
        self._written = 0

    @property
    def links(self) -> list[Link]:
        """The links to web pages so far, as `markdown.links_of` finds them in what was written."""
        return list(self._links.values())[: markdown.MAX_LINKS]

    def write(self, runs: Sequence[Run], *, is_bold_plain: bool = False) -> str:
        """Return the Markdown of a line, without marks of its place. `is_bold_plain`: bold words are not marked."""
        if len(runs) == 1 and not any(runs[0][1:]):
            return markdown.escape(runs[0].text)
        if is_bold_plain:
            runs = [run._replace(is_bold=False) for run in runs]
        written = ""
        place = 0
        for href, group in groupby(runs, _href):
            linked = list(group)
            end = place + len(linked)
            marked = "".join(_write_run(runs, at) for at in range(place, end))
            if href is not None and self._written < MAX_WRITTEN and (url := self._resolve(href)):
                marked = self._link(marked, url, text_of_runs(linked))
            written = _joined(written, marked)
            place = end
        return written

    def _link(self, marked: str, url: str, text: str) -> str:
        inner = marked.lstrip(" ")
        linked = markdown.link(inner, url)
        self._written += 1
        if linked != inner and url[:4].lower() == "http":
            self._links.setdefault(url, Link(url=url, text=text.strip()))
        return marked[: len(marked) - len(inner)] + linked


_href = attrgetter("href")


def _joined(before: str, after: str) -> str:
    """Return two pieces joined; an exclamation mark before a link would make it a picture."""
    if before.endswith("!") and after.startswith("["):
        return f"{before[:-1]}\\!{after}"
    return before + after


def _write_run(runs: Sequence[Run], place: int) -> str:
    run = runs[place]
    core = run.text.lstrip(" ")
    space = run.text[: len(run.text) - len(core)]
    if run.is_code and _NOT_CODE.isdisjoint(core):
        return f"{space}`{core}`"
    written = markdown.escape(core)
    if not (run.is_bold or run.is_italic):
        return space + written
    before = " " if space or place == 0 else runs[place - 1].text[-1]
    after = " " if place + 1 == len(runs) else runs[place + 1].text[0]
    if run.is_italic and not _is_word(before) and not _is_word(after) and _is_new(runs, place):
        written = f"_{written}_"
    if run.is_bold and _is_new(runs, place) and _may_open(before, core[0]) and _may_open(after, core[-1]):
        written = f"**{written}**"
    return space + written


def _is_new(runs: Sequence[Run], place: int) -> bool:
    """Return whether no mark ends where the run begins, which would run into its own."""
    before = runs[place - 1]
    return place == 0 or runs[place].text.startswith(" ") or not (before.is_bold or before.is_italic)


def _is_word(character: str) -> bool:
    return character.isalnum()


def _may_open(outside: str, inside: str) -> bool:
    """Return whether marks may stand between two characters. Source: CommonMark 0.31, delimiter runs."""
    return not _is_word(outside) or _is_word(inside)
