"""Learn the weights by which the headline is chosen among the wordings of a page. Needs numpy.

    python -m training.headline_weights CORPORA [--out newsbot/extraction/fields/data/headline_weights.tsv]

CORPORA contains fundus_tests.json, wcxb.json and trafilatura.json with their pages. The model is a conditional logit:
on a page, the probability of a wording is proportional to the exponential of its score. It prints the share of right
headlines in each corpus on publishers that the model was not trained on (eight folds, split by host), and the same for
the first declared headline in the orders that need no model; then it trains on all pages and writes the weights.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from newsbot.extraction.fields.evidence import PageEvidence
from newsbot.extraction.fields.headline.headline_choice import Wordings, features
from newsbot.extraction.fields.title import read_wordings
from newsbot.extraction.page.page import Page
from newsbot.text import letters
from newsbot.urls import host_of

CORPORA = {"fundus_tests": 2.0, "wcxb": 1.0, "trafilatura": 1.0}
"""Name of a corpus -> weight of its pages: fundus_tests has most news and fewest pages."""
FOLDS = 8
PENALTY = 1.0
STEPS = 30
ORDERS = (("og:title", "json-ld headline", "h1"), ("json-ld headline", "og:title", "h1"), ("h1", "og:title"))
Array = npt.NDArray[np.float64]


@dataclass
class Sample:
    """A page: a row of features for every wording, and which wordings are right."""

    corpus: str
    host: str
    rows: Array
    is_right: Array
    wordings: Wordings


def read_samples(folder: Path) -> Iterator[Sample]:
    """Yield the pages that have a true headline and any wording."""
    for corpus in CORPORA:
        for entry in json.loads((folder / f"{corpus}.json").read_text(encoding="utf-8")).values():
            if title := (entry.get("meta") or {}).get("title"):
                yield from _sample(corpus, entry, title, folder)


def _sample(corpus: str, entry: dict[str, Any], title: str, folder: Path) -> Iterator[Sample]:
    html = gzip.decompress((folder / entry["file"]).read_bytes()).decode("utf-8", "replace")
    found = read_wordings(PageEvidence(Page.from_text(html, entry["url"])))
    if found.all:
        rows = np.array([list(row.values()) for row in features(found)])
        right = np.array([float(wording.key == letters(title)) for wording in found.all])
        yield Sample(corpus, host_of(entry["url"]).removeprefix("www."), rows, right, found)


def fit(samples: list[Sample]) -> Array:
    """Return the weights with the highest penalised likelihood, by Newton's method with halved steps."""
    used = [sample for sample in samples if sample.is_right.any()]
    weights = np.zeros(used[0].rows.shape[1])
    loss, gradient, curvature = _loss(used, weights)
    for _ in range(STEPS):
        step = np.linalg.solve(curvature, gradient)
        for halving in range(20):
            following = weights - step / 2**halving
            result = _loss(used, following)
            if result[0] < loss:
                break
        else:
            return weights
        weights, (loss, gradient, curvature) = following, result
    return weights


def _loss(samples: list[Sample], weights: Array) -> tuple[float, Array, Array]:
    """Return the loss, its gradient, and a positive definite bound of its second derivative."""
    loss = PENALTY * float(weights @ weights) / 2
    gradient = PENALTY * weights
    curvature = PENALTY * np.eye(len(weights))
    for sample in samples:
        scores = sample.rows @ weights
        shares = np.exp(scores - scores.max())
        shares /= shares.sum()
        right = shares * sample.is_right
        loss -= CORPORA[sample.corpus] * float(np.log(right.sum()))
        gradient += CORPORA[sample.corpus] * (sample.rows.T @ (shares - right / right.sum()))
        centred = sample.rows - shares @ sample.rows
        curvature += CORPORA[sample.corpus] * (centred.T * shares) @ centred
    return loss, gradient, curvature


def left_out(samples: list[Sample]) -> dict[int, int]:
    """Return number of a page -> number of the wording chosen by a model that was not trained on its host."""
    hosts = sorted({sample.host for sample in samples})
    np.random.default_rng(1).shuffle(hosts)
    fold = {host: number % FOLDS for number, host in enumerate(hosts)}
    chosen = {}
    for held in range(FOLDS):
        weights = fit([sample for sample in samples if fold[sample.host] != held])
        for number, sample in enumerate(samples):
            if fold[sample.host] == held:
                chosen[number] = int(np.argmax(sample.rows @ weights))
    return chosen


def in_order(sample: Sample, places: tuple[str, ...]) -> int:
    """Return the number of the wording in the first of the places that the page has."""
    for place in places:
        for number, wording in enumerate(sample.wordings.all):
            if place in wording.spellings:
                return number
    return 0


def report(name: str, samples: list[Sample], choose: Callable[[int], int]) -> None:
    """Print the share of right headlines in each corpus."""
    shares = []
    for corpus in CORPORA:
        right = [s.is_right[choose(number)] for number, s in enumerate(samples) if s.corpus == corpus]
        shares.append(f"{corpus} {100 * float(np.mean(right)):.1f}")
    sys.stdout.write(f"{name:40} {' '.join(shares)}\n")


def main() -> None:
    """Evaluate, train, write."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("corpora", type=Path)
    options.add_argument("--out", type=Path)
    arguments = options.parse_args()
    samples = list(read_samples(arguments.corpora))
    report("best possible", samples, lambda number: int(samples[number].is_right.argmax()))
    for order in ORDERS:
        report(", ".join(order), samples, lambda number, places=order: in_order(samples[number], places))  # type: ignore[misc]
    chosen = left_out(samples)
    report("model, publishers left out", samples, chosen.__getitem__)
    names = list(features(samples[0].wordings)[0])
    lines = [f"{name}\t{weight:.3f}" for name, weight in zip(names, fit(samples), strict=True)]
    sys.stdout.write("\n".join([*lines, ""]))
    if arguments.out:
        arguments.out.write_text("\n".join(["feature\tweight", *lines, ""]), encoding="utf-8")


if __name__ == "__main__":
    main()
