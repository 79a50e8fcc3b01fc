"""Small boosted trees, kept as JSON and turned into plain Python for speed: no library at run time."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Sequence
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

from newsbot.extraction.features import FLAGS

_Grow = Callable[[Sequence[float]], float]
_ROUNDING = 1e-9
_FEATURE = re.compile(r"\bf(\d+)\b")


class Forest:
    """A sum of decision trees over a row of numbers, read as a probability.

    A tree is a leaf (a number) or `[feature, threshold, left, right]`: left where `row[feature] <= threshold`.
    `flags` are the features that are 0 or 1.
    """

    def __init__(self, trees: Sequence[Any], flags: frozenset[int] = frozenset()) -> None:
        self._trees = trees
        self._lines = [f"    s += {_expression(tree, flags)}" for tree in trees]

    @cached_property
    def _sum(self) -> _Grow:
        return _compiled(self._lines)

    @cached_property
    def _sign(self) -> _Grow:
        return _compiled(_with_exits(self._lines, [_range(tree) for tree in self._trees]))

    def probability(self, row: Sequence[float]) -> float:
        """Return a number from 0 to 1."""
        return 1.0 / (1.0 + math.exp(-self._sum(row)))

    def is_likely(self, row: Sequence[float]) -> bool:
        """Tell whether the probability is one half or more: faster, as most trees need not be asked."""
        return self._sign(row) >= 0.0


@cache
def load_forests() -> tuple[Forest, Forest]:
    """Return the first and the second model of the body, as shipped."""
    kept = json.loads(files("newsbot.extraction").joinpath("body_model.json").read_text(encoding="utf-8"))
    return Forest(kept["first"], FLAGS), Forest(kept["second"], FLAGS)


def _compiled(lines: Sequence[str]) -> _Grow:
    """Return a function that adds up the trees; nested conditionals run ten times faster than walking lists.

    The features asked for become local variables, which are read twice as fast as items of a list.
    """
    body = "\n".join(lines)
    asked = {int(feature) for feature in _FEATURE.findall(body)}
    names = ", ".join(f"f{position}" if position in asked else "_" for position in range(max(asked) + 1))
    source = "\n".join([f"def grow(r):\n    {names}, *_ = r", "    s = 0.0", body, "    return s"])
    made: dict[str, Any] = {}
    exec(compile(source, "<body model>", "exec"), {"__builtins__": {}}, made)  # noqa: S102 - numbers only, see _expression
    grow: _Grow = made["grow"]
    return grow


def _expression(tree: Any, flags: frozenset[int]) -> str:
    if not isinstance(tree, list):
        return repr(float(tree))
    feature, threshold, left, right = tree
    low, high = _expression(left, flags), _expression(right, flags)
    if feature in flags and 0 <= threshold < 1:
        return f"({high} if f{int(feature)} else {low})"
    return f"({low} if f{int(feature)} <= {float(threshold)!r} else {high})"


def _range(tree: Any) -> tuple[float, float]:
    """Return the lowest and the highest number that a tree can give."""
    if not isinstance(tree, list):
        return float(tree), float(tree)
    lows, highs = zip(_range(tree[2]), _range(tree[3]), strict=True)
    return min(lows), max(highs)


def _with_exits(lines: Sequence[str], ranges: Sequence[tuple[float, float]]) -> list[str]:
    """Return the lines with an exit after every fifth tree, taken where the rest cannot change the sign of the sum."""
    with_exits: list[str] = []
    for position, line in enumerate(lines, start=1):
        with_exits.append(line)
        if position % 5 == 0:
            least, most = (sum(ends) for ends in zip((0.0, 0.0), *ranges[position:], strict=True))
            with_exits.append(f"    if s > {_ROUNDING - least!r} or s < {-_ROUNDING - most!r}: return s")
    return with_exits
