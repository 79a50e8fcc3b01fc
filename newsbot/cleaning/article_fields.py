"""Normalise the fields of an article: clean Unicode, single-line titles and names, no duplicates, bounded lengths.

Every text of an article passes here, whatever door it came in by, before it is stored or shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import accumulate
from urllib.parse import quote

from newsbot.cleaning.boilerplate import block_key
from newsbot.cleaning.removed_paragraphs import take_out
from newsbot.cleaning.text_structure import follow_body
from newsbot.items import Article
from newsbot.languages.wording.phrases import is_invitation
from newsbot.text import one_line, paragraphs, word_count
from newsbot.urls import is_fetchable

MAX_LINE = 2_000
"""Maximum number of characters of a title, name or topic; a longer one is an extraction error and is cut."""
MAX_NAMES = 200
"""Maximum number of authors or topics; sites that list more stuff keywords."""
MAX_BODY_CHARS = 500_000
"""Maximum length of a body. The longest of 1,459 real pages has 88,203 characters; a thick novel has 500,000."""
CUT = f"cut at {MAX_BODY_CHARS} characters"
"""What `rules["body"]` says of a body that was longer."""
_USER = re.compile(r"(?<=://)[^/?#@\\]*@")
MAX_URL_CHARS = 8_192
"""Maximum length of a canonical URL or the URL of an image. Servers and browsers refuse longer ones."""
_DROPPED = re.compile(r"[\x00-\x1f\x7f]")
_ESCAPED = re.compile(r"[\s\x80-\x9f\ud800-\udfff]")
"""What no URL may hold; browsers, and `canonicalize`, drop control characters and escape the rest."""


def clean_article(article: Article) -> None:
    """Normalise the fields of an article in place. Idempotent. Invitations that are removed go to `removed`."""
    article.url = _url(article.url)
    article.aliases = [_url(url) for url in article.aliases]
    article.source = _line(article.source)
    article.language = _line(article.language)
    article.title = _line(article.title)
    article.description = _line(article.description)
    article.section = _line(article.section)
    article.authors = _lines(article.authors)
    article.topics = _lines(article.topics)
    article.canonical_url = _web_url(article.canonical_url)
    article.image_url = _web_url(article.image_url)
    article.notes = _lines(article.notes)
    texts = paragraphs(article.body)
    bounded = _bounded(texts)
    read = _without_echoes(bounded)
    kept = _without_invitations(read)
    if len(kept) < len(read):
        keys = {place: block_key("tail", read[place]) for place in range(len(kept), len(read))}
        article.removed = take_out(article.removed, read, keys, is_learnt=False)
    article.body = "\n\n".join(kept)
    if len(kept) < len(texts) or bounded != texts or (kept and not article.body_markdown):
        follow_body(article)
    article.word_count = word_count(article.body)
    if bounded != texts:
        article.rules["body"] = ", ".join(filter(None, (article.rules.get("body"), CUT)))
    for entity in article.entities:
        entity.name, entity.role = _line(entity.name) or "", _line(entity.role)
    article.entities = [entity for entity in article.entities if entity.name]


def _line(text: str | None) -> str | None:
    return one_line(text)[:MAX_LINE].rstrip() or None if text else None


def _lines(texts: Iterable[str]) -> list[str]:
    lines = (_line(text) for text in texts)
    return list(dict.fromkeys(line for line in lines if line))[:MAX_NAMES]


def _url(url: str) -> str:
    """Return a URL as it can be printed and stored anywhere, without user and password."""
    text = _ESCAPED.sub(
        lambda match: quote(match[0].encode("utf-8", "surrogatepass")), _DROPPED.sub("", url).strip()
    )
    return _USER.sub("", text, count=1)


def _web_url(url: str | None) -> str | None:
    return _url(url) if url and is_fetchable(url) and len(url) <= MAX_URL_CHARS else None


def _bounded(texts: list[str]) -> list[str]:
    """Return the first paragraphs that together are not too long; of the first one at least its beginning."""
    ends = accumulate((len(text) + len("\n\n") for text in texts), initial=-len("\n\n"))
    number = sum(1 for end in ends if end <= MAX_BODY_CHARS) - 1
    return texts[:number] or [text[:MAX_BODY_CHARS].rstrip() for text in texts[:1]]


def _without_echoes(texts: list[str]) -> list[str]:
    """Drop a paragraph that repeats the one before it; some pages render a block twice."""
    return [text for i, text in enumerate(texts) if i == 0 or text != texts[i - 1]]


def _without_invitations(texts: list[str]) -> list[str]:
    """Drop invitations to share, follow or subscribe at the end of a text; the same words in the middle are kept."""
    end = len(texts)
    while end and is_invitation(texts[end - 1], word_count(texts[end - 1])):
        end -= 1
    return texts[:end]
