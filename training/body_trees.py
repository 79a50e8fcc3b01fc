"""Boosted trees as an ONNX network: rows of numbers in, probabilities out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import lightgbm
from onnx import ModelProto, TensorProto, checker, helper

OPSETS = (helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.ml", 3))
IR_VERSION = 8


@dataclass(slots=True)
class _Columns:
    """The nodes of all trees, each a place in every list, as the operator wants them."""

    treeids: list[int] = field(default_factory=list)
    nodeids: list[int] = field(default_factory=list)
    modes: list[str] = field(default_factory=list)
    featureids: list[int] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    truenodeids: list[int] = field(default_factory=list)
    falsenodeids: list[int] = field(default_factory=list)
    leaves: list[tuple[int, int, float]] = field(default_factory=list)

    def add(self, tree: int, node: dict[str, Any], first: int) -> int:
        """Add a node and what is below it; return its number in its tree, whose first node is at place `first`."""
        at = len(self.nodeids)
        self.treeids.append(tree)
        self.nodeids.append(at - first)
        self.modes.append("LEAF" if "leaf_value" in node else "BRANCH_LEQ")
        self.featureids.append(node.get("split_feature", 0))
        self.values.append(node.get("threshold", 0.0))
        self.truenodeids.append(0)
        self.falsenodeids.append(0)
        if "leaf_value" in node:
            self.leaves.append((tree, at - first, node["leaf_value"]))
        else:
            self.truenodeids[at] = self.add(tree, node["left_child"], first)
            self.falsenodeids[at] = self.add(tree, node["right_child"], first)
        return at - first


def as_onnx(model: lightgbm.Booster) -> ModelProto:
    """Return a model of two classes in the form that ships."""
    nodes = _Columns()
    for number, tree in enumerate(model.dump_model()["tree_info"]):
        nodes.add(number, tree["tree_structure"], len(nodes.nodeids))
    trees, places, weights = zip(*nodes.leaves, strict=True)
    sums = helper.make_node(
        "TreeEnsembleRegressor", ["rows"], ["sums"], domain="ai.onnx.ml", n_targets=1,
        nodes_treeids=nodes.treeids, nodes_nodeids=nodes.nodeids, nodes_modes=nodes.modes,
        nodes_featureids=nodes.featureids, nodes_values=nodes.values,
        nodes_truenodeids=nodes.truenodeids, nodes_falsenodeids=nodes.falsenodeids,
        target_ids=[0] * len(weights), target_treeids=trees, target_nodeids=places, target_weights=weights,
    )  # fmt: skip
    graph = helper.make_graph(
        [sums, helper.make_node("Sigmoid", ["sums"], ["scores"])],
        "body",
        [helper.make_tensor_value_info("rows", TensorProto.FLOAT, ["block", model.num_feature()])],
        [helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["block", 1])],
    )
    made = helper.make_model(graph, opset_imports=OPSETS, ir_version=IR_VERSION)
    checker.check_model(made)
    return made
