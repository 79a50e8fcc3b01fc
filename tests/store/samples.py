"""Made-up articles, and short ways to store them."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from newsbot.extraction.structure.markdown import from_paragraphs
from newsbot.items import Article, Entity, EntityType, Mention
from newsbot.store.articles.batch_locks import Incoming, lock_articles
from newsbot.store.articles.loading import StoredArticle, get_article
from newsbot.store.articles.writer import Saved, save_article
from newsbot.store.database import Database
from newsbot.store.schema.identity import article_keys
from newsbot.store.schema.models import Base
from newsbot.text import paragraphs

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=6)
BODY = (
    "Ada Kovac opened the new harbour of Port Lindow on Monday. The mayor said that the city had waited for it.\n\n"
    "Kovac, who leads the Harbour Board, promised two hundred jobs. Critics in Lindow doubt the number."
)
NAMES: dict[str, EntityType] = {"Ada Kovac": "PER", "Port Lindow": "LOC", "Harbour Board": "ORG"}


def article(number: int = 1, **given: Any) -> Article:
    """Return an article whose URL, title and body are those of no other number."""
    body = given.setdefault("body", f"{BODY} Report {number}.\n\n{_own_words(number)}")
    given.setdefault("entities", entities_of(body))
    defaults: dict[str, Any] = {
        "url": f"https://news.example/harbour/{number}",
        "source": "news.example",
        "title": f"Harbour opened, part {number}",
        "description": "A harbour, at last.",
        "authors": ["Mira Holt", "Jon Abe"],
        "published_at": NOW - timedelta(days=number),
        "language": "en",
        "section": "City",
        "topics": ["harbour", "jobs"],
        "body_markdown": from_paragraphs(paragraphs(body)),
        "word_count": len(body.split()),
        "entity_engine": "rules 1",
    }
    return Article(**defaults | given)


def _own_words(number: int) -> str:
    """Return enough words for two articles not to be near duplicates."""
    letters = random.Random(number).choices("abcdefghijklmnopqrstuvwxyz", k=400)
    return " ".join("".join(letters[start : start + 5]) for start in range(0, 400, 5)) + "."


def entities_of(body: str) -> list[Entity]:
    """Return the made-up names of `body`, in the order of the text."""
    entities = []
    for name, kind in NAMES.items():
        places = [(found.start(), found.end()) for found in re.finditer(re.escape(name), body)]
        mentions = [Mention(start=start, end=end, text=body[start:end], type=kind) for start, end in places]
        if mentions:
            entities.append(Entity(name=name, type=kind, mentions=mentions))
    return sorted(entities, key=lambda entity: entity.mentions[0].start)


def save(database: Database, saved: Article, *, now: datetime = NOW) -> Saved:
    """Store an article in a transaction of its own."""
    with database.write() as session:
        return save_article(session, saved, keys=article_keys(saved), run_id=None, now=now)


def save_all(database: Database, articles: Sequence[Article], *, now: datetime = NOW) -> None:
    """Store articles in one transaction."""
    with database.write() as session:
        lock_articles(session, [Incoming(saved) for saved in articles], now=now)
        for saved in articles:
            save_article(session, saved, keys=article_keys(saved), run_id=None, now=now)


def load(database: Database, ref: int | str) -> StoredArticle:
    """Return a stored article that must be there."""
    with database.read() as session:
        stored = get_article(session, ref)
    assert stored is not None
    return stored


def dump(database: Database) -> dict[str, list[dict[str, Any]]]:
    """Return every row of every table, for comparing what two ways of writing lead to."""
    with database.read() as session:
        return {
            table.name: sorted((dict(row) for row in session.execute(select(table)).mappings()), key=str)
            for table in Base.metadata.sorted_tables
            if table.name != "site"  # random
        }
