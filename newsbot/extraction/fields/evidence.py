"""What a page says about its article and its site, as the rules of all fields look it up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from itertools import chain, combinations, islice, tee
from typing import Any, Literal

from lxml import etree

from newsbot.extraction.fields.layout_hints import (
    byline_lines,
    headline_element,
    headline_text,
    short_text,
    texts_below,
)
from newsbot.extraction.fields.shown.headline_area import HeadlineArea
from newsbot.extraction.fields.shown.shown_dates import ShownDates
from newsbot.extraction.page.page import Page
from newsbot.extraction.page.schema_org import article_objects, is_a, names_in, texts_in
from newsbot.extraction.page.shown_lines import TextNode
from newsbot.text import letters, one_line, plain_line, word_count
from newsbot.urls import host_of

_MAX_HEADINGS = 20
_MAX_HEADING_CHARS = 500
MAX_FIRST_LINES = 40
"""Maximum number of lines below the headline that are searched for a byline."""
_MAX_LABELS = 6
"""Maximum number of labels of a host name that are combined into names of the site."""
_MAX_LINKS = 100
"""Maximum number of links that are searched for the logo."""
_MAX_LOGOS = 2
_MAX_LOGO_CHARS = 60
_MIN_HEADLINE_WORDS = 6
"""Minimum number of words of a declared site name that is the headline if the page uses it as such even once."""
_SITE_TYPES = ("WebSite", "Organization")
_SITE_METAS = (
    "og:site_name",
    "application-name",
    "apple-mobile-web-app-title",
    "publisher",
    "dc.publisher",
    "copyright",
    "twitter:app:name:iphone",
    "al:ios:app_name",
    "al:android:app_name",
    "twitter:site",
)

Line = tuple[str, TextNode]
"""A text on one line, and its text node."""


class PageEvidence:
    """A page with the look-ups that several rules share; each is computed on first use and kept."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._meta_lines: dict[str, list[str]] = {}
        self._json_ld_texts: dict[tuple[str, ...], list[str]] = {}

    def meta(self, *keys: str) -> list[str]:
        """Return the contents of the first of the meta names that the page has, one line per content."""
        for key in keys:
            if key in self.page.meta:
                return self._lines_of_meta(key)
        return []

    def _lines_of_meta(self, key: str) -> list[str]:
        if key not in self._meta_lines:
            self._meta_lines[key] = [line for content in self.page.meta[key] if (line := plain_line(content))]
        return self._meta_lines[key]

    def microdata(self, *keys: str) -> list[str]:
        """Return the values of the first of the properties that the page's article item has, one line per value."""
        found = next((self.page.microdata[key] for key in keys if key in self.page.microdata), [])
        return [line for value in found if (line := one_line(value))]

    def json_ld(self, *keys: str) -> list[str]:
        """Return the texts of the first of the properties that a JSON-LD object of the article has."""
        if keys not in self._json_ld_texts:
            found = (texts for value in self._declared(keys) if (texts := list(texts_in(value))))
            self._json_ld_texts[keys] = next(found, [])
        return self._json_ld_texts[keys]

    def json_ld_names(self, *keys: str) -> list[str]:
        """Return the names of people and organisations in the first of the properties that has any."""
        return next(
            (names for value in self._declared(keys) if (names := list(names_in(value, self._by_id)))), []
        )

    def _declared(self, keys: tuple[str, ...]) -> Iterator[Any]:
        return (value for item in self.articles for key in keys if (value := item.get(key)))

    def embedded(self, field: Literal["headline", "authors", "published"]) -> list[str]:
        """Return what the article in the state of a page that shows no text says of itself."""
        article = self.page.embedded_article
        value = getattr(article, field) if article else []
        return [value] if isinstance(value, str) else value

    @cached_property
    def articles(self) -> list[dict[str, Any]]:
        """JSON-LD objects that describe the page's article, best match first."""
        page = self.page
        urls = chain([page.url or ""], page.related("canonical"), page.meta.get("og:url", []))
        headlines = chain(self.meta("og:title"), self.headings)
        return article_objects(page.json_ld, urls, headlines)

    @cached_property
    def _by_id(self) -> dict[str, dict[str, Any]]:
        named = (item for item in reversed(self.page.json_ld) if item.get("name"))
        return {reference: item for item in named if isinstance(reference := item.get("@id"), str)}

    @cached_property
    def headings(self) -> list[str]:
        """Texts of the h1 elements in page order; texts of the h2 elements if no h1 has one."""
        for tag in ("h1", "h2"):
            elements = islice(self.page.headings if tag == "h1" else self.page.tree.iter(tag), _MAX_HEADINGS)
            texts = [
                text for element in elements if (text := one_line(short_text(element, _MAX_HEADING_CHARS)))
            ]
            if texts:
                return texts
        return []

    @cached_property
    def heading(self) -> etree._Element | None:
        """The element that shows the headline, on most pages a heading; None if the page has no such element."""
        declared = self.meta("og:title") or self.json_ld("headline") or self.headings or [""]
        found = headline_element(self.page.tree, declared[0])
        return headline_text(self.page.tree, self.page.title) if found is None else found

    def below_headline(self) -> Iterator[Line]:
        """Yield the lines after the headline element. They are read once, and only as far as a rule asks for them."""
        lines, self._unread_lines = tee(self._unread_lines)
        return lines

    def first_below_headline(self) -> Iterator[Line]:
        """Yield the first of the lines after the headline element: most bylines are there."""
        return islice(self.below_headline(), MAX_FIRST_LINES)

    @cached_property
    def _unread_lines(self) -> Iterator[Line]:
        return ((one_line(node[0]), node) for node in texts_below(self._headline_area.following()))

    @cached_property
    def _headline_area(self) -> HeadlineArea:
        return HeadlineArea(self.heading)

    @cached_property
    def shown_dates(self) -> ShownDates:
        """The dates that the page shows."""
        return ShownDates(self.page.tree, self._headline_area, self.page.html_lang or "")

    @cached_property
    def bylines(self) -> list[list[str]]:
        """The lines of each of the first elements that are marked as author or byline."""
        return list(byline_lines(self.page.tree))

    @cached_property
    def site_names(self) -> list[str]:
        """Names that the page gives its site, as written; the one meant for readers first."""
        sites = (item for item in self.page.json_ld if is_a(item, _SITE_TYPES))
        return [
            *chain.from_iterable(self.meta(key) for key in _SITE_METAS),
            *chain.from_iterable(names_in(item.get("publisher"), self._by_id) for item in self.articles),
            *chain.from_iterable(texts_in([item.get("name"), item.get("alternateName")]) for item in sites),
            *self._logos,
        ]

    @cached_property
    def _logos(self) -> list[str]:
        """Texts of the first links to the home page: the logo, or a heading with the name of the site."""
        host = host_of(self.page.url or "")
        homes = {"/", *(f"{scheme}://{host}{path}" for scheme in ("http", "https") for path in ("", "/"))}
        links = islice(self.page.tree.iter("a"), _MAX_LINKS)
        found = (short_text(link, _MAX_LOGO_CHARS) for link in links if link.get("href") in homes)
        return list(islice(filter(None, found), _MAX_LOGOS))

    @cached_property
    def _site_keys(self) -> frozenset[str]:
        labels = host_of(self.page.url or "").removeprefix("www.").split(".")[:_MAX_LABELS]
        # Any run of labels of news.example.co.uk may be its name: example, newsexample, example.co.uk.
        spans = combinations(range(len(labels) + 1), 2)
        hosts = {host for start, end in spans if len(host := letters("".join(labels[start:end]))) > 1}
        counts = Counter(map(letters, self.site_names))
        names = (name for name in self.site_names if not self._is_headline(name, counts[letters(name)]))
        return frozenset(hosts | set(map(letters, names)))

    def _is_headline(self, name: str, count: int) -> bool:
        """Return whether a declared name of the site is the headline, which some systems repeat in application-name.

        It is if the page uses it so more often than `count`, or if it has the words of a headline. It is not if it is
        only the smaller part of the title element, at its start or end.
        """
        key, title = letters(name), letters(self.page.title)
        if 2 * len(key) < len(title) and title.startswith(key) != title.endswith(key):
            return False
        declared = (
            *self.meta("og:title"),
            *self.meta("twitter:title"),
            *self.json_ld("headline"),
            *self.headings,
        )
        uses = list(map(letters, declared)).count(key) + title.startswith(key)
        return uses > (0 if word_count(name) >= _MIN_HEADLINE_WORDS else count)

    def is_site_name(self, text: str) -> bool:
        """Return whether a text is a name of the site, its host or its account, ignoring case and punctuation."""
        return letters(text) in self._site_keys
