"""What came of fetching a page, in one transaction: the article or reject, the fetch, and the frontier's row."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from newsbot.discovery.schedule import failure_interval_s, next_refetch_age_s, with_jitter
from newsbot.items import Article, Fetched, Reject
from newsbot.store import boilerplate, frontier
from newsbot.store.frontier import Leased
from newsbot.store.models import ArticleRow
from newsbot.store.writes import Saved, article_keys, save_article, save_fetch, save_reject

PERMANENT = frozenset(
    {"http-401", "http-403", "http-404", "http-410", "http-451", "robots", "private-network"}
)
"""Failures that hardly ever pass: tried once more, since sites list pages before they publish them."""
TRANSIENT = frozenset({"fetch-failed", "http-408", "http-425", "http-429", "stage-failed", "parse-failed"})
"""Failures that may well pass, besides those of the server (5xx)."""
PERMANENT_TRIES, TRANSIENT_TRIES = 2, 8
FIRST_RETRY_S = 300


def record_article(session: Session, article: Article, *, run_id: int | None, now: datetime) -> Saved:
    """Store an article without its site's boilerplate, and learn from it what that is; if it was fetched, note that,
    and when to look whether it has changed."""
    boilerplate.remove_learnt(session, article)
    boilerplate.reclean_same(session, article, run_id=run_id, now=now)
    keys = article_keys(article)
    saved = save_article(session, article, keys=keys, run_id=run_id, now=now)
    if fetched := article.fetched:
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
    if saved.outcome == "new":
        boilerplate.learn(session, saved.article_id, article, now=now)
    return saved


def record_reject(session: Session, reject: Reject, *, run_id: int | None, now: datetime) -> None:
    """Store why a page is no article; if it was fetched, note that, and whether and when to try again."""
    save_reject(session, reject, run_id=run_id, now=now)
    if fetched := reject.fetched:
        _record_fetch(session, fetched, "reject", reject.source, run_id, now)
    if fetched and not fetched.archived_at:
        urls = {reject.url, fetched.url}
        if limit := tries_of(reject.reason):
            tries = frontier.attempts(session, fetched.url)
            again = next_try(tries, now) if tries < limit else None
            frontier.mark_failed(session, urls, error=reject.reason, now=now, next_try_at=again)
        else:
            frontier.mark_done(session, urls, article_id=None, now=now)


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
    """Move `last_seen_at` of an article; return when it was published or first seen."""
    query = update(ArticleRow).where(ArticleRow.id == article_id).values(last_seen_at=now)
    return session.scalars(query.returning(ArticleRow.dated_at)).one()


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


def _record_fetch(
    session: Session, fetched: Fetched, outcome: str, source: str | None, run_id: int | None, now: datetime
) -> None:
    save_fetch(session, url=fetched.url, outcome=outcome, now=fetched.archived_at or now, source=source,
               run_id=run_id, status=fetched.status, size_bytes=fetched.size_bytes, latency_ms=fetched.latency_ms,
               etag=fetched.etag, last_modified=fetched.last_modified, warc_file=fetched.warc_file,
               warc_offset=fetched.warc_offset, payload_digest=fetched.payload_digest)  # fmt: skip
