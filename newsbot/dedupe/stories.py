"""The roles of the articles of a story: which one is the original, and what the others are to it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
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
    agency: str | None = None
    """Label of the agency that the article credits."""
    word_count: int = 0
    text_key: bytes = b""


def choose_original(members: Sequence[StoryMember]) -> StoryMember:
    """Return the original of a story; the order of `members` does not matter. Raises ValueError for an empty sequence.

    It is the member that most pages of other sites name in their canonical link; on a tie, the one whose source most others credit in
    their byline ("Reuters"); then the earliest; then the longest. A page without a date counts as the latest."""
    linked = Counter(_named_page(member) for member in members)
    credited = Counter(name for member in members for name in _credits(member))

    def rank(member: StoryMember) -> tuple[int, int, datetime, int, str]:
        credits_ = max((credited[name] for name in _source_names(member.source)), default=0)
        links = linked[canonicalize(member.url)]
        return -links, -credits_, member.published_at or _NEVER, -member.word_count, member.url

    return min(members, key=rank)


def roles(members: Sequence[StoryMember]) -> dict[int, Role]:
    """Return member id -> role."""
    original = choose_original(members)
    result: dict[int, Role] = {}
    first_keys: dict[str, bytes] = {}
    if original.source is not None:
        first_keys[original.source] = original.text_key
    for member in sorted(members, key=lambda member: (member.published_at or _NEVER, member.url)):
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
