"""Merges and splits entities: stores the correction, and changes the articles that are stored already.

A transaction first takes the lock of rank CORRECTIONS and inserts missing entities, then moves mentions, then forms; the
totals follow when it ends (`sql.locks`)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, select, update
from sqlalchemy.orm import Session

from newsbot.entities.aliases import AliasEntry
from newsbot.entities.linking import UNKNOWN, salience
from newsbot.entities.places import locate
from newsbot.errors import InputError, UsageError
from newsbot.items import ENTITY_TYPES, Entity, EntityType, Mention
from newsbot.store.changes.change_log import log_change
from newsbot.store.entities import totals
from newsbot.store.entities.corrections import Target, note_merge, note_split, stored_key
from newsbot.store.entities.entity_writer import CORRECTIONS_LOCK, entity_ids
from newsbot.store.schema.identity import name_key
from newsbot.store.schema.models import ArticleEntity, ArticleRow, EntityAlias, EntityRow, MentionRow
from newsbot.store.sql import dialect, locks
from newsbot.store.sql.locks import Rank

BATCH = 500
"""Number of articles read at a time; their texts are needed to compute the salience of entities."""


def merge_entities(session: Session, name: str, into: str) -> int:
    """Make one entity part of another, in stored and in later articles; return the number of articles it was in.

    Both are names, with their type where several types have them ("LOC:Georgia"). Raises InputError for an
    unknown name, UsageError for one of several entities, or for the same entity twice."""
    connection = _locked(session)
    source, target = find_stored(connection, name), find_stored(connection, into)
    if source.key == target.key:
        raise UsageError(f"{name!r} and {into!r} are one entity already: {target.name} ({target.type})")
    return _merge_all(connection, [(source.key, target)])


def split_entity(session: Session, name: str, form: str, own_name: str | None = None) -> int:
    """Make the mentions of an entity by one form a separate entity, in stored and in later articles.

    Its name is the form, or `own_name`. Return the number of articles. Raises the errors of `merge_entities`."""
    connection = _locked(session)
    source = find_stored(connection, name)
    target = Target(source.type, " ".join((own_name or form).split()))
    if target.key == source.key:
        raise UsageError(f"{target.name!r} is a name of {source.name} itself; give it another with --as")
    source_id = _row_id(connection, source)
    texts = connection.scalars(select(MentionRow.text).where(*_names(source_id)).distinct())
    same = [text for text in texts if name_key(text) == name_key(form)]
    if not same:
        raise InputError(
            f"no article calls {source.name} {form!r}; accepted: a form that `newsbot entity` lists"
        )
    note_split(connection, source.key, name_key(form), target)
    target_id = _row_id(connection, target)
    count = _move_mentions(connection, source_id, target_id, same)
    _move_forms(connection, source_id, target_id, same)
    return count


def load_aliases(session: Session, entries: Iterable[AliasEntry]) -> int:
    """Merge the aliases of each entity of an alias file into it; return the number of corrections."""
    merges = [
        (key, target)
        for entry in entries
        for target in [Target(entry.type, entry.name)]
        for kind, name in entry.aliases
        if (key := stored_key(name, kind)) != target.key
    ]
    _merge_all(_locked(session), merges)
    return len(merges)


def find_stored(connection: Connection, reference: str) -> Target:
    """Return the stored entity with a name ("Georgia"), or with a type and a name ("LOC:Georgia").

    Raises InputError if there is none, UsageError if several types have the name."""
    kind, colon, name = reference.partition(":")
    types = [entity_type for entity_type in ENTITY_TYPES if entity_type == kind] if colon else []
    keys = [stored_key(name if types else reference, entity_type) for entity_type in types or ENTITY_TYPES]
    is_mentioned = select(ArticleEntity.entity_id).where(ArticleEntity.entity_id == EntityRow.id).exists()
    query = select(EntityRow.type, EntityRow.name).where(EntityRow.key.in_(keys), is_mentioned)
    found = [Target(*row) for row in connection.execute(query.order_by(EntityRow.key))]
    if not found:
        raise InputError(f"no entity {reference!r}; accepted: a name that `newsbot entities` lists")
    if len(found) > 1:
        choices = ", ".join(f"{target.type}:{target.name}" for target in found)
        raise UsageError(f"{reference!r} is the name of several entities; accepted: {choices}")
    return found[0]


def _locked(session: Session) -> Connection:
    """Return the connection once no other transaction merges or splits entities."""
    connection = session.connection()
    locks.take(connection, Rank.CORRECTIONS, [CORRECTIONS_LOCK])
    return connection


def _merge_all(connection: Connection, merges: Sequence[tuple[str, Target]]) -> int:
    """Merge entities, given by their keys, into others; return the number of articles that changes."""
    _add_targets(connection, merges)
    count, moved = 0, []
    for key, target in merges:
        note_merge(connection, key, target)
        source_id = connection.scalar(select(EntityRow.id).where(EntityRow.key == key))
        if source_id is not None:
            target_id = _row_id(connection, target)
            count += _move_mentions(connection, source_id, target_id)
            moved.append((source_id, target_id))
    for source_id, target_id in moved:
        _move_forms(connection, source_id, target_id)
    return count


def _add_targets(connection: Connection, merges: Sequence[tuple[str, Target]]) -> None:
    """Insert the missing rows of entities into which a stored one is merged, all in one statement."""
    keys = [key for key, _ in merges]
    stored = set(connection.scalars(select(EntityRow.key).where(EntityRow.key.in_(keys))))
    targets: dict[str, tuple[EntityType, str]] = {}
    for key, target in merges:
        if key in stored:
            targets.setdefault(target.key, (target.type, target.name))
            stored.add(target.key)
    entity_ids(connection, targets)


def _row_id(connection: Connection, entity: Target) -> int:
    return entity_ids(connection, {entity.key: (entity.type, entity.name)})[entity.key]


def _move_mentions(
    connection: Connection, source_id: int, target_id: int, texts: Sequence[str] | None = None
) -> int:
    """Move mentions, all or those with one of `texts`, to another entity; return the number of articles."""
    wanted = and_(*_names(source_id))
    if texts is not None:
        wanted &= MentionRow.text.in_(texts)
    article_ids = list(connection.scalars(select(MentionRow.article_id).where(wanted).distinct()))
    connection.execute(update(MentionRow).where(wanted).values(entity_id=target_id))
    for start in range(0, len(article_ids), BATCH):
        _recount(connection, article_ids[start : start + BATCH], source_id, target_id)
    for article_id in sorted(article_ids):
        log_change(connection, "corrected", article_id, now=None, run_id=None, fields=["entities"])
    return len(article_ids)


def _names(entity_id: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Return the conditions that a mention names an entity; the articles are those that are linked to it."""
    its_articles = select(ArticleEntity.article_id).where(ArticleEntity.entity_id == entity_id)
    return MentionRow.article_id.in_(its_articles), MentionRow.entity_id == entity_id


def _recount(connection: Connection, article_ids: Sequence[int], source_id: int, target_id: int) -> None:
    pair = (source_id, target_id)
    its = ArticleEntity.article_id.in_(article_ids) & ArticleEntity.entity_id.in_(pair)
    role_of = {
        (row.article_id, row.entity_id): row.role
        for row in connection.execute(
            select(ArticleEntity.article_id, ArticleEntity.entity_id, ArticleEntity.role).where(its)
        )
    }
    before = totals.links(connection, article_ids, pair)
    connection.execute(delete(ArticleEntity).where(its))
    articles = _articles(connection, article_ids)
    located = _countries(connection, {article_id: article.body for article_id, article in articles.items()})
    names = dict(connection.execute(select(EntityRow.id, EntityRow.name).where(EntityRow.id.in_(pair))).all())
    found = _mentions(connection, article_ids, pair)
    rows = []
    for (article_id, entity_id), mentions in found.items():
        article = articles[article_id]
        kind = mentions[0].type
        role = role_of.get((article_id, entity_id))
        if (article_id, source_id) not in found:  # a merge: the role is kept
            role = role or role_of.get((article_id, source_id))
        rows.append(
            {
                "article_id": article_id,
                "entity_id": entity_id,
                "dated_at": article.dated_at,
                "published_offset_min": article.published_offset_min,
                "mention_count": len(mentions),
                "role": role if kind == "PER" else None,
                "salience": salience(
                    Entity(name="", type=kind, mentions=mentions),
                    *(article.body, article.title or "", article.language or UNKNOWN),
                ),
                "country": located[article_id].get(names[entity_id]) if kind == "LOC" else None,
            }
        )
    dialect.insert_missing(connection, ArticleEntity, rows)
    totals.change(connection, before, totals.links(connection, article_ids, pair))


def _articles(connection: Connection, article_ids: Sequence[int]) -> dict[int, Any]:
    columns = (
        *(ArticleRow.id, ArticleRow.title, ArticleRow.body, ArticleRow.language),
        *(ArticleRow.dated_at, ArticleRow.published_offset_min),
    )
    found = connection.execute(select(*columns).where(ArticleRow.id.in_(article_ids)))
    return {row.id: row for row in found}


def _countries(connection: Connection, bodies: Mapping[int, str]) -> dict[int, dict[str, str]]:
    """Return article id -> name -> country, for the places that articles mention."""
    columns = (MentionRow.article_id, EntityRow.name, MentionRow.start_offset, MentionRow.end_offset)
    query = select(*columns).join(EntityRow, EntityRow.id == MentionRow.entity_id)
    query = query.where(MentionRow.article_id.in_(bodies), EntityRow.type == "LOC")
    places: dict[int, dict[str, list[tuple[int, int]]]] = {article_id: {} for article_id in bodies}
    for article_id, name, start, end in connection.execute(query.order_by(MentionRow.start_offset)):
        places[article_id].setdefault(name, []).append((start, end))
    return {
        article_id: {name: place.country for name, place in locate(named, bodies[article_id]).items()}
        for article_id, named in places.items()
    }


def _mentions(
    connection: Connection, article_ids: Sequence[int], entity_ids: Collection[int]
) -> dict[tuple[int, int], list[Mention]]:
    """Return (article id, entity id) -> the mentions of the entity in the article, in the order of the text."""
    query = (
        select(
            MentionRow.article_id,
            MentionRow.entity_id,
            MentionRow.start_offset,
            MentionRow.end_offset,
            MentionRow.text,
            EntityRow.type,
        )
        .join(EntityRow, EntityRow.id == MentionRow.entity_id)
        .where(MentionRow.article_id.in_(article_ids), MentionRow.entity_id.in_(entity_ids))
        .order_by(MentionRow.article_id, MentionRow.start_offset)
    )
    found: dict[tuple[int, int], list[Mention]] = defaultdict(list)
    for article_id, entity_id, start, end, text, kind in connection.execute(query):
        found[article_id, entity_id].append(Mention(start=start, end=end, text=text, type=kind))
    return found


def _move_forms(
    connection: Connection, source_id: int, target_id: int, texts: Sequence[str] | None = None
) -> None:
    wanted = EntityAlias.entity_id == source_id
    if texts is not None:
        wanted &= EntityAlias.key.in_({name_key(text) for text in texts})
    names = connection.execute(select(EntityAlias.name, EntityAlias.key).where(wanted)).all()
    rows = [{"entity_id": target_id, "name": name, "key": key} for name, key in names]
    dialect.insert_missing(connection, EntityAlias, rows)
    connection.execute(delete(EntityAlias).where(wanted))
