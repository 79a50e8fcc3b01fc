"""Extractors that other packages bring for certain sites: what they find in a page wins over the general rules."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, Protocol, runtime_checkable

from newsbot.extraction.page.page import Page
from newsbot.extraction.structure.markdown import from_paragraphs
from newsbot.items import Article
from newsbot.plugins import Plugin, plugins
from newsbot.text import paragraphs, word_count
from newsbot.urls import host_of

FIELDS: Mapping[str, type] = {
    "title": str,
    "description": str,
    "authors": list,
    "published_at": datetime,
    "modified_at": datetime,
    "language": str,
    "section": str,
    "topics": list,
    "image_url": str,
    "body": str,
    "is_free": bool,
}
"""Fields of an article that an extractor may give, and their types."""


@runtime_checkable
class SiteExtractor(Protocol):
    """Reads the pages of certain sites. The class is called without arguments; it must be thread-safe."""

    @property
    def sites(self) -> Collection[str]:
        """Keys of sources, and hosts without `www.`; the hosts below them belong to them."""

    def fields(self, page: Page, article: Article) -> Mapping[str, Any]:
        """Return the values of fields of the article; {} if this page is none of those that it can read.

        `page` is the page as it came, and `article` what the general rules have found in it, which is not to be changed.
        Times are aware; the paragraphs of `body` are separated by blank lines."""


@lru_cache
def _installed() -> tuple[tuple[Plugin, SiteExtractor], ...]:
    """Return the extractors that are installed. Raises UsageError if one of them cannot be used."""
    found = []
    for plugin in plugins("newsbot.extractors"):
        extractor = plugin.made()
        if not isinstance(extractor, SiteExtractor):
            raise plugin.unusable("it lacks sites or fields")
        if isinstance(extractor.sites, str):
            raise plugin.unusable("its sites are one text; accepted: several, as ('news.example',)")
        found.append((plugin, extractor))
    return tuple(found)


def check_extractors() -> None:
    """Raise UsageError if an extractor that is installed cannot be used."""
    _installed()


def use_extractors(page: Page, article: Article) -> None:
    """Set the fields of an article that the extractors of its site find; `rules` has their names.

    Raises UsageError that names the package of an extractor which fails, or gives what an article cannot have."""
    for plugin, extractor in _installed():
        if _is_of(article, extractor.sites):
            for name, value in _found(plugin, extractor, page, article).items():
                setattr(article, name, value)
                article.rules[name] = f"extractor {plugin.name}"
                if name == "body":
                    article.body_markdown = from_paragraphs(paragraphs(article.body))
                    article.word_count = word_count(article.body)


def _is_of(article: Article, sites: Collection[str]) -> bool:
    host = host_of(article.url).removeprefix("www.")
    return article.source in sites or any(host == site or host.endswith(f".{site}") for site in sites)


def _found(plugin: Plugin, extractor: SiteExtractor, page: Page, article: Article) -> Mapping[str, Any]:
    try:
        values = dict(extractor.fields(page, article))
    except Exception as error:
        raise plugin.unusable(f"{type(error).__name__}: {error}") from error
    for name, value in values.items():
        if name not in FIELDS:
            raise plugin.unusable(f"it gives the field {name!r}; accepted: {', '.join(FIELDS)}")
        if not isinstance(value, FIELDS[name]) or (isinstance(value, datetime) and value.tzinfo is None):
            kind = "datetime with a time zone" if FIELDS[name] is datetime else FIELDS[name].__name__
            raise plugin.unusable(f"it gives {name} = {value!r}; accepted: {kind}")
    return values
