"""Whether a page shows another article: labelled pairs of made-up texts in many languages, in `same_address.json`."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from newsbot.dedupe.changes import judge
from newsbot.items import Article

DATA = json.loads(Path(__file__).with_name("same_address.json").read_text("utf-8"))
ANOTHER = "other article"
MIN_SHARE = 0.98
"""Precision and recall on the pairs. All pairs but one are right: a report written anew the next day in French."""


def page(said: dict[str, Any]) -> Article:
    body = said["body"]
    times: dict[str, Any] = {
        name: said[name] and datetime.fromisoformat(said[name])
        for name in ("published_at", "modified_at")
        if name in said
    }
    text = DATA["texts"][body[1:]] if body.startswith("=") else body
    return Article(url="https://news.example/latest", **{**said, **times, "body": text})


def test_other_articles_are_told_from_revisions() -> None:
    counts: Counter[tuple[bool, bool]] = Counter()
    for pair in DATA["pairs"]:
        verdict = judge(page(pair["before"]), page(pair["after"])).verdict
        counts[pair["expected"] == ANOTHER, verdict == "other-article"] += 1
    right = counts[True, True]
    assert sum(counts.values()) == len(DATA["pairs"]) >= 90
    assert right / (right + counts[False, True]) >= MIN_SHARE
    assert right / (right + counts[True, False]) >= MIN_SHARE


@pytest.mark.parametrize("kind", sorted({pair["kind"] for pair in DATA["pairs"]}))
def test_most_pairs_of_every_kind_are_judged_right(kind: str) -> None:
    pairs = [pair for pair in DATA["pairs"] if pair["kind"] == kind]
    right = [
        pair
        for pair in pairs
        if (judge(page(pair["before"]), page(pair["after"])).verdict == "other-article")
        == (pair["expected"] == ANOTHER)
    ]
    assert len(right) > 0.6 * len(pairs)
