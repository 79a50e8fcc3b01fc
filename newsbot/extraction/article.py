"""A parsed page -> an `Article`."""

from __future__ import annotations

from datetime import UTC, datetime

from newsbot.extraction.blocks import read_blocks
from newsbot.extraction.body import select_blocks
from newsbot.extraction.kinds import classify
from newsbot.extraction.language import detect
from newsbot.extraction.metadata import read_metadata
from newsbot.extraction.page import Page
from newsbot.items import Article
from newsbot.sources.model import Source
from newsbot.text import clean_text, word_count
from newsbot.urls import source_of


def extract(html: str | bytes, url: str | None = None) -> Article:
    """Return the article of one page: text, or bytes in whatever charset. Never raises, whatever the page."""
    page = Page.from_bytes(html, url) if isinstance(html, bytes) else Page.from_text(html, url)
    return extract_article(page)


def extract_article(page: Page, *, source: Source | None = None, now: datetime | None = None) -> Article:
    """Return the article of a page; `source` gives its selectors, its time zone and its name.

    Dates later than a day after `now` are not believed.
    """
    metadata = read_metadata(page, timezone=source.timezone if source else UTC, now=now)
    body = clean_text("\n\n".join(block.text for block in select_blocks(read_blocks(page.tree))))
    url = page.url or metadata.canonical_url or ""
    article = Article(
        url=url,
        canonical_url=metadata.canonical_url,
        source=source.key if source else source_of(url),
        title=metadata.title,
        description=metadata.description,
        authors=metadata.authors,
        published_at=metadata.published_at,
        modified_at=metadata.modified_at,
        language=detect(body, metadata.declared_language),
        section=metadata.section,
        topics=metadata.topics,
        image_url=metadata.image_url,
        body=body,
        word_count=word_count(body),
        is_free=metadata.is_free,
        rules=metadata.rules | {"body": "blocks"},
    )
    article.kind = classify(page, article)
    return article
