"""Who told a story first, and what the others made of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from newsbot.dedupe.agencies import agency_named
from newsbot.urls import canonicalize

Role = Literal["original", "copy", "update", "excerpt"]
"""`update`: the source's own later version. `excerpt`: a part of the text, related to the story but not of it."""

_NEVER = datetime.max.replace(tzinfo=UTC)
_NOT_IN_NAMES = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryMember:
    """What of an article decides its part in a story."""

    id: int
    url: str
    canonical_url: str | None = None
    source: str | None = None
    authors: Sequence[str] = field(default=())
    published_at: datetime | None = None
    agency: str | None = None
    """Which it credits."""
    word_count: int = 0
    text_key: bytes = b""


def choose_original(members: Sequence[StoryMember]) -> StoryMember:
    """Return the member that the others repeat, whatever the order in which they were met.

    The one that most others name by their canonical link; else, that most credit in their byline ("Reuters"); else
    the earliest; else the longest. A page without a date is later than any with one."""
    linked = Counter(_named_page(member) for member in members)
    credited = Counter(name for member in members for name in _credits(member))

    def rank(member: StoryMember) -> tuple[int, int, datetime, int, str]:
        credits_ = max((credited[name] for name in _source_names(member.source)), default=0)
        links = linked[canonicalize(member.url)]
        return -links, -credits_, member.published_at or _NEVER, -member.word_count, member.url

    return min(members, key=rank)


def roles(members: Sequence[StoryMember]) -> dict[int, Role]:
    """Return the part of every member, by its id."""
    original = choose_original(members)
    parts: dict[int, Role] = {}
    told: dict[str, bytes] = {}
    if original.source is not None:
        told[original.source] = original.text_key
    for member in sorted(members, key=lambda each: (each.published_at or _NEVER, each.url)):
        if member is original:
            parts[member.id] = "original"
            continue
        first = told.setdefault(member.source, member.text_key) if member.source else member.text_key
        parts[member.id] = "copy" if first == member.text_key else "update"
    return parts


def _named_page(member: StoryMember) -> str | None:
    """Return the page that a member names as the original, if it is another one."""
    if member.canonical_url is None:
        return None
    named = canonicalize(member.canonical_url)
    return None if named == canonicalize(member.url) else named


def _folded(name: str) -> str:
    return _NOT_IN_NAMES.sub("", name).casefold()


def _credits(member: StoryMember) -> set[str]:
    """Return whom a member credits, folded: its authors, and an agency by its label."""
    return {_folded(name) for name in (*member.authors, member.agency or "")} - {""}


def _source_names(source: str | None) -> set[str]:
    """Return how bylines may write a source, folded: of `news.reuters.example` "news", "reuters" and "example"."""
    labels = {_folded(label) for label in (source or "").split(".")} - {""}
    return labels | {_folded(agency) for label in labels if (agency := agency_named(label))}
