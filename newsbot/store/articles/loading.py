"""Loads articles from the database, one or many, as items and as JSON."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from newsbot.extraction.structure.markdown import from_paragraphs
from newsbot.items import (
    STUB,
    ArchivedPage,
    Article,
    Entity,
    Image,
    Link,
    Mention,
    article_json,
    provenance_json,
    utc_text,
)
from newsbot.store.crawl.fetches import archived_pages
from newsbot.store.crawl.rejects import reasons_of
from newsbot.store.schema.identity import url_hash
from newsbot.store.schema.models import (
    ArticleAuthor,
    ArticleEntity,
    ArticleLink,
    ArticleRow,
    ArticleTopic,
    ArticleUrl,
    ArticleWay,
    Author,
    EntityRow,
    MentionRow,
    Topic,
)
from newsbot.text import paragraphs
from newsbot.urls import canonicalize

MAX_ID = 2**63 - 1
PART_CHARS = 250_000
"""Number of characters of bodies that are loaded at a time where many articles are streamed."""

STRUCTURE_FIELDS = ("body_markdown", "images", "links")
"""Fields of an Article that follow its text: a change of them alone is no revision."""

_ITEM_COLUMNS = (
    "url",
    "canonical_url",
    "source",
    "title",
    "description",
    "published_at",
    "published_offset_min",
    "modified_at",
    "language",
    "section",
    "image_url",
    "body",
    "word_count",
    "kind",
    "is_free",
    "notes",
    "entity_engine",
    "retrieved_at",
    "rules",
    "extractor_version",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredArticle:
    """A stored article, and the values that only the database knows."""

    id: int
    article: Article
    story_id: int | None
    agency: str | None
    duplicate_of: int | None
    duplicate_kind: str | None
    first_seen_at: datetime
    last_seen_at: datetime
    gone_at: datetime | None
    revision: int
    archived: ArchivedPage | None = None
    """The record that its content was read from; None if it is not in an archive."""
    unread_reason: str | None = None
    """Why the page of a stub could not be read when it was last tried; None for an article."""

    def to_dict(self) -> dict[str, Any]:
        """Return the article as the JSON object that `newsbot show --json` and `newsbot export` print."""
        return stored_json(self)


def stored_json(stored: StoredArticle) -> dict[str, Any]:
    """Return the public JSON form of a stored article."""
    said = article_json(stored.article)
    entities = said.pop("entities")
    del said["provenance"]
    known = {
        "story_id": stored.story_id,
        "duplicate_of": stored.duplicate_of,
        "duplicate_kind": stored.duplicate_kind,
        "first_seen_at": utc_text(stored.first_seen_at),
        "last_seen_at": utc_text(stored.last_seen_at),
        "revision": stored.revision,
        "agency": stored.agency,
    }
    provenance = provenance_json(stored.article, stored.archived)
    return {"id": stored.id, **said, **known, "entities": entities, "provenance": provenance}


def find_article(session: Session, ref: int | str) -> int | None:
    """Return the id of the article with this id, or with this URL in any form; None if there is none."""
    query = select(ArticleRow.id)
    if isinstance(ref, int) or ref.isdecimal():
        article_id = int(ref)
        return session.scalar(query.where(ArticleRow.id == article_id)) if article_id <= MAX_ID else None
    key = url_hash(canonicalize(ref))
    found = session.scalar(select(ArticleUrl.article_id).where(ArticleUrl.url_hash == key))
    if found is not None:
        return found
    led = select(ArticleWay.article_id).where(ArticleWay.url_hash == key)
    return session.scalar(led.order_by(ArticleWay.until.desc(), ArticleWay.article_id).limit(1))


def get_article(session: Session, ref: int | str) -> StoredArticle | None:
    """Return the article with this id or URL; None if there is none."""
    article_id = find_article(session, ref)
    return None if article_id is None else load_articles(session, [article_id])[0]


def article_urls(session: Session, article_id: int) -> list[str]:
    """Return all canonicalised URLs that lead to an article, sorted."""
    own = select(ArticleUrl.url).where(ArticleUrl.article_id == article_id)
    redirects = select(ArticleWay.url).where(ArticleWay.article_id == article_id, ArticleWay.is_redirect)
    return sorted({*session.scalars(own), *session.scalars(redirects)})


def entity_ids(session: Session, article_id: int) -> dict[tuple[str, str], int]:
    """Return (name, type) -> id of the entities of an article."""
    query = select(EntityRow.name, EntityRow.type, EntityRow.id)
    query = query.join(ArticleEntity, ArticleEntity.entity_id == EntityRow.id)
    rows = session.execute(query.where(ArticleEntity.article_id == article_id))
    return {(name, kind): entity_id for name, kind, entity_id in rows}


def article_parts(session: Session, ids: Sequence[int]) -> list[list[int]]:
    """Return the ids in their order, in parts whose bodies are `PART_CHARS` long, or that have one article."""
    query = select(ArticleRow.id, func.length(ArticleRow.body)).where(ArticleRow.id.in_(ids))
    lengths: dict[int, int] = {row[0]: row[1] for row in session.execute(query)}
    parts: list[list[int]] = []
    free = 0
    for article_id in ids:
        free -= lengths.get(article_id, 0)
        if not parts or free < 0:
            parts.append([])
            free = PART_CHARS - lengths.get(article_id, 0)
        parts[-1].append(article_id)
    return parts


def load_articles(session: Session, ids: Sequence[int]) -> list[StoredArticle]:
    """Return the articles with these ids, in this order; unknown ids are left out.

    The number of statements does not depend on that of articles."""
    columns = [column for column in ArticleRow.__table__.columns if column.name != "content_key"]
    query = select(*columns).where(ArticleRow.id.in_(ids))
    rows = {row.id: row for row in session.execute(query)}
    authors = _names(session, Author.name, ArticleAuthor, ArticleAuthor.author_id == Author.id, ids)
    topics = _names(session, Topic.name, ArticleTopic, ArticleTopic.topic_id == Topic.id, ids)
    entities = _entities(session, ids)
    links = links_of_articles(session, ids)
    archived = archived_pages(session, ids)
    reasons = reasons_of(session, [row.id for row in rows.values() if row.kind == STUB])
    return [
        _stored(
            rows[article_id],
            unread_reason=reasons.get(article_id),
            archived=archived.get(article_id),
            authors=authors[article_id],
            topics=topics[article_id],
            entities=entities[article_id],
            links=links.get(article_id, []),
        )
        for article_id in ids
        if article_id in rows
    ]


def _stored(
    row: Any,
    *,
    unread_reason: str | None,
    archived: ArchivedPage | None,
    authors: list[str],
    topics: list[str],
    entities: list[Entity],
    links: list[Link],
) -> StoredArticle:
    said = {name: getattr(row, name) for name in _ITEM_COLUMNS} | structure_of(row, links)
    return StoredArticle(
        id=row.id,
        article=Article(id=row.id, **said, authors=authors, topics=topics, entities=entities),
        story_id=row.story_id,
        agency=row.agency,
        duplicate_of=row.duplicate_of,
        duplicate_kind=row.duplicate_kind,
        first_seen_at=row.first_seen_at,
        last_seen_at=row.last_seen_at,
        gone_at=row.gone_at,
        revision=row.revision,
        archived=archived,
        unread_reason=unread_reason,
    )


def _names(
    session: Session,
    name: InstrumentedAttribute[str],
    link: type[ArticleAuthor | ArticleTopic],
    joined: ColumnElement[bool],
    ids: Sequence[int],
) -> dict[int, list[str]]:
    """Return the authors or topics of articles, in their order."""
    names: dict[int, list[str]] = defaultdict(list)
    query = select(link.article_id, name).join(link, joined).where(link.article_id.in_(ids))
    for article_id, author_or_topic in session.execute(query.order_by(link.article_id, link.position)):
        names[article_id].append(author_or_topic)
    return names


def _entities(session: Session, ids: Sequence[int]) -> dict[int, list[Entity]]:
    """Return the entities of articles, in the order of their first mentions."""
    query = (
        select(
            MentionRow.article_id,
            MentionRow.entity_id,
            MentionRow.start_offset,
            MentionRow.end_offset,
            MentionRow.text,
            EntityRow.name,
            EntityRow.type,
            EntityRow.wikidata,
            ArticleEntity.role,
            ArticleEntity.country,
        )
        .join(EntityRow, EntityRow.id == MentionRow.entity_id)
        .join(
            ArticleEntity,
            (ArticleEntity.article_id == MentionRow.article_id)
            & (ArticleEntity.entity_id == MentionRow.entity_id),
        )
        .where(MentionRow.article_id.in_(ids))
        .order_by(MentionRow.article_id, MentionRow.start_offset, MentionRow.end_offset)
    )
    found: dict[int, dict[int, Entity]] = defaultdict(dict)
    for row in session.execute(query):
        new = Entity(name=row.name, type=row.type, role=row.role, country=row.country, wikidata=row.wikidata)
        entity = found[row.article_id].setdefault(row.entity_id, new)
        entity.mentions.append(
            Mention(start=row.start_offset, end=row.end_offset, text=row.text, type=row.type)
        )
    return defaultdict(list, {article_id: list(entities.values()) for article_id, entities in found.items()})


def structure_of(row: Any, links: list[Link]) -> dict[str, Any]:
    """Return the fields of an Article that the columns of its row, and its links, hold."""
    return {
        "body_markdown": row.body_markdown or from_paragraphs(paragraphs(row.body)),
        "images": [Image(**image) for image in row.images],
        "links": links,
    }


def changed_structure(session: Session, article_id: int, article: Article) -> dict[str, tuple[Any, Any]]:
    """Return what the structure of an article is otherwise than the stored one: field name -> value before and after."""
    columns = (ArticleRow.body, ArticleRow.body_markdown, ArticleRow.images)
    row = session.execute(select(*columns).where(ArticleRow.id == article_id)).one()
    stored = structure_of(row, links_of_articles(session, [article_id]).get(article_id, []))
    new = {name: getattr(article, name) for name in STRUCTURE_FIELDS}
    return {name: (stored[name], new[name]) for name in new if stored[name] != new[name]}


def links_of_articles(session: Session, ids: Sequence[int]) -> dict[int, list[Link]]:
    """Return the links of articles, in their order."""
    query = select(ArticleLink.article_id, ArticleLink.url, ArticleLink.text)
    rows = session.execute(
        query.where(ArticleLink.article_id.in_(ids)).order_by(ArticleLink.article_id, ArticleLink.position)
    )
    links: dict[int, list[Link]] = defaultdict(list)
    for article_id, url, text in rows:
        links[article_id].append(Link(url=url, text=text))
    return links
