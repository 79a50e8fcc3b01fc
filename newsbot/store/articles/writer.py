"""Stores one article: finds it by its keys, decides by `plan.decide`, and applies the plan.

Several articles can be stored in one transaction. On PostgreSQL, `batch_locks.lock_articles` must be called for all of them
before the first one, because locks have one order (`sql.locks`); `save_article` then finds its locks taken. Without that
call it takes the locks of one article itself. The totals of entities, their forms and the counts of boilerplate are
written when the transaction ends.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

from sqlalchemy import Connection, delete, insert
from sqlalchemy.orm import Session

from newsbot import rule_versions
from newsbot.dedupe.changes import Judgement
from newsbot.items import STUB, Article, Fetched, Outcome
from newsbot.store.articles import children, story_placement
from newsbot.store.articles.content.page_columns import (
    Page,
    add_source,
    content_columns,
    date_of,
    indexed_names,
    log,
    seen_columns,
    update_columns,
)
from newsbot.store.articles.content.replacement import bring_back, revise, rewrite, see_again
from newsbot.store.articles.existing import find_existing, find_plan, forget, load_existing
from newsbot.store.articles.loading import changed_structure
from newsbot.store.articles.plan import Conflict, Existing, Fill, Insert, Keep, Plan, Revise, SeeAgain
from newsbot.store.articles.precomputed import Precomputed, current
from newsbot.store.articles.presence import settle
from newsbot.store.articles.revision_rows import changed_fields, stored_content
from newsbot.store.boilerplate.removed_blocks import store_removed
from newsbot.store.crawl import rejects
from newsbot.store.entities import entity_writer
from newsbot.store.schema.identity import ArticleKeys, content_key
from newsbot.store.schema.models import ArticleRow
from newsbot.store.sql import locks
from newsbot.store.sql.compiled import CompiledStatement
from newsbot.store.sql.locks import Rank


@dataclass(frozen=True, slots=True)
class Saved:
    """The result of saving an article."""

    article_id: int
    outcome: Outcome
    """As in `Article.outcome`."""
    judgement: Judgement | None = None
    """In a conflict: what the page is now."""
    story_id: int | None = None
    """Story of a new article, if other articles belong to it."""
    replaced_id: int | None = None
    """The article that was at its address before, if it was another one."""


def save_article(
    session: Session,
    article: Article,
    *,
    keys: ArticleKeys,
    run_id: int | None,
    now: datetime,
    clock: datetime | None = None,
    new_id: int | None = None,
    precomputed: Precomputed | None = None,
    fetched: Fetched | None = None,
) -> Saved:
    """Store an article with everything that belongs to it, or update the one that is stored under any of its URLs.

    Content without a material change only moves `last_seen_at`; other content makes a revision. A page that is only a teaser
    of the article changes nothing: a conflict. One that shows another article now is stored as a new article, or is one
    that was there before; the address moves to it, and the old article stays. The text of another article under other URLs
    is stored too, as its exact duplicate. Rejects of its URLs are deleted, except in a conflict. A stub becomes the article
    in place; itself it never replaces an article, and its rejects stay. A new article gets the id `new_id`, or the next one. `precomputed` is `precompute(article)`; None: computed here, if it is needed.
    `fetched` is the response: if its bytes are those of the stored content, a change is one by newsbot's rules.
    `now` is when the page was seen, `clock` the time of this machine; None: the same.

    Safe against other processes that save the same article or text at the same time: the keys are locked first."""
    connection = session.connection()
    page = Page(article, keys, content_key(article), run_id, now, precomputed)
    locks.take(connection, Rank.IDENTITY, keys.lock_keys)
    plan, stored, exact_duplicate_id = find_plan(
        connection, article, keys, page.content_key, now=now, clock=clock or now, fetched=fetched
    )
    saved = _apply(connection, page, plan, exact_duplicate_id, new_id)
    if saved.outcome not in {"unchanged", "conflict"}:
        store_removed(connection, saved.article_id, article, is_new=not isinstance(plan, Revise))
    if isinstance(plan, Conflict | Keep):
        return saved
    articles = _without_stubs(page, connection, stored, saved.article_id)
    hashes = settle(connection, saved.article_id, article, keys, articles, now=now)
    forget(connection, keys)
    if article.kind != STUB:
        rejects.delete_rejects(connection, hashes, seen_at=now, clock=clock or now)
    before = articles.get(keys.own_hash)
    is_at_new = before is not None and before.id != saved.article_id and keys.own_hash in hashes
    return replace(saved, replaced_id=before.id) if before and is_at_new else saved


def apply_rules_to(
    session: Session,
    article_id: int,
    article: Article,
    *,
    keys: ArticleKeys,
    run_id: int | None,
    now: datetime,
    precomputed: Precomputed | None = None,
) -> Outcome:
    """Replace the content of a stored article by what the current rules read from the same page.

    The revision is marked as `by_rules`; URLs and the times when the article was seen stay."""
    connection = session.connection()
    page = Page(article, keys, content_key(article), run_id, now, precomputed)
    locks.take(connection, Rank.IDENTITY, keys.lock_keys)
    existing = load_existing(connection, article_id)
    store_removed(connection, article_id, article)
    if existing.content_key == page.content_key:
        offset_min = article.published_offset_min
        values = {
            "rules": article.rules,
            "published_offset_min": offset_min,
            **children.structure_columns(article),
        }
        changed = [*changed_structure(session, article_id, article)]
        content = stored_content(connection, article_id)
        changed += [] if content["published_offset_min"] == offset_min else ["published_offset_min"]
        if changed:
            log(connection, page, "corrected", article_id, changed)
        update_columns(connection, article_id, {"extractor_version": rule_versions.label(), **values})
        children.replace_links(connection, article_id, article)
        entity_writer.redate(connection, article_id, date_of(page, existing), offset_min)
        return "unchanged"
    _, exact_duplicate_id = find_existing(connection, [], keys.text_key)
    content = stored_content(connection, article_id)
    revise(
        connection,
        page,
        Revise(existing, content, content),
        None if exact_duplicate_id == article_id else exact_duplicate_id,
        {},
        by_rules=True,
    )
    return "changed"


# ------------------------------------------------------------------ writing

_ARTICLES = ArticleRow.metadata.tables["articles"]
_INSERT = CompiledStatement(insert(_ARTICLES).returning(_ARTICLES.c.id))


def _apply(
    connection: Connection,
    page: Page,
    plan: Plan,
    exact_duplicate_id: int | None,
    new_id: int | None,
) -> Saved:
    match plan:
        case Insert():
            return _insert(connection, page, exact_duplicate_id, new_id)
        case Fill():
            return _fill(connection, page, plan, exact_duplicate_id)
        case Keep(existing=existing):
            return Saved(existing.id, "unchanged")
        case SeeAgain(existing=existing):
            see_again(connection, page, plan)
            return Saved(existing.id, "unchanged")
        case Revise(existing=existing):
            bring_back(connection, page, existing)
            seen = seen_columns(page, existing)
            revise(connection, page, plan, exact_duplicate_id, seen, by_rules=plan.by_rules)
            return Saved(existing.id, "changed")
        case Conflict(existing=existing, judgement=judgement):
            return Saved(existing.id, "conflict", judgement)
        case _:
            assert_never(plan)


def _insert(connection: Connection, page: Page, exact_duplicate_id: int | None, new_id: int | None) -> Saved:
    article, precomputed = page.article, current(page.article, page.precomputed)
    is_stub = article.kind == STUB
    neighbours = story_placement.Neighbours()
    if not is_stub:
        neighbours = story_placement.lock_new_text(
            connection, precomputed.sketch, page.keys.text_key, exact_duplicate_id
        )
    add_source(connection, page)
    dated_at = article.published_at or page.now
    values = content_columns(page) | {
        "url": article.url,
        "source": article.source,
        "dated_at": dated_at,
        "revision": 1,
        "run_id": page.run_id,
        "first_seen_at": page.now,
        "last_seen_at": page.now,
    }
    given_id = {} if new_id is None else {"id": new_id}
    [(article_id,)] = _INSERT.rows(connection, values | given_id)
    children.add_bylines(connection, article_id, article)
    children.add_links(connection, article_id, article)
    children.add_vector(connection, article_id, precomputed.vector)
    entity_writer.add_entities(connection, article_id, article, dated_at)
    children.add_words(connection, article_id, {**values, **indexed_names(article)}, precomputed.body_words)
    log(connection, page, "new", article_id, revision=1)
    if is_stub:
        return Saved(article_id, "new")
    story_id = story_placement.place_article(
        connection, article_id, precomputed.sketch, neighbours, now=page.now
    )
    outcome: Outcome = "duplicate" if neighbours.exact_duplicate_id else "new"
    return Saved(article_id, outcome, story_id=story_id)


def _fill(connection: Connection, page: Page, plan: Fill, exact_duplicate_id: int | None) -> Saved:
    """Put an article, or another stub, in the place of a stub."""
    existing, article = plan.existing, page.article
    values = seen_columns(page, existing) | {"gone_at": None, "url": article.url, "source": article.source}
    changed = changed_fields(plan.content, article)
    if article.kind == STUB:
        rewrite(connection, page, plan, None, values)
        log(connection, page, "revised", existing.id, changed)
        return Saved(existing.id, "unchanged")
    story_id = rewrite(connection, page, plan, exact_duplicate_id, values)
    log(connection, page, "new", existing.id, changed)
    return Saved(existing.id, "duplicate" if exact_duplicate_id else "new", story_id=story_id)


def _without_stubs(
    page: Page, connection: Connection, stored: Mapping[bytes, Existing], article_id: int
) -> dict[bytes, Existing]:
    """Delete the stubs under the URLs of an article that is stored elsewhere; return what is left of `stored`."""
    stubs = {other.id for other in stored.values() if other.kind == STUB and other.id != article_id}
    for stub_id in sorted(stubs):
        children.remove_words(connection, stub_id, stored_content(connection, stub_id))
        connection.execute(delete(ArticleRow).where(ArticleRow.id == stub_id))
        log(connection, page, "deleted", stub_id)
    return {key: other for key, other in stored.items() if other.id not in stubs}
