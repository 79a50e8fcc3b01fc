cdef struct Word:
    unsigned long long hash
    int place
    int lists


cdef enum:
    WORD_SLOTS = 1024
    CODES = 65536
    TEXT_COLUMNS = 25


cdef class Texts:
    cdef unsigned short classes[CODES]
    cdef Word slots[WORD_SLOTS]
    cdef list words
    cdef object has_cjk_phrase
    cdef int head_chars, beginning_chars, min_prose_chars, min_cjk_prose_chars, min_chars_per_linked

    cdef add_word(self, str word, int lists)
    cdef bint is_prose(self, str text, long link_chars) noexcept
    cdef bint is_stamp(self, str text, Py_ssize_t max_chars) noexcept
    cdef str read(self, str text, float* row)
    cdef str read_beginning(self, str text, float* row)
    cdef int lists_of(self, const Py_UCS4* word, Py_ssize_t size) except -1
