"""What the rules and the model of the kinds look at: a page with what was extracted from it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from newsbot.extraction.body.blocks import Block
from newsbot.extraction.body.choice import Body
from newsbot.extraction.page.page import Page
from newsbot.extraction.page.schema_org import values_in
from newsbot.items import Article

DECLARED: Final = ("json-ld", "meta", "microdata")
"""First words of the rules that read what a page declares, not what it shows."""
ARTICLE_TYPE: Final = re.compile(
    r"Article$|(?<!Job)(?<!Forum)Posting$|^Report$|^Review$|^CriticReview$|^Recipe$"
)
"""Types of JSON-LD objects that are articles."""
_NEWS_TYPE = re.compile(r"NewsArticle$")
MAX_TYPES: Final = 500
MAX_ITEM_TYPES: Final = 100
"""Numbers of types that are read of a page."""
_MAX_TYPE_CHARS: Final = 100
_ITEM_TYPE = re.compile(r"[\"']?https?://(?:www\.)?schema\.org/(\w{1,60})")


@dataclass(frozen=True)
class Signs:
    """A page, its article, and the blocks of the page."""

    page: Page
    article: Article
    body: Body
    blocks: Sequence[Block] = ()
    """All blocks of the page in page order; their containers are counted, unless a selector found the body."""

    @cached_property
    def types(self) -> tuple[str, ...]:
        """All schema.org types in the page's JSON-LD."""
        declared = (value for item in self.page.json_ld for value in values_in(item.get("@type")))
        return tuple(name.rpartition("/")[2] for name in declared if isinstance(name, str))[:MAX_TYPES]

    @cached_property
    def item_types(self) -> frozenset[str]:
        """All schema.org types in the page's microdata."""
        after = self.page.html.split("itemtype=", MAX_ITEM_TYPES)[1:]
        found = (_ITEM_TYPE.match(text[:_MAX_TYPE_CHARS]) for text in after)
        return frozenset(match[1] for match in found if match)

    @cached_property
    def chosen(self) -> list[int]:
        """Positions of the blocks that the text consists of."""
        lines = set(self.body.text.split("\n"))
        texts = enumerate(block.text for block in self.blocks)
        return [
            place
            for place, text in texts
            if text in lines or ("\n" in text and text.split("\n", 1)[0] in lines)
        ]

    def declares(self, pattern: re.Pattern[str]) -> bool:
        """Return whether a type in the page's JSON-LD matches a pattern."""
        return any(pattern.search(name) for name in self.types)

    @cached_property
    def og_type(self) -> str:
        """The first og:type in lower case; "" if there is none."""
        return next(iter(self.page.meta.get("og:type", ())), "").lower()

    @cached_property
    def is_declared_article(self) -> bool:
        """Whether the page declares itself an article, or has a date."""
        return (
            self.declares(ARTICLE_TYPE) or self.og_type == "article" or self.article.published_at is not None
        )

    @cached_property
    def is_dated_article(self) -> bool:
        """Whether the page declares itself an article or declares a date; dates that a list shows belong to others."""
        return self.declares(ARTICLE_TYPE) or self.has_declared("published_at")

    @cached_property
    def is_dated_news(self) -> bool:
        """Whether the page declares a news article and its date."""
        return self.has_declared("published_at") and self.declares(_NEWS_TYPE)

    def has_declared(self, field: str) -> bool:
        """Return whether a field of the article is one that the page declares."""
        return self.article.rules.get(field, "").startswith(DECLARED)

    @property
    def page_title(self) -> str:
        """The headline and the title element, one a line."""
        return f"{self.article.title or ''}\n{self.page.title}".strip()
