"""Decides what is done with a page: inserted, revised, only seen again, or refused. Pure: reads and writes nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from newsbot.dedupe.changes import Judgement, judge
from newsbot.dedupe.feed_values import own_values
from newsbot.items import STUB, Article
from newsbot.languages.dates import MAX_AHEAD
from newsbot.store.articles.revision_rows import stored_article


@dataclass(frozen=True, slots=True)
class Existing:
    """The columns of a stored article that decide what is done with a page."""

    id: int
    content_key: bytes
    text_key: bytes
    title: str | None
    kind: str
    source: str | None
    rules: Mapping[str, str]
    entity_engine: str | None
    first_seen_at: datetime
    last_seen_at: datetime


@dataclass(frozen=True, slots=True)
class Content:
    """What a stored article says, and which of two contents it has said before."""

    columns: Mapping[str, Any]
    """`revision_rows.stored_content`."""
    replaced_keys: Collection[bytes]
    """Those of the content keys of the stored article and of the page that belong to replaced revisions."""


@dataclass(frozen=True, slots=True)
class Insert:
    """The page is a new article."""


@dataclass(frozen=True, slots=True)
class Fill:
    """The article is stored as a stub, and becomes what the page says. That is no change of the article."""

    existing: Existing
    content: Mapping[str, Any]
    """The columns of the stub."""


@dataclass(frozen=True, slots=True)
class Keep:
    """A stub for an article whose page is stored: it says nothing of it."""

    existing: Existing


@dataclass(frozen=True, slots=True)
class SeeAgain:
    """The page is the stored article, without a change that a reader would notice."""

    existing: Existing
    is_older: bool = False
    """The page comes from an archive and was fetched before the article was last seen."""
    replaces_entities: bool = False
    """Another engine has recognised the entities."""
    own: Mapping[str, Any] = field(default_factory=dict)
    """Values that the page says itself, and a feed alone has given so far. To store them is no change of the article."""


@dataclass(frozen=True, slots=True)
class Revise:
    """The page is the stored article with other content."""

    existing: Existing
    content: Mapping[str, Any]
    """The columns as they are stored."""
    old: Mapping[str, Any]
    """What was said before the change: the columns, with what the page now says itself in place of what a feed said."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """The page is another article now, or a teaser of the stored one, which stays as it is."""

    existing: Existing
    judgement: Judgement


Plan = Insert | Fill | Keep | SeeAgain | Revise | Conflict


def choose_existing(
    hashes: Iterable[bytes], stored: Mapping[bytes, Existing], *, title: str | None, text_key: bytes
) -> Existing | None:
    """Return the stored article that a page with these URLs is: the one under its first URL, whatever it says.

    An article under another URL of the page counts only if it has the same title or text: "/latest" leads to one
    article after the other. A stub counts under any URL, because a feed has listed that URL as an article's, but only if
    the page of the article is not stored."""
    found = [(place, stored[url_hash]) for place, url_hash in enumerate(hashes) if url_hash in stored]
    for place, existing in found:
        is_alike = existing.text_key == text_key or (title is not None and existing.title == title)
        if existing.kind != STUB and (place == 0 or is_alike):
            return existing
    return next((existing for _, existing in found if existing.kind == STUB), None)


def as_known(existing: Existing | None, *, clock: datetime) -> Existing | None:
    """Return a stored article as it is known by the time of this machine.

    Times more than a day later were stored with a wrong clock. Such an article counts as seen a day ago: what is fetched
    now is newer, and what comes from an archive may be older."""
    if existing is None or existing.last_seen_at <= clock + MAX_AHEAD:
        return existing
    last_seen_at = clock - MAX_AHEAD
    first_seen_at = min(existing.first_seen_at, last_seen_at)
    return replace(existing, first_seen_at=first_seen_at, last_seen_at=last_seen_at)


def needs_content(existing: Existing | None, content_key: bytes, *, now: datetime) -> bool:
    """Return whether `decide` needs the content of the stored article, which takes four statements to read."""
    if existing is None or existing.content_key == content_key:
        return False
    return existing.kind == STUB or now >= existing.last_seen_at


def decide(
    existing: Existing | None, article: Article, content_key: bytes, content: Content | None, *, now: datetime
) -> Plan:
    """Return what is done with a page. `content` is needed if `needs_content` says so.

    Two URLs may serve two forms of an article in turns. Once each of them has been replaced by the other, that is not a
    change any more."""
    if existing is None:
        return Insert()
    if article.kind == STUB != existing.kind:
        return Keep(existing)
    is_older = now < existing.last_seen_at
    if existing.content_key == content_key:
        is_new_engine = article.entity_engine not in {None, existing.entity_engine}
        return SeeAgain(existing, is_older=is_older, replaces_entities=is_new_engine)
    if existing.kind == STUB and not (is_older and article.kind == STUB):
        assert content is not None
        return Fill(existing, content.columns)
    if is_older:
        return SeeAgain(existing, is_older=True)
    assert content is not None
    own = own_values(article, existing.rules)
    old = {**content.columns, **own}
    judgement = judge(stored_article(old), article)
    if judgement.verdict in {"teaser", "other-article"}:
        return Conflict(existing, judgement)
    is_known_form = {existing.content_key, content_key} <= set(content.replaced_keys)
    if judgement.verdict != "changed" or is_known_form:
        return SeeAgain(existing, own=own)
    return Revise(existing, content.columns, old)
