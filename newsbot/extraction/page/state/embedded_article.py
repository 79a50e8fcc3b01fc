"""Find the article in the state that a page carries for its scripts, by structure: a long list of paragraphs, or HTML.

Related articles, comments, translations and configuration are in the same state. An article counts only if something
about it agrees with the page: its headline, its address, or the paragraphs that the page shows.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice, pairwise
from typing import Any, Final

from newsbot.extraction.page.state.embedded_state import HOLDERS, unfolded
from newsbot.extraction.page.state.rich_text import RichTextReader, is_story, kind_of, text_paragraphs
from newsbot.text import letters, words

MIN_CHARS: Final = 300
"""Minimum number of characters in the paragraphs of an article."""
MAX_NODES: Final = 150_000
MAX_CANDIDATES: Final = 60
MAX_NESTED_JSON: Final = 20
_MIN_PARAGRAPH_CHARS: Final = 50
"""Number of characters from which a line counts as a paragraph."""
_MIN_CHARS_PER_MARK: Final = 60
"""Number of characters for each brace and semicolon below which a text is code."""
_MAX_DEPTH: Final = 60
_MAX_ABOVE: Final = 6
"""Maximum number of objects around a text that are searched for its headline."""
_MIN_KEY: Final = 12
"""Minimum number of letters of a headline or paragraph that is compared."""
_PARAGRAPH_KEY: Final = 40
"""Number of letters of a paragraph that are compared."""
_MIN_SHARED_WORDS: Final = 0.34
"""Share of the words of the title that the text must have if nothing else shows that it belongs to the page."""
_OTHER_TEXTS = re.compile(
    r"comment|related|recommend|recirc|trending|popular|most_?read|latest|sidebar|footer|navigation|menu|translation|i18n"
    r"|locale|config|promo|teaser|advert|consent|cookie|privacy|legal|terms|newsletter|settings|feature_?flags|bio$|biograph"
    r"|see_?also|read_?next|more_?from|up_?next|faq|disclaimer|subscri|caption|messages|about_?author",
    re.IGNORECASE,
)
"""Names of properties that contain other texts than the article."""
_HEADLINES: Final = ("headline", "headlines", "title", "articletitle", "heading", "name")
_AUTHORS: Final = words(
    "authors author byline bylines writers writer creator contributors credits authorname reporter reporters journalist"
)
_DATES: Final = words(
    """
    datepublished publishedat publisheddate publishdate publicationdate published firstpublished
    firstpublishdate displaydate publishedtime firstpublishedat pubdate date publishtime publishedon
    createdat created
    """
)
_TEXTS_OF: Final = words("basic text rendered main default name fullname displayname full_name title byline")
_ADDRESSES: Final = frozenset(
    words("url canonicalurl canonical slug path href permalink weburl shareurl websiteurl uri link")
)
_PRODUCT_KEYS: Final = frozenset(
    words("price prices sku variants offers currency pricerange productid producttype cart")
)
_WORD = re.compile(r"[\u2e80-\uffff]{2,}|[^\W_]{4,}")
_FIRST_SPACELESS = "\u2e80"
Object = dict[str, Any]


@dataclass(slots=True)
class EmbeddedArticle:
    """An article in the state of a page."""

    paragraphs: list[str]
    headline: str = ""
    authors: list[str] = field(default_factory=list)
    published: list[str] = field(default_factory=list)
    agreements: int = 0
    """Number of things that agree with the page: headline, address, paragraphs."""
    contains_shown: bool = False
    """Whether a paragraph that the page shows is in it."""
    is_product: bool = False
    """Whether its objects have a price, as products do."""

    @property
    def text(self) -> str:
        """Paragraphs separated by a blank line."""
        return "\n\n".join(self.paragraphs)


@dataclass(slots=True, frozen=True)
class Clues:
    """What is known of the article of the page."""

    titles: Sequence[str]
    url: str = ""
    shown: str = ""
    """The text that the page shows."""
    is_article: bool = False
    """Whether the page declares that it is an article."""


_Above = tuple[Object, "_Above"] | None
"""The objects around a value, the innermost first."""
Candidate = tuple[list[str], _Above]
"""The paragraphs of a text, and the objects around it."""


def find_article(candidates: Iterable[Candidate], clues: Clues) -> EmbeddedArticle | None:
    """Return the longest candidate that agrees with the page in most respects; None if none does."""
    titles = [key for title in clues.titles if len(key := letters(title)) >= _MIN_KEY]
    shown = [
        key for line in clues.shown.split("\n") if len(key := letters(line)[:_PARAGRAPH_KEY]) >= _MIN_KEY
    ]
    words = _terms(" ".join(clues.titles[:1]))
    best: EmbeddedArticle | None = None
    for paragraphs, above in candidates:
        article = EmbeddedArticle(paragraphs)
        article.contains_shown = _contains(article, shown)
        article.agreements = _describe(article, above, titles, clues.url) + 2 * article.contains_shown
        if not _is_meant(article, clues, words):
            continue
        if best is None or _rank(article) > _rank(best):
            best = article
    return best


def _is_meant(article: EmbeddedArticle, clues: Clues, words: set[str]) -> bool:
    """Return whether a text is the article of the page, not a related one, a post in a forum or about a product."""
    if article.contains_shown:
        return True
    if not (clues.is_article or (article.published and article.authors)):
        return False
    if article.agreements or not clues.titles:
        return bool(article.headline) and not article.is_product
    return clues.is_article and not article.headline and not clues.shown and _shares(article, words)


def _rank(article: EmbeddedArticle) -> tuple[int, int]:
    return article.agreements, _prose_chars(article.paragraphs)


def _prose_chars(paragraphs: Iterable[str]) -> int:
    return sum(
        len(line) for line in paragraphs if len(line) >= _MIN_PARAGRAPH_CHARS or line >= _FIRST_SPACELESS
    )


def candidates_in(state: Iterable[Any]) -> list[Candidate]:
    """Return the first texts in the state of a page that are long enough for an article."""
    return list(islice(_candidates(state), MAX_CANDIDATES))


def _candidates(state: Iterable[Any]) -> Iterator[Candidate]:
    waiting: list[tuple[Any, _Above, int]] = [(value, None, 0) for value in reversed(list(state))]
    seen: set[int] = set()
    reader = RichTextReader()
    nested = 0
    for _ in range(MAX_NODES):
        if not waiting:
            return
        value, above, depth = waiting.pop()
        if isinstance(value, str):
            if (
                value.lstrip()[:1] in ("{", "[")
                and nested < MAX_NESTED_JSON
                and (inner := _parsed(value)) is not None
            ):
                nested += 1
                waiting.append((inner, above, depth + 1))
            elif _prose_chars(lines := text_paragraphs(value)) >= MIN_CHARS and not _is_code(lines):
                yield lines, above
            continue
        if id(value) in seen or depth > _MAX_DEPTH:
            continue
        seen.add(id(value))
        if isinstance(value, list):
            value = unfolded(value)
        if isinstance(value, list) and _may_be_text(value):
            lines = reader.paragraphs(value)
            if _prose_chars(lines) >= MIN_CHARS:
                yield lines, above
                continue
        waiting += _members(value, above, depth + 1)


def _members(value: Any, above: _Above, depth: int) -> list[tuple[Any, _Above, int]]:
    """Return the members of a value that may have the text of an article, each with the objects around it."""
    if isinstance(value, dict):
        around = (value, above)
        return [
            (member, around, depth)
            for key, member in value.items()
            if (isinstance(member, HOLDERS) or (isinstance(member, str) and len(member) >= MIN_CHARS))
            and not _is_of_other(key)
        ]
    return [
        (member, above, depth)
        for member in value
        if isinstance(member, HOLDERS) or (isinstance(member, str) and len(member) >= MIN_CHARS)
    ]


@lru_cache(maxsize=4096)
def _is_of_other(key: str) -> bool:
    """Return whether a property contains other texts than the article; states have few different ones."""
    return _OTHER_TEXTS.search(key) is not None


def _parsed(text: str) -> Any:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict | list) else None


def _is_code(lines: Sequence[str]) -> bool:
    """Return whether a text is a script or a style sheet."""
    marks = sum(line.count("{") + line.count(";") for line in lines)
    return marks * _MIN_CHARS_PER_MARK > sum(map(len, lines))


def _may_be_text(nodes: list[Any]) -> bool:
    """Return whether a list may consist of paragraphs, judged from its first members."""
    first = nodes[:8]
    if nodes[:1] == ["$"]:
        return True
    return any(isinstance(node, str) and len(node) > 20 for node in first) or any(
        isinstance(node, dict | list)
        and not is_story(node)
        and (kind_of(node) or isinstance(node, list) or len(node) <= 6)
        for node in first
    )


def _describe(article: EmbeddedArticle, above: _Above, titles: Sequence[str], url: str) -> int:
    """Fill headline, authors and dates from the objects around the text, and return how many things agree."""
    agreements = 0
    for _ in range(_MAX_ABOVE):
        if above is None:
            break
        item, above = above
        named = {
            key.casefold().replace("_", "").replace("-", ""): value
            for key, value in islice(item.items(), 300)
        }
        headline = next((text for key in _HEADLINES for text in _texts(named.get(key))), "")
        if not _is_same_title(letters(headline), titles):  # newsTitle, post_headline
            others = (
                text
                for key, value in named.items()
                if key.endswith(("title", "headline"))
                for text in _texts(value)
            )
            headline = next((text for text in others if _is_same_title(letters(text), titles)), headline)
        article.is_product |= not _PRODUCT_KEYS.isdisjoint(named)
        is_same = _is_same_title(letters(headline), titles)
        agrees = is_same + _has_address(named, url)
        if (headline and not article.headline) or is_same:
            article.headline = headline
        agreements = max(agreements, agrees)
        article.authors = article.authors or [text for key in _AUTHORS for text in _names(named.get(key))]
        article.published = article.published or [
            str(value) for key in _DATES if isinstance(value := named.get(key), str | int) and value
        ]
        if agrees:
            break
    return agreements


def _is_same_title(headline: str, titles: Sequence[str]) -> bool:
    return len(headline) >= _MIN_KEY and any(headline in title or title in headline for title in titles)


def _has_address(named: Object, url: str) -> bool:
    """Return whether an object has the address of the page."""
    values = (value for key, value in named.items() if key in _ADDRESSES and isinstance(value, str))
    paths = (value.partition("?")[0].partition("//")[2] or value for value in values)
    return any(len(path) >= 8 and path.strip("/") in url for path in paths)


def _contains(article: EmbeddedArticle, shown: Sequence[str]) -> bool:
    """Return whether the article has a paragraph that the page shows."""
    keys = {letters(line)[:_PARAGRAPH_KEY] for line in article.paragraphs[:500]}
    return any(key in keys for key in shown)


def _shares(article: EmbeddedArticle, words: set[str]) -> bool:
    """Return whether the article has enough of the words of the title."""
    return bool(words) and len(words & _terms(article.text)) >= _MIN_SHARED_WORDS * len(words)


def _terms(text: str) -> set[str]:
    """Return the longer words of a text; pairs of characters in scripts without spaces."""
    found = _WORD.findall(text[:20_000].casefold())
    return {
        term
        for word in found
        for term in ([word] if word < _FIRST_SPACELESS else map("".join, pairwise(word)))
    }


def _texts(value: Any) -> list[str]:
    """Return the text of a property, which may be an object with a text, as a list."""
    if isinstance(value, dict):
        named = {str(key).casefold(): text for key, text in islice(value.items(), 100)}
        value = next((text for key in _TEXTS_OF if isinstance(text := named.get(key), str) and text), None)
    return [" ".join(text_paragraphs(value))] if isinstance(value, str) and value.strip() else []


def _names(value: Any, depth: int = 0) -> list[str]:
    """Return the names of people in a property: a text, an object with a name, a list of these, or credits by role."""
    if isinstance(value, list):
        return [name for member in value[:20] for name in _names(member, depth + 1)] if depth < 4 else []
    if isinstance(value, dict) and isinstance(by := value.get("by"), list):
        return _names(by, depth + 1) if depth < 4 else []
    return _texts(value)
