"""Normalise the fields of an article: clean Unicode, single-line titles and names, no duplicates."""

from __future__ import annotations

from collections.abc import Iterable

from newsbot.cleaning.boilerplate import block_key
from newsbot.cleaning.removed_paragraphs import take_out
from newsbot.items import Article
from newsbot.languages.phrases import is_invitation
from newsbot.text import one_line, paragraphs, word_count
from newsbot.urls import is_fetchable

MAX_LINE = 2_000
"""Maximum number of characters of a title, name or topic; a longer one is an extraction error and is cut."""
MAX_NAMES = 200
"""Maximum number of authors or topics; sites that list more stuff keywords."""


def clean_article(article: Article) -> None:
    """Normalise the fields of an article in place. Idempotent. Invitations that are removed go to `removed`."""
    article.title = _line(article.title)
    article.description = _line(article.description)
    article.section = _line(article.section)
    article.authors = _lines(article.authors)
    article.topics = _lines(article.topics)
    article.canonical_url = _web_url(article.canonical_url)
    article.image_url = _web_url(article.image_url)
    texts = _without_echoes(paragraphs(article.body))
    kept = _without_invitations(texts)
    if len(kept) < len(texts):
        keys = {place: block_key("tail", texts[place]) for place in range(len(kept), len(texts))}
        article.removed = take_out(article.removed, texts, keys, is_learnt=False)
    article.body = "\n\n".join(kept)
    article.word_count = word_count(article.body)


def _line(text: str | None) -> str | None:
    return one_line(text)[:MAX_LINE].rstrip() or None if text else None


def _lines(texts: Iterable[str]) -> list[str]:
    lines = (_line(text) for text in texts)
    return list(dict.fromkeys(line for line in lines if line))[:MAX_NAMES]


def _web_url(url: str | None) -> str | None:
    return url if url and is_fetchable(url) else None


def _without_echoes(texts: list[str]) -> list[str]:
    """Drop a paragraph that repeats the one before it; some pages render a block twice."""
    return [text for i, text in enumerate(texts) if i == 0 or text != texts[i - 1]]


def _without_invitations(texts: list[str]) -> list[str]:
    """Drop invitations to share, follow or subscribe at the end of a text; the same words in the middle are kept."""
    end = len(texts)
    while end and is_invitation(texts[end - 1], word_count(texts[end - 1])):
        end -= 1
    return texts[:end]
