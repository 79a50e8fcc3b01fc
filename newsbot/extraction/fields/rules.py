"""Rules: ordered tuples of named functions that look for one field, and the clues they look at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, combinations, islice
from typing import Any, Generic, TypeVar

from lxml import etree

from newsbot.extraction.fields.layout_hints import headline_element, short_text, texts_below
from newsbot.extraction.page.page import Page
from newsbot.extraction.page.schema_org import article_objects, is_a, names_in, texts_in
from newsbot.text import letters, one_line, plain_line
from newsbot.urls import host_of

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

_MAX_HEADINGS = 20
_MAX_HEADING_CHARS = 500
_MAX_LABELS = 6
_SITE_METAS = (
    "og:site_name", "application-name", "apple-mobile-web-app-title", "publisher", "dc.publisher", "copyright",
    "twitter:app:name:iphone", "al:ios:app_name", "al:android:app_name", "twitter:site",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rule(Generic[T_co]):
    """One way to find a field: a name, for debugging, and a function that gives the value or None."""

    name: str
    find: Callable[[Clues], T_co | None]


def first_of(rules: Sequence[Rule[T]], clues: Clues) -> tuple[T | None, str]:
    """Return what the first rule that finds a value found, and its name; (None, "") if none does."""
    for rule in rules:
        if value := rule.find(clues):
            return value, rule.name
    return None, ""


class Clues:
    """A page as the rules see it: what several of them ask for is worked out once, and only when asked."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def meta(self, *keys: str) -> list[str]:
        """Return the contents of the first of these meta names that the page has, each on one line."""
        found = next((self.page.meta[key] for key in keys if key in self.page.meta), [])
        return [line for content in found if (line := plain_line(content))]

    def microdata(self, *keys: str) -> list[str]:
        """Return the values of the first of these properties that the page's article item has."""
        found = next((self.page.microdata[key] for key in keys if key in self.page.microdata), [])
        return [line for value in found if (line := one_line(value))]

    def json_ld(self, *keys: str) -> list[str]:
        """Return the texts of the first of these properties that an object of the article has."""
        return next((texts for value in self._declared(keys) if (texts := list(texts_in(value)))), [])

    def json_ld_names(self, *keys: str) -> list[str]:
        """Return the people and organisations of the first of these properties that has any."""
        return next(
            (names for value in self._declared(keys) if (names := list(names_in(value, self._by_id)))), []
        )

    def _declared(self, keys: tuple[str, ...]) -> Iterator[Any]:
        return (value for item in self.articles for key in keys if (value := item.get(key)))

    @cached_property
    def articles(self) -> list[dict[str, Any]]:
        """JSON-LD objects of the page's article, best first."""
        page = self.page
        addresses = chain([page.url or ""], page.related("canonical"), page.meta.get("og:url", []))
        headlines = chain(self.meta("og:title"), self.headings)
        return article_objects(page.json_ld, addresses, headlines)

    @cached_property
    def _by_id(self) -> dict[str, dict[str, Any]]:
        named = (item for item in reversed(self.page.json_ld) if item.get("name"))
        return {reference: item for item in named if isinstance(reference := item.get("@id"), str)}

    @cached_property
    def headings(self) -> list[str]:
        """Texts of the h1 elements, in order; of the h2 elements if there are none."""
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
        """The heading element that shows the headline."""
        declared = self.meta("og:title") or self.json_ld("headline") or self.headings or [""]
        return headline_element(self.page.tree, declared[0])

    @cached_property
    def below_headline(self) -> list[tuple[str, etree._ElementUnicodeResult]]:
        """The lines that follow the headline on the page, the first few, and the text nodes they are."""
        return [] if self.heading is None else [(one_line(node), node) for node in texts_below(self.heading)]

    @cached_property
    def site_names(self) -> list[str]:
        """What the site calls itself, as written; the name for readers first."""
        sites = (item for item in self.page.json_ld if is_a(item, ("WebSite", "Organization")))
        return [
            *chain.from_iterable(self.meta(key) for key in _SITE_METAS),
            *chain.from_iterable(names_in(item.get("publisher"), self._by_id) for item in self.articles),
            *chain.from_iterable(texts_in([item.get("name"), item.get("alternateName")]) for item in sites),
        ]

    @cached_property
    def _site_keys(self) -> frozenset[str]:
        labels = host_of(self.page.url or "").removeprefix("www.").split(".")[:_MAX_LABELS]
        # Of news.example.co.uk any part may be the name: example, newsexample, example.co.uk.
        spans = combinations(range(len(labels) + 1), 2)
        hosts = {letters("".join(labels[start:end])) for start, end in spans}
        return frozenset(
            {letters(name) for name in self.site_names} | {host for host in hosts if len(host) > 1}
        )

    def is_site_name(self, text: str) -> bool:
        """Whether a text is only a name of the site, its host or its account, whatever the punctuation."""
        return letters(text) in self._site_keys
