"""From an article's text to its entities."""

from __future__ import annotations

from newsbot.entities.engine import Engine, engine_label
from newsbot.entities.linking import link
from newsbot.items import Article

UNKNOWN = "und"
"""What ISO 639-2 calls an undetermined language."""


def find_entities(article: Article, engine: Engine) -> None:
    """Fill `entities` and `entity_engine` of an article; a text in no known language is not guessed at."""
    language = article.language or UNKNOWN
    mentions = engine.recognize(article.body, language)
    article.entities = link(mentions, article.body, article.title or "") if mentions else []
    article.entity_engine = engine_label(engine, language)
