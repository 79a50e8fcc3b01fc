"""Writes the links of a feed, sitemap or section to the frontier: new pages, and known ones that have changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import Any, Literal, NamedTuple
from urllib.parse import urlsplit

from sqlalchemy import and_, bindparam, or_, select, update
from sqlalchemy.orm import Session

from newsbot.discovery.links import Link
from newsbot.discovery.timing.claims import Seen, is_tried_again, judge_claims
from newsbot.items import utc_text
from newsbot.languages.calendar.dates import believed
from newsbot.store.crawl.budgets import take_refetches
from newsbot.store.crawl.feed_entries import entry_json, entry_key, guid_key
from newsbot.store.crawl.frontier import priority
from newsbot.store.crawl.learnt_parameters import shape, without_learnt
from newsbot.store.schema.identity import url_hash
from newsbot.store.schema.models import FrontierRow, PastUrl
from newsbot.store.schema.types import BEGINNING_OF_TIME
from newsbot.store.sql import dialect
from newsbot.urls import authority_of, canonicalize

MIN_GUID_LENGTH = 8
"""Length from which an identifier is taken for more than a place in a list ("item-3")."""
MAX_TRIED_AGAIN = 10
"""Maximum number of pages of a document that are tried again at a poll, after they could not be read."""
_UNREAD = frozenset({"error", "robots", "fetch-failed", "headers-too-large"})
"""Reasons of rejects, besides answers of the server, with which a page is given up that may be readable later."""
CHUNK = 500
"""Number of links in one statement: databases accept some ten thousand values."""

_FRONTIER = FrontierRow.metadata.tables["frontier"]
_KNOWN = select(
    _FRONTIER.c.id,
    _FRONTIER.c.url_hash,
    _FRONTIER.c.guid_key,
    _FRONTIER.c.url,
    _FRONTIER.c.state,
    _FRONTIER.c.discovered_in,
    _FRONTIER.c.done_at,
    _FRONTIER.c.last_error,
    _FRONTIER.c.false_claims,
    _FRONTIER.c.expected_change_at,
    _FRONTIER.c.entry,
    _FRONTIER.c.entry_key,
)
_LISTED_AGAIN = (
    update(_FRONTIER)
    .where(_FRONTIER.c.id == bindparam("row_id"))
    .values(
        expected_change_at=bindparam("dated"),
        entry=bindparam("new_entry"),
        entry_key=bindparam("new_key"),
    )
)
_REFETCH = (
    update(_FRONTIER)
    .where(
        _FRONTIER.c.id == bindparam("row_id"), or_(_FRONTIER.c.state == "done", _FRONTIER.c.state == "gone")
    )
    .values(state="done", next_try_at=bindparam("due_at"), has_claim=True)
)


def add_links(
    session: Session,
    links: Iterable[Link],
    *,
    source: str,
    feed_id: int | None,
    now: datetime,
    offsite: Collection[str] = (),
) -> list[Link]:
    """Insert links that are not known yet, and schedule changed pages again; return the new ones.

    A link that has left the frontier is inserted again only if its page has changed since. A link is known by its URL, or by what stays the same when its URL changes (`Key`). Whether a page is fetched again is
    decided by `discovery.timing.claims`. `offsite` are the URLs of pages of other sites."""
    found = _by_key(session, links, source)
    known = _known(session, found, source)
    unknown = {key: link for key, link in found.items() if key not in known}
    new = _without_past(session, unknown, now)
    _insert(session, new, source=source, feed_id=feed_id, now=now, offsite=offsite)
    listed = [
        (known[key], _for_row(known[key], link, feed_id)) for key, link in found.items() if key in known
    ]
    _list_again(session, listed, source, now)
    return list(new.values())


class Key(NamedTuple):
    """What identifies a link."""

    url: bytes
    """Hash of the URL."""
    entry: bytes | None
    """Hash of what stays the same when the URL changes; None if there is nothing of the kind."""
    kind: Literal["guid", "headline", "url"]
    """What `entry` is made of: the feed's identifier, headline and date, or the URL without its learnt parts."""


def _by_key(session: Session, links: Iterable[Link], source: str) -> dict[Key, Link]:
    """Return the links by their keys, in the order of the keys.

    In this order two transactions that insert the same links do not wait for each other."""
    links = list(links)
    short = without_learnt(session, [link.url for link in links])
    # Some feeds give all entries the same identifier, or the same headline.
    uses = Counter(name for link in links for name in (link.guid, _headline(link)) if name)
    found = {}
    for link in links:
        kind, identity = _identity(link, uses, short)
        entry = guid_key(source, identity) if identity else None
        found[Key(url_hash(canonicalize(link.url)), entry, kind)] = link
    return dict(sorted(found.items(), key=lambda item: item[0].url))


def _identity(
    link: Link, uses: Counter[str], short: Mapping[str, str]
) -> tuple[Literal["guid", "headline", "url"], str | None]:
    headline = _headline(link)
    is_address = link.guid is not None and link.guid.startswith(("http://", "https://"))
    is_own_address = is_address and canonicalize(link.guid or "") == canonicalize(link.url)
    if link.guid and uses[link.guid] == 1 and not is_own_address:  # that one changes with the URL
        return "guid", link.guid
    if headline and uses[headline] == 1:
        return "headline", headline
    return "url", short.get(link.url)


def _headline(link: Link) -> str | None:
    """Return headline and date of publication of a link; None if it does not have both."""
    return f"{link.title}\n{utc_text(link.published_at)}" if link.title and link.published_at else None


def _known(session: Session, found: dict[Key, Link], source: str) -> dict[Key, Any]:
    """Return the rows of the links that are known."""
    known: dict[Key, Any] = {}
    for chunk in _chunks(found):
        entries = [key.entry for key in chunk if key.entry]
        by_url = _FRONTIER.c.url_hash.in_([key.url for key in chunk])
        by_entry = and_(_FRONTIER.c.source == source, _FRONTIER.c.guid_key.in_(entries))
        rows = session.execute(_KNOWN.where(or_(by_url, by_entry) if entries else by_url)).all()
        of_url = {row.url_hash: row for row in rows}
        of_entry = {row.guid_key: row for row in rows if row.guid_key}
        for key in chunk:
            row = of_url.get(key.url) or of_entry.get(key.entry or b"")
            if row is not None and (row.url_hash == key.url or _is_same_entry(row, found[key], key)):
                known[key] = row
    return known


def _without_past(session: Session, new: dict[Key, Link], now: datetime) -> dict[Key, Link]:
    """Return the links without those that have left the frontier, unless they are dated after they were last read."""
    past: dict[bytes, datetime] = {}
    for chunk in _chunks(new):
        query = select(PastUrl.url_hash, PastUrl.done_at)
        rows = session.execute(query.where(PastUrl.url_hash.in_([key.url for key in chunk]))).all()
        past |= {row.url_hash: row.done_at for row in rows}
    return {
        key: link
        for key, link in new.items()
        if key.url not in past or (link.modified_at and past[key.url] < link.modified_at <= now)
    }


def _is_same_entry(row: Any, link: Link, key: Key) -> bool:
    """Return whether a link with the identity of a known entry, at another URL, is that entry.

    Some feeds use an identifier again for another article ("briefing", or the place in the list). The date of publication
    shows which of the two it is; without one, path and headline must be the same. A learnt part of the URL may select the
    article after all: then the headline is another one."""
    was, now = urlsplit(row.url), urlsplit(link.url)
    entry = row.entry or {}
    title, published = entry.get("title"), entry.get("published_at")
    if key.kind == "headline":
        return was.netloc == now.netloc and shape(row.url) == shape(link.url)
    if key.kind == "url":
        return title is None or link.title is None or title == link.title
    is_same_path = (was.netloc, was.path) == (now.netloc, now.path)
    is_same_title = title is not None and title == link.title
    if published and link.published_at:
        is_same_date = published == utc_text(link.published_at)
        return is_same_date and (is_same_path or is_same_title or _is_meant(link))
    return is_same_path and is_same_title


def _is_meant(link: Link) -> bool:
    """Return whether identifier and date are so precise that they alone tell articles apart: no place in a list, no day."""
    moment = link.published_at
    is_precise = moment is not None and (moment.minute, moment.second) != (0, 0)
    return is_precise and len(link.guid or "") >= MIN_GUID_LENGTH


def _insert(
    session: Session,
    new: dict[Key, Link],
    *,
    source: str,
    feed_id: int | None,
    now: datetime,
    offsite: Collection[str],
) -> None:
    connection = session.connection()
    for chunk in _chunks(new):
        rows = [
            {
                "url_hash": key.url,
                "url": link.url,
                "host": authority_of(link.url),
                "source": source,
                "is_offsite": link.url in offsite,
                "guid_key": key.entry,
                "entry": entry_json(link),
                "entry_key": entry_key(link),
                "state": "pending",
                "priority": priority(link.modified_at or link.published_at, now),
                "discovered_at": now,
                "discovered_in": feed_id,
                "expected_change_at": link.modified_at,
            }
            for key in chunk
            for link in [new[key]]
        ]
        # Another crawl may have inserted some in the meantime.
        connection.execute(dialect.insert(connection, FrontierRow).on_conflict_do_nothing(), rows)


def _for_row(row: Any, link: Link, feed_id: int | None) -> Link:
    """Return a link without headline and summary if it is of another document than the one that has listed the page first.

    A section page words its links otherwise than a feed: that is no change of the page."""
    is_of_another = row.discovered_in is not None and row.discovered_in != feed_id and row.entry is not None
    return replace(link, title=None, summary=None) if is_of_another else link


def _list_again(session: Session, listed: Sequence[tuple[Any, Link]], source: str, now: datetime) -> None:
    """Store what a feed says now of known pages, and schedule those that it is believed to have changed."""
    _try_again(session, [row for row, _ in listed if _is_unread(row)], now)
    done = [
        (row, link) for row, link in listed if row.state == "done" and row.done_at and not _is_unread(row)
    ]
    claims = judge_claims([_seen(row, link, now) for row, link in done], now=now)
    due = [row.id for (row, _), claim in zip(done, claims, strict=True) if claim == "due"]
    chosen = due[: take_refetches(session, source, len(due), now)] if due else []
    connection = session.connection()
    if chosen:
        connection.execute(_REFETCH, [{"row_id": row_id, "due_at": now} for row_id in sorted(chosen)])
        _follow_moves(session, [(row, link) for row, link in done if row.id in set(chosen)])
    # What is said of a page that waits stays news at the next poll.
    waiting = {row.id for (row, _), claim in zip(done, claims, strict=True) if claim != "none"}.difference(
        chosen
    )
    renewed = [
        {
            "row_id": row.id,
            "dated": _latest(link.modified_at, believed(row.expected_change_at, now)),
            "new_entry": _renewed_entry(row, link) if entry_key(link) else row.entry,
            "new_key": entry_key(link) or row.entry_key,
        }
        for row, link in listed
        if row.id not in waiting and _is_news(row, link, now)
    ]
    if renewed:
        connection.execute(_LISTED_AGAIN, sorted(renewed, key=lambda values: values["row_id"]))


def _is_unread(row: Any) -> bool:
    """Return whether a page was given up because it could not be read: it was refused, missing, or a wall was shown."""
    error = row.last_error or ""
    return row.state in ("done", "gone") and (error.startswith(("http-", "tls-")) or error in _UNREAD)


def _try_again(session: Session, unread: Sequence[Any], now: datetime) -> None:
    """Schedule pages again that could not be read and are still listed: a few at a time, those that waited longest first."""
    due = [
        row for row in unread if row.done_at and is_tried_again(_done_at(row, now), row.false_claims, now=now)
    ]
    chosen = sorted(due, key=lambda row: (row.done_at, row.id))[:MAX_TRIED_AGAIN]
    if chosen:
        rows = [{"row_id": row.id, "due_at": now} for row in chosen]
        session.connection().execute(_REFETCH, rows)


def _renewed_entry(row: Any, link: Link) -> dict[str, Any] | None:
    """Return what a feed says now of a known entry, with the address that it gave before."""
    entry = entry_json(link) or row.entry
    is_moved = url_hash(canonicalize(link.url)) != row.url_hash
    return {**(entry or {}), "former_url": row.url} if is_moved else entry


def _follow_moves(session: Session, claimed: Iterable[tuple[Any, Link]]) -> None:
    """Let the entries that are fetched again be fetched at the address that the feed gives now.

    The former address stays with the entry: it leads to the stored article."""
    for row, link in claimed:
        if url_hash(canonicalize(link.url)) != row.url_hash:
            values = {
                "url": link.url,
                "url_hash": url_hash(canonicalize(link.url)),
                "host": authority_of(link.url),
            }
            session.execute(update(_FRONTIER).where(_FRONTIER.c.id == row.id).values(values))


def _latest(*moments: datetime | None) -> datetime | None:
    return max((moment for moment in moments if moment), default=None)


def _is_news(row: Any, link: Link, now: datetime) -> bool:
    latest = _latest(link.modified_at, believed(row.expected_change_at, now))
    is_redated = latest != row.expected_change_at
    return is_redated or bool((entry_key(link) or row.entry_key) != row.entry_key)


def _seen(row: Any, link: Link, now: datetime) -> Seen:
    key = entry_key(link)
    return Seen(
        done_at=_done_at(row, now),
        false_claims=row.false_claims,
        was_dated=believed(row.expected_change_at, now),
        dated=link.modified_at if link.modified_at and link.modified_at <= now else None,
        has_other_text=key is not None and row.entry_key is not None and key != row.entry_key,
    )


def _done_at(row: Any, now: datetime) -> datetime:
    """Return when a page was last fetched; a time in the future is from a wrong clock, and says that it was long ago."""
    return believed(row.done_at, now) or BEGINNING_OF_TIME


def _chunks(found: Iterable[Key]) -> Iterator[list[Key]]:
    keys = iter(found)
    while chunk := list(islice(keys, CHUNK)):
        yield chunk
