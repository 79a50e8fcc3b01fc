"""What is written: runs, articles, rejects, fetches. Each function works inside the caller's transaction.

`now` is aware and in UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from newsbot.dedupe.fingerprints import text_key
from newsbot.dedupe.sketches import sketch
from newsbot.items import Article, Reject
from newsbot.store.articles.children import body_words
from newsbot.store.articles.writer import Saved, Saving, known_unchanged
from newsbot.store.schema.identity import ArticleKeys, article_keys, url_hash
from newsbot.store.schema.models import Fetch, RejectRow, Run
from newsbot.store.sql import dialect
from newsbot.store.sql.prepared import Ready
from newsbot.urls import canonicalize

__all__ = [
    "ArticleKeys",
    "Saved",
    "article_keys",
    "finish_run",
    "known_unchanged",
    "prepare",
    "save_article",
    "save_fetch",
    "save_reject",
    "start_run",
]


_ADD_FETCH = Ready(insert(Fetch))


def start_run(
    session: Session,
    *,
    spider: str,
    arguments: Mapping[str, Any],
    version: str,
    now: datetime,
    process: str | None = None,
) -> int:
    """Note that a spider has started, in this process (`host:pid`), and return the run's id."""
    run = Run(
        spider=spider, arguments=dict(arguments), version=version, process=process, started_at=now, counts={}
    )
    session.add(run)
    session.flush()
    return run.id


def finish_run(
    session: Session, run_id: int, *, finish_reason: str, counts: Mapping[str, Any], now: datetime
) -> None:
    """Note that a run has ended, why, and its counts."""
    values = {"finish_reason": finish_reason, "counts": dict(counts), "finished_at": now}
    session.execute(update(Run).where(Run.id == run_id).values(values))


def save_article(
    session: Session,
    article: Article,
    *,
    keys: ArticleKeys,
    run_id: int | None,
    now: datetime,
    new_id: int | None = None,
) -> Saved:
    """Store an article with everything it holds, or refresh the one that is stored under any of its URLs.

    Content in which nothing material is new only moves `last_seen_at`; other content makes a revision. What is another
    article now, or a teaser of this one, changes nothing: a conflict. The text of another article under other URLs is
    stored too, as its exact duplicate. Rejects of its URLs are cleared, except in a conflict. A new article gets
    `new_id`, or the next.

    Safe against other processes that save the same article or text at the same time: the keys are locked first."""
    return Saving(session.connection(), article, keys, run_id, now, new_id=new_id).save()


def prepare(article: Article) -> None:
    """Work out what is stored beside a text, before the transaction that others wait for: it is remembered for a while."""
    sketch(article.body)
    text_key(article.title, article.body)
    body_words(article.body)


def save_reject(
    session: Session, reject: Reject, *, run_id: int | None, now: datetime, article_id: int | None = None
) -> None:
    """Store why a page is not an article, or not `article_id` any longer; again, it only moves `last_seen_at`."""
    connection = session.connection()
    values = {
        "url_hash": url_hash(canonicalize(reject.url)), "url": reject.url, "stage": reject.stage,
        "reason": reject.reason, "detail": reject.detail, "source": reject.source, "run_id": run_id,
        "article_id": article_id, "first_seen_at": now, "last_seen_at": now,
    }  # fmt: skip
    unique = ("url_hash", "stage", "reason")
    dialect.insert_or_renew(
        connection, RejectRow, [values], unique=unique, renewed=("last_seen_at", "detail", "article_id")
    )


def save_fetch(
    session: Session,
    *,
    url: str,
    outcome: str,
    now: datetime,
    source: str | None = None,
    run_id: int | None = None,
    status: int | None = None,
    size_bytes: int | None = None,
    latency_ms: int | None = None,
    etag: str | None = None,
    last_modified: str | None = None,
    warc_file: str | None = None,
    warc_offset: int | None = None,
    payload_digest: str | None = None,
) -> None:
    """Note what came of one request; see `models.Fetch` for the fields."""
    values = {
        "url_hash": url_hash(canonicalize(url)), "url": url, "outcome": outcome, "fetched_at": now, "source": source,
        "run_id": run_id, "status": status, "size_bytes": size_bytes, "latency_ms": latency_ms, "etag": etag,
        "last_modified": last_modified, "warc_file": warc_file, "warc_offset": warc_offset,
        "payload_digest": payload_digest,
    }  # fmt: skip
    _ADD_FETCH.run(session.connection(), values)
