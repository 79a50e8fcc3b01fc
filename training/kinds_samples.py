"""The training data of the model of the kinds: feature vectors of pages, with the kind of each."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

from newsbot.extraction import extractor
from newsbot.extraction.body.word_lists import words
from newsbot.extraction.kinds.page_features import NAMES, page_row
from newsbot.extraction.kinds.signs import Signs
from newsbot.extraction.page.page import Page
from newsbot.extraction.page_kinds import ruled_kind
from newsbot.items import PageKind
from training.body_samples import publisher_of

NEWS = ("aeb", "fundus_eval", "fundus_tests")
CORPORA = (*NEWS, "trafilatura", "wcxb", "wcxb_other")
KIND_OF_TYPE: dict[str, PageKind] = {
    "product": "shop",
    "collection": "list",
    "listing": "list",
    "service": "service",
    "forum": "forum",
    "documentation": "documentation",
}
"""Type of a page in wcxb_other.json -> kind."""
FIXTURES = Path(__file__).parents[1] / "fixtures"
PAGE_WEIGHT, MIXED_WEIGHT, MADE_WEIGHT = 1.5, 0.7, 0.2
"""Weights of pages: those of a known kind, those of trafilatura.json, which are of all kinds, and variants of both."""
SHORT_PARAGRAPHS = 3
OTHER_TITLES = 9
MAX_TITLE_CHARS = 60
_ADDRESS = ("path_", "host_")
_DECLARED = ("type_", "og_", "date_", "authors_", "root_")
_ADDRESS_NAMES = frozenset(words("depth slug_words slug_chars id query home docs_sign forum_sign shop_sign"))
_DECLARED_NAMES = frozenset(words("published_meta says_article section topics"))

Row = NDArray[np.float32]


@dataclass(slots=True, frozen=True)
class Sample:
    """One page."""

    corpus: str
    name: str
    publisher: str
    """Registered domain. Pages of one publisher are in the same fold."""
    kind: PageKind
    row: Row
    weight: float
    is_dated: bool
    ruled: PageKind | None
    """The kind of a page that the model is not asked about; None if it decides."""


def signs_of(page: Page) -> Signs:
    """Return what the model looks at on a page."""
    kept: list[Signs] = []

    def keep(*found: Any) -> tuple[PageKind, str]:
        kept.append(Signs(*found))
        return "article", "not classified"

    with patch.object(extractor, "classify", keep):
        extractor.extract_article(page)
    return kept[0]


def read_samples(corpora: Path) -> Iterator[Sample]:
    """Yield every page of the corpora and of the fixtures."""
    for corpus in CORPORA:
        truths = json.loads((corpora / f"{corpus}.json").read_text(encoding="utf-8"))
        for name, truth in truths.items():
            html = gzip.decompress((corpora / truth["file"]).read_bytes()).decode("utf-8", "replace")
            kind = KIND_OF_TYPE.get(truth.get("page_type", ""), "article")
            yield _sample(corpus, name, kind, Page.from_text(html, truth["url"]))
        if corpus in (*NEWS, "wcxb"):
            yield from _made_samples(truths)
    for file in sorted(FIXTURES.glob("*/page.html")):
        expected = json.loads((file.parent / "expected.json").read_text(encoding="utf-8"))
        if not expected.get("body"):
            continue
        name = file.parent.name
        page = Page.from_bytes(file.read_bytes(), f"https://{name}.example/")
        yield replace(_sample("fixtures", name, "article", page), row=without_address(signs_row(page)))


def signs_row(page: Page) -> Row:
    """Return the feature vector of a page."""
    row: Row = page_row(signs_of(page))
    return row


def _sample(corpus: str, name: str, kind: PageKind, page: Page) -> Sample:
    signs = signs_of(page)
    is_mixed = corpus == "trafilatura"
    is_sure = signs.is_declared_article or not is_mixed
    weight = (MIXED_WEIGHT if is_mixed else PAGE_WEIGHT) if is_sure else 0.0
    rule = ruled_kind(signs)
    publisher = publisher_of(page.url or "") or name
    row = page_row(signs)
    ruled = rule[0] if rule else "article" if signs.is_dated_news else None
    return Sample(corpus, name, publisher, kind, row, weight, signs.is_dated_article, ruled)


def _made_samples(truths: dict[str, dict[str, Any]]) -> Iterator[Sample]:
    """Yield pages with nothing but the text of an article or its beginning, and briefs with links to other articles."""
    lines = {
        name: [line for line in truth["articleBody"].split("\n") if line.strip()]
        for name, truth in truths.items()
    }
    lines = {name: found for name, found in lines.items() if found}
    titles = [escape(_title(truths[name], found)) for name, found in lines.items()]
    for number, (name, found) in enumerate(lines.items()):
        links = [titles[(number + step) % len(titles)] for step in range(1, OTHER_TITLES)]
        publisher = publisher_of(truths[name]["url"])
        for text, around, url in (
            (found, [], None),
            (found[:SHORT_PARAGRAPHS], [], None),
            (found[:1], links, None),
            (found[:1], links, truths[name]["url"]),
        ):
            row = signs_row(Page.from_text(_made_page(titles[number], text, around), url))
            yield Sample("made", name, publisher, "article", row, MADE_WEIGHT, False, None)


def _title(truth: dict[str, Any], lines: list[str]) -> str:
    return str(truth.get("meta", {}).get("title") or lines[0][:MAX_TITLE_CHARS])


def _made_page(title: str, lines: list[str], links: list[str]) -> str:
    """Return a page with a headline, paragraphs, and, if there are links, a menu, a list of them, and a footer."""
    text = "".join(f"<p>{escape(line)}</p>" for line in lines)
    items = "".join(f"<li><a href='/{number}'>{link}</a></li>" for number, link in enumerate(links))
    menu = "<header><a href='/'>Home</a> <a href='/news'>News</a></header>" if links else ""
    more = (
        f"<section><h2>More</h2><ul>{items}</ul></section><footer><p>© The Example</p></footer>"
        if links
        else ""
    )
    return f"<html><head><title>{title}</title></head><body>{menu}<main><h1>{title}</h1>{text}</main>{more}</body></html>"


def variants(sample: Sample) -> Iterator[Sample]:
    """Yield a page and its variants: without an address, and, if it is news, without declarations."""
    yield sample
    if sample.corpus in CORPORA and sample.weight:
        yield replace(sample, row=without_address(sample.row), weight=MADE_WEIGHT)
        if sample.corpus in (*NEWS, "trafilatura"):
            yield replace(sample, row=_without(sample.row, _DECLARED, _DECLARED_NAMES), weight=MADE_WEIGHT)


def without_address(row: Row) -> Row:
    """Return the feature vector of a page as if its address were not known."""
    return _without(row, _ADDRESS, _ADDRESS_NAMES)


def _without(row: Row, prefixes: tuple[str, ...], names: frozenset[str]) -> Row:
    is_left = [name.startswith(prefixes) or name in names for name in NAMES]
    return np.where(is_left, np.float32(0), row)
