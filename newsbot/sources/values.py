"""Validate and convert the values of a source in TOML."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from cssselect import HTMLTranslator, SelectorError

from newsbot.sources.model import ROBOTS, Selectors

Reader = Callable[[object], Any]
"""Converts a TOML value to a value of `Source`; raises ValueError with a message that states what is accepted."""


def read_table(
    table: Mapping[str, object], readers: Mapping[str, Reader], required: tuple[str, ...] = ()
) -> tuple[dict[str, Any], list[str]]:
    """Return key -> converted value, and a line about every key that is unknown, missing or invalid."""
    problems = [_unknown(key, readers) for key in table if key not in readers]
    problems += [
        f"{key}: missing; a source needs {' and '.join(required)}" for key in required if key not in table
    ]
    values = {}
    for key in (key for key in table if key in readers):
        try:
            values[key] = readers[key](table[key])
        except ValueError as error:
            problems.append(f"{key}: {error}")
    return values, problems


def _unknown(key: str, readers: Mapping[str, Reader]) -> str:
    similar = get_close_matches(key, readers, n=1)
    hint = f"did you mean {similar[0]}? " if similar else ""
    return f"{key}: unknown key; {hint}accepted are {', '.join(readers)}"


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


def _host(value: object) -> str:
    text = _text(value).lower()
    if not re.fullmatch(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*(?::[0-9]{1,5})?", text):
        raise ValueError(f'{value!r} is not accepted; a host such as "cdn.news.example" is')
    return text


def _tag(value: object) -> str:
    text = _text(value)
    if not re.fullmatch(r"[^\W_][\w.-]{0,49}", text) or text != text.lower():
        raise ValueError(
            f'{value!r} is not accepted; a tag in lower case without spaces such as "uk-tabloid" is'
        )
    return text


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


def _robots(value: object) -> str:
    if value not in ROBOTS:
        raise ValueError(f"{value!r} is not accepted; one of {', '.join(ROBOTS)} is")
    return str(value)


def _day(value: object) -> date:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise ValueError(f"{value!r} is not accepted; a date such as 2026-12-31, without quotes, is")
    return value


def _selectors(value: object) -> Selectors:
    if not isinstance(value, dict):
        raise ValueError(f"{value!r} is not accepted; a table [source.extract] is")
    values, problems = read_table(value, EXTRACT_KEYS)
    if problems:
        raise ValueError("; ".join(problems))
    return Selectors(**values)


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
    "tags": _list_of(_tag),
    "timezone": _timezone,
    "hosts": _list_of(_host),
    "offsite": _matching("store|skip", '"store" or "skip"'),
    "delay_s": _seconds,
    "enabled": _flag,
    "verified": _flag,
    "robots": _robots,
    "checked_on": _day,
    "render": _flag,
    "tls_verify": _flag,
    "extract": _selectors,
}
