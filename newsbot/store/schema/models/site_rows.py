"""The table with the identity of the database."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Mapped

from newsbot.store.schema.models.base import Base, Id


class SiteRow(Base):
    """One row, made by the migration: what stays the same wherever the database is moved or served."""

    __tablename__ = "site"

    id: Mapped[Id]
    uuid: Mapped[UUID]
    """Random; the ids of feeds and of their entries are made from it."""
