"""Metadata of an article: the value of each field, and the rule that found it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo

from newsbot.extraction.fields.about import (
    read_canonical,
    read_description,
    read_image,
    read_is_free,
    read_section,
)
from newsbot.extraction.fields.authors import read_authors
from newsbot.extraction.fields.evidence import PageEvidence
from newsbot.extraction.fields.published import read_modified, read_published
from newsbot.extraction.fields.title import read_title
from newsbot.extraction.fields.topics import read_topics
from newsbot.extraction.page.page import Page


@dataclass(slots=True, kw_only=True)
class Metadata:
    """Metadata that a page gives for its article; the fields are those of `Article`."""

    title: str | None
    authors: list[str]
    published_at: datetime | None
    published_offset_min: int | None
    modified_at: datetime | None
    description: str | None
    section: str | None
    topics: list[str]
    image_url: str | None
    canonical_url: str | None
    is_free: bool | None
    declared_language: str | None
    """Language that the page declares, a BCP 47 tag as written. `Article.language` is detected in the text."""
    rules: dict[str, str] = field(default_factory=dict)
    """Name of a field -> name of the rule that found its value."""


def read_metadata(page: Page, *, timezone: tzinfo = UTC, now: datetime | None = None) -> Metadata:
    """Return the metadata of a page's article. Dates without an offset are read in `timezone`.

    Dates later than a day after `now` are ignored. The rules of each field try JSON-LD, then Open Graph and other meta
    elements, then microdata, then the HTML that readers see.
    """
    evidence = PageEvidence(page)
    published, published_rule = read_published(evidence, timezone, now)
    modified, modified_rule = read_modified(evidence, timezone, now)
    found = {
        "title": read_title(evidence),
        "authors": read_authors(evidence),
        "published_at": (published and published.at, published_rule),
        "modified_at": (modified and modified.at, modified_rule),
        "description": read_description(evidence),
        "section": read_section(evidence),
        "topics": read_topics(evidence),
        "image_url": read_image(evidence),
        "canonical_url": read_canonical(evidence),
    }
    return Metadata(
        **{name: value for name, (value, _) in found.items()},  # type: ignore[arg-type]
        published_offset_min=published and published.offset_min,
        is_free=read_is_free(evidence),
        declared_language=page.html_lang
        or next(iter(evidence.json_ld("inLanguage") + evidence.meta("og:locale")), None),
        rules={name: rule for name, (_, rule) in found.items() if rule},
    )
