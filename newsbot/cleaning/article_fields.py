"""Every field of an article as it should be stored: clean Unicode, one line where one line is meant, no repeats."""

from __future__ import annotations

from collections.abc import Iterable

from newsbot.items import Article
from newsbot.phrases import is_invitation
from newsbot.text import one_line, paragraphs, word_count
from newsbot.urls import is_fetchable

MAX_LINE = 2_000
"""Characters of a title, name or topic that are kept; what is longer was not meant as one."""
MAX_NAMES = 200
"""Authors or topics that are kept; sites that list more stuff keywords."""


def clean_article(article: Article) -> None:
    """Tidy an article in place. Doing it twice changes nothing more."""
    article.title = _line(article.title)
    article.description = _line(article.description)
    article.section = _line(article.section)
    article.authors = _lines(article.authors)
    article.topics = _lines(article.topics)
    article.canonical_url = _web_url(article.canonical_url)
    article.image_url = _web_url(article.image_url)
    article.body = "\n\n".join(_without_invitations(_without_echoes(paragraphs(article.body))))
    article.word_count = word_count(article.body)


def _line(text: str | None) -> str | None:
    return one_line(text)[:MAX_LINE].rstrip() or None if text else None


def _lines(texts: Iterable[str]) -> list[str]:
    lines = (_line(text) for text in texts)
    return list(dict.fromkeys(line for line in lines if line))[:MAX_NAMES]


def _web_url(url: str | None) -> str | None:
    return url if url and is_fetchable(url) else None


def _without_echoes(texts: list[str]) -> list[str]:
    """Drop a paragraph that only repeats the one before it, as pages that render a block twice do."""
    return [text for i, text in enumerate(texts) if i == 0 or text != texts[i - 1]]


def _without_invitations(texts: list[str]) -> list[str]:
    """Drop what a text ends with to have readers share, follow or subscribe; the same words in its midst are kept."""
    end = len(texts)
    while end and is_invitation(texts[end - 1], word_count(texts[end - 1])):
        end -= 1
    return texts[:end]
