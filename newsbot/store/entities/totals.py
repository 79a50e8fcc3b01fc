"""Number of articles and mentions of each entity, updated as articles are stored: counting a million rows takes 0.2 s."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from typing import NamedTuple

from sqlalchemy import Connection, select

from newsbot.store.schema.models import ArticleEntity, EntityTotal
from newsbot.store.sql import deferred, dialect, locks
from newsbot.store.sql.locks import Rank

EVERYWHERE = ""
"""Value of `country` in the rows that count an entity in all articles."""


class Link(NamedTuple):
    """An entity in one article, as it is counted."""

    entity_id: int
    country: str | None
    mention_count: int


def links(
    connection: Connection, article_ids: Collection[int], entity_ids: Collection[int] | None = None
) -> list[Link]:
    """Return the stored entities of articles; with `entity_ids` only these entities."""
    query = select(ArticleEntity.entity_id, ArticleEntity.country, ArticleEntity.mention_count)
    query = query.where(ArticleEntity.article_id.in_(article_ids))
    if entity_ids is not None:
        query = query.where(ArticleEntity.entity_id.in_(entity_ids))
    return [Link(*row) for row in connection.execute(query)]


def change(connection: Connection, before: Iterable[Link], after: Iterable[Link]) -> None:
    """Count the links `after` instead of those `before`; the rows are changed when the transaction ends.

    All other transactions that store an article wait for the rows of common names, so each row is changed once, as late
    as possible."""
    changes = deferred.collect(connection, Rank.ENTITY_TOTALS, _Changes)
    changes.add(before, -1)
    changes.add(after, 1)


class _Changes:
    """Changes of totals that a transaction has collected."""

    def __init__(self) -> None:
        self.articles = Counter[tuple[int, str]]()
        """(entity id, country) -> by how much the number of articles changes."""
        self.mentions = Counter[tuple[int, str]]()

    def add(self, links: Iterable[Link], sign: int) -> None:
        """Count links, or with the sign -1 no longer."""
        for link in links:
            for country in {EVERYWHERE, link.country or EVERYWHERE}:
                self.articles[link.entity_id, country] += sign
                self.mentions[link.entity_id, country] += sign * link.mention_count

    def write(self, connection: Connection) -> None:
        """Change the rows, in the order of their keys."""
        changed = [key for key in sorted(self.articles) if self.articles[key] or self.mentions[key]]
        rows = [
            {
                "entity_id": entity_id,
                "country": country,
                "article_count": self.articles[entity_id, country],
                "mention_count": self.mentions[entity_id, country],
            }
            for entity_id, country in changed
        ]
        if rows:
            locks.note(connection, Rank.ENTITY_TOTALS, changed)
            dialect.insert_adding(connection, EntityTotal, rows, ("article_count", "mention_count"))
