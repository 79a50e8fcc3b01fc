"""Decides what is done with a page: inserted, revised, only seen again, or refused. Pure: reads and writes nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from newsbot.dedupe.changes import Judgement, judge
from newsbot.dedupe.feed_values import own_values
from newsbot.items import STUB, Article
from newsbot.languages.calendar.future import MAX_AHEAD
from newsbot.sources.ownership import is_same_site
from newsbot.store.articles.revision_rows import stored_article
from newsbot.store.schema.identity import ArticleKeys, url_hash


@dataclass(frozen=True, slots=True)
class Existing:
    """The columns of a stored article that decide what is done with a page."""

    id: int
    url: str
    content_key: bytes
    text_key: bytes
    title: str | None
    kind: str
    source: str | None
    rules: Mapping[str, str]
    entity_engine: str | None
    first_seen_at: datetime
    last_seen_at: datetime
    gone_at: datetime | None = None


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
    by_rules: bool = False
    """The page has the same bytes as before, and newsbot reads it differently now."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """The page is a teaser of the stored article, which stays as it is."""

    existing: Existing
    judgement: Judgement


@dataclass(frozen=True, slots=True)
class Another:
    """The page shows another article than the stored one, which stays as it is."""

    existing: Existing


Plan = Insert | Fill | Keep | SeeAgain | Revise | Conflict


def candidates(article: Article, keys: ArticleKeys, stored: Mapping[bytes, Existing]) -> list[Existing]:
    """Return the stored articles that a page may be, in the order in which it is to be compared with them.

    The first is the article under the URL that it declares, whatever it says, and then the one under its own URL: templates
    declare one URL for many pages. An article under another URL of the page, or under its own if it declares a new one,
    counts only if it has the same title or text: "/latest" leads to one article after the other. Last comes a stub under
    any URL that led here, because a feed has listed that URL as an article's."""
    owners, first = holders(article, keys, stored), keys.url_keys[0]
    articles = [
        existing
        for key, existing in owners.items()
        if existing.kind != STUB
        and (
            key == first
            or (key == keys.own and first in owners)
            or existing.text_key == keys.text_key
            or (article.title is not None and existing.title == article.title)
        )
    ]
    stubs = sorted({other.id: other for other in stored.values() if other.kind == STUB}.items())
    return list(
        {existing.id: existing for existing in (*articles, *(stub for _, stub in stubs[:1]))}.values()
    )


def as_known(existing: Existing, *, clock: datetime) -> Existing:
    """Return a stored article as it is known by the time of this machine.

    Times more than a day later were stored with a wrong clock. Such an article counts as seen a day ago: what is fetched
    now is newer, and what comes from an archive may be older."""
    if existing.last_seen_at <= clock + MAX_AHEAD:
        return existing
    last_seen_at = clock - MAX_AHEAD
    first_seen_at = min(existing.first_seen_at, last_seen_at)
    return replace(existing, first_seen_at=first_seen_at, last_seen_at=last_seen_at)


def holders(article: Article, keys: ArticleKeys, stored: Mapping[bytes, Existing]) -> dict[str, Existing]:
    """Return the stored articles that own URLs of a page, by these URLs.

    An article of another site and source does not own them, even if it was stored under them: a page of that site once
    named the URL as its canonical one, or the URL of a stub redirected there."""
    by_key = {key: stored[url_hash(key)] for key in keys.url_keys if url_hash(key) in stored}
    return {
        key: existing
        for key, existing in by_key.items()
        if is_same_site(existing.url, key) or (existing.source and existing.source == article.source)
    }


def needs_content(existing: Existing, content_key: bytes) -> bool:
    """Return whether `decide` needs the content of the stored article, which takes four statements to read."""
    return existing.content_key != content_key


def decide(
    existing: Existing, article: Article, content_key: bytes, content: Content | None, *, now: datetime
) -> Plan | Another:
    """Return what is done with a page that may be a stored article. `content` is needed if `needs_content` says so.

    Two URLs may serve two forms of an article in turns. Once each of them has been replaced by the other, that is not a
    change any more."""
    if article.kind == STUB != existing.kind:
        return Keep(existing)
    is_older = now < existing.last_seen_at
    if existing.content_key == content_key:
        is_new_engine = article.entity_engine not in {None, existing.entity_engine}
        return SeeAgain(existing, is_older=is_older, replaces_entities=is_new_engine)
    assert content is not None
    if existing.kind == STUB:
        is_said_earlier = is_older and article.kind == STUB
        return SeeAgain(existing, is_older=True) if is_said_earlier else Fill(existing, content.columns)
    if is_older:
        is_another = judge(article, stored_article(content.columns)).verdict == "other-article"
        return Another(existing) if is_another else SeeAgain(existing, is_older=True)
    return _decide_newer(existing, article, content_key, content)


def _decide_newer(
    existing: Existing, article: Article, content_key: bytes, content: Content
) -> Plan | Another:
    own = own_values(article, existing.rules)
    old = {**content.columns, **own}
    judgement = judge(stored_article(old), article)
    if judgement.verdict == "other-article":
        return Another(existing)
    if judgement.verdict == "teaser":
        return Conflict(existing, judgement)
    is_known_form = {existing.content_key, content_key} <= set(content.replaced_keys)
    if judgement.verdict != "changed" or is_known_form:
        return SeeAgain(existing, own=own)
    return Revise(existing, content.columns, old)
