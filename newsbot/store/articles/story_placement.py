"""Stories: groups of near duplicates among the stored articles, updated whenever an article is stored.

A story is a connected component of the graph of near duplicates, so the order in which articles are stored does not
matter. Of two transactions that store near duplicates at the same time one waits for the other, because both lock a key
that the two texts share.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    bindparam,
    delete,
    desc,
    func,
    insert,
    or_,
    select,
    union_all,
    update,
)

from newsbot.dedupe.grouping import MAX_CANDIDATES, MAX_PER_KEY, SketchCandidate, relatives
from newsbot.dedupe.sketches import Relation, Sketch, is_smaller
from newsbot.dedupe.stories import StoryMember, choose_original, roles
from newsbot.store.articles.content.known_sketches import KEY_COLUMNS, KnownSketches
from newsbot.store.changes.change_log import MEMBERSHIP_COLUMNS, Membership, watch, watch_articles
from newsbot.store.schema.models import ArticleAuthor, ArticleRow, ArticleSketch, Author, Story
from newsbot.store.sql import dialect, locks, memory, waiting_rows
from newsbot.store.sql.compiled import CompiledStatement
from newsbot.store.sql.locks import Rank

LOCK = b"stories."
"""Key of the lock of rank STORIES: while a transaction holds it, no other one changes stories."""


def _candidates() -> CompiledStatement:
    found = [
        select(ArticleSketch.article_id)
        .where(getattr(ArticleSketch, key) == bindparam(key))
        .order_by(getattr(ArticleSketch, key).desc(), ArticleSketch.article_id.desc())
        .limit(MAX_PER_KEY)
        .subquery()
        for key in KEY_COLUMNS
    ]
    shared = union_all(*(select(sharing.c.article_id) for sharing in found)).subquery()
    most = (
        select(shared.c.article_id)
        .group_by(shared.c.article_id)
        .order_by(desc(func.count()), shared.c.article_id.desc())
        .limit(MAX_CANDIDATES)
        .subquery()
    )
    query = select(ArticleSketch.article_id, ArticleSketch.content)
    return CompiledStatement(query.join(most, most.c.article_id == ArticleSketch.article_id))


# Statements are built once: building one takes longer than executing it.
_ARTICLES = ArticleRow.metadata.tables["articles"]
_CANDIDATES = _candidates()
_SET_MEMBERSHIP = update(_ARTICLES).where(_ARTICLES.c.id == bindparam("member_id"))
_OF_STORY = _ARTICLES.c.story_id == bindparam("of_story")
_DECIDING_COLUMNS = (
    "id",
    "url",
    "canonical_url",
    "source",
    "published_at",
    "published_offset_min",
    "first_seen_at",
    "agency",
    "word_count",
    "text_key",
)
_MEMBERS = select(*(_ARTICLES.c[name] for name in (*_DECIDING_COLUMNS, *Membership._fields))).where(_OF_STORY)
_AUTHORS = (
    select(ArticleAuthor.article_id, Author.name)
    .join(Author, Author.id == ArticleAuthor.author_id)
    .join(_ARTICLES, _ARTICLES.c.id == ArticleAuthor.article_id)
    .where(_OF_STORY)
)


Related = Sequence[tuple[SketchCandidate, Relation]]
"""Stored articles with near duplicates or excerpts of a text, and how they are related to it."""


def lock_near_duplicates(connection: Connection, texts: Iterable[Sketch]) -> None:
    """Take advisory locks on the near-duplicate keys of texts until the transaction ends.

    To be called before the first write, so that two near duplicates that are stored at the same time find each other."""
    keys = {key for text in texts for key in text.keys if key is not None}
    if keys:
        locks.take(connection, Rank.NEAR_DUPLICATES, [b"near" + key.to_bytes(4, signed=True) for key in keys])


def lock(connection: Connection) -> None:
    """Keep other transactions from changing stories until the transaction ends. To be called before the first write."""
    locks.take(connection, Rank.STORIES, [LOCK])


def lock_and_relate(connection: Connection, text: Sketch, exact_duplicate_id: int | None) -> Related:
    """Lock the near-duplicate keys of a new text and return the stored articles that are related to it.

    If there are any, or `exact_duplicate_id` has the same text, the stories are locked too."""
    lock_near_duplicates(connection, [text])
    related = relatives(text, StoredSketches(connection))
    if related or exact_duplicate_id is not None:
        lock(connection)
    return related


def place_article(
    connection: Connection,
    article_id: int,
    text: Sketch,
    related: Related,
    *,
    exact_duplicate_id: int | None,
    now: datetime,
) -> int | None:
    """Add a stored article to the story of its near duplicates, note which articles are excerpts, return its story.

    `related` comes from `lock_and_relate`. `exact_duplicate_id` is another article with the same text, by which a text that is too
    short for keys is found."""
    waiting_rows.add(connection, dialect.new_rows(ArticleSketch), [_row(article_id, text)])
    memory.of(connection, KnownSketches).add(article_id, text)
    near = {candidate.id for candidate, how in related if how.kind == "near"}
    near |= set() if exact_duplicate_id is None else {exact_duplicate_id}
    story_id = _join(connection, {article_id, *near}, now) if near else None
    others = [candidate for candidate, how in related if how.kind == "excerpt"]
    smaller = [other.id for other in others if not is_smaller(text.content, other.content)]
    _note_excerpts(connection, smaller if len(smaller) == len(others) else [article_id, *smaller], now)
    return story_id


def move_article(
    connection: Connection, article_id: int, text: Sketch, *, exact_duplicate_id: int | None, now: datetime
) -> int | None:
    """Remove an article whose text has changed from its story, place it again, and return its story; under `lock`."""
    story_id = _story_of(connection, article_id)
    its_excerpts = ArticleRow.duplicate_kind == "excerpt", ArticleRow.duplicate_of == article_id
    excerpts = list(connection.scalars(select(ArticleRow.id).where(*its_excerpts)))
    watch_articles(connection, [article_id, *excerpts], now=now)
    _set_memberships(connection, dict.fromkeys([article_id, *excerpts], Membership()))
    connection.execute(delete(ArticleSketch).where(ArticleSketch.article_id == article_id))
    if story_id is not None:
        _assign_roles(connection, story_id, now)
    related = relatives(text, StoredSketches(connection))
    new_story_id = place_article(
        connection, article_id, text, related, exact_duplicate_id=exact_duplicate_id, now=now
    )
    _note_excerpts(connection, excerpts, now)
    return new_story_id


def reassign_roles(connection: Connection, article_id: int, *, now: datetime) -> None:
    """Assign the roles in the story of an article again, because its date or byline has changed; under `lock`."""
    story_id = _story_of(connection, article_id)
    if story_id is not None:
        _assign_roles(connection, story_id, now)


# ------------------------------------------------------------------ the index


class StoredSketches:
    """The stored sketches as a `dedupe.grouping.NearDuplicateStore`."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def candidates(self, keys: Sequence[int | None]) -> Iterable[SketchCandidate]:
        """Return the articles that share a key at the same position, in one statement if they are not known."""
        known = memory.of(self.connection, KnownSketches)
        if known.has(keys):
            return known.candidates(keys)
        found = _CANDIDATES.rows(self.connection, dict(zip(KEY_COLUMNS, keys, strict=True)))
        return [SketchCandidate(*row) for row in found]


def _row(article_id: int, text: Sketch) -> dict[str, Any]:
    keys = dict(zip(KEY_COLUMNS, text.keys, strict=True))
    return {"article_id": article_id, "content": text.content, **keys}


# ------------------------------------------------------------------ stories


def _join(connection: Connection, article_ids: Collection[int], now: datetime) -> int:
    """Merge these articles and the stories that they are in into one story; under `lock`. Return its id."""
    belongs = ArticleRow.id.in_(article_ids)
    found = connection.scalars(select(ArticleRow.story_id).where(belongs).distinct())
    stories = sorted(story_id for story_id in found if story_id is not None)
    story_id, *others = stories or [_new_story(connection, now)]
    joined = or_(belongs, ArticleRow.story_id.in_(others))
    rows = connection.execute(select(ArticleRow.id, *MEMBERSHIP_COLUMNS).where(joined))
    watch(connection, {row.id: Membership(*row[1:]) for row in rows}, now=now)
    connection.execute(update(ArticleRow).where(joined).values(story_id=story_id))
    connection.execute(delete(Story).where(Story.id.in_(others)))
    _assign_roles(connection, story_id, now)
    return story_id


def _story_of(connection: Connection, article_id: int) -> int | None:
    return connection.scalar(select(ArticleRow.story_id).where(ArticleRow.id == article_id))


def _new_story(connection: Connection, now: datetime) -> int:
    values = {"created_at": now, "updated_at": now, "member_count": 0}
    return connection.execute(insert(Story).values(values).returning(Story.id)).scalar_one()


def _assign_roles(connection: Connection, story_id: int, now: datetime) -> None:
    """Assign the role of every member of a story that has changed; delete a story of a single article."""
    stored, members = _members(connection, story_id)
    is_story = len(members) > 1
    parts = _memberships(story_id, members) if is_story else dict.fromkeys(stored, Membership())
    changed = {member: part for member, part in parts.items() if part != stored[member]}
    watch(connection, {member: stored[member] for member in changed}, now=now)
    _set_memberships(connection, changed)
    of_story = Story.id == story_id
    if is_story:
        values = {"updated_at": now, "member_count": len(members)}
        connection.execute(update(Story).where(of_story).values(values))
    else:
        connection.execute(delete(Story).where(of_story))
        _note_excerpts(connection, stored, now)


def _members(connection: Connection, story_id: int) -> tuple[dict[int, Membership], list[StoryMember]]:
    """Return the stored memberships of a story by article id, and its members with what decides their roles."""
    authors: dict[int, list[str]] = defaultdict(list)
    for article_id, name in connection.execute(_AUTHORS, {"of_story": story_id}):
        authors[article_id].append(name)
    rows = connection.execute(_MEMBERS, {"of_story": story_id}).mappings().all()
    parts = {row["id"]: Membership(*(row[name] for name in Membership._fields)) for row in rows}
    members = [
        StoryMember(**{name: row[name] for name in _DECIDING_COLUMNS}, authors=authors[row["id"]])
        for row in rows
    ]
    return parts, members


def _memberships(story_id: int, members: Sequence[StoryMember]) -> dict[int, Membership]:
    original, role_of = choose_original(members), roles(members)
    parts = {
        member.id: Membership(
            story_id,
            role_of[member.id],
            original.id,
            "exact" if member.text_key == original.text_key else "near",
        )
        for member in members
    }
    return parts | {original.id: Membership(story_id, role_of[original.id])}


def _set_memberships(connection: Connection, parts: Mapping[int, Membership]) -> None:
    if parts:
        rows = [{"member_id": article_id, **part._asdict()} for article_id, part in parts.items()]
        connection.execute(_SET_MEMBERSHIP, rows)


def _note_excerpts(connection: Connection, article_ids: Collection[int], now: datetime) -> None:
    """Mark articles that are in no story as excerpts of the article that contains most of their text."""
    if not article_ids:
        return
    query = select(ArticleSketch, *MEMBERSHIP_COLUMNS)
    query = query.join(ArticleRow, ArticleRow.id == ArticleSketch.article_id)
    alone = query.where(ArticleRow.id.in_(article_ids), ArticleRow.story_id.is_(None))
    for row in connection.execute(alone).mappings().all():
        text = Sketch(tuple(row[key] for key in KEY_COLUMNS), row["content"])
        wholes = [
            (how.of_smaller, candidate.content, candidate.id)
            for candidate, how in relatives(text, StoredSketches(connection))
            if how.kind == "excerpt" and is_smaller(text.content, candidate.content)
        ]
        if wholes:
            part = Membership(story_role="excerpt", duplicate_of=max(wholes)[2], duplicate_kind="excerpt")
            before = Membership(*(row[name] for name in Membership._fields))
            watch(connection, {row["article_id"]: before}, now=now)
            _set_memberships(connection, {row["article_id"]: part})
