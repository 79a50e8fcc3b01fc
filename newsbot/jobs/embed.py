"""The job `embed`: computes the vectors of articles that were stored without one."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from newsbot.embeddings.embedder import Embedder
from newsbot.store.articles.precomputed import Vector
from newsbot.store.database import Database
from newsbot.store.vectors.unembedded import Unembedded, add_vector, without_vector

BATCH = 100
"""Number of articles that are read at a time. Every vector is stored in a transaction of its own."""


def find_unembedded(database: Database, version: str) -> Iterator[Unembedded]:
    """Yield the articles without a vector of this version, those that were stored last first."""
    before: int | None = None
    while found := database.ask(partial(without_vector, version=version, before=before, limit=BATCH)):
        yield from found
        before = found[-1].id


def embed(database: Database, embedder: Embedder, article: Unembedded) -> bool:
    """Compute and store the vector of an article; return whether it was stored, and has not changed meanwhile."""
    vector = Vector(embedder.vector(article.title, article.beginning), embedder.version)
    return database.transact(lambda session: add_vector(session, article, vector))
