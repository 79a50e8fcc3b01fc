"""Keys by which the database recognises URLs, texts, contents and names as the same."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple

from newsbot.dedupe.fingerprints import text_key
from newsbot.items import STUB, Article, utc_text
from newsbot.sources.ownership import is_same_site
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
    """Canonicalised URLs on the page's own site: first the one that names the article (its canonical URL, else its own),
    then its own, then others that led to it."""
    own: str
    """The page's own URL."""
    served: frozenset[str]
    """Those of `url_keys` at which the page was found: its own, and those that redirected to it. Others are only claimed."""
    ways: tuple[str, ...]
    """Canonicalised URLs of other sites that redirected to the page. They lead to it, and say nothing of what it is."""
    text_key: bytes
    """16 bytes that are equal for equal texts. A stub has no text, and so no key that another article could have."""

    @property
    def hashes(self) -> list[bytes]:
        """Hashes of `url_keys`, in their order."""
        return [url_hash(key) for key in self.url_keys]

    @property
    def own_hash(self) -> bytes:
        """Hash of the page's own URL."""
        return url_hash(self.own)

    @property
    def lock_keys(self) -> list[bytes]:
        """Keys of the locks of rank IDENTITY for an article: the URLs that lead to it, and its text."""
        return [*self.hashes, *map(url_hash, self.ways), self.text_key]


def article_keys(article: Article) -> ArticleKeys:
    """Return the keys of an article: its canonical URL, its own URL, those that redirected to it, and its text.

    Only the site of a page says what is at an address of this site. So a canonical URL of another site is no key, and one
    that redirected here is only a way to the article, unless both belong to one source (`Article.claims`). A canonical URL
    that is the front page of the site is ignored: a mistake in the template of all its pages."""
    urls = _url_keys(article.url, article.canonical_url, tuple(article.aliases), tuple(article.claims))
    is_stub = article.kind == STUB
    text = _hash(f"stub {urls.url_keys[0]}") if is_stub else text_key(article.title, article.body)
    return ArticleKeys(*urls, text_key=text)


class _UrlKeys(NamedTuple):
    """The keys of an article that depend on its URLs, as in `ArticleKeys`."""

    url_keys: tuple[str, ...]
    own: str
    served: frozenset[str]
    ways: tuple[str, ...]


@lru_cache(maxsize=64)  # asked for when an article is looked up, cleaned, and stored with others
def _url_keys(
    url: str, canonical_url: str | None, aliases: tuple[str, ...], claims: tuple[str, ...]
) -> _UrlKeys:
    own, claimed = canonicalize(url), [*map(canonicalize, claims)]

    def own_keys(urls: Iterable[str]) -> list[str]:
        """Return the canonicalised form of those URLs that belong to the site or the source of the article."""
        keys = map(canonicalize, urls)
        return [key for key in keys if key in claimed or is_same_site(key, own)]

    declared = [canonical_url] if canonical_url else []
    canonical = [key for key in own_keys(declared) if not _FRONT_PAGE.fullmatch(key)]
    redirected = own_keys(aliases)
    keys = tuple(dict.fromkeys([*canonical, own, *redirected, *claimed]))
    ways = dict.fromkeys(map(canonicalize, aliases))
    return _UrlKeys(keys, own, frozenset([own, *redirected]), tuple(key for key in ways if key not in keys))


@lru_cache(maxsize=256)
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
