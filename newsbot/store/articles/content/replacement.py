"""Puts what a page says now in the place of what is stored: a revision, the page of a stub, what a feed has said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, insert

from newsbot.dedupe.fingerprints import text_key
from newsbot.store.articles import children, story_placement
from newsbot.store.articles.content.page_columns import (
    COPIED_FIELDS,
    Page,
    add_source,
    content_columns,
    date_of,
    indexed_names,
    log,
    seen_columns,
    update_columns,
)
from newsbot.store.articles.plan import Existing, Fill, Revise, SeeAgain
from newsbot.store.articles.precomputed import current
from newsbot.store.articles.presence import restore
from newsbot.store.articles.revision_rows import (
    Edit,
    changed_fields,
    compacted,
    edit_evidence,
    stored_article,
    stored_content,
)
from newsbot.store.changes.change_log import ChangeKind
from newsbot.store.entities import entity_writer
from newsbot.store.index.index_entries import index_words
from newsbot.store.schema.identity import content_key
from newsbot.store.schema.models import Revision


def see_again(connection: Connection, page: Page, plan: SeeAgain) -> None:
    """Store that an article was seen, with what its page says better than what is stored, and its entities."""
    values = seen_columns(page, plan.existing)
    if not plan.is_older:
        bring_back(connection, page, plan.existing)
    if plan.replaces_entities:
        values["entity_engine"] = page.article.entity_engine
        _replace_entities(connection, page, plan.existing)
    before = stored_content(connection, plan.existing.id) if plan.own else {}
    corrected = ["entities"] if plan.replaces_entities else []
    corrected += [name for name, value in plan.own.items() if before[name] != value]
    if plan.own:
        values |= _own_columns(connection, page, plan, before)
    update_columns(connection, plan.existing.id, values)
    if corrected:
        log(connection, page, "corrected", plan.existing.id, corrected)


def _own_columns(
    connection: Connection, page: Page, plan: SeeAgain, before: Mapping[str, Any]
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


def revise(
    connection: Connection,
    page: Page,
    plan: Revise,
    exact_duplicate_id: int | None,
    values: Mapping[str, Any],
    *,
    by_rules: bool = False,
) -> None:
    """Store the replaced content as a revision, and write the new one."""
    new = {**values, "revision": plan.content["revision"] + 1}
    row = _revision(connection, page, plan, by_rules=by_rules)
    rewrite(connection, page, plan, exact_duplicate_id, new, revision=row)
    kind: ChangeKind = "corrected" if by_rules else "revised"
    log(connection, page, kind, plan.existing.id, row["changes"], revision=new["revision"])


def rewrite(
    connection: Connection,
    page: Page,
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
        exact_duplicate_id = story_placement.lock_new_text(
            connection,
            precomputed.sketch,
            page.keys.text_key,
            exact_duplicate_id,
            in_place_of=existing.id,
        ).exact_duplicate_id
    else:
        story_placement.lock_story(connection, existing.id)
    if revision:
        connection.execute(insert(Revision).values(revision))
    if isinstance(plan, Fill):
        add_source(connection, page)
    children.remove_bylines(connection, existing.id)
    children.add_bylines(connection, existing.id, page.article)
    children.replace_links(connection, existing.id, page.article)
    children.replace_vector(connection, existing.id, precomputed.vector)
    _replace_entities(connection, page, existing)
    new = {**values, **content_columns(page), "dated_at": date_of(page, existing)}
    children.remove_words(connection, existing.id, plan.content)
    indexed = {**plan.content, **new, **indexed_names(page.article)}
    children.add_words(connection, existing.id, indexed, precomputed.body_words)
    update_columns(connection, existing.id, new)
    if is_other_text:
        return story_placement.move_article(
            connection, existing.id, precomputed.sketch, exact_duplicate_id=exact_duplicate_id, now=page.now
        )
    story_placement.reassign_roles(connection, existing.id, now=page.now)
    return None


def _revision(connection: Connection, page: Page, plan: Revise, *, by_rules: bool) -> dict[str, Any]:
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


def bring_back(connection: Connection, page: Page, existing: Existing) -> None:
    """Store that the page of an article is there again, unless this page was fetched before it was gone."""
    if existing.gone_at is not None and page.now >= existing.gone_at:
        restore(connection, existing.id, run_id=page.run_id, now=page.now)


def _replace_entities(connection: Connection, page: Page, existing: Existing) -> None:
    entity_writer.replace_entities(connection, existing.id, page.article, date_of(page, existing))
