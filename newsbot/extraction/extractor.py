"""Extract an `Article` from a page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from newsbot.extraction.body.blocks import Block
from newsbot.extraction.body.choice import Body, text_of_blocks
from newsbot.extraction.body.declared import declared_body, read_whole_body
from newsbot.extraction.body.features.block_features import DeclaredMetadata
from newsbot.extraction.body.notes import declared_notes, read_notes
from newsbot.extraction.body.scoring.block_reading import read_blocks
from newsbot.extraction.fields.language import detect
from newsbot.extraction.fields.metadata import Metadata, read_metadata
from newsbot.extraction.page.page import Page
from newsbot.extraction.page_kinds import classify
from newsbot.extraction.selectors import remove_elements, select_body, select_title
from newsbot.extraction.structure.article_structure import add_structure
from newsbot.items import Article
from newsbot.sources.model import Selectors, Source
from newsbot.text import clean_text, word_count
from newsbot.urls import source_of


def extract(html: str | bytes, url: str | None = None) -> Article:
    """Return the article of a page, given as text or as bytes in any charset. Never raises for any content.

    Raises TypeError for what is no page: a response of an HTTP client, None."""
    if not isinstance(html, str | bytes):
        raise TypeError(f"the page is of type {type(html).__name__}; accepted: its HTML, as str or bytes")
    if not isinstance(url, str | None):
        raise TypeError(f"the URL is of type {type(url).__name__}; accepted: str, or None")
    page = Page.from_bytes(html, url) if isinstance(html, bytes) else Page.from_text(html, url)
    return extract_article(page)


def extract_article(page: Page, *, source: Source | None = None, now: datetime | None = None) -> Article:
    """Return the article of a page; `source` provides its CSS selectors, its time zone and its key.

    Dates later than a day after `now` are ignored. `rules["title"]` and `rules["body"]` are "selector" if the source's
    selector found the value, and "selector empty, ..." if it found nothing and a general rule was used.
    """
    selectors = _valid_selectors(source, now)
    metadata = read_metadata(page, timezone=source.timezone if source else UTC, now=now)
    if selectors:
        remove_elements(page.tree, selectors.remove)
        _use_own_title(page, selectors, metadata)
    blocks = read_blocks(page.tree)
    body = _body(page, blocks, metadata, selectors)
    text = clean_text(body.text)
    url = page.url or metadata.canonical_url or ""
    article = Article(
        url=url,
        canonical_url=metadata.canonical_url,
        source=source.key if source else source_of(url) or None,
        title=metadata.title,
        description=metadata.description,
        authors=metadata.authors,
        published_at=metadata.published_at,
        published_offset_min=metadata.published_offset_min,
        modified_at=metadata.modified_at,
        language=detect(text, metadata.declared_language),
        section=metadata.section,
        topics=metadata.topics,
        image_url=metadata.image_url,
        body=text,
        word_count=word_count(text),
        is_free=metadata.is_free,
        notes=[*declared_notes(page), *read_notes(blocks, body.text)],
        rules=metadata.rules | {"body": body.rule},
    )
    on_page = body.blocks if body.rule == "selector" else blocks
    add_structure(article, page, on_page, body.blocks, is_clean=text == body.text)
    article.kind, article.rules["kind"] = classify(page, article, body, blocks)
    return article


def _valid_selectors(source: Source | None, now: datetime | None) -> Selectors | None:
    """Return the selectors of the source; None after their last day of validity."""
    if source is None:
        return None
    last_day = source.selectors.valid_until
    return None if last_day and now and now.date() > last_day else source.selectors


def _use_own_title(page: Page, selectors: Selectors, metadata: Metadata) -> None:
    """Replace the title by the one that the source's selector finds, and record the rule."""
    if selectors.title is None:
        return
    if title := select_title(page.tree, selectors.title):
        metadata.title, metadata.rules["title"] = title, "selector"
    else:
        metadata.rules["title"] = f"selector empty, {metadata.rules.get('title', 'none')}"


def _body(page: Page, blocks: Sequence[Block], metadata: Metadata, selectors: Selectors | None) -> Body:
    """Return the body that the source's selector finds, else the one that the general rules find."""
    declared = DeclaredMetadata(
        title=metadata.title or "",
        description=metadata.description or "",
        authors=metadata.authors,
        body=declared_body(page),
    )
    if selectors is None or selectors.body is None:
        return read_whole_body(page, blocks, declared)
    if own := select_body(page.tree, selectors.body):
        return Body(text=text_of_blocks(own), rule="selector", blocks=own)
    general = read_whole_body(page, blocks, declared)
    general.rule = f"selector empty, {general.rule}"
    return general
