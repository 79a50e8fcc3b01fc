"""Signals of Scrapy that crawls of newsbot send, beside those of `scrapy.signals`."""

from __future__ import annotations

article_stored = object()
"""An article is in the database: `handler(article, outcome, spider)`, a function or a coroutine.

`article` is an `Article` with its `id`; `outcome` is "new", "changed", "unchanged", "duplicate" or "conflict". The transaction
is over. An exception of a handler is logged, and the article stays."""
