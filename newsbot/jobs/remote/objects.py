"""Files in object stores, by fsspec: `s3://bucket/key`, `gs://...`, `file:///...`, `memory://...`.

Every error becomes an InputError of one line. An error of the network must not look like a damaged record (OSError), which
readers of archives skip.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, cast

from newsbot.archive.inventory import InventoryEntry
from newsbot.errors import InputError, UsageError
from newsbot.text import one_line

BLOCK_BYTES = 4 * 2**20
"""Number of bytes that are read ahead: a request of a store costs as long as the transfer of some megabytes."""
PART_BYTES = 16 * 2**20
"""Size of the parts in which files are sent, of which a few are in memory."""
RECORD_BYTES = 256 * 2**10
"""Number of bytes that are asked for to read one record: pages of more are rare."""
EXTRAS = {"s3": "s3", "s3a": "s3"}
"""Scheme -> extra that installs what reads it."""


def is_url(place: str) -> bool:
    """Return whether a place is a URL, not a path."""
    return "://" in place


def object_url(store: str, name: str) -> str:
    """Return the URL of a file in a store that is given by its URL."""
    return f"{store.rstrip('/')}/{name}"


def file_system(url: str) -> tuple[Any, str]:
    """Return the file system of a URL, and the path in it.

    Raises UsageError if the scheme is unknown, or a package is missing. URLs in URLs (`simplecache::https://`) are refused:
    they could lead to private addresses."""
    scheme = url.partition("://")[0]
    if "::" in url:
        raise UsageError(f"{url}: URLs inside URLs are not read", url=url)
    if scheme in {"http", "https"}:
        raise UsageError(f"{url}: not an object store; accepted: s3://BUCKET/PREFIX, gs://, file://", url=url)
    try:
        import fsspec
        from fsspec.core import url_to_fs

        if scheme not in fsspec.available_protocols():
            raise UsageError(f"{url}: {scheme}:// is of an unknown kind; accepted: s3://, gs://, file://...")
        # A listing may be older than what another process has stored.
        found: tuple[Any, str] = url_to_fs(url, use_listings_cache=False)
    except ImportError as error:
        extra = EXTRAS.get(scheme)
        advice = (
            f"pip install 'newsbot[{extra or 'files'}]'" if extra or error.name == "fsspec" else str(error)
        )
        raise UsageError(f"{url}: needs a package that is not installed: {advice}", url=url) from error
    except ValueError as error:
        raise UsageError(f"{url}: {one_line(str(error))}", url=url) from error
    return found


def open_object(url: str, *, block_bytes: int = BLOCK_BYTES) -> BinaryIO:
    """Open an object to be read from any position: what is asked for is read in blocks. Raises InputError."""
    files, path = file_system(url)
    with one_line_errors(url):
        opened = files.open(path, "rb", block_size=block_bytes, cache_type="readahead")
    return cast(BinaryIO, ObjectFile(opened, url))


class ObjectFile:
    """An open object. Reading it raises InputError if the store fails."""

    def __init__(self, opened: Any, url: str) -> None:
        self._opened = opened
        self._url = url

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes."""
        with one_line_errors(self._url):
            content: bytes = self._opened.read(size)
        return content

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go to a position, and return it."""
        with one_line_errors(self._url):
            place: int = self._opened.seek(offset, whence)
        return place

    def tell(self) -> int:
        """Return the position."""
        return int(self._opened.tell())

    def seekable(self) -> bool:
        """Return that any position may be read."""
        return True

    def close(self) -> None:
        """Close the object."""
        self._opened.close()

    def __enter__(self) -> ObjectFile:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def list_objects(pattern: str) -> dict[str, int]:
    """Return the URLs of the objects that a glob matches or that are below a prefix, with their sizes, by name.

    Empty if there are none. Raises InputError."""
    import glob

    files, path = file_system(pattern)
    with one_line_errors(pattern):
        if glob.has_magic(path):
            found = files.glob(path, detail=True)
        elif files.isfile(path):
            found = {path: files.info(path)}
        else:
            found = files.find(path, detail=True)
    scheme, _, rest = pattern.partition("://")
    root = f"{scheme}:///" if rest.startswith("/") else f"{scheme}://"
    return {
        root + name.lstrip("/"): int(about["size"] or 0)
        for name, about in sorted(found.items())
        if about["type"] == "file"
    }


def size_of(url: str) -> int | None:
    """Return the size of an object in bytes; None if there is none. Raises InputError."""
    files, path = file_system(url)
    try:
        with one_line_errors(url):
            return int(files.info(path)["size"] or 0)
    except InputError as error:
        if isinstance(error.__cause__, FileNotFoundError):
            return None
        raise


def copy_object(file: BinaryIO, url: str, entries: Iterable[InventoryEntry]) -> dict[int, int]:
    """Write records of an open archive to an object; return old offset -> new offset. Raises InputError."""
    files, path = file_system(url)
    offsets: dict[int, int] = {}
    size = 0
    with one_line_errors(url), files.open(path, "wb", block_size=PART_BYTES) as target:
        for entry in entries:
            offsets[entry.offset] = size
            file.seek(entry.offset)
            target.write(file.read(entry.end - entry.offset))
            size += entry.end - entry.offset
    if size_of(url) != size:
        raise InputError(f"{url}: its content is not what was written", url=url)
    return offsets


def remove_object(url: str) -> None:
    """Delete an object. Raises InputError."""
    files, path = file_system(url)
    with one_line_errors(url):
        files.rm_file(path)


@contextmanager
def one_line_errors(url: str) -> Iterator[None]:
    """Raise whatever a file system raises as an InputError of one line."""
    try:
        yield
    except InputError:
        raise
    except Exception as error:
        raise InputError(f"{url}: {_reason(error)}", url=url) from error


def _reason(error: Exception) -> str:
    said = one_line(str(error)) or type(error).__name__
    if isinstance(error, FileNotFoundError):
        return "there is no such object or bucket"
    if isinstance(error, PermissionError):
        return f"access is refused; see the credentials of the store ({said})"
    if type(error).__name__ in {"NoCredentialsError", "PartialCredentialsError", "DefaultCredentialsError"}:
        return f"credentials are missing ({said})"
    return f"cannot be read or written: {said}"
