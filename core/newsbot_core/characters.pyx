"""What Python knows of single characters, asked for once for each character that occurs."""

from libc.stdlib cimport calloc, free


cdef class Flags:
    """Bits of characters below 128. `of(char)` returns them."""

    def __cinit__(self, of):
        self.of = of
        self.known = <uint8_t*>calloc(ALL_CODES, sizeof(uint8_t))  # the system gives only the pages that are written
        if self.known == NULL:
            raise MemoryError

    def __dealloc__(self):
        free(self.known)

    cdef int learn(self, Py_UCS4 char) except -1:
        cdef int found = KNOWN | <int>self.of(chr(char))
        self.known[char] = <uint8_t>found
        return found


cdef class Mapping:
    """What characters become, whatever stands beside them. `of(char)` returns it; None: that cannot be said of one alone."""

    def __cinit__(self, of):
        self.of = of
        self.longer = []
        self.known = <uint32_t*>calloc(ALL_CODES, sizeof(uint32_t))  # the system gives only the pages that are written
        if self.known == NULL:
            raise MemoryError

    def __dealloc__(self):
        free(self.known)

    cdef int learn(self, Py_UCS4 char) except -1:
        becomes = self.of(chr(char))
        if becomes is None:
            self.known[char] = REFUSED
        elif not becomes:
            self.known[char] = NOTHING
        elif len(becomes) == 1:
            self.known[char] = ord(becomes) + 1
        else:
            self.longer.append(becomes)
            self.known[char] = MANY | <uint32_t>(len(self.longer) - 1)
        return 0

    cdef int add_other(self, Py_UCS4 char, Letters out) except -1:
        cdef Py_UCS4 part
        if not self.known[char]:
            self.learn(char)
        cdef uint32_t found = self.known[char]
        if found == REFUSED:
            return False
        if found & MANY:
            for part in <str>self.longer[found & ~<uint32_t>MANY]:
                out.add(part)
        elif found != NOTHING:
            out.add(<Py_UCS4>(found - 1))
        return True
