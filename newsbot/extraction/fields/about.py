"""What a page says about its article besides the headline, people, dates and topics."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from itertools import chain

from newsbot.extraction.fields.evidence import PageEvidence
from newsbot.extraction.fields.rules import Rule, first_of
from newsbot.extraction.fields.tag_links import section_texts
from newsbot.extraction.page.schema_org import urls_in

_MAX_DESCRIPTION_CHARS = 2000
_MAX_SECTION_CHARS = 60
_MAX_URL_CHARS = 2000
_LIST_MARK = re.compile(r",(?=\S)")
_NO = frozenset({"false", "0", "no", "locked", "metered", "premium"})
_YES = frozenset({"true", "1", "yes", "free"})


def read_description(evidence: PageEvidence) -> tuple[str | None, str]:
    """Return the summary for search engines and readers of feeds, and the rule that found it."""
    text, rule = first_of(_DESCRIPTION, evidence)
    return text and text[:_MAX_DESCRIPTION_CHARS], rule


def read_section(evidence: PageEvidence) -> tuple[str | None, str]:
    """Return the part of the site that the article appeared in, and the rule that found it."""
    return first_of(_SECTION, evidence)


def read_image(evidence: PageEvidence) -> tuple[str | None, str]:
    """Return the lead image's absolute http(s) URL, and the rule that found it."""
    return first_of(_IMAGE, evidence)


def read_canonical(evidence: PageEvidence) -> tuple[str | None, str]:
    """Return what the page calls its own address, absolute http(s), and the rule that found it."""
    return first_of(_CANONICAL, evidence)


def read_is_free(evidence: PageEvidence) -> bool | None:
    """Return whether the page declares its article free to read; None if it does not say.

    Source: schema.org/isAccessibleForFree, article:content_tier.
    """
    values = (item.get("isAccessibleForFree") for item in evidence.articles)
    said = [str(value) for value in values if isinstance(value, bool | str)]
    said += evidence.meta("isaccessibleforfree", "article:content_tier")
    words = [word for word in map(str.casefold, said) if word in _NO or word in _YES]
    return words[0] in _YES if words else None


def _first(find: Callable[[PageEvidence], Iterable[str]]) -> Callable[[PageEvidence], str | None]:
    return lambda evidence: next(iter(find(evidence)), None)


def _address(find: Callable[[PageEvidence], Iterable[str]]) -> Callable[[PageEvidence], str | None]:
    """Return a rule's function: the first address that `find` gives that is absolute and http(s)."""

    def url(evidence: PageEvidence) -> str | None:
        absolute = (evidence.page.absolute(href) for href in find(evidence) if len(href) <= _MAX_URL_CHARS)
        return next((url for url in absolute if url.startswith(("http://", "https://"))), None)

    return url


def _section_names(find: Callable[[PageEvidence], Iterable[str]]) -> Callable[[PageEvidence], str | None]:
    """Return a rule's function: the first name of a section; not the site's, an address or a whole path."""

    def section(evidence: PageEvidence) -> str | None:
        names = (
            _LIST_MARK.split(text)[0].strip(" /") for text in find(evidence) if not text.startswith("http")
        )
        return next(
            (n for n in names if 1 < len(n) <= _MAX_SECTION_CHARS and not evidence.is_site_name(n)), None
        )

    return section


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
