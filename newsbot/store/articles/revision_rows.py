"""Revisions: the stored content of an article, how the content before a change is stored and restored, and whether a
change is a silent edit: the facts of the two versions, and of earlier ones."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection, Row, select, update

from newsbot.dedupe.admissions import Evidence, judge_edit
from newsbot.dedupe.changes import is_text_changed
from newsbot.dedupe.revisions import Splice, restore, splices
from newsbot.items import Article, utc_text
from newsbot.store.schema.identity import REVISED_FIELDS
from newsbot.store.schema.models import ArticleAuthor, ArticleRow, ArticleTopic, Author, Revision, Topic
from newsbot.text import word_count
from newsbot.urls import canonicalize

FURTHER_FIELDS = ("revision", "url", "source", "dated_at", "published_offset_min", "extractor_version")
"""Columns beside the content: its number, what is indexed with it, and where and by which rules it was read."""

MAX_EARLIER = 20
"""Number of earlier revisions with which a change is compared: tests of headlines and caches have few turns."""
_DOUBTED = {"nothing-found", "headline-test"}
"""Reasons that give way when the earlier content comes back."""


def stored_content(connection: Connection, article_id: int) -> dict[str, Any]:
    """Return the stored values of `REVISED_FIELDS`, and of `FURTHER_FIELDS`."""
    names = [*FURTHER_FIELDS, *(name for name in REVISED_FIELDS if name not in {"authors", "topics"})]
    query = select(*(getattr(ArticleRow, name) for name in names)).where(ArticleRow.id == article_id)
    authors = select(Author.name).join(ArticleAuthor, ArticleAuthor.author_id == Author.id)
    topics = select(Topic.name).join(ArticleTopic, ArticleTopic.topic_id == Topic.id)
    return dict(connection.execute(query).mappings().one()) | {
        "authors": list(
            connection.scalars(
                authors.where(ArticleAuthor.article_id == article_id).order_by(ArticleAuthor.position)
            )
        ),
        "topics": list(
            connection.scalars(
                topics.where(ArticleTopic.article_id == article_id).order_by(ArticleTopic.position)
            )
        ),
    }


def changed_fields(old: Mapping[str, Any], article: Article) -> dict[str, Any]:
    """Return the old values, in their JSON form, of the fields that differ in the article."""
    return {
        name: utc_text(old[name]) if isinstance(old[name], datetime) else old[name]
        for name in REVISED_FIELDS
        if old[name] != getattr(article, name)
    }


def stored_article(content: Mapping[str, Any]) -> Article:
    """Return the result of `stored_content` as an article, to compare it with another one."""
    return Article(url="", **{name: content[name] for name in REVISED_FIELDS})


def compacted(changes: Mapping[str, Any], new_body: str) -> dict[str, Any]:
    """Return changed fields as they are stored: the old body as splices of the new one, if that is shorter."""
    if "body" not in changes:
        return dict(changes)
    record = [list(splice) for splice in splices(changes["body"], new_body)]
    is_shorter = len(json.dumps(record)) < len(json.dumps(changes["body"]))
    return dict(changes) | ({"body": record} if is_shorter else {})


def changed_words(
    changes: Mapping[str, Any], old: Mapping[str, Any], new: Mapping[str, Any]
) -> tuple[int, int]:
    """Return the numbers of words of headline and text that stored `changes` removed and added."""
    removed = added = 0
    if "title" in changes:
        removed, added = _differing_words(splices(old["title"] or "", new["title"] or ""), new["title"] or "")
    if "body" in changes:
        stored = changes["body"]
        body = (
            [Splice(*values) for values in stored]
            if isinstance(stored, list)
            else splices(stored, new["body"])
        )
        more_removed, more_added = _differing_words(body, new["body"])
        removed, added = removed + more_removed, added + more_added
    return removed, added


def _differing_words(replacements: Sequence[Splice], new: str) -> tuple[int, int]:
    """Return the numbers of words that replacements remove and add; a word before a new paragraph is in both."""
    removed = added = 0
    for start, end, text in replacements:
        old_words, new_words = text.split(), new[start:end].split()
        common = sum(
            1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(old_words, new_words, strict=False))
        )
        removed += word_count(" ".join(old_words[common:]))
        added += word_count(" ".join(new_words[common:]))
    return removed, added


def before(content: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the content before stored `changes`, in their JSON form, given the content after them."""
    old = dict(content) | dict(changes)
    if isinstance(old["body"], list):
        old["body"] = restore(content["body"], [Splice(*values) for values in old["body"]])
    return old


# ------------------------------------------------------------------ evidence


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of a stored article, as `writer` knows it."""

    article_id: int
    content: Mapping[str, Any]
    """`stored_content` of the article."""
    old: Mapping[str, Any]
    """The content, with what the page now says itself in place of what a feed said."""
    rules: Mapping[str, str]
    """The stored rules."""
    article: Article
    content_key: bytes


def edit_evidence(connection: Connection, edit: Edit, *, by_rules: bool, now: datetime) -> Evidence:
    """Return what decides on a change; judges earlier ones anew if it takes them back."""
    if by_rules:
        return Evidence("by-rules")
    if edit.content["extractor_version"] != edit.article.extractor_version or _is_read_otherwise(edit):
        return Evidence("rules-changed")
    old = stored_article(edit.old)
    earlier = _earlier(connection, edit.article_id)
    evidence = judge_edit(
        old, edit.article, now=now, earlier_titles=[row.title for row in earlier if row.title_changed]
    )
    if evidence.reason not in {*_DOUBTED, "returned"}:
        return evidence
    if _is_other_view(edit.content["url"], edit.article.url) or _followed_other_view(earlier):
        return Evidence("other-form", edit.article.url)
    turn = _turn(earlier, edit, is_headline=evidence.reason == "returned")
    if turn is None:
        return evidence
    _judge_anew(connection, edit.article_id, [row for row in earlier if row.revision >= turn.revision])
    return Evidence(
        "returned",
        edit.article.title or "" if is_text_changed(_headline(old), _headline(edit.article)) else "",
    )


def _is_read_otherwise(edit: Edit) -> bool:
    """Return whether another rule found the text, or the headline that alone has changed."""
    rules = edit.article.rules
    names = ["body"] if edit.old["body"] != edit.article.body else ["title"]
    return any(edit.rules.get(name) != rules.get(name) for name in names)


def _headline(article: Article) -> Article:
    return Article(url="", title=article.title)


def _is_other_view(stored: str, url: str) -> bool:
    """Return whether two URLs lead to two views of one page: for print, for telephones, AMP."""
    return _place(stored) != _place(url) and canonicalize(stored) == canonicalize(url)


def _place(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.netloc.lower().removeprefix("www."), parts.path.rstrip("/")


def _followed_other_view(earlier: Sequence[Row[Any]]) -> bool:
    """Return whether the content before the change came from another view, so that the usual one has returned."""
    return bool(earlier) and (earlier[0].evidence or {}).get("reason") == "other-form"


def _earlier(connection: Connection, article_id: int) -> Sequence[Row[Any]]:
    """Return the last revisions, newest first: their numbers, what they replaced, and what was judged."""
    query = (
        select(
            Revision.revision,
            Revision.content_key,
            Revision.title_changed,
            Revision.body_changed,
            Revision.evidence,
            Revision.changes["title"].as_string().label("title"),
        )
        .where(Revision.article_id == article_id)
        .order_by(Revision.revision.desc())
        .limit(MAX_EARLIER)
    )
    return connection.execute(query).all()


def _turn(earlier: Sequence[Row[Any]], edit: Edit, *, is_headline: bool) -> Row[Any] | None:
    """Return the last revision that replaced what the page says again: its content, or with `is_headline` its headline."""
    return next(
        (
            row
            for row in earlier
            if row.content_key == edit.content_key
            or (is_headline and row.title_changed and _same_headline(row.title, edit.article.title))
        ),
        None,
    )


def _same_headline(one: str | None, other: str | None) -> bool:
    return not is_text_changed(Article(url="", title=one), Article(url="", title=other))


def _judge_anew(connection: Connection, article_id: int, rows: Sequence[Row[Any]]) -> None:
    """Record that the edits which have been taken back may have been a test of headlines, or another copy of the page."""
    numbers = [row.revision for row in rows if (row.evidence or {}).get("reason") in _DOUBTED]
    if numbers:
        connection.execute(
            update(Revision)
            .where(Revision.article_id == article_id, Revision.revision.in_(numbers))
            .values(is_silent=False, evidence=Evidence("returned").to_json())
        )
