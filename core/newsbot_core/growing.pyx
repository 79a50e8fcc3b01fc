"""Texts that grow: characters, and bytes of UTF-8."""

from libc.stdlib cimport free, realloc

cdef enum:
    FIRST_ROOM = 1024


cdef class Letters:
    """Characters one after the other."""

    def __dealloc__(self):
        free(self.items)

    cdef int grow(self) except -1:
        cdef Py_ssize_t room = max(FIRST_ROOM, 2 * self.room)
        items = <Py_UCS4*>realloc(self.items, room * sizeof(Py_UCS4))
        if items == NULL:
            raise MemoryError
        self.items, self.room = items, room
        return 0


cdef class Octets:
    """Bytes one after the other."""

    def __dealloc__(self):
        free(self.items)

    cdef int grow(self, Py_ssize_t more) except -1:
        cdef Py_ssize_t room = max(FIRST_ROOM, 2 * self.room, self.count + more)
        items = <uint8_t*>realloc(self.items, room)
        if items == NULL:
            raise MemoryError
        self.items, self.room = items, room
        return 0
