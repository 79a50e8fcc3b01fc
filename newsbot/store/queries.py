"""What is read: the one place that the command line, the web and exports ask."""

from newsbot.store.articles import StoredArticle, article_urls, get_article, iter_articles, stored_json
from newsbot.store.entities import EntityArticle, EntityCount, EntityDetail, entity_detail, top_entities
from newsbot.store.filters import Filters, Sort
from newsbot.store.history import Change, history
from newsbot.store.search import MARK_END, MARK_START, Hit, search
from newsbot.store.stats import SourceCount, Stats, list_rejects, stats

__all__ = [
    "MARK_END",
    "MARK_START",
    "Change",
    "EntityArticle",
    "EntityCount",
    "EntityDetail",
    "Filters",
    "Hit",
    "Sort",
    "SourceCount",
    "Stats",
    "StoredArticle",
    "article_urls",
    "entity_detail",
    "get_article",
    "history",
    "iter_articles",
    "list_rejects",
    "search",
    "stats",
    "stored_json",
    "top_entities",
]
