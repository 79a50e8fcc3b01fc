cdef struct Node:
    float limit
    int feature
    int first  # the node if the feature is at most the limit; of a leaf, itself
    int step  # from there to the node if it is not; of a leaf, 0


cdef struct Leaf:
    int target
    float weight


cdef class Forest:
    cdef readonly dict metadata
    cdef readonly int targets
    cdef bint is_softmax
    cdef Node* nodes
    cdef Leaf* leaves
    cdef int node_count
    cdef int tree_count
    cdef int width
    cdef int add(self, trees, number, name, int place, int following) except -1
    cdef void find_leaves(self, const float* row, int tree, int count, int* leaves) noexcept nogil
    cdef void evaluate(self, const float* row, float* found) noexcept nogil
