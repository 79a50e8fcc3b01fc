"""Convert boosted trees to an ONNX model: feature vectors in, probabilities out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import lightgbm
from onnx import ModelProto, TensorProto, checker, helper

OPSETS = (helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.ml", 3))
IR_VERSION = 8


@dataclass(slots=True)
class _Nodes:
    """The nodes of all trees as parallel lists, the form that the ONNX operator expects: a node has one index in all."""

    treeids: list[int] = field(default_factory=list)
    nodeids: list[int] = field(default_factory=list)
    modes: list[str] = field(default_factory=list)
    featureids: list[int] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    truenodeids: list[int] = field(default_factory=list)
    falsenodeids: list[int] = field(default_factory=list)
    leaves: list[tuple[int, int, float]] = field(default_factory=list)
    """Number of the tree, number of the node in it, and weight, for each leaf."""

    def add(self, tree: int, node: dict[str, Any], first: int) -> int:
        """Add a node and its descendants, and return its number within its tree.

        `node` is in the form of `lightgbm.Booster.dump_model`; `first` is the index of the root of the tree."""
        index = len(self.nodeids)
        self.treeids.append(tree)
        self.nodeids.append(index - first)
        self.modes.append("LEAF" if "leaf_value" in node else "BRANCH_LEQ")
        self.featureids.append(node.get("split_feature", 0))
        self.values.append(node.get("threshold", 0.0))
        self.truenodeids.append(0)
        self.falsenodeids.append(0)
        if "leaf_value" in node:
            self.leaves.append((tree, index - first, node["leaf_value"]))
        else:
            self.truenodeids[index] = self.add(tree, node["left_child"], first)
            self.falsenodeids[index] = self.add(tree, node["right_child"], first)
        return index - first

    def attributes(self, outputs: int) -> dict[str, Any]:
        """Return the attributes of a `TreeEnsembleRegressor`; tree number n belongs to output n modulo `outputs`."""
        trees, nodes, weights = zip(*self.leaves, strict=True)
        return {
            "n_targets": outputs,
            "nodes_treeids": self.treeids,
            "nodes_nodeids": self.nodeids,
            "nodes_modes": self.modes,
            "nodes_featureids": self.featureids,
            "nodes_values": self.values,
            "nodes_truenodeids": self.truenodeids,
            "nodes_falsenodeids": self.falsenodeids,
            "target_ids": [tree % outputs for tree in trees],
            "target_treeids": trees,
            "target_nodeids": nodes,
            "target_weights": weights,
        }


def as_onnx(model: lightgbm.Booster) -> ModelProto:
    """Return a classifier as a checked ONNX model with the input `rows` and the output `scores`.

    The score of a binary classifier is a probability; with more classes, there is one for each of them."""
    classes = model.num_model_per_iteration()
    nodes = _Nodes()
    for number, tree in enumerate(model.dump_model()["tree_info"]):
        nodes.add(number, tree["tree_structure"], len(nodes.nodeids))
    domain = "ai.onnx.ml"
    sums = helper.make_node(
        "TreeEnsembleRegressor", ["rows"], ["sums"], domain=domain, **nodes.attributes(classes)
    )
    graph = helper.make_graph(
        [sums, helper.make_node("Sigmoid" if classes == 1 else "Softmax", ["sums"], ["scores"])],
        "body",
        [helper.make_tensor_value_info("rows", TensorProto.FLOAT, ["block", model.num_feature()])],
        [helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["block", classes])],
    )
    made = helper.make_model(graph, opset_imports=OPSETS, ir_version=IR_VERSION)
    checker.check_model(made)
    return made
