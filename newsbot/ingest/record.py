"""Stores the outcome of one page in one transaction: the article or reject, the fetch, and the row of the frontier."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Literal

from sqlalchemy.orm import Session

from newsbot.dedupe.changes import Judgement
from newsbot.ingest.envelope import Envelope, rejected
from newsbot.ingest.retry import is_answer, next_look, next_try, tries_of
from newsbot.items import GONE, Fetched, Reject
from newsbot.store.articles import presence, site_boilerplate
from newsbot.store.articles.batch_locks import Incoming, add_names, lock_articles
from newsbot.store.articles.imports import kept_id, restore
from newsbot.store.articles.writer import Saved, save_article
from newsbot.store.crawl import frontier, learnt_parameters
from newsbot.store.crawl.fetches import save_fetch
from newsbot.store.crawl.frontier import Leased
from newsbot.store.crawl.rejects import save_reject
from newsbot.store.schema.identity import article_keys
from newsbot.text import one_line

Item = Envelope | Reject | Leased
"""What a transaction records: an article, a reject, or a leased page that has not been modified."""


def lock_items(session: Session, items: Iterable[Item], *, now: datetime) -> None:
    """Remove learnt boilerplate from articles, and take the locks for storing several items in this transaction.

    To be called before the first item is recorded: without it, two processes that store the same pages in different
    orders deadlock on PostgreSQL (see `store.articles.batch_locks`)."""
    items = list(items)
    envelopes = [item for item in items if isinstance(item, Envelope)]
    rejects = [item for item in items if isinstance(item, Reject)]
    lock_articles(
        session,
        [
            *(
                Incoming(envelope.article, envelope.precomputed, envelope.site_blocks)
                for envelope in envelopes
            ),
            *(Incoming(reject.stub) for reject in rejects if reject.stub),
        ],
        now=now,
        reject_urls=[url for reject in rejects for url in (reject.url, *_fetched_url(reject))],
        seen_ids={item.article_id for item in items if isinstance(item, Leased) and item.article_id},
        renumbers_stories=any(envelope.export and envelope.export.story_id for envelope in envelopes),
    )


def add_names_of(session: Session, items: Iterable[Item], *, now: datetime) -> None:
    """Insert the rows of names that articles need; in a transaction before the one that stores them (`add_names`)."""
    add_names(session, [item.article for item in items if isinstance(item, Envelope)], now=now)


def _fetched_url(reject: Reject) -> list[str]:
    return [reject.fetched.url] if reject.fetched else []


def record_article(session: Session, envelope: Envelope, *, run_id: int | None, now: datetime) -> Saved:
    """Store an article without the boilerplate of its site, its fetch, and when to fetch it again.

    The blocks of a new article are counted, which is how boilerplate is learnt. A page that is only a teaser of the stored
    article is stored as a reject. An article that another newsbot has exported keeps its id and its dates where they are free.

    If the transaction stores several items, `lock_items` must be called for all of them first."""
    article, fetched, clock = envelope.article, envelope.fetched, now
    now = envelope.observed_at(clock)
    lock_items(session, [envelope], now=now)
    site_boilerplate.reclean_same(session, article, envelope.site_blocks, run_id=run_id, now=now)
    export = envelope.export
    saved = save_article(
        session,
        article,
        keys=article_keys(article),
        run_id=run_id,
        now=now,
        clock=clock,
        new_id=kept_id(session, export.id) if export and export.id else None,
        precomputed=envelope.precomputed,
        fetched=fetched,
    )
    if saved.judgement is not None:
        _record_conflict(session, envelope, saved.article_id, saved.judgement, run_id=run_id, now=now)
        return saved
    if fetched:
        save_fetch(session, fetched, outcome="article", source=article.source, run_id=run_id, now=now)
    if fetched and not fetched.archived_at:
        frontier.mark_done(
            session,
            {article.url, *article.aliases, fetched.url},
            article_id=saved.article_id,
            now=now,
            next_check_at=next_look(article.published_at or now, now),
            etag=fetched.etag,
            last_modified=fetched.last_modified,
            is_changed=saved.outcome == "changed" or saved.replaced_id is not None,
        )
        if saved.outcome in {"unchanged", "duplicate"}:
            learnt_parameters.learn(session, fetched.url, saved.article_id, source=article.source, now=now)
    if export:
        restore(session, saved.article_id, export, now=now)
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
    """Store as a reject what is now at the address of a stored article, and when to ask for the page again in full."""
    article, fetched = envelope.article, envelope.fetched
    reject = rejected(envelope, "store", judgement.verdict, one_line(judgement.detail))
    save_reject(session, reject, run_id=run_id, now=now, article_id=article_id)
    if fetched:
        save_fetch(session, fetched, outcome="reject", source=article.source, run_id=run_id, now=now)
    if fetched and not fetched.archived_at:
        urls = {article.url, *article.aliases, fetched.url}
        look = _next_look_at(session, article_id, now)
        frontier.mark_done(session, urls, article_id=article_id, now=now, next_check_at=look)


def record_reject(
    session: Session, reject: Reject, *, run_id: int | None, now: datetime, chance: float = 0.5
) -> Literal["rejected", "conflict", "gone"]:
    """Store why a page is not an article, its fetch, and whether and when to try again.

    If an article is stored under the URL, it stays: the reject is a conflict with it, or marks it as gone. Neither a
    failed fetch nor a page from an archive says anything about the stored article. If none is stored, the stub of the
    reject is, and its page is looked at again like that of an article, unless it is gone. `chance`, from 0 to 1, is for jitter."""
    known = _stored_article(session, reject) if is_answer(reject) else None
    stub_id = _keep_stub(session, reject, run_id=run_id, now=now)
    kept = stub_id if known is None else known
    if reject.fetched and known is not None and known == presence.article_at(session, _fetched_url(reject)):
        reject = replace(reject, url=reject.fetched.url)  # the article's, not where it redirects to now
    elif stub_id is not None and reject.stub:
        reject = replace(reject, url=reject.stub.url)
    save_reject(session, reject, run_id=run_id, now=now, article_id=kept)
    if known is not None and reject.reason in GONE:
        presence.mark_gone(session, known, now=now, run_id=run_id)
    if fetched := reject.fetched:
        save_fetch(session, fetched, outcome="reject", source=reject.source, run_id=run_id, now=now)
    if fetched and not fetched.archived_at:
        is_over = known is None and reject.reason in GONE  # nobody expects the page of a stub that is gone
        look = None if kept is None or is_over else _next_look_at(session, kept, now)
        _plan_next(session, reject, fetched, known, now, chance, look)
    if known is None:
        return "rejected"
    return "gone" if reject.reason in GONE else "conflict"


def _keep_stub(session: Session, reject: Reject, *, run_id: int | None, now: datetime) -> int | None:
    """Store the stub of a reject, unless the page of the article is stored; return its id."""
    if reject.stub is None or _stored_article(session, reject) is not None:
        return None
    stub, keys = reject.stub, article_keys(reject.stub)
    return save_article(session, stub, keys=keys, run_id=run_id, now=now).article_id


def _plan_next(
    session: Session,
    reject: Reject,
    fetched: Fetched,
    known: int | None,
    now: datetime,
    chance: float,
    look: datetime | None,
) -> None:
    """Store in the frontier when to fetch a page again that is not an article, or not now: at `look`, if not earlier."""
    urls = {reject.url, fetched.url}
    if limit := tries_of(reject.reason):
        tries = frontier.attempts(session, fetched.url)
        again = next_try(tries, now, chance) if tries < limit else look
        frontier.mark_failed(session, urls, error=reject.reason, now=now, next_try_at=again)
    else:
        frontier.mark_done(session, urls, article_id=known, now=now, next_check_at=look, error=reject.reason)


def record_not_modified(
    session: Session, leased: Leased, fetched: Fetched | None, *, run_id: int | None, now: datetime
) -> None:
    """Store that a server says that an article has not been modified."""
    assert leased.article_id is not None
    published_at = presence.mark_seen(session, leased.article_id, now=now, run_id=run_id)
    if fetched:
        save_fetch(session, fetched, outcome="not-modified", source=leased.source, run_id=run_id, now=now)
    frontier.mark_done(
        session,
        [leased.url],
        article_id=leased.article_id,
        now=now,
        next_check_at=next_look(published_at, now),
        etag=leased.etag,
        last_modified=leased.last_modified,
    )


def record_held(
    session: Session,
    leased: Leased,
    fetched: Fetched | None,
    *,
    until: datetime,
    run_id: int | None,
    now: datetime,
) -> None:
    """Store that a page was not fetched because its host is held, and that it is due again when the hold ends.

    `fetched` is the answer by which the host asked for the hold; None if nothing was requested. A request counts as an
    attempt, so that a page which never gives another answer is given up at last."""
    if fetched:
        save_fetch(session, fetched, outcome="held", source=leased.source, run_id=run_id, now=now)
    frontier.postpone(session, leased.url, until=until, is_attempt=fetched is not None)


def record_poll(
    session: Session, fetched: Fetched, *, source: str, run_id: int | None, now: datetime
) -> None:
    """Store the fetch of a feed, sitemap or section page."""
    save_fetch(session, fetched, outcome="feed", source=source, run_id=run_id, now=now)


def _next_look_at(session: Session, article_id: int, now: datetime) -> datetime | None:
    return next_look(presence.article_date(session, article_id), now)


def _stored_article(session: Session, reject: Reject) -> int | None:
    """Return the id of the article that is stored under the URL of a reject: that which was asked for comes first."""
    return presence.article_at(session, [*_fetched_url(reject), reject.url])
