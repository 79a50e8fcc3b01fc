"""What came of fetching a page, in one transaction: the article or reject, the fetch, and the frontier's row."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy.orm import Session

from newsbot.dedupe.changes import Judgement
from newsbot.discovery.schedule import failure_interval_s, next_refetch_age_s, with_jitter
from newsbot.items import GONE, Article, Fetched, Reject
from newsbot.store.articles import presence, site_boilerplate
from newsbot.store.articles.precomputed import Precomputed
from newsbot.store.articles.writer import Saved, save_article
from newsbot.store.crawl import frontier
from newsbot.store.crawl.fetches import save_fetch
from newsbot.store.crawl.frontier import Leased
from newsbot.store.crawl.rejects import save_reject
from newsbot.store.schema.identity import article_keys
from newsbot.text import one_line

PERMANENT = frozenset(
    {"http-401", "http-403", "http-404", "http-410", "http-451", "robots", "private-network"}
)
"""Failures that hardly ever pass: tried once more, since sites list pages before they publish them."""
WALLS = frozenset({"http-401", "http-403", "http-451"})
TRANSIENT = frozenset({"fetch-failed", "http-408", "http-425", "http-429", "stage-failed", "parse-failed"})
"""Failures that may well pass, besides those of the server (5xx)."""
PERMANENT_TRIES, TRANSIENT_TRIES = 2, 8
FIRST_RETRY_S = 300


def record_article(
    session: Session,
    article: Article,
    *,
    run_id: int | None,
    now: datetime,
    new_id: int | None = None,
    precomputed: Precomputed | None = None,
) -> Saved:
    """Store an article without the boilerplate of its site, its fetch, and when to fetch it again.

    The blocks of a new article are counted, which is how boilerplate is learnt. A page that is another article now is
    stored as a reject. A new article gets the id `new_id`, or the next one. `precomputed` is `precompute(article)`."""
    site_boilerplate.remove_learnt(session, article)
    site_boilerplate.reclean_same(session, article, run_id=run_id, now=now)
    keys = article_keys(article)
    saved = save_article(
        session, article, keys=keys, run_id=run_id, now=now, new_id=new_id, precomputed=precomputed
    )
    if saved.judgement is not None:
        _record_conflict(session, article, saved.article_id, saved.judgement, run_id=run_id, now=now)
        return saved
    if fetched := article.fetched:
        save_fetch(session, fetched, outcome="article", source=article.source, run_id=run_id, now=now)
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
        site_boilerplate.learn(session, saved, article, now=now)
    return saved


def _record_conflict(
    session: Session,
    article: Article,
    article_id: int,
    judgement: Judgement,
    *,
    run_id: int | None,
    now: datetime,
) -> None:
    """Keep as a reject what stands at the address of a stored article; it is asked for in full next time."""
    reject = Reject(url=article.url, reason=judgement.verdict, detail=one_line(judgement.detail), source=article.source,
                    stage="store", fetched=article.fetched)  # fmt: skip
    save_reject(session, reject, run_id=run_id, now=now, article_id=article_id)
    if fetched := article.fetched:
        save_fetch(session, fetched, outcome="reject", source=article.source, run_id=run_id, now=now)
    if fetched and not fetched.archived_at:
        urls = {article.url, *article.aliases, fetched.url}
        look = _next_look_at(session, article_id, now)
        frontier.mark_done(session, urls, article_id=article_id, now=now, next_look_at=look)


def record_reject(
    session: Session, reject: Reject, *, run_id: int | None, now: datetime, chance: float = 0.5
) -> Literal["rejected", "conflict", "gone"]:
    """Store why a page is not an article, its fetch, and whether and when to try again.

    If an article is stored under the URL, it stays: the reject is a conflict with it, or marks it as gone. Neither a
    failed fetch nor a page from an archive says anything about the stored article. `chance`, from 0 to 1, is for
    jitter."""
    known = _stored_article(session, reject) if is_answer(reject) else None
    if known is not None and reject.fetched:
        reject = replace(reject, url=reject.fetched.url)  # the article's, not where it redirects to now
    save_reject(session, reject, run_id=run_id, now=now, article_id=known)
    if known is not None and reject.reason in GONE:
        presence.mark_gone(session, known, now=now)
    if fetched := reject.fetched:
        save_fetch(session, fetched, outcome="reject", source=reject.source, run_id=run_id, now=now)
    if fetched and not fetched.archived_at:
        _plan_next(session, reject, fetched, known, now, chance)
    if known is None:
        return "rejected"
    return "gone" if reject.reason in GONE else "conflict"


def _plan_next(
    session: Session, reject: Reject, fetched: Fetched, known: int | None, now: datetime, chance: float
) -> None:
    """Store in the frontier when to fetch a page again that is not an article, or not now."""
    urls = {reject.url, fetched.url}
    look = None if known is None else _next_look_at(session, known, now)
    if limit := tries_of(reject.reason):
        tries = frontier.attempts(session, fetched.url)
        again = next_try(tries, now, chance) if tries < limit else look
        frontier.mark_failed(session, urls, error=reject.reason, now=now, next_try_at=again)
    else:
        frontier.mark_done(session, urls, article_id=known, now=now, next_look_at=look)


def record_not_modified(
    session: Session, leased: Leased, fetched: Fetched | None, *, run_id: int | None, now: datetime
) -> None:
    """Note that an article is still what it was."""
    assert leased.article_id is not None
    published_at = presence.mark_seen(session, leased.article_id, now=now)
    if fetched:
        save_fetch(session, fetched, outcome="not-modified", source=leased.source, run_id=run_id, now=now)
    frontier.mark_done(session, [leased.url], article_id=leased.article_id, now=now,
                       next_look_at=next_look(published_at, now), etag=leased.etag,
                       last_modified=leased.last_modified)  # fmt: skip


def record_poll(
    session: Session, fetched: Fetched, *, source: str, run_id: int | None, now: datetime
) -> None:
    """Note that a feed, sitemap or section page was fetched."""
    save_fetch(session, fetched, outcome="feed", source=source, run_id=run_id, now=now)


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


def next_try(tries: int, now: datetime, chance: float) -> datetime:
    """Return when to fetch a page again that has failed `tries` times: later and later, up to a day.

    `chance`, from 0 to 1, is for jitter."""
    wait_s = with_jitter(failure_interval_s(FIRST_RETRY_S, tries), chance)
    return now + timedelta(seconds=wait_s)


def next_look(published_at: datetime, now: datetime) -> datetime | None:
    """Return when to look whether an article has changed; None once it is old."""
    age_s = next_refetch_age_s((now - published_at).total_seconds())
    return None if age_s is None else published_at + timedelta(seconds=age_s)


def _next_look_at(session: Session, article_id: int, now: datetime) -> datetime | None:
    return next_look(presence.article_date(session, article_id), now)


def _stored_article(session: Session, reject: Reject) -> int | None:
    """Return the id of the article that is stored under the URL of a reject: that which was asked for comes first."""
    urls = [reject.fetched.url] if reject.fetched else []
    return presence.article_at(session, [*urls, reject.url])
