"""Stories: groups of near duplicates among the stored articles, updated whenever an article is stored.

A story is a connected component of the graph of near duplicates, so the order in which articles are stored does not
matter. Of two transactions that store near duplicates at the same time one waits for the other, because both lock a key
that the two texts share. Transactions that change different stories do not wait for each other (`content.story_locks`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    Connection,
    bindparam,
    delete,
    insert,
    or_,
    select,
    update,
)

from newsbot.dedupe.sketches import Sketch, is_smaller
from newsbot.dedupe.stories import StoryMember, choose_original, roles
from newsbot.store.articles.content import story_locks
from newsbot.store.articles.content.known_sketches import KEY_COLUMNS, KnownSketches
from newsbot.store.articles.content.stored_sketches import Related, related_to
from newsbot.store.articles.existing import find_existing
from newsbot.store.changes.change_log import MEMBERSHIP_COLUMNS, Membership, watch, watch_articles
from newsbot.store.schema.models import ArticleAuthor, ArticleRow, ArticleSketch, Author, Story
from newsbot.store.sql import dialect, locks, memory, waiting_rows
from newsbot.store.sql.locks import Rank

# Statements are built once: building one takes longer than executing it.
_ARTICLES = ArticleRow.metadata.tables["articles"]
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


def lock_near_duplicates(connection: Connection, texts: Iterable[Sketch]) -> None:
    """Take advisory locks on the near-duplicate keys of texts until the transaction ends.

    To be called before the first write, so that two near duplicates that are stored at the same time find each other."""
    keys = {key for text in texts for key in text.keys if key is not None}
    if keys:
        locks.take(connection, Rank.NEAR_DUPLICATES, [b"near" + key.to_bytes(4, signed=True) for key in keys])


class Neighbours(NamedTuple):
    """The stored articles beside which a new text is placed; their stories are locked."""

    related: Related = ()
    exact_duplicate_id: int | None = None
    """Another article with the same text, by which a text that is too short for keys is found."""

    @property
    def ids(self) -> set[int]:
        """Ids of all of them."""
        ids = {candidate.id for candidate, _ in self.related}
        return ids if self.exact_duplicate_id is None else {*ids, self.exact_duplicate_id}


def lock_new_text(
    connection: Connection,
    text: Sketch,
    text_key: bytes,
    exact_duplicate_id: int | None,
    *,
    in_place_of: int | None = None,
) -> Neighbours:
    """Lock the near-duplicate keys of a text and the stories of the articles beside which it is placed; return these.

    `in_place_of` is the stored article that gets this text: its story and what is bound to its text are locked too.
    `exact_duplicate_id` is what was found before by `text_key`."""
    lock_near_duplicates(connection, [text])
    if in_place_of is not None and story_locks.has_locked(connection, in_place_of):
        return Neighbours(exact_duplicate_id=exact_duplicate_id)
    found = Neighbours(related_to(connection, text), exact_duplicate_id)
    changed = [] if in_place_of is None else [in_place_of]

    def find_again() -> set[int]:
        nonlocal found
        _, same_text = find_existing(connection, [], text_key)
        found = Neighbours(related_to(connection, text), same_text)
        return found.ids | story_locks.bound_to(connection, changed)

    ids = found.ids | story_locks.bound_to(connection, changed)
    story_locks.lock(connection, ids, find_again)
    return found


def lock_story(connection: Connection, article_id: int) -> None:
    """Lock the story of an article whose text stays as it is. To be called before the first write."""
    story_locks.lock(connection, {article_id}, lambda: {article_id})


def place_article(
    connection: Connection,
    article_id: int,
    text: Sketch,
    neighbours: Neighbours,
    *,
    now: datetime,
) -> int | None:
    """Add a stored article to the story of its near duplicates, note which articles are excerpts, return its story.

    `neighbours` comes from `lock_new_text`."""
    related, exact_duplicate_id = neighbours
    story_locks.note_stored(connection, article_id)
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
    """Remove an article whose text has changed from its story, place it again, and return its story.

    Under the locks of `lock_new_text`."""
    story_id = _story_of(connection, article_id)
    its_excerpts = ArticleRow.duplicate_kind == "excerpt", ArticleRow.duplicate_of == article_id
    excerpts = list(connection.scalars(select(ArticleRow.id).where(*its_excerpts)))
    watch_articles(connection, [article_id, *excerpts], now=now)
    _set_memberships(connection, dict.fromkeys([article_id, *excerpts], Membership()))
    connection.execute(delete(ArticleSketch).where(ArticleSketch.article_id == article_id))
    memory.of(connection, KnownSketches).remove(article_id)
    if story_id is not None:
        _assign_roles(connection, story_id, now)
    neighbours = Neighbours(related_to(connection, text), exact_duplicate_id)
    new_story_id = place_article(connection, article_id, text, neighbours, now=now)
    _note_excerpts(connection, excerpts, now)
    return new_story_id


def reassign_roles(connection: Connection, article_id: int, *, now: datetime) -> None:
    """Assign the roles in the story of an article again, because its date or byline has changed.

    Under the lock of `lock_story`."""
    story_id = _story_of(connection, article_id)
    if story_id is not None:
        _assign_roles(connection, story_id, now)


def _row(article_id: int, text: Sketch) -> dict[str, Any]:
    keys = dict(zip(KEY_COLUMNS, text.keys, strict=True))
    return {"article_id": article_id, "content": text.content, **keys}


# ------------------------------------------------------------------ stories


def _join(connection: Connection, article_ids: Collection[int], now: datetime) -> int:
    """Merge these articles and the stories that they are in into one story; return its id."""
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
            for candidate, how in related_to(connection, text)
            if how.kind == "excerpt" and is_smaller(text.content, candidate.content)
        ]
        if wholes:
            part = Membership(story_role="excerpt", duplicate_of=max(wholes)[2], duplicate_kind="excerpt")
            before = Membership(*(row[name] for name in Membership._fields))
            watch(connection, {row["article_id"]: before}, now=now)
            _set_memberships(connection, {row["article_id"]: part})
