cimport cython
from libc.stdint cimport uint8_t, uint32_t

from newsbot_core.growing cimport Letters

cdef enum:
    ALL_CODES = 0x110000
    KNOWN = 128
    # What a mapping knows of a character: 0: not asked for yet, else its one character plus one, or one of these.
    NOTHING = 0x110001
    REFUSED = 0x110002
    MANY = 0x80000000


@cython.final
cdef class Flags:
    cdef uint8_t *known
    cdef object of

    cdef int learn(self, Py_UCS4 char) except -1

    cdef inline int at(self, Py_UCS4 char) except -1:
        cdef int found = self.known[char]
        return found if found else self.learn(char)


@cython.final
cdef class Mapping:
    cdef uint32_t *known
    cdef object of
    cdef list longer

    cdef int learn(self, Py_UCS4 char) except -1
    cdef int add_other(self, Py_UCS4 char, Letters out) except -1

    cdef inline bint add(self, Py_UCS4 char, Letters out) except -1:
        """Add what a character becomes; return False if it is refused."""
        cdef uint32_t found = self.known[char]
        if 0 < found <= ALL_CODES:
            out.add(<Py_UCS4>(found - 1))
            return True
        return self.add_other(char, out)
