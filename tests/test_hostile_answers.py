"""A crawl of made-up hostile answers. `benchmarks/hostile_answers.py` runs more of them."""

from __future__ import annotations

from pathlib import Path

from tests.hostile_answers import KINDS
from tests.hostile_crawl import HOSTS, hostile_crawl

MAX_MB = 400


def test_a_crawl_of_hostile_answers_ends_and_every_answer_is_an_article_or_a_reject(tmp_path: Path) -> None:
    outcome = hostile_crawl(tmp_path, seed=7, count=len(KINDS) * len(HOSTS), timeout_s=300)
    assert outcome.problems == []
    assert max(outcome.peak_mb.values()) < MAX_MB
    assert outcome.reasons["article"] > 0
    assert {
        "tls-expired",
        "tls-self-signed",
        "tls-unknown-issuer",
        "tls-wrong-host",
    } <= outcome.reasons.keys()
    assert {"fetch-failed", "headers-too-large", "too-large"} <= outcome.reasons.keys()
