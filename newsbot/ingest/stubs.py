"""Stubs: what a feed says of an article is stored in its place while its page cannot be fetched or read."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from newsbot.cleaning.article_fields import clean_article
from newsbot.ingest.read import fill_from_entry
from newsbot.ingest.retry import PERMANENT, tries_of
from newsbot.items import STUB, Article, FeedEntry, Reject
from newsbot.store.crawl import frontier
from newsbot.store.crawl.feed_entries import entry_at
from newsbot.urls import source_of

UNREAD = frozenset(
    {"paywall", "error", "empty", "robots", "too-large", "headers-too-large", "fetch-failed", "parse-failed"}
    | {"stage-failed"}
)
"""Reasons, besides answers of the server (`http-...`) and certificates that are refused (`tls-...`), for which a page is not read that may well be an article.

Other pages were read, and are no articles (list, gallery, video, shop, forum, binary), or are not to be stored (offsite, ignored,
private-network), or are only late (held)."""


def find_stub(session: Session, reject: Reject, *, now: datetime) -> Article | None:
    """Return the stub to store with a reject; None if no feed gives the page a title, or it says nothing of an article."""
    if not may_leave_stub(reject.reason):
        return None
    urls = [*([reject.fetched.url] if reject.fetched else []), reject.url]
    if reject.reason not in PERMANENT and frontier.attempts(session, urls[0]) < tries_of(reject.reason):
        return None  # it is tried again
    entries = ((url, entry_at(session, [url])) for url in urls)
    return next((stub_of(reject, url, entry, now=now) for url, entry in entries if entry), None)


def may_leave_stub(reason: str) -> bool:
    """Return whether a page that is rejected for this reason may be an article that cannot be read."""
    return reason in UNREAD or reason.startswith(("http-", "tls-"))


def stub_of(reject: Reject, url: str, entry: FeedEntry, *, now: datetime) -> Article | None:
    """Return what a feed says of the article at a URL; None without a title. A date in the future is not believed."""
    stub = Article(url=url, source=reject.source or source_of(url) or None, kind=STUB)
    fill_from_entry(stub, entry, now=now)
    clean_article(stub)
    return stub if stub.title else None
