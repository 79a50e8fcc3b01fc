from newsbot_core.blocks cimport Block
from newsbot_core.texts cimport Texts


cdef class BlockRows:
    cdef Texts texts
    cdef readonly int tags, families, flags, width
    cdef tuple consent

    cdef int write(self, list blocks, list prose, keys, float* rows) except -1
    cdef str write_text(self, Block block, float* row)
    cdef int write_places(
        self, list blocks, list prose, keys, long page_prose, Py_ssize_t headline, float* rows
    ) except -1
    cdef int write_declared(self, list own_keys, keys, float* rows) except -1
    cdef int write_landmarks(self, list blocks, Py_ssize_t headline, float* rows) except -1
    cdef list says_consent(self, list blocks)
    cdef int write_articles(self, list blocks, Py_ssize_t headline, float* rows) except -1
    cdef int write_containers(self, list blocks, list prose, long page_prose, float* rows) except -1
