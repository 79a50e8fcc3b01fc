"""People, organisations and places, and where articles name them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from newsbot.items import EntityType
from newsbot.store.schema.models.base import ArticleId, Base, EntityId, Id, Short
from newsbot.store.schema.types import Name


class EntityRow(Base):
    """A person, organisation or place, one row whatever the number of articles that name it."""

    __tablename__ = "entities"

    id: Mapped[Id]
    type: Mapped[EntityType] = mapped_column(Name)
    key: Mapped[Short] = mapped_column(unique=True)
    """`entities.keys.entity_key`: type, colon, folded name."""
    name: Mapped[str]


class EntityAlias(Base):
    """A form under which texts name an entity ("Lavrov")."""

    __tablename__ = "entity_aliases"

    entity_id: Mapped[EntityId] = mapped_column(primary_key=True)
    name: Mapped[Short] = mapped_column(primary_key=True)
    key: Mapped[Short] = mapped_column(index=True)
    """`name` without regard to case."""


class ArticleEntity(Base):
    """An entity of an article."""

    __tablename__ = "article_entities"
    # What is asked about entities is answered from these alone.
    __table_args__ = (
        Index(None, "dated_at", "entity_id", "mention_count", "country"),
        Index(None, "entity_id", "dated_at", "mention_count", "salience"),
        {"sqlite_with_rowid": False},
    )

    article_id: Mapped[ArticleId] = mapped_column(primary_key=True)
    entity_id: Mapped[EntityId] = mapped_column(primary_key=True)
    dated_at: Mapped[datetime]
    """The article's, here too so that timelines need no look at the articles."""
    mention_count: Mapped[int]
    role: Mapped[str | None]
    """What the text calls a person in apposition ("Foreign Minister")."""
    salience: Mapped[float] = mapped_column(server_default=text("0"))
    """How much the article is about it, 0 to 1; see `entities.linking.salience`. Above 0.5: about it."""
    country: Mapped[str | None] = mapped_column(Name)
    """Where a place lies (ISO 3166-1 alpha-2), as this article means it; null if it is unknown, or no place."""


class EntityTotal(Base):
    """How often an entity is named in all articles: what `article_entities` adds up to."""

    __tablename__ = "entity_totals"
    __table_args__ = (Index(None, "country", "mention_count"), {"sqlite_with_rowid": False})

    entity_id: Mapped[EntityId] = mapped_column(primary_key=True)
    country: Mapped[Short] = mapped_column(primary_key=True)
    """Empty: in every article; else only where the place is meant that lies there."""
    article_count: Mapped[int]
    mention_count: Mapped[int]


class EntityCorrection(Base):
    """What a person has corrected: what is found under `key` is another entity, all of it or one form."""

    __tablename__ = "entity_corrections"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012

    key: Mapped[Short] = mapped_column(primary_key=True)
    """As in `entities`."""
    form: Mapped[Short] = mapped_column(primary_key=True)
    """`keys.name_key` of the mentions that are meant; empty: all."""
    type: Mapped[EntityType] = mapped_column(Name)
    name: Mapped[Short]
    """Type and name of the entity that they are of."""
    target_key: Mapped[Short] = mapped_column(index=True)
    """Its key."""


class MentionRow(Base):
    """One place of an article's body that names an entity: `text = body[start_offset:end_offset]`, in characters."""

    __tablename__ = "mentions"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012

    article_id: Mapped[ArticleId] = mapped_column(primary_key=True)
    start_offset: Mapped[int] = mapped_column(primary_key=True)
    end_offset: Mapped[int] = mapped_column(primary_key=True)
    entity_id: Mapped[EntityId] = mapped_column(index=True)
    text: Mapped[str]
