"""The file of a picture: the largest real one of its element, whatever a script is to put in its place later."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from lxml import etree

MIN_PIXELS: Final = 80
"""Width or height below which a picture is an icon, if its element says so."""
MAX_FILES: Final = 60
"""Number of files of one picture that are compared."""
_SETS: Final = ("srcset", "data-srcset", "data-lazy-srcset")
_LAZY: Final = (
    *(
        "data-src",
        "data-lazy-src",
        "data-original",
        "data-lazy",
        "data-full-src",
        "data-orig-file",
        "data-large-file",
    ),
    *("data-image", "data-hi-res-src"),
)
"""Attributes from which scripts take the file. They come before `src`, which is then a placeholder."""
_ENTRY: Final = re.compile(r"[\s,]*([^\s,]\S*)(?:\s+(\d{1,5}(?:\.\d{1,3})?)([wx]))?\s*(?:,|$)")
"""A file of a srcset, with its width in pixels or its density. Source: HTML standard, 4.8.4.2.1."""
_PIXELS_PER_DENSITY: Final = 600
_NO_PICTURE: Final = re.compile(
    r"""
    (?<![a-z]) (?: blank | spacer | transparent | placeholder | pixel | 1x1 | loading | loader | lazy(?:load)? | dummy | empty
    | no[-_]?image | avatars? | gravatar | icons? | logos? | emojis? | smil(?:ey|ies) | sprite | badges? | buttons? | favicon
    | tracking | tracker | beacon | counter | author[-_]?(?:photo|image|pic)? | byline | headshots? ) (?![a-z])
    """,
    re.VERBOSE,
)
"""Words in the path of files that are no pictures of an article; the path is in lower case."""
_DRAWINGS: Final = (".svg", ".gif")
_NOSCRIPT_SOURCE: Final = re.compile(r"""<img\b[^>]{0,2000}?\ssrc=["']([^"'<>]{1,2000})""", re.IGNORECASE)
_SIZE: Final = re.compile(r"[-_]?\d{2,5}x\d{2,5}(?=\.|$)")
_PLAIN_NUMBER: Final = re.compile(r"\s*(\d{1,5})(?:px)?\s*$")


class _File(NamedTuple):
    width: float
    """In pixels; 0 where it is not said."""
    url: str


def largest_file(picture: etree._Element) -> str:
    """Return the URL of the largest file of a picture, as written; "" for icons, drawings, pixels and placeholders."""
    images = [picture, *picture.iterdescendants("img", "source")] if picture.tag != "img" else [picture]
    if any(_is_small(image) for image in images):
        return ""
    files = [file for image in images[:MAX_FILES] for file in _files(image)]
    files.sort(key=lambda file: -file.width)
    found = next((file.url for file in files if _is_real(file.url)), "")
    return found or next(filter(_is_real, _noscript_sources(picture)), "")


def file_key(url: str) -> str:
    """Return what the files of one picture in several sizes have in common: the name; the whole URL if that is short."""
    name = _path(url).rpartition("/")[2]
    name = _SIZE.sub("", name).rpartition(".")[0] or name
    return name.casefold() if len(name) > 7 else url


def _files(image: etree._Element) -> Iterator[_File]:
    for name in _SETS:
        yield from _listed(image.get(name))
    for name in _LAZY:
        if url := image.get(name):
            yield _File(0, url.strip())
    if image.tag == "img" and (url := image.get("src")):
        yield _File(0, url.strip())


def _listed(srcset: str | None) -> Iterator[_File]:
    place = 0
    for _ in range(MAX_FILES):
        entry = _ENTRY.match(srcset, place) if srcset and place < len(srcset) else None
        if entry is None:
            return
        size = float(entry[2] or 0)
        yield _File(size * _PIXELS_PER_DENSITY if entry[3] == "x" else size, entry[1])
        place = entry.end()


def _noscript_sources(picture: etree._Element) -> Iterator[str]:
    """Yield the sources of a picture for browsers without scripts, beside it."""
    beside = picture.getnext()
    if beside is None or beside.tag != "noscript":
        return
    for image in beside.iterdescendants("img"):
        yield image.get("src") or ""
    if beside.text and (found := _NOSCRIPT_SOURCE.search(beside.text[:5000])):
        yield found[1]


def _is_real(url: str) -> bool:
    if not url or url[:5].lower() == "data:":
        return False
    path = _path(url).lower()
    return not path.endswith(_DRAWINGS) and not _NO_PICTURE.search(path)


def _path(url: str) -> str:
    """Return the path of a URL, which may be relative."""
    address = url.partition("?")[0].partition("#")[0]
    return address.partition("//")[2].partition("/")[2] if "//" in address else address


def _is_small(image: etree._Element) -> bool:
    return any(
        found and int(found[1]) < MIN_PIXELS
        for found in (_PLAIN_NUMBER.match(image.get(name) or "") for name in ("width", "height"))
    )
