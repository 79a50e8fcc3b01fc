"""Tables of people, organisations and places, and of the places in articles that name them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from newsbot.items import EntityType
from newsbot.store.schema.models.base import ArticleId, Base, EntityId, Id, Short
from newsbot.store.schema.types import Name, RowId


class EntityRow(Base):
    """A person, organisation or place: one row for all articles that name it."""

    __tablename__ = "entities"

    id: Mapped[Id]
    type: Mapped[EntityType] = mapped_column(Name)
    """`PER`, `ORG` or `LOC`."""
    key: Mapped[Short] = mapped_column(unique=True)
    """`entities.keys.entity_key`: type, colon, folded name."""
    name: Mapped[Short] = mapped_column(index=True)
    """The name by which it is shown."""
    wikidata: Mapped[str | None] = mapped_column(Name)
    """Wikidata id of the best-known bearer of the name ("Q64"); null if it is not known."""


class EntityAlias(Base):
    """A form by which texts name an entity ("Lavrov")."""

    __tablename__ = "entity_aliases"

    entity_id: Mapped[EntityId] = mapped_column(primary_key=True)
    name: Mapped[Short] = mapped_column(primary_key=True)
    """The form."""
    key: Mapped[Short] = mapped_column(index=True)
    """`identity.name_key` of the name."""


class ArticleEntity(Base):
    """An entity of an article."""

    __tablename__ = "article_entities"
    # Queries about an entity are answered from this index alone. Those about days begin with the articles of the days, by
    # whose numbers the rows here are ordered: on SQLite that takes a fifth of the time that an index of the dates took.
    __table_args__ = (
        Index(
            "ix_article_entities_of_entity",
            *("entity_id", "dated_at", "mention_count", "salience", "published_offset_min"),
        ),
        {"sqlite_with_rowid": False},
    )

    article_id: Mapped[ArticleId] = mapped_column(primary_key=True)
    entity_id: Mapped[EntityId] = mapped_column(primary_key=True)
    dated_at: Mapped[datetime]
    """`articles.dated_at`, repeated so that timelines need not read the articles."""
    published_offset_min: Mapped[int | None]
    """`articles.published_offset_min`, repeated too."""
    mention_count: Mapped[int]
    """Number of mentions in the article."""
    role: Mapped[str | None]
    """How the text describes a person in apposition ("Foreign Minister")."""
    salience: Mapped[float] = mapped_column(server_default=text("0"))
    """Degree to which the article is about the entity, 0 to 1; see `entities.linking.salience`. Above 0.5 it is."""
    country: Mapped[str | None] = mapped_column(Name)
    """Country of a place (ISO 3166-1 alpha-2) in the sense of this article; null if unknown, or if it is no place."""


class EntitySum(Base):
    """Number of articles and mentions of an entity up to some time: with `entity_deltas` those of the view `entity_totals`."""

    __tablename__ = "entity_sums"
    __table_args__ = (Index(None, "country", "mention_count"), {"sqlite_with_rowid": False})

    entity_id: Mapped[EntityId] = mapped_column(primary_key=True)
    country: Mapped[Short] = mapped_column(primary_key=True)
    """Empty: all articles. Otherwise only the articles in which the place lies in this country."""
    article_count: Mapped[int]
    """Number of articles."""
    mention_count: Mapped[int]
    """Number of mentions."""


class EntityDelta(Base):
    """By how much a transaction has changed the numbers of an entity; added to `entity_sums` and deleted now and then.

    Rows are only added, so that no two transactions wait for each other because their articles have a name in common."""

    __tablename__ = "entity_deltas"
    __table_args__ = (Index(None, "entity_id", "country"),)

    id: Mapped[Id]
    entity_id: Mapped[int] = mapped_column(RowId)
    """The entity (`entities.id`)."""
    country: Mapped[Short]
    """As in `entity_sums`."""
    article_count: Mapped[int]
    """Number of articles more; negative: fewer."""
    mention_count: Mapped[int]
    """Number of mentions more."""


class EntityCorrection(Base):
    """A correction by a person: all mentions of the entity `key`, or those of one form, belong to another entity."""

    __tablename__ = "entity_corrections"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012

    key: Mapped[Short] = mapped_column(primary_key=True)
    """Value of `entities.key`."""
    form: Mapped[Short] = mapped_column(primary_key=True)
    """`identity.name_key` of the mentions; empty: all mentions."""
    type: Mapped[EntityType] = mapped_column(Name)
    """Type of the entity that they belong to."""
    name: Mapped[Short]
    """Name of the entity that they belong to; its type is in `type`."""
    target_key: Mapped[Short] = mapped_column(index=True)
    """Key of the entity that they belong to."""


class MentionRow(Base):
    """A part of the body of an article that names an entity: `text = body[start_offset:end_offset]`, in characters."""

    __tablename__ = "mentions"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012

    article_id: Mapped[ArticleId] = mapped_column(primary_key=True)
    start_offset: Mapped[int] = mapped_column(primary_key=True)
    """First character, from 0."""
    end_offset: Mapped[int] = mapped_column(primary_key=True)
    """Character after the last one."""
    entity_id: Mapped[EntityId]
    """The entity. There is no index: `article_entities` leads to the articles."""
    text: Mapped[str]
    """The words."""
