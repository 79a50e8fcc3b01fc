"""The table of changes: what has happened to articles, in one order."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from sqlalchemy import JSON
from sqlalchemy.orm import Mapped, mapped_column

from newsbot.store.schema.models.base import Base
from newsbot.store.schema.types import RowId

Number = Annotated[int, mapped_column(RowId, primary_key=True, autoincrement=True)]


class ChangeRow(Base):
    """A change of an article. Rows are only added, and whoever has seen a number sees no smaller one appear later.

    No foreign keys: an entry stays when its article or run is deleted."""

    __tablename__ = "changes"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - or SQLite gives the number of a deleted row again

    number: Mapped[Number]
    """Grows with every change, in the order of the commits; numbers may be left out."""
    article_id: Mapped[int] = mapped_column(RowId)
    """The article (`articles.id`), which may have been deleted since."""
    change: Mapped[str]
    """`new`, `revised`, `corrected`, `gone`, `restored`, `regrouped` or `deleted`: see docs/changes.md."""
    changed_at: Mapped[datetime]
    """When newsbot saw it; for a page from an archive, when that was fetched."""
    run_id: Mapped[int | None] = mapped_column(RowId)
    """The run that found it."""
    revision: Mapped[int | None]
    """Number of the content of the article after the change; None if the article was deleted."""
    fields: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    """Names of the fields that differ, as in the JSON of an article; None where the change is not one of fields."""
