"""Train the two models that choose the body, and write the files that ship. Needs lightgbm, onnx and trafilatura.

    python -m training.body_model CORPORA [--evaluate FOLDER] [--out newsbot/extraction/body]

CORPORA contains aeb.json, fundus_eval.json, fundus_tests.json, trafilatura.json and wcxb.json with their pages; the
project's own fixtures are added. With --evaluate (the folder of evaluate_bodies.py) it prints scores on publishers that the models
were not trained on: five folds, split by publisher, so that no page of a site is on both sides. The pages of
trafilatura.json, whose truth names a few chunks, get more labels in a second round (body_votes.py).
"""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import onnx

from newsbot.extraction.body.body_model import FILES
from newsbot.extraction.body.features.neighbour_features import neighbour_rows
from newsbot.extraction.body.scoring.block_scores import MIN_FIRST_SCORE
from training.body_report import load_evaluate, report
from training.body_samples import CORPORA, Array, Sample, read_samples, read_truths, with_votes
from training.body_trees import as_onnx
from training.feature_hash import feature_hash
from training.stamp_models import stamp

FOLDS = 5
COMMON: dict[str, Any] = {
    "objective": "binary",
    "min_sum_hessian_in_leaf": 2.0,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "verbose": -1,
    "num_threads": 1,
    "seed": 3,
    "deterministic": True,
}
FIRST = COMMON | {
    "learning_rate": 0.12,
    "num_leaves": 12,
    "max_bin": 63,
    "feature_fraction": 0.35,
    "min_data_in_leaf": 40,
    "lambda_l2": 5,
}
SECOND = COMMON | {
    "learning_rate": 0.1,
    "num_leaves": 16,
    "max_bin": 127,
    "feature_fraction": 0.25,
    "min_data_in_leaf": 25,
    "lambda_l2": 10,
    "extra_trees": True,
}
FIRST_TREES, SECOND_TREES = 60, 120


def fold_of(sample: Sample) -> int:
    """Return the fold of a page, which depends on its publisher only."""
    return int(hashlib.md5(sample.publisher.encode(), usedforsecurity=False).hexdigest(), 16) % FOLDS


def fit(
    parameters: dict[str, Any], trees: int, rows: Array, labels: Array, weights: Array
) -> lightgbm.Booster:
    """Return a model trained on the rows that have a weight."""
    used = weights > 0
    data = lightgbm.Dataset(rows[used], labels[used], weight=weights[used])
    return lightgbm.train(parameters, data, trees)


class Stack:
    """The blocks of all samples as one table, for the training of the second model on the scores of the first.

    These scores come from models that were not trained on the publisher of the page."""

    def __init__(self, samples: list[Sample]) -> None:
        self.samples = samples
        self.ends = np.cumsum([len(sample.blocks) for sample in samples])
        self.fold = np.concatenate([np.full(len(sample.blocks), fold_of(sample)) for sample in samples])
        self.labels = np.concatenate([sample.labels for sample in samples])
        self.weights = np.concatenate([sample.weights for sample in samples])
        self.first_rows = np.vstack([sample.rows for sample in samples])
        everything = np.ones(len(self.labels), bool)
        self.first_scores = self._held_out(FIRST, FIRST_TREES, self.first_rows, everything)
        self.second_rows = np.vstack(
            [
                neighbour_rows(sample.blocks, sample.rows, scores.astype(np.float32))
                for sample, scores in self.pages(self.first_scores)
            ]
        )
        self.is_scored_again = self.first_scores >= MIN_FIRST_SCORE

    def pages(self, values: Array) -> Iterator[tuple[Sample, Array]]:
        """Yield each sample with its part of a column."""
        return zip(self.samples, np.split(values, self.ends[:-1]), strict=True)

    def _held_out(self, parameters: dict[str, Any], trees: int, rows: Array, used: Array) -> Array:
        """Return scores of the `used` rows by models trained on the other folds; 0 for the other rows."""
        scores = np.zeros(len(rows))
        for fold in range(FOLDS):
            train, test = (self.fold != fold) & used, (self.fold == fold) & used
            model = fit(parameters, trees, rows[train], self.labels[train], self.weights[train])
            scores[test] = model.predict(rows[test])
        return scores

    def held_out(self) -> Array:
        """Return the scores of the second model for publishers that it was not trained on."""
        return self._held_out(SECOND, SECOND_TREES, self.second_rows, self.is_scored_again)

    def bodies(self, scores: Array) -> dict[tuple[str, str], str]:
        """Return the bodies that the scores choose, by corpus and name of the page."""
        return {
            (sample.corpus, sample.id): "\n\n".join(block.text for block in sample.chosen(page_scores))
            for sample, page_scores in self.pages(scores)
        }

    def final(self) -> tuple[lightgbm.Booster, lightgbm.Booster]:
        """Return the first and the second model, trained on all samples."""
        used = self.is_scored_again
        return (
            fit(FIRST, FIRST_TREES, self.first_rows, self.labels, self.weights),
            fit(SECOND, SECOND_TREES, self.second_rows[used], self.labels[used], self.weights[used]),
        )


def main() -> None:
    """Train, print the scores if asked for, and write both files."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--evaluate", type=Path)
    parser.add_argument("--out", type=Path, default=Path("newsbot/extraction/body"))
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    stack = Stack(list(read_samples(args.corpora)))
    stack = Stack([with_votes(sample, scores) for sample, scores in stack.pages(stack.held_out())])
    if args.evaluate:
        truths = {corpus: read_truths(args.corpora, corpus) for corpus in CORPORA}
        bodies = stack.bodies(stack.held_out())
        for line in report(truths, bodies, load_evaluate(args.evaluate)):
            print(line, flush=True)  # noqa: T201
    for file_name, booster in zip(FILES, stack.final(), strict=True):
        model = as_onnx(booster)
        stamp(model, feature_hash())
        onnx.save(model, args.out / file_name)


if __name__ == "__main__":
    main()
