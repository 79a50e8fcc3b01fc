"""Train the two models that choose the body, and write the files that ship. Needs lightgbm, onnx and trafilatura.

    python training/body_model.py CORPORA [--evaluate FOLDER] [--out newsbot/extraction/body]

CORPORA holds aeb.json, fundus_eval.json, fundus_tests.json and trafilatura.json with their pages; the project's own
fixtures are added. With --evaluate (the folder of evaluate_bodies.py) it prints scores on publishers that the models
have not seen: five folds, split by publisher, so that no page of a site is on both sides. The pages of
trafilatura.json, whose truth names a few chunks, get more labels in a second round (body_votes.py).
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import importlib
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import lightgbm
import numpy as np
import onnx
from body_labels import label_blocks
from body_trees import as_onnx
from body_votes import agreed_labels, count_votes

from newsbot.extraction.body.block_features import NAMES, Known, describe
from newsbot.extraction.body.blocks import Block, read_blocks
from newsbot.extraction.body.body_model import FILES
from newsbot.extraction.body.choice import POSSIBLE, candidates, declared_body, likely_blocks
from newsbot.extraction.body.neighbour_features import in_context
from newsbot.extraction.fields.metadata import read_metadata
from newsbot.extraction.page.page import Page

CORPORA = ("aeb", "fundus_eval", "fundus_tests", "trafilatura")
FIXTURES = Path(__file__).parents[1] / "fixtures"
FOLDS = 5
LANGUAGES = {"de": "German", "en": "English"} | dict.fromkeys(("zh", "ja", "ko"), "CJK")
PAGE_WEIGHT = 40.0  # all blocks of a page together; a labelled chunk weighs 2
FIXTURE_WEIGHT = 4.0  # times as much: few, written to be hard, and their truth is exact
COMMON: dict[str, Any] = {
    "objective": "binary", "min_sum_hessian_in_leaf": 2.0, "bagging_fraction": 0.7, "bagging_freq": 1, "verbose": -1,
    "num_threads": 1, "seed": 3, "deterministic": True,
}  # fmt: skip
FIRST = COMMON | {
    "learning_rate": 0.12,
    "num_leaves": 12,
    "max_bin": 63,
    "feature_fraction": 0.35,
    "min_data_in_leaf": 40,
    "lambda_l2": 5,
}
SECOND = COMMON | {
    "learning_rate": 0.1, "num_leaves": 16, "max_bin": 127, "feature_fraction": 0.25, "min_data_in_leaf": 25, "lambda_l2": 10,
    "extra_trees": True,
}  # fmt: skip
FIRST_TREES, SECOND_TREES = 60, 120


@dataclass(slots=True)
class Sample:
    """One page: its blocks, their first rows and labels."""

    corpus: str
    id: str
    publisher: str
    known: Known
    blocks: list[Block]
    rows: Any
    labels: Any
    weights: Any
    votes: Any = None
    """How many ways of reading have each block in their text, where the truth names chunks only."""


def read_samples(corpora: Path) -> Iterator[Sample]:
    """Yield every page of the corpora and every fixture with a body."""
    for corpus in CORPORA:
        for name, truth in json.loads((corpora / f"{corpus}.json").read_text(encoding="utf-8")).items():
            html = gzip.decompress((corpora / truth["file"]).read_bytes()).decode("utf-8", "replace")
            for one in sample(corpus, name, truth, Page.from_text(html, truth["url"])):
                if "with" in truth:
                    one.votes = count_votes(html, truth["url"], [block.text for block in one.blocks])
                yield one
    for folder in sorted(FIXTURES.iterdir()):
        if (folder / "page.html").exists():
            expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
            if expected.get("body"):
                page = Page.from_bytes((folder / "page.html").read_bytes(), f"https://{folder.name}.example/")
                yield from sample(
                    "fixtures", folder.name, {"articleBody": expected["body"], "url": page.url}, page
                )


def sample(corpus: str, name: str, truth: dict[str, Any], page: Page) -> Iterator[Sample]:
    """Yield the page as a sample, if it has any blocks."""
    metadata = read_metadata(page)
    known = Known(
        title=metadata.title or "",
        description=metadata.description or "",
        authors=metadata.authors,
        body=declared_body(page),
    )
    all_blocks = read_blocks(page.tree)
    labels = dict(
        zip(map(id, all_blocks), label_blocks(truth, [block.text for block in all_blocks]), strict=True)
    )
    blocks, prose = candidates(all_blocks)
    if not blocks:
        return
    rows = describe(blocks, prose, known)
    marks = np.array([labels[id(block)] for block in blocks])
    weights = marks[:, 1] * block_weights(rows)
    weights = marks[:, 1] * 2 if "with" in truth else weights * PAGE_WEIGHT / (weights.sum() or 1)
    if corpus == "fixtures":
        weights = weights * FIXTURE_WEIGHT
    yield Sample(corpus, name, publisher_of(truth["url"]) or name, known, blocks, rows, marks[:, 0], weights)


def block_weights(rows: Any) -> Any:
    """Return what each block counts within its page: a long paragraph more than a line, not by its length."""
    return np.minimum(np.sqrt(rows[:, NAMES.index("words")]) + 1, 8)


def with_votes(one: Sample, scores: Any) -> Sample:
    """Return the sample with the labels that others and a first model agree about."""
    if one.votes is None:
        return one
    labels, weights = agreed_labels(one.votes, scores, one.labels, one.weights, block_weights(one.rows))
    return replace(one, labels=labels, weights=weights)


def publisher_of(url: str) -> str:
    """Return the registered domain of a URL, near enough."""
    labels = (urlsplit(url).hostname or "").split(".")
    return ".".join(labels[-3 if len(labels) > 2 and len(labels[-2]) <= 3 else -2 :])


def fold_of(one: Sample) -> int:
    """Return the fold of a page's publisher."""
    return int(hashlib.md5(one.publisher.encode(), usedforsecurity=False).hexdigest(), 16) % FOLDS


def fit(parameters: dict[str, Any], trees: int, rows: Any, labels: Any, weights: Any) -> lightgbm.Booster:
    """Return a model trained on the rows that have a weight."""
    used = weights > 0
    return lightgbm.train(parameters, lightgbm.Dataset(rows[used], labels[used], weight=weights[used]), trees)


class Stack:
    """All samples as one table, with the first model's scores from folds that have not seen the page."""

    def __init__(self, samples: list[Sample]) -> None:
        self.samples = samples
        self.ends = np.cumsum([len(one.blocks) for one in samples])
        self.fold = np.concatenate([np.full(len(one.blocks), fold_of(one)) for one in samples])
        self.first = np.vstack([one.rows for one in samples])
        self.labels = np.concatenate([one.labels for one in samples])
        self.weights = np.concatenate([one.weights for one in samples])
        self.scores = self._held_out(FIRST, FIRST_TREES, self.first, np.ones(len(self.labels), bool))
        self.second = np.vstack([
            in_context(one.blocks, one.rows, scores.astype(np.float32)) for one, scores in self.pages(self.scores)
        ])  # fmt: skip
        self.candidate = self.scores >= POSSIBLE

    def pages(self, values: Any) -> Iterator[tuple[Sample, Any]]:
        """Yield each sample with its part of a column."""
        return zip(self.samples, np.split(values, self.ends[:-1]), strict=True)

    def _held_out(self, parameters: dict[str, Any], trees: int, rows: Any, asked: Any) -> Any:
        scores = np.zeros(len(rows))
        for fold in range(FOLDS):
            train, test = (self.fold != fold) & asked, (self.fold == fold) & asked
            model = fit(parameters, trees, rows[train], self.labels[train], self.weights[train])
            scores[test] = model.predict(rows[test])
        return scores

    def held_out(self) -> Any:
        """Return the second model's scores for publishers that it has not seen."""
        return self._held_out(SECOND, SECOND_TREES, self.second, self.candidate)

    def final(self) -> tuple[lightgbm.Booster, lightgbm.Booster]:
        """Return both models, trained on everything."""
        asked = self.candidate
        return (
            fit(FIRST, FIRST_TREES, self.first, self.labels, self.weights),
            fit(SECOND, SECOND_TREES, self.second[asked], self.labels[asked], self.weights[asked]),
        )


def text_of(one: Sample, scores: Any) -> str:
    """Return the body that the scores choose."""
    return "\n\n".join(block.text for block in likely_blocks(one.blocks, scores.tolist(), one.known))


def report(stack: Stack, scores: Any, truths: dict[str, Any], evaluate: Any) -> None:
    """Print the scores of each corpus, and of each group of languages where the truth names them."""
    predicted = {
        (one.corpus, one.id): {"articleBody": text_of(one, page)} for one, page in stack.pages(scores)
    }
    groups: dict[str, dict[tuple[str, str], Any]] = {}
    for corpus in CORPORA:
        for page_id, truth in truths[corpus].items():
            language = truth.get("meta", {}).get("language")
            for group in (corpus, *([f"  {LANGUAGES.get(language, 'others')}"] if language else [])):
                groups.setdefault(group, {})[corpus, page_id] = truth
    for group, pages in groups.items():
        result = evaluate(pages, predicted)
        print(  # noqa: T201
            f"{group:14}" + "  ".join(f"{name} {value:.4f}" for name, value in result.items()), flush=True
        )


def main() -> None:
    """Read, train, report, write."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("corpora", type=Path)
    options.add_argument("--evaluate", type=Path)
    options.add_argument("--out", type=Path, default=Path("newsbot/extraction/body"))
    given = options.parse_args()
    stack = Stack(list(read_samples(given.corpora)))
    stack = Stack([with_votes(one, scores) for one, scores in stack.pages(stack.held_out())])
    if given.evaluate:
        sys.path.insert(0, str(given.evaluate))
        scoring = importlib.import_module("evaluate_bodies")
        truths = {
            name: json.loads((given.corpora / f"{name}.json").read_text(encoding="utf-8")) for name in CORPORA
        }
        report(stack, stack.held_out(), truths, scoring.evaluate)
    for name, model in zip(FILES, stack.final(), strict=True):
        onnx.save(as_onnx(model), given.out / name)


if __name__ == "__main__":
    main()
