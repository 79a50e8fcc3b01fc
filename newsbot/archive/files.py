"""Pages saved as files: find them under a path, and read them with the metadata beside them."""

from __future__ import annotations

import glob
import gzip
import json
import os
import re
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from newsbot.capture import Capture
from newsbot.errors import InputError, TooLargeError
from newsbot.urls import is_fetchable

PAGE_SUFFIX = re.compile(r"\.(html?(\.gz)?|txt)$", re.IGNORECASE)
GONE_STATUSES = (404, 410)
"""Statuses of a saved page that count: it is what a site shows in place of a page that is gone."""
WARC_SUFFIX = re.compile(r"\.(warc(\.gz)?|wacz)$", re.IGNORECASE)


def find_pages(pattern: str) -> Iterator[Path]:
    """Yield the pages and archives at a path (a file, a folder with its subfolders, or a glob pattern), sorted by name.

    Raises InputError, at the first step, if the path does not exist or has no page.
    """
    if Path(pattern).is_file():
        yield Path(pattern)
        return
    if Path(pattern).is_dir():
        paths = _walk(pattern)
    elif glob.has_magic(pattern):
        names = sorted(glob.glob(pattern, recursive=True))  # noqa: PTH207 - patterns may be absolute
        paths = (path for name in names for path in _walk(name))
    else:
        raise InputError(f"{pattern}: no such file or folder", path=pattern)
    found = False
    for path in paths:
        found = True
        yield path
    if not found:
        raise InputError(
            f"{pattern}: no saved pages in it (.html .htm .html.gz .txt .warc .warc.gz .wacz)", path=pattern
        )


def _walk(name: str) -> Iterator[Path]:
    if Path(name).is_file():
        if _is_page(name) or is_warc(name):
            yield Path(name)
        return
    for folder, subfolders, names in os.walk(name):
        subfolders.sort()
        yield from (Path(folder, name) for name in sorted(names) if _is_page(name) or is_warc(name))


def _is_page(name: str) -> bool:
    return PAGE_SUFFIX.search(name) is not None


def is_warc(name: str) -> bool:
    """Return whether a file is a WARC or a WACZ, judged by its name."""
    return WARC_SUFFIX.search(name) is not None


def read_page(path: Path, *, max_bytes: int) -> Capture:
    """Return the capture of a saved page, unpacked if it is gzipped.

    Raises InputError if the file cannot be read or decompressed, or is larger than `max_bytes`.
    """
    body = _read_bytes(path, max_bytes)
    notes = _notes_beside(path)
    url = _url_file(path) or notes.get("url")
    return Capture(
        body=body,
        url=url if isinstance(url, str) and is_fetchable(url) else absolute_path(path).as_uri(),
        status=status if (status := notes.get("status")) in GONE_STATUSES else 200,
        retrieved_at=_moment(notes.get("fetched_at")),
        charset=charset if isinstance(charset := notes.get("charset"), str) else None,
        media="text" if path.name.lower().endswith(".txt") else "html",
    )


def absolute_path(path: Path) -> Path:
    """Return a path from the root without `.` and `..`: a file has one address, however its path is given."""
    return Path(os.path.abspath(path))  # noqa: PTH100 - Path.absolute keeps "..", Path.resolve follows links


def fetched_at(path: Path) -> datetime | None:
    """Return when a saved page was fetched, in UTC, by what is beside it; None if nothing says."""
    return _moment(_notes_beside(path).get("fetched_at"))


def _read_bytes(path: Path, max_bytes: int) -> bytes:
    opened: Any = gzip.open if path.name.lower().endswith(".gz") else open
    try:
        with opened(path, "rb") as file:
            body: bytes = file.read(max_bytes + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"{path}: cannot be read: {error}", path=str(path)) from error
    if len(body) > max_bytes:
        raise TooLargeError(f"{path}: larger than {max_bytes} bytes", path=str(path))
    return body


def _url_file(path: Path) -> str | None:
    try:
        return path.with_name(PAGE_SUFFIX.sub("", path.name) + ".url").read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return None


def _notes_beside(path: Path) -> dict[str, Any]:
    """Return the contents of `meta.json` beside a page; empty if several pages share the folder."""
    try:
        notes = json.loads(path.with_name("meta.json").read_bytes())
    except (OSError, ValueError):
        return {}
    with os.scandir(path.parent) as entries:
        neighbours = len(list(islice((entry for entry in entries if _is_page(entry.name)), 2)))
    return notes if neighbours == 1 and isinstance(notes, dict) else {}


def _moment(text: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return moment and (moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC))
