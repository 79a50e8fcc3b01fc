"""The training data of the body models: pages with feature vectors and labels for their blocks."""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from newsbot.extraction.body.blocks import Block
from newsbot.extraction.body.choice import select_blocks
from newsbot.extraction.body.declared import declared_body
from newsbot.extraction.body.features.block_features import (
    NAMES,
    DeclaredMetadata,
    block_rows,
    candidate_blocks,
)
from newsbot.extraction.body.scoring.block_walk import read_blocks
from newsbot.extraction.fields.metadata import read_metadata
from newsbot.extraction.page.page import Page
from training.body_labels import label_blocks
from training.body_variants import Story, make_variant, seed_of, story_of
from training.body_votes import agreed_labels, count_votes

CORPORA = ("aeb", "fundus_eval", "fundus_tests", "trafilatura", "wcxb")
FIXTURES = Path(__file__).parents[1] / "fixtures"
VARIANTS = "variants"
"""Name of the corpus of the made-up variants."""
VARIANT_WEIGHT = 0.06
"""Factor for the weights of a variant: with 0.4, the scores on real pages fall by 0.005."""
HIDDEN_SHARE = 0.4
"""Share of the variants in which the page does not declare its body."""
PAGE_WEIGHT = 40.0
"""Weight of all blocks of a page together."""
CHUNK_WEIGHT = 2.0
"""Weight of a block on a page whose truth names chunks only."""
FIXTURE_WEIGHT = 8.0
"""Factor for the pages of the fixtures: they are few, written to be hard, and their truth is exact."""
_CHUNKS = ("with", "without")
MAX_BLOCK_WEIGHT = 8.0
"""Weight of the longest paragraphs relative to an empty line."""

Array = NDArray[Any]


@dataclass(slots=True)
class Sample:
    """One page. The arrays have a row for each block that is scored."""

    corpus: str
    id: str
    publisher: str
    """Registered domain. Pages of one publisher are in the same fold."""
    declared: DeclaredMetadata
    page_blocks: list[Block]
    """All blocks of the page."""
    blocks: list[Block]
    """The blocks that are scored."""
    prose: list[bool]
    """Whether each of them looks like running text."""
    rows: Array
    """Input of the first model. Shape (blocks, features)."""
    labels: Array
    """1 for blocks in the body, else 0."""
    weights: Array
    """Weight in training; 0 if the label is unknown."""
    votes: Array | None = None
    """Number of other extractors that have each block in their text, where the truth names chunks only."""

    def chosen(self, scores: Array) -> list[Block]:
        """Return the blocks that are chosen by the scores."""
        chosen, _ = select_blocks(self.page_blocks, self.blocks, self.prose, scores.tolist(), self.declared)
        return chosen


def read_samples(corpora: Path) -> Iterator[Sample]:
    """Yield every page of the corpora, a variant of each that has a hand-made body, and every fixture with a body."""
    stories: dict[str, list[tuple[str, Story]]] = defaultdict(list)
    varied: list[_SavedPage] = []
    for corpus in CORPORA:
        for name, truth in read_truths(corpora, corpus).items():
            html = gzip.decompress((corpora / truth["file"]).read_bytes()).decode("utf-8", "replace")
            page = Page.from_text(html, truth["url"])
            declared = declared_metadata(page)
            sample = make_sample(corpus, name, truth, page, declared)
            if sample and "with" in truth:
                sample.votes = count_votes(html, truth["url"], [block.text for block in sample.blocks])
            if sample:
                yield sample
            if story := story_of(truth, declared.title):
                language = (page.html_lang or "en")[:2].lower()
                stories[language].append((publisher_of(truth["url"]), story))
                varied.append(_SavedPage(corpus, name, truth, html, language))
    for saved in varied:
        yield from saved.variant(stories[saved.language])
    yield from _fixture_samples()


@dataclass(frozen=True, slots=True)
class _SavedPage:
    """A page of a corpus of which a variant is made."""

    corpus: str
    name: str
    truth: dict[str, Any]
    html: str
    language: str

    def variant(self, stories: Sequence[tuple[str, Story]]) -> Iterator[Sample]:
        """Yield a variant of the page; `stories` are texts in its language with their publishers."""
        page = Page.from_text(self.html, self.truth["url"])
        choose = Random(seed_of(self.corpus, self.name))  # noqa: S311 - no secret
        declared = declared_metadata(page)
        if choose.random() < HIDDEN_SHARE:
            declared = replace(declared, body="", description="")
        others = [story for publisher, story in stories if publisher != publisher_of(self.truth["url"])]
        make_variant(page.tree, self.truth["articleBody"], others, self.language, choose)
        if sample := make_sample(VARIANTS, f"{self.corpus}/{self.name}", self.truth, page, declared):
            yield replace(sample, weights=sample.weights * VARIANT_WEIGHT)


def read_truths(corpora: Path, corpus: str) -> dict[str, dict[str, Any]]:
    """Return the truths of a corpus by the names of its pages.

    Where the truth has both a whole body and chunks, the chunks are left out; where it has neither, the page is."""
    truths: dict[str, dict[str, Any]] = json.loads((corpora / f"{corpus}.json").read_text(encoding="utf-8"))
    return {
        name: {key: value for key, value in truth.items() if key not in _CHUNKS}
        if truth.get("articleBody")
        else truth
        for name, truth in truths.items()
        if truth.get("articleBody", True)
    }


def _fixture_samples() -> Iterator[Sample]:
    for file in sorted(FIXTURES.glob("*/page.html")):
        expected = json.loads((file.parent / "expected.json").read_text(encoding="utf-8"))
        if expected.get("body"):
            name = file.parent.name
            page = Page.from_bytes(file.read_bytes(), f"https://{name}.example/")
            truth = {"articleBody": expected["body"], "url": page.url}
            if sample := make_sample("fixtures", name, truth, page, declared_metadata(page)):
                yield replace(sample, weights=sample.weights * FIXTURE_WEIGHT)


def declared_metadata(page: Page) -> DeclaredMetadata:
    """Return what a page declares, as the extractor reads it."""
    metadata = read_metadata(page)
    return DeclaredMetadata(
        title=metadata.title or "",
        description=metadata.description or "",
        authors=metadata.authors,
        body=declared_body(page),
    )


def make_sample(
    corpus: str, name: str, truth: dict[str, Any], page: Page, declared: DeclaredMetadata
) -> Sample | None:
    """Return the page as a sample; None if it has no blocks."""
    all_blocks = read_blocks(page.tree)
    all_labels = label_blocks(truth, [block.text for block in all_blocks])
    labels_by_block = dict(zip(map(id, all_blocks), all_labels, strict=True))
    blocks, prose = candidate_blocks(all_blocks)
    if not blocks:
        return None
    rows = block_rows(blocks, prose, declared)
    labels, certainties = np.array([labels_by_block[id(block)] for block in blocks]).T
    if "with" in truth:
        weights = certainties * CHUNK_WEIGHT
    else:
        weights = certainties * block_weights(rows)
        weights = weights * PAGE_WEIGHT / (weights.sum() or 1)
    publisher = publisher_of(truth["url"]) or name
    return Sample(corpus, name, publisher, declared, all_blocks, blocks, prose, rows, labels, weights)


def block_weights(rows: Array) -> Array:
    """Return the weight of each block within its page: it grows with the square root of the number of words."""
    weights: Array = np.minimum(np.sqrt(rows[:, NAMES.index("words")]) + 1, MAX_BLOCK_WEIGHT)
    return weights


def with_votes(sample: Sample, scores: Array) -> Sample:
    """Return the sample with the labels that other extractors and the scores of a model agree about."""
    if sample.votes is None:
        return sample
    labels, weights = agreed_labels(
        sample.votes, scores, sample.labels, sample.weights, block_weights(sample.rows)
    )
    return replace(sample, labels=labels, weights=weights)


def publisher_of(url: str) -> str:
    """Return the registered domain of a URL by a rule of thumb: three labels if the second last is short ("co.uk")."""
    labels = (urlsplit(url).hostname or "").split(".")
    return ".".join(labels[-3 if len(labels) > 2 and len(labels[-2]) <= 3 else -2 :])
