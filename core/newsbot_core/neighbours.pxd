from cpython cimport array

from newsbot_core.blocks cimport Container
from newsbot_core.features cimport BlockRows


cdef class _Page:
    cdef Py_ssize_t count
    cdef list blocks, containers
    cdef array.array numbers, doubles
    cdef long long* own
    cdef long long* element
    cdef long long* signature
    cdef long long* branch
    cdef long long* parent
    cdef long long* up
    cdef long long* down
    cdef long long* flags
    cdef long long* heading
    cdef long long* label
    cdef double* mass
    cdef double* size
    cdef double total
    cdef Container main

    cdef Container container(self, Py_ssize_t place)
    cdef find_paths(self)


cdef class NeighbourRows:
    cdef readonly BlockRows first
    cdef readonly int width
    cdef tuple contrasts
    cdef object is_comment_label

    cdef int write(
        self, list blocks, const float* rows, const float* scores, const char* wanted, float* found
    ) except -1
    cdef _Page page_of(self, list blocks, const float* rows, const float* scores)
    cdef int write_scores(
        self, _Page page, Py_ssize_t place, const float* rows, const float* scores, float* row
    ) except -1
    cdef int write_adjacent(self, _Page page, Py_ssize_t place, const float* rows, float* row) except -1
    cdef int write_path(self, _Page page, Py_ssize_t place, float* row) except -1
    cdef int write_group(
        self, _Page page, const long long* groups, Py_ssize_t group_count, const char* wanted, float* row
    ) except -1
    cdef int write_page(self, _Page page, const float* scores, const char* wanted, float* row) except -1
    cdef int write_contrasts(self, _Page page, const char* wanted, float* row) except -1
