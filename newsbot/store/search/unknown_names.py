"""Names in filters that no article has: what is mistyped finds nothing, and should not look like an answer."""

from __future__ import annotations

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from newsbot.errors import did_you_mean
from newsbot.store.entities.similar_names import similar_entities
from newsbot.store.schema.models import ArticleRow
from newsbot.store.schema.types import stored_name
from newsbot.store.search.filters import Filters, find_entities

MAX_COMPARED = 2_000
"""Maximum number of sections that are compared with one that no article has."""


def unknown_names(session: Session, filters: Filters) -> list[str]:
    """Return a line for each entity and each section of the filters that no article has, with names like it."""
    entities = [name for name in filters.entity if not find_entities(session, name)]
    sections = [name for name in filters.section if not _is_section(session, name)]
    return [
        *(f"there is no entity {name!r}{_similar(similar_entities(session, name))}" for name in entities),
        *(f"there is no section {name!r}{did_you_mean(name, _sections(session), repr)}" for name in sections),
    ]


def _similar(names: list[str]) -> str:
    return f"; did you mean {' or '.join(map(repr, names))}?" if names else ""


def _is_section(session: Session, name: str) -> bool:
    return bool(session.scalar(select(exists().where(ArticleRow.section == stored_name(name)))))


def _sections(session: Session) -> list[str]:
    query = select(ArticleRow.section).where(ArticleRow.section.is_not(None)).distinct().limit(MAX_COMPARED)
    return [section for section in session.scalars(query) if section]
