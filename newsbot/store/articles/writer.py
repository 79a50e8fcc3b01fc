"""Stores one article: finds it by its keys, decides by `plan.decide`, and applies the plan.

Several articles can be stored in one transaction. On PostgreSQL, `batch_locks.lock_articles` must be called for all of them
before the first one, because locks have one order (`sql.locks`); `save_article` then finds its locks taken. Without that
call it takes the locks of one article itself. The totals of entities, their forms and the counts of boilerplate are
written when the transaction ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, assert_never

from sqlalchemy import Connection, bindparam, delete, insert, update
from sqlalchemy.orm import Session

from newsbot import rule_versions
from newsbot.dedupe.agencies import agency_of
from newsbot.dedupe.changes import Judgement
from newsbot.dedupe.fingerprints import text_key
from newsbot.items import STUB, Article, Fetched, Outcome
from newsbot.store.articles import children, story_placement
from newsbot.store.articles.existing import find_existing, find_plan, load_existing
from newsbot.store.articles.loading import changed_structure
from newsbot.store.articles.plan import Conflict, Existing, Fill, Insert, Keep, Plan, Revise, SeeAgain
from newsbot.store.articles.precomputed import Precomputed, current
from newsbot.store.articles.presence import restore, settle
from newsbot.store.articles.revision_rows import (
    Edit,
    changed_fields,
    compacted,
    edit_evidence,
    stored_article,
    stored_content,
)
from newsbot.store.boilerplate.removed_blocks import store_removed
from newsbot.store.changes.change_log import ChangeKind, log_change
from newsbot.store.crawl import rejects
from newsbot.store.entities import entity_writer
from newsbot.store.index.index_entries import index_words
from newsbot.store.schema.identity import ArticleKeys, content_key
from newsbot.store.schema.models import ArticleRow, Revision
from newsbot.store.sql import locks
from newsbot.store.sql.compiled import CompiledStatement
from newsbot.store.sql.locks import Rank

COPIED_FIELDS = (
    "canonical_url",
    "title",
    "description",
    "published_at",
    "published_offset_min",
    "modified_at",
    "language",
    "section",
    "image_url",
    "word_count",
    "kind",
    "is_free",
    "notes",
    "entity_engine",
    "rules",
    "extractor_version",
    "retrieved_at",
    "body",
)
"""Fields of an Article that are columns of the same name and are replaced by a revision."""


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


@dataclass(frozen=True, slots=True)
class _Page:
    """An article that is being stored, with its keys."""

    article: Article
    keys: ArticleKeys
    content_key: bytes
    run_id: int | None
    now: datetime
    precomputed: Precomputed | None


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
    page = _Page(article, keys, content_key(article), run_id, now, precomputed)
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
    page = _Page(article, keys, content_key(article), run_id, now, precomputed)
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
            _log(connection, page, "corrected", article_id, changed)
        _update(connection, article_id, {"extractor_version": rule_versions.label(), **values})
        children.replace_links(connection, article_id, article)
        entity_writer.redate(connection, article_id, _dated_at(page, existing), offset_min)
        return "unchanged"
    _, exact_duplicate_id = find_existing(connection, [], keys.text_key)
    content = stored_content(connection, article_id)
    _revise(
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
_UPDATE = update(_ARTICLES).where(_ARTICLES.c.id == bindparam("known_id"))


def _apply(
    connection: Connection,
    page: _Page,
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
            _see_again(connection, page, plan)
            return Saved(existing.id, "unchanged")
        case Revise(existing=existing):
            _restore(connection, page, existing)
            seen = _seen(page, existing)
            _revise(connection, page, plan, exact_duplicate_id, seen, by_rules=plan.by_rules)
            return Saved(existing.id, "changed")
        case Conflict(existing=existing, judgement=judgement):
            return Saved(existing.id, "conflict", judgement)
        case _:
            assert_never(plan)


def _insert(connection: Connection, page: _Page, exact_duplicate_id: int | None, new_id: int | None) -> Saved:
    article, precomputed = page.article, current(page.article, page.precomputed)
    is_stub = article.kind == STUB
    related = (
        () if is_stub else story_placement.lock_and_relate(connection, precomputed.sketch, exact_duplicate_id)
    )
    _add_source(connection, page)
    dated_at = article.published_at or page.now
    values = _content_columns(page) | {
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
    children.add_words(connection, article_id, {**values, **_names(article)}, precomputed.body_words)
    _log(connection, page, "new", article_id, revision=1)
    if is_stub:
        return Saved(article_id, "new")
    story_id = story_placement.place_article(
        connection,
        article_id,
        precomputed.sketch,
        related,
        exact_duplicate_id=exact_duplicate_id,
        now=page.now,
    )
    return Saved(article_id, "duplicate" if exact_duplicate_id else "new", story_id=story_id)


def _see_again(connection: Connection, page: _Page, plan: SeeAgain) -> None:
    values = _seen(page, plan.existing)
    if not plan.is_older:
        _restore(connection, page, plan.existing)
    if plan.replaces_entities:
        values["entity_engine"] = page.article.entity_engine
        _replace_entities(connection, page, plan.existing)
    before = stored_content(connection, plan.existing.id) if plan.own else {}
    corrected = ["entities"] if plan.replaces_entities else []
    corrected += [name for name, value in plan.own.items() if before[name] != value]
    if plan.own:
        values |= _own_columns(connection, page, plan, before)
    _update(connection, plan.existing.id, values)
    if corrected:
        _log(connection, page, "corrected", plan.existing.id, corrected)


def _own_columns(
    connection: Connection, page: _Page, plan: SeeAgain, before: Mapping[str, Any]
) -> dict[str, Any]:
    """Write what a page says itself in place of what a feed has said, and return the columns. The text stays as it is."""
    existing, rules = plan.existing, page.article.rules
    dated_at = plan.own.get("published_at") or before["dated_at"]
    after = {**before, **plan.own, "dated_at": dated_at}
    amended = stored_article(after)
    if plan.own.keys() & {"authors", "topics"}:
        children.remove_bylines(connection, existing.id)
        children.add_bylines(connection, existing.id, amended)
    if "published_at" in plan.own:
        entity_writer.redate(connection, existing.id, dated_at, page.article.published_offset_min)
    children.remove_words(connection, existing.id, before)
    children.add_words(connection, existing.id, after, index_words(amended.body))
    columns = {name: value for name, value in plan.own.items() if name in COPIED_FIELDS}
    if "published_at" in plan.own:
        columns["published_offset_min"] = page.article.published_offset_min
    own_rules = {name: rules[name] for name in plan.own if name in rules}
    others = {name: rule for name, rule in existing.rules.items() if name not in plan.own}
    return columns | {
        "dated_at": dated_at,
        "rules": others | own_rules,
        "text_key": text_key(amended.title, amended.body),
        "content_key": content_key(amended),
    }


def _fill(connection: Connection, page: _Page, plan: Fill, exact_duplicate_id: int | None) -> Saved:
    """Put an article, or another stub, in the place of a stub."""
    existing, article = plan.existing, page.article
    values = _seen(page, existing) | {"gone_at": None, "url": article.url, "source": article.source}
    changed = changed_fields(plan.content, article)
    if article.kind == STUB:
        _rewrite(connection, page, plan, None, values)
        _log(connection, page, "revised", existing.id, changed)
        return Saved(existing.id, "unchanged")
    story_id = _rewrite(connection, page, plan, exact_duplicate_id, values)
    _log(connection, page, "new", existing.id, changed)
    return Saved(existing.id, "duplicate" if exact_duplicate_id else "new", story_id=story_id)


def _without_stubs(
    page: _Page, connection: Connection, stored: Mapping[bytes, Existing], article_id: int
) -> dict[bytes, Existing]:
    """Delete the stubs under the URLs of an article that is stored elsewhere; return what is left of `stored`."""
    stubs = {other.id for other in stored.values() if other.kind == STUB and other.id != article_id}
    for stub_id in sorted(stubs):
        children.remove_words(connection, stub_id, stored_content(connection, stub_id))
        connection.execute(delete(ArticleRow).where(ArticleRow.id == stub_id))
        _log(connection, page, "deleted", stub_id)
    return {key: other for key, other in stored.items() if other.id not in stubs}


def _revise(
    connection: Connection,
    page: _Page,
    plan: Revise,
    exact_duplicate_id: int | None,
    values: Mapping[str, Any],
    *,
    by_rules: bool = False,
) -> None:
    """Store the replaced content as a revision, and write the new one."""
    new = {**values, "revision": plan.content["revision"] + 1}
    row = _revision(connection, page, plan, by_rules=by_rules)
    _rewrite(connection, page, plan, exact_duplicate_id, new, revision=row)
    kind: ChangeKind = "corrected" if by_rules else "revised"
    _log(connection, page, kind, plan.existing.id, row["changes"], revision=new["revision"])


def _rewrite(
    connection: Connection,
    page: _Page,
    plan: Fill | Revise,
    exact_duplicate_id: int | None,
    values: Mapping[str, Any],
    *,
    revision: Mapping[str, Any] | None = None,
) -> int | None:
    """Write new content and place the article in its story again; return its story if the text is another one."""
    existing, precomputed = plan.existing, current(page.article, page.precomputed)
    is_other_text = page.keys.text_key != existing.text_key
    if is_other_text:
        story_placement.lock_near_duplicates(connection, [precomputed.sketch])
    story_placement.lock(connection)
    if revision:
        connection.execute(insert(Revision).values(revision))
    if isinstance(plan, Fill):
        _add_source(connection, page)
    children.remove_bylines(connection, existing.id)
    children.add_bylines(connection, existing.id, page.article)
    children.replace_links(connection, existing.id, page.article)
    children.replace_vector(connection, existing.id, precomputed.vector)
    _replace_entities(connection, page, existing)
    new = {**values, **_content_columns(page), "dated_at": _dated_at(page, existing)}
    children.remove_words(connection, existing.id, plan.content)
    indexed = {**plan.content, **new, **_names(page.article)}
    children.add_words(connection, existing.id, indexed, precomputed.body_words)
    _update(connection, existing.id, new)
    if is_other_text:
        return story_placement.move_article(
            connection, existing.id, precomputed.sketch, exact_duplicate_id=exact_duplicate_id, now=page.now
        )
    story_placement.reassign_roles(connection, existing.id, now=page.now)
    return None


def _revision(connection: Connection, page: _Page, plan: Revise, *, by_rules: bool) -> dict[str, Any]:
    """Return the row of a revision."""
    changes = changed_fields(plan.old, page.article)
    edit = Edit(plan.existing.id, plan.content, plan.old, plan.existing.rules, page.article, page.content_key)
    evidence = edit_evidence(connection, edit, by_rules=by_rules, now=page.now)
    return {
        "article_id": plan.existing.id,
        "revision": plan.content["revision"],
        "replaced_at": page.now,
        "run_id": page.run_id,
        "title_changed": "title" in changes,
        "body_changed": "body" in changes,
        "content_key": plan.existing.content_key,
        "changes": compacted(changes, page.article.body),
        "by_rules": by_rules,
        "is_silent": evidence.is_silent,
        "evidence": evidence.to_json(),
    }


def _restore(connection: Connection, page: _Page, existing: Existing) -> None:
    """Store that the page of an article is there again, unless this page was fetched before it was gone."""
    if existing.gone_at is not None and page.now >= existing.gone_at:
        restore(connection, existing.id, run_id=page.run_id, now=page.now)


def _log(
    connection: Connection,
    page: _Page,
    change: ChangeKind,
    article_id: int,
    fields: Iterable[str] | None = None,
    revision: int | None = None,
) -> None:
    log_change(
        connection, change, article_id, now=page.now, run_id=page.run_id, revision=revision, fields=fields
    )


def _replace_entities(connection: Connection, page: _Page, existing: Existing) -> None:
    entity_writer.replace_entities(connection, existing.id, page.article, _dated_at(page, existing))


def _update(connection: Connection, article_id: int, values: Mapping[str, Any]) -> None:
    connection.execute(_UPDATE, {"known_id": article_id, **values})


def _seen(page: _Page, existing: Existing) -> dict[str, Any]:
    return {
        "first_seen_at": min(page.now, existing.first_seen_at),
        "last_seen_at": max(page.now, existing.last_seen_at),
    }


def _dated_at(page: _Page, existing: Existing) -> datetime:
    return page.article.published_at or existing.first_seen_at


def _content_columns(page: _Page) -> dict[str, Any]:
    """Return the columns that are replaced together with the content."""
    copied = {name: getattr(page.article, name) for name in COPIED_FIELDS}
    return (
        copied
        | children.structure_columns(page.article)
        | {
            "text_key": page.keys.text_key,
            "content_key": page.content_key,
            "agency": agency_of(page.article.authors, page.article.body),
        }
    )


def _names(article: Article) -> dict[str, list[str]]:
    """Return what is indexed of an article beside its columns."""
    return {"authors": article.authors, "topics": article.topics}


def _add_source(connection: Connection, page: _Page) -> None:
    if page.article.source is not None:
        children.add_sources(connection, [page.article.source], now=page.now)
