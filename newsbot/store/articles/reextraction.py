"""Stored articles whose pages the archive has, and their content by the current extraction rules."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from newsbot import rule_versions
from newsbot.items import Article, Outcome, utc_text
from newsbot.store.articles.content import story_locks
from newsbot.store.articles.loading import changed_structure
from newsbot.store.articles.precomputed import Precomputed
from newsbot.store.articles.revision_rows import changed_fields, stored_content
from newsbot.store.articles.writer import apply_rules_to
from newsbot.store.boilerplate.removed_blocks import store_removed
from newsbot.store.crawl.fetches import has_page
from newsbot.store.schema.identity import article_keys
from newsbot.store.schema.models import ArticleRow, ArticleUrl, ArticleWay, Fetch
from newsbot.store.sql.local_days import dated_since


@dataclass(frozen=True, slots=True, kw_only=True)
class Extracted:
    """A stored article, and the record of the page that its content comes from."""

    article_id: int
    url: str
    retrieved_at: datetime
    warc_file: str
    warc_offset: int


def list_extracted(
    session: Session,
    *,
    is_stale: bool = True,
    source: str | None = None,
    since: date | None = None,
    ids: Collection[int] | None = None,
) -> list[Extracted]:
    """Return the articles whose pages are kept, oldest row first; with `is_stale`, those of another version's rules.

    With `ids`, only articles with these ids."""
    found: dict[int, Extracted] = {}
    for led_by in (ArticleUrl, ArticleWay):
        query = (
            select(
                ArticleRow.id,
                ArticleRow.url,
                ArticleRow.retrieved_at,
                func.min(Fetch.warc_file),
                func.min(Fetch.warc_offset),
            )
            .where(has_page(led_by))
            .group_by(ArticleRow.id)
        )
        if is_stale:
            query = query.where(ArticleRow.extractor_version.is_distinct_from(rule_versions.label()))
        if source is not None:
            query = query.where(ArticleRow.source == source)
        if ids is not None:
            query = query.where(ArticleRow.id.in_(ids))
        if since is not None:
            query = query.where(*dated_since(ArticleRow, since))
        rows: Iterable[Any] = session.execute(query)
        for id_, url, at, file, offset in rows:
            extracted = Extracted(
                article_id=id_, url=url, retrieved_at=at, warc_file=file, warc_offset=offset
            )
            found.setdefault(id_, extracted)
    return [found[id_] for id_ in sorted(found)]


def changes_by_rules(session: Session, article_id: int, article: Article) -> dict[str, tuple[Any, Any]]:
    """Return what `article` says otherwise than the stored one: field name -> its values, ready for JSON."""
    stored = stored_content(session.connection(), article_id)
    old = changed_fields(stored, article)
    if stored["published_offset_min"] != article.published_offset_min:
        old["published_offset_min"] = stored["published_offset_min"]
    new = {name: getattr(article, name) for name in old}
    changes = {
        name: (old[name], utc_text(value) if isinstance(value, datetime) else value)
        for name, value in new.items()
    }
    return changes | {
        name: (_json(old), _json(new))
        for name, (old, new) in changed_structure(session, article_id, article).items()
    }


def _json(value: Any) -> Any:
    return [asdict(part) for part in value] if isinstance(value, list) else value


def apply_rules(
    session: Session,
    extracted: Extracted,
    article: Article,
    *,
    run_id: int | None,
    now: datetime,
    precomputed: Precomputed | None = None,
) -> Outcome | None:
    """Store what the current rules read from the page of an article; None if it has changed in the meantime."""
    retrieved_at = session.scalar(
        select(ArticleRow.retrieved_at).where(ArticleRow.id == extracted.article_id)
    )
    if retrieved_at != extracted.retrieved_at:
        return None
    keys = article_keys(article)
    return apply_rules_to(
        session, extracted.article_id, article, keys=keys, run_id=run_id, now=now, precomputed=precomputed
    )


def mark_extracted(
    session: Session, article_ids: Sequence[int], removals: Mapping[int, Article] | None = None
) -> None:
    """Store that the current rules leave articles as they are.

    `removals` are those articles, by id, from whose pages the rules have removed something that may not be stored yet."""
    for article_id, article in (removals or {}).items():
        store_removed(session.connection(), article_id, article)
    changed = set(article_ids)
    story_locks.lock(session.connection(), changed, lambda: changed)  # several articles are changed
    query = update(ArticleRow).where(ArticleRow.id.in_(article_ids))
    session.execute(query.values(extractor_version=rule_versions.label()))
