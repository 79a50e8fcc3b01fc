"""From an article's text to its entities."""

from __future__ import annotations

from newsbot.entities.engine import Engine, engine_label
from newsbot.entities.linking import link
from newsbot.items import Article

UNKNOWN = "und"
"""What ISO 639-2 calls an undetermined language."""
MAX_TEXT_CHARS = 100_000
"""Of a body; what follows is not read. The longest articles have half of it, and as much again takes five seconds."""


def find_entities(article: Article, engine: Engine) -> None:
    """Fill `entities` and `entity_engine` of an article; a text in no known language is not guessed at."""
    language = article.language or UNKNOWN
    text = article.body[:MAX_TEXT_CHARS]
    mentions = engine.recognize(text, language)
    article.entities = link(mentions, text, article.title or "") if mentions else []
    article.entity_engine = engine_label(engine, language)
