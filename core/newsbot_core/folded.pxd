from newsbot_core.nodes cimport Bytes

cdef enum:
    SPACE = 1
    LINE = 2


cdef class FoldedText:
    cdef char* text
    cdef Py_ssize_t size, room
    cdef long chars
    cdef int pending

    cdef Py_ssize_t append(self, Bytes text) except -1
    cdef str take(self)
