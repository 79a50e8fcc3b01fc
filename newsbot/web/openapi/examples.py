"""Ids and names of a database, for the examples of the API."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from urllib.parse import quote

from sqlalchemy.orm import Session

from newsbot.store.queries import (
    Filters,
    SourceOverview,
    Summary,
    list_articles,
    list_entities,
    list_stories,
)

_WORD = re.compile(r"[^\W\d_]{4,}")


def example_names(session: Session, sources: Sequence[SourceOverview]) -> Mapping[str, str]:
    """Return place of an example ("article", "source") -> a value that this database has, encoded for an address.

    Places for which it has nothing are left out."""
    listed = list_articles(session, Filters(), after=None, limit=1).articles
    entities, stories = list_entities(session, limit=1), list_stories(session, limit=1)
    names: dict[str, object] = {}
    if listed:
        names |= _names_of(listed[0].article)
    if sources:
        names["source"] = sources[0].key
    if entities:
        names |= {"entity": entities[0].id, "name": entities[0].name}
    if stories:
        names["story"] = stories[0].id
    return {place: quote(str(value), safe="", errors="replace") for place, value in names.items()}


def _names_of(article: Summary) -> dict[str, object]:
    found = {"article": article.id, "day": article.dated_at.date() - timedelta(days=7)}
    words = _WORD.findall(article.title or "")
    named = {"word": words[0] if words else None, "language": article.language}
    return found | {place: value for place, value in named.items() if value}
