"""From an article's text to its entities."""

from __future__ import annotations

from newsbot.entities.engine import Engine, engine_label
from newsbot.entities.linking import link
from newsbot.items import Article


def find_entities(article: Article, engine: Engine) -> None:
    """Fill `entities` and `entity_engine` of an article; a language that is not known is read as English."""
    language = article.language or "en"
    mentions = engine.recognize(article.body, language)
    article.entities = link(mentions, article.body, article.title or "")
    article.entity_engine = engine_label(engine, language)
