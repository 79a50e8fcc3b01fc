"""The gate of speed: what it calls a loss, and that a second look may clear what seemed to be slower."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from benchmarks.gate import ALLOWED, RECORD, compare, losses, measured
from benchmarks.gate_contests import CONTESTS, Contest, Turn

BESIDE = {"crawl": "raw Scrapy"}


def contest(name: str, *turns: tuple[float, float]) -> Contest:
    """Return a contest whose turns take these CPU seconds, over and over."""
    left = [*turns]

    @contextmanager
    def prepared(_folder: Path) -> Iterator[Turn]:
        def turn() -> tuple[float, float]:
            left.append(left[0])
            return left.pop(0)

        yield turn

    return Contest(name, BESIDE[name], prepared)


@pytest.mark.parametrize(
    ("ratio", "lines"),
    [
        pytest.param(2.0 * ALLOWED, [], id="four fifths of the speed"),
        pytest.param(
            3.0, ["crawl: 3.0 times the CPU time of raw Scrapy, recorded 2.0: 33 % slower"], id="less"
        ),
        pytest.param(1.0, [], id="faster"),
    ],
)
def test_a_loss_is_more_than_a_fifth_of_the_speed_and_is_named(ratio: float, lines: list[str]) -> None:
    assert list(losses({"crawl": ratio}, {"crawl": 2.0}, BESIDE)) == lines


def test_the_median_of_the_turns_counts_without_the_first(tmp_path: Path) -> None:
    assert measured(contest("crawl", (90.0, 1.0), (3.0, 1.0), (2.0, 1.0), (50.0, 1.0)), 3) == 3.0


def test_what_is_slower_is_measured_again_before_it_is_a_loss() -> None:
    slow_at_first = contest("crawl", *[(9.0, 1.0)] * 4, *[(2.0, 1.0)] * 7)
    assert compare([slow_at_first], {"crawl": 2.0}) == ({"crawl": 2.0}, [])
    found, lines = compare([contest("crawl", (9.0, 1.0))], {"crawl": 2.0})
    assert found == {"crawl": 9.0}
    assert len(lines) == 1


def test_every_contest_has_a_recorded_ratio() -> None:
    assert json.loads(RECORD.read_bytes()).keys() == {contest.name for contest in CONTESTS}
