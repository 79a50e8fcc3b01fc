"""Keys by which the database recognises URLs, texts, contents and names as the same."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from hashlib import blake2b

from newsbot.dedupe.fingerprints import text_key
from newsbot.items import STUB, Article, utc_text
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
    "notes",
    "body",
)
"""Fields that a revision records: not where and when the page was fetched, nor how it was extracted."""


@dataclass(frozen=True, slots=True)
class ArticleKeys:
    """The keys by which a stored article is recognised."""

    url_keys: tuple[str, ...]
    """Canonicalised URLs: first the one that names the article (its canonical URL), then others that led to it."""
    text_key: bytes
    """16 bytes that are equal for equal texts. A stub has no text, and so no key that another article could have."""


def article_keys(article: Article) -> ArticleKeys:
    """Return the keys of an article: its canonical URL, its own URL, those that redirected to it, and its text.

    A canonical URL that is the front page of the site is ignored: a mistake in the template of all its pages."""
    urls = (article.canonical_url, article.url, *article.aliases)
    keys = list(dict.fromkeys(canonicalize(url) for url in urls if url))
    if len(keys) > 1 and _FRONT_PAGE.fullmatch(keys[0]):
        del keys[0]
    text = _hash(f"stub {keys[0]}") if article.kind == STUB else text_key(article.title, article.body)
    return ArticleKeys(url_keys=tuple(keys), text_key=text)


def url_hash(url_key: str) -> bytes:
    """Return the 16-byte hash of a canonicalised URL, for indexes: URLs can be of any length."""
    return _hash(url_key)


def content_key(article: Article) -> bytes:
    """Return 16 bytes that are equal as long as no field of `REVISED_FIELDS` changes."""
    # Notes count where there are any, so that articles without notes keep the keys that older versions gave them.
    names = (name for name in REVISED_FIELDS if name != "notes" or article.notes)
    content = [getattr(article, name) for name in names]
    return _hash(json.dumps(content, default=utc_text))


def name_key(name: str) -> str:
    """Return `name` with folded case and white space, cut to the length that an index can hold."""
    return stored_name(" ".join(name.casefold().split()))


def _hash(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=KEY_BYTES).digest()
