"""What a page says about its article besides the headline, people, dates and topics."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from itertools import chain

from newsbot.extraction.fields.rules import Clues, Rule, first_of
from newsbot.extraction.fields.tag_links import section_texts
from newsbot.extraction.page.schema_org import urls_in

_MAX_DESCRIPTION_CHARS = 2000
_MAX_SECTION_CHARS = 60
_MAX_URL_CHARS = 2000
_LIST_MARK = re.compile(r",(?=\S)")
_NO = frozenset({"false", "0", "no", "locked", "metered", "premium"})
_YES = frozenset({"true", "1", "yes", "free"})


def read_description(clues: Clues) -> tuple[str | None, str]:
    """Return the summary for search engines and readers of feeds, and the rule that found it."""
    text, rule = first_of(_DESCRIPTION, clues)
    return text and text[:_MAX_DESCRIPTION_CHARS], rule


def read_section(clues: Clues) -> tuple[str | None, str]:
    """Return the part of the site that the article appeared in, and the rule that found it."""
    return first_of(_SECTION, clues)


def read_image(clues: Clues) -> tuple[str | None, str]:
    """Return the lead image's absolute http(s) URL, and the rule that found it."""
    return first_of(_IMAGE, clues)


def read_canonical(clues: Clues) -> tuple[str | None, str]:
    """Return what the page calls its own address, absolute http(s), and the rule that found it."""
    return first_of(_CANONICAL, clues)


def read_is_free(clues: Clues) -> bool | None:
    """Return whether the page declares its article free to read; None if it does not say.

    Source: schema.org/isAccessibleForFree, article:content_tier.
    """
    values = (item.get("isAccessibleForFree") for item in clues.articles)
    said = [str(value) for value in values if isinstance(value, bool | str)]
    said += clues.meta("isaccessibleforfree", "article:content_tier")
    words = [word for word in map(str.casefold, said) if word in _NO or word in _YES]
    return words[0] in _YES if words else None


def _first(find: Callable[[Clues], Iterable[str]]) -> Callable[[Clues], str | None]:
    return lambda clues: next(iter(find(clues)), None)


def _address(find: Callable[[Clues], Iterable[str]]) -> Callable[[Clues], str | None]:
    """Return a rule's function: the first address that `find` gives that is absolute and http(s)."""

    def url(clues: Clues) -> str | None:
        absolute = (clues.page.absolute(href) for href in find(clues) if len(href) <= _MAX_URL_CHARS)
        return next((url for url in absolute if url.startswith(("http://", "https://"))), None)

    return url


def _section_names(find: Callable[[Clues], Iterable[str]]) -> Callable[[Clues], str | None]:
    """Return a rule's function: the first name of a section; not the site's, an address or a whole path."""

    def section(clues: Clues) -> str | None:
        names = (_LIST_MARK.split(text)[0].strip(" /") for text in find(clues) if not text.startswith("http"))
        return next(
            (n for n in names if 1 < len(n) <= _MAX_SECTION_CHARS and not clues.is_site_name(n)), None
        )

    return section


def _json_ld_images(clues: Clues) -> Iterable[str]:
    return chain.from_iterable(
        urls_in(item.get(key)) for item in clues.articles for key in ("image", "thumbnailUrl")
    )


_DESCRIPTION: tuple[Rule[str], ...] = (
    Rule("json-ld description", _first(lambda clues: clues.json_ld("description"))),
    Rule("og:description", _first(lambda clues: clues.meta("og:description"))),
    Rule(
        "description", _first(lambda clues: clues.meta("description", "dc.description", "dcterms.abstract"))
    ),
    Rule("twitter:description", _first(lambda clues: clues.meta("twitter:description"))),
    Rule("microdata description", _first(lambda clues: clues.microdata("description"))),
)
_SECTION: tuple[Rule[str], ...] = (
    Rule("json-ld articleSection", _section_names(lambda clues: clues.json_ld("articleSection"))),
    Rule(
        "article:section",
        _section_names(lambda clues: clues.meta("article:section", "og:section", "articlesection")),
    ),
    Rule(
        "vendor section", _section_names(lambda clues: clues.meta("parsely-section", "section", "dc.subject"))
    ),
    Rule("section link", _section_names(lambda clues: section_texts(clues.page.tree, clues.page.url or ""))),
    Rule("microdata articleSection", _section_names(lambda clues: clues.microdata("articleSection"))),
)
_IMAGE: tuple[Rule[str], ...] = (
    Rule("og:image", _address(lambda clues: clues.meta("og:image", "og:image:secure_url", "og:image:url"))),
    Rule("json-ld image", _address(_json_ld_images)),
    Rule(
        "twitter:image", _address(lambda clues: clues.meta("twitter:image", "twitter:image:src", "thumbnail"))
    ),
    Rule("microdata image", _address(lambda clues: clues.microdata("image", "thumbnailUrl"))),
    Rule("image_src", _address(lambda clues: clues.page.related("image_src"))),
)
_CANONICAL: tuple[Rule[str], ...] = (
    Rule("rel=canonical", _address(lambda clues: clues.page.related("canonical"))),
    Rule("og:url", _address(lambda clues: clues.meta("og:url"))),
    Rule(
        "json-ld url",
        _address(lambda clues: chain.from_iterable(urls_in(item.get("url")) for item in clues.articles[:1])),
    ),
)
