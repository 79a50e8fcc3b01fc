"""The base class of all tables, its metadata, and types of columns."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from sqlalchemy import JSON, ForeignKey, MetaData
from sqlalchemy.orm import DeclarativeBase, mapped_column

from newsbot.store.schema.types import Hash, Name, RowId, StoredText, UtcDateTime

Id = Annotated[int, mapped_column(RowId, primary_key=True)]
"""Number of the row."""
Short = Annotated[str, mapped_column(Name)]
Json = Annotated[dict[str, Any], mapped_column(JSON)]
ArticleId = Annotated[int, mapped_column(RowId, ForeignKey("articles.id", ondelete="CASCADE"))]
"""The article (`articles.id`)."""
EntityId = Annotated[int, mapped_column(RowId, ForeignKey("entities.id", ondelete="CASCADE"))]
"""The entity (`entities.id`)."""


class Base(DeclarativeBase):
    """Base class of the tables. Every constraint has a name, so that a migration can change it on either database."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {str: StoredText, bytes: Hash, datetime: UtcDateTime}  # noqa: RUF012
