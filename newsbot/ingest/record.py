"""What came of fetching a page, in one transaction: the article or reject, the fetch, and the frontier's row."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from newsbot.dedupe.changes import Judgement
from newsbot.discovery.schedule import failure_interval_s, next_refetch_age_s, with_jitter
from newsbot.ingest.envelope import Envelope, rejected
from newsbot.items import GONE, Fetched, Reject
from newsbot.store.articles import site_boilerplate
from newsbot.store.articles.imports import kept_id, restore
from newsbot.store.crawl import frontier
from newsbot.store.crawl.fetches import is_still_kept
from newsbot.store.crawl.frontier import Leased
from newsbot.store.schema.identity import article_keys, url_hash
from newsbot.store.schema.models import ArticleRow, ArticleUrl, RejectRow
from newsbot.store.writes import Saved, save_article, save_fetch, save_reject
from newsbot.text import one_line
from newsbot.urls import canonicalize

PERMANENT = frozenset(
    {"http-401", "http-403", "http-404", "http-410", "http-451", "robots", "private-network"}
)
"""Failures that hardly ever pass: tried once more, since sites list pages before they publish them."""
WALLS = frozenset({"http-401", "http-403", "http-451"})
TRANSIENT = frozenset({"fetch-failed", "http-408", "http-425", "http-429", "stage-failed", "parse-failed"})
"""Failures that may well pass, besides those of the server (5xx)."""
PERMANENT_TRIES, TRANSIENT_TRIES = 2, 8
FIRST_RETRY_S = 300


def record_article(session: Session, envelope: Envelope, *, run_id: int | None, now: datetime) -> Saved:
    """Store an article without its site's boilerplate, and learn from it what that is; if it was fetched, note that,
    and when to look whether it has changed. A page that is another now is kept as a reject. A new
    article gets `new_id`, or the next."""
    article, fetched, now = envelope.article, envelope.fetched, envelope.observed_at(now)
    site_boilerplate.remove_learnt(session, article, envelope.site_blocks)
    site_boilerplate.reclean_same(session, article, envelope.site_blocks, run_id=run_id, now=now)
    keys = article_keys(article)
    known = envelope.export
    new_id = kept_id(session, known.id) if known and known.id else None
    saved = save_article(session, article, keys=keys, run_id=run_id, now=now, new_id=new_id)
    if saved.judgement is not None:
        _record_conflict(session, envelope, saved.article_id, saved.judgement, run_id=run_id, now=now)
        return saved
    if fetched:
        _record_fetch(session, fetched, "article", article.source, run_id, now)
    if fetched and not fetched.archived_at:
        frontier.mark_done(
            session,
            {article.url, *article.aliases, fetched.url},
            article_id=saved.article_id,
            now=now,
            next_look_at=next_look(article.published_at or now, now),
            etag=fetched.etag,
            last_modified=fetched.last_modified,
        )
    if known is not None:
        restore(session, saved.article_id, known)
    if saved.outcome == "new":
        site_boilerplate.learn(session, saved, article, envelope.site_blocks, now=now)
    return saved


def _record_conflict(
    session: Session,
    envelope: Envelope,
    article_id: int,
    judgement: Judgement,
    *,
    run_id: int | None,
    now: datetime,
) -> None:
    """Keep as a reject what stands at the address of a stored article; it is asked for in full next time."""
    article, fetched = envelope.article, envelope.fetched
    reject = rejected(envelope, "store", judgement.verdict, one_line(judgement.detail))
    save_reject(session, reject, run_id=run_id, now=now, article_id=article_id)
    if fetched:
        _record_fetch(session, fetched, "reject", article.source, run_id, now)
    if fetched and not fetched.archived_at:
        urls = {article.url, *article.aliases, fetched.url}
        look = _next_look_at(session, article_id, now)
        frontier.mark_done(session, urls, article_id=article_id, now=now, next_look_at=look)


def record_reject(
    session: Session, reject: Reject, *, run_id: int | None, now: datetime
) -> Literal["rejected", "conflict", "gone"]:
    """Store why a page is no article; if it was fetched, note that, and whether and when to try again.

    Where the page was a stored article before, that is kept: the reject is a conflict with it, or notes that it is
    gone. A fetch that has failed, and a page of the past, say nothing of it."""
    known = _stored_article(session, reject) if is_answer(reject) else None
    if known is not None and reject.fetched:
        reject = replace(reject, url=reject.fetched.url)  # the article's, not where it redirects to now
    save_reject(session, reject, run_id=run_id, now=now, article_id=known)
    if known is not None and reject.reason in GONE:
        is_first = (ArticleRow.id == known) & ArticleRow.gone_at.is_(None)
        session.execute(update(ArticleRow).where(is_first).values(gone_at=now))
    if fetched := reject.fetched:
        _record_fetch(session, fetched, "reject", reject.source, run_id, now)
    if fetched and not fetched.archived_at:
        _plan_next(session, reject, fetched, known, now)
    if known is None:
        return "rejected"
    return "gone" if reject.reason in GONE else "conflict"


def _plan_next(session: Session, reject: Reject, fetched: Fetched, known: int | None, now: datetime) -> None:
    """Note in the frontier when to ask for a page again that is no article, or not now."""
    urls = {reject.url, fetched.url}
    look = None if known is None else _next_look_at(session, known, now)
    if limit := tries_of(reject.reason):
        tries = frontier.attempts(session, fetched.url)
        again = next_try(tries, now) if tries < limit else look
        frontier.mark_failed(session, urls, error=reject.reason, now=now, next_try_at=again)
    else:
        frontier.mark_done(session, urls, article_id=known, now=now, next_look_at=look)


def record_not_modified(
    session: Session, leased: Leased, fetched: Fetched | None, *, run_id: int | None, now: datetime
) -> None:
    """Note that an article is still what it was."""
    assert leased.article_id is not None
    published_at = see_again(session, leased.article_id, now=now)
    if fetched:
        _record_fetch(session, fetched, "not-modified", leased.source, run_id, now)
    frontier.mark_done(session, [leased.url], article_id=leased.article_id, now=now,
                       next_look_at=next_look(published_at, now), etag=leased.etag,
                       last_modified=leased.last_modified)  # fmt: skip


def record_poll(
    session: Session, fetched: Fetched, *, source: str, run_id: int | None, now: datetime
) -> None:
    """Note that a feed, sitemap or section page was fetched."""
    _record_fetch(session, fetched, "feed", source, run_id, now)


def see_again(session: Session, article_id: int, *, now: datetime) -> datetime:
    """Move `last_seen_at` of an article, which is back if it was gone; return when it was published or first seen."""
    session.execute(delete(RejectRow).where(RejectRow.article_id == article_id))
    query = update(ArticleRow).where(ArticleRow.id == article_id).values(last_seen_at=now, gone_at=None)
    return session.scalars(query.returning(ArticleRow.dated_at)).one()


def is_answer(reject: Reject) -> bool:
    """Tell whether a reject says what stands at an address now: a failed fetch does not, nor does an archive."""
    if reject.fetched and reject.fetched.archived_at:
        return False
    return reject.reason in GONE | WALLS or (tries_of(reject.reason) == 0 and reject.reason != "ignored")


def tries_of(reason: str) -> int:
    """Return how often a page is tried that fails for this reason; 0: it has not failed, it is no article."""
    if reason in PERMANENT:
        return PERMANENT_TRIES
    return TRANSIENT_TRIES if reason in TRANSIENT or reason.startswith("http-5") else 0


def next_try(tries: int, now: datetime) -> datetime:
    """Return when to fetch a page again that has failed `tries` times: later and later, up to a day."""
    wait_s = with_jitter(failure_interval_s(FIRST_RETRY_S, tries), random.random())  # noqa: S311
    return now + timedelta(seconds=wait_s)


def next_look(published_at: datetime, now: datetime) -> datetime | None:
    """Return when to look whether an article has changed; None once it is old."""
    age_s = next_refetch_age_s((now - published_at).total_seconds())
    return None if age_s is None else published_at + timedelta(seconds=age_s)


def _next_look_at(session: Session, article_id: int, now: datetime) -> datetime | None:
    dated_at = session.scalars(select(ArticleRow.dated_at).where(ArticleRow.id == article_id)).one()
    return next_look(dated_at, now)


def _stored_article(session: Session, reject: Reject) -> int | None:
    """Return the id of the article that is stored under the address of a reject, the one that was asked for first."""
    urls = [reject.fetched.url] if reject.fetched else []
    hashes = [url_hash(canonicalize(url)) for url in (*urls, reject.url)]
    query = select(ArticleUrl.url_hash, ArticleUrl.article_id).where(ArticleUrl.url_hash.in_(hashes))
    found: dict[bytes, int] = dict(session.execute(query).all())
    return next((found[key] for key in hashes if key in found), None)


def _record_fetch(
    session: Session, fetched: Fetched, outcome: str, source: str | None, run_id: int | None, now: datetime
) -> None:
    file, offset = fetched.warc_file, fetched.warc_offset
    if fetched.is_repeat and not is_still_kept(session, file, offset):
        file = offset = None
    save_fetch(session, url=fetched.url, outcome=outcome, now=fetched.archived_at or now, source=source,
               run_id=run_id, status=fetched.status, size_bytes=fetched.size_bytes, latency_ms=fetched.latency_ms,
               etag=fetched.etag, last_modified=fetched.last_modified, warc_file=file, warc_offset=offset,
               payload_digest=fetched.payload_digest)  # fmt: skip
