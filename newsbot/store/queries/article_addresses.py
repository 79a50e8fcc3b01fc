"""Where an article was, and which other articles were at its addresses before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsbot.items import utc_text
from newsbot.store.schema.models import ArticleRow, ArticleUrl, ArticleWay

MAX_FORMER = 20
"""Maximum number of articles that were at an address before that are listed; an address in daily use has hundreds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """An address of an article on its own site, now or formerly."""

    url: str
    """The canonicalised URL."""
    since: datetime
    """When the article was first seen there."""
    until: datetime | None
    """When it was last seen there; None if it is there now."""
    article_id: int | None
    """The article that is there now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormerArticle:
    """Another article that was at an address before the one that is there now."""

    id: int
    title: str | None
    url: str
    """The canonicalised URL of the address."""
    since: datetime
    until: datetime


def addresses(session: Session, article_id: int) -> list[Address]:
    """Return the addresses of an article, those where it is now first."""
    first_seen_at = func.coalesce(ArticleUrl.since, ArticleRow.first_seen_at)
    now = (
        select(ArticleUrl.url, first_seen_at)
        .join(ArticleRow, ArticleRow.id == ArticleUrl.article_id)
        .where(ArticleUrl.article_id == article_id)
        .order_by(ArticleUrl.url)
    )
    then = (
        select(ArticleWay.url, ArticleWay.since, ArticleWay.until, ArticleUrl.article_id)
        .outerjoin(ArticleUrl, ArticleUrl.url_hash == ArticleWay.url_hash)
        .where(ArticleWay.article_id == article_id, ~ArticleWay.is_redirect)
        .order_by(ArticleWay.until.desc(), ArticleWay.url)
    )
    return [
        *(
            Address(url=url, since=since, until=None, article_id=article_id)
            for url, since in session.execute(now)
        ),
        *(
            Address(url=url, since=since, until=until, article_id=other)
            for url, since, until, other in session.execute(then)
        ),
    ]


def former_articles(session: Session, article_id: int) -> list[FormerArticle]:
    """Return the articles that were at the addresses of an article before it, the last ones first."""
    query = (
        select(ArticleRow.id, ArticleRow.title, ArticleWay.url, ArticleWay.since, ArticleWay.until)
        .join(ArticleUrl, ArticleUrl.url_hash == ArticleWay.url_hash)
        .join(ArticleRow, ArticleRow.id == ArticleWay.article_id)
        .where(ArticleUrl.article_id == article_id, ArticleWay.article_id != article_id)
        .where(~ArticleWay.is_redirect)
        .order_by(ArticleWay.until.desc(), ArticleRow.id.desc())
        .limit(MAX_FORMER)
    )
    return [
        FormerArticle(id=id_, title=title, url=url, since=since, until=until)
        for id_, title, url, since, until in session.execute(query)
    ]


def addresses_json(found: Sequence[Address], former: Sequence[FormerArticle]) -> dict[str, Any]:
    """Return the public JSON form of the addresses of an article, and of the articles that were there before."""
    return {
        "addresses": [
            {
                "url": address.url,
                "since": utc_text(address.since),
                "until": utc_text(address.until),
                "article_id": address.article_id,
            }
            for address in found
        ],
        "former_articles": [
            {
                "id": other.id,
                "title": other.title,
                "url": other.url,
                "since": utc_text(other.since),
                "until": utc_text(other.until),
            }
            for other in former
        ],
    }
