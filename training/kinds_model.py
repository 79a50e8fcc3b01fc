"""Train the model of the kinds of pages, and write the file that ships. Needs lightgbm and onnx.

    python -m training.kinds_model CORPORA [--evaluate] [--out newsbot/extraction/kinds]

CORPORA contains the files that kinds_samples.py names; the project's own fixtures are added. With --evaluate it prints how
pages of publishers that the model was not trained on are classified, by the rules and the model together: five folds,
split by publisher, three times.
"""

from __future__ import annotations

import argparse
import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import onnx
from numpy.typing import NDArray

from newsbot.extraction.kinds.kind_model import FILE, KINDS, kind_of, least_score
from newsbot.items import STORED_KINDS, PageKind
from training.body_trees import as_onnx
from training.kinds_hash import kind_feature_hash
from training.kinds_samples import CORPORA, Sample, read_samples, variants
from training.stamp_models import stamp

FOLDS, SPLITS = 5, 3
TREES = 140
"""Number of trees of each kind."""
PARAMETERS: dict[str, Any] = {
    "objective": "multiclass",
    "num_class": len(KINDS),
    "learning_rate": 0.05,
    "num_leaves": 8,
    "min_data_in_leaf": 5,
    "feature_fraction": 0.2,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "lambda_l2": 5,
    "verbose": -1,
    "num_threads": 1,
    "seed": 3,
    "deterministic": True,
}

Scores = NDArray[np.float64]


def fit(samples: Sequence[Sample]) -> lightgbm.Booster:
    """Return a model trained on samples and their variants."""
    used = [made for sample in samples if sample.weight for made in variants(sample)]
    data = lightgbm.Dataset(
        np.stack([sample.row for sample in used]),
        np.array([KINDS.index(sample.kind) for sample in used]),
        weight=np.array([sample.weight for sample in used]),
    )
    return lightgbm.train(PARAMETERS, data, TREES)


def fold_of(publisher: str, split: int) -> int:
    """Return the fold of a publisher's pages in one of the splits."""
    return int(hashlib.md5(f"{split}{publisher}".encode(), usedforsecurity=False).hexdigest(), 16) % FOLDS


def held_out(samples: Sequence[Sample]) -> Scores:
    """Return the probabilities of the kinds for each sample by models that were not trained on its publisher.

    Shape (splits, samples, kinds)."""
    rows = np.stack([sample.row for sample in samples])
    scores = np.zeros((SPLITS, len(samples), len(KINDS)))
    for split in range(SPLITS):
        folds = np.array([fold_of(sample.publisher, split) for sample in samples])
        for fold in range(FOLDS):
            train = [sample for sample, number in zip(samples, folds, strict=True) if number != fold]
            scores[split, folds == fold] = fit(train).predict(rows[folds == fold])
    return scores


def report(samples: Sequence[Sample], scores: Scores) -> Iterator[str]:
    """Yield lines with the shares of articles kept by corpus, and precision and recall of each kind."""
    found: Counter[tuple[str, PageKind, PageKind]] = Counter()
    for split in scores:
        for sample, row in zip(samples, split.tolist(), strict=True):
            kind = sample.ruled or kind_of(row, least_score(sample.row, is_dated=sample.is_dated))[0]
            found[sample.corpus, sample.kind, "article" if kind in STORED_KINDS else kind] += 1
    for corpus in (*CORPORA, "made", "fixtures"):
        kept = sum(n for key, n in found.items() if key[0] == corpus and key[1:] == ("article", "article"))
        lost = sum(n for key, n in found.items() if key[0] == corpus and key[1] == "article") - kept
        if kept:
            yield f"articles kept, {corpus}: {kept / (kept + lost):.2%} of {(kept + lost) // SPLITS}"
    pages = {key: n for key, n in found.items() if key[0] in {"wcxb", "wcxb_other"}}
    for kind in KINDS:
        said = sum(n for key, n in pages.items() if key[2] == kind) or 1
        true = sum(n for key, n in pages.items() if key[1] == kind) or 1
        both = sum(n for key, n in pages.items() if key[1:] == (kind, kind))
        kept = sum(n for key, n in pages.items() if key[1:] == (kind, "article"))
        yield f"{kind}: precision {both / said:.2f}, recall {both / true:.2f}, stored {kept / true:.0%} of {true // SPLITS}"
    others = sum(n for key, n in pages.items() if key[1] != "article") or 1
    stored = sum(n for key, n in pages.items() if key[1] != "article" and key[2] == "article")
    yield f"pages that are no articles, stored: {stored / others:.1%} of {others // SPLITS}"


def main() -> None:
    """Train, print the figures if asked for, and write the file."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--evaluate", action="store_true")
    parser.add_argument("--out", type=Path, default=Path("newsbot/extraction/kinds"))
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    samples = list(read_samples(args.corpora))
    if args.evaluate:
        for line in report(samples, held_out(samples)):
            print(line, flush=True)  # noqa: T201
    model = as_onnx(fit(samples))
    stamp(model, kind_feature_hash())
    onnx.save(model, args.out / FILE)


if __name__ == "__main__":
    main()
