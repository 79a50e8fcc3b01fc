"""What a page says about its article and its site, as the rules of all fields look it up."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from itertools import chain, combinations, islice
from typing import Any

from lxml import etree

from newsbot.extraction.fields.layout_hints import headline_element, short_text, texts_below
from newsbot.extraction.fields.shown_dates import ShownDates
from newsbot.extraction.page.page import Page
from newsbot.extraction.page.schema_org import article_objects, is_a, names_in, texts_in
from newsbot.text import letters, one_line, plain_line
from newsbot.urls import host_of

_MAX_HEADINGS = 20
_MAX_HEADING_CHARS = 500
_MAX_LABELS = 6
"""Maximum number of labels of a host name that are combined into names of the site."""
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


class PageEvidence:
    """A page with the look-ups that several rules share; each is computed on first use and kept."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def meta(self, *keys: str) -> list[str]:
        """Return the contents of the first of the meta names that the page has, one line per content."""
        found = next((self.page.meta[key] for key in keys if key in self.page.meta), [])
        return [line for content in found if (line := plain_line(content))]

    def microdata(self, *keys: str) -> list[str]:
        """Return the values of the first of the properties that the page's article item has, one line per value."""
        found = next((self.page.microdata[key] for key in keys if key in self.page.microdata), [])
        return [line for value in found if (line := one_line(value))]

    def json_ld(self, *keys: str) -> list[str]:
        """Return the texts of the first of the properties that a JSON-LD object of the article has."""
        return next((texts for value in self._declared(keys) if (texts := list(texts_in(value)))), [])

    def json_ld_names(self, *keys: str) -> list[str]:
        """Return the names of people and organisations in the first of the properties that has any."""
        return next(
            (names for value in self._declared(keys) if (names := list(names_in(value, self._by_id)))), []
        )

    def _declared(self, keys: tuple[str, ...]) -> Iterator[Any]:
        return (value for item in self.articles for key in keys if (value := item.get(key)))

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
        """The heading element that shows the headline; None if the page has no such heading."""
        declared = self.meta("og:title") or self.json_ld("headline") or self.headings or [""]
        return headline_element(self.page.tree, declared[0])

    @cached_property
    def below_headline(self) -> list[tuple[str, etree._ElementUnicodeResult]]:
        """The first lines after the headline element, as pairs of (text on one line, text node)."""
        return [] if self.heading is None else [(one_line(node), node) for node in texts_below(self.heading)]

    @cached_property
    def shown_dates(self) -> ShownDates:
        """The dates that the page shows."""
        return ShownDates(self.page.tree, self.heading, self.page.html_lang or "")

    @cached_property
    def site_names(self) -> list[str]:
        """Names that the page gives its site, as written; the one meant for readers first."""
        sites = (item for item in self.page.json_ld if is_a(item, ("WebSite", "Organization")))
        return [
            *chain.from_iterable(self.meta(key) for key in _SITE_METAS),
            *chain.from_iterable(names_in(item.get("publisher"), self._by_id) for item in self.articles),
            *chain.from_iterable(texts_in([item.get("name"), item.get("alternateName")]) for item in sites),
        ]

    @cached_property
    def _site_keys(self) -> frozenset[str]:
        labels = host_of(self.page.url or "").removeprefix("www.").split(".")[:_MAX_LABELS]
        # Any run of labels of news.example.co.uk may be its name: example, newsexample, example.co.uk.
        spans = combinations(range(len(labels) + 1), 2)
        hosts = {letters("".join(labels[start:end])) for start, end in spans}
        return frozenset(
            {letters(name) for name in self.site_names} | {host for host in hosts if len(host) > 1}
        )

    def is_site_name(self, text: str) -> bool:
        """Return whether a text is a name of the site, its host or its account, ignoring case and punctuation."""
        return letters(text) in self._site_keys
