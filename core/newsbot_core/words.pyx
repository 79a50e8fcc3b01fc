"""The words of texts: how many there are, as they are compared, and as the full-text index holds them.

The same as `word_count` of `newsbot.text`, `words_of` of `newsbot.dedupe.fingerprints` and `word_texts` of
`newsbot.query.query_words`."""

from cpython.unicode cimport PyUnicode_FromKindAndData, PyUnicode_FromObject

from newsbot_core.characters cimport Flags, Mapping
from newsbot_core.growing cimport Letters

cdef extern from "Python.h":
    int PyUnicode_4BYTE_KIND
    bint Py_UNICODE_ISSPACE(Py_UCS4 character) noexcept nogil

cdef enum:
    BLANK = 32

cdef enum:  # bits of `WordCounter`
    SPACE = 1
    LETTER_OR_DIGIT = 2
    SPACELESS = 4


cdef class WordCounter:
    """Counts words. `flags(char)` has a bit each for white space, letters and digits, and scripts without spaces."""

    cdef Flags flags

    def __init__(self, flags):
        self.flags = Flags(flags)

    def count(self, text):
        """Return the number of words, as `word_count` does."""
        cdef str exact = PyUnicode_FromObject(text)  # texts from lxml are of another class
        cdef Py_ssize_t words = 0, spaceless = 0
        cdef bint is_word = False
        cdef int flags
        cdef Py_UCS4 char
        for char in exact:
            flags = self.flags.at(char)
            if flags & SPACELESS:
                spaceless += 1
                is_word = False
            elif flags & SPACE:
                is_word = False
            elif flags & LETTER_OR_DIGIT and not is_word:
                words += 1
                is_word = True
        return (spaceless + 1) // 2 + words


cdef class TextFolder:
    """Folds texts. `folded(char)` returns what is compared of a character: nothing, itself, or spaces between words."""

    cdef Mapping folded

    def __init__(self, folded):
        self.folded = Mapping(folded)

    def fold(self, text):
        """Return the folded words with single spaces between them; None if a character must be seen with its neighbours."""
        cdef str exact = PyUnicode_FromObject(text)
        cdef Letters out = Letters()
        cdef Letters found = Letters()
        cdef Py_ssize_t place
        cdef Py_UCS4 char
        cdef bint is_between = False
        for char in exact:
            found.count = 0
            if not self.folded.add(char, found):
                return None
            for place in range(found.count):
                if <int>found.items[place] == BLANK:
                    is_between = out.count > 0
                else:
                    if is_between:
                        out.add(<Py_UCS4><int>BLANK)
                        is_between = False
                    out.add(found.items[place])
        return _text(out, 0, out.count)


cdef class IndexWords:
    """Splits texts into index words. `lowered(char)` returns a character in lower case; None: Python splits the text.

    `is_part(char)` is 1 if words have this character; `fold(word)` folds words that are long, or not of ASCII."""

    cdef Mapping lowered
    cdef Flags parts
    cdef object fold
    cdef Py_ssize_t max_chars

    def __init__(self, lowered, is_part, fold, *, max_chars):
        self.lowered, self.parts, self.fold, self.max_chars = Mapping(lowered), Flags(is_part), fold, max_chars

    def words(self, text):
        """Return the words in their order, as `word_texts` does; None if Python has to split the text."""
        cdef str exact = PyUnicode_FromObject(text)
        cdef list words = []
        cdef Letters found = Letters()
        cdef Py_ssize_t start = 0, place
        cdef bint is_ascii = True
        cdef Py_UCS4 char
        for char in exact:
            place = found.count
            if not self.lowered.add(char, found):
                return None
            char = found.items[place]
            if self.parts.at(char) & 1:
                is_ascii = is_ascii and <int>char < 128
            else:
                found.count = place
                self.end_word(found, start, is_ascii, words)
                start, is_ascii = found.count, True
        self.end_word(found, start, is_ascii, words)
        return words

    cdef int end_word(self, Letters found, Py_ssize_t start, bint is_ascii, list words) except -1:
        if found.count == start:
            return 0
        word = _text(found, start, found.count)
        if not is_ascii or found.count - start > self.max_chars:
            word = self.fold(word)
        if word:
            words.append(word)
        return 0


def is_collapsed(text):
    """Return whether a text has single spaces between its words, no other white space, and none at its ends."""
    cdef str exact = PyUnicode_FromObject(text)
    cdef bint was_space = True
    cdef Py_UCS4 char
    for char in exact:
        if Py_UNICODE_ISSPACE(char):
            if was_space or <int>char != BLANK:
                return False
            was_space = True
        else:
            was_space = False
    return not was_space


cdef str _text(Letters letters, Py_ssize_t start, Py_ssize_t end):
    return PyUnicode_FromKindAndData(PyUnicode_4BYTE_KIND, letters.items + start, end - start) if end > start else ""
