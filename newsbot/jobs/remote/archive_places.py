"""Where archives are: files and folders here, URLs, prefixes of object stores, and lists of any of them."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlsplit

from newsbot.archive.files import find_pages, is_warc
from newsbot.archive.warc_pages import Opener, Place, open_file
from newsbot.errors import InputError
from newsbot.jobs.remote.http_files import Client, ask_size, open_http
from newsbot.jobs.remote.objects import BLOCK_BYTES, is_url, list_objects, open_object, size_of
from newsbot.settings import Configuration

ASKED_AT_ONCE = 16
"""Number of files whose sizes are asked for at the same time."""
MAX_LIST_BYTES = 200 * 2**20
"""Maximum size of a list: a million paths of Common Crawl take about half of it."""
_LISTS = (".paths", ".paths.gz", ".paths.txt")


@dataclass(frozen=True, slots=True)
class FoundArchive:
    """An archive that can be read."""

    place: str
    """Absolute path, or URL."""
    size: int
    has_ranges: bool = True
    """Whether it can be read from any position."""

    @property
    def is_here(self) -> bool:
        """Whether it is a file of this machine."""
        return not is_url(self.place)


def opener_of(settings: Configuration, block_bytes: int = BLOCK_BYTES) -> Opener:
    """Return what opens archives, wherever they are."""
    return partial(_open, client_of(settings), block_bytes)


def client_of(settings: Configuration) -> Client:
    """Return how servers of HTTP are asked."""
    return Client(settings.allowed_networks, settings.user_agent)


def _open(client: Client, block_bytes: int, place: Place) -> BinaryIO:
    if isinstance(place, Path) or not is_url(place):
        return open_file(place)
    if _is_web(place):
        return open_http(place, client)
    return open_object(place, block_bytes=block_bytes)


def find_archives(
    patterns: Iterable[str], *, lists: Iterable[str] = (), base_url: str = "", client: Client
) -> tuple[list[FoundArchive], list[str]]:
    """Return the archives of paths, URLs and lists, without repeats, and why listed ones cannot be read.

    A pattern that begins with @, and one that ends with .paths.gz as those of Common Crawl, is a list; its relative lines
    are below `base_url`, else beside the list. Raises InputError for a pattern without any archive."""
    found: dict[str, FoundArchive] = {}
    listed: list[str] = []
    for pattern in patterns:
        if pattern.startswith("@") or pattern.endswith(_LISTS):
            listed += _read_list(pattern.removeprefix("@"), base_url, client)
        else:
            found |= {archive.place: archive for archive in _find(pattern, client)}
    for place in lists:
        listed += _read_list(place, base_url, client)
    more, failures = _ask_all([place for place in dict.fromkeys(listed) if place not in found], client)
    return [*found.values(), *more], failures


def _find(pattern: str, client: Client) -> list[FoundArchive]:
    if not is_url(pattern):
        paths = [path.absolute() for path in find_pages(pattern) if is_warc(path.name)]
        found = [FoundArchive(str(path), path.stat().st_size) for path in paths]
    elif _is_web(pattern):
        found = [find_archive(pattern, client)] if is_warc(urlsplit(pattern).path) else []
    else:
        found = [FoundArchive(url, size) for url, size in list_objects(pattern).items() if is_warc(url)]
    if not found:
        raise InputError(f"{pattern}: no archive in it (.warc .warc.gz .wacz)", path=pattern)
    return found


def _ask_all(places: Sequence[str], client: Client) -> tuple[list[FoundArchive], list[str]]:
    found, failures = [], []
    with ThreadPoolExecutor(ASKED_AT_ONCE) as pool:
        asked = [pool.submit(find_archive, place, client) for place in places]
    for answer in asked:
        error = answer.exception()
        if error is None:
            found.append(answer.result())
        elif isinstance(error, InputError):
            failures.append(str(error))
        else:
            raise error
    return found, failures


def find_archive(place: str, client: Client) -> FoundArchive:
    """Return one archive, given by its whole path or URL. Raises InputError if it is not there."""
    if not is_url(place):
        path = Path(place).absolute()
        if not path.is_file():
            raise InputError(f"{place}: no such file", path=place)
        return FoundArchive(str(path), path.stat().st_size)
    if _is_web(place):
        about = ask_size(place, client)
        return FoundArchive(place, about.size, about.has_ranges)
    size = size_of(place)
    if size is None:
        raise InputError(f"{place}: there is no such object or bucket", url=place)
    return FoundArchive(place, size)


# ------------------------------------------------------------------ lists


def _read_list(place: str, base_url: str, client: Client) -> list[str]:
    """Return the archives that a list names, one a line; empty lines and comments (#) are left out.

    Raises InputError if it cannot be read, or names none."""
    lines = (line.strip() for line in _lines(place, client))
    named = [_resolved(line, place, base_url) for line in lines if line and not line.startswith("#")]
    if not named:
        raise InputError(f"{place}: names no archive", path=place)
    return named


def _resolved(line: str, place: str, base_url: str) -> str:
    """Return the place that a line of a list means; only a list of this machine may name files of this machine."""
    if is_url(line):
        is_local = line.startswith(("file:", "local:", "memory:"))
        if is_local and is_url(place) and not place.startswith(line.partition("://")[0]):
            raise InputError(f"{place}: names {line}, which is not elsewhere", url=place)
        return line
    if base_url:
        return f"{base_url.rstrip('/')}/{line.lstrip('/')}"
    if not is_url(place):
        return str(Path(place).parent / line)
    name = line.lstrip("/")
    above, folder, _ = place.partition(f"/{name.partition('/')[0]}/")
    if folder:  # Common Crawl names files from the root, in lists that are below the same folder
        return f"{above}/{name}"
    return f"{place.rpartition('/')[0]}/{name}"


def _lines(place: str, client: Client) -> list[str]:
    try:
        with _open(client, BLOCK_BYTES, place) as file:
            content = file.read(MAX_LIST_BYTES + 1)
        if content[:2] == b"\x1f\x8b":
            content = zlib.decompressobj(wbits=47).decompress(content, MAX_LIST_BYTES + 1)
        if len(content) > MAX_LIST_BYTES:
            raise InputError(f"{place}: longer than any list of archives", path=place)
        return content.decode().splitlines()
    except (OSError, ValueError, zlib.error) as error:
        raise InputError(f"{place}: not a list of archives: {error}", path=place) from error


def _is_web(place: str) -> bool:
    return place.startswith(("http://", "https://"))
