"""Floors under the quality of bodies on real pages, where the corpora are there.

The models have seen these pages: the floors catch a broken rule, not a model that does not generalise. For that see
the cross-validation by publisher that `training/body_model.py --evaluate` prints.
"""

from __future__ import annotations

import gzip
import json
import os
import re
from collections import Counter
from pathlib import Path

import pytest

from newsbot.extraction import extract

CORPORA = Path(os.environ.get("NEWSBOT_CORPORA", Path(__file__).parents[3] / "shared" / "corpora"))
PAGES = 40


def shingles(text: str) -> Counter[tuple[str, ...]]:
    words = re.findall(r"\w+", text)
    return Counter(tuple(words[at : at + 4]) for at in range(max(1, len(words) - 3)))


def f1(true: str, found: str) -> float:
    wanted, got = shingles(true), shingles(found)
    return 2 * sum((wanted & got).values()) / (sum(wanted.values()) + sum(got.values()))


@pytest.mark.skipif(not CORPORA.is_dir(), reason="needs the corpora (NEWSBOT_CORPORA)")
@pytest.mark.parametrize(("corpus", "floor"), [("aeb", 0.96), ("fundus_eval", 0.96), ("fundus_tests", 0.96)])
def test_bodies_stay_above_the_floor(corpus: str, floor: float) -> None:
    truths = list(json.loads((CORPORA / f"{corpus}.json").read_text(encoding="utf-8")).values())[:PAGES]
    scores = []
    for truth in truths:
        html = gzip.decompress((CORPORA / truth["file"]).read_bytes()).decode("utf-8", "replace")
        body = extract(html, truth["url"]).body
        scores.append(
            max(f1(accepted, body) for accepted in (truth["articleBody"], *truth.get("alternatives", ())))
        )
    assert sum(scores) / len(scores) >= floor
