"""Features of the texts of blocks, the same as `text_features` and `characters` of `newsbot.extraction.body.features`."""

from cpython.unicode cimport (
    PyUnicode_DATA,
    PyUnicode_FromKindAndData,
    PyUnicode_GET_LENGTH,
    PyUnicode_KIND,
    PyUnicode_READ,
)
from libc.string cimport memcpy, memset

cdef extern from "Python.h":
    bint Py_UNICODE_ISALNUM(Py_UCS4 character) noexcept nogil
    bint Py_UNICODE_ISDECIMAL(Py_UCS4 character) noexcept nogil
    bint Py_UNICODE_ISDIGIT(Py_UCS4 character) noexcept nogil
    bint Py_UNICODE_ISLOWER(Py_UCS4 character) noexcept nogil

cdef enum:  # bits of classes of characters, in the order of their names in newsbot
    DIGIT = 1
    CAPITAL = 2
    COMMA = 4
    CJK = 8
    BLANK = 16
    BAR = 32
    LAST = 64
    LAST_CLASSES = 4
    OPENER = 1024

cdef enum:  # bits of lists of words
    POINTER = 1
    CREDIT = 2
    JOIN = 4
    RIGHTS = 8
    TALK = 16
    AD = 32

LISTS = ("pointer", "credit", "join", "rights", "talk", "ad")
"""The lists of words, the lowest bit first."""
WIDTH = TEXT_COLUMNS

cdef enum:  # places in the row of a block
    SIZE, WORDS, LINK_SHARE, LINKS, BOLD_SHARE, ITALIC_SHARE, DIGIT_SHARE, CAPITAL_SHARE, COMMAS, HAS_BAR, HAS_CJK
    ENDS, ENDS_FULL, ENDS_COLON, ENDS_QUESTION, OPENS, IS_LOWER, HAS_ADDRESS, OPENS_POINTER, OPENS_CREDIT
    HAS_JOIN, HAS_RIGHTS, HAS_TALK, HAS_AD, HAS_CJK_PHRASE

cdef enum:
    MAX_BEGINNING = 1024
    COPYRIGHT_SIGN = 0xA9


cdef class Texts:
    """Reads texts. `classes` has two bytes for each of 65,536 code points, `words` the bits of lists for each word."""

    def __init__(self, classes, words, *, has_cjk_phrase, head_chars, beginning_chars, min_prose_chars,
                 min_cjk_prose_chars, min_chars_per_linked):
        if len(classes) != sizeof(self.classes) or len(words) > WORD_SLOTS // 2 or 3 * beginning_chars > MAX_BEGINNING:
            raise ValueError("the tables of characters and words do not have the sizes that this module reads")
        memcpy(self.classes, <const char*> classes, sizeof(self.classes))
        memset(self.slots, 0, sizeof(self.slots))
        self.words = []
        for word, lists in words.items():
            self.add_word(word, lists)
        self.has_cjk_phrase = has_cjk_phrase
        self.head_chars, self.beginning_chars = head_chars, beginning_chars
        self.min_prose_chars, self.min_cjk_prose_chars = min_prose_chars, min_cjk_prose_chars
        self.min_chars_per_linked = min_chars_per_linked

    cdef add_word(self, str word, int lists):
        cdef Py_UCS4[64] letters
        cdef Py_ssize_t place, slot
        for place in range(len(word)):
            letters[place] = word[place]
        cdef unsigned long long value = _hash(letters, len(word))
        slot = value % WORD_SLOTS
        while self.slots[slot].lists:
            slot = (slot + 1) % WORD_SLOTS
        self.slots[slot] = Word(value, len(self.words), lists)
        self.words.append(word)

    cdef int lists_of(self, const Py_UCS4* word, Py_ssize_t size) except -1:
        """Return the bits of the lists that a word is in."""
        cdef unsigned long long value = _hash(word, size)
        cdef Py_ssize_t slot = value % WORD_SLOTS
        while self.slots[slot].lists:
            if self.slots[slot].hash == value and _equal(self.words[self.slots[slot].place], word, size):
                return self.slots[slot].lists
            slot = (slot + 1) % WORD_SLOTS
        return 0

    cdef bint is_prose(self, str text, long link_chars) noexcept:
        cdef Py_ssize_t size = PyUnicode_GET_LENGTH(text), place
        cdef int kind = PyUnicode_KIND(text)
        cdef void* data = PyUnicode_DATA(text)
        if size <= self.min_cjk_prose_chars or link_chars * self.min_chars_per_linked >= size:
            return False
        if size > self.min_prose_chars:
            return True
        for place in range(size):
            if _classes(self.classes, PyUnicode_READ(kind, data, place)) & CJK:
                return True
        return False

    cdef bint is_stamp(self, str text, Py_ssize_t max_chars) noexcept:
        """Return whether a text is short and has a digit."""
        cdef Py_ssize_t size = PyUnicode_GET_LENGTH(text), place
        cdef int kind = PyUnicode_KIND(text)
        cdef void* data = PyUnicode_DATA(text)
        if size > max_chars:
            return False
        for place in range(size):
            if Py_UNICODE_ISDIGIT(PyUnicode_READ(kind, data, place)):
                return True
        return False

    cdef str read(self, str text, float* row):
        """Write the features of a text that need nothing but the text, and return its key."""
        cdef Py_ssize_t size = PyUnicode_GET_LENGTH(text), place
        cdef Py_ssize_t head = min(size, self.head_chars)
        cdef int kind = PyUnicode_KIND(text), classes, last, number
        cdef void* data = PyUnicode_DATA(text)
        cdef int digits = 0, capitals = 0, commas = 0, cjk = 0, spaces = 0, bars = 0, words = 1
        cdef Py_UCS4 character
        cdef bint has_address = False
        for place in range(head):
            character = PyUnicode_READ(kind, data, place)
            classes = _classes(self.classes, character)
            if classes:
                digits += classes & DIGIT != 0
                capitals += classes & CAPITAL != 0
                commas += classes & COMMA != 0
                cjk += classes & CJK != 0
                spaces += classes & BLANK != 0
                bars += classes & BAR != 0
            if character == c"." or character == c"@" or character == c":" or character == c"w":
                has_address = has_address or _is_address(kind, data, head, place, character)
            elif character == COPYRIGHT_SIGN:
                row[HAS_RIGHTS] = 1
        for place in range(size):
            words += PyUnicode_READ(kind, data, place) == c" "
        row[SIZE], row[WORDS] = <float> size + <float> cjk, words
        row[DIGIT_SHARE], row[CAPITAL_SHARE] = <float> digits / <float> head, <float> capitals / <float> (spaces + 1)
        row[COMMAS], row[HAS_BAR], row[HAS_CJK] = commas, bars > 0, cjk > 0
        last = _classes(self.classes, PyUnicode_READ(kind, data, size - 1))
        for number in range(LAST_CLASSES):
            row[ENDS + number] = (last & LAST << number) != 0
        character = PyUnicode_READ(kind, data, 0)
        row[OPENS] = _classes(self.classes, character) & OPENER != 0
        row[IS_LOWER] = Py_UNICODE_ISLOWER(character) != 0
        row[HAS_ADDRESS] = has_address
        if cjk:
            row[HAS_CJK_PHRASE] = self.has_cjk_phrase(text[:self.head_chars]) is not None
        return self.read_beginning(text, row)

    cdef str read_beginning(self, str text, float* row):
        """Look up the first words of a text, and return them as one."""
        cdef str lower = (text if PyUnicode_GET_LENGTH(text) <= self.beginning_chars else text[:self.beginning_chars]).lower()
        cdef Py_ssize_t size = PyUnicode_GET_LENGTH(lower), place, start = 0, end = 0
        cdef int kind = PyUnicode_KIND(lower), found, lists = 0
        cdef void* data = PyUnicode_DATA(lower)
        cdef Py_UCS4[MAX_BEGINNING] letters
        cdef Py_UCS4 character
        for place in range(size + 1):
            character = PyUnicode_READ(kind, data, place) if place < size else c" "
            if _is_letter(character):
                letters[end] = character
                end += 1
            elif end > start:
                found = self.lists_of(letters + start, end - start)
                if start == 0:
                    row[OPENS_POINTER], row[OPENS_CREDIT] = found & POINTER != 0, found & CREDIT != 0
                lists |= found
                start = end
        row[HAS_JOIN], row[HAS_TALK], row[HAS_AD] = lists & JOIN != 0, lists & TALK != 0, lists & AD != 0
        if lists & RIGHTS:
            row[HAS_RIGHTS] = 1
        return PyUnicode_FromKindAndData(4, letters, end)


cdef inline int _classes(const unsigned short* table, Py_UCS4 character) noexcept nogil:
    return table[character if character < CODES else CODES - 1]


cdef inline bint _is_letter(Py_UCS4 character) noexcept:
    """Return whether a character is `[^\\W\\d_]` of the module `re`."""
    if character < 0x80:
        return c"a" <= character <= c"z" or c"A" <= character <= c"Z"
    return Py_UNICODE_ISALNUM(character) and not Py_UNICODE_ISDECIMAL(character)


cdef inline bint _is_word(Py_UCS4 character) noexcept:
    """Return whether a character is `\\w` of the module `re`."""
    return Py_UNICODE_ISALNUM(character) or character == c"_"


cdef bint _is_address(int kind, void* data, Py_ssize_t size, Py_ssize_t place, Py_UCS4 sign) noexcept:
    """Return whether a web address or the name of an account is at a sign."""
    if sign == c"@":
        return place + 1 < size and _is_word(PyUnicode_READ(kind, data, place + 1))
    if sign == c"w":
        return _has(kind, data, size, place, "www.")
    if sign == c":":
        return _has(kind, data, size, place, "://") and (
            (place >= 4 and _has(kind, data, size, place - 4, "http"))
            or (place >= 5 and _has(kind, data, size, place - 5, "https"))
        )
    if place == 0 or not _is_word(PyUnicode_READ(kind, data, place - 1)):
        return False
    return (
        _is_domain(kind, data, size, place, ".com", 4)
        or _is_domain(kind, data, size, place, ".de", 3)
        or _is_domain(kind, data, size, place, ".net", 4)
        or _is_domain(kind, data, size, place, ".org", 4)
    )


cdef bint _is_domain(
    int kind, void* data, Py_ssize_t size, Py_ssize_t place, const char* domain, Py_ssize_t width
) noexcept:
    cdef Py_ssize_t end = place + width
    return _has(kind, data, size, place, domain) and (end == size or not _is_word(PyUnicode_READ(kind, data, end)))


cdef bint _has(int kind, void* data, Py_ssize_t size, Py_ssize_t place, const char* part) noexcept:
    """Return whether an ASCII text is at a place."""
    while part[0]:
        if place >= size or PyUnicode_READ(kind, data, place) != <unsigned char> part[0]:
            return False
        place += 1
        part += 1
    return True


cdef bint _equal(str text, const Py_UCS4* letters, Py_ssize_t size) noexcept:
    cdef Py_ssize_t place
    if PyUnicode_GET_LENGTH(text) != size:
        return False
    for place in range(size):
        if PyUnicode_READ(PyUnicode_KIND(text), PyUnicode_DATA(text), place) != letters[place]:
            return False
    return True


cdef unsigned long long _hash(const Py_UCS4* letters, Py_ssize_t size) noexcept nogil:
    cdef unsigned long long value = 14695981039346656037ULL
    cdef Py_ssize_t place
    for place in range(size):
        value = (value ^ <unsigned int> letters[place]) * 1099511628211ULL
    return value
