cimport cython
from libc.stdint cimport uint8_t, uint32_t
from libc.string cimport memcpy


@cython.final
cdef class Letters:
    cdef Py_UCS4 *items
    cdef Py_ssize_t count, room

    cdef int grow(self) except -1

    cdef inline int add(self, Py_UCS4 item) except -1:
        if self.count == self.room:
            self.grow()
        self.items[self.count] = item
        self.count += 1
        return 0


@cython.final
cdef class Octets:
    cdef uint8_t *items
    cdef Py_ssize_t count, room

    cdef int grow(self, Py_ssize_t more) except -1

    cdef inline int add(self, Py_UCS4 char) except -1:
        """Add a character in UTF-8."""
        if self.count + 4 > self.room:
            self.grow(4)
        cdef uint32_t code = char
        cdef uint8_t *end = self.items + self.count
        if code < 0x80:
            end[0] = <uint8_t>code
            self.count += 1
        elif code < 0x800:
            end[0] = <uint8_t>(0xC0 | code >> 6)
            end[1] = <uint8_t>(0x80 | code & 0x3F)
            self.count += 2
        elif code < 0x10000:
            end[0] = <uint8_t>(0xE0 | code >> 12)
            end[1] = <uint8_t>(0x80 | code >> 6 & 0x3F)
            end[2] = <uint8_t>(0x80 | code & 0x3F)
            self.count += 3
        else:
            end[0] = <uint8_t>(0xF0 | code >> 18)
            end[1] = <uint8_t>(0x80 | code >> 12 & 0x3F)
            end[2] = <uint8_t>(0x80 | code >> 6 & 0x3F)
            end[3] = <uint8_t>(0x80 | code & 0x3F)
            self.count += 4
        return 0

    cdef inline int add_bytes(self, const uint8_t *items, Py_ssize_t count) except -1:
        if self.count + count > self.room:
            self.grow(count)
        memcpy(self.items + self.count, items, count)
        self.count += count
        return 0
