"""Sums of decision trees, the same as `newsbot.extraction.trees.tree_ensemble`."""

from cpython cimport array
from libc.math cimport expf
from libc.stdlib cimport calloc, free
from libc.string cimport memset

import array

cdef array.array _FLOATS = array.array("f")

cdef enum:
    TOGETHER = 8  # number of trees


class _Trees:
    """The nodes and leaves of a file by the numbers of their tree and their own."""

    def __init__(self, file):
        numbers = file.integers
        places = zip(numbers["nodes_treeids"], numbers["nodes_nodeids"])
        rows = zip(
            numbers["nodes_featureids"],
            file.floats["nodes_values"],
            numbers["nodes_truenodeids"],
            numbers["nodes_falsenodeids"],
        )
        self.nodes = dict(zip(places, rows))
        self.numbers = sorted({number for number, _ in self.nodes})
        places = zip(numbers["target_treeids"], numbers["target_nodeids"])
        self.leaves = dict(zip(places, zip(numbers["target_ids"], file.floats["target_weights"])))


cdef class Forest:
    """The trees of a `TreeFile`: rows of features in, probabilities out."""

    def __cinit__(self, file):
        cdef int following, place
        trees = _Trees(file)
        self.metadata = dict(file.metadata)
        self.is_softmax = file.operators[-1] == "Softmax"
        self.targets = file.integers["n_targets"][0]
        self.node_count, self.tree_count = len(file.floats["nodes_values"]), len(trees.numbers)
        self.nodes = <Node*> calloc(self.node_count, sizeof(Node))
        self.leaves = <Leaf*> calloc(self.node_count, sizeof(Leaf))
        if self.nodes == NULL or self.leaves == NULL:
            raise MemoryError
        following = self.tree_count
        for place, number in enumerate(trees.numbers):
            following = self.add(trees, number, 0, place, following)

    def __dealloc__(self):
        free(self.nodes)
        free(self.leaves)

    cdef int add(self, trees, number, name, int place, int following) except -1:
        """Fill a node and those below it, which are at the places that follow, two by two; return the next free place."""
        cdef Node* node = &self.nodes[place]
        cdef Leaf* leaf
        if (number, name) in trees.leaves:
            node.first, leaf = place, &self.leaves[place]
            leaf.target, leaf.weight = trees.leaves[number, name]
            if not 0 <= leaf.target < self.targets:
                raise ValueError("a leaf of a tree has no target")
            return following
        if following + 2 > self.node_count:
            raise ValueError("a node of a tree is below two others")
        node.feature, node.limit, if_true, if_false = trees.nodes[number, name]
        node.first, node.step = following, 1
        self.width = max(self.width, node.feature + 1)
        following = self.add(trees, number, if_true, node.first, following + 2)
        return self.add(trees, number, if_false, node.first + 1, following)

    cdef void find_leaves(self, const float* row, int tree, int count, int* leaves) noexcept nogil:
        """Find the leaves in which a row ends in some trees; all at a time, as each step waits for the one before."""
        cdef int number, following
        cdef bint is_moving = True
        cdef const Node* node
        for number in range(TOGETHER):
            leaves[number] = tree + min(number, count - 1)
        while is_moving:
            is_moving = False
            for number in range(TOGETHER):
                node = &self.nodes[leaves[number]]
                following = node.first + (node.step & (not row[node.feature] <= node.limit))
                is_moving |= following != leaves[number]
                leaves[number] = following

    cdef void evaluate(self, const float* row, float* found) noexcept nogil:
        """Write the probabilities of a row, which has a value for each feature."""
        cdef int tree = 0, target, leaf, number
        cdef int[TOGETHER] leaves
        cdef float highest, total = 0
        memset(found, 0, self.targets * sizeof(float))
        while tree < self.tree_count:
            number = min(TOGETHER, self.tree_count - tree)
            self.find_leaves(row, tree, number, leaves)
            for leaf in leaves[:number]:
                found[self.leaves[leaf].target] += self.leaves[leaf].weight
            tree += TOGETHER
        if not self.is_softmax:
            for target in range(self.targets):
                found[target] = 1 / (1 + expf(-found[target]))
            return
        highest = found[0]
        for target in range(1, self.targets):
            highest = max(highest, found[target])
        for target in range(self.targets):
            found[target] = expf(found[target] - highest)
            total += found[target]
        for target in range(self.targets):
            found[target] /= total

    def probabilities(self, const float[:, ::1] rows):
        """Return the probabilities of each row, one row after the other, as an array of floats."""
        cdef Py_ssize_t place
        if rows.shape[0] and rows.shape[1] < self.width:
            raise ValueError(f"the rows have a dimension of {rows.shape[1]} features; the trees read {self.width}")
        cdef array.array found = array.clone(_FLOATS, rows.shape[0] * self.targets, zero=False)
        for place in range(rows.shape[0]):
            self.evaluate(&rows[place, 0], found.data.as_floats + place * self.targets)
        return found
