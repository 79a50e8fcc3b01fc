"""Edits by publishers: headlines and texts that have changed, the last one first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NamedTuple

from sqlalchemy import ColumnElement, Row, and_, or_, select, tuple_
from sqlalchemy.orm import Session

from newsbot.dedupe.admissions import Evidence, Verdict
from newsbot.dedupe.revisions import Splice, splices
from newsbot.store.articles.revision_rows import before
from newsbot.store.schema.models import ArticleRow, Revision
from newsbot.store.search.filters import Narrowed
from newsbot.store.search.summaries import Summary, summaries

EditPart = Literal["headline", "text"]
WINDOW = 300
"""Number of revisions that are read at a time."""
MAX_WINDOWS = 10
"""Number of windows after which a page ends, also with fewer edits than asked for."""
MAX_LATER = 60
"""Number of later revisions of an article that are read to restore its text after an edit; with more, the passages of the
edit are left out, and the list of all changes of the article has them."""
MAX_PASSAGES = 4
"""Number of passages of a text that are shown of an edit."""
CONTEXT_CHARS = 120
"""Number of unchanged characters around a passage."""
MAX_PASSAGE_CHARS = 2_000


class EditPosition(NamedTuple):
    """The end of one page of the list; the next page begins after it."""

    changed_at: datetime
    article_id: int
    revision: int


class Passage(NamedTuple):
    """A part of a text before and after an edit, with some words around it."""

    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EditFilters:
    """Conditions on edits; empty: none."""

    part: EditPart | None = None
    only_silent: bool = False
    articles: Narrowed | None = None
    """Conditions on sources and languages; others are not looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublisherEdit:
    """A change of the headline or the text of an article by its publisher."""

    article: Summary
    """As it is now."""
    revision: int
    """Number of the content that the edit made."""
    changed_at: datetime
    """When newsbot saw it."""
    evidence: Evidence | None
    """The fact that decides whether the page owns up to it; None: the rules of an earlier version decided."""
    is_silent: bool
    title: Passage | None
    """Headline before and after, if it has changed."""
    passages: list[Passage]
    """The first changed passages of the text."""
    passage_count: int | None
    """Number of changed passages; None if they could not be restored."""

    @property
    def verdict(self) -> Verdict | None:
        """Whether the page owns up to it; None: the rules of an earlier version decided that it does."""
        if self.evidence is not None:
            return self.evidence.verdict
        return "silent" if self.is_silent else None


@dataclass(frozen=True, slots=True, kw_only=True)
class EditPage:
    """A part of the list."""

    edits: list[PublisherEdit]
    after: EditPosition | None
    """Where the next page begins; None on the last page."""
    before: EditPosition | None
    """Where the page before this one begins; None: at the top."""


def list_edits(session: Session, filters: EditFilters, *, after: EditPosition | None, limit: int) -> EditPage:
    """Return one page of the edits that meet `filters`, newest first.

    What is no edit by the publisher is left out: revisions by newsbot's rules, teasers that became texts, lines about the
    site. A page may have fewer edits than `limit` although there are more."""
    before = after and _page_before(session, filters, after, limit)
    found, end = _rows(session, filters, after, limit)
    return EditPage(edits=_edits(session, found), after=end, before=before)


# ------------------------------------------------------------------ selecting


def _rows(
    session: Session, filters: EditFilters, after: EditPosition | None, limit: int
) -> tuple[list[Row[Any]], EditPosition | None]:
    """Return the edits of a page, and where the next one begins."""
    found: list[Row[Any]] = []
    conditions = [] if filters.articles is None else _conditions(filters.articles)
    size = WINDOW if conditions else min(WINDOW, 3 * limit)
    for _ in range(MAX_WINDOWS):
        rows = _window(session, filters, after, size)
        met = _met(session, rows, conditions)
        is_full = len(found) + len(met) > limit
        found += met[: limit - len(found)]
        if is_full:
            return found, _position(found[-1])
        if len(rows) < size:
            return found, None
        after = _position(rows[-1])
    return found, after


def _page_before(
    session: Session, filters: EditFilters, after: EditPosition, limit: int
) -> EditPosition | None:
    """Return where the page before the one that begins after `after` begins; None if that is the first page."""
    conditions = [] if filters.articles is None else _conditions(filters.articles)
    place, number = after, 0
    is_first = True
    for _ in range(MAX_WINDOWS):
        rows = _window(session, filters, place, WINDOW, is_upwards=True)
        met = _met(session, rows[0 if is_first else 1 :], conditions)
        if number + len(met) > limit:
            return _position(met[limit - number])
        if len(rows) < WINDOW:
            return None
        number, place, is_first = number + len(met), _position(rows[-1]), False
    return place


def _window(
    session: Session,
    filters: EditFilters,
    after: EditPosition | None,
    size: int,
    *,
    is_upwards: bool = False,
) -> list[Row[Any]]:
    """Return the revisions after a position, newest first; upwards, those from the position on, oldest first."""
    order = (Revision.replaced_at, Revision.article_id, Revision.revision)
    query = select(
        *order, Revision.is_silent, Revision.evidence, Revision.title_changed, Revision.body_changed
    )
    wanted: list[ColumnElement[bool]] = [~Revision.by_rules, _changed(filters.part)]
    if filters.only_silent:
        wanted.append(Revision.is_silent.expression)
    if after is not None and is_upwards:
        wanted += [Revision.replaced_at >= after.changed_at, tuple_(*order) >= tuple(after)]
        return list(session.execute(query.where(*wanted).order_by(*order).limit(size)))
    if after is not None:
        # The first condition is for SQLite, which does not use an index for the second one alone.
        wanted += [Revision.replaced_at <= after.changed_at, tuple_(*order) < tuple(after)]
    query = query.where(*wanted).order_by(*(column.desc() for column in order)).limit(size)
    return list(session.execute(query))


def _changed(part: EditPart | None) -> ColumnElement[bool]:
    if part is None:
        return or_(Revision.title_changed, Revision.body_changed)
    return Revision.title_changed.expression if part == "headline" else Revision.body_changed.expression


def _met(
    session: Session, rows: Sequence[Row[Any]], conditions: Sequence[ColumnElement[bool]]
) -> list[Row[Any]]:
    edits = [row for row in rows if row.evidence is None or _evidence(row).verdict != "no-edit"]
    if not conditions or not edits:
        return edits
    ids = {row.article_id for row in edits}
    query = select(ArticleRow.id).where(ArticleRow.id.in_(sorted(ids)), *conditions)
    wanted = set(session.scalars(query))
    return [row for row in edits if row.article_id in wanted]


def _conditions(wanted: Narrowed) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.sources is not None:
        conditions.append(ArticleRow.source.in_(wanted.sources))
    if wanted.excluded:
        conditions.append(or_(ArticleRow.source.is_(None), ArticleRow.source.not_in(wanted.excluded)))
    if wanted.filters.language:
        conditions.append(ArticleRow.language.in_(wanted.filters.language))
    return conditions


def _position(row: Row[Any]) -> EditPosition:
    return EditPosition(row.replaced_at, row.article_id, row.revision)


def _evidence(row: Row[Any]) -> Evidence:
    return Evidence.from_json(row.evidence)


# ------------------------------------------------------------------ loading


def _edits(session: Session, rows: Sequence[Row[Any]]) -> list[PublisherEdit]:
    articles = {found.id: found for found in summaries(session, sorted({row.article_id for row in rows}))}
    versions = _versions(session, rows)
    return [
        _edit(row, articles[row.article_id], versions.get((row.article_id, row.revision)))
        for row in rows
        if row.article_id in articles
    ]


def _edit(row: Row[Any], article: Summary, version: _Version | None) -> PublisherEdit:
    passages = None if version is None else version.passages
    return PublisherEdit(
        article=article,
        revision=row.revision + 1,
        changed_at=row.replaced_at,
        evidence=None if row.evidence is None else _evidence(row),
        is_silent=row.is_silent,
        title=version.title if version and row.title_changed else None,
        passages=(passages or [])[:MAX_PASSAGES],
        passage_count=None if passages is None else len(passages),
    )


class _Version(NamedTuple):
    """What a revision changed."""

    title: Passage
    passages: list[Passage]


def _versions(session: Session, rows: Iterable[Row[Any]]) -> dict[tuple[int, int], _Version]:
    """Return (article id, number of the replaced content) -> what the revision changed, read back from today's text."""
    first: dict[int, int] = {}
    for row in rows:
        first[row.article_id] = min(row.revision, first.get(row.article_id, row.revision))
    now = _near(session, first)
    wanted = {(row.article_id, row.revision) for row in rows}
    versions = {}
    for article_id, changes in _changes(session, {key: first[key] for key in now}).items():
        content: Mapping[str, Any] = now[article_id]
        for revision, changed in changes:
            old = before(content, changed)
            if (article_id, revision) in wanted:
                versions[article_id, revision] = _version(changed, old, content)
            content = old
    return versions


def _near(session: Session, first: Mapping[int, int]) -> dict[int, dict[str, Any]]:
    """Return article id -> headline and text, of the articles with few revisions after the first that is wanted."""
    columns = (ArticleRow.id, ArticleRow.revision, ArticleRow.title, ArticleRow.body)
    ids = _ids_near(session, first)
    found = session.execute(select(*columns).where(ArticleRow.id.in_(ids)))
    return {row.id: {"title": row.title, "body": row.body} for row in found}


def _ids_near(session: Session, first: Mapping[int, int]) -> list[int]:
    query = select(ArticleRow.id, ArticleRow.revision).where(ArticleRow.id.in_(sorted(first)))
    return [id_ for id_, revision in session.execute(query) if revision - first[id_] <= MAX_LATER]


def _changes(session: Session, first: Mapping[int, int]) -> dict[int, list[tuple[int, dict[str, Any]]]]:
    """Return article id -> number and changes of its revisions from the first that is wanted, newest first."""
    if not first:
        return {}
    later = [
        and_(Revision.article_id == article_id, Revision.revision >= revision)
        for article_id, revision in first.items()
    ]
    query = select(Revision.article_id, Revision.revision, Revision.changes).where(or_(*later))
    changes: dict[int, list[tuple[int, dict[str, Any]]]] = defaultdict(list)
    for article_id, revision, changed in session.execute(query.order_by(Revision.revision.desc())):
        kept = {name: value for name, value in changed.items() if name in {"title", "body"}}
        changes[article_id].append((revision, kept))
    return changes


def _version(changed: Mapping[str, Any], old: Mapping[str, Any], new: Mapping[str, Any]) -> _Version:
    title = Passage(old["title"] or "", new["title"] or "")
    if "body" not in changed:
        return _Version(title, [])
    stored = changed["body"]
    replaced = (
        [Splice(*values) for values in stored] if isinstance(stored, list) else splices(stored, new["body"])
    )
    return _Version(title, _passages(replaced, new["body"]))


def _passages(replaced: Collection[Splice], new: str) -> list[Passage]:
    """Return the passages that differ; replacements close to each other are one passage."""
    groups: list[list[Splice]] = []
    for splice in replaced:
        if groups and splice.start - groups[-1][-1].end <= 2 * CONTEXT_CHARS:
            groups[-1].append(splice)
        else:
            groups.append([splice])
    return [_passage(group, new) for group in groups]


def _passage(group: Sequence[Splice], new: str) -> Passage:
    start, end = group[0].start, group[-1].end
    head, tail = _head(new, start), _tail(new, end)
    parts, done = [], start
    for splice in group:
        parts += [new[done : splice.start], splice.text]
        done = splice.end
    old_text = "".join(parts)
    return Passage(
        head + old_text[:MAX_PASSAGE_CHARS] + tail, head + new[start:end][:MAX_PASSAGE_CHARS] + tail
    )


def _head(text: str, end: int) -> str:
    """Return the words before a place, from the beginning of a word."""
    start = max(0, end - CONTEXT_CHARS)
    return text[start:end] if start == 0 else "… " + text[start:end].partition(" ")[2]


def _tail(text: str, start: int) -> str:
    """Return the words after a place, to the end of a word."""
    end = start + CONTEXT_CHARS
    return text[start:end] if end >= len(text) else text[start:end].rpartition(" ")[0] + " …"
