"""The identity of the database, for ids that must never change."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsbot.store.schema.models import SiteRow


def database_id(session: Session) -> UUID:
    """Return the random id that the database was given when it was made."""
    return session.scalars(select(SiteRow.uuid)).one()
