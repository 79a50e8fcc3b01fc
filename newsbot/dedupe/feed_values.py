"""Values of an article that a feed has given, not its page: they outlast the entry, and give way to the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from newsbot.items import FROM_FEED, Article


def fields_from_feed(rules: Mapping[str, str]) -> list[str]:
    """Return the fields whose values a feed has given; `rules` are those of an article."""
    return [name for name, rule in rules.items() if rule.startswith(FROM_FEED)]


def keep_feed_values(article: Article, stored: Mapping[str, Any], rules: Mapping[str, str]) -> None:
    """Fill what a page does not say with what a feed said when the article was stored.

    `stored` are the stored values by field, `rules` the stored rules. The offset goes with the date of publication."""
    for name in fields_from_feed(rules):
        if stored[name] and not getattr(article, name):
            setattr(article, name, stored[name])
            article.rules[name] = rules[name]
            if name == "published_at":
                article.published_offset_min = stored["published_offset_min"]


def own_values(article: Article, rules: Mapping[str, str]) -> dict[str, Any]:
    """Return the values that a page says itself of fields that only a feed has given so far; `rules` are the stored ones."""
    from_feed = fields_from_feed(article.rules)
    names = [name for name in fields_from_feed(rules) if name not in from_feed]
    return {name: value for name in names if (value := getattr(article, name))}
