"""A text whose line breaks are line feeds and whose other space is single spaces, as `block_walk` of newsbot folds it."""

from cpython.unicode cimport PyUnicode_DecodeUTF8
from libc.stdlib cimport free, malloc, realloc
from libc.string cimport memcpy, strlen

from newsbot_core.nodes cimport decoded, is_space


cdef class FoldedText:
    """Collects pieces of a text. `chars` is its length so far, `pending` the space before what comes next."""

    def __cinit__(self):
        self.room = 4096
        self.text = <char*> malloc(self.room)
        if self.text == NULL:
            raise MemoryError

    def __dealloc__(self):
        free(self.text)

    cdef Py_ssize_t append(self, Bytes text) except -1:
        """Add a text, folded, and return its number of characters before that."""
        cdef Py_ssize_t size = 0, width, needed = self.size + 2 * strlen(<const char*> text) + 2
        cdef Py_UCS4 character
        cdef char* grown
        if needed > self.room:
            grown = <char*> realloc(self.text, 2 * needed)
            if grown == NULL:
                raise MemoryError
            self.text, self.room = grown, 2 * needed
        while text[0]:
            size += 1
            if text[0] < 0x80:
                character, width = text[0], 1
            else:
                width = decoded(text, &character)
            if character == c"\v":
                self.pending = LINE
            elif is_space(character):
                if not self.pending:
                    self.pending = SPACE
            else:
                if self.pending:
                    if self.size:
                        self.text[self.size] = c" " if self.pending == SPACE else c"\n"
                        self.size += 1
                        self.chars += 1
                    self.pending = 0
                memcpy(self.text + self.size, text, width)
                self.size += width
                self.chars += 1
            text += width
        return size

    cdef str take(self):
        """Return the text, and begin a new one."""
        cdef str text = PyUnicode_DecodeUTF8(self.text, self.size, NULL)
        self.size = self.chars = self.pending = 0
        return text
