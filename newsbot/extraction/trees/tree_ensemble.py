"""Sums of decision trees by NumPy, all trees and all rows at a time.

Every condition of every tree is a comparison; the leaf that a row ends in is the first one that no failed condition rules
out. Source: Lucchese et al., QuickScorer (2015), where the leaves of a tree are bits of a number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from newsbot.extraction.trees.onnx_file import TreeFile

MAX_LEAVES = 64
"""Maximum number of leaves of a tree: the bits of a number."""


class TreeEnsemble:
    """The trees of a file: rows of features in, probabilities out."""

    def __init__(self, file: TreeFile) -> None:
        self.metadata = file.metadata
        self._is_softmax = file.operators[-1] == "Softmax"
        trees = _trees(file)
        self._features = np.concatenate([tree.features for tree in trees])
        self._limits = np.concatenate([tree.limits for tree in trees])
        self._masks = np.concatenate([tree.masks for tree in trees])
        sizes = [len(tree.features) for tree in trees]
        self._starts = np.cumsum([0, *sizes[:-1]])
        targets = file.integers["n_targets"][0]
        self._weights = np.zeros((len(trees), MAX_LEAVES, targets), np.float32)
        for number, tree in enumerate(trees):
            for leaf, (target, weight) in enumerate(tree.leaves):
                self._weights[number, leaf, target] = weight
        self._numbers = np.arange(len(trees))

    def probabilities(self, rows: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the probabilities for each row. Shape (rows, targets)."""
        fails = ~(rows[:, self._features] <= self._limits)
        left = np.bitwise_and.reduceat(np.where(fails, self._masks, _ALL), self._starts, axis=1)
        leaves = np.bitwise_count((left & -left) - np.uint64(1))  # the number of the lowest bit that is set
        sums = self._weights[self._numbers, leaves].sum(axis=1)
        return _softmax(sums) if self._is_softmax else 1 / (1 + np.exp(-sums))


_ALL = np.uint64(2**MAX_LEAVES - 1)


def _softmax(sums: NDArray[np.float32]) -> NDArray[np.float32]:
    powers = np.exp(sums - sums.max(axis=1, keepdims=True))
    shares: NDArray[np.float32] = powers / powers.sum(axis=1, keepdims=True)
    return shares


class _Tree:
    """The conditions of a tree, and its leaves from left to right. A condition that holds leads to the left."""

    def __init__(self, nodes: Mapping[int, _Node], leaves: Mapping[int, tuple[int, float]]) -> None:
        self.leaves: list[tuple[int, float]] = []
        conditions: list[tuple[int, float, int]] = []
        self._collect(0, nodes, leaves, conditions)
        assert 1 < len(self.leaves) <= MAX_LEAVES
        self.features = np.array([feature for feature, _, _ in conditions], np.int64)
        self.limits = np.array([limit for _, limit, _ in conditions], np.float32)
        self.masks = np.array([mask for _, _, mask in conditions], np.uint64)

    def _collect(
        self,
        number: int,
        nodes: Mapping[int, _Node],
        leaves: Mapping[int, tuple[int, float]],
        conditions: list[tuple[int, float, int]],
    ) -> None:
        if number in leaves:
            self.leaves.append(leaves[number])
            return
        feature, limit, if_true, if_false = nodes[number]
        first = len(self.leaves)
        self._collect(if_true, nodes, leaves, conditions)
        ruled_out = (1 << len(self.leaves)) - (1 << first)
        conditions.append((feature, limit, (2**MAX_LEAVES - 1) & ~ruled_out))
        self._collect(if_false, nodes, leaves, conditions)


_Node = tuple[int, float, int, int]
"""Feature, limit, and the nodes to which it leads if the feature is at most the limit, and if it is not."""


def _trees(file: TreeFile) -> Sequence[_Tree]:
    numbers, limits = file.integers, file.floats["nodes_values"]
    nodes: dict[int, dict[int, _Node]] = {}
    for tree, node, feature, limit, if_true, if_false in zip(
        numbers["nodes_treeids"],
        numbers["nodes_nodeids"],
        numbers["nodes_featureids"],
        limits,
        numbers["nodes_truenodeids"],
        numbers["nodes_falsenodeids"],
        strict=True,
    ):
        nodes.setdefault(tree, {})[node] = feature, limit, if_true, if_false
    leaves: dict[int, dict[int, tuple[int, float]]] = {}
    for tree, node, target, weight in zip(
        numbers["target_treeids"],
        numbers["target_nodeids"],
        numbers["target_ids"],
        file.floats["target_weights"],
        strict=True,
    ):
        leaves.setdefault(tree, {})[node] = target, weight
    return [_Tree(nodes[tree], leaves[tree]) for tree in sorted(nodes)]
