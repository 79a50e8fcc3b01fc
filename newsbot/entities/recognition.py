"""Find the entities of an article."""

from __future__ import annotations

from newsbot.entities.engine import Engine, engine_label
from newsbot.entities.linking import UNKNOWN, link
from newsbot.items import Article

MAX_TEXT_CHARS = 100_000
"""Maximum number of characters of a body that are read. The longest articles have half of it, and reading this many takes
five seconds."""


def find_entities(article: Article, engine: Engine) -> None:
    """Set `entities` and `entity_engine` of an article. The language is `UNKNOWN` if the article has none."""
    language = article.language or UNKNOWN
    text = article.body[:MAX_TEXT_CHARS]
    mentions = engine.recognize(text, language)
    article.entities = link(mentions, text, article.title or "", language) if mentions else []
    article.entity_engine = engine_label(engine, language)
