"""The Markdown of article texts: its marks, and the text below them. CommonMark, with tables as GitHub writes them.

A paragraph of the text is one line, behind marks of quotations, lists and headings; a row of a table is a line, too. Only
code in fences has several. So a paragraph can be found again in the Markdown, and taken out of it. Whatever could be a mark
in the text is escaped; of HTML nothing is left, and links lead to web pages and mailboxes only."""

from __future__ import annotations

import html
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple
from urllib.parse import quote

from newsbot.items import Link
from newsbot.text import collapse_space

MAX_LINKS: Final = 500
"""Number of links that are listed of a text."""
MAX_URL_CHARS: Final = 2000
MAX_LINK_CHARS: Final = 1000
"""Number of characters above which a linked text is no link: markup that was never closed."""
_SPECIAL: Final = re.compile(r"[\\`*_\[\]<>~&](?:(?<!&)|(?=#?\w{1,40};))")
_ENTITIES: Final = {"<": "&lt;", ">": "&gt;", "&": "&amp;"}
_LEADING: Final = re.compile(r"([#+\-=|]|\d{1,9}(?=[.)]))")
"""What at the beginning of a line is a mark, or could be one."""
_LEADING_SIGNS: Final = frozenset("#+-=|0123456789")
_ALLOWED: Final = re.compile(r"(?:https?://|mailto:)[^/?#\s\[\]]+(?:[/?#]|$)", re.IGNORECASE)
_USER: Final = re.compile(r"(?<=://)[^/?#@\\]*@")
_UNSAFE: Final = re.compile(
    r"""[\s()<>"'`\\\[\]|{}\x00-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"""
)
_PREFIX: Final = re.compile(r"(?:>[ ]?|[ ]{2,}|-[ ]|\d{1,9}\.[ ])*+(?:\#{1,6}[ ])?", re.VERBOSE)
_DELIMITER: Final = re.compile(r"\|(?: --- \|)+")
_FENCE: Final = re.compile(r"`{3,}")
_CELL_BORDER: Final = re.compile(r"\\.|\|")
_INLINE: Final = re.compile(
    r"""
    \\(?P<escaped>.)
    | `(?P<code>[^`]{1,5000})`
    | !\[ (?: [^\[\]\\] | \\. ){0,5000}+ \]\( (?P<source>[^()\s]+) \)
    | \[ (?P<text> (?: [^\[\]\\] | \\. ){0,5000}+ ) \]\( (?P<url>[^()\s]+) \)
    | [*_]
    | (?P<entity>&(?:lt|gt|amp);)
    """,
    re.VERBOSE,
)


class Line(NamedTuple):
    """A part of the Markdown: a line, or lines of code with their fences."""

    source: str
    text: str
    """The paragraph of the text; "" for pictures, borders and blank lines."""


# ------------------------------------------------------------------ writing


def escape(text: str) -> str:
    """Return a text so that nothing in it is a mark, except at the beginning of a line."""
    return _SPECIAL.sub(lambda sign: _ENTITIES.get(sign[0]) or f"\\{sign[0]}", text)


def escape_start(line: str) -> str:
    """Return a line whose beginning is no mark of a list, a heading, a table or a border."""
    found = _LEADING.match(line) if line[:1] in _LEADING_SIGNS else None
    if found is None:
        return line
    place = found.end() if found[0].isdigit() else 0
    return f"{line[:place]}\\{line[place:]}"


def paragraph(text: str) -> str:
    """Return a paragraph without any structure as Markdown."""
    return escape_start(escape(text))


def from_paragraphs(texts: Iterable[str]) -> str:
    """Return paragraphs without any structure as Markdown."""
    return "\n\n".join(map(paragraph, texts))


def safe_url(url: str) -> str:
    """Return the absolute URL of a web page, or a mailbox, without what could end a link; "" if it is neither."""
    url = url.strip()
    if len(url) > MAX_URL_CHARS or not _ALLOWED.match(url):
        return ""
    url = _UNSAFE.sub(lambda sign: quote(sign[0].encode("utf-8", "replace")), _USER.sub("", url, count=1))
    return url if len(url) <= MAX_URL_CHARS and _ALLOWED.match(url) else ""


def link(marked: str, url: str) -> str:
    """Return a link; `marked` is escaped already, and `url` is safe. Only the text if that is too long."""
    return f"[{marked}]({_address(url)})" if len(marked) <= MAX_LINK_CHARS else marked


def image(url: str, caption: str) -> str:
    """Return a picture; `url` is safe."""
    return f"![{escape(caption[:MAX_LINK_CHARS])}]({_address(url)})"


def fenced(code: str) -> str:
    """Return lines of code between fences that are longer than any in it."""
    longest = max((len(run) for run in _FENCE.findall(code)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}\n{code}\n{fence}"


def table_row(cells: Iterable[str]) -> str:
    """Return a row of a table; the cells are escaped already."""
    return f"| {' | '.join(map(_cell, cells))} |"


def table_border(width: int) -> str:
    """Return the line between the header and the other rows of a table."""
    return f"|{' --- |' * width}"


def _cell(marked: str) -> str:
    text = marked.replace("|", "\\|")
    return f"\\{text}" if text.startswith("---") else text


def _address(url: str) -> str:
    return re.sub(r"&(?=#?\w{1,40};)", "&amp;", url) if "&" in url else url


# ------------------------------------------------------------------ reading


def read_lines(markdown: str) -> Iterator[Line]:
    """Yield the parts of a Markdown text that this module has written, in their order."""
    lines = iter(markdown.split("\n"))
    for line in lines:
        fence = _FENCE.match(line)
        if fence is None:
            yield Line(line, _text_of(line))
            continue
        code: list[str] = []
        for inner in lines:
            if inner == fence[0]:
                break
            code.append(inner)
        yield Line("\n".join([line, *code, fence[0]]), collapse_space(" ".join(code)))


def texts_of(markdown: str) -> list[str]:
    """Return the paragraphs of the text below the marks."""
    return [line.text for line in read_lines(markdown) if line.text]


def prefix_of(source: str) -> str:
    """Return the marks of quotations, lists and headings with which a line begins."""
    return source[: _prefix_end(source)]


def pieces_of(source: str) -> Iterator[tuple[str, str]]:
    """Yield the texts of a line behind its prefix, each with the URL of the page to which it leads; "" if it leads nowhere."""
    at = _prefix_end(source)
    for mark in _INLINE.finditer(source, at):
        yield source[at : mark.start()], ""
        yield _text_below(mark), html.unescape(mark["url"] or "")
        at = mark.end()
    yield source[at:], ""


def is_written_here(markdown: str) -> bool:
    """Return whether a text from elsewhere has no other marks than this module writes, and leads to safe places only."""
    return all(map(_is_known, read_lines(markdown)))


def _is_known(line: Line) -> bool:
    if _FENCE.match(line.source):
        return "<" not in line.source
    content = line.source[_prefix_end(line.source) :]
    targets = [
        html.unescape(mark["url"] or mark["source"])
        for mark in _INLINE.finditer(content)
        if mark["url"] or mark["source"]
    ]
    rest = _INLINE.sub(lambda mark: _INLINE.sub("", mark["text"] or ""), content)
    return _SPECIAL.search(rest) is None and all(safe_url(url) == url for url in targets)


def links_of(markdown: str) -> list[Link]:
    """Return the links to web pages in their order, without repeats, at most `MAX_LINKS`."""
    found: dict[str, Link] = {}
    for mark in _INLINE.finditer(markdown) if "](" in markdown else ():
        if mark["url"] and mark["url"][:4].lower() == "http":
            url = html.unescape(mark["url"])
            found.setdefault(url, Link(url=url, text=collapse_space(_without_marks(mark["text"]))))
            if len(found) == MAX_LINKS:
                break
    return list(found.values())


def image_urls(markdown: str) -> set[str]:
    """Return the URLs of all pictures."""
    marks = _INLINE.finditer(markdown) if "![" in markdown else ()
    return {html.unescape(mark["source"]) for mark in marks if mark["source"]}


def following(markdown: str, texts: Sequence[str]) -> str:
    """Return Markdown with these paragraphs: those that it has keep their marks, others have none.

    Pictures after the last paragraph go if a paragraph after it has gone, too."""
    lines = list(read_lines(markdown))
    places = _places(lines, texts)
    kept: list[str] = []
    last = -1
    for text, place in zip(texts, places, strict=True):
        if place is None:
            kept += ["", paragraph(text), ""]
        else:
            kept += _unread(lines, last + 1, place)
            kept.append(lines[place].source)
            last = place
    if not any(line.text for line in lines[last + 1 :]):
        kept += [line.source for line in lines[last + 1 :]]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip("\n")


def _places(lines: Sequence[Line], texts: Sequence[str]) -> list[int | None]:
    """Return for each text the index of its line, each after the one before; None where there is none."""
    known: dict[str, list[int]] = defaultdict(list)
    for place, line in enumerate(lines):
        known[line.text].append(place)
    found: list[int | None] = []
    start = 0
    for text in texts:
        places = known.get(text, ())
        at = bisect_left(places, start)
        found.append(places[at] if at < len(places) else None)
        if at < len(places):
            start = places[at] + 1
    return found


def _unread(lines: Sequence[Line], start: int, end: int) -> Iterator[str]:
    """Yield the lines without text; a table keeps a header, even if an empty one."""
    for place in range(start, end):
        line = lines[place]
        if not line.text:
            yield line.source
        elif place + 1 < len(lines) and _is_border(lines[place + 1].source):
            yield re.sub(r"[^|]+", "  ", lines[place + 1].source)


def _is_border(line: str) -> bool:
    content = line[_prefix_end(line) :]
    return _DELIMITER.fullmatch(content) is not None


def _prefix_end(line: str) -> int:
    prefix = _PREFIX.match(line)
    return prefix.end() if prefix else 0


def _text_of(line: str) -> str:
    content = line[_prefix_end(line) :]
    if not content.startswith("|"):
        return collapse_space(_without_marks(content))
    if _DELIMITER.fullmatch(content):
        return ""
    cells = [collapse_space(_without_marks(cell)) for cell in _cells(content)]
    while cells and not cells[-1]:
        cells.pop()
    return collapse_space(" | ".join(cells))


def _cells(row: str) -> Iterator[str]:
    start = 1
    for border in _CELL_BORDER.finditer(row, 1):
        if border[0] == "|":
            yield row[start : border.start()]
            start = border.end()


def _without_marks(text: str) -> str:
    return _INLINE.sub(_text_below, text)


def _text_below(mark: re.Match[str]) -> str:
    if mark["escaped"] is not None:
        return mark["escaped"]
    if mark["entity"]:
        return html.unescape(mark["entity"])
    if mark["text"] is not None:
        return _without_marks(mark["text"])
    return mark["code"] or ""
