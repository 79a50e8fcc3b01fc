"""The revisions of an article, oldest first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsbot.dedupe.admissions import LOOKED_FOR, Evidence, Reason
from newsbot.items import utc_text
from newsbot.store.articles.loading import find_article
from newsbot.store.articles.revision_rows import before, changed_words, stored_content
from newsbot.store.schema.models import Revision


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """The changes of one revision."""

    revision: int
    """Number of the revision that the change made: 2 for the first change."""
    changed_at: datetime
    """When a crawl found the change."""
    by_rules: bool
    """Newsbot's extraction rules changed; the publisher has not edited the page."""
    is_silent: bool
    """Headline or text changed, and nothing on the page owns up to it."""
    evidence: Evidence | None
    """The fact that decided; None if the rules of an earlier version did."""
    words_removed: int
    """Number of words of headline and text that the change took out."""
    words_added: int
    fields: dict[str, tuple[Any, Any]]
    """Field name -> value before and value after; times are ISO 8601 strings."""


def count_silent(session: Session, article_id: int) -> int:
    """Return the number of silent edits of an article; see `Change.is_silent`."""
    query = select(func.count()).where(Revision.article_id == article_id, Revision.is_silent)
    return session.scalar(query) or 0


def history(session: Session, ref: int | str) -> list[Change] | None:
    """Return the changes of the article with this id or URL, oldest first; None if there is no such article."""
    article_id = find_article(session, ref)
    if article_id is None:
        return None
    query = select(Revision).where(Revision.article_id == article_id).order_by(Revision.revision.desc())
    content = {
        name: utc_text(value) if isinstance(value, datetime) else value
        for name, value in stored_content(session.connection(), article_id).items()
    }
    changes = []
    for row in session.scalars(query):
        old = before(content, row.changes)
        changes.append(_change(row, old, content))
        content = old
    return changes[::-1]


def _change(row: Revision, old: Mapping[str, Any], new: Mapping[str, Any]) -> Change:
    removed, added = changed_words(row.changes, old, new)
    return Change(
        revision=row.revision + 1,
        changed_at=row.replaced_at,
        by_rules=row.by_rules,
        is_silent=row.is_silent,
        evidence=None if row.evidence is None else Evidence.from_json(row.evidence),
        words_removed=removed,
        words_added=added,
        fields={name: (old[name], new[name]) for name in row.changes},
    )


def revision_json(change: Change) -> dict[str, Any]:
    """Return a change as the API and `newsbot history --json` give it."""
    return {
        "revision": change.revision,
        "changed_at": utc_text(change.changed_at),
        "by_rules": change.by_rules,
        "is_silent": change.is_silent,
        "evidence": evidence_json(change),
        "fields": {name: {"before": old, "after": new} for name, (old, new) in change.fields.items()},
    }


def evidence_json(change: Change) -> dict[str, Any]:
    """Return why a change is called silent or not, as `revision_json` has it."""
    evidence = change.evidence
    return {
        "verdict": evidence.verdict if evidence else None,
        "reason": evidence.reason if evidence else None,
        "text": evidence.text or None if evidence else None,
        "looked_for": list(LOOKED_FOR) if evidence and evidence.is_silent else [],
        "words_removed": change.words_removed,
        "words_added": change.words_added,
    }


def explanation(change: Change) -> str:
    """Return in one sentence why a change is called silent or not, for people."""
    if change.evidence is None:
        return (
            ""
            if change.by_rules
            else "judged by the rules of an earlier version of newsbot, which kept no reason"
        )
    said = EXPLANATIONS[change.evidence.reason]
    return f"{said}: {change.evidence.text}" if change.evidence.text else said


EXPLANATIONS: dict[Reason, str] = {
    "nothing-found": "nothing on the page owns up to it: no later date of modification or publication, no new date line, "
    "correction note or mark of the headline, and the old text announced no change",
    "modified-date": "the page gives a later date of modification",
    "published-date": "the page gives a later date of publication",
    "date-line": "the page has a new date line",
    "note": "the page has a new note",
    "headline-mark": "the headline is marked",
    "announced": "the old text announced changes",
    "live-blog": "it is a live blog, or has become one",
    "by-rules": "newsbot's rules read the same page differently",
    "metadata": "neither headline nor text changed",
    "boilerplate": "only lines about the site or its writers, or figures that change by themselves, are different",
    "full-text": "the old text was the beginning of the new one, as a teaser or paywall shows it",
    "first-report": "a first report of a few lines became a whole one",
    "rules-changed": "the two texts were read by different rules, so the change may be newsbot's",
    "other-form": "the page was served in another form, for example behind a paywall, for print or as AMP",
    "headline-test": "only the headline changed, soon after publication, which may be a test of headlines",
    "returned": "an earlier headline or text came back, so it may be a test of headlines or another copy of the page",
}
"""Reason -> what it means. Where the page gave words or a time, they follow."""
