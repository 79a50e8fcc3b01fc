"""Reading sources from TOML, strictly: a mistake is told with the file, the source, the key and what is accepted.

The catalog that is shipped lies in the folder `catalog/` beside this module, one file a publisher.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit
from zoneinfo import ZoneInfo

from cssselect import HTMLTranslator, SelectorError

from newsbot.errors import UsageError
from newsbot.sources.model import Selectors, Source

SHIPPED_CATALOG = Path(__file__).with_name("catalog")

Reader = Callable[[object], Any]
"""Takes a TOML value, returns what the `Source` keeps; raises ValueError that says what is accepted."""


def load_sources(path: str | None = None) -> dict[str, Source]:
    """Return the sources by key: of a TOML file, of every `*.toml` of a folder, or those shipped (None, "").

    Raises `UsageError`, one line, for a missing path, broken TOML, an unknown or missing key, a value of the
    wrong form, or a source key that is given twice.
    """
    sources: dict[str, Source] = {}
    files: dict[str, Path] = {}
    for file in _toml_files(Path(path).expanduser() if path else SHIPPED_CATALOG):
        for source in _read_file(file):
            if source.key in sources:
                problem = f"key is already used in {files[source.key]}; every source has its own"
                raise _error(file, source.key, problem)
            sources[source.key], files[source.key] = source, file
    return sources


def sources_by_host(sources: Mapping[str, Source]) -> dict[str, list[Source]]:
    """Return the index that `source_for` asks: host of the homepage -> its sources, longest path first."""
    hosts: dict[str, list[Source]] = {}
    for source in sources.values():
        hosts.setdefault(_site(urlsplit(source.homepage)), []).append(source)
    for sharing in hosts.values():
        sharing.sort(key=lambda source: len(urlsplit(source.homepage).path), reverse=True)
    return hosts


def source_for(url: str, hosts: Mapping[str, list[Source]]) -> Source | None:
    """Return the source whose homepage is on the host of `url` or on a parent domain of it, or None.

    Where sources share a host, the one whose homepage path `url` begins with wins, else the most general one.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    site = _site(parts)
    while site:
        if sharing := hosts.get(site):
            fitting = (s for s in sharing if parts.path.startswith(urlsplit(s.homepage).path))
            return next(fitting, sharing[-1])
        site = site.partition(".")[2]
    return None


def _site(parts: SplitResult) -> str:
    """Return host and, unless it is the default one, port; `www.` does not tell sites apart."""
    site = parts.netloc.rpartition("@")[2].lower().removeprefix("www.")
    return site.removesuffix({"http": ":80", "https": ":443"}.get(parts.scheme, ":"))


def _toml_files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    files = sorted(path.glob("*.toml")) if path.is_dir() else []
    if not files:
        raise UsageError(f"{path}: no sources: a TOML file or a folder of them is accepted", path=str(path))
    return files


def _read_file(file: Path) -> Iterator[Source]:
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"{file}: not readable as TOML: {error}", path=str(file)) from error
    tables = document.pop("source", None)
    if document or not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        extra = ", ".join(document) or "source"
        raise UsageError(f"{file}: {extra}: only [[source]] tables are accepted", path=str(file))
    for number, table in enumerate(tables, start=1):
        yield _read_source(file, table, str(table.get("key", f"number {number}")))


def _read_source(file: Path, table: dict[str, Any], key: str) -> Source:
    try:
        values = _read_table(table, SOURCE_KEYS, required=("key", "homepage"))
    except ValueError as error:
        raise _error(file, key, str(error)) from error
    values.setdefault("name", values["key"])
    if "extract" in values:
        values["selectors"] = values.pop("extract")
    return Source(**values)


def _error(file: Path, key: str, problem: str) -> UsageError:
    return UsageError(f'{file}: source "{key}": {problem}', source=key, path=str(file))


def _read_table(
    table: Mapping[str, object], readers: Mapping[str, Reader], required: tuple[str, ...] = ()
) -> dict[str, Any]:
    if unknown := [key for key in table if key not in readers]:
        raise ValueError(f"{unknown[0]}: unknown key; accepted are {', '.join(readers)}")
    if missing := [key for key in required if key not in table]:
        raise ValueError(f"{missing[0]}: missing; a source needs {' and '.join(required)}")
    values = {}
    for key, value in table.items():
        try:
            values[key] = readers[key](value)
        except ValueError as error:
            raise ValueError(f"{key}: {error}") from error
    return values


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{value!r} is not accepted; a text that is not empty is")
    return value


def _matching(pattern: str, meaning: str) -> Reader:
    def read(value: object) -> str:
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            raise ValueError(f"{value!r} is not accepted; {meaning} is")
        return value

    return read


def _list_of(read: Reader) -> Reader:
    def read_list(value: object) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise ValueError(f"{value!r} is not accepted; a list is")
        return tuple(read(element) for element in value)

    return read_list


def _url(value: object) -> str:
    try:
        parts = urlsplit(_text(value))
        valid = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        valid = False
    if not valid or re.search(r"\s", str(value)):
        raise ValueError(f"{value!r} is not accepted; an absolute http or https URL is")
    return str(value)


def _pattern(value: object) -> re.Pattern[str]:
    try:
        return re.compile(_text(value))
    except (re.error, RecursionError, OverflowError) as error:
        raise ValueError(f"{value!r} is not accepted; a regular expression is ({error})") from error


def _selector(value: object) -> str:
    selector = _text(value)
    try:
        HTMLTranslator().css_to_xpath(selector)
    except SelectorError as error:
        raise ValueError(f"{value!r} is not accepted; a CSS selector is ({error})") from error
    return selector


def _timezone(value: object) -> ZoneInfo:
    try:
        return ZoneInfo(_text(value))
    except (ValueError, OSError, LookupError) as error:
        raise ValueError(
            f'{value!r} is not accepted; an IANA time zone such as "Europe/London" is'
        ) from error


def _seconds(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < math.inf:
        raise ValueError(f"{value!r} is not accepted; a number of seconds, 0 or more, is")
    return float(value)


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"{value!r} is not accepted; true or false is")
    return value


def _day(value: object) -> date:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise ValueError(f"{value!r} is not accepted; a date such as 2026-12-31, without quotes, is")
    return value


def _selectors(value: object) -> Selectors:
    if not isinstance(value, dict):
        raise ValueError(f"{value!r} is not accepted; a table [source.extract] is")
    return Selectors(**_read_table(value, EXTRACT_KEYS))


EXTRACT_KEYS: dict[str, Reader] = {
    "title": _selector,
    "body": _selector,
    "remove": _list_of(_selector),
    "valid_until": _day,
}
SOURCE_KEYS: dict[str, Reader] = {
    "key": _matching(r"[a-z0-9-]+", "lower-case letters, digits and hyphens (example-news)"),
    "name": _text,
    "homepage": _url,
    "feeds": _list_of(_url),
    "sitemaps": _list_of(_url),
    "sections": _list_of(_url),
    "article_urls": _list_of(_pattern),
    "language": _matching(r"[a-z]{2,3}", 'an ISO 639 code such as "en"'),
    "country": _matching(r"[A-Z]{2}", 'an ISO 3166-1 alpha-2 code such as "GB"'),
    "timezone": _timezone,
    "delay_s": _seconds,
    "enabled": _flag,
    "verified": _flag,
    "extract": _selectors,
}
