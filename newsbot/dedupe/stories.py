"""The roles of the articles of a story: which one is the original, and what the others are to it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Literal

from newsbot.dedupe.agencies import agency_named
from newsbot.sources.ownership import is_same_site
from newsbot.urls import canonicalize

Role = Literal["original", "copy", "update", "excerpt"]
"""`update`: a later version by the same source. `excerpt`: a part of the text; related to the story, but no member of it."""

_NEVER = datetime.max.replace(tzinfo=UTC)
_NOT_IN_NAMES = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryMember:
    """The fields of an article that decide its role in a story."""

    id: int
    url: str
    canonical_url: str | None = None
    source: str | None = None
    authors: Sequence[str] = field(default=())
    published_at: datetime | None = None
    published_offset_min: int | None = None
    first_seen_at: datetime | None = None
    agency: str | None = None
    """Label of the agency that the article credits."""
    word_count: int = 0
    text_key: bytes = b""


def choose_original(members: Sequence[StoryMember]) -> StoryMember:
    """Return the original of a story; the order of `members` does not matter. Raises ValueError for an empty sequence.

    It is the member that most pages of other sites name in their canonical link; on a tie, the one whose source most others
    credit in their byline ("Reuters"); then the earliest; then one with an address on the web; then the one that was seen
    first; then the longest."""
    linked = Counter(_named_page(member) for member in members)
    credited = Counter(name for member in members for name in _credits(member))

    def rank(member: StoryMember) -> tuple[int, int, datetime, bool, datetime, int, str]:
        credits_ = max((credited[name] for name in _source_names(member.source)), default=0)
        links, is_file = linked[canonicalize(member.url)], member.url.startswith("file:")
        seen_at = member.first_seen_at or _NEVER
        return -links, -credits_, _latest(member), is_file, seen_at, -member.word_count, member.url

    return min(members, key=rank)


def _latest(member: StoryMember) -> datetime:
    """Return the moment until which a member was published for certain.

    Of a day without a time, that is the end of the day, or when the page was first seen in it: at midnight, it would be
    called earlier than a page of the same day that gives a time. A page without a date counts as the latest."""
    at = member.published_at
    if at is None:
        return _NEVER
    if (at + timedelta(minutes=member.published_offset_min or 0)).time() != time():
        return at
    end = at + timedelta(days=1)
    return min(end, max(at, member.first_seen_at)) if member.first_seen_at else end


def roles(members: Sequence[StoryMember]) -> dict[int, Role]:
    """Return member id -> role."""
    original = choose_original(members)
    result: dict[int, Role] = {}
    first_keys: dict[str, bytes] = {}
    if original.source is not None:
        first_keys[original.source] = original.text_key
    for member in sorted(members, key=lambda member: (_latest(member), member.url)):
        if member is original:
            result[member.id] = "original"
            continue
        first = first_keys.setdefault(member.source, member.text_key) if member.source else member.text_key
        result[member.id] = "copy" if first == member.text_key else "update"
    return result


def _named_page(member: StoryMember) -> str | None:
    """Return the canonical URL that a member declares, if it is on another site: no site can vote for itself."""
    if member.canonical_url is None or is_same_site(member.canonical_url, member.url):
        return None
    return canonicalize(member.canonical_url)


def _folded(name: str) -> str:
    return _NOT_IN_NAMES.sub("", name).casefold()


def _credits(member: StoryMember) -> set[str]:
    """Return the folded names that a member credits: its authors and the label of its agency."""
    return {_folded(name) for name in (*member.authors, member.agency or "")} - {""}


def _source_names(source: str | None) -> set[str]:
    """Return the folded names by which bylines may credit a source: "news", "reuters" and "example" for `news.reuters.example`."""
    labels = {_folded(label) for label in (source or "").split(".")} - {""}
    return labels | {_folded(agency) for label in labels if (agency := agency_named(label))}
