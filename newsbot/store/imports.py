"""Articles that another newsbot has stored, stored here: what only a database can know comes with them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import case, select, update
from sqlalchemy.orm import Session

from newsbot.items import Article
from newsbot.store.keys import article_keys, url_hash
from newsbot.store.models import ArticleRow, ArticleUrl


def fill_unexported(session: Session, article: Article) -> None:
    """Fill what an export does not tell from the article stored under the first of its URLs, if there is one.

    Else an article that comes back to where it was exported from would be taken for changed."""
    first = url_hash(article_keys(article).url_keys[0])
    query = select(ArticleRow.kind, ArticleRow.is_free).join(
        ArticleUrl, ArticleUrl.article_id == ArticleRow.id
    )
    stored = session.execute(query.where(ArticleUrl.url_hash == first)).first()
    if stored is not None:
        article.kind, article.is_free = stored.kind, stored.is_free


def restore_seen(session: Session, article_id: int, *, last_seen_at: datetime, revision: int) -> None:
    """Note until when an article was seen elsewhere, and how often it had changed there.

    What it said before is in the other database only."""
    latest = case((ArticleRow.last_seen_at < last_seen_at, last_seen_at), else_=ArticleRow.last_seen_at)
    most = case((ArticleRow.revision < revision, revision), else_=ArticleRow.revision)
    query = update(ArticleRow).where(ArticleRow.id == article_id)
    session.execute(query.values(last_seen_at=latest, revision=most))
