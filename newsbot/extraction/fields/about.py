"""Description, section, image, canonical URL and price of an article, as its page declares them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from typing import Any

from newsbot.extraction.fields.evidence import PageEvidence
from newsbot.extraction.fields.rules import Rule, first_of
from newsbot.extraction.fields.tag_links import section_texts
from newsbot.extraction.page.schema_org import urls_in, values_in

_MAX_DESCRIPTION_CHARS = 2000
_MAX_SECTION_CHARS = 60
_MAX_URL_CHARS = 2000
_MAX_PARTS = 10
_SEPARATOR = re.compile(r",(?=\S)")
_PAID = frozenset({"false", "0", "no", "locked", "metered", "premium"})
_FREE = frozenset({"true", "1", "yes", "free"})


def read_description(evidence: PageEvidence) -> tuple[str | None, str]:
    """Return the summary that the page declares for search engines and feeds, and the rule that found it."""
    text, rule = first_of(_DESCRIPTION, evidence)
    return text and text[:_MAX_DESCRIPTION_CHARS], rule


def read_section(evidence: PageEvidence) -> tuple[str | None, str]:
    """Return the name of the section of the site that the article belongs to, and the rule that found it."""
    return first_of(_SECTION, evidence)


def read_image(evidence: PageEvidence) -> tuple[str | None, str]:
    """Return the absolute http(s) URL of the lead image, and the rule that found it."""
    return first_of(_IMAGE, evidence)


def read_canonical(evidence: PageEvidence) -> tuple[str | None, str]:
    """Return the absolute http(s) URL that the page declares as its own, and the rule that found it."""
    return first_of(_CANONICAL, evidence)


def read_is_free(evidence: PageEvidence) -> bool | None:
    """Return whether the page declares its article free to read; None if it declares nothing.

    An article with a part that is not free is not free.
    Source: schema.org/isAccessibleForFree, schema.org/hasPart, article:content_tier.
    """
    if next(paid_parts(evidence.articles), None) is not None:
        return False
    values = (item.get("isAccessibleForFree") for item in evidence.articles)
    declared = [str(value) for value in values if isinstance(value, bool | str)]
    declared += evidence.meta("isaccessibleforfree", "article:content_tier")
    words = [word for word in map(str.casefold, declared) if word in _PAID or word in _FREE]
    return words[0] in _FREE if words else None


def paid_parts(objects: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield the parts of articles that JSON-LD objects declare as not free. Source: schema.org/hasPart."""
    parts = (part for item in objects for part in islice(values_in(item.get("hasPart")), _MAX_PARTS))
    for part in parts:
        if isinstance(part, dict) and str(part.get("isAccessibleForFree")).casefold() in _PAID:
            yield part


def _first(find: Callable[[PageEvidence], Iterable[str]]) -> Callable[[PageEvidence], str | None]:
    """Return the function of a rule: the first text that `find` gives."""
    return lambda evidence: next(iter(find(evidence)), None)


def _address(find: Callable[[PageEvidence], Iterable[str]]) -> Callable[[PageEvidence], str | None]:
    """Return the function of a rule: the first absolute http(s) URL that `find` gives."""

    def find_url(evidence: PageEvidence) -> str | None:
        urls = (evidence.page.absolute(href) for href in find(evidence) if len(href) <= _MAX_URL_CHARS)
        return next((url for url in urls if url.startswith(("http://", "https://"))), None)

    return find_url


def _section_names(find: Callable[[PageEvidence], Iterable[str]]) -> Callable[[PageEvidence], str | None]:
    """Return the function of a rule: the first section name that `find` gives; URLs and site names are skipped."""

    def find_section(evidence: PageEvidence) -> str | None:
        texts = (text for text in find(evidence) if not text.startswith("http"))
        for name in (_SEPARATOR.split(text)[0].strip(" /") for text in texts):
            if 1 < len(name) <= _MAX_SECTION_CHARS and not evidence.is_site_name(name):
                return name
        return None

    return find_section


def _json_ld_images(evidence: PageEvidence) -> Iterable[str]:
    return chain.from_iterable(
        urls_in(item.get(key)) for item in evidence.articles for key in ("image", "thumbnailUrl")
    )


_DESCRIPTION: tuple[Rule[str], ...] = (
    Rule("json-ld description", _first(lambda evidence: evidence.json_ld("description"))),
    Rule("og:description", _first(lambda evidence: evidence.meta("og:description"))),
    Rule(
        "description",
        _first(lambda evidence: evidence.meta("description", "dc.description", "dcterms.abstract")),
    ),
    Rule("twitter:description", _first(lambda evidence: evidence.meta("twitter:description"))),
    Rule("microdata description", _first(lambda evidence: evidence.microdata("description"))),
)
_SECTION: tuple[Rule[str], ...] = (
    Rule("json-ld articleSection", _section_names(lambda evidence: evidence.json_ld("articleSection"))),
    Rule(
        "article:section",
        _section_names(lambda evidence: evidence.meta("article:section", "og:section", "articlesection")),
    ),
    Rule(
        "vendor section",
        _section_names(lambda evidence: evidence.meta("parsely-section", "section", "dc.subject")),
    ),
    Rule(
        "section link",
        _section_names(lambda evidence: section_texts(evidence.page.tree, evidence.page.url or "")),
    ),
    Rule("microdata articleSection", _section_names(lambda evidence: evidence.microdata("articleSection"))),
)
_IMAGE: tuple[Rule[str], ...] = (
    Rule(
        "og:image",
        _address(lambda evidence: evidence.meta("og:image", "og:image:secure_url", "og:image:url")),
    ),
    Rule("json-ld image", _address(_json_ld_images)),
    Rule(
        "twitter:image",
        _address(lambda evidence: evidence.meta("twitter:image", "twitter:image:src", "thumbnail")),
    ),
    Rule("microdata image", _address(lambda evidence: evidence.microdata("image", "thumbnailUrl"))),
    Rule("image_src", _address(lambda evidence: evidence.page.related("image_src"))),
)
_CANONICAL: tuple[Rule[str], ...] = (
    Rule("rel=canonical", _address(lambda evidence: evidence.page.related("canonical"))),
    Rule("og:url", _address(lambda evidence: evidence.meta("og:url"))),
    Rule(
        "json-ld url",
        _address(
            lambda evidence: chain.from_iterable(urls_in(item.get("url")) for item in evidence.articles[:1])
        ),
    ),
)
