"""Number of articles and mentions of each entity, updated as articles are stored: counting a million rows takes 0.2 s.

A transaction adds its changes as rows of `entity_deltas`. If it changed the sums themselves, all others with an article about
a common name would wait for it. Now and then a transaction adds the changes to the sums (`fold`). The view `entity_totals` and
`total_queries` give both together, so that the totals are true at any time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, delete, select, text

from newsbot.store.schema.models import ArticleEntity, EntityDelta, EntitySum
from newsbot.store.sql import deferred, dialect
from newsbot.store.sql.locks import Rank
from newsbot.store.sql.many_rows import InsertRows

EVERYWHERE = ""
"""Value of `country` in the rows that count an entity in all articles."""
FOLD_AFTER = 1_000
"""Number of changes, about those of a hundred articles, after which they are added to the sums. Readers sum them up in 1 ms."""
MAX_FOLDED = 4_000
"""Number of changes that one transaction adds to the sums at most."""
_FOLDING = int.from_bytes(b"totals..", signed=True)
"""Number of the advisory lock of the one transaction that changes sums."""
_TRY_LOCK = text("SELECT pg_try_advisory_xact_lock(:number)")
_ADD = InsertRows(dialect.table_of(EntityDelta), lambda query: query.returning(EntityDelta.id))
_OLDEST = select(EntityDelta.id).order_by(EntityDelta.id).limit(bindparam("most"))
_TAKE_OLDEST = (
    delete(EntityDelta)
    .where(EntityDelta.id.in_(_OLDEST))
    .returning(
        EntityDelta.entity_id, EntityDelta.country, EntityDelta.article_count, EntityDelta.mention_count
    )
)


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
    """Count the links `after` instead of those `before`; the changes are written when the transaction ends."""
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
        """Add the changes; whoever adds one whose id is a multiple of `FOLD_AFTER` adds all to the sums."""
        rows = [
            {
                "entity_id": entity_id,
                "country": country,
                "article_count": self.articles[entity_id, country],
                "mention_count": self.mentions[entity_id, country],
            }
            for entity_id, country in sorted(self.articles)
            if self.articles[entity_id, country] or self.mentions[entity_id, country]
        ]
        if rows:
            ids = [row[0] for row in _ADD.returned(connection, rows)]
            if max(ids) // FOLD_AFTER > (min(ids) - 1) // FOLD_AFTER:
                fold(connection)


def fold(connection: Connection) -> None:
    """Add the oldest changes to the sums, unless another transaction does so at the moment: nobody waits for it.

    Until the transaction ends, others see the changes; then they see the sums."""
    if connection.dialect.name != "sqlite" and not connection.scalar(_TRY_LOCK, {"number": _FOLDING}):
        return
    articles, mentions = Counter[tuple[int, str]](), Counter[tuple[int, str]]()
    for entity_id, country, more_articles, more_mentions in connection.execute(
        _TAKE_OLDEST, {"most": MAX_FOLDED}
    ):
        articles[entity_id, country] += more_articles
        mentions[entity_id, country] += more_mentions
    rows = [
        {
            "entity_id": entity_id,
            "country": country,
            "article_count": articles[entity_id, country],
            "mention_count": mentions[entity_id, country],
        }
        for entity_id, country in sorted(articles)
    ]
    dialect.insert_adding(connection, EntitySum, rows, ("article_count", "mention_count"))
