"""What makes two URLs, contents or names the same for the database."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from hashlib import blake2b

from newsbot.dedupe.fingerprints import text_key
from newsbot.items import Article, utc_text
from newsbot.store.schema.types import stored_name
from newsbot.urls import canonicalize

KEY_BYTES = 16
_FRONT_PAGE = re.compile("https?://[^/]*/")

REVISED_FIELDS = (
    "title",
    "description",
    "authors",
    "published_at",
    "modified_at",
    "language",
    "section",
    "topics",
    "image_url",
    "kind",
    "is_free",
    "body",
)
"""What a revision records. Not where and when it was fetched, nor how it was extracted."""


@dataclass(frozen=True, slots=True)
class ArticleKeys:
    """What an article is recognised by."""

    url_keys: tuple[str, ...]
    """Canonicalised: what names the article first (its canonical URL), then others that led to it."""
    text_key: bytes
    """16 bytes, equal for equal texts."""


def article_keys(article: Article) -> ArticleKeys:
    """Return the keys of an article: of its canonical URL, its own, and those that redirected to it.

    A canonical URL that is a site's front page is a mistake in the site's template, made on all of its pages."""
    urls = (article.canonical_url, article.url, *article.aliases)
    keys = list(dict.fromkeys(canonicalize(url) for url in urls if url))
    if len(keys) > 1 and _FRONT_PAGE.fullmatch(keys[0]):
        del keys[0]
    return ArticleKeys(url_keys=tuple(keys), text_key=text_key(article.title, article.body))


def url_hash(url_key: str) -> bytes:
    """Return the 16 bytes that stand for a canonicalised URL in indexes; URLs have no greatest length."""
    return _hash(url_key)


def content_key(article: Article) -> bytes:
    """Return 16 bytes that are equal while nothing of `REVISED_FIELDS` changes."""
    content = [getattr(article, name) for name in REVISED_FIELDS]
    return _hash(json.dumps(content, default=utc_text))


def name_key(name: str) -> str:
    """Return `name` without regard to case and white space, as short as an index can hold."""
    return stored_name(" ".join(name.casefold().split()))


def _hash(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=KEY_BYTES).digest()
