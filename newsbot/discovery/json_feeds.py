"""Read JSON Feeds, also those that are cut off. Source: jsonfeed.org 1.1."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress

from newsbot.discovery.entries import MAX_RAW_CHARS, MAX_VALUES, Entry, FeedContents
from newsbot.discovery.links import web_url
from newsbot.text import without_surrogates


def read_json_feed(text: str, url: str, max_entries: int) -> FeedContents | None:
    """Return the contents of the JSON Feed fetched from `url`; None if the text is none."""
    text = without_surrogates(text)
    try:
        document, whole = json.loads(text), True
    except (ValueError, RecursionError):
        document, whole = _cut_off(text, max_entries), False
    if "jsonfeed.org" not in str(document.get("version"))[:MAX_RAW_CHARS]:
        return None
    items = [item for item in _list(document, "items") if isinstance(item, dict)]
    return FeedContents(
        kind="json",
        base=web_url(_string(document, "home_page_url"), "") or url,
        entries=[_entry(item) for item in items[:max_entries]],
        title=_string(document, "title"),
        authors=tuple(_authors(document)),
        language=_string(document, "language"),
        whole=whole and len(items) <= max_entries,
    )


def _entry(item: Mapping[str, object]) -> Entry:
    return Entry(
        hrefs=[href for key in ("url", "external_url") if (href := _string(item, key))],
        title=_string(item, "title"),
        published=_string(item, "date_published"),
        modified=_string(item, "date_modified"),
        guid=_string(item, "id"),
        authors=tuple(_authors(item)),
        topics=tuple(tag for tag in _list(item, "tags")[:MAX_VALUES] if isinstance(tag, str)),
        language=_string(item, "language"),
        summary=next(filter(None, (_string(item, key) for key in _SUMMARIES)), None),
    )


_SUMMARIES = ("summary", "content_text", "content_html")


def _authors(document: Mapping[str, object]) -> Iterator[str]:
    """Yield the names of `authors`, or of version 1.0's single `author`."""
    for author in [*_list(document, "authors")[:MAX_VALUES], document.get("author")]:
        if isinstance(author, dict) and (name := _string(author, "name")):
            yield name


def _cut_off(text: str, max_entries: int) -> dict[str, object]:
    """Return what is before the entries of a truncated JSON Feed, and its complete entries."""
    version = re.search(r'"version"\s*:\s*"([^"]{1,100})"', text)
    start = re.search(r'"items"\s*:\s*\[', text)
    entries: list[object] = []
    position = start.end() if start else len(text)
    with suppress(ValueError, RecursionError):  # the first incomplete entry ends the loop
        while len(entries) <= max_entries:
            entry, position = json.JSONDecoder().raw_decode(text, _next_value(text, position))
            entries.append(entry)
    return {"version": version and version[1], **_head(text[: start.end() if start else 0]), "items": entries}


def _head(text: str) -> dict[str, object]:
    """Return what a JSON Feed says of itself up to the `[` of its entries; {} if that is no valid JSON."""
    with suppress(ValueError, RecursionError):
        head = json.loads(f"{text}]}}")
        return head if isinstance(head, dict) else {}
    return {}


def _next_value(text: str, position: int) -> int:
    while text[position : position + 1] in tuple(" \t\r\n,"):
        position += 1
    return position


def _string(document: Mapping[str, object], key: str) -> str | None:
    value = document.get(key)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if abs(value) < 10**18 else None  # ids are numbers in some feeds
    return value[:MAX_RAW_CHARS] if isinstance(value, str) else None


def _list(document: Mapping[str, object], key: str) -> list[object]:
    value = document.get(key)
    return value if isinstance(value, list) else []
