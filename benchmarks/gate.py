"""Whether newsbot is as fast as it was: five ratios, each measured in one run, against those of `benchmarks/gate.json`.

    python -m benchmarks.gate            compare; exit status 1 if something has lost a fifth of its speed
    python -m benchmarks.gate --record   measure, and write the file anew

A ratio is the CPU time of a part of newsbot divided by that of something beside it which newsbot does not change: so it holds
on any machine, and on a busy one. Both take turns; the median of the turns counts. What seems to be slower is measured once
more, with twice the turns, before it counts as a loss.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from benchmarks.gate_contests import CONTESTS, Contest

RECORD = Path(__file__).with_name("gate.json")
ALLOWED = 1.25
"""What a ratio may grow to: four fifths of the speed."""
TURNS = 3


def measured(contest: Contest, turns: int) -> float:
    """Return the ratio of a contest: the median over its turns, after one that does not count."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        turn = stack.enter_context(contest.prepared(folder))
        turn()
        ratios = []
        for _ in range(turns):
            ours_s, theirs_s = turn()
            ratios.append(ours_s / theirs_s)
    return round(statistics.median(ratios), 2)


def losses(
    found: Mapping[str, float], recorded: Mapping[str, float], beside: Mapping[str, str]
) -> Iterator[str]:
    """Yield a line for every ratio that has grown by more than what is allowed."""
    for name, ratio in found.items():
        if ratio > recorded[name] * ALLOWED:
            lost = round(100 * (1 - recorded[name] / ratio))
            yield f"{name}: {ratio} times the CPU time of {beside[name]}, recorded {recorded[name]}: {lost} % slower"


def compare(
    contests: Sequence[Contest], recorded: Mapping[str, float], turns: int = TURNS
) -> tuple[dict[str, float], list[str]]:
    """Return the ratios of contests, and the lines about what has lost speed, which was measured twice."""
    found: dict[str, float] = {}
    lines: list[str] = []
    for contest in contests:
        beside = {contest.name: contest.beside}
        ratio = measured(contest, turns)
        if [*losses({contest.name: ratio}, recorded, beside)]:
            ratio = min(ratio, measured(contest, 2 * turns))
        found[contest.name] = ratio
        lines += losses({contest.name: ratio}, recorded, beside)
    return found, lines


def main() -> int:
    """Compare or record; return the exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--record", action="store_true", help="write benchmarks/gate.json anew")
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these contests")
    arguments = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # or every start compiles newsbot
    contests = [
        contest
        for contest in CONTESTS
        if contest.can_run() and (not arguments.names or contest.name in arguments.names)
    ]
    recorded: dict[str, float] = json.loads(RECORD.read_bytes()) if RECORD.exists() else {}
    if arguments.record:
        recorded |= {contest.name: measured(contest, 2 * TURNS) for contest in contests}
        RECORD.write_text(json.dumps(recorded, indent=2) + "\n")
        print(json.dumps(recorded, indent=2))
        return 0
    found, lines = compare(contests, recorded)
    for name, ratio in found.items():
        print(f"{name}: {ratio} (recorded {recorded[name]})")
    for line in lines:
        print(line, file=sys.stderr)
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
